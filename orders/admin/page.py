"""The list of orders and the page of one. Nothing of an order is edited here: its buttons lead to
the steps of `orders.admin.steps`.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.decorators import display

from foundation.access import record_shown
from foundation.actors import Actor, Permission
from foundation.admin.pages import form_page
from foundation.errors import Refusal
from foundation.ids import number_in
from foundation.templatetags.words import day, moment
from orders.admin.add import AddingOrders
from orders.admin.steps import STEPS, Step
from orders.admin.taking import offered_steps, take_step
from orders.errors import AddressHasChanged
from orders.finding import Search
from orders.models import EventName, Order, OrderEvent, OrderNote
from orders.packing_slip import slip_answer
from orders.statuses import PAUSED, Status
from orders.summary import summary_answer, with_summary
from orders.views import words
from orders.views.coming_back import returns_of
from orders.views.packed import packed_of


class StatusFilter(admin.SimpleListFilter):
    """One status, or all the pauses together."""

    title = "status"
    parameter_name = "status"
    PAUSES = "paused"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(self.PAUSES, "Paused, for whatever reason"), *Status.choices]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        if self.value() == self.PAUSES:
            return queryset.filter(status__in=PAUSED)
        return queryset.filter(status=self.value()) if self.value() in Status else queryset


@admin.register(Order)
class OrderAdmin(AddingOrders):
    to_see = (Permission.SEE_ORDERS,)
    list_display = ("reference", "state", "recipient_name", "clinic", "placed", "door")
    list_select_related = ("account", "organisation", "patient", "site")
    list_filter = (StatusFilter, "account", "door", "phone_needed")
    history_of = ("lines", "shipments", "notes")
    search_help_text = (
        "Order’s reference or the clinic’s own number for it, patient’s name or reference, postcode"
    )

    # The list

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """As on the staff pages; of too many, some."""
        if not search_term:
            return queryset, False
        search = Search(search_term, queryset, actor=self.actor(request))
        if search.is_cut:
            messages.info(request, words.SEARCH_IS_CUT)
        found = self.of_this_page(request, search.ids)
        return queryset.filter(pk__in=found), False

    @admin.display(description="status")
    def state(self, order: Order) -> str:
        return render_to_string("parts/status.html", words.line_rows(order))

    @admin.display(description="for")
    def recipient_name(self, order: Order) -> str:
        return format_html('<span class="long-words">{}</span>', order.recipient)

    @display(description="clinic", header=True)
    def clinic(self, order: Order) -> tuple[str, str]:
        organisation = str(order.organisation or "")
        return (organisation, str(order.account)) if organisation else (str(order.account), "")

    @admin.display(description="placed")
    def placed(self, order: Order) -> str:
        return format_html('<span class="nowrap">{}</span>', moment(order.placed_at))

    def record_listed(self, request: HttpRequest, rows: Sequence[Order]) -> None:
        shown = [(row.account_id, row.patient_id, row.pk) for row in rows if row.patient_id]
        record_shown(shown, what="order list", actor=self.actor(request))

    def record_shown(self, request: HttpRequest, row: Order, what: str) -> None:
        if row.patient_id is not None:
            shown = [(row.account_id, row.patient_id, row.pk)]
            record_shown(shown, what=what, actor=self.actor(request))

    # The page of an order

    def get_urls(self) -> list[URLPattern]:
        step = self.admin_site.admin_view(self.step_view)
        own = [path("<int:pk>/step/<slug:name>/", step, name="orders_order_step")]
        summary = self.admin_site.admin_view(self.summary_view)
        own.append(path("<int:pk>/summary/", summary, name="orders_order_summary"))
        slip = self.admin_site.admin_view(self.slip_view)
        own.append(path("<int:pk>/packing-slip/", slip, name="orders_order_slip"))
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        order = self._order(request, object_id)
        self.record_shown(request, order, "order page")
        actor = self.actor(request)
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            **_everything_about(order, actor),
            "title": f"Order {order.reference}",
            "subtitle": None,
            "opts": self.opts,
            "original": order,
            "change": True,
            "steps": offered_steps(order, actor=actor),
            "may_pack": actor.may(Permission.FULFIL_ORDERS),
        }
        return TemplateResponse(request, "admin/orders/order_page.html", context)

    def step_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """The page that asks for what a step needs, and takes it."""
        order, step = self._order(request, str(pk)), STEPS.get(name)
        if step is None:
            raise Http404
        if not self.may(request, step.needs):
            raise PermissionDenied
        self.record_shown(request, order, "order step")
        if request.method == "POST":
            return self._post_step(request, order, step)
        try:
            step.check(order)
        except Refusal as refusal:
            messages.warning(request, refusal.words)
            return HttpResponseRedirect(_page_of(order))
        return self._step_page(request, order, step, step.asks(order=order))

    def summary_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """On one page of paper, with codes to scan."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        order = self._order(request, str(pk))
        self.record_shown(request, order, "order summary")
        return summary_answer(with_summary(Order.objects.all()).get(pk=order.pk))

    def slip_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What goes into the parcel, with the code for the patient: for who packs."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.may(request, Permission.FULFIL_ORDERS):
            raise PermissionDenied
        order = self._order(request, str(pk))
        self.record_shown(request, order, "packing slip")
        orders = with_summary(Order.objects.select_related("study"))
        return slip_answer(orders.get(pk=order.pk))

    def _post_step(self, request: HttpRequest, order: Order, step: Step) -> HttpResponse:
        form = step.asks(request.POST, order=order)
        if form.is_valid():
            try:
                take_step(step, form, order=order, actor=self.actor(request))
            except AddressHasChanged as refusal:
                form = step.asks(form.initial, order=order)  # with the address that is there now
                form.add_refusal(refusal)
            except Refusal as refusal:
                form.add_refusal(refusal)
            else:
                messages.success(request, step.done)
                return HttpResponseRedirect(_page_of(order))
        return self._step_page(request, order, step, form)

    def _step_page(self, request: HttpRequest, order: Order, step: Step, form: Any) -> HttpResponse:
        return form_page(
            self,
            request,
            form,
            template="admin/orders/step_page.html",
            row=order,
            order=order,
            pill=words.line_rows(order),
            title=step.words,
            text=step.text,
            submit=step.words,
            danger=step.is_final,
            back=_page_of(order),
        )

    def _order(self, request: HttpRequest, number: str) -> Order:
        if not self.has_view_permission(request):
            raise PermissionDenied
        orders = Order.objects.visible_to(self.actor(request)).with_its_people()
        orders = orders.select_related("study__organisation")
        order = orders.filter(pk=number_in(number)).first()
        if order is None:
            raise Http404
        return order


