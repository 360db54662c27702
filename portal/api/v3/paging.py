"""Pages of API v3 (contracts/v3.md section 1.1): numbered from 1, with an exact total."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db import models
from django.http import QueryDict

from portal.api.errors import Problem
from portal.api.v3 import query as asked

SIZE: Final = 15
LARGEST_SIZE: Final = 250
LARGEST_SIZE_OF_SOME: Final = 100
# So that no offset is more than the database counts to.
LAST_PAGE: Final = 2**31 - 1

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, kw_only=True)
class PageWanted:
    number: int
    size: int

    @property
    def start(self) -> int:
        return (self.number - 1) * self.size


def read_page(query: QueryDict, problems: list[Problem], *, largest: int) -> PageWanted:
    """Which page; more than `largest` is as good as `largest`. What is wrong goes to `problems`."""
    number = asked.number(query, "page", problems, most=LAST_PAGE) or 1
    size = asked.number(query, "size", problems, most=LAST_PAGE) or SIZE
    return PageWanted(number=number, size=min(size, largest))


def page_document(
    rows: models.QuerySet[Row],
    wanted: PageWanted,
    *,
    load: Callable[[Sequence[int]], Iterable[Row]],
    write: Callable[[Row], dict[str, Any]],
) -> tuple[dict[str, Any], Sequence[Row]]:
    """The page's document and its rows: the ids are taken first, then what is shown of these."""
    total = rows.order_by().count()
    numbers = list(rows.values_list("pk", flat=True)[wanted.start : wanted.start + wanted.size])
    found = {row.pk: row for row in load(numbers)} if numbers else {}
    shown = [found[number] for number in numbers if number in found]
    return envelope([write(row) for row in shown], wanted, total=total), shown


def envelope(content: list[Any], wanted: PageWanted, *, total: int) -> dict[str, Any]:
    """One page of so many objects."""
    return {
        "content": content,
        "page": wanted.number,
        "size": wanted.size,
        "total": total,
        "first": wanted.number == 1,
        "last": wanted.start + wanted.size >= total,
    }
