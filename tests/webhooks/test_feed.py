"""The feed's order, while many write at once."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from organisations.models import Account
from tests import builders
from tests.api.threads import at_once
from webhooks.feed import read_feed
from webhooks.models import WebhookEvent
from webhooks.recording import News, record

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, EACH = 6, 60
KIND = "shipped"


def write_some(account: Account, writer: int) -> None:
    """Events in transactions that end in another order than they began in."""
    for number in range(EACH):
        with transaction.atomic():
            news = News(
                channel="order",
                reference=f"W{writer}-{number}",
                kinds=(KIND,),
                is_of_a_study=True,
                facts={},
                happened_at=timezone.now(),
            )
            record(news, account_id=account.pk)
            time.sleep(random.uniform(0, 0.004))


def read_by_position(account: Account, after: int) -> list[tuple[int, int]]:
    """(where to go on, event)"""
    page = read_feed(account.pk, after=after, kinds=[KIND], studies_only=True, size=20)
    return [(event.position or 0, event.pk) for event in page]


def read_by_id(account: Account, after: int) -> list[tuple[int, int]]:
    """What looks right and is not: the ids of two transactions may be committed the other way."""
    page = WebhookEvent.objects.filter(account=account, pk__gt=after).order_by("pk")[:20]
    return [(event.pk, event.pk) for event in page]


def everything_read(
    account: Account, read: Callable[[Account, int], list[tuple[int, int]]]
) -> list[int]:
    """All that one reader finds who asks again and again while six write."""
    over, found = Event(), list[int]()

    def reading() -> None:
        after, was_over = 0, False
        while True:
            was_over = over.is_set()
            page = read(account, after)
            found.extend(event for _, event in page)
            after = page[-1][0] if page else after
            if was_over and not page:
                connection.close()
                return

    reader = Thread(target=reading)
    reader.start()
    at_once(WRITERS, lambda writer: write_some(account, writer))
    over.set()
    reader.join()
    return found


def test_with_six_writers_nothing_is_skipped_and_nothing_comes_twice() -> None:
    account = builders.account()

    found = everything_read(account, read_by_position)

    assert len(found) == len(set(found)) == WRITERS * EACH
    assert set(found) == set(WebhookEvent.objects.values_list("pk", flat=True))


def test_a_reader_that_goes_by_id_skips_some() -> None:
    """The control: what positions are for."""
    for _ in range(5):
        account = builders.account()
        if len(everything_read(account, read_by_id)) < WRITERS * EACH:
            return
    pytest.fail("Reading by id lost nothing, so the other test proves nothing.")


def test_an_event_of_a_transaction_that_is_still_open_comes_after_those_that_are_not() -> None:
    account = builders.account()
    started, may_end = Event(), Event()

    def slow_writer() -> None:
        with transaction.atomic():
            record(a_shipment("SLOW"), account_id=account.pk)
            started.set()
            may_end.wait(30)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(slow_writer)
        started.wait(30)
        record(a_shipment("FAST"), account_id=account.pk)
        first = read_feed(account.pk, after=0, kinds=[KIND], studies_only=True, size=20)
        may_end.set()
        slow.result()
    last = first[-1].position or 0
    second = read_feed(account.pk, after=last, kinds=[KIND], studies_only=True, size=20)

    assert [event.reference for event in first] == ["FAST"]
    assert [event.reference for event in second] == ["SLOW"]
    assert second[0].pk < first[0].pk


def a_shipment(reference: str) -> News:
    return News(
        channel="order",
        reference=reference,
        kinds=(KIND,),
        is_of_a_study=True,
        facts={},
        happened_at=timezone.now(),
    )


def test_readers_at_the_same_moment_give_each_event_one_place() -> None:
    account = builders.account()
    for number in range(50):
        record(a_shipment(f"R-{number}"), account_id=account.pk)

    pages = at_once(
        6, lambda _: read_feed(account.pk, after=0, kinds=[KIND], studies_only=True, size=100)
    )

    seen = [[(event.position, event.pk) for event in page] for page in pages]
    assert all(page == seen[0] for page in seen)
    assert [position for position, _ in seen[0]] == list(range(1, 51))


def test_each_account_has_its_own_feed() -> None:
    one, other = builders.account(), builders.account()
    record(a_shipment("ONE"), account_id=one.pk)
    record(a_shipment("OTHER"), account_id=other.pk)

    page = read_feed(one.pk, after=0, kinds=[KIND], studies_only=True, size=20)

    assert [(event.reference, event.position) for event in page] == [("ONE", 1)]


def test_events_of_one_order_are_counted_whoever_writes_them_at_once() -> None:
    """Its row is locked by whoever changes it; without that lock the constraint refuses."""
    account = builders.account()
    for _ in range(3):
        record(a_shipment("SAME"), account_id=account.pk)

    assert list(WebhookEvent.objects.values_list("sequence", flat=True)) == [1, 2, 3]
