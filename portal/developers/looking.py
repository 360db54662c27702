"""Looking through a log: newest first, page by page, and through not more than so many rows at
once, because what fits may be rare among millions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.db import models
from django.http import QueryDict

from foundation.ids import LARGEST_ID
from foundation.keyset import newest_first

PAGE_SIZE: Final = 50
LOOKED_THROUGH: Final = 50_000
PLACES: Final = ("before", "after")

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Found(Generic[Row]):
    """A page of rows; `older` and `newer` are the ids to go on from, None at an end.

    It `is_cut` when more rows are there than were looked through.
    """

    rows: Sequence[Row]
    older: int | None
    newer: int | None
    is_cut: bool


def look_for(
    having: models.Q,
    *,
    among: models.QuerySet[Row],
    asked: QueryDict,
    is_bounded: bool,
    size: int | None = None,
) -> Found[Row]:
    """The newest that have it, or those before or after the one that the address names.

    All of `among` must come along an index. Without a bound `having` must do so too.
    """
    size = size or PAGE_SIZE
    after = _place(asked, "after")
    before = None if after else _place(asked, "before")
    end = _end_of_look(among, before=before, after=after) if is_bounded else None
    if end is not None:
        having &= models.Q(pk__lt=end) if after else models.Q(pk__gt=end)
    page = newest_first(among.filter(having), size=size, before=before, after=after)
    older, newer = page.older, page.newer
    if end is not None and after:
        older, newer = older or after + 1, newer or end - 1
    elif end is not None:
        older, newer = older or end + 1, newer or (before - 1 if before else None)
    is_cut = end is not None and len(page.rows) < size
    return Found(page.rows, older, newer, is_cut)


def ways_on(address: str, asked: QueryDict, found: Found[Row]) -> dict[str, Any]:
    """For `parts/pager.html`: the pages beside this one, narrowed down like it."""
    return {
        "newer_url": _link(address, asked, "after", found.newer),
        "older_url": _link(address, asked, "before", found.older),
    }


def with_filters(address: str, asked: QueryDict) -> str:
    """The address narrowed down like what was asked for, from the newest on."""
    query = _without_place(asked).urlencode()
    return f"{address}?{query}" if query else address


def _end_of_look(
    rows: models.QuerySet[Row], *, before: int | None, after: int | None
) -> int | None:
    """The first row that is not looked at any more; None when all are."""
    if after:
        rows = rows.filter(pk__gt=after).order_by("pk")
    else:
        rows = (rows.filter(pk__lt=before) if before else rows).order_by("-pk")
    return rows.values_list("pk", flat=True)[LOOKED_THROUGH : LOOKED_THROUGH + 1].first()


def _place(asked: QueryDict, name: str) -> int | None:
    """Where the page ends or begins. An address nobody made here shows the first page."""
    text = asked.get(name, "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
    return number if 0 < number <= LARGEST_ID else None


def _link(address: str, asked: QueryDict, name: str, place: int | None) -> str:
    if place is None:
        return ""
    query = _without_place(asked)
    query[name] = str(place)
    return f"{address}?{query.urlencode()}"


def _without_place(asked: QueryDict) -> QueryDict:
    query = asked.copy()
    for name in PLACES:
        query.pop(name, None)
    return query
