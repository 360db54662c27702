"""How often a clinic asks for phones: what counts, when an alert is opened, and when it ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models import UniqueConstraint
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from foundation.actors import Actor, Door
from foundation.errors import Forbidden
from orders.commands import cancel_order, place_order
from orders.errors import PhoneAlertNotFound, PhoneDecisionMissing
from orders.models import Order, PhoneAlert
from orders.phone_use import (
    PhoneUse,
    decide_phone_alert,
    phone_use,
    phone_use_by_week,
    watch_phone_use,
    watched_since,
)
from orders.wanted import KnownSite, LineWanted, OrderWanted
from organisations.actors import actor_for_user
from organisations.models import Organisation
from organisations.roles import Role
from portal.roles import as_owner
from tests import builders
from tests.api.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def chosen() -> Organisation:
    """Of an account with the limits that every account has at first."""
    return builders.organisation()


def placed(chosen: Organisation, *, phones: int, of: int) -> list[Order]:
    actor = builders.staff(owner=chosen.account)
    return builders.orders_with_phones(chosen, phones=phones, of=of, actor=actor)


def small(*, limit: int = 50, minimum: int = 2) -> Organisation:
    """An organisation that a few orders are enough for."""
    return builders.organisation(
        builders.account(phone_share_limit=limit, phone_share_minimum=minimum)
    )


def watch(**later: int) -> list[PhoneAlert]:
    return watch_phone_use(now=timezone.now() + timedelta(**later))


def account_manager() -> Actor:
    return actor_for_user(builders.user(Role.ACCOUNT_MANAGER), door=Door.ADMIN)


# What counts


def test_the_share_is_of_all_study_orders_of_the_period(chosen: Organisation) -> None:
    with time_machine.travel(timezone.now() - timedelta(days=30, minutes=1)):
        placed(chosen, phones=1, of=1)
    placed(chosen, phones=1, of=3)

    use = phone_use(Order.objects.all(), since=watched_since(timezone.now()))

    assert use == PhoneUse(asked=1, orders=3)
    assert use.percent == "33.3\u00a0%"


def test_nothing_ordered_is_a_share_of_nothing() -> None:
    use = phone_use(Order.objects.all(), since=watched_since(timezone.now()))

    assert (use.share, use.percent) == (0.0, "0\u00a0%")
    assert not use.is_above(0)


def test_a_cancelled_order_has_asked_for_its_phone(chosen: Organisation) -> None:
    actor = builders.staff(owner=chosen.account)
    (order,) = placed(chosen, phones=1, of=1)
    cancel_order(order, reason="Not needed.", actor=actor)

    assert phone_use(Order.objects.all(), since=watched_since(timezone.now())).asked == 1


def test_supplies_do_not_count(chosen: Organisation) -> None:
    place_order(
        OrderWanted(
            recipient=KnownSite(builders.site(chosen.account).pk),
            contents=(LineWanted(item_id=builders.catalogue_item(chosen.account).pk, count=1),),
        ),
        actor=builders.staff(owner=chosen.account),
    )

    assert phone_use(Order.objects.all(), since=watched_since(timezone.now())).orders == 0


def test_orders_by_a_program_count_like_all_others(chosen: Organisation) -> None:
    program = builders.integrator(chosen.account)
    builders.order(chosen=chosen, actor=program, study={"phone_needed": True})

    assert phone_use(Order.objects.all(), since=watched_since(timezone.now())).asked == 1


def test_the_weeks_begin_on_mondays_and_those_without_orders_are_there() -> None:
    chosen = builders.organisation()
    for moment in (
        datetime(2026, 11, 1, 23, 59, tzinfo=UTC),  # a Sunday
        datetime(2026, 11, 2, 0, 0, tzinfo=UTC),
        datetime(2026, 11, 17, 12, 0, tzinfo=UTC),
    ):
        with time_machine.travel(moment, tick=False):
            placed(chosen, phones=1, of=1)

    weeks = phone_use_by_week(
        Order.objects.all(), weeks=3, until=datetime(2026, 11, 18, tzinfo=UTC)
    )

    assert list(weeks) == [date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)]
    assert [use.asked for use in weeks.values()] == [1, 0, 1]


# When an alert is opened


@pytest.mark.parametrize(
    ("phones", "orders", "alerts"), [(6, 20, 0), (7, 20, 1), (19, 19, 0), (20, 20, 1), (6, 19, 0)]
)
def test_above_30_per_cent_of_at_least_20_orders_is_alerted(
    phones: int, orders: int, alerts: int, chosen: Organisation
) -> None:
    placed(chosen, phones=phones, of=orders)

    opened = watch()

    assert len(opened) == PhoneAlert.objects.count() == alerts


def test_an_alert_says_what_was_counted_and_by_which_limits(chosen: Organisation) -> None:
    placed(chosen, phones=7, of=20)
    now = timezone.now()

    (opened,) = watch_phone_use(now=now)

    alert = PhoneAlert.objects.get(pk=opened.pk)
    assert (alert.account, alert.organisation) == (chosen.account, chosen)
    assert (alert.phones, alert.orders) == (7, 20)
    assert (alert.share_limit, alert.share_minimum) == (30, 20)
    assert (alert.counted_since, alert.opened_at) == (now - timedelta(days=30), now)
    assert (alert.ended_at, alert.mailed_at, alert.decided_at, alert.decision) == (
        None,
        None,
        None,
        "",
    )
    assert alert.history.get().pgh_context["actor"] == "Phone watch"


@pytest.mark.parametrize(
    ("limit", "minimum", "alerts"), [(50, 2, 0), (49, 2, 1), (49, 3, 0), (0, 0, 1), (100, 1, 0)]
)
def test_the_accounts_own_limits_count(limit: int, minimum: int, alerts: int) -> None:
    placed(small(limit=limit, minimum=minimum), phones=1, of=2)

    assert len(watch()) == alerts


def test_organisations_are_counted_each_for_itself() -> None:
    asking = small()
    modest = builders.organisation(asking.account)
    other = small()
    placed(asking, phones=2, of=2)
    placed(modest, phones=0, of=6)
    placed(other, phones=0, of=6)

    (opened,) = watch()

    assert opened.organisation == asking
    assert (opened.phones, opened.orders) == (2, 2)


def test_orders_of_others_do_not_add_up_to_an_alert() -> None:
    account = builders.account()
    for _ in range(2):
        placed(builders.organisation(account), phones=10, of=10)

    assert watch() == []


def test_the_watch_takes_as_many_queries_for_many_organisations_as_for_one(
    django_assert_max_num_queries: object,
) -> None:
    for _ in range(6):
        placed(small(), phones=1, of=2)

    with django_assert_max_num_queries(8):  # type: ignore[operator]
        watch()


def test_no_order_is_refused_however_many_phones_were_asked_for() -> None:
    chosen = small()
    placed(chosen, phones=3, of=3)
    watch()

    (order,) = placed(chosen, phones=1, of=1)

    assert order.phone_needed


# Once for each breach


def test_a_breach_that_lasts_is_alerted_once() -> None:
    chosen = small()
    placed(chosen, phones=2, of=2)
    watch()

    placed(chosen, phones=2, of=2)

    assert watch(days=1) == watch(days=2) == []
    assert PhoneAlert.objects.get().phones == 2


def test_a_breach_ends_when_the_share_is_no_longer_above_and_the_next_is_alerted_again() -> None:
    chosen = small()
    placed(chosen, phones=2, of=2)
    (first,) = watch()
    placed(chosen, phones=0, of=2)

    assert watch(days=1) == []
    first.refresh_from_db()
    assert first.ended_at is not None

    placed(chosen, phones=1, of=1)
    (second,) = watch(days=2)
    assert (second.phones, second.orders) == (3, 5)
    assert PhoneAlert.objects.still_open().get() == second


def test_a_breach_ends_when_nothing_was_ordered_for_30_days() -> None:
    placed(small(), phones=2, of=2)
    watch()

    watch(days=31)

    assert PhoneAlert.objects.still_open().count() == 0


def test_a_breach_ends_when_the_limit_is_raised() -> None:
    chosen = small()
    placed(chosen, phones=2, of=2)
    watch()
    chosen.account.phone_share_limit = 100
    chosen.account.save()

    watch(days=1)

    assert PhoneAlert.objects.still_open().count() == 0


def test_a_breach_goes_on_when_only_fewer_orders_are_left_to_count() -> None:
    chosen = small()
    with time_machine.travel(timezone.now() - timedelta(days=29)):
        placed(chosen, phones=1, of=1)
    placed(chosen, phones=1, of=1)
    watch()

    assert watch(days=2) == []
    assert PhoneAlert.objects.still_open().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_open_one_alert() -> None:
    placed(small(), phones=2, of=2)
    now = timezone.now()

    opened = at_once(4, lambda _: watch_phone_use(now=now))

    assert sorted(len(alerts) for alerts in opened) == [0, 0, 0, 1]
    assert PhoneAlert.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_constraint_two_workers_open_two_alerts() -> None:
    """The control of the test above."""
    placed(small(), phones=2, of=2)
    now = timezone.now()
    (rule,) = (one for one in PhoneAlert._meta.constraints if isinstance(one, UniqueConstraint))

    _as_owner("remove_constraint", rule)
    try:
        opened = at_once(2, lambda _: watch_phone_use(now=now))
        PhoneAlert.objects.all().delete()
    finally:
        _as_owner("add_constraint", rule)

    assert [len(alerts) for alerts in opened] == [1, 1]


def _as_owner(change: str, rule: UniqueConstraint) -> None:
    with as_owner(), connection.schema_editor() as tables:
        getattr(tables, change)(PhoneAlert, rule)


def test_nobody_can_open_a_second_alert_or_one_that_was_not_above_its_limits() -> None:
    alert = builders.phone_alert()

    for rule, columns in {
        "organisation_has_one_open_phone_alert": {},
        "phone_alert_was_above_its_limits": {"phones": 0, "ended_at": timezone.now()},
        "phone_decision_says_who_and_when": {"decision": "Yes.", "ended_at": timezone.now()},
    }.items():
        copy = PhoneAlert.objects.get(pk=alert.pk)
        copy.pk = None
        for name, value in columns.items():
            setattr(copy, name, value)
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            copy.save(force_insert=True)


def test_each_new_alert_has_one_job_that_mails_it_and_carries_only_its_number() -> None:
    alert = builders.phone_alert()

    job = ProcrastinateJob.objects.get(task_name="portal.jobs.mail_phone_alert")

    assert (job.args, job.lock) == ({"alert": alert.pk}, f"phone-alert-{alert.pk}")


# What was decided


def test_a_decision_is_kept_with_who_made_it_and_when() -> None:
    alert, actor = builders.phone_alert(), account_manager()

    decide_phone_alert(alert, "We talked to them.", actor=actor)

    alert.refresh_from_db()
    assert (alert.decision, alert.decided_by_id) == ("We talked to them.", actor.user_id)
    assert alert.decided_at is not None
    assert alert.history.latest("pgh_id").pgh_context["user"] == actor.user_id
    assert not PhoneAlert.objects.to_decide().exists()


def test_a_decision_can_be_changed_and_its_history_keeps_both() -> None:
    alert, actor = builders.phone_alert(), account_manager()

    for note in ("We talked to them.", "We talked to them again.", "We talked to them again."):
        decide_phone_alert(alert, note, actor=actor)

    kept = alert.history.order_by("pgh_id").values_list("decision", flat=True)
    assert list(kept) == ["", "We talked to them.", "We talked to them again."]


@pytest.mark.parametrize("note", ["", "  \n"])
def test_a_decision_without_words_is_refused(note: str) -> None:
    with pytest.raises(PhoneDecisionMissing):
        decide_phone_alert(builders.phone_alert(), note, actor=account_manager())


def test_who_may_not_change_accounts_decides_nothing() -> None:
    with pytest.raises(Forbidden):
        decide_phone_alert(builders.phone_alert(), "No.", actor=builders.operator())


def test_who_acts_for_another_account_does_not_find_the_alert() -> None:
    actor = account_manager().for_account(builders.account().pk)

    with pytest.raises(PhoneAlertNotFound):
        decide_phone_alert(builders.phone_alert(), "No.", actor=actor)
