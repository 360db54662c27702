"""What the page of a phone alert shows: the share against the limit, the weeks as a plot and a
table, who asked the patients, and the orders behind it. Nothing here writes.
"""

import datetime
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F
from django.utils import timezone

from orders.models import Order, OrderQuerySet, PhoneAlert
from orders.phone_use import (
    PhoneUse,
    phone_use,
    phone_use_by,
    phone_use_by_week,
    study_orders_placed,
    watched_since,
)
from orders.views.words import asked_words, tone_of
from organisations.models import User

WEEKS_SHOWN: Final = 12
ORDERS_SHOWN_AT_MOST: Final = 200
PEOPLE_SHOWN_AT_MOST: Final = 50
# Of the plot, in pixels: a share of 100 % is so high.
PLOT_HEIGHT: Final = 160

Row = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """One week: its place and width in per cent of the plot, its top and height in pixels."""

    monday: datetime.date
    use: PhoneUse
    left: float
    middle: float
    width: float
    top: float
    height: float
    is_above: bool


def everything_about(alert: PhoneAlert, *, every_order: bool) -> Row:
    """With `every_order`, those of the period that asked for no phone are listed as well."""
    own = Order.objects.filter(account_id=alert.account_id, organisation_id=alert.organisation_id)
    period = study_orders_placed(own, since=alert.counted_since, until=alert.opened_at)
    now = alert.ended_at or timezone.now()
    return {
        "alert": alert,
        "pill": state_of(alert),
        "use": use_of(alert),
        "use_now": phone_use(own, since=watched_since(now), until=now),
        "plot": plot_of(own, limit=alert.share_limit, until=now),
        "people": who_asked(period),
        "orders": orders_behind(period, every_order=every_order),
        "every_order": every_order,
        "orders_at_most": ORDERS_SHOWN_AT_MOST,
        "earlier_decisions": earlier_decisions(alert),
    }


def use_of(alert: PhoneAlert) -> PhoneUse:
    return PhoneUse(asked=alert.phones, orders=alert.orders)


def state_of(alert: PhoneAlert) -> Row:
    if alert.ended_at is not None:
        return {"words": "Share fell back", "tone": "good"}
    return {"words": "Open", "tone": "calm" if alert.decided_at else "warn"}


def plot_of(orders: OrderQuerySet, *, limit: int, until: datetime.datetime) -> Row:
    """The weeks as bars, and where the line of the limit is."""
    weeks = phone_use_by_week(orders, weeks=WEEKS_SHOWN, until=until)
    bars = [
        _bar(place, monday, use, limit=limit) for place, (monday, use) in enumerate(weeks.items())
    ]
    return {
        "bars": bars,
        "named": [bars[0], bars[len(bars) // 2], bars[-1]],
        "height": PLOT_HEIGHT,
        "limit": limit,
        "limit_top": _top(limit),
    }


def who_asked(orders: OrderQuerySet) -> list[Row]:
    """How often each person ticked that they asked, most phones first; API orders in one row."""
    used = phone_use_by(F("phone_asked_by_id"), orders)
    people = User.objects.in_bulk(used.keys() - {None})
    most_first = sorted(used.items(), key=lambda each: (-each[1].asked, -each[1].orders))
    return [
        {"who": people.get(who, "Not recorded (API)"), "use": use}
        for who, use in most_first[:PEOPLE_SHOWN_AT_MOST]
    ]


def orders_behind(period: OrderQuerySet, *, every_order: bool) -> list[Row]:
    """The newest first, as far as the page goes."""
    orders = period if every_order else period.filter(phone_needed=True)
    newest = orders.select_related("phone_asked_by").order_by("-placed_at")
    return [
        {
            "order": order,
            "tone": tone_of(order),
            "words": order.get_status_display(),
            "asked": asked_words(order),
        }
        for order in newest[:ORDERS_SHOWN_AT_MOST]
    ]


def earlier_decisions(alert: Any) -> list[Any]:
    """Those that a later one took the place of, newest first, each once."""
    kept = alert.history.exclude(decision="").exclude(decided_at=alert.decided_at)
    return list(
        kept.order_by("decided_at", "-pgh_id").distinct("decided_at").select_related("decided_by")
    )[::-1]


def _bar(place: int, monday: datetime.date, use: PhoneUse, *, limit: int) -> Bar:
    """A week has its part of the width, of which a fifth stays empty."""
    part = 100 / WEEKS_SHOWN
    return Bar(
        monday=monday,
        use=use,
        left=round((place + 0.1) * part, 2),
        middle=round((place + 0.5) * part, 2),
        width=round(0.8 * part, 2),
        top=_top(use.share),
        height=round(PLOT_HEIGHT - _top(use.share), 1),
        is_above=use.is_above(limit),
    )


def _top(share: float) -> float:
    return round(PLOT_HEIGHT * (1 - share / 100), 1)
