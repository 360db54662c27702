"""The auditor's two lists in the admin, "Who saw" and "Who changed", and the report to download.
Whoever looks at them is on record as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, path, reverse

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.admin import HouseAdmin
from foundation.admin.keyset_list import AFTER, BEFORE, place_of
from foundation.keyset import newest_first
from foundation.templatetags.words import day
from orders.models import Order
from patients.models import Patient
from portal.audit.changes import ChangesPage, Place, changes_page
from portal.audit.entries import entries_of, told
from portal.audit.forms import SearchForm
from portal.audit.report import access_report
from portal.audit.subjects import FOUND_AT_MOST, Person, Search, about_patient

SAW, CHANGED, REPORT = "foundation_accessentry_changelist", "audit_changes", "audit_report"
TITLES = {SAW: "Who saw", CHANGED: "Who changed"}
TEMPLATES = {SAW: "admin/house/who_saw.html", CHANGED: "admin/house/who_changed.html"}
PAGE_SIZE = 50
NOTHING = ChangesPage([], None)


class AccessEntryAdmin(HouseAdmin):
    """Nobody writes here, and a row by itself has no page worth opening."""

    to_see = (Permission.SEE_AUDIT,)
    fields = ("shown_at", "actor", "what", "door", "ip_address", "request_id")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("changes/", view(self.changes_view), name=CHANGED),
            path("report/", view(self.report_view), name=REPORT),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who saw."""
        search, answer = self._searched(request, page=SAW)
        return answer or self._entries_page(request, search)

    def changes_view(self, request: HttpRequest) -> HttpResponse:
        """Who changed: only of somebody or something, because all of it is the whole database."""
        search, answer = self._searched(request, page=CHANGED)
        return answer or self._changes_page(request, search)

    def report_view(self, request: HttpRequest) -> HttpResponse:
        """What "Who saw" finds of one patient, on all its pages, as CSV."""
        search = self._search(request)
        patient = search.patient
        if patient is None:
            raise Http404
        self._record(request, [patient], "access report as CSV")
        return access_report(entries_of(search), patient=patient)

    def _search(self, request: HttpRequest) -> Search:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return Search.of(request.GET)

    def _searched(self, request: HttpRequest, *, page: str) -> tuple[Search, HttpResponse | None]:
        """What the address says; and the answer to a form, if one was sent."""
        search = self._search(request)
        if request.method != "POST":
            return search, None
        form = SearchForm(request.POST, search=search)
        if not form.is_valid():
            return search, self._audit_page(request, search, page=page, form=form)
        search = replace(search, **form.found)
        if form.several:
            return search, self._audit_page(request, search, page=page, several=form.several)
        return search, HttpResponseRedirect(_link(page, search.address()))

    def _entries_page(self, request: HttpRequest, search: Search) -> HttpResponse:
        found = newest_first(
            entries_of(search),
            size=PAGE_SIZE,
            before=place_of(request.GET.get(BEFORE)),
            after=place_of(request.GET.get(AFTER)),
        )
        rows = told(found.rows)
        self._record(request, (row.patient for row in rows), "access log")
        return self._audit_page(
            request,
            search,
            page=SAW,
            rows=rows,
            newer=found.newer and search.address(**{AFTER: found.newer}),
            older=found.older and search.address(**{BEFORE: found.older}),
            report=search.patient and f"{_page(REPORT)}?{search.address()}",
        )

    def _changes_page(self, request: HttpRequest, search: Search) -> HttpResponse:
        before = Place.read(request.GET.get(BEFORE, ""))
        found = changes_page(search, before=before) if search.has_subject else NOTHING
        self._record(request, (row.patient for row in found.rows), "changes")
        return self._audit_page(
            request,
            search,
            page=CHANGED,
            rows=[{"told": row, "history": _history_of(row.kept)} for row in found.rows],
            newest=before and search.address(),
            older=found.older and search.address(**{BEFORE: found.older}),
        )

    def _audit_page(
        self,
        request: HttpRequest,
        search: Search,
        *,
        page: str,
        form: SearchForm | None = None,
        several: Mapping[str, Sequence[Any]] = MappingProxyType({}),
        **shown: Any,
    ) -> HttpResponse:
        """The form with what is chosen, and below it what was found; or the `several` rows that
        were meant, by what they are, to choose one of.
        """
        form = form or SearchForm(search=search)
        offered = {name: rows[:FOUND_AT_MOST] for name, rows in several.items()}
        self._record(request, [search.patient, *offered.get("patient", ())], "audit search")
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            **shown,
            "title": TITLES[page],
            "subtitle": None,
            "opts": self.opts,
            "tabs": [
                {"words": words, "is_here": name == page, "link": _link(name, search.address())}
                for name, words in TITLES.items()
            ],
            "form": form,
            "search": search,
            "chosen": search.chosen(),
            "choices": [_choice(search, name, rows) for name, rows in offered.items()],
            "asks_for_more": page == CHANGED and not search.has_subject,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, TEMPLATES[page], context, status=status)

    def _record(self, request: HttpRequest, patients: Iterable[Patient | None], what: str) -> None:
        shown = {(one.account_id, one.pk, None) for one in patients if one}
        record_shown(sorted(shown), what=what, actor=self.actor(request))


def _page(name: str) -> str:
    return reverse(f"admin:{name}")


def _link(name: str, query: str) -> str:
    return f"{_page(name)}?{query}" if query else _page(name)


def _choice(search: Search, name: str, rows: Sequence[Any]) -> dict[str, Any]:
    """Those that a text may mean, each with the address of a search for it."""
    return {
        "name": name,
        "rows": [{"words": _about(row), "link": search.address(**{name: row})} for row in rows],
        "is_cut": len(rows) == FOUND_AT_MOST,
    }


def _about(row: Patient | Order | Person) -> str:
    if isinstance(row, Person):
        return row.words
    if isinstance(row, Order):
        return f"{row.reference} · {row.account}"
    born = f"born {day(row.date_of_birth)}" if row.date_of_birth else ""
    return " · ".join(filter(None, (about_patient(row), born, str(row.account))))


def _history_of(kept: Any) -> str:
    """The page with the history of the row; empty when it has none of its own."""
    meta = kept.pgh_tracked_model._meta
    try:
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_history", args=[kept.pgh_obj_id])
    except NoReverseMatch:
        return ""
