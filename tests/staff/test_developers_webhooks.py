"""The developers' pages of webhook endpoints: made, changed, tried out, paused and removed by a
manager, each secret shown once.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.utils import timezone

from orders.statuses import Status
from organisations.models import Organisation
from organisations.roles import Role
from portal.developers.webhooks import figures
from tests import builders
from tests.staff.desk import (
    Desk,
    desk,
    desk_of_one,
    hidden_of,
    queries_of,
    shown,
    text_of,
    title_of,
)
from tests.webhooks.receiver import Reply, receiving
from tests.webhooks.working import moved_on, work
from webhooks.models import Attempt, Delivery, WebhookEndpoint
from webhooks.schedule import GIVES_UP_AFTER

START = "/developers/"
NEW = "/developers/webhooks/new/"
FOR_V1, FOR_V3 = f"{NEW}?dialect=v1", f"{NEW}?dialect=v3"
ADDRESS = "http://127.0.0.1:9/hooks?tenant=1"
ENDPOINT = {"url": ADDRESS, "dialect": "v1", "kinds": ["sent_for_fulfilment", "shipped"]}


@pytest.fixture
def manager(clinic: Organisation) -> Desk:
    return desk(clinic, Role.CLINIC_MANAGER)


@pytest.fixture
def endpoint(clinic: Organisation) -> WebhookEndpoint:
    return builders.endpoint(clinic.account, ADDRESS).endpoint


def make(manager: Desk, **others: Any) -> HttpResponse:
    once = hidden_of(manager.get(FOR_V1), "once")
    return manager.post(NEW, {**ENDPOINT, "once": once, **others})


def page_of(endpoint: WebhookEndpoint, page: str = "") -> str:
    return f"{START}webhooks/{endpoint.public_id}/{page}"


def replace(manager: Desk, endpoint: WebhookEndpoint, overlap: str = "week") -> HttpResponse:
    page = page_of(endpoint, "secret/")
    once = hidden_of(manager.get(page), "once")
    return manager.post(page, {"overlap": overlap, "once": once})


def try_out(manager: Desk, endpoint: WebhookEndpoint) -> HttpResponse:
    """Send a test event, have it delivered, and see the endpoint's page."""
    manager.post(page_of(endpoint, "test/"))
    moved_on()
    work()
    return manager.get(page_of(endpoint))


def attempts(endpoint: WebhookEndpoint, *statuses: int) -> None:
    """So many tries that were answered so."""
    builders.order(Status.AWAITING_SHIPMENT, chosen=Organisation.objects.get())
    delivery = Delivery.objects.filter(endpoint=endpoint).latest("pk")
    Attempt.objects.bulk_create(
        Attempt(
            account_id=endpoint.account_id,
            delivery=delivery,
            endpoint=endpoint,
            number=number,
            began_at=timezone.now(),
            duration_ms=10,
            status=status,
        )
        for number, status in enumerate(statuses, start=1)
    )


def test_an_endpoint_is_made_and_told_of_what_was_chosen(clinic: Organisation, manager: Desk):
    (secret,) = shown(make(manager))
    builders.order(Status.DELIVERED, chosen=clinic)

    made = WebhookEndpoint.objects.get()
    assert (made.account, made.url, made.dialect) == (clinic.account, ADDRESS, "v1")
    assert secret.startswith("whsec_")
    told = Delivery.objects.order_by("sequence").values_list("event__kinds", flat=True)
    assert [kinds[-1] for kinds in told] == ["sent_for_fulfilment", "shipped"]
    assert made.history.latest("pgh_id").pgh_context["user"] == manager.user.pk


def test_the_api_is_chosen_first(manager: Desk):
    asked = manager.get(NEW)
    refused = manager.post(NEW, {"dialect": "v2"})
    chosen = manager.post(NEW, {"dialect": "v3"})

    assert (asked.status_code, refused.status_code) == (200, 422)
    assert list(asked.context["form"].fields) == ["dialect"]
    assert chosen["Location"] == FOR_V3
    assert manager.get(f"{NEW}?dialect=v2").context["form"].fields.keys() == {"dialect"}


