"""Orders that wait for stock, and getting them going when it has arrived."""

from typing import Final

from django.db import transaction

from foundation.actors import HOMEWARD
from orders import lifecycle, reserving
from orders.models import Order
from orders.statuses import Status

AT_ONCE: Final = 500


def supply_waiting_orders() -> int:
    """Give each order that waits for stock what it needs, who came first first; how many got it.

    One that needs more than there is waits on, and others may be served before it.
    """
    waiting = Order.objects.filter(status=Status.PENDING_INVENTORY).order_by("pk")
    numbers = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
    return sum(map(_supply, numbers))


@transaction.atomic
def _supply(number: int) -> bool:
    rows = Order.objects.select_for_update(of=("self",), skip_locked=True)
    order = rows.filter(pk=number, status=Status.PENDING_INVENTORY).first()
    if order is None:
        return False
    shares = reserving.shares_for(reserving.lines_of(order), account_id=order.account_id)
    if shares is None:
        return False
    reserving.keep(order, shares)
    lifecycle.advance(order, Status.ORDER_PLACED, actor=HOMEWARD)
    return True
