"""What may stand in the query string of a list (contracts/v3.md section 1): each reader gives what
was asked for, or adds what is wrong to the problems. Unknown parameters are ignored.
"""

import datetime
import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from django.db import models
from django.http import QueryDict

from foundation.ids import LARGEST_ID
from foundation.text import has_unprintable
from portal.api.errors import Problem, edge_problem

Row = TypeVar("Row", bound=models.Model)

MOST_VALUES: Final = 250
LONGEST: Final = 255
NUMBER: Final = re.compile("[0-9]{1,19}", re.ASCII)
DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOMENT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+ -]\d{2}:\d{2})", re.ASCII
)
YES_OR_NO: Final[Mapping[str, bool]] = {"true": True, "false": False}


def wrong(name: str, message: str) -> Problem:
    return edge_problem("validation_failed", message, parameter=name)


def text(query: QueryDict, name: str, problems: list[Problem]) -> str | None:
    """One value, without white space around it; None when it is not given or empty."""
    given = query.getlist(name)
    if len(given) > 1:
        problems.append(wrong(name, "This parameter is given more than once."))
        return None
    return _checked(given[0], name, problems) if given else None


def texts(query: QueryDict, name: str, problems: list[Problem]) -> list[str]:
    """Several: the name is repeated, or they stand with commas between them."""
    given = [one for value in query.getlist(name) for one in value.split(",")]
    if len(given) > MOST_VALUES:
        problems.append(wrong(name, f"Give at most {MOST_VALUES} values."))
        return []
    return [found for one in given if (found := _checked(one, name, problems))]


def identifiers(query: QueryDict, name: str, problems: list[Problem]) -> list[str]:
    """As `texts`; but a client's own identifier may have a comma in it, so each is also taken as it
    stands.
    """
    found = texts(query, name, problems)
    whole = [value.strip() for value in query.getlist(name) if "," in value and found]
    return [*found, *(one for one in whole if len(one) <= LONGEST and not has_unprintable(one))]


def number(
    query: QueryDict, name: str, problems: list[Problem], *, most: int, least: int = 1
) -> int | None:
    found = text(query, name, problems)
    return None if found is None else _number(found, name, problems, least=least, most=most)


def one_id(query: QueryDict, name: str, problems: list[Problem]) -> int | None:
    return number(query, name, problems, most=LARGEST_ID, least=0)


def ids(query: QueryDict, name: str, problems: list[Problem]) -> list[int]:
    return numbers(query, name, problems, least=0, most=LARGEST_ID)


def numbers(
    query: QueryDict, name: str, problems: list[Problem], *, least: int, most: int
) -> list[int]:
    found = [
        _number(one, name, problems, least=least, most=most) for one in texts(query, name, problems)
    ]
    return [one for one in found if one is not None]


def yes_or_no(query: QueryDict, name: str, problems: list[Problem]) -> bool | None:
    found = text(query, name, problems)
    if found is not None and found.lower() not in YES_OR_NO:
        problems.append(wrong(name, "This must be true or false."))
    return None if found is None else YES_OR_NO.get(found.lower())


def date(query: QueryDict, name: str, problems: list[Problem]) -> datetime.date | None:
    found = text(query, name, problems)
    if found is None:
        return None
    try:
        if DATE.fullmatch(found):
            return datetime.date.fromisoformat(found)
    except ValueError:
        pass
    problems.append(wrong(name, "This must be a real date, written YYYY-MM-DD."))
    return None


def moment(query: QueryDict, name: str, problems: list[Problem]) -> datetime.datetime | None:
    """A space counts as the plus sign that it was before somebody forgot to encode it."""
    found = text(query, name, problems)
    if found is None:
        return None
    try:
        if MOMENT.fullmatch(found):
            return _in_utc(datetime.datetime.fromisoformat(found.replace(" ", "+")))
    except ValueError:
        pass
    problems.append(wrong(name, "This must be a time like 2025-03-04T06:12:45Z."))
    return None


def _in_utc(moment: datetime.datetime) -> datetime.datetime:
    """The database knows fewer offsets; nothing of ours was before the first year."""
    try:
        return moment.astimezone(datetime.UTC)
    except OverflowError:
        first = datetime.datetime.min.replace(tzinfo=datetime.UTC)
        last = datetime.datetime.max.replace(tzinfo=datetime.UTC)
        return first if moment.year == first.year else last


def word(
    query: QueryDict, name: str, problems: list[Problem], *, among: Mapping[str, Any]
) -> Any | None:
    """What one of these words stands for, in whatever case and with or without underscores."""
    found = text(query, name, problems)
    return None if found is None else _word(found, name, problems, among)


def words(
    query: QueryDict, name: str, problems: list[Problem], *, among: Mapping[str, Any]
) -> list[Any]:
    found = [_word(one, name, problems, among) for one in texts(query, name, problems)]
    return [one for one in found if one is not None]


def same(word: str) -> str:
    """What spellings of one word have in common: ORDER_PLACED is orderPlaced."""
    return word.replace("_", "").casefold()


def _word(found: str, name: str, problems: list[Problem], among: Mapping[str, Any]) -> Any | None:
    by_spelling = {same(one): meant for one, meant in among.items()}
    meant = by_spelling.get(same(found))
    if meant is None:
        problems.append(wrong(name, f"This must be one of: {', '.join(among)}."))
    return meant


def _number(found: str, name: str, problems: list[Problem], *, least: int, most: int) -> int | None:
    if NUMBER.fullmatch(found) and least <= int(found) <= most:
        return int(found)
    problems.append(wrong(name, f"This must be a whole number from {least} to {most}."))
    return None


def _checked(value: str, name: str, problems: list[Problem]) -> str | None:
    value = value.strip()
    if len(value) > LONGEST or has_unprintable(value):
        problems.append(wrong(name, f"This must be at most {LONGEST} characters that show."))
        return None
    return value or None


def sorted_as_asked(
    rows: models.QuerySet[Row],
    query: QueryDict,
    problems: list[Problem],
    *,
    among: Mapping[str, str],
) -> models.QuerySet[Row]:
    """By `sort`, else by id, downwards with `sortDescending`; equals by id, ascending."""
    column = word(query, "sort", problems, among=among) or "pk"
    sign = "-" if yes_or_no(query, "sortDescending", problems) else ""
    return rows.order_by(f"{sign}{column}", "pk")