def test_the_form_says_that_nothing_is_added_and_has_the_usual_events_ticked(manager: Desk):
    answer = manager.get(FOR_V1)

    html = answer.content.decode()
    assert "nothing is added to it" in text_of(answer)
    assert "Sent for fulfilment (SENT_FOR_FULFILMENT)" in text_of(answer)
    assert html.count(" checked") == 6


def test_each_api_asks_only_for_what_is_its_own(manager: Desk):
    v1, v3 = text_of(manager.get(FOR_V1)), text_of(manager.get(FOR_V3))

    assert "Status of an order, in short (order.status)" in v3
    assert "SENT_FOR_FULFILMENT" not in v3
    assert "order.status" not in v1
    assert "Type" not in v1


def test_an_endpoint_of_api_v3_is_told_of_one_type(clinic: Organisation, manager: Desk):
    made = make(manager, dialect="v3", kinds=[], told_as="patient_created")
    builders.order(chosen=clinic)

    assert len(shown(made)) == 1
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.dialect, endpoint.told_as) == ("v3", "patient_created")
    page = text_of(manager.get(page_of(endpoint)))
    assert "Patient registered (patient.created)" in page
    (delivery,) = Delivery.objects.all()
    assert f"patient {delivery.reference}" in page


def test_an_endpoint_of_api_v3_is_moved_and_keeps_its_type(manager: Desk):
    make(manager, dialect="v3", kinds=[], told_as="order_status")
    endpoint = WebhookEndpoint.objects.get()

    form = manager.get(page_of(endpoint, "change/"))
    manager.post(page_of(endpoint, "change/"), {"url": f"{ADDRESS}/2", "kinds": ["shipped"]})

    endpoint.refresh_from_db()
    assert 'name="kinds"' not in form.content.decode()
    assert (endpoint.url, endpoint.told_as) == (f"{ADDRESS}/2", "order_status")
    assert "returned" not in endpoint.kinds
    assert "on_hold" in endpoint.kinds


def test_the_secret_is_shown_once_and_kept_nowhere_readable(manager: Desk):
    answer = make(manager)
    (secret,) = shown(answer)
    made = WebhookEndpoint.objects.get()
    replaced = replace(manager, made)
    (fresh,) = shown(replaced)

    assert all("no-store" in one["Cache-Control"] for one in (answer, replaced))
    for page in (START, page_of(made), page_of(made, "change/"), page_of(made, "secret/")):
        html = manager.get(page).content.decode()
        assert secret not in html
        assert fresh not in html
    assert all(secret not in str(one.get_decoded()) for one in Session.objects.all())
    assert secret not in str(WebhookEndpoint.objects.values().get())


def test_pressing_twice_makes_one(manager: Desk):
    once = hidden_of(manager.get(FOR_V1), "once")

    answers = [manager.client.post(NEW, {**ENDPOINT, "once": once}, follow=True) for _ in range(2)]

    assert WebhookEndpoint.objects.count() == 1
    assert len(shown(answers[0])) == 1
    assert "It was made already, and its secret was shown then." in text_of(answers[1])


REFUSED = [
    ({"url": ""}, "url", "Enter the whole address, beginning with https://"),
    ({"url": "ftp://example.org/"}, "url", "Enter the whole address, beginning with https://."),
    ({"url": "https://192.168.1.1/"}, "url", "This address leads to no server on the internet"),
    ({"url": "https://nobody.invalid/"}, "url", "No server was found under this name"),
    ({"url": f"{ADDRESS}{'x' * 2000}"}, "url", "Address must be 2000 characters or fewer"),
    ({"url": "http://127.0.0.1:9/\x00"}, "url", "Address has a hidden character in it."),
    ({"kinds": []}, "kinds", "Choose at least one kind of event"),
    ({"kinds": ["everything"]}, "kinds", "Select the events from the list"),
    ({"dialect": ""}, "dialect", "Choose the API"),
    ({"dialect": "v3"}, "told_as", "Select the type"),
    ({"dialect": "v3", "told_as": "everything"}, "told_as", "Select the type from the list"),
    ({"bearer": "two words"}, "bearer", "A bearer token has only letters, figures and"),
    ({"bearer": "x" * 1001}, "bearer", "Bearer token must be 1000 characters or fewer"),
]


