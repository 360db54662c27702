"""What an order has been promised of the stock: with it the order is placed, without it waits."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from inventory import reserving
from inventory.reserving import Share
from orders.models import Order, Reservation
from orders.supplies_errors import StockMissing
from orders.wanted import LineWanted

# An item, who owns it and where it lies.
Lot = tuple[int, ...]
NO_DEVICES: Final[Mapping[Lot, int]] = MappingProxyType({})


def shares_for(lines: Iterable[LineWanted], *, account_id: int) -> list[Share] | None:
    """Promise what the lines need, from one fulfilment centre; None when none has it all."""
    items = [(line.item_id, line.count) for line in lines if line.item_id is not None]
    kits: dict[int, int] = {}
    for line in lines:
        if line.kit_id is not None:
            kits[line.kit_id] = kits.get(line.kit_id, 0) + line.count
    return reserving.reserve(reserving.needs_of(items, kits), account_id=account_id)


def keep(order: Order, shares: Sequence[Share]) -> None:
    """Note that these are this order's."""
    Reservation.objects.bulk_create(
        Reservation(
            account_id=order.account_id, order=order, stock_id=share.stock_id, count=share.count
        )
        for share in shares
    )


def promise(order: Order) -> None:
    """Promise what its lines need unless that was done; StockMissing when no centre has it."""
    if order.reservations.exists():
        return
    shares = shares_for(lines_of(order), account_id=order.account_id)
    if shares is None:
        raise StockMissing(field="lines")
    keep(order, shares)


def lines_of(order: Order) -> list[LineWanted]:
    """What was ordered, as it was asked for."""
    lines = order.lines.values_list("count", "item", "kit")
    return [LineWanted(count=count, item_id=item, kit_id=kit) for count, item, kit in lines]


def let_go(order: Order) -> None:
    """The order needs nothing any more."""
    reserving.give_back(_taken_back(order))


def send_out(order: Order, *, new: Mapping[Lot, int]) -> None:
    """What was promised has left; so many new devices of these lots were in the parcel."""
    reserving.send_out(_taken_back(order, new))


def _taken_back(order: Order, new: Mapping[Lot, int] = NO_DEVICES) -> list[Share]:
    promised = order.reservations.order_by("stock")
    rows = promised.values_list("stock", "count", "stock__item", "stock__owner", "stock__place")
    shares = [
        Share(stock, count, new=min(count, new.get(tuple(lot), 0))) for stock, count, *lot in rows
    ]
    promised.all().delete()
    return shares
