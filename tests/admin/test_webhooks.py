"""Webhook endpoints and the log of deliveries: made and changed by commands, secrets shown once."""

import re
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.admin.keyset_list import KeysetAdmin
from foundation.models import AccessEntry
from orders.statuses import Status
from organisations.integrations import Overlap
from organisations.models import Account, Organisation
from organisations.roles import Role
from portal.api.v3.events import message_number
from portal.developers import looking
from portal.developers.webhooks import delivery_words
from tests import builders
from tests.admin.conftest import SignIn
from tests.webhooks.receiver import Receiver, Reply, receiving
from tests.webhooks.working import work
from webhooks.endpoints import (
    pause_endpoint,
    remove_endpoint,
    replace_endpoint_secret,
)
from webhooks.models import Attempt, Delivery, DeliveryState, Dialect, WebhookEndpoint
from webhooks.retention import purge_bodies
from webhooks.secrets import bearer_of

ENDPOINTS = "/admin/webhooks/webhookendpoint/"
DELIVERIES = "/admin/webhooks/delivery/"
# On this machine, where nobody listens: no test of a form sends anything.
NOBODY = "http://127.0.0.1:9/hooks"
SEALED = ("secret", "old_secret", "bearer")


@pytest.fixture
def clinic(db: None) -> Organisation:
    return builders.organisation()


@pytest.fixture
def account(clinic: Organisation) -> Account:
    return clinic.account


@pytest.fixture
def endpoint(account: Account) -> WebhookEndpoint:
    return builders.endpoint(account, NOBODY).endpoint


@pytest.fixture
def manager(sign_in: SignIn) -> Client:
    return sign_in(Role.ACCOUNT_MANAGER)


@pytest.fixture(scope="module")
def _small_pages() -> Iterator[None]:
    before, KeysetAdmin.list_per_page = KeysetAdmin.list_per_page, 3
    yield
    KeysetAdmin.list_per_page = before


def new_endpoint(owner: Account, **others: Any) -> dict[str, Any]:
    return {
        "account": owner.pk,
        "url": NOBODY,
        "dialect": Dialect.V1.value,
        "kinds": ["shipped"],
        "bearer": "",
        "once": "the-page",
        **others,
    }


def shown(answer: Any) -> list[str]:
    return re.findall(r"<code>([^<]+)</code>", answer.content.decode())


