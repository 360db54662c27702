"""The list of studies, whatever they came by: searched, and by their status."""

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
from organisations.visit import Visit, staff_page
from studies.finding import Selection
from studies.models import Study
from studies.statuses import StudyStatus
from studies.views.words import line_of

PAGE_SIZE = 25
STATUS = "status"
SEARCH_IS_CUT = (
    "Very many studies begin like this, and only some were looked through."
    " Type more to find the others."
)


@dataclass(frozen=True)
class Asked:
    """Which studies the address of this visit asks for."""

    visit: Visit

    @cached_property
    def text(self) -> str:
        return kept_search(self.visit.request)

    @cached_property
    def status(self) -> StudyStatus | None:
        """A status that there is not is any."""
        named = self.visit.request.GET.get(STATUS, "")
        return StudyStatus(named) if named in StudyStatus else None

    @property
    def has_lost_its_search(self) -> bool:
        """The word means nothing here: it is another session's, or too old."""
        return bool(self.visit.request.GET.get(SEARCH)) and not self.text

    @property
    def is_everything(self) -> bool:
        return not self.text and self.status is None

    @property
    def choices(self) -> list[Row]:
        """Any status and each, with the way to it."""
        every = [("", "All"), *StudyStatus.choices]
        return [
            {"words": label, "url": self.url(status=value), "is_on": value == (self.status or "")}
            for value, label in every
        ]

    @property
    def without_search(self) -> str:
        return self.url(**{SEARCH: ""})

    def url(self, **other: str) -> str:
        """The list of the same studies, with these parameters replaced; an empty one goes."""
        word = self.visit.request.GET[SEARCH] if self.text else ""
        asked = {SEARCH: word, STATUS: self.status or ""} | other
        given = {name: str(value) for name, value in asked.items() if value}
        page = reverse("studies:list")
        return f"{page}?{urlencode(given)}" if given else page


@staff_page(Permission.SEE_STUDIES)
def study_list(visit: Visit) -> HttpResponse:
    """The newest studies of those asked for, or those before or after the one that is named."""
    asked = Asked(visit)
    if visit.is_answered:
        return _search(asked)
    seen = Study.objects.visible_to(visit.actor)
    selection = Selection(asked.status, asked.text, actor=visit.actor)
    page = selection.page(
        size=PAGE_SIZE,
        before=place_named(visit, "before", seen),
        after=place_named(visit, "after", seen),
    )
    shown = {(study.account_id, study.patient_id, None) for study in page.rows}
    record_shown(sorted(shown), what="study list", actor=visit.actor)
    newer, older = ends_of(page)
    return visit.page(
        "studies/list.html",
        here="studies",
        asked=asked,
        rows=[line_of(study) for study in page.rows],
        cut=SEARCH_IS_CUT if selection.is_cut else "",
        may_create=visit.may(Permission.CHANGE_STUDIES),
        newer_url=asked.url(after=newer) if newer else "",
        older_url=asked.url(before=older) if older else "",
    )


def _search(asked: Asked) -> HttpResponse:
    """Keep what was typed, and lead to an address that does not hold it."""
    try:
        word = keep_search(asked.visit.request)
    except NotSearchable as refusal:
        messages.error(asked.visit.request, refusal.words)
        return redirect(asked.url())
    return redirect(asked.url(**{SEARCH: word}))