@pytest.mark.parametrize(("said", "field", "words"), REFUSED)
def test_what_will_not_do_is_told_beside_its_field_and_makes_nothing(
    said: Mapping[str, Any], field: str, words: str, manager: Desk
):
    answer = make(manager, **said)

    assert answer.status_code == 422
    assert title_of(answer).startswith("Error: ")
    assert list(answer.context["form"].errors) == [field]
    assert text_of(answer).count(words) == 2
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize(("said", "field", "words"), REFUSED[:8])
def test_a_change_that_will_not_do_is_told_and_changes_nothing(
    said: Mapping[str, Any], field: str, words: str, manager: Desk, endpoint: WebhookEndpoint
):
    before = WebhookEndpoint.objects.values().get()

    answer = manager.post(page_of(endpoint, "change/"), {**ENDPOINT, **said})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert words in text_of(answer)
    assert WebhookEndpoint.objects.values().get() == before


def test_a_page_without_its_mark_makes_nothing(manager: Desk):
    answer = make(manager, once="")

    assert answer.status_code == 422
    assert "Something is missing from this page. Open it again." in text_of(answer)
    assert not WebhookEndpoint.objects.exists()


def test_address_and_events_are_changed(manager: Desk, endpoint: WebhookEndpoint):
    other = "http://127.0.0.1:9/elsewhere"

    answer = manager.post(page_of(endpoint, "change/"), {"url": other, "kinds": ["delivered"]})

    endpoint.refresh_from_db()
    assert answer["Location"] == page_of(endpoint)
    assert (endpoint.url, endpoint.kinds) == (other, ["delivered"])
    text = text_of(manager.get(page_of(endpoint)))
    assert other in text
    assert "Delivered (DELIVERED)" in text
    assert "SHIPPED" not in text


def test_while_two_secrets_work_the_page_says_so_until_the_older_one_is_ended(
    manager: Desk, endpoint: WebhookEndpoint
):
    replace(manager, endpoint)
    with_two = text_of(manager.get(page_of(endpoint)))
    answer = manager.post(page_of(endpoint, "end-older-secret/"))
    with_one = text_of(manager.get(page_of(endpoint)))

    assert "Two secrets work" in with_two
    assert "Older Works until" in with_two
    assert answer["Location"] == page_of(endpoint)
    assert "Two secrets work" not in with_one


def test_a_third_secret_is_refused_beside_the_question(manager: Desk, endpoint: WebhookEndpoint):
    replace(manager, endpoint)

    answer = replace(manager, endpoint)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["overlap"]
    assert text_of(answer).count("Two secrets work already: end the older one first") == 2
    assert len(shown(replace(manager, endpoint, "none"))) == 1


def test_pressing_twice_replaces_a_secret_once(manager: Desk, endpoint: WebhookEndpoint):
    page = page_of(endpoint, "secret/")
    once = hidden_of(manager.get(page), "once")

    answers = [manager.post(page, {"overlap": "week", "once": once}) for _ in range(2)]

    assert len(shown(answers[0])) == 1
    assert answers[1]["Location"] == page_of(endpoint)


def test_an_older_secret_that_is_not_there_cannot_be_ended(
    manager: Desk, endpoint: WebhookEndpoint
):
    page = page_of(endpoint, "end-older-secret/")

    assert manager.get(page)["Location"] == page_of(endpoint)
    assert manager.post(page)["Location"] == page_of(endpoint)


@pytest.mark.django_db(transaction=True)
def test_messages_are_signed_with_the_secrets_that_were_shown(manager: Desk):
    with receiving() as receiver:
        (old,) = shown(make(manager, url=receiver.address))
        made = WebhookEndpoint.objects.get()
        (new,) = shown(replace(manager, made))
        try_out(manager, made)

    (posted,) = receiver.posted
    told = [posted.verified_by(secret)["data"]["type"] for secret in (old, new)]
    assert told == ["TestEvent", "TestEvent"]


@pytest.mark.django_db(transaction=True)
def test_a_bearer_token_is_sent_until_it_is_emptied_and_never_shown(manager: Desk):
    with receiving() as receiver:
        make(manager, url=receiver.address, bearer="abc.123")
        made = WebhookEndpoint.objects.get()
        answer = try_out(manager, made)
        manager.post(page_of(made, "bearer/"), {"bearer": ""})
        without = try_out(manager, made)

    assert [one.headers.get("authorization") for one in receiver.posted] == ["Bearer abc.123", None]
    assert "Bearer token Set" in text_of(answer)
    assert "Bearer token None" in text_of(without)
    for page in (page_of(made), page_of(made, "bearer/"), f"{START}deliveries/"):
        assert "abc.123" not in manager.get(page).content.decode()


