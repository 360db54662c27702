"""Promising stock. All that an order needs is taken from one fulfilment centre, or nothing is.

Whoever reserves locks every row that could serve, in the order of their ids, so that of two orders
for the last one the second sees what the first has left.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from inventory.models import KitItem, Stock

TAKE: Final = """
UPDATE inventory_stock AS stock SET reserved = stock.reserved + taken.count
FROM unnest(%(id)s::bigint[], %(count)s::int[]) AS taken (id, count)
WHERE stock.id = taken.id
"""
GIVE_BACK: Final = TAKE.replace("+ taken", "- taken")
# Those that are not known to be new, or that cannot all be new, were used ones.
_USED: Final = "least(stock.used, greatest(sent.count - sent.new, sent.count - stock.new))"
SEND: Final = """
UPDATE inventory_stock AS stock SET
    reserved = stock.reserved - sent.count,
    used = stock.used - {used},
    new = stock.new - (sent.count - {used})
FROM unnest(%(id)s::bigint[], %(count)s::int[], %(new)s::int[]) AS sent (id, count, new)
WHERE stock.id = sent.id
""".replace("{used}", _USED)

Needs = Mapping[int, int]


@dataclass(frozen=True)
class Share:
    """So many out of one row of stock; of `new` ones among them it is known that they are new."""

    stock_id: int
    count: int
    new: int = 0


def needs_of(items: Iterable[tuple[int, int]], kits: Mapping[int, int]) -> dict[int, int]:
    """How many of each item are wanted: these, and those inside of so many kits."""
    needs: dict[int, int] = {}
    inside = KitItem.objects.filter(kit__in=kits).values_list("item", "kit", "count")
    within = ((item, count * kits[kit]) for item, kit, count in inside) if kits else ()
    for item, count in (*items, *within):
        needs[item] = needs.get(item, 0) + count
    return needs


def reserve(needs: Needs, *, account_id: int) -> list[Share] | None:
    """Promise all of it from one centre, each item of the account's own stock if that has enough
    and else of the operator's; None when no centre has all.

    Called inside a command's transaction, late: the rows stay locked until it ends.
    """
    if not needs:
        return []
    rows = Stock.objects.at_fulfilment_centres().for_orders_of(account_id).filter(item__in=needs)
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for place in sorted({row.place_id for row in locked}):
        shares = _shares([row for row in locked if row.place_id == place], needs, account_id)
        if shares is not None:
            _change(TAKE, shares)
            return shares
    return None


def give_back(shares: Sequence[Share]) -> None:
    """Nobody needs them after all."""
    _change(GIVE_BACK, shares)


def send_out(shares: Sequence[Share]) -> None:
    """They have left; used ones went before new ones, as far as nobody knows better."""
    _change(SEND, shares)


def _shares(here: Sequence[Stock], needs: Needs, account_id: int) -> list[Share] | None:
    shares = []
    for item, count in sorted(needs.items()):
        fitting = [row for row in here if row.item_id == item and row.free >= count]
        if not fitting:
            return None
        best = min(fitting, key=lambda row: row.owner_id != account_id)
        shares.append(Share(best.pk, count))
    return shares


def _change(statement: str, shares: Sequence[Share]) -> None:
    if not shares:
        return
    values: dict[str, Any] = {
        "id": [share.stock_id for share in shares],
        "count": [share.count for share in shares],
        "new": [share.new for share in shares],
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
