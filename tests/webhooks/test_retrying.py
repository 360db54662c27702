"""When a failed try is made again, and when it is not."""

import datetime
from email.utils import format_datetime

import pytest
from django.core import mail
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from orders.statuses import Status
from portal import jobs
from portal.api.v1.events import V1Wording
from tests import builders
from tests.webhooks.receiver import Reply, receiving
from tests.webhooks.working import moved_on, work
from webhooks.models import Attempt, Delivery, DeliveryState, Fault, Pause, WebhookEndpoint
from webhooks.schedule import JITTER, LONGEST_WAIT, next_try, retry_after

DATABASE = pytest.mark.django_db(transaction=True)
NOW = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)
DOWN = Reply(500)
S, M, H = (datetime.timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours"))


@pytest.mark.parametrize(
    ("tries", "pause"),
    [(1, 5 * S), (2, 5 * M), (3, 30 * M), (4, 2 * H), (5, 5 * H), (6, 10 * H), (7, 14 * H)],
)
def test_the_pauses_are_those_of_the_contract_and_at_most_a_tenth_longer(tries, pause) -> None:
    due = [
        next_try(V1Wording.pauses, tries=tries, now=NOW, not_before=None) - NOW for _ in range(50)
    ]

    assert pause <= min(due) <= max(due) <= pause * (1 + JITTER)
    assert len(set(due)) > 1


def test_after_the_eighth_try_there_is_no_other() -> None:
    assert next_try(V1Wording.pauses, tries=8, now=NOW, not_before=None) is None


def test_no_try_comes_before_the_moment_that_was_asked_for() -> None:
    asked = NOW + 40 * M

    assert next_try(V1Wording.pauses, tries=1, now=NOW, not_before=asked) == asked


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("120", 120 * S),
        (" 120 ", 120 * S),
        ("000120", 120 * S),
        ("0", None),
        ("1000000000", LONGEST_WAIT),
        ("9" * 400, LONGEST_WAIT),
        ("Sun, 22 Nov 2026 12:10:00 GMT", 10 * M),
        ("Sun, 22 Nov 2026 13:10:00 +0100", 10 * M),
        ("Sun Nov 22 12:10:00 2026", 10 * M),
        ("Sun, 22 Nov 2026 11:00:00 GMT", None),
        ("Sun, 22 Nov 2099 11:00:00 GMT", LONGEST_WAIT),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("١٢٠", None),
        ("Sun, 99 Foo 9999 99:99:99 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_nonsense_asks_for_nothing(text, wait) -> None:
    asked = retry_after(text, now=NOW)

    assert asked == (None if wait is None else NOW + wait)


@DATABASE
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_an_endpoint_that_asks_for_a_pause_gets_it_for_everything(form: str) -> None:
    clinic = builders.organisation()
    later = timezone.now() + datetime.timedelta(hours=3)
    text = "10800" if form == "seconds" else format_datetime(later, usegmt=True)
    with receiving(Reply(429, {"Retry-After": text}), Reply(202)) as receiver:
        builders.endpoint(clinic.account, receiver.address)
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()

    assert len(receiver.posted) == 1
    endpoint, failed = WebhookEndpoint.objects.get(), Delivery.objects.get(tries=1)
    for moment in (endpoint.waits_until, failed.due_at):
        assert abs(moment - later) < datetime.timedelta(seconds=60)


@DATABASE
def test_after_eight_tries_a_delivery_is_given_up_and_the_next_event_is_tried() -> None:
    clinic = builders.organisation()
    with receiving(*[DOWN] * 8, Reply(202)) as receiver:
        builders.endpoint(clinic.account, receiver.address)
        builders.order(Status.SHIPPED, chosen=clinic)
        for _ in range(8):
            work()
            moved_on()
        work()

    first, second = Delivery.objects.order_by("sequence")
    assert (first.state, first.tries) == (DeliveryState.PARKED, 8)
    assert (second.state, second.tries) == (DeliveryState.DELIVERED, 1)
    assert len(receiver.posted) == 9


@DATABASE
def test_an_endpoint_fails_since_its_first_failure_until_its_next_success() -> None:
    clinic = builders.organisation()
    with receiving(DOWN, DOWN, Reply(202)) as receiver:
        builders.endpoint(clinic.account, receiver.address)
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        seen = []
        for _ in range(3):
            work()
            seen.append(WebhookEndpoint.objects.get().failing_since)
            moved_on()

    assert seen[0] is not None
    assert seen == [seen[0], seen[0], None]


@DATABASE
def test_410_pauses_the_endpoint_at_once_and_its_manager_is_mailed() -> None:
    clinic = builders.organisation()
    boss = builders.manager(owner=clinic.account)
    with receiving(Reply(410)) as receiver:
        builders.endpoint(clinic.account, receiver.address, actor=boss)
        builders.order(Status.SHIPPED, chosen=clinic)
        work()
        moved_on()
        work()

    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.pause, len(receiver.posted)) == (Pause.GONE, 1)
    assert Delivery.objects.waiting().count() == 2
    (message,) = mail.outbox
    assert message.to == [managers_address(clinic.account)]
    assert f"/developers/webhooks/{endpoint.public_id}/" in message.body
    assert "410" in message.body


@DATABASE
def test_five_days_of_failure_pause_the_endpoint_and_mail_its_manager() -> None:
    clinic = builders.organisation()
    with receiving(DOWN) as receiver:
        builders.endpoint(clinic.account, receiver.address)
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()
        began = WebhookEndpoint.objects.get().failing_since
        pauses = []
        for passed in (datetime.timedelta(days=4, hours=23), datetime.timedelta(days=5)):
            WebhookEndpoint.objects.update(failing_since=began - passed)
            moved_on()
            work()
            pauses.append(WebhookEndpoint.objects.get().pause)

    assert pauses == ["", Pause.FAILING]
    (message,) = mail.outbox
    assert message.to == [managers_address(clinic.account)]


def managers_address(account) -> str:
    return builders.User.objects.get(
        membership__account=account, membership__roles__contains=["clinic_manager"]
    ).email


@DATABASE
def test_only_managers_who_may_resume_the_endpoint_are_mailed() -> None:
    clinic, stranger = builders.organisation(), builders.organisation()
    boss = builders.manager(owner=clinic.account)
    builders.manager(clinic)
    builders.manager(owner=stranger.account)
    former = builders.manager(owner=clinic.account)
    builders.User.objects.filter(pk=former.user_id).update(is_active=False)
    with receiving(Reply(410)) as receiver:
        builders.endpoint(clinic.account, receiver.address, actor=boss)
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()

    assert [message.to for message in mail.outbox] == [
        [builders.User.objects.get(pk=boss.user_id).email]
    ]


@DATABASE
def test_a_receiver_that_is_not_there_is_a_fault_and_tried_again() -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        pass
    builders.endpoint(clinic.account, receiver.address)
    builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
    work()

    attempt, delivery = Attempt.objects.get(), Delivery.objects.get()
    assert (attempt.status, attempt.fault) == (None, Fault.UNREACHABLE)
    assert (delivery.state, delivery.tries) == (DeliveryState.WAITING, 1)


@DATABASE
def test_what_is_due_later_has_a_job_of_its_own_and_only_one() -> None:
    clinic = builders.organisation()
    with receiving(DOWN) as receiver:
        builders.endpoint(clinic.account, receiver.address)
        for _ in range(4):
            builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        work()

    jobs = ProcrastinateJob.objects.filter(
        task_name="portal.jobs.drain_webhooks", status="todo"
    ).values_list("scheduled_at", flat=True)
    (at,) = jobs
    assert abs(at - min(Delivery.objects.values_list("due_at", flat=True))) < S


@DATABASE
def test_what_a_lost_job_should_have_sent_is_sent_with_the_next_minute() -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        builders.endpoint(clinic.account, receiver.address)
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
        Delivery.objects.update(due_at=timezone.now() - 2 * M)
        ProcrastinateJob.objects.filter(task_name="portal.jobs.drain_webhooks").update(
            status="failed"
        )
        jobs.wake_webhooks.defer(timestamp=0)
        work()

    assert len(receiver.posted) == 1