def test_a_bearer_token_that_cannot_be_sent_is_refused_beside_its_box(
    manager: Desk, endpoint: WebhookEndpoint
):
    answer = manager.post(page_of(endpoint, "bearer/"), {"bearer": "ü"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["bearer"]
    endpoint.refresh_from_db()
    assert endpoint.bearer == ""


@pytest.mark.django_db(transaction=True)
def test_a_test_event_is_sent_and_the_page_leads_to_its_delivery(manager: Desk):
    with receiving() as receiver:
        make(manager, url=receiver.address)
        made = WebhookEndpoint.objects.get()
        sent = manager.client.post(page_of(made, "test/"), follow=True)
        work()
        after = manager.get(page_of(made))

    assert [one.path for one in receiver.posted] == ["/hooks"]
    delivery = Delivery.objects.get()
    assert "A test event is on its way." in text_of(sent)
    assert f'href="{START}deliveries/{delivery.pk}/">See how it goes</a>' in sent.content.decode()
    for words in ("Works", "100 % of one try", "Test event", "202 Accepted"):
        assert words in text_of(after).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.django_db(transaction=True)
def test_one_that_fails_says_since_when_and_why_and_works_again_by_itself(manager: Desk):
    with receiving(Reply(500), Reply(202)) as receiver:
        make(manager, url=receiver.address)
        made = WebhookEndpoint.objects.get()
        failing = text_of(try_out(manager, made))
        on_the_list = text_of(manager.get(START))
        works = text_of(try_out(manager, made))

    for words in ("Failing since", "The last try: 500 Internal Server Error.", "1 message"):
        assert words in failing
    assert "Failing since" in on_the_list
    assert "Failing since" not in works
    assert "0 messages" in works


@pytest.mark.django_db(transaction=True)
def test_one_that_answered_410_is_paused_and_the_page_says_what_to_do(manager: Desk):
    with receiving(Reply(410)) as receiver:
        make(manager, url=receiver.address)
        text = text_of(try_out(manager, WebhookEndpoint.objects.get()))

    assert "Paused: it is gone" in text
    assert "It answered 410, which means that it is gone." in text
    assert "then resume it" in text


@pytest.mark.django_db(transaction=True)
def test_one_that_failed_for_five_days_is_paused_and_the_page_says_why(manager: Desk):
    with receiving(Reply(500)) as receiver:
        make(manager, url=receiver.address)
        made = WebhookEndpoint.objects.get()
        WebhookEndpoint.objects.update(failing_since=timezone.now() - GIVES_UP_AFTER)
        text = text_of(try_out(manager, made))

    assert "Paused: it failed" in text
    assert "It failed for 5 days. Mend the receiver, then resume it." in text


def test_one_that_asked_to_be_left_alone_says_until_when(manager: Desk, endpoint: WebhookEndpoint):
    now = timezone.now()
    later = now + timedelta(hours=1)
    WebhookEndpoint.objects.update(failing_since=now, waits_until=later)

    assert "It asked for nothing more before" in text_of(manager.get(page_of(endpoint)))


@pytest.mark.django_db(transaction=True)
def test_while_it_is_paused_nothing_is_sent_and_resumed_it_gets_what_waited(
    clinic: Organisation, manager: Desk
):
    with receiving() as receiver:
        made = builders.endpoint(clinic.account, receiver.address).endpoint
        paused = manager.post(page_of(made, "pause/"))
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        tested = manager.client.post(page_of(made, "test/"), follow=True)
        work()
        before = len(receiver.posted)
        resumed = manager.post(page_of(made, "resume/"))
        work()

    assert paused["Location"] == resumed["Location"] == page_of(made)
    assert "Nothing is sent while it is paused: resume it first." in text_of(tested)
    assert "Paused by hand" in text_of(tested)
    assert "Send test event" not in text_of(tested)
    assert (before, len(receiver.posted)) == (0, 1)


def test_one_that_was_removed_is_gone_but_its_deliveries_are_not(
    clinic: Organisation, manager: Desk, endpoint: WebhookEndpoint
):
    builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)

    answer = manager.post(page_of(endpoint, "remove/"))

    assert answer["Location"] == START
    assert "No webhook endpoints yet" in text_of(manager.get(START))
    assert {manager.get(page_of(endpoint, page)).status_code for page in PAGES} == {404}
    log = text_of(manager.get(f"{START}deliveries/"))
    assert f"{ADDRESS} (removed)" in log
    assert "Given up" in log


def test_before_anything_was_sent_the_pages_say_so(manager: Desk, endpoint: WebhookEndpoint):
    text = text_of(manager.get(page_of(endpoint)))

    assert "No event sent yet" in text_of(manager.get(START))
    for words in ("No event sent yet", "No tries yet", "Nothing was sent to it yet."):
        assert words in text


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ([200], "100 % of one try"),
        ([200, 204, 500], "66 % of the last 3 tries"),
        ([200] * 199 + [500], "99 % of the last 200 tries"),
        # The newest are those that count.
        ([500] * 5 + [200] * 1000, "100 % of the last 1,000 tries"),
    ],
)
def test_the_success_rate_is_of_the_newest_tries(
    statuses: list[int], words: str, manager: Desk, endpoint: WebhookEndpoint
):
    attempts(endpoint, *statuses)

    text = text_of(manager.get(page_of(endpoint)))

    assert words in text.replace("\N{NO-BREAK SPACE}", " ")


