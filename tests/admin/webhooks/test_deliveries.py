"""The log of deliveries: each try told, found, and sent again."""

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.models import AccessEntry
from organisations.models import Organisation
from portal.api.v3.events import message_number
from portal.developers import looking
from portal.developers.webhooks import delivery_words
from tests import builders
from tests.admin.webhooks.hooks import (
    DELIVERIES,
    NOBODY,
    buttons,
    listed,
    page_of,
    searched,
    sent_to,
    settle,
    tick,
    told,
    words,
)
from tests.webhooks.receiver import Reply, receiving
from tests.webhooks.working import work
from webhooks.endpoints import (
    pause_endpoint,
)
from webhooks.models import Attempt, Delivery, WebhookEndpoint
from webhooks.retention import purge_bodies


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
