"""How often an organisation asks for phones. The contract has us watch it: a phone is for a patient
without a smartphone, and whoever orders has promised to ask the patient first.

Once a day each organisation's share of the last 30 days is compared with its account's limits.
Above them an alert is opened, one for each breach: it stays open, and nothing is said again, until
the share has fallen back; what comes after that is another breach. No order is ever refused for it.

Every study order counts, cancelled ones too: what is watched is the asking, and a share that fell
because orders were cancelled would hide it. So neither number of a past period ever changes, and
the orders behind an alert can be looked up again at any time.

Who is told by e-mail stands in `orders.phone_mail`.
"""

import datetime
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, F, Q
from django.db.models.functions import TruncWeek
from django.utils import timezone
from procrastinate.contrib.django import app

from foundation.actors import Actor, Door, Permission
from foundation.constraints import insert_or_none
from foundation.history import sign_history
from orders.errors import PhoneAlertNotFound, PhoneDecisionMissing
from orders.models import Order, OrderQuerySet, PhoneAlert
from organisations.models import Organisation

DAYS_WATCHED: Final = 30
WATCH: Final = Actor(
    door=Door.SYSTEM, label="Phone watch", permissions=frozenset(), account_id=None
)
# By a column of the index orders_by_time, so that the table need not be looked at.
_COUNTED: Final = {
    "orders": Count("account"),
    "asked": Count("account", filter=Q(phone_needed=True)),
}


@dataclass(frozen=True)
class PhoneUse:
    """Of so many study orders, so many asked for a phone."""

    asked: int
    orders: int

    @property
    def share(self) -> float:
        """Per cent; 0 when nothing was ordered."""
        return 100 * self.asked / self.orders if self.orders else 0.0

    @property
    def percent(self) -> str:
        """The share as people read it: 35 %, 33.3 %."""
        return f"{self.share:.1f}".removesuffix(".0") + "\u00a0%"

    def is_above(self, limit: int) -> bool:
        """Whether the share is more than `limit` per cent; exactly so many is not more."""
        return self.asked * 100 > limit * self.orders


NOTHING: Final = PhoneUse(asked=0, orders=0)


def watched_since(now: datetime.datetime) -> datetime.datetime:
    """Where the period begins that is compared with the limits."""
    return now - datetime.timedelta(days=DAYS_WATCHED)


def phone_use(
    orders: OrderQuerySet, *, since: datetime.datetime, until: datetime.datetime | None = None
) -> PhoneUse:
    """The study orders among these that were placed in the period, `until` not included."""
    return PhoneUse(**study_orders_placed(orders, since=since, until=until).aggregate(**_COUNTED))


def phone_use_by(key: F | TruncWeek, orders: OrderQuerySet) -> dict[Any, PhoneUse]:
    """Counted apart for each value of the key, in one query."""
    counted: Any = orders.order_by().values(key=key).annotate(**_COUNTED)
    return {row.pop("key"): PhoneUse(**row) for row in counted}


def study_orders_placed(
    orders: OrderQuerySet, *, since: datetime.datetime, until: datetime.datetime | None = None
) -> OrderQuerySet:
    """Those that count in the period, out of a referral too."""
    placed = orders.filter(study__isnull=False, placed_at__gte=since)
    return placed if until is None else placed.filter(placed_at__lt=until)


def phone_use_by_week(
    orders: OrderQuerySet, *, weeks: int, until: datetime.datetime
) -> dict[datetime.date, PhoneUse]:
    """By the Mondays of so many weeks, oldest first; the last is the one that `until` is in.

    Weeks begin at midnight of the current time zone.
    """
    last_day = timezone.localtime(until).date()
    monday = last_day - datetime.timedelta(days=last_day.weekday())
    mondays = [monday - datetime.timedelta(weeks=ago) for ago in reversed(range(weeks))]
    zone = timezone.get_current_timezone()
    since = datetime.datetime.combine(mondays[0], datetime.time.min, tzinfo=zone)
    placed = study_orders_placed(orders, since=since, until=until)
    found = phone_use_by(TruncWeek("placed_at", tzinfo=zone), placed)
    by_day = {midnight.date(): use for midnight, use in found.items()}
    return {monday: by_day.get(monday, NOTHING) for monday in mondays}


