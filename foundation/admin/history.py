"""How kept versions of rows read: who changed what, when and by which door, field by field; and the
history page of one row. The versions are written by triggers; see `foundation.history`.
"""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
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

Names = dict[type[models.Model], dict[Any, str]]


@dataclass(frozen=True)
class Writing:
    """A kept version of a row and the one before it, which is None for the first."""

    now: Any
    past: Any


@dataclass(frozen=True)
class Change:
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Version:
    """One writing of one row, in words; `of` names the row when it is not the page's own.

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

    @property
    def is_first(self) -> bool:
        """There is nothing before it to tell."""
        return self.what == WHAT_HAPPENED["insert"]


def history_page(page: Any, request: HttpRequest, row: Any) -> HttpResponse:
    """`page` is the row's HouseAdmin."""
    context = {
        **page.admin_site.each_context(request),
        "title": "History",
        "subtitle": None,
        "original": row,
        "opts": page.opts,
        "versions": versions_of(row, parts=page.history_of),
        "shown_at_most": SHOWN_AT_MOST,
    }
    request.current_app = page.admin_site.name
    return TemplateResponse(request, "admin/house/history.html", context)


def versions_of(row: Any, *, parts: Sequence[str] = ()) -> list[Version]:
    """The newest versions of the row and of what belongs to it, newest first."""
    written = [*_newest(row.history.all())]
    for part in parts:
        relation = row._meta.get_field(part)
        kept = relation.related_model._meta.get_field("history").related_model
        written += _newest(kept.objects.filter(**{relation.field.attname: row.pk}))
    told = tell(written, own=type(row))
    return sorted(told, key=lambda one: (one.at, bool(one.of), one.number), reverse=True)[
        :SHOWN_AT_MOST
    ]


def tell(written: Sequence[Writing], *, own: type[models.Model] | None = None) -> list[Version]:
    """The writings in words and in their order, with one query for each model pointed at.

    Rows of the model `own` need not be named.
    """
    columns = {kept: _columns(kept) for kept in {type(one.now) for one in written}}
    names = _names(written, columns)
    return [
        Version(
            at=one.now.pgh_created_at,
            number=one.now.pgh_id,
            what=WHAT_HAPPENED.get(one.now.pgh_label, one.now.pgh_label),
            of="" if one.now.pgh_tracked_model is own else _row_of(one.now),
            changes=[*_changes(one, columns[type(one.now)], names)],
            **_signature(one.now),
        )
        for one in written
    ]


def _newest(kept: models.QuerySet[Any]) -> Iterator[Writing]:
    """Each version with the one before it of the same row."""
    before: dict[Any, Any] = {}
    for now in sorted(kept.order_by("-pgh_id")[: SHOWN_AT_MOST + 1], key=lambda one: one.pgh_id):
        yield Writing(now, before.get(now.pgh_obj_id))
        before[now.pgh_obj_id] = now


def _columns(kept: Any) -> list[Any]:
    """What is told of a row: nothing that its model or the model's page keeps secret."""
    model = kept.pgh_tracked_model
    page = admin.site.get_model_admin(model) if admin.site.is_registered(model) else None
    untold = {"id", *getattr(model, "secret_in_history", ()), *getattr(page, "secret", ())}
    return [
        column
        for column in kept._meta.concrete_fields
        if not column.name.startswith("pgh_") and column.name not in untold
    ]


def _row_of(now: Any) -> str:
    return f"{now.pgh_tracked_model._meta.verbose_name} {now.pgh_obj_id}"


def _signature(now: Any) -> dict[str, str]:
    signed = now.pgh_context or {}
    return {
        "who": str(signed.get("actor") or "Not recorded"),
        "door": dict(Door.choices).get(str(signed.get("door")), ""),
        "request": str(signed.get("request") or ""),
    }


def _changes(writing: Writing, columns: Iterable[Any], names: Names) -> Iterator[Change]:
    if writing.now.pgh_label == "delete":
        return
    for column in columns:
        was = getattr(writing.past, column.attname) if writing.past is not None else None
        became = getattr(writing.now, column.attname)
        before, after = (_words(value, column, names) for value in (was, became))
        if was != became and before != after:
            yield Change(str(capfirst(column.verbose_name)), before, after)


def _names(written: Sequence[Writing], columns: dict[Any, list[Any]]) -> Names:
    """What the rows point at, by name."""
    wanted: dict[type[models.Model], set[Any]] = {}
    for kept in (kept for one in written for kept in (one.now, one.past) if kept is not None):
        for column in columns[type(kept)]:
            if column.is_relation:
                wanted.setdefault(column.related_model, set()).add(getattr(kept, column.attname))
    return {
        # With what a row itself points at, which may be part of its name.
        model: {
            key: str(row)
            for key, row in model._base_manager.select_related().in_bulk(keys - {None}).items()
        }
        for model, keys in wanted.items()
    }


def _words(value: Any, column: Any, names: Names) -> str:
    if value is None or value in ("", []):
        return NOTHING
    if column.is_relation:
        return names[column.related_model].get(value, f"number {value}")
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
