"""How the list of deliveries is narrowed down. Of millions the few that fit may be far back, so not
more than so many are looked through at once.
"""

from typing import Any, Final

from django.contrib import admin, messages
from django.db import models
from django.db.models import Q
from django.http import HttpRequest

from foundation.admin.keyset_list import KeysetList
from foundation.ids import number_in
from foundation.keyset import Page
from organisations.models import Account
from portal.developers.looking import LOOKED_THROUGH, look_for
from webhooks.log import Outcome
from webhooks.models import WebhookEndpoint

IS_CUT: Final = f"{LOOKED_THROUGH:,} deliveries were looked through. “Older” looks further back."


class RareFilter(admin.SimpleListFilter):
    """What fits may be rare, so the list itself looks for what is `having` it."""

    @property
    def having(self) -> Q:
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        return queryset


class OutcomeFilter(RareFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return Outcome.choices

    @property
    def having(self) -> Q:
        chosen = self.value() or ""
        return Outcome(chosen).having if chosen in Outcome.values else Q()


class AccountFilter(RareFilter):
    """Accounts that have an endpoint, or had one."""

    title = "account"
    parameter_name = "account"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        told = WebhookEndpoint.objects.values("account")
        accounts = Account.objects.filter(pk__in=told).order_by("name")
        return [(str(number), name) for number, name in accounts.values_list("pk", "name")]

    @property
    def having(self) -> Q:
        chosen = self.value()
        return Q() if chosen is None else Q(account_id=number_in(chosen))


class EndpointFilter(admin.SimpleListFilter):
    """The one that a link from its page names; its rows are found along an index."""

    title = "endpoint"
    parameter_name = "endpoint"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """None but the chosen one: all would be a long list."""
        chosen = self.value()
        if chosen is None:
            return []
        found = WebhookEndpoint.objects.filter(pk=number_in(chosen)).first()
        return [(chosen, str(found or "No such endpoint"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        chosen = self.value()
        return queryset if chosen is None else queryset.filter(endpoint=number_in(chosen))


class DeliveryList(KeysetList):
    """Newest first, looking through so many at once when it is narrowed down."""

    def find_page(self, request: HttpRequest) -> Page[Any]:
        having = Q()
        for one in self.filter_specs:
            having &= one.having if isinstance(one, RareFilter) else Q()
        found = look_for(
            having,
            among=self.queryset,
            asked=request.GET,
            is_bounded=bool(having),
            size=self.list_per_page,
        )
        if found.is_cut:
            messages.info(request, IS_CUT)
        return Page(found.rows, found.older, found.newer)
