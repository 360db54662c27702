"""What the pages of devices and of packed kits have in common: at a site of its account each is
given to a patient and taken back, and from wherever it is out there it is asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.admin.asking import AskingAdmin, sent
from foundation.forms import StaffForm
from inventory import handing_out
from inventory.models import Device, PackedKit
from inventory.statuses import DeviceStatus, PackedKitStatus
from orders.admin.whom import WhomForm
from orders.expecting import Label
from orders.returns import StandaloneReturn, place_return
from orders.wanted import KnownSite, ReturnWanted
from patients.wanted import KnownPatient

GIVEN_AND_TAKEN = ("give", "take_back", "ask_back")


@dataclass(frozen=True)
class HandedOut:
    """Something of this kind: what it is called, where it is between two patients, and what gives
    it to one and takes it back. `wanted_back` is a return of just the one with this number.
    """

    called: str
    at_site: str
    with_patient: str
    gives: Callable[..., Any]
    takes_back: Callable[..., Any]
    wanted_back: Callable[[int], ReturnWanted]


DEVICE = HandedOut(
    "device",
    DeviceStatus.AVAILABLE_AT_SITE,
    DeviceStatus.WITH_PATIENT,
    handing_out.associate_device,
    handing_out.dissociate_device,
    wanted_back=lambda number: ReturnWanted(devices=(number,)),
)
PACKED_KIT = HandedOut(
    "packed kit",
    PackedKitStatus.PACKED_AT_SITE,
    PackedKitStatus.WITH_PATIENT,
    handing_out.link_kit,
    handing_out.unlink_kit,
    wanted_back=lambda number: ReturnWanted(packed_kits=(number,)),
)


class LabelForm(StaffForm):
    """How the label for the way back gets there."""

    email_label = forms.BooleanField(
        label="Send the label by e-mail",
        required=False,
        help_text="Else it is sent in a parcel",
    )

    refusal_fields: ClassVar[dict[str, str]] = {"email_label": "email_label"}


class HandingOut(AskingAdmin):
    """Buttons that give it to a patient, take it back, and ask for it."""

    kind: ClassVar[HandedOut]

    def record_shown(self, request: HttpRequest, row: Device | PackedKit, what: str) -> None:
        if row.patient_id is not None:
            shown = [(row.holder_id, row.patient_id, None)]
            record_shown(shown, what=what, actor=self.actor(request))

    def has_hand_out_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.may(request, Permission.HAND_OUT_DEVICES)

    def has_give_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whoever gives it away looks for the patient."""
        sees_patients = self.may(request, Permission.SEE_PATIENTS)
        return sees_patients and self.may(request, Permission.HAND_OUT_DEVICES)

    def has_ask_back_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.may(request, Permission.PLACE_ORDERS)

    def not_now(self, row: Device | PackedKit) -> set[str]:
        """Those of these buttons that would change nothing now."""
        idle = set(GIVEN_AND_TAKEN)
        if row.patient_id is not None or row.is_at_a_customers_site:
            idle.remove("ask_back")
        if row.is_at_a_customers_site and row.status == self.kind.at_site:
            idle.remove("give")
        if row.is_at_a_customers_site and row.status == self.kind.with_patient:
            idle.remove("take_back")
        return idle

    @action(description="Give to a patient", url_path="give", permissions=["give"])
    def give(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row, actor = self.get_object(request, object_id), self.actor(request)
        data = request.POST if request.method == "POST" else None
        form = WhomForm(data, account_id=row.holder_id, actor=actor)
        shown = [(one.account_id, one.pk, None) for one in form.people]
        record_shown(shown, what="patient search", actor=actor)

        def hand_over() -> HttpResponse:
            self.kind.gives(row, form.chosen, actor=actor)
            return self.go_back(request, row, f"The patient has the {self.kind.called}.")

        return self.ask(
            request,
            form,
            hand_over,
            row=row,
            template="admin/orders/whom_page.html",
            title=f"Give the {self.kind.called} to a patient",
            about=row,
            text=f"To a patient of {row.holder}.",
            submit=f"Give them the {self.kind.called}",
        )

    @action(description="Take back", url_path="take-back", permissions=["hand_out"])
    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row, actor = self.get_object(request, object_id), self.actor(request)
        self.record_shown(request, row, f"{self.kind.called} taken back")
        return self.confirm(
            request,
            row,
            lambda: self.kind.takes_back(row, row.patient, actor=actor),
            done=f"The {self.kind.called} is at its site again.",
            title=f"Take the {self.kind.called} back",
            about=f"{row}, with {row.patient}" if row.patient else row,
            text="The patient has brought it to the site, and has it no more.",
            submit="Take it back",
        )

    @action(description="Ask for it back", url_path="ask-back", permissions=["ask_back"])
    def ask_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row, form = self.get_object(request, object_id), LabelForm(sent(request))
        self.record_shown(request, row, f"{self.kind.called} asked for")

        def ask_for_it() -> HttpResponse:
            actor = self.actor(request).for_account(row.holder_id)
            back = place_return(self._asked(row, form), actor=actor)
            messages.info(request, "It is expected back.")
            return HttpResponseRedirect(reverse("admin:orders_return_change", args=[back.pk]))

        return self.ask(
            request,
            form,
            ask_for_it,
            row=row,
            title=f"Ask for the {self.kind.called} back",
            about=f"{row}, with {row.patient or row.place}",
            text="They get a label and send it home. The return’s own page shows how far it is.",
            submit="Ask for it back",
        )

    def _asked(self, row: Device | PackedKit, form: LabelForm) -> StandaloneReturn:
        sender = KnownPatient(row.patient_id) if row.patient_id else KnownSite(row.place_id or 0)
        return StandaloneReturn(
            sender=sender,
            wanted=self.kind.wanted_back(row.pk),
            label=Label(by_email=form.cleaned_data["email_label"]),
        )
