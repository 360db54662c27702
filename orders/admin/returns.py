"""Returns in the admin: the list, the page of one, and a button for each step of its way home."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.admin import KeysetAdmin
from foundation.admin.asking import AskingAdmin, sent
from foundation.fields import NoteField, PlainTextField
from foundation.forms import StaffForm
from foundation.ids import number_in
from orders import returns
from orders.admin.device_forms import CentreForm
from orders.admin.step_forms import TRACKING_LENGTH
from orders.errors import ReasonMissing
from orders.fulfilment import Tracking
from orders.models import NOTE_LENGTH, Return
from orders.return_statuses import NEXT, ReturnStatus

LEADS: Mapping[str, ReturnStatus] = {
    "send_label": ReturnStatus.OUTBOUND,
    "label_came": ReturnStatus.PENDING_RETURN,
    "on_its_way": ReturnStatus.IN_TRANSIT,
    "arrived": ReturnStatus.ARRIVED,
    "begin_receiving": ReturnStatus.RECEIVING,
    "complete": ReturnStatus.COMPLETED,
    "void": ReturnStatus.VOIDED,
}


class ParcelForm(StaffForm):
    """The parcel that comes home."""

    carrier = PlainTextField(max_length=TRACKING_LENGTH)
    number = PlainTextField(label="Tracking number", max_length=TRACKING_LENGTH)

    missing: ClassVar[Mapping[str, str]] = {
        "carrier": "Enter the carrier",
        "number": "Enter the tracking number",
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {"tracking": "number"}


class WhyForm(StaffForm):
    reason = NoteField(label="Reason", max_length=NOTE_LENGTH)

    missing: ClassVar[Mapping[str, str]] = {"reason": ReasonMissing.message}
    refusal_fields: ClassVar[Mapping[str, str]] = {"reason": "reason"}


@admin.register(Return)
class ReturnAdmin(AskingAdmin, KeysetAdmin):
    to_see = (Permission.SEE_ORDERS,)
    list_display = ("pk", "status", "account", "sender", "order", "placed_at")
    list_select_related = ("account", "patient", "site", "order")
    list_filter = ("status", "account")
    history_of = ("items", "devices", "packed_kits")
    search_help_text = "The number of the return, or a tracking number"
    fields = (
        *("status", "account", "patient", "site", "order", "expected"),
        *("shipping_option", "email_label", "carrier", "tracking_number", "place"),
        *("placed_at", "changed_at"),
    )
    readonly_fields = ("expected", "placed_at", "changed_at")
    actions_detail = tuple(LEADS)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        term = search_term.strip()
        found = models.Q(pk=number_in(term)) | models.Q(tracking_number=term)
        return queryset.filter(found), False

    @admin.display(description="comes from")
    def sender(self, back: Return) -> str:
        return str(back.sender)

    @admin.display(description="expected")
    def expected(self, back: Return) -> str:
        rows = (
            *back.items.select_related("item").order_by("pk"),
            *back.devices.select_related("device__item").order_by("pk"),
            *back.packed_kits.select_related("packed_kit__kit").order_by("pk"),
        )
        return ", ".join(map(str, rows))

    def record_listed(self, request: HttpRequest, rows: Sequence[Return]) -> None:
        self._record(request, rows, "list")

    def record_shown(self, request: HttpRequest, row: Return, what: str) -> None:
        self._record(request, [row], what)

    def _record(self, request: HttpRequest, rows: Sequence[Return], what: str) -> None:
        shown = [(row.account_id, row.patient_id, row.order_id) for row in rows if row.patient_id]
        record_shown(shown, what=what, actor=self.actor(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Clinics place returns, with an order or by API v3."""
        return False

    def has_manage_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.may(request, Permission.FULFIL_ORDERS)

    def has_void_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.may(request, Permission.VOID_ORDERS)

    def idle_buttons(self, row: Return) -> set[str]:
        onward = NEXT[ReturnStatus(row.status)]
        return {name for name, status in LEADS.items() if status not in onward}

    @action(description="Label sent", url_path="label-sent", permissions=["manage"])
    def send_label(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            returns.send_label,
            done="The label is on its way.",
            title="The label is on its way",
            text="In a parcel, to whoever sends the things back.",
        )

    @action(description="Label arrived", url_path="label-arrived", permissions=["manage"])
    def label_came(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            returns.wait_for_return,
            done="The return is waited for.",
            title="The label arrived",
            text="It came with the parcel or by e-mail. From now on the return is waited for.",
        )

    @action(description="On its way", url_path="on-its-way", permissions=["manage"])
    def on_its_way(self, request: HttpRequest, object_id: str) -> HttpResponse:
        back = self.get_object(request, object_id)
        form = ParcelForm(sent(request))

        def see() -> HttpResponse:
            tracking = Tracking(form.cleaned_data["carrier"], form.cleaned_data["number"])
            returns.see_return_on_its_way(back, tracking=tracking, actor=self.actor(request))
            return self.go_back(request, back, "The return is on its way.")

        return self.ask(
            request,
            form,
            see,
            row=back,
            title="The return is on its way",
            about=back,
            text="The carrier has it. Its order becomes “return on its way” too.",
            submit="It is on its way",
        )

    @action(description="Arrived", url_path="arrived", permissions=["manage"])
    def arrived(self, request: HttpRequest, object_id: str) -> HttpResponse:
        back = self.get_object(request, object_id)
        form = CentreForm(sent(request))

        def note() -> HttpResponse:
            place = form.cleaned_data["site"]
            returns.note_arrival(back, place, actor=self.actor(request))
            return self.go_back(request, back, "The return is here.")

        return self.ask(
            request,
            form,
            note,
            row=back,
            title="The return arrived",
            about=back,
            text="Nobody has opened it yet.",
            submit="It is here",
        )

    @action(description="Begin receiving", url_path="begin-receiving", permissions=["manage"])
    def begin_receiving(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            returns.begin_receiving,
            done="The return is being received.",
            title="Begin receiving",
            text="Open it and look if all that was expected is in it.",
        )

    @action(description="All received", url_path="all-received", permissions=["manage"])
    def complete(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            returns.complete_return,
            done="The return is done.",
            title="All was received",
            text="Devices and packed kits came home and wait to be made ready; items are in stock"
            " as used ones. If a device is missing, let the others come home one by one instead.",
        )

    @action(description="Void", url_path="void", permissions=["void"])
    def void(self, request: HttpRequest, object_id: str) -> HttpResponse:
        back = self.get_object(request, object_id)
        form = WhyForm(sent(request))

        def call_off() -> HttpResponse:
            reason = form.cleaned_data["reason"]
            returns.void_return(back, reason=reason, actor=self.actor(request))
            return self.go_back(request, back, "The return is voided.")

        return self.ask(
            request,
            form,
            call_off,
            row=back,
            title="Void the return",
            about=back,
            text="Nothing is expected back any more. This cannot be undone.",
            submit="Void the return",
            danger=True,
        )

    def _do(
        self,
        request: HttpRequest,
        object_id: str,
        command: Callable[..., Return],
        **context: Any,
    ) -> HttpResponse:
        back = self.get_object(request, object_id)
        return self.confirm(
            request,
            back,
            lambda: command(back, actor=self.actor(request)),
            about=back,
            submit=context["title"],
            **context,
        )
