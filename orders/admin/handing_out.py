"""What the pages of devices and of packed kits have in common: at a site of its account each is
given to a patient and taken back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from unfold.decorators import action

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.admin.asking import AskingAdmin
from inventory import handing_out
from inventory.models import Device, PackedKit
from inventory.statuses import DeviceStatus, PackedKitStatus
from orders.admin.whom import WhomForm

GIVEN_AND_TAKEN = ("give", "take_back")


@dataclass(frozen=True)
class HandedOut:
    """Something of this kind: what it is called, where it is between two patients, and what gives
    it to one and takes it back.
    """

    called: str
    at_site: str
    with_patient: str
    gives: Callable[..., Any]
    takes_back: Callable[..., Any]


DEVICE = HandedOut(
    "device",
    DeviceStatus.AVAILABLE_AT_SITE,
    DeviceStatus.WITH_PATIENT,
    handing_out.associate_device,
    handing_out.dissociate_device,
)
PACKED_KIT = HandedOut(
    "packed kit",
    PackedKitStatus.PACKED_AT_SITE,
    PackedKitStatus.WITH_PATIENT,
    handing_out.link_kit,
    handing_out.unlink_kit,
)


class HandingOut(AskingAdmin):
    """Buttons that give it to a patient and take it back."""

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

    def not_now(self, row: Device | PackedKit) -> set[str]:
        """Those of the two buttons that would change nothing now."""
        if not row.is_at_a_customers_site:
            return set(GIVEN_AND_TAKEN)
        idle = set() if row.status == self.kind.at_site else {"give"}
        return idle if row.status == self.kind.with_patient else {*idle, "take_back"}

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