def test_many_that_wait_are_counted_up_to_a_bound(
    clinic: Organisation, manager: Desk, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(figures, "WAITING_COUNTED", 2)
    for _ in range(3):
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)

    assert "2 or more messages" in text_of(manager.get(page_of(endpoint)))


PAGES = [
    "",
    "change/",
    "secret/",
    "end-older-secret/",
    "bearer/",
    "pause/",
    "resume/",
    "remove/",
]


@pytest.mark.parametrize("page", [*PAGES, "test/"])
def test_another_accounts_endpoint_is_not_there(page: str, endpoint: WebhookEndpoint):
    stranger = desk(builders.organisation(), Role.CLINIC_MANAGER)
    before = WebhookEndpoint.objects.values().get()
    sent = {**ENDPOINT, "once": "once", "overlap": "none", "bearer": "x"}

    answers = [stranger.get(page_of(endpoint, page))] if page != "test/" else []
    answers += [stranger.post(page_of(endpoint, page), sent)] if page else []

    assert {answer.status_code for answer in answers} == {404}
    assert WebhookEndpoint.objects.values().get() == before
    assert not Delivery.objects.exists()
    assert ADDRESS not in text_of(stranger.get(START))


def test_a_manager_of_one_organisation_has_no_say_over_the_account(
    clinic: Organisation, endpoint: WebhookEndpoint
):
    manager = desk_of_one(clinic, Role.CLINIC_MANAGER)

    pages = [
        NEW,
        FOR_V1,
        FOR_V3,
        f"{START}deliveries/",
        *(page_of(endpoint, page) for page in PAGES),
    ]
    assert {manager.get(page).status_code for page in pages} == {403}
    assert manager.post(page_of(endpoint, "test/")).status_code == 403


@pytest.mark.parametrize("name", [uuid4(), "0", "a%00b", "x" * 300])
def test_an_endpoint_nobody_has_is_not_found(name: Any, manager: Desk):
    assert manager.get(f"{START}webhooks/{name}/").status_code == 404


def test_the_page_of_one_takes_the_same_number_of_queries_however_much_was_sent(
    clinic: Organisation, manager: Desk, endpoint: WebhookEndpoint
):
    builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
    first = queries_of(manager, page_of(endpoint))
    for _ in range(10):
        builders.order(Status.DELIVERED, chosen=clinic)

    assert queries_of(manager, page_of(endpoint)) == first <= 11


def test_the_first_page_takes_the_same_number_of_queries_however_many_there_are(
    clinic: Organisation, manager: Desk, endpoint: WebhookEndpoint
):
    first = queries_of(manager, START)
    for _ in range(5):
        builders.endpoint(clinic.account, ADDRESS)

    assert queries_of(manager, START) == first