@transaction.atomic
def watch_phone_use(*, now: datetime.datetime) -> list[PhoneAlert]:
    """Open an alert for each organisation above its account's limits, unless one is open; end
    those whose share fell back. Returns the new ones.

    E-mail goes out after the transaction, by a job; also for older ones that nobody got it for.
    """
    sign_history(WATCH)
    placed = study_orders_placed(Order.objects.all(), since=watched_since(now), until=now)
    used = phone_use_by(F("organisation_id"), placed)
    _end_alerts(used, now=now)
    opened = [alert for each in _above_limits(used) if (alert := _open_alert(*each, now=now))]
    for alert in PhoneAlert.objects.to_decide().filter(mailed_at=None):
        _mail_later(alert)
    return opened


@transaction.atomic
def decide_phone_alert(alert: PhoneAlert, note: str, *, actor: Actor) -> PhoneAlert:
    """Write down what follows from the alert. A later note takes its place; its history keeps both.

    Raises PhoneDecisionMissing when there is nothing to read, or PhoneAlertNotFound.
    """
    actor.must(Permission.CHANGE_ACCOUNTS)
    if not note.strip():
        raise PhoneDecisionMissing(field="decision")
    sign_history(actor)
    seen = PhoneAlert.objects.visible_to(actor).select_for_update(of=("self",))
    found = seen.filter(pk=alert.pk).first()
    if found is None:
        raise PhoneAlertNotFound
    if (found.decision, found.decided_by_id) != (note, actor.one_user):
        found.decision, found.decided_by_id = note, actor.one_user
        found.decided_at = timezone.now()
        found.save(update_fields=["decision", "decided_by", "decided_at"])
    return found


def _end_alerts(used: dict[int, PhoneUse], *, now: datetime.datetime) -> None:
    """By the limits of today: a limit that was raised ends a breach as well.

    The smallest number of orders does not count here, or a clinic that orders little would be told
    of again and again.
    """
    for alert in PhoneAlert.objects.still_open().select_related("account"):
        use = used.get(alert.organisation_id, NOTHING)
        if not use.is_above(alert.account.phone_share_limit):
            alert.ended_at = now
            alert.save(update_fields=["ended_at"])


def _above_limits(used: dict[int, PhoneUse]) -> list[tuple[Organisation, PhoneUse]]:
    """In the order of their ids, so that two workers cannot wait for each other."""
    asking = [organisation_id for organisation_id, use in used.items() if use.asked]
    organisations = Organisation.objects.filter(pk__in=asking).select_related("account")
    return [
        (one, used[one.pk])
        for one in organisations.order_by("pk")
        if used[one.pk].orders >= one.account.phone_share_minimum
        and used[one.pk].is_above(one.account.phone_share_limit)
    ]


def _open_alert(
    organisation: Organisation, use: PhoneUse, *, now: datetime.datetime
) -> PhoneAlert | None:
    """The new alert; None when there is an open one: organisation_has_one_open_phone_alert."""
    return insert_or_none(
        PhoneAlert(
            account_id=organisation.account_id,
            organisation=organisation,
            counted_since=watched_since(now),
            opened_at=now,
            orders=use.orders,
            phones=use.asked,
            share_limit=organisation.account.phone_share_limit,
            share_minimum=organisation.account.phone_share_minimum,
        )
    )


def _mail_later(alert: PhoneAlert) -> None:
    """One at a time for each alert, so that two jobs cannot both find that nothing was sent."""
    task = app.configure_task("portal.jobs.mail_phone_alert", lock=f"phone-alert-{alert.pk}")
    task.defer(alert=alert.pk)