def _page_of(order: Order) -> str:
    return reverse("admin:orders_order_change", args=[order.pk])


def _everything_about(order: Order, actor: Actor) -> dict[str, Any]:
    events = list(order.events.select_related("note").order_by("pk"))
    return {
        "order": order,
        "pill": words.line_rows(order),
        "notice": words.notice_of(order, events, actor=actor),
        "recipient": _recipient(order, sees_patient=actor.may(Permission.SEE_PATIENTS)),
        "clinic": _clinic(order),
        "study": _study(order, actor),
        "lines": [words.line_words(one) for one in order.lines.select_related("item", "kit")],
        "packed": _packed(order),
        "shipments": [words.shipment_row(one) for one in order.shipments.order_by("-pk")],
        "returns": returns_of(order),
        "notes": _notes(order, events),
        "events": words.timeline_of(events),
    }


def _packed(order: Order) -> list[words.Row]:
    """Each with the way to its own page."""
    return [
        one
        | {
            "page": reverse(
                f"admin:inventory_{one['row']._meta.model_name}_change", args=[one["row"].pk]
            )
        }
        for one in packed_of(order)
    ]


def _recipient(order: Order, *, sees_patient: bool) -> list[words.Row]:
    """Of a patient, those who only pack see no more than what is written on the parcel."""
    patient = order.patient
    if patient is None:
        page = reverse("admin:organisations_site_change", args=[order.site_id])
        return [{"name": "Site", "value": _link(page, order.site)}]
    if not sees_patient:
        return [{"name": "Name", "value": patient}]
    page = reverse("admin:patients_patient_change", args=[patient.pk])
    return [
        {"name": "Name", "value": _link(page, patient)},
        {"name": "Date of birth", "value": day(patient.date_of_birth)},
        {"name": "Reference", "value": patient.reference},
        {"name": "Email address", "value": patient.email},
        {"name": "Mobile phone", "value": words.phone_of(patient, region=order.account.country)},
    ]


def _study(order: Order, actor: Actor) -> list[words.Row]:
    """Where the test stands, and what was ordered; a link for who may see it."""
    if order.study is None:
        return []
    page = reverse("admin:studies_study_change", args=[order.study_id])
    status = order.study.get_status_display()
    seen = actor.may(Permission.SEE_STUDIES)
    progress: words.Row = {"name": "Test", "value": _link(page, status) if seen else status}
    return [progress, *words.study_rows(order), *words.code_rows(order, actor=actor)]


def _clinic(order: Order) -> list[words.Row]:
    account = reverse("admin:organisations_account_change", args=[order.account_id])
    rows: list[words.Row] = [{"name": "Account", "value": _link(account, order.account)}]
    if order.organisation:
        page = reverse("admin:organisations_organisation_change", args=[order.organisation_id])
        rows.append({"name": "Organisation", "value": _link(page, order.organisation)})
    if order.external_ids:
        rows.append({"name": "Its own order numbers", "lines": order.external_ids})
    return rows


def _link(page: str, words_: Any) -> str:
    return format_html('<a href="{}">{}</a>', page, words_)


def _notes(order: Order, events: list[OrderEvent]) -> list[OrderNote]:
    """Those that were added, newest first, and those that came with the order."""
    added = [one.note for one in events if one.note and one.name == EventName.NOTE_ADDED]
    return [*reversed(added), *order.notes.filter(is_reason=False).order_by("-pk")]
