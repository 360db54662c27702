"""The history page of a row: who changed what, when and by which door, field by field. The rows
are written by triggers; see `foundation.history`.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from foundation.actors import Door
from foundation.templatetags.words import clock, day

SHOWN_AT_MOST = 200
NOTHING = "(empty)"
WHAT_HAPPENED = {"insert": "Created", "update": "Changed", "delete": "Removed"}

Names = dict[str, dict[Any, str]]


@dataclass(frozen=True)
class Change:
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Version:
    """One writing of one row; `of` names the row when it is not the page's own.

    What one transaction wrote has one time; then a row comes before its parts, and `number` tells.
    """

    at: datetime.datetime
    number: int
    what: str
    of: str
    who: str
    door: str
    request: str
    changes: list[Change]


def history_page(page: Any, request: HttpRequest, row: Any) -> HttpResponse:
    """`page` is the row's HouseAdmin."""
    context = {
        **page.admin_site.each_context(request),
        "title": "History",
        "subtitle": None,
        "original": row,
        "opts": page.opts,
        "versions": versions_of(row, parts=page.history_of, secret=page.secret),
        "shown_at_most": SHOWN_AT_MOST,
    }
    request.current_app = page.admin_site.name
    return TemplateResponse(request, "admin/house/history.html", context)


def versions_of(
    row: Any, *, parts: Sequence[str] = (), secret: Sequence[str] = ()
) -> list[Version]:
    """The newest versions of the row and of what belongs to it, newest first."""
    told = [*_told(row.history.all(), secret=secret)]
    for part in parts:
        relation = row._meta.get_field(part)
        kept = relation.related_model._meta.get_field("history").related_model
        rows = kept.objects.filter(**{relation.field.attname: row.pk})
        told += _told(rows, secret=secret, of=str(relation.related_model._meta.verbose_name))
    return sorted(told, key=lambda one: (one.at, bool(one.of), one.number), reverse=True)[
        :SHOWN_AT_MOST
    ]


def _told(kept: models.QuerySet[Any], *, secret: Sequence[str], of: str = "") -> Iterator[Version]:
    """Each kept row compared with the one before it, of the same row."""
    newest = sorted(kept.order_by("-pgh_id")[: SHOWN_AT_MOST + 1], key=lambda one: one.pgh_id)
    columns = [one for one in kept.model._meta.concrete_fields if _is_told(one, secret)]
    names = _names(columns, newest)
    before: dict[Any, Any] = {}
    for now in newest:
        past = before.get(now.pgh_obj_id)
        before[now.pgh_obj_id] = now
        yield _version(past, now, columns, names, of=of)


def _is_told(column: "models.Field[Any, Any]", secret: Sequence[str]) -> bool:
    return not (column.name.startswith("pgh_") or column.name == "id" or column.name in secret)


def _version(past: Any, now: Any, columns: Iterable[Any], names: Names, *, of: str) -> Version:
    signed = now.pgh_context or {}
    return Version(
        at=now.pgh_created_at,
        number=now.pgh_id,
        what=WHAT_HAPPENED.get(now.pgh_label, now.pgh_label),
        of=f"{of} {now.pgh_obj_id}" if of else "",
        who=str(signed.get("actor") or "Not recorded"),
        door=dict(Door.choices).get(str(signed.get("door")), ""),
        request=str(signed.get("request") or ""),
        changes=[*_changes(past, now, columns, names)] if now.pgh_label != "delete" else [],
    )


def _changes(past: Any, now: Any, columns: Iterable[Any], names: Names) -> Iterator[Change]:
    for column in columns:
        was = getattr(past, column.attname) if past is not None else None
        became = getattr(now, column.attname)
        before, after = (_words(value, column, names) for value in (was, became))
        if was != became and before != after:
            yield Change(str(capfirst(column.verbose_name)), before, after)


def _names(columns: Iterable[Any], rows: Sequence[Any]) -> Names:
    """What the rows point at, by name: one query for each column, however many rows."""
    return {
        column.name: {
            key: str(found)
            for key, found in column.related_model._base_manager.in_bulk(
                {getattr(row, column.attname) for row in rows} - {None}
            ).items()
        }
        for column in columns
        if column.is_relation
    }


def _words(value: Any, column: Any, names: Names) -> str:
    if value is None or value in ("", []):
        return NOTHING
    if column.is_relation:
        return names[column.name].get(value, f"number {value}")
    if isinstance(column, ArrayField):
        labels = dict(column.base_field.choices or ())
        return ", ".join(str(labels.get(one, one)) for one in value)
    return dict(column.flatchoices).get(value) or _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime.datetime):
        return f"{day(value)}, {clock(value)}"
    return day(value) if isinstance(value, datetime.date) else str(value)
