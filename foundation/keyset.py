"""Pages without OFFSET or COUNT: each page starts where the last one ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows newest first; `older` and `newer` are the ids to go on from, None at an end."""

    rows: Sequence[Row]
    older: int | None
    newer: int | None


def newest_first(
    rows: models.QuerySet[Row],
    *,
    size: int,
    before: int | None = None,
    after: int | None = None,
) -> Page[Row]:
    """The page of rows with ids below `before`, or just above `after`, or the newest."""
    if after is not None:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
    else:
        older = rows if before is None else rows.filter(pk__lt=before)
        found = list(older.order_by("-pk")[: size + 1])
    return _page(found, size=size, before=before, after=after)


def in_turn_from(
    waiting: models.QuerySet[Row],
    *,
    size: int,
    ahead: models.QuerySet[Row] | None = None,
    behind: models.QuerySet[Row] | None = None,
) -> Page[Row]:
    """The page of rows in the order in which they wait: the first of them, or of those `behind` a
    named one, or the last of those `ahead` of it. `older` wait for longer than the page.
    """
    if ahead is not None:
        found = list(ahead.reverse()[: size + 1])
        page, is_more = found[:size][::-1], len(found) > size
        return Page(page, page[0].pk if is_more else None, page[-1].pk if page else None)
    found = list((waiting if behind is None else behind)[: size + 1])
    page, is_more = found[:size], len(found) > size
    older = page[0].pk if page and behind is not None else None
    return Page(page, older, page[-1].pk if is_more else None)


def newest_of(
    streams: Sequence[models.QuerySet[Row]],
    rows: models.QuerySet[Row],
    *,
    size: int,
    before: int | None = None,
    after: int | None = None,
) -> Page[Row]:
    """The same page of several query sets that share no row, each read along an index of its own.

    One query for all of them, with an OR or an IN, might walk through a whole table in order to
    find rows that are rare. `rows` says how those of the page are loaded.
    """
    if after is not None:
        ids = ids_of([one.filter(pk__gt=after) for one in streams], size=size + 1, order="pk")
    else:
        older = [one if before is None else one.filter(pk__lt=before) for one in streams]
        ids = ids_of(older, size=size + 1)
    return _page(in_turn(rows, ids), size=size, before=before, after=after)


def newest_among(
    ids: Sequence[int],
    rows: models.QuerySet[Row],
    *,
    size: int,
    before: int | None = None,
    after: int | None = None,
) -> Page[Row]:
    """The same page of rows whose ids are in hand, the newest first."""
    near = nearest(ids, size=size, before=before, after=after)
    return _page(in_turn(rows, near), size=size, before=before, after=after)


def nearest(
    ids: Sequence[int], *, size: int, before: int | None = None, after: int | None = None
) -> list[int]:
    """Of ids in hand, the newest first: those of the page, and one more to tell whether it ends."""
    if after is not None:
        return [one for one in reversed(ids) if one > after][: size + 1]
    return [one for one in ids if before is None or one < before][: size + 1]


def ids_of(
    streams: Sequence[models.QuerySet[Row]],
    *,
    size: int,
    order: str = "-pk",
    of_each: int | None = None,
) -> list[int]:
    """The first `size` ids of all streams together; not more than `of_each` are read of each."""
    ordered = [one.order_by(order) for one in streams if not one.query.is_empty()]
    parts = [one.values_list("pk", flat=True)[: of_each or size] for one in ordered]
    if not parts:
        return []
    first, *others = parts
    return list(first.union(*others, all=True).order_by(order)[:size] if others else first)


def in_turn(rows: models.QuerySet[Row], ids: Sequence[int]) -> list[Row]:
    """The rows of these ids, in their order."""
    by_id = rows.in_bulk(ids)
    return [by_id[one] for one in ids if one in by_id]


def _page(found: Sequence[Row], *, size: int, before: int | None, after: int | None) -> Page[Row]:
    """Out of up to one row more than the page holds; after `after` they come oldest first."""
    page, is_more = found[:size], len(found) > size
    if after is not None:
        page = page[::-1]
        return Page(page, page[-1].pk if page else None, page[0].pk if is_more else None)
    newer = page[0].pk if page and before is not None else None
    return Page(page, page[-1].pk if is_more else None, newer)
