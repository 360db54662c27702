"""Which orders an address asks for: filters in plain words, and a word for what was searched for.
The list and its export read it alike.
"""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from foundation.kept_search import SEARCH, kept_search
from orders.finding import Selection
from orders.forms import FilterForm
from orders.views.words import SEARCH_IS_CUT, Row
from organisations.models import Organisation
from organisations.visit import Visit


@dataclass(frozen=True)
class Asked:
    """What the address of this visit asks for."""

    visit: Visit

    @cached_property
    def filters(self) -> FilterForm:
        seen = Organisation.objects.visible_to(self.visit.actor).select_related("product")
        mine = seen.filter(account_id=self.visit.account.pk).order_by("name", "pk")
        return FilterForm(
            self.visit.request.GET,
            organisations=mine,
            sees_supplies=self.visit.actor.sees_all_organisations,
        )

    @cached_property
    def text(self) -> str:
        return kept_search(self.visit.request)

    @property
    def has_lost_its_search(self) -> bool:
        """The word means nothing here: it is another session's, or too old."""
        return bool(self.visit.request.GET.get(SEARCH)) and not self.text

    @cached_property
    def selection(self) -> Selection:
        return Selection(self.filters.asked, self.text, actor=self.visit.actor)

    @property
    def is_cut(self) -> str:
        """Said when not all that begins with the text was looked through."""
        return SEARCH_IS_CUT if self.selection.is_cut else ""

    @property
    def is_everything(self) -> bool:
        return not self.filters.answers and not self.text

    @property
    def parameters(self) -> dict[str, str]:
        """All that is asked for, as an address says it; what means nothing is left out."""
        return self.filters.answers | self._search

    @property
    def active(self) -> list[Row]:
        """Each filter in words, with the address without it."""
        return [
            {
                "name": self.filters[name].label,
                "words": words,
                "url": self.url(**{name: ""}),
            }
            for name, words in self.filters.words.items()
        ]

    def url(self, page: str = "orders:list", **other: str) -> str:
        """The page for the same orders, with these parameters replaced; an empty one goes."""
        given = {name: value for name, value in (self.parameters | other).items() if value}
        return f"{reverse(page)}?{urlencode(given)}" if given else reverse(page)

    @property
    def without_search(self) -> str:
        return self.url(**{SEARCH: ""})

    @property
    def save_url(self) -> str:
        return self.url("orders:new_filter", **{SEARCH: ""})

    @property
    def _search(self) -> dict[str, str]:
        return {SEARCH: self.visit.request.GET[SEARCH]} if self.text else {}
