"""The page of the log of deliveries and of one delivery: newest first, narrowed down by the
address, every try with what went out and came back, and having it sent again.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone

from foundation.models import AccessEntry
from orders.models import Order
from orders.statuses import Status
from organisations.models import Organisation
from organisations.roles import Role
from portal.developers import looking
from portal.developers.webhooks import deliveries as deliveries_page
from tests import builders
from tests.staff.desk import Desk, desk, desk_of_one, hidden_of, queries_of, text_of
from tests.webhooks.receiver import Receiver, Reply, receiving
from tests.webhooks.working import moved_on, work
from webhooks.endpoints import pause_endpoint, remove_endpoint
from webhooks.models import Attempt, Delivery, DeliveryState, WebhookEndpoint, WebhookEvent
from webhooks.posting import ANSWER_AT_MOST
from webhooks.retention import BODIES_ARE_KEPT, purge_bodies

PAGE = "/developers/deliveries/"
AGAIN = f"{PAGE}redeliver/"
ADDRESS = "http://127.0.0.1:9/hooks"
NOW = {"state": DeliveryState.DELIVERED, "settled_at": timezone.now(), "tries": 1}


@pytest.fixture
def manager(clinic: Organisation) -> Desk:
    return desk(clinic, Role.CLINIC_MANAGER)


@pytest.fixture
def endpoint(clinic: Organisation) -> WebhookEndpoint:
    return builders.endpoint(clinic.account, ADDRESS).endpoint


def owed(
    endpoint: WebhookEndpoint, number: int = 1, *, kind: str = "shipped", **columns: Any
) -> list[int]:
    """So many deliveries, newest first, of one order each unless a reference is given."""
    begun = WebhookEvent.objects.count()
    events = WebhookEvent.objects.bulk_create(
        WebhookEvent(
            account_id=endpoint.account_id,
            channel="order",
            reference=columns.get("reference", f"REF-{begun + place}"),
            sequence=begun + place + 1,
            kinds=[kind],
            is_of_a_study=True,
            happened_at=timezone.now(),
        )
        for place in range(number)
    )
    stream = ("account_id", "channel", "reference", "sequence")
    made = Delivery.objects.bulk_create(
        Delivery(
            endpoint=endpoint,
            event=event,
            **{**{name: getattr(event, name) for name in stream}, **columns},
        )
        for event in events
    )
    return [one.pk for one in made[::-1]]


def found(manager: Desk, query: str = "") -> list[int]:
    answer = manager.get(f"{PAGE}{query}")
    assert answer.status_code == 200
    return [row["delivery"].pk for row in answer.context["rows"]]


def way(manager: Desk, rel: str, query: str = "") -> str:
    html = manager.get(f"{PAGE}{query}").content.decode()
    link = re.search(rf'href="{PAGE}([^"]*)" rel="{rel}"', html)
    return link[1].replace("&amp;", "&") if link else ""


def further_back(manager: Desk, query: str) -> str:
    html = manager.get(PAGE + query).content.decode()
    link = re.search(rf'href="{PAGE}([^"]*)"[^>]*>(?:Older →|Look further back)</a>', html)
    return link[1].replace("&amp;", "&") if link else ""


def sent_order(clinic: Organisation, receiver: Receiver, **members: Any) -> Order:
    """An order of which the receiver was told."""
    builders.endpoint(clinic.account, receiver.address)
    order = builders.order(Status.AWAITING_SHIPMENT, chosen=clinic, **members)
    work()
    return order


def page_of(delivery: Delivery, page: str = "") -> str:
    return f"{PAGE}{delivery.pk}/{page}"


def again(manager: Desk, query: str, **sent: str) -> Any:
    once = hidden_of(manager.get(AGAIN + query), "once")
    return manager.client.post(AGAIN + query, {"once": once, **sent}, follow=True)


def test_the_newest_come_first_in_pages_of_50(manager: Desk, endpoint: WebhookEndpoint):
    newest_first = owed(endpoint, 120)

    second, third = way(manager, "next"), way(manager, "next", way(manager, "next"))

    assert found(manager) + found(manager, second) + found(manager, third) == newest_first
    assert found(manager, way(manager, "prev", third)) == found(manager, second)
    assert (way(manager, "prev"), way(manager, "next", third)) == ("", "")


def test_a_filter_goes_along_to_the_next_page(manager: Desk, endpoint: WebhookEndpoint):
    shipped = owed(endpoint, 60)
    owed(endpoint, 60, kind="delivered")

    next_page = way(manager, "next", "?kind=shipped")

    assert "kind=shipped" in next_page
    assert found(manager, next_page) == shipped[50:]


def test_each_filter_finds_what_it_says(
    clinic: Organisation, manager: Desk, endpoint: WebhookEndpoint
):
    other = builders.endpoint(clinic.account, ADDRESS).endpoint
    (done,) = owed(endpoint, **NOW)
    (waiting,) = owed(endpoint, kind="delivered")
    (retrying,) = owed(other, tries=2)
    (parked,) = owed(other, **NOW | {"state": DeliveryState.PARKED}, reference="A B")

    for query, expected in {
        "": [parked, retrying, waiting, done],
        f"?endpoint={endpoint.public_id}": [waiting, done],
        "?kind=shipped": [parked, retrying, done],
        "?kind=called_off": [],
        "?reference=A+B": [parked],
        "?reference=+A++B+": [parked],
        "?reference=A": [],
        "?outcome=delivered": [done],
        "?outcome=waiting": [waiting],
        "?outcome=retrying": [retrying],
        "?outcome=parked": [parked],
        f"?endpoint={other.public_id}&outcome=parked&kind=shipped": [parked],
        f"?endpoint={endpoint.public_id}&outcome=parked": [],
        "?kind=&outcome=&reference=&since=&until=": [parked, retrying, waiting, done],
    }.items():
        assert found(manager, query) == expected, query


def test_days_are_those_of_the_accounts_clock(manager: Desk, endpoint: WebhookEndpoint):
    # In summer London is an hour ahead.
    (late,) = owed(endpoint, owed_at=datetime(2026, 6, 30, 22, 59, tzinfo=UTC))
    (early,) = owed(endpoint, owed_at=datetime(2026, 6, 30, 23, 0, tzinfo=UTC))

    assert found(manager, "?since=2026-07-01") == [early]
    assert found(manager, "?until=2026-06-30") == [late]
    assert found(manager, "?since=30/6/2026&until=1.7.2026") == [early, late]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?since=tomorrow", "Enter a day like 27/3/2026"),
        ("?since=2026-07-02&until=2026-07-01", "The last day must not be before the first day"),
        ("?outcome=lost", "Select the state from the list"),
        ("?kind=%00", "Select the event from the list"),
        ("?reference=%00", "Reference of the order has a hidden character in it."),
        ("?reference=" + "x" * 129, "Reference of the order must be 128 characters or fewer"),
    ],
)
def test_a_filter_that_means_nothing_finds_nothing_and_says_so(
    query: str, words: str, manager: Desk, endpoint: WebhookEndpoint
):
    owed(endpoint)

    assert found(manager, query) == []
    assert words in text_of(manager.get(PAGE + query))
    assert manager.get(AGAIN + query)["Location"].startswith(PAGE)


@pytest.mark.parametrize("query", ["?before=x", "?before=" + "9" * 40, "?after=%00", "?nonsense=1"])
def test_a_place_nobody_named_is_the_first_page(
    query: str, manager: Desk, endpoint: WebhookEndpoint
):
    newest_first = owed(endpoint, 3)

    assert found(manager, query) == newest_first


def test_what_is_rare_is_looked_for_piece_by_piece(
    manager: Desk, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(looking, "LOOKED_THROUGH", 10)
    (oldest,) = owed(endpoint, kind="delivered", reference="R")
    owed(endpoint, 25)
    (newest,) = owed(endpoint, kind="delivered")

    pages, query, steps = [], "?kind=delivered", 0
    while query and steps < 5:
        pages.append(found(manager, query))
        query, steps = further_back(manager, query), steps + 1

    assert pages == [[newest], [], [oldest]]
    # An order and an endpoint have an index.
    assert found(manager, "?reference=R&kind=delivered") == [oldest]


def test_another_accounts_deliveries_are_not_there(manager: Desk, endpoint: WebhookEndpoint):
    foreign = builders.endpoint(builders.account(), "http://127.0.0.1:9/theirs").endpoint
    (theirs,) = owed(foreign, reference="THEIRS")
    own = owed(endpoint)

    assert found(manager) == own
    assert found(manager, "?reference=THEIRS") == []
    assert manager.get(f"{PAGE}?endpoint={foreign.public_id}").status_code == 404
    assert manager.get(f"{PAGE}?endpoint=nobody").status_code == 404
    assert manager.get(f"{AGAIN}?endpoint={foreign.public_id}").status_code == 404
    assert manager.get(f"{PAGE}{theirs}/").status_code == 404
    assert manager.post(f"{PAGE}{theirs}/redeliver/").status_code == 404
    assert "/theirs" not in text_of(manager.get(PAGE))
    assert Delivery.objects.get(pk=theirs).redelivered_by == ""


def test_a_manager_of_one_organisation_has_no_say_over_the_account(
    clinic: Organisation, endpoint: WebhookEndpoint
):
    manager = desk_of_one(clinic, Role.CLINIC_MANAGER)
    (number,) = owed(endpoint)

    for page in (PAGE, f"{AGAIN}?outcome=waiting", f"{PAGE}{number}/"):
        assert manager.get(page).status_code == 403
    assert manager.post(f"{PAGE}{number}/redeliver/").status_code == 403


@pytest.mark.parametrize("name", ["0", "1" * 19, "9" * 300, "x", "-1", "%D9%A1", "1.0", "a%00b"])
def test_a_delivery_nobody_has_is_not_found(name: str, manager: Desk):
    assert manager.get(f"{PAGE}{name}/").status_code == 404
    assert manager.post(f"{PAGE}{name}/redeliver/").status_code == 404


def test_without_deliveries_the_page_says_when_there_will_be_some(manager: Desk):
    assert "No deliveries yet" in text_of(manager.get(PAGE))
    assert "No such deliveries" in text_of(manager.get(f"{PAGE}?outcome=parked"))


def test_the_page_of_an_endpoint_leads_to_its_deliveries(manager: Desk, endpoint: WebhookEndpoint):
    html = manager.get(f"/developers/webhooks/{endpoint.public_id}/").content.decode()

    assert f'href="{PAGE}?endpoint={endpoint.public_id}"' in html


@pytest.mark.django_db(transaction=True)
def test_a_delivery_shows_what_was_sent_and_answered(clinic: Organisation, manager: Desk):
    with receiving(Reply(202, {"X-Ours": "yes"}, b"thank you")) as receiver:
        builders.endpoint(clinic.account, receiver.address)
        order = builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()

    (posted,) = receiver.posted
    answer = manager.get(page_of(Delivery.objects.get()))
    text = text_of(answer)
    for words in (
        "Sent for fulfilment Delivered",
        "SENT_FOR_FULFILMENT",
        order.reference,
        posted.message_id,
        "Try 1 202 Accepted",
        "webhook-signature: v1,",
        "x-ours: yes",
        "thank you",
        " ms",
    ):
        assert words in text or words in text.replace("X-Ours", "x-ours"), words
    body = posted.body.decode().replace('"', "&quot;")
    assert f"<code>{body}</code>" in answer.content.decode()
    assert f'href="/orders/{order.public_id}/"' in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_secrets_are_masked(clinic: Organisation, manager: Desk):
    with receiving(Reply(202, {"Set-Cookie": "session=topsecret"})) as receiver:
        made = builders.endpoint(clinic.account, receiver.address).endpoint
        manager.post(f"/developers/webhooks/{made.public_id}/bearer/", {"bearer": "hush.hush"})
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()

    html = manager.get(page_of(Delivery.objects.get())).content.decode()
    assert "Authorization: •••" in html
    assert "hush.hush" not in html
    assert "topsecret" not in html


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_shown_as_text_whatever_it_holds(clinic: Organisation, manager: Desk):
    body = b"<script>alert(1)</script>\x00\x1b\xff &amp;"
    with receiving(Reply(500, {"Content-Type": "text/html", "X-Bad": "<b>"}, body)) as receiver:
        sent_order(clinic, receiver)

    html = manager.get(page_of(Delivery.objects.get())).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\ufffd\ufffd\ufffd &amp;amp;" in html
    assert "<script>alert" not in html
    assert "&lt;b&gt;" in html
    assert "Cut here" not in html


@pytest.mark.django_db(transaction=True)
def test_a_long_answer_says_that_it_is_cut(clinic: Organisation, manager: Desk):
    with receiving(Reply(500, {}, b"y" * (ANSWER_AT_MOST + 10))) as receiver:
        sent_order(clinic, receiver)

    html = manager.get(page_of(Delivery.objects.get())).content.decode()
    assert html.count("y" * ANSWER_AT_MOST) == 1
    assert "y" * (ANSWER_AT_MOST + 1) not in html
    assert "Cut here: of an answer 64 KiB are kept." in html


@pytest.mark.django_db(transaction=True)
def test_a_try_that_was_not_answered_says_why(clinic: Organisation, manager: Desk):
    builders.endpoint(clinic.account, ADDRESS)
    builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
    work()

    text = text_of(manager.get(page_of(Delivery.objects.get())))
    assert "Try 1 No answer" in text
    assert "The connection was refused or broke off." in text
    assert "Trying again" in text
    assert re.search(r"Next try \d", text)
    assert "The connection was refused or broke off" in text_of(manager.get(PAGE))


@pytest.mark.django_db(transaction=True)
def test_redelivered_it_is_the_same_message_and_says_by_whom(clinic: Organisation, manager: Desk):
    with receiving() as receiver:
        sent_order(clinic, receiver)
        delivery = Delivery.objects.get()
        answer = manager.client.post(page_of(delivery, "redeliver/"), follow=True)
        work()

    first, second = receiver.posted
    assert (first.message_id, first.body) == (second.message_id, second.body)
    waits = text_of(answer)
    assert "It is being sent again." in waits
    assert "Sending again" in waits
    text = text_of(manager.get(page_of(delivery)))
    assert text.index("Try 2") < text.index(f"Redelivered by {manager.user}") < text.index("Try 1")
    assert "2 tries" in text_of(manager.get(PAGE))


@pytest.mark.django_db(transaction=True)
def test_all_of_a_filter_are_sent_again_once(clinic: Organisation, manager: Desk):
    with receiving() as receiver:
        sent_order(clinic, receiver, reference="A")
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic, reference="B")
        work()
        before = [one.message_id for one in receiver.posted]
        query = "?outcome=delivered&reference=A"
        asked = manager.get(AGAIN + query)
        once = hidden_of(asked, "once")
        answers = [
            manager.client.post(AGAIN + query, {"once": once}, follow=True) for _ in range(2)
        ]
        work()

    assert "Reference of the order: A; State: Delivered" in text_of(asked)
    assert "1 delivery is sent again, with the same body" in text_of(asked)
    assert [one.message_id for one in receiver.posted] == [*before, before[0]]
    assert answers[0].redirect_chain[-1][0] == f"{PAGE}{query}"
    assert "1 delivery is being sent again." in text_of(answers[0])
    assert "being sent again" not in text_of(answers[1])


def test_the_list_leads_to_redelivering_what_it_shows(manager: Desk, endpoint: WebhookEndpoint):
    owed(endpoint, 60, reference="A")
    query = "?reference=A"

    html = manager.get(PAGE + way(manager, "next", query)).content.decode()

    assert f'href="{AGAIN}{query}"' in html
    assert AGAIN not in manager.get(PAGE).content.decode()


def test_without_a_filter_nothing_is_sent_again(manager: Desk, endpoint: WebhookEndpoint):
    owed(endpoint, **NOW)

    answers = [manager.get(AGAIN), manager.post(AGAIN, {"once": "x"})]

    assert {answer["Location"] for answer in answers} == {PAGE}
    assert Delivery.objects.get().redelivered_by == ""


def test_more_than_are_sent_at_once_are_told_as_that(
    manager: Desk, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(deliveries_page, "REDELIVERED_AT_ONCE", 2)
    owed(endpoint, 3, **NOW)

    text = text_of(manager.get(f"{AGAIN}?outcome=delivered"))

    assert "2 or more deliveries are sent again" in text
    assert "are sent at once, the oldest first: narrow the days down for others." in text


def purged(clinic: Organisation, endpoint: WebhookEndpoint) -> None:
    Delivery.objects.update(owed_at=timezone.now() - BODIES_ARE_KEPT - timedelta(hours=1))
    purge_bodies()


def paused(clinic: Organisation, endpoint: WebhookEndpoint) -> None:
    pause_endpoint(endpoint, actor=builders.manager(owner=clinic.account))


def removed(clinic: Organisation, endpoint: WebhookEndpoint) -> None:
    remove_endpoint(endpoint, actor=builders.manager(owner=clinic.account))


@pytest.mark.parametrize(
    ("happened", "told", "refused"),
    [
        (purged, "What was sent is not kept any more", "so it cannot be sent again."),
        (paused, "while its endpoint is paused. Resume the endpoint first.", "resume it first."),
        (removed, "because its endpoint was removed.", "There is no such webhook endpoint."),
    ],
)
def test_what_cannot_be_sent_again_says_why(
    happened: Any,
    told: str,
    refused: str,
    clinic: Organisation,
    manager: Desk,
    endpoint: WebhookEndpoint,
):
    (number,) = owed(endpoint, **NOW, body=b"{}")
    happened(clinic, endpoint)
    query = "?outcome=delivered"

    answer = manager.get(f"{PAGE}{number}/")
    sent = manager.client.post(f"{PAGE}{number}/redeliver/", follow=True)
    all_of_them = manager.client.get(AGAIN + query, follow=True)

    assert told in text_of(answer)
    assert "redeliver/" not in answer.content.decode()
    assert refused in text_of(sent)
    assert "None of these can be sent again" in text_of(all_of_them)
    assert Delivery.objects.get().redelivered_by == ""


@pytest.mark.django_db(transaction=True)
def test_of_a_purged_delivery_the_tries_stay_without_what_was_said(
    clinic: Organisation, manager: Desk, endpoint: WebhookEndpoint
):
    with receiving(Reply(202, {}, b"topsecret")) as receiver:
        WebhookEndpoint.objects.update(url=receiver.address)
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()
    purged(clinic, endpoint)

    text = text_of(manager.get(page_of(Delivery.objects.get())))
    assert "Try 1 202 Accepted" in text
    assert text.count("Kept for 30 days, and not any more.") == 3
    assert "topsecret" not in text


def test_one_that_was_not_sent_yet_says_so(
    clinic: Organisation, manager: Desk, endpoint: WebhookEndpoint
):
    builders.order(Status.SHIPPED, chosen=clinic)
    first, second = Delivery.objects.order_by("pk")

    text = text_of(manager.get(page_of(first)))
    assert "Not tried yet" in text
    assert "Next try Now" in text
    assert "It is written when it is sent for the first time." in text
    assert "It was not tried yet." in text
    behind = "Next try After an earlier message of the same order"
    assert behind in text_of(manager.get(page_of(second)))
    paused(clinic, endpoint)
    assert "Next try When the endpoint is resumed" in text_of(manager.get(page_of(first)))


@pytest.mark.django_db(transaction=True)
def test_whoever_is_shown_the_body_is_on_record_as_having_seen_the_patient(
    clinic: Organisation, manager: Desk
):
    with receiving() as receiver:
        order = sent_order(clinic, receiver)
    assert order.patient
    manager.get(PAGE)
    before = AccessEntry.objects.count()

    manager.get(page_of(Delivery.objects.get()))

    entry = AccessEntry.objects.latest("pk")
    assert AccessEntry.objects.count() == before + 1
    assert (entry.patient_id, entry.order_id) == (order.patient.pk, order.pk)
    assert (entry.user_id, entry.what) == (manager.user.pk, "webhook delivery")


def test_many_tries_come_page_by_page(manager: Desk, endpoint: WebhookEndpoint):
    (number,) = owed(endpoint, **NOW | {"tries": 30})
    Attempt.objects.bulk_create(
        Attempt(
            account_id=endpoint.account_id,
            delivery_id=number,
            endpoint=endpoint,
            number=place,
            began_at=timezone.now(),
            duration_ms=10,
            status=500,
        )
        for place in range(1, 31)
    )

    answer = manager.get(f"{PAGE}{number}/")

    older = re.search(r'href="([^"]+)" rel="next"', answer.content.decode())
    assert older
    numbers = [
        [one["attempt"].number for one in page.context["tries"]]
        for page in (answer, manager.get(older[1]))
    ]
    assert numbers == [list(range(30, 10, -1)), list(range(10, 0, -1))]


def test_the_way_back_keeps_the_filter(manager: Desk, endpoint: WebhookEndpoint):
    (number,) = owed(endpoint)
    before = f"{PAGE}?outcome=waiting"

    answer = manager.client.get(
        f"{PAGE}{number}/", headers={"referer": f"http://testserver{before}"}
    )

    assert f'href="{before}"' in answer.content.decode()


def test_a_reference_in_the_address_is_told_back_escaped(manager: Desk):
    html = manager.get(f"{PAGE}?reference={quote('<script>alert(1)</script>')}").content.decode()

    assert "<script>alert" not in html


@pytest.mark.django_db(transaction=True)
def test_a_page_takes_the_same_number_of_queries_however_full_it_is(
    clinic: Organisation, manager: Desk
):
    with receiving() as receiver:
        sent_order(clinic, receiver)
        queries = {page: queries_of(manager, page) for page in (PAGE, f"{PAGE}?outcome=delivered")}
        for _ in range(3):
            builders.endpoint(clinic.account, receiver.address)
        for _ in range(12):
            builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        moved_on()
        work()

    assert len(found(manager)) == 49
    for page, number in queries.items():
        assert queries_of(manager, page) == number <= 9


@pytest.mark.django_db(transaction=True)
def test_the_page_of_one_takes_the_same_number_of_queries_however_often_it_was_tried(
    clinic: Organisation, manager: Desk
):
    with receiving() as receiver:
        sent_order(clinic, receiver)
        page = page_of(Delivery.objects.get())
        first = queries_of(manager, page)
        for _ in range(3):
            manager.post(f"{page}redeliver/")
            work()

    assert Attempt.objects.count() == 4
    assert queries_of(manager, page) == first <= 12


@pytest.mark.django_db(transaction=True)
def test_a_message_about_a_patient_says_so_and_who_reads_it_is_on_record(
    clinic: Organisation, manager: Desk
):
    with receiving() as receiver:
        builders.v3_endpoint(clinic.account, receiver.address, "patient_created")
        order = builders.order(chosen=clinic)
        work()
    delivery = Delivery.objects.get()

    answer = manager.get(page_of(delivery))

    assert "Patient registered" in text_of(answer)
    assert receiver.posted[0].message_id in text_of(answer)
    entry = AccessEntry.objects.filter(what="webhook delivery").get()
    assert (entry.patient_id, entry.user_id) == (order.patient_id, manager.user.pk)
