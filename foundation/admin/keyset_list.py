"""Lists of tables that grow without end: newest first, without OFFSET or COUNT, and searched by a
form whose text stays out of the address (docs/decisions/0030-search-in-the-admin.md).
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from foundation.admin.house import HouseAdmin
from foundation.ids import number_in
from foundation.kept_search import SEARCH, NotSearchable, keep_search, kept_search
from foundation.keyset import Page, nearest, newest_first

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList
else:
    from unfold.views import ChangeList

BEFORE, AFTER = "before", "after"
# A number above any id: PostgreSQL's bigint ends here.
ABOVE_ALL = 2**63 - 1


class KeysetList(ChangeList):
    """One page of the rows, in the one order there is."""

    page: Page[Any]

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        found = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name != SEARCH}

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> models.QuerySet[Any]:
        # A link to a filter begins at the newest again, so it does not carry the place.
        for place in (BEFORE, AFTER):
            self.filter_params.pop(place, None)
        self.query = kept_search(request)
        return super().get_queryset(request, exclude_parameters)

    def get_ordering(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> list[Any]:
        return ["-pk"]

    def get_results(self, request: HttpRequest) -> None:
        self.page = self.find_page(request)
        self.result_list = self.page.rows
        self.result_count = self.full_result_count = len(self.page.rows)
        self.show_full_result_count = self.show_admin_actions = self.multi_page = False
        self.can_show_all = True

    def find_page(self, request: HttpRequest) -> Page[Any]:
        return newest_first(
            self.queryset,
            size=self.list_per_page,
            before=place_of(request.GET.get(BEFORE)),
            after=place_of(request.GET.get(AFTER)),
        )

    @property
    def newer_link(self) -> str | None:
        return self.get_query_string({AFTER: self.page.newer}) if self.page.newer else None

    @property
    def older_link(self) -> str | None:
        return self.get_query_string({BEFORE: self.page.older}) if self.page.older else None


class KeysetAdmin(HouseAdmin):
    """The admin of such a table. What a search finds, a subclass says in `get_search_results`."""

    list_per_page = 25
    list_max_show_all = 0
    sortable_by = ()
    show_facets = ShowFacets.NEVER
    change_list_template = "admin/house/keyset_list.html"
    search_fields = ("pk",)  # so that there is a box

    def record_listed(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Leave a row in the access log for each patient on the page."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return KeysetList

    def get_changelist_instance(self, request: HttpRequest) -> KeysetList:
        changes = super().get_changelist_instance(request)
        assert isinstance(changes, KeysetList)
        self.record_listed(request, changes.page.rows)
        return changes

    def of_this_page(self, request: HttpRequest, ids: Iterable[int]) -> list[int]:
        """Those of so many found that the page asked for may show: a statement need not name all.

        They must have been found among the rows that the list's filters let through.
        """
        return nearest(
            sorted(ids, reverse=True),
            size=self.list_per_page,
            before=place_of(request.GET.get(BEFORE)),
            after=place_of(request.GET.get(AFTER)),
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        is_search = request.method == "POST" and "action" not in request.POST
        if is_search and self.has_view_permission(request):
            return self._keep_search(request)
        return super().changelist_view(request, extra_context)

    def response_action(
        self, request: HttpRequest, queryset: models.QuerySet[Any], *place: Any
    ) -> HttpResponse | None:
        """Only for rows that were ticked: nobody means all of a list without end."""
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(number_in(one) for one in ticked):
            raise BadRequest("These are not numbers of rows.")
        return super().response_action(request, queryset.filter(pk__in=ticked), *place)

    def _keep_search(self, request: HttpRequest) -> HttpResponse:
        """Remember the text for this session, and lead to a link that can be returned to."""
        where = _without_place(request.GET)
        try:
            word = keep_search(request)
        except NotSearchable as refusal:
            messages.error(request, refusal.words)
        else:
            if word:
                where[SEARCH] = word
        return HttpResponseRedirect(f"{request.path}?{where.urlencode()}")


def place_of(text: str | None) -> int | None:
    """The id that an address names; None for anything else."""
    if text is None or not (text.isascii() and text.isdecimal()):
        return None
    return min(int(text[:20]), ABOVE_ALL)


def _without_place(params: QueryDict) -> QueryDict:
    kept = params.copy()
    for name in (BEFORE, AFTER, SEARCH):
        kept.pop(name, None)
    return kept
