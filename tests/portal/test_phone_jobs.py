"""The phone watch as a worker of the real kind does it, and the e-mail that comes of it."""

import logging
import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from orders.models import Order, PhoneAlert
from orders.phone_use import watch_phone_use
from organisations.models import Account, Organisation, User
from organisations.roles import Role
from portal import jobs
from tests import builders
from tests.portal.test_jobs import execute, status, work

pytestmark = pytest.mark.django_db(transaction=True)

MAIL = "portal.jobs.mail_phone_alert"


class BrokenMail(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages: object) -> int:
        raise smtplib.SMTPServerDisconnected("synthetic")


@pytest.fixture
def manager() -> User:
    return builders.user(Role.ACCOUNT_MANAGER)


@pytest.fixture
def asking(manager: User) -> Organisation:
    """An organisation above its account's limits, with a manager to be told."""
    account = builders.account(phone_share_minimum=3, account_manager=manager)
    chosen = builders.organisation(account, name="Test Sleep Clinic")
    actor = builders.staff(owner=account)
    builders.orders_with_phones(chosen, phones=2, of=3, actor=actor)
    return chosen


def watch_and_work() -> None:
    jobs.watch_phone_use.defer(timestamp=0)
    work()


def job() -> ProcrastinateJob:
    return ProcrastinateJob.objects.get(task_name=MAIL)


def told() -> list[list[str]]:
    return [message.to for message in mail.outbox]


def test_the_daily_job_opens_an_alert_and_tells_the_account_manager(
    asking: Organisation, manager: User
) -> None:
    watch_and_work()

    alert = PhoneAlert.objects.get()
    assert alert.organisation == asking
    assert alert.mailed_at is not None
    assert told() == [[manager.email]]


def test_the_watch_is_a_job_of_every_day() -> None:
    watched = jobs.app.periodic_registry.periodic_tasks[jobs.watch_phone_use.name, ""]

    assert watched.cron.split()[2:] == ["*", "*", "*"]


def test_a_breach_is_told_once_however_often_the_watch_runs(asking: Organisation) -> None:
    for _ in range(3):
        watch_and_work()

    assert len(mail.outbox) == 1


def test_the_message_has_counts_and_a_link_and_nobodys_name(
    asking: Organisation, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = "https://portal.test.example"
    watch_and_work()

    (message,) = mail.outbox
    alert = PhoneAlert.objects.get()
    assert message.subject == "Test Sleep Clinic asks for many phones"
    assert "2 of 3 study orders of Test Sleep Clinic" in message.body
    assert "66.7\u00a0%" in message.body
    assert "30 % of at least 3 orders" in message.body
    page = f"/admin/orders/phonealert/{alert.pk}/change/"
    assert f"https://portal.test.example{page}\n" in message.body
    for order in Order.objects.select_related("patient"):
        assert order.patient
        for secret in (order.reference, order.patient.full_name, order.patient.email):
            assert secret not in message.body + message.subject


def test_a_name_of_an_organisation_cannot_break_the_message(asking: Organisation) -> None:
    Organisation.objects.filter(pk=asking.pk).update(name="Two\nlines & <b>more</b>")

    watch_and_work()

    assert mail.outbox[0].subject == "Two lines & <b>more</b> asks for many phones"


def test_a_mail_server_that_fails_is_tried_again_and_the_message_sent_once(
    asking: Organisation, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{BrokenMail.__name__}"
    watch_and_work()
    assert (job().status, job().attempts) == ("todo", 1)
    assert PhoneAlert.objects.get().mailed_at is None

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = %s", MAIL)
    work()
    work()

    assert status(job().id) == "succeeded"
    assert len(mail.outbox) == 1


def test_a_message_that_could_not_be_sent_for_hours_is_tried_again_by_the_next_watch(
    asking: Organisation,
) -> None:
    watch_phone_use(now=timezone.now())
    execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = %s", MAIL)

    watch_and_work()

    assert len(mail.outbox) == 1


def test_two_jobs_for_one_alert_send_one_message(asking: Organisation) -> None:
    (alert,) = watch_phone_use(now=timezone.now())
    jobs.mail_phone_alert.defer(alert=alert.pk)

    work()

    assert len(mail.outbox) == 1


def test_without_a_manager_of_its_own_all_account_managers_are_told(
    asking: Organisation, manager: User
) -> None:
    Account.objects.filter(pk=asking.account_id).update(account_manager=None)
    other = builders.user(Role.ACCOUNT_MANAGER)
    builders.user(Role.ADMINISTRATOR)

    watch_and_work()

    assert told() == [sorted([manager.email, other.email])]


def test_a_manager_who_has_left_is_not_told(asking: Organisation, manager: User) -> None:
    User.objects.filter(pk=manager.pk).update(is_active=False)
    other = builders.user(Role.ACCOUNT_MANAGER)

    watch_and_work()

    assert told() == [[other.email]]


def test_without_any_account_manager_the_administrators_are_told(
    asking: Organisation, manager: User
) -> None:
    User.objects.filter(pk=manager.pk).update(is_active=False)
    administrator = builders.user(Role.ADMINISTRATOR)
    superuser = User.objects.create_superuser("root@test.example", full_name="Test Root")

    watch_and_work()

    assert told() == [sorted([administrator.email, superuser.email])]


def test_with_nobody_to_tell_the_alert_stands_and_somebody_is_told_when_there_is_one(
    asking: Organisation, manager: User, caplog: pytest.LogCaptureFixture
) -> None:
    User.objects.filter(pk=manager.pk).update(is_active=False)
    with caplog.at_level(logging.WARNING):
        watch_and_work()
    assert PhoneAlert.objects.to_decide().count() == 1
    assert mail.outbox == []
    assert f"Nobody can be told of phone alert {PhoneAlert.objects.get().pk}" in caplog.text
    assert asking.name not in caplog.text

    User.objects.filter(pk=manager.pk).update(is_active=True)
    watch_and_work()

    assert told() == [[manager.email]]


def test_a_breach_that_ended_and_came_back_is_told_again(asking: Organisation) -> None:
    watch_and_work()
    PhoneAlert.objects.update(ended_at=timezone.now() + timedelta(minutes=1))

    watch_and_work()

    assert len(mail.outbox) == 2
