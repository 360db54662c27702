""" "Add order": the account first, then one page with everything else. It is a draft's page, so
that pressing the button twice makes one order.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from foundation.actors import Actor, Permission
from foundation.admin import KeysetAdmin
from foundation.admin.pages import form_page
from foundation.errors import Refusal
from orders.admin.entry import AccountForm, OrderEntry
from orders.drafts import find_draft, open_draft, place_draft
from orders.forms import show_refusal
from orders.models import Order, OrderDraft

EVERYTHING = "admin:orders_order_changelist"


class AddingOrders(KeysetAdmin):
    """The part of the orders' admin that places one."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, Permission.PLACE_ORDERS)

    def get_urls(self) -> list[URLPattern]:
        entry = self.admin_site.admin_view(self.entry_view)
        own = [path("add/<uuid:draft_id>/", entry, name="orders_order_entry")]
        return [*own, *super().get_urls()]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Choose the account."""
        actor = self._who_places(request)
        form = AccountForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            draft = open_draft(actor=actor.for_account(form.cleaned_data["account"].pk))
            return HttpResponseRedirect(reverse("admin:orders_order_entry", args=[draft.public_id]))
        return form_page(
            self,
            request,
            form,
            title="Add order",
            text="For which account?",
            submit="Continue",
            back=reverse(EVERYTHING),
        )

    def entry_view(self, request: HttpRequest, draft_id: UUID) -> HttpResponse:
        """Answer everything and place the order, or find a patient and go on answering."""
        actor = self._who_places(request)
        draft = find_draft(draft_id, actor=actor)
        if draft is None:
            raise Http404
        if draft.order is not None:
            return self._placed(request, draft.order)
        if request.method != "POST":
            return self._entry_page(request, OrderEntry(draft, actor=actor))
        if "find" in request.POST:
            found = OrderEntry(draft, actor=actor, data=request.POST, judged=False)
            return self._entry_page(request, found)
        entry = OrderEntry(draft, actor=actor, data=request.POST)
        order = self._place(draft, entry, actor=actor)
        return self._placed(request, order) if order else self._entry_page(request, entry)

    def _who_places(self, request: HttpRequest) -> Actor:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self.actor(request)

    def _place(self, draft: OrderDraft, entry: OrderEntry, *, actor: Actor) -> Order | None:
        if not entry.is_valid():
            return None
        try:
            return place_draft(draft, entry.wanted, actor=actor)
        except Refusal as refusal:
            show_refusal(refusal, *entry.forms)
            return None

    def _placed(self, request: HttpRequest, order: Order) -> HttpResponse:
        messages.success(request, f"Order {order.reference} is placed.")
        return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order.pk]))

    def _entry_page(self, request: HttpRequest, entry: OrderEntry) -> HttpResponse:
        entry.record_shown()
        is_wrong = any(form.errors for form in entry.forms)
        return form_page(
            self,
            request,
            entry.who,
            template="admin/orders/entry_page.html",
            status=422 if is_wrong else 200,
            entry=entry,
            is_wrong=is_wrong,
            account=entry.draft.account,
            title=f"Add order for {entry.draft.account}",
            submit="Place order",
            back=reverse(EVERYTHING),
        )
