"""What a draft remembers, step by step, and whom it is about. Whether its answers are right, and
what comes next, is `progress`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from orders.forms.memory import Typed
from orders.models import OrderDraft
from organisations.visit import Visit
from patients.models import Patient

# The part of a draft that is about supplies, whose patient is kept like any other's.
SUPPLIES = "supplies"


class Step(StrEnum):
    """The parts of a draft's answers in the order of asking; each is a page of the same name."""

    PATIENT = "patient"
    ADDRESS = "address"
    ORGANISATION = "organisation"
    STUDY = "study"
    SMARTPHONE = "smartphone"


@dataclass(frozen=True, kw_only=True)
class Section:
    """One step's part of a draft's answers.

    `unfinished` was put aside as it was; `settled` is a new patient who was compared with those we
    know; `known` is one of those.
    """

    typed: Typed | None = None
    unfinished: bool = False
    settled: bool = False
    known: int | None = None

    @classmethod
    def of(cls, draft: OrderDraft, step: Step) -> "Section":
        """What an earlier version of the program kept besides is left where it is."""
        kept = draft.answers.get(step.value, {})
        return cls(**{one.name: kept[one.name] for one in fields(cls) if one.name in kept})

    def to_keep(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}


def identity_of(section: Section) -> tuple[object, ...]:
    """What of a patient who was typed in tells one person from another."""
    typed = section.typed or {}
    born = [typed.get(f"date_of_birth_{part}") for part in ("day", "month", "year")]
    return typed.get("full_name"), born, typed.get("reference")


def known_patients(drafts: Iterable[OrderDraft], visit: Visit) -> dict[int, Patient]:
    """The patients of the register that these drafts are about, by id, in one query."""
    sections = (Section.of(draft, Step.PATIENT) for draft in drafts)
    known = [section.known for section in sections if section.known]
    found = Patient.objects.visible_to(visit.actor).filter(pk__in=known)
    return {one.pk: one for one in found}


def patient_name(draft: OrderDraft, known: Mapping[int, Patient]) -> str:
    """Whom the draft is about; empty as long as nobody was named."""
    section = Section.of(draft, Step.PATIENT)
    if patient := known.get(section.known or 0):
        return patient.full_name
    return (section.typed or {}).get("full_name", "")
