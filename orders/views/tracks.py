"""Parcel and test side by side: where each of the two stands, and since when. Neither waits for the
other: a test may begin after its kit came home.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from foundation.templatetags.words import moment
from orders.models import EventName, Order, OrderEvent
from orders.return_statuses import ReturnStatus
from orders.views import words
from orders.views.words import Row
from studies.models import NightAttempt, Study
from studies.views import words as study_words

# What of an order's timeline is about its parcel; of what happened twice, the last time counts.
STATIONS: Final[dict[EventName, str]] = {
    EventName.ORDER_PLACED: "Ordered",
    EventName.AWAITING_SHIPMENT: "Ready to pack",
    EventName.SHIPPED: "Shipped",
    EventName.AVAILABLE_FOR_PICKUP: "Ready for pick-up",
    EventName.UNSUCCESSFUL_DELIVERY: "Delivery failed",
    EventName.DELIVERED: "Delivered",
    EventName.RETURN_ISSUED: "On its way back",
    EventName.UNABLE_TO_FULFILL: "Given up",
    EventName.VOIDED: "Cancelled",
}


@dataclass(frozen=True, kw_only=True)
class Track:
    """One of the two: its status, as a pill is drawn, and its times."""

    title: str
    words: str
    tone: str
    rows: list[Row]
    url: str = ""


def track_of_parcel(order: Order, events: Iterable[OrderEvent], returns: list[Row]) -> Track:
    """`returns` are those of `coming_back`."""
    last = {event.name: event.happened_at for event in events}
    times = sorted((last[name], said) for name, said in STATIONS.items() if name in last)
    rows = [{"name": said, "value": moment(at)} for at, said in times]
    back = [one for one in returns if one["row"].status == ReturnStatus.COMPLETED]
    rows += [{"name": "Back with us", "value": moment(one["at"])} for one in back[-1:]]
    pill = {"words": order.get_status_display(), "tone": words.tone_of(order)}
    return Track(title="Parcel", rows=rows, **pill)


def track_of_test(study: Study, attempts: Sequence[NightAttempt], *, url: str = "") -> Track:
    rows = study_words.times_of(study, attempts)
    return Track(title="Test", rows=rows, url=url, **study_words.pill_of(study))


def both_rows(order: Order) -> dict[str, Any]:
    """What an order in a list shows where both tracks are told."""
    test = study_words.pill_of(order.study) if order.study else None
    return {**words.line_rows(order), "test": test}
