"""The weeks before today, in which one clinic has come to ask for more phones than agreed: so that
the demo has a phone alert with a trend behind it. Told first: newer orders have higher numbers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from unittest import mock

from django.utils import timezone

from foundation.actors import Actor
from orders.commands import place_order
from orders.models import Order
from portal.demo.orders import (
    CLINIC_B,
    Story,
    deliver,
    release,
    ship,
    start_return,
    wanted_in,
)

# Of each week, the latest first: how many studies were ordered, and how many with a phone.
WEEKS = ((6, 3), (6, 3), (6, 2), (5, 1), (3, 1), (2, 0), (2, 1), (2, 0), (2, 0), (2, 1), (2, 0))
# So many days after an order.
JOURNEY = ((1, release), (2, ship), (4, deliver), (9, start_return))
FIRST_NAMES = ("Ada", "Bela", "Cleo", "Deniz", "Elif", "Femi", "Gwen", "Hugo", "Ines", "Jonas")
LAST_NAMES = ("Demo", "Sample", "Example", "Synthetic")
# Above those of the stories of today.
FIRST_NUMBER = 100


@dataclass(frozen=True)
class Cast:
    """Who orders, in turn, and who sends the kits."""

    orderers: tuple[Actor, ...]
    operator: Actor


def tell_the_past(cast: Cast) -> None:
    """Place each week's orders, one a day, and take the steps that they have had time for."""
    now = timezone.now()
    numbers = count()
    for weeks_ago, (orders, phones) in reversed([*enumerate(WEEKS, start=1)]):
        for place in range(orders):
            placed = now - timedelta(weeks=weeks_ago) + timedelta(days=place)
            order = _place(cast, next(numbers), placed=placed, phone_needed=place < phones)
            for days, step in JOURNEY:
                if placed + timedelta(days=days) < now:
                    with _as_of(placed + timedelta(days=days)):
                        order = step(order, actor=cast.operator)


def _place(cast: Cast, number: int, *, placed: datetime, phone_needed: bool) -> Order:
    orderer = cast.orderers[number % len(cast.orderers)]
    story = Story(
        f"{FIRST_NAMES[number % 10]} {LAST_NAMES[number // 10]}",
        date(1950 + number, 1 + number % 12, 1 + number % 28),
        organisation=CLINIC_B,
        phone_needed=phone_needed,
        by_program=orderer.user_id is None,
    )
    with _as_of(placed):
        return place_order(wanted_in(story, FIRST_NUMBER + number), actor=orderer)


@contextmanager
def _as_of(moment: datetime) -> Iterator[None]:
    """Within, it is that moment for everything that asks Django what time it is."""
    with mock.patch.object(timezone, "now", return_value=moment):
        yield
