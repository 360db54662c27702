"""Which version of a patient's record somebody was looking at, and what has changed since. The
versions are the rows that the history's triggers keep, whoever writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from django.db import models

from foundation.actors import Door
from patients.models import Patient

# What people change, as they call it, and the columns that hold it.
PARTS: Final[dict[str, Sequence[str]]] = {
    "full_name": ("full_name", "first_name", "last_name"),
    "date_of_birth": ("date_of_birth",),
    "reference": ("reference",),
    "email": ("email",),
    "phone": ("phone",),
    "sex": ("sex",),
    "address": ("address_lines", "city", "county", "postcode", "country", "address_note"),
}


@dataclass(frozen=True, kw_only=True)
class LastChange:
    by: str
    at: datetime


def version_of(patient: Patient) -> int:
    """The number of the record's newest version; 0 when none was kept."""
    newest = _kept(patient).values_list("pgh_id", flat=True).first()
    return newest or 0


def as_seen(patient: Patient, version: int) -> Patient | None:
    """The record as it was in that version of it; None when it never had one."""
    kept = _kept(patient).filter(pgh_id=version).first()
    if kept is None:
        return patient if version == version_of(patient) else None
    columns = [column.attname for column in patient._meta.concrete_fields]
    known = {name: getattr(kept, name) for name in columns if hasattr(kept, name)}
    return Patient(public_id=patient.public_id, **known)


def changed_parts(before: Patient, now: Patient) -> list[str]:
    """The parts that are not what they were."""
    return [
        part
        for part, columns in PARTS.items()
        if any(getattr(before, name) != getattr(now, name) for name in columns)
    ]


def last_change(patient: Patient) -> LastChange | None:
    """Who wrote the newest version, and when."""
    kept = _kept(patient).first()
    if kept is None:
        return None
    signed = kept.pgh_context or {}
    door = dict(Door.choices).get(str(signed.get("door")), "")
    by = ", ".join(part for part in (str(signed.get("actor") or ""), door) if part)
    return LastChange(by=by, at=kept.pgh_created_at)


def _kept(patient: Patient) -> "models.QuerySet[Any]":
    history = cast(Any, patient).history
    return cast("models.QuerySet[Any]", history.order_by("-pgh_id"))
