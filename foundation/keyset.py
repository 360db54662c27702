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
        more_newer, page = len(found) > size, found[:size][::-1]
        return Page(page, page[-1].pk if page else None, page[0].pk if more_newer else None)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: size + 1])
    page = found[:size]
    older = page[-1].pk if len(found) > size else None
    return Page(page, older, page[0].pk if page and before is not None else None)