def words(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def page_of(row: WebhookEndpoint | Delivery, name: str = "change") -> str:
    room = ENDPOINTS if isinstance(row, WebhookEndpoint) else DELIVERIES
    return f"{room}{row.pk}/{name}/"


def listed(client: Client, address: str) -> list[int]:
    return [row.pk for row in client.get(address).context["cl"].result_list]


def searched(client: Client, text: str) -> list[int]:
    return listed(client, client.post(DELIVERIES, {"search": text})["Location"])


def told(clinic: Organisation, **members: Any) -> Delivery:
    """What is owed to the account's endpoint of a new order."""
    order = builders.order(Status.AWAITING_SHIPMENT, chosen=clinic, **members)
    return Delivery.objects.get(reference=order.reference)


def sent_to(receiver: Receiver, clinic: Organisation) -> Delivery:
    builders.endpoint(clinic.account, receiver.address)
    delivery = told(clinic)
    work()
    return delivery


# Endpoints


def test_an_endpoint_is_made_for_the_account_and_signs_with_the_secret_shown(
    manager: Client, account: Account
) -> None:
    answer = manager.post(f"{ENDPOINTS}add/", new_endpoint(account, bearer="abc.def"))

    made = WebhookEndpoint.objects.get()
    (secret,) = shown(answer)
    assert secret.startswith("whsec_")
    assert (made.account, made.url, made.kinds) == (account, NOBODY, ["shipped"])
    assert bearer_of(made) == "abc.def"
    assert made.history.get().pgh_context["actor"] == "Test Account manager"


@pytest.mark.django_db(transaction=True)
def test_what_is_posted_can_be_verified_by_the_secret_that_was_shown(manager: Client) -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        wanted = new_endpoint(clinic.account, url=receiver.address, kinds=["sent_for_fulfilment"])
        (secret,) = shown(manager.post(f"{ENDPOINTS}add/", wanted))
        told(clinic)
        work()

    (posted,) = receiver.posted
    assert posted.verified_by(secret)["data"]["attributes"]["event"] == "SENT_FOR_FULFILMENT"


def test_a_secret_is_shown_once_and_the_sealed_columns_never(
    manager: Client, account: Account
) -> None:
    answer = manager.post(f"{ENDPOINTS}add/", new_endpoint(account, bearer="abc.def"))
    made, (secret,) = WebhookEndpoint.objects.get(), shown(answer)
    replace_endpoint_secret(made, overlap=Overlap.A_WEEK, actor=builders.administrator())
    made.refresh_from_db()

    assert "no-store" in answer["Cache-Control"]
    hidden = {secret, "abc.def", *(getattr(made, column) for column in SEALED)}
    assert len(hidden) == 5
    for page in (ENDPOINTS, page_of(made), page_of(made, "history"), page_of(made, "bearer")):
        text = words(manager, page)
        assert not [one for one in hidden if one in text], page
    assert all(secret not in str(one.get_decoded()) for one in Session.objects.all())


def test_sending_the_form_again_makes_no_second_endpoint(manager: Client, account: Account) -> None:
    once = manager.get(f"{ENDPOINTS}add/?dialect=v1").context["form"]["once"].value()

    first, second = (
        manager.post(f"{ENDPOINTS}add/", new_endpoint(account, once=once)) for _ in range(2)
    )

    assert (first.status_code, second.status_code) == (200, 302)
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("account", "", "Select the account"),
        ("url", "", "Enter the whole address, beginning with https://"),
        ("url", "hooks.example.org", "Enter the whole address, beginning with https://."),
        ("url", "https://user:word@example.org/", "Enter the whole address"),
        ("url", "https://10.0.0.1/hooks", "leads to no server on the internet"),
        ("url", "https://nowhere.invalid/hooks", "No server was found under this name"),
        ("url", "https://example.org/\x00", "hidden character"),
        ("url", "https://example.org/\ud800", "hidden character"),
        ("url", "https://example.org/" + "x" * 100_000, "2000 characters or fewer"),
        ("kinds", [], "Choose at least one kind of event"),
        ("kinds", ["everything", "\x00"], "Select the events from the list"),
        ("bearer", "two words", "only letters, figures"),
        ("bearer", "x\x00", "hidden character"),
        ("once", "\x00", "Open it again"),
        ("dialect", "", "Choose the API"),
    ],
)
def test_what_will_not_do_is_told_beside_its_box(
    field: str, given: Any, said: str, manager: Client, account: Account
) -> None:
    answers = urlencode(new_endpoint(account, **{field: given}), True, errors="surrogatepass")

    answer = manager.post(
        f"{ENDPOINTS}add/", answers, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 422
    assert said in str(answer.context["form"].errors[field])
    assert not WebhookEndpoint.objects.exists()


def test_address_and_events_are_changed_by_the_command(
    manager: Client, endpoint: WebhookEndpoint
) -> None:
    page = page_of(endpoint, "what-is-told")
    asked = manager.get(page).context["form"]

    refused = manager.post(page, {"url": "https://10.0.0.1/", "kinds": ["shipped"]})
    saved = manager.post(page, {"url": f"{NOBODY}/2", "kinds": ["shipped", "delivered"]})

    assert asked["url"].value() == NOBODY
    assert "leads to no server" in str(refused.context["form"].errors["url"])
    endpoint.refresh_from_db()
    assert (saved.status_code, endpoint.url) == (302, f"{NOBODY}/2")
    assert endpoint.kinds == ["shipped", "delivered"]


def test_with_an_overlap_two_secrets_work_until_the_older_one_is_ended(
    manager: Client, endpoint: WebhookEndpoint
) -> None:
    page = page_of(endpoint, "secret")
    (new,) = shown(manager.post(page, {"once": "first", "overlap": "week"}))
    endpoint.refresh_from_db()
    assert endpoint.older_secret_works
    assert "Works until" in words(manager, page_of(endpoint))

    refused = manager.post(page, {"once": "second", "overlap": "week"})
    manager.post(page_of(endpoint, "end-older-secret"))

    assert new.startswith("whsec_")
    assert "end the older one first" in str(refused.context["form"].errors["overlap"])
    endpoint.refresh_from_db()
    assert not endpoint.older_secret_works


def test_a_replaced_secret_is_shown_once(manager: Client, endpoint: WebhookEndpoint) -> None:
    once = {"once": "another", "overlap": "none"}

    first, second = (manager.post(page_of(endpoint, "secret"), once) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 302)
    assert second["Location"] == page_of(endpoint)


def test_a_bearer_token_is_set_and_taken_away(manager: Client, endpoint: WebhookEndpoint) -> None:
    page = page_of(endpoint, "bearer")
    tokens = []

    for token in ("abc.def", ""):
        manager.post(page, {"bearer": token})
        endpoint.refresh_from_db()
        tokens.append(bearer_of(endpoint))
    refused = manager.post(page, {"bearer": "ä"})

    assert tokens == ["abc.def", ""]
    assert "only letters, figures" in str(refused.context["form"].errors["bearer"])


def test_an_endpoint_is_paused_resumed_and_removed(
    manager: Client, endpoint: WebhookEndpoint
) -> None:
    states = []
    for way in ("pause", "resume", "remove"):
        assert manager.get(page_of(endpoint, way)).status_code == 200
        assert manager.post(page_of(endpoint, way))["Location"] == page_of(endpoint)
        endpoint.refresh_from_db()
        states.append((endpoint.paused_at is not None, endpoint.removed_at is not None))

    assert states == [(True, False), (False, False), (False, True)]


@pytest.mark.django_db(transaction=True)
def test_a_test_event_is_sent(manager: Client) -> None:
    with receiving() as receiver:
        endpoint = builders.endpoint(builders.account(), receiver.address).endpoint
        answer = manager.post(page_of(endpoint, "test"))
        work()

    assert len(receiver.posted) == 1
    assert "Test event" in words(manager, answer["Location"])
    assert "100\N{NO-BREAK SPACE}% of one try" in words(manager, page_of(endpoint))
    log = manager.get(page_of(endpoint, "deliveries"))["Location"]
    assert listed(manager, log) == [Delivery.objects.get().pk]


def test_only_buttons_that_would_change_something_are_offered(
    manager: Client, endpoint: WebhookEndpoint
) -> None:
    boss = builders.administrator()
    usual = {"test", "deliveries", "what-is-told", "bearer", "secret", "pause", "remove"}
    assert buttons(manager, endpoint) == usual
    replace_endpoint_secret(endpoint, overlap=Overlap.A_WEEK, actor=boss)
    assert buttons(manager, endpoint) == {*usual, "end-older-secret"}
    pause_endpoint(endpoint, actor=boss)
    assert buttons(manager, endpoint) == {*usual, "end-older-secret", "resume"} - {"pause", "test"}
    remove_endpoint(endpoint, actor=boss)
    assert buttons(manager, endpoint) == {"deliveries"}


def buttons(client: Client, row: WebhookEndpoint | Delivery) -> set[str]:
    found = re.findall(rf'href="{page_of(row, "([a-z-]+)")}"', words(client, page_of(row)))
    return {*found} - {"history", "change"}


@pytest.mark.parametrize(
    ("way", "given"),
    [
        ("test", {}),
        ("what-is-told", {"url": NOBODY, "kinds": ["shipped"]}),
        ("bearer", {"bearer": "abc"}),
        ("secret", {"once": "x", "overlap": "none"}),
        ("pause", {}),
        ("resume", {}),
        ("remove", {}),
    ],
)
def test_what_comes_too_late_is_refused_in_words(
    way: str, given: dict[str, Any], manager: Client, endpoint: WebhookEndpoint
) -> None:
    remove_endpoint(endpoint, actor=builders.administrator())

    answer = manager.post(page_of(endpoint, way), given)

    assert answer.status_code == 422
    assert "There is no such webhook endpoint." in answer.content.decode()


def test_nothing_is_sent_to_a_paused_endpoint_and_that_is_said(
    manager: Client, endpoint: WebhookEndpoint
) -> None:
    pause_endpoint(endpoint, actor=builders.administrator())

    answer = manager.post(page_of(endpoint, "test"))

    assert answer.status_code == 422
    assert "resume it first" in answer.content.decode()


def test_the_list_tells_the_state_in_words_and_is_filtered_by_it(
    manager: Client, account: Account
) -> None:
    boss = builders.administrator()
    unused, failing, paused, removed = (
        builders.endpoint(account, f"{NOBODY}/{number}").endpoint for number in range(4)
    )
    WebhookEndpoint.objects.filter(pk=failing.pk).update(failing_since=timezone.now())
    pause_endpoint(paused, actor=boss)
    remove_endpoint(removed, actor=boss)

    text = words(manager, ENDPOINTS)

    for state in ("No event sent yet", "Failing since", "Paused by hand", "Removed"):
        assert state in text
    found = {
        state: set(listed(manager, f"{ENDPOINTS}?state={state}"))
        for state in ("trouble", "active", "failing", "paused", "removed", "nonsense")
    }
    assert found == {
        "trouble": {failing.pk, paused.pk},
        "active": {unused.pk},
        "failing": {failing.pk},
        "paused": {paused.pk},
        "removed": {removed.pk},
        "nonsense": {one.pk for one in (unused, failing, paused, removed)},
    }


def test_endpoints_are_found_by_address_and_account(manager: Client) -> None:
    mine, other = (
        builders.endpoint(builders.account(name=name), f"{NOBODY}/{path}").endpoint
        for name, path in (("Test Northern", "red"), ("Test Southern", "blue"))
    )

    assert listed(manager, f"{ENDPOINTS}?q=/red") == [mine.pk]
    assert listed(manager, f"{ENDPOINTS}?q=southern") == [other.pk]


@pytest.mark.parametrize("column", SEALED)
def test_sealed_columns_cannot_be_guessed_by_filters(
    column: str, manager: Client, endpoint: WebhookEndpoint
) -> None:
    for guess in (f"{ENDPOINTS}?{column}__gt=a", f"{DELIVERIES}?endpoint__{column}__gt=a"):
        assert manager.get(guess).status_code == 400


def test_an_endpoints_history_tells_who_changed_what(
    manager: Client, endpoint: WebhookEndpoint
) -> None:
    manager.post(page_of(endpoint, "pause"))

    text = words(manager, page_of(endpoint, "history"))

    assert "Test Account manager" in text
    assert "Paused by hand" in text


# Deliveries


def test_the_list_tells_what_is_owed_to_whom(
    manager: Client, clinic: Organisation, endpoint: WebhookEndpoint
) -> None:
    delivery = told(clinic)

    text = words(manager, DELIVERIES)

    for shown_ in (
        "Sent for fulfilment",
        "SENT_FOR_FULFILMENT",
        clinic.account.name,
        delivery.reference,
        NOBODY,
        delivery_words.state_of(delivery)["words"],
    ):
        assert shown_ in text


@pytest.mark.django_db(transaction=True)
def test_the_page_of_a_delivery_tells_each_try_and_what_was_answered(manager: Client) -> None:
    clinic = builders.organisation()
    hostile = Reply(500, {"X-Odd": "<b>"}, b"<script>alert(1)</script>\xff\x00")
    with receiving(hostile) as receiver:
        delivery = sent_to(receiver, clinic)

    text = words(manager, page_of(delivery))

    attempt = Attempt.objects.get()
    delivery.refresh_from_db()
    for shown_ in (
        f"Try {attempt.number}",
        f"took {attempt.duration_ms} ms",
        "500 Internal Server Error",
        "x-odd: &lt;b&gt;",
        "&lt;script&gt;alert(1)&lt;/script&gt;\ufffd\ufffd",
        "webhook-id: ",
        str(delivery.event.message_id),
        "&quot;event&quot;:&quot;SENT_FOR_FULFILMENT&quot;",
        delivery_words.state_of(delivery)["words"],
    ):
        assert shown_ in text, shown_
    assert "<script>alert(1)" not in text
    assert "x-odd: <b>" not in text


@pytest.mark.django_db(transaction=True)
def test_why_a_try_brought_no_answer_is_told_in_words(manager: Client) -> None:
    clinic = builders.organisation()
    builders.endpoint(clinic.account, NOBODY)
    delivery = told(clinic)
    work()

    text = words(manager, page_of(delivery))

    assert "No answer" in text
    assert "The connection was refused or broke off." in text


@pytest.mark.django_db(transaction=True)
def test_redelivering_sends_it_again_and_says_by_whom(manager: Client) -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        delivery = sent_to(receiver, clinic)
        assert "tried as often as at first" in words(manager, page_of(delivery, "redeliver"))

        answer = manager.post(page_of(delivery, "redeliver"), follow=True)
        work()

    assert "It is being sent again." in answer.content.decode()
    assert len(receiver.posted) == 2
    assert "redelivered by <bdi>Test Account manager" in words(manager, page_of(delivery))


def test_what_cannot_be_sent_again_says_why_and_has_no_button(
    manager: Client, clinic: Organisation, endpoint: WebhookEndpoint
) -> None:
    delivery = told(clinic)
    assert buttons(manager, delivery) == {"redeliver"}
    pause_endpoint(endpoint, actor=builders.administrator())

    refused = manager.post(page_of(delivery, "redeliver"))

    assert refused.status_code == 422
    assert "resume it first" in refused.content.decode()
    assert buttons(manager, delivery) == set()
    assert "Resume the endpoint first" in words(manager, page_of(delivery))


def test_those_that_were_ticked_are_redelivered_and_each_says_what_came_of_it(
    manager: Client, clinic: Organisation, endpoint: WebhookEndpoint
) -> None:
    fine, purged, left = (told(clinic) for _ in range(3))
    settle(fine, purged, left)
    Delivery.objects.filter(pk=purged.pk).update(purged_at=timezone.now(), body=None)

    answer = tick(manager, fine.pk, purged.pk)

    said = {str(one) for one in answer.context["messages"]}
    what = "Sent for fulfilment (SENT_FOR_FULFILMENT) of"
    assert said == {
        f"{what} {fine.reference}: It is being sent again.",
        (
            f"{what} {purged.reference}: What was sent is not kept any more, so it cannot be sent"
            " again."
        ),
    }
    waiting = Delivery.objects.waiting().values_list("pk", "redelivered_by")
    assert list(waiting) == [(fine.pk, "Test Account manager")]


@pytest.mark.parametrize(
    ("ticked", "others"),
    [
        (["x"], {}),
        (["9" * 40], {}),
        (["-1"], {}),
        (["\x00"], {}),
        ([], {"select_across": "1"}),
        ([], {}),
        (["1"], {"action": "delete_selected"}),
        (["1"], {"action": "nonsense", "index": "x"}),
        (["1"], {"index": "9" * 30}),
    ],
)
def test_odd_ticks_redeliver_nothing(
    ticked: list[str],
    others: dict[str, str],
    manager: Client,
    clinic: Organisation,
    endpoint: WebhookEndpoint,
) -> None:
    settle(told(clinic))

    answer = tick(manager, *ticked, **others)

    assert answer.status_code in (200, 400)
    assert not Delivery.objects.waiting().exists()


def settle(*deliveries: Delivery) -> None:
    """As if they had been sent."""
    rows = Delivery.objects.filter(pk__in=[one.pk for one in deliveries])
    rows.update(state=DeliveryState.DELIVERED, settled_at=timezone.now(), body=b"{}", tries=1)


def tick(client: Client, *rows: object, **others: str) -> Any:
    sent = {"action": "redeliver_chosen", "index": "0", "select_across": "0", **others}
    return client.post(DELIVERIES, {**sent, "_selected_action": list(rows)}, follow=True)


def test_a_delivery_is_found_by_its_whole_reference_or_message_id(
    manager: Client, clinic: Organisation, endpoint: WebhookEndpoint
) -> None:
    delivery = told(clinic, reference="OUR-77")
    told(clinic, reference="OUR-777")

    assert searched(manager, "OUR-77") == [delivery.pk]
    assert searched(manager, str(delivery.event.message_id)) == [delivery.pk]
    assert searched(manager, str(delivery.event.message_id).upper()) == [delivery.pk]
    for other in ("OUR", "our-77", str(uuid.uuid4()), "%", "<script>"):
        assert searched(manager, other) == []


def test_a_delivery_of_api_v3_is_found_by_the_id_in_its_envelope(
    manager: Client, clinic: Organisation
) -> None:
    endpoint = builders.v3_endpoint(clinic.account, NOBODY, "order_status").endpoint
    builders.order(chosen=clinic)
    delivery = Delivery.objects.get()

    assert searched(manager, str(message_number(delivery.event, endpoint.told_as))) == [delivery.pk]
    assert "order.status" in words(manager, page_of(delivery))


def test_an_endpoint_of_api_v3_is_made_for_one_type(manager: Client, account: Account) -> None:
    wanted = new_endpoint(account, dialect="v3", kinds=[], told_as="order_status_full")

    manager.post(f"{ENDPOINTS}add/", wanted)

    made = WebhookEndpoint.objects.get()
    assert (made.dialect, made.told_as) == ("v3", "order_status_full")
    assert "Status of an order, all of it (order.statusFull)" in words(manager, page_of(made))


def test_deliveries_are_filtered_by_state_account_and_endpoint(
    manager: Client, clinic: Organisation, endpoint: WebhookEndpoint
) -> None:
    stranger = builders.organisation()
    builders.endpoint(stranger.account, NOBODY)
    sent, waiting, theirs = told(clinic), told(clinic), told(stranger)
    settle(sent)

    assert listed(manager, f"{DELIVERIES}?state=delivered") == [sent.pk]
    assert listed(manager, f"{DELIVERIES}?state=waiting") == [theirs.pk, waiting.pk]
    assert listed(manager, f"{DELIVERIES}?account={clinic.account_id}") == [waiting.pk, sent.pk]
    both = f"{DELIVERIES}?state=waiting&account={clinic.account_id}"
    assert listed(manager, both) == [waiting.pk]
    assert listed(manager, f"{DELIVERIES}?endpoint={endpoint.pk}") == [waiting.pk, sent.pk]
    for odd in ("account=x", "endpoint=x", f"endpoint={'9' * 40}"):
        assert listed(manager, f"{DELIVERIES}?{odd}") == []
    for odd in ("state=%00", "endpoint=%00"):
        assert manager.get(f"{DELIVERIES}?{odd}").status_code == 400


def test_what_is_rare_is_looked_for_so_far_and_then_further_back(
    manager: Client,
    clinic: Organisation,
    endpoint: WebhookEndpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rare, *others = (told(clinic) for _ in range(5))
    settle(*others)
    monkeypatch.setattr(looking, "LOOKED_THROUGH", 3)
    address = f"{DELIVERIES}?state=waiting"

    first = manager.get(address)
    found = listed(manager, address + first.context["cl"].older_link.replace("?", "&"))

    assert list(first.context["cl"].result_list) == []
    assert "looks further back" in first.content.decode()
    assert found == [rare.pk]


@pytest.mark.usefixtures("_small_pages")
def test_pages_go_from_the_newest_to_the_oldest_and_back(
    manager: Client, clinic: Organisation, endpoint: WebhookEndpoint
) -> None:
    made = [told(clinic).pk for _ in range(5)][::-1]
    for narrowed in ("", "?state=waiting", f"?endpoint={endpoint.pk}"):
        first = manager.get(DELIVERIES + narrowed).context["cl"]
        second = manager.get(DELIVERIES + first.older_link).context["cl"]

        assert [row.pk for row in first.result_list] == made[:3]
        assert [row.pk for row in second.result_list] == made[3:]
        assert listed(manager, DELIVERIES + second.newer_link) == made[:3]


def test_the_log_counts_nothing_and_skips_nothing(
    manager: Client, clinic: Organisation, endpoint: WebhookEndpoint
) -> None:
    told(clinic)

    with CaptureQueriesContext(connection) as queries:
        manager.get(f"{DELIVERIES}?o=1.2&p=3&all=&_facets=True")

    statements = " ".join(query["sql"] for query in queries)
    assert "OFFSET" not in statements
    assert "COUNT(" not in statements


@pytest.mark.parametrize(("address", "queries"), [(ENDPOINTS, 11), (DELIVERIES, 8)])
def test_many_rows_take_no_more_queries_than_one(
    address: str,
    queries: int,
    manager: Client,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(6):
        clinic = builders.organisation()
        builders.endpoint(clinic.account, f"{NOBODY}/{number}")
        told(clinic)

    with django_assert_max_num_queries(queries):
        manager.get(address)


@pytest.mark.django_db(transaction=True)
def test_many_tries_take_no_more_queries_and_come_in_pages(
    manager: Client, django_assert_max_num_queries: Any
) -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        delivery = sent_to(receiver, clinic)
    try_ = Attempt.objects.get()
    for number in range(2, 26):
        try_.pk, try_.number = None, number
        try_.save(force_insert=True)
    endpoint = WebhookEndpoint.objects.get()

    with django_assert_max_num_queries(17):
        text = words(manager, page_of(delivery))
    with django_assert_max_num_queries(12):
        manager.get(page_of(endpoint))

    assert "Try 25 " in text
    assert "Try 5 " not in text
    (older,) = re.findall(r'href="(\?before=\d+)"', text)
    assert "Try 5 " in words(manager, page_of(delivery) + older)


# Who may


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.STOCK_LEAD, Role.AUDITOR])
def test_who_may_not_manage_integrations_sees_and_changes_nothing(
    role: Role, sign_in: SignIn, clinic: Organisation, endpoint: WebhookEndpoint
) -> None:
    client, delivery = sign_in(role), told(clinic)
    ways = ("test", "deliveries", "what-is-told", "bearer", "secret", "end-older-secret")
    pages = [
        ENDPOINTS,
        DELIVERIES,
        f"{ENDPOINTS}add/",
        *(page_of(endpoint, way) for way in (*ways, "pause", "resume", "remove", "history")),
        *(page_of(delivery, way) for way in ("change", "redeliver")),
    ]

    answers = {client.get(page).status_code for page in pages}
    answers |= {client.post(page, new_endpoint(clinic.account)).status_code for page in pages}

    assert answers == {403}
    assert tick(client, delivery.pk).status_code == 403
    before = (endpoint.url, endpoint.paused_at, endpoint.removed_at)
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.paused_at, endpoint.removed_at) == before
    side_bar = words(client, "/admin/")
    assert ENDPOINTS not in side_bar
    assert DELIVERIES not in side_bar


