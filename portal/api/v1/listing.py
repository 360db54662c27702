"""What may stand in the query string of a list (contracts/v1.md, House decisions, Reading back)."""

import datetime
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q
from django.http import QueryDict

from portal.api.errors import Problem, Refused, edge_problem
from portal.api.v1.format import HAVING, OrderStatus

SIZE: Final = 50
LARGEST_SIZE: Final = 100
SIZE_OF_A_PAGE: Final = "page[size]"
AFTER: Final = "page[after]"
# A date or a timestamp of RFC 3339; a plus that was not encoded has become a space.
MOMENT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}([Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+ -]\d{2}:\d{2}))?", re.ASCII
)
UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


@dataclass(frozen=True)
class Listing:
    """`after` is the public id of the last order of the page before."""

    size: int = SIZE
    after: uuid.UUID | None = None
    having: Q = field(default_factory=Q)


def read_listing(query: QueryDict) -> Listing:
    """Which page of which orders, or Refused with every fault. Unknown parameters are ignored."""
    found: dict[str, Any] = {}
    problems = []
    for name, read in READERS.items():
        try:
            found[name] = given(name, query, read)
        except ValueError as error:
            problems.append(wrong_parameter(name, str(error)))
    if problems:
        raise Refused(*problems)
    return Listing(
        size=found[SIZE_OF_A_PAGE] or SIZE, after=found[AFTER], having=Q(*_conditions(found))
    )


def wrong_parameter(name: str, message: str) -> Problem:
    return edge_problem("validation_failed", message, parameter=name)


def given(name: str, query: QueryDict, read: Callable[[str], Any]) -> Any:
    texts = query.getlist(name)
    if len(texts) > 1:
        raise ValueError("This parameter is given more than once.")
    return read(texts[0]) if texts else None


def _conditions(found: Mapping[str, Any]) -> Iterator[Q]:
    if found["filter[status]"]:
        yield HAVING[found["filter[status]"]]
    if found["filter[created_from]"]:
        yield Q(placed_at__gte=found["filter[created_from]"])
    if found["filter[created_to]"]:
        yield Q(placed_at__lt=found["filter[created_to]"])


def size_in(text: str) -> int:
    if re.fullmatch("[0-9]{1,3}", text) and 1 <= int(text) <= LARGEST_SIZE:
        return int(text)
    raise ValueError(f"This must be a number from 1 to {LARGEST_SIZE}.")


def _cursor(text: str) -> uuid.UUID:
    if UUID.fullmatch(text):
        return uuid.UUID(text)
    raise ValueError(NO_CURSOR)


NO_CURSOR: Final = "Follow links.next of the page before; this is no place in the list."


def _status(text: str) -> OrderStatus:
    if text in OrderStatus.values:
        return OrderStatus(text)
    raise ValueError(f"This must be one of: {', '.join(OrderStatus.values)}.")


def _moment(text: str) -> datetime.datetime:
    """A date is its midnight in UTC."""
    words = "This must be a real date, or a timestamp of RFC 3339 with Z or an offset."
    if not MOMENT.fullmatch(text):
        raise ValueError(words)
    try:
        moment = datetime.datetime.fromisoformat(text.replace(" ", "+").upper())
        return moment.replace(tzinfo=moment.tzinfo or datetime.UTC).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        raise ValueError(words) from None


READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    SIZE_OF_A_PAGE: size_in,
    AFTER: _cursor,
    "filter[status]": _status,
    "filter[created_from]": _moment,
    "filter[created_to]": _moment,
}
