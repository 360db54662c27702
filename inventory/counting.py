"""How many of what an account can order from where, in the words of contracts/v3.md section 3.7:
what is promised to orders is not there any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from django.db import connection

from foundation.actors import Actor, Permission
from inventory.statuses import DeviceStatus
from organisations.models.accounts import AccountKind


class Where(Enum):
    """Which places are looked at, and whether they are told apart."""

    EVERYWHERE = "everywhere"
    CENTRES = "centres"
    OWN_SITES = "own_sites"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Of one item or at one place only, when it is named."""

    where: Where
    item_id: int | None = None
    place_id: int | None = None


@dataclass(frozen=True)
class Counted:
    """`place_id` None: over all places."""

    item_id: int
    place_id: int | None
    new: int
    used: int


# What is promised leaves as used ones first (`reserving.SEND`). Devices at a site of the account
# are no stock of anybody, but they can be given to patients.
THERE: Final = """
WITH offered AS (
    SELECT entry.item_id FROM inventory_accountcatalogue AS entry
    WHERE entry.account_id = %(account)s AND entry.item_id IS NOT NULL
    UNION
    SELECT inside.item_id FROM inventory_accountcatalogue AS entry
    JOIN inventory_kititem AS inside ON inside.kit_id = entry.kit_id
    WHERE entry.account_id = %(account)s),
there AS (
    SELECT stock.item_id, stock.place_id, place.account_id = %(account)s AS is_own_site,
        stock.new - greatest(stock.reserved - stock.used, 0) AS new,
        greatest(stock.used - stock.reserved, 0) AS used
    FROM inventory_stock AS stock
    JOIN organisations_site AS place ON place.id = stock.place_id
    JOIN organisations_account AS host ON host.id = place.account_id
    JOIN organisations_account AS owner ON owner.id = stock.owner_id
    WHERE (stock.owner_id = %(account)s
            OR owner.kind = %(operator)s AND stock.item_id IN (SELECT item_id FROM offered))
        AND (place.account_id = %(account)s OR host.kind = %(operator)s AND place.is_active)
    UNION ALL
    SELECT device.item_id, device.place_id, true, (NOT device.used)::int, device.used::int
    FROM inventory_device AS device
    JOIN organisations_site AS place ON place.id = device.place_id
    WHERE device.holder_id = %(account)s AND device.status = %(at_site)s
        AND place.account_id = %(account)s),
counted AS (
    SELECT there.item_id, CASE WHEN %(is_by_place)s THEN there.place_id END AS place_id,
        sum(there.new)::bigint AS new, sum(there.used)::bigint AS used
    FROM there
    WHERE (%(own)s::bool IS NULL OR there.is_own_site = %(own)s)
        AND (%(item)s::bigint IS NULL OR there.item_id = %(item)s)
        AND (%(place)s::bigint IS NULL OR there.place_id = %(place)s)
    GROUP BY 1, 2
    HAVING NOT coalesce(%(own)s::bool, false) OR sum(there.new + there.used) > 0)
"""
PAGE: Final = f"""{THERE}
SELECT item_id, place_id, new, used FROM counted
ORDER BY item_id, place_id LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608 - both are ours
TOTAL: Final = f"{THERE} SELECT count(*) FROM counted"  # noqa: S608 - both are ours
OWN: Final[Mapping[Where, bool | None]] = {
    Where.EVERYWHERE: None,
    Where.CENTRES: False,
    Where.OWN_SITES: True,
}


def count_what_is_there(
    wanted: Wanted, *, offset: int, limit: int, actor: Actor
) -> tuple[Sequence[Counted], int]:
    """So many rows by item and place, and how many there are in all."""
    actor.must(Permission.SEE_STOCK)
    values: dict[str, Any] = {
        "account": actor.one_account,
        "operator": AccountKind.OPERATOR.value,
        "at_site": DeviceStatus.AVAILABLE_AT_SITE.value,
        "is_by_place": wanted.where is not Where.EVERYWHERE,
        "own": OWN[wanted.where],
        "item": wanted.item_id,
        "place": wanted.place_id,
        "offset": offset,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(TOTAL, values)
        (total,) = cursor.fetchone()
        cursor.execute(PAGE, values)
        return [Counted(*row) for row in cursor.fetchall()], total