def test_who_may_is_led_there_by_the_side_bar(manager: Client) -> None:
    side_bar = words(manager, "/admin/")

    assert ENDPOINTS in side_bar
    assert DELIVERIES in side_bar


def test_nothing_is_written_by_the_pages_themselves(
    manager: Client, clinic: Organisation, endpoint: WebhookEndpoint
) -> None:
    delivery = told(clinic)

    answers = {
        manager.post(page_of(endpoint), {"url": "https://example.org/"}).status_code,
        manager.post(page_of(delivery), {"state": "parked"}).status_code,
        manager.get(f"{DELIVERIES}add/").status_code,
        manager.post(page_of(endpoint, "delete")).status_code,
    }

    assert answers == {403}


def test_whose_reference_stands_in_a_body_is_on_record(
    manager: Client, clinic: Organisation, endpoint: WebhookEndpoint
) -> None:
    delivery = told(clinic)
    manager.get(page_of(delivery))
    assert not AccessEntry.objects.exists()  # nothing is written yet, so nothing is shown
    settle(delivery)

    manager.get(page_of(delivery))

    order = delivery.event.facts["order"]
    entry = AccessEntry.objects.get()
    assert (entry.order_id, entry.what, entry.door) == (order, "delivery page", "admin")


def test_who_sees_orders_is_led_to_the_order(
    administrator: Client, manager: Client, clinic: Organisation, endpoint: WebhookEndpoint
) -> None:
    delivery = told(clinic)
    order = f"/admin/orders/order/{delivery.event.facts['order']}/change/"

    assert order in words(administrator, page_of(delivery))
    assert order not in words(manager, page_of(delivery))


def test_a_purged_body_says_so(
    manager: Client, clinic: Organisation, endpoint: WebhookEndpoint
) -> None:
    delivery = told(clinic)
    Delivery.objects.update(owed_at=timezone.now() - timezone.timedelta(days=31))
    purge_bodies()

    text = words(manager, page_of(delivery))

    assert "Kept for 30 days, and not any more." in text
    assert "Given up" in text
