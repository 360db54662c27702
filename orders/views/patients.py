"""The list of patients: searched for, in use or archived, and who of them may be twice in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.kept_search import SEARCH, NotSearchable, keep_search, kept_search
from orders.views.paging import ends_of, place_named
from orders.views.words import Row
from organisations.models import Organisation
from organisations.visit import Visit, staff_page
from patients.finding import Kept, Selection
from patients.models import Patient, PatientOrganisation

PAGE_SIZE = 25
SHOW = "show"


@dataclass(frozen=True)
class Asked:
    """Whom the address of this visit asks for."""

    visit: Visit

    @cached_property
    def text(self) -> str:
        return kept_search(self.visit.request)

    @cached_property
    def kept(self) -> Kept:
        """A part of the register that there is not is the one in use."""
        named = self.visit.request.GET.get(SHOW, "")
        return Kept(named) if named in Kept else Kept.IN_USE

    @property
    def has_lost_its_search(self) -> bool:
        """The word means nothing here: it is another session's, or too old."""
        return bool(self.visit.request.GET.get(SEARCH)) and not self.text

    @property
    def selection(self) -> Selection:
        return Selection(self.kept, self.text, actor=self.visit.actor)

    @property
    def choices(self) -> list[Row]:
        """The parts of the register, each with the way to it."""
        return [
            {"words": kept.label, "url": self.url(show=kept.value), "is_on": kept == self.kept}
            for kept in Kept
        ]

    @property
    def without_search(self) -> str:
        return self.url(**{SEARCH: ""})

    @property
    def everywhere(self) -> str:
        return self.url(show=Kept.ALL.value)

    @property
    def register_url(self) -> str:
        """What was searched for and not found is typed in there already."""
        return self.url("patients:register", show="")

    def url(self, page: str = "patients:list", **other: str) -> str:
        """The page for the same patients, with these parameters replaced; an empty one goes."""
        word = self.visit.request.GET[SEARCH] if self.text else ""
        asked = {SEARCH: word, SHOW: self.kept.value} | other
        if asked[SHOW] == Kept.IN_USE:
            asked[SHOW] = ""
        given = {name: value for name, value in asked.items() if value}
        return f"{reverse(page)}?{urlencode(given)}" if given else reverse(page)


@staff_page(Permission.SEE_PATIENTS)
def patient_list(visit: Visit) -> HttpResponse:
    """The newest patients of those asked for, or those before or after the one that is named."""
    asked = Asked(visit)
    if visit.is_answered:
        return _search(asked)
    seen = Patient.objects.visible_to(visit.actor)
    page = asked.selection.page(
        size=PAGE_SIZE,
        before=place_named(visit, "before", seen),
        after=place_named(visit, "after", seen),
    )
    twins = seen.twins_of(page.rows)
    note_shown(visit, [*page.rows, *twins.values()], what="patient list")
    known_to = _known_to(visit, page.rows)
    newer, older = ends_of(page)
    return visit.page(
        "patients/list.html",
        here="patients",
        asked=asked,
        rows=[
            {"patient": one, "twin": twins.get(one.pk), "known_to": known_to.get(one.pk, [])}
            for one in page.rows
        ],
        has_organisations=bool(known_to),
        may_register=visit.may(Permission.CHANGE_PATIENTS),
        newer_url=asked.url(after=newer) if newer else "",
        older_url=asked.url(before=older) if older else "",
    )


def note_shown(visit: Visit, patients: Sequence[Patient], *, what: str) -> None:
    """Leave one row in the access log for each of them."""
    shown = {(one.account_id, one.pk, None) for one in patients}
    record_shown(sorted(shown), what=what, actor=visit.actor)


def _search(asked: Asked) -> HttpResponse:
    """Keep what was typed, and lead to an address that does not hold it."""
    try:
        word = keep_search(asked.visit.request)
    except NotSearchable as refusal:
        messages.error(asked.visit.request, refusal.words)
        return redirect(asked.url())
    return redirect(asked.url(**{SEARCH: word}))


def _known_to(visit: Visit, patients: Sequence[Patient]) -> dict[int, list[str]]:
    """By patient, the names of their organisations; nothing where the reader has only one."""
    mine = dict(
        Organisation.objects.visible_to(visit.actor)
        .filter(account_id=visit.account.pk)
        .values_list("pk", "name")
    )
    found: dict[int, list[str]] = {}
    if len(mine) > 1:
        links = PatientOrganisation.objects.filter(patient__in=patients, organisation__in=mine)
        for patient_id, organisation_id in links.values_list("patient_id", "organisation_id"):
            found.setdefault(patient_id, []).append(mine[organisation_id])
    return {patient_id: sorted(names) for patient_id, names in found.items()}
