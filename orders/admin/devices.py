"""Devices in the admin: the list, the page of one, and a button for each thing that is done to it
in the warehouse. Packing one is on the order's page.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action

from foundation.actors import Permission
from foundation.admin import KeysetAdmin
from foundation.admin.asking import sent
from inventory import devices as warehouse
from inventory import handing_out
from inventory.models import Device, DeviceIdentifier, PackedDevice
from inventory.statuses import NEXT, OUT, DeviceStatus
from orders.admin.device_forms import CentreForm, NewDeviceForm
from orders.admin.handing_out import DEVICE, GIVEN_AND_TAKEN, HandingOut
from orders.coming_home import receive_back

SEES = (Permission.SEE_STOCK,)
CHANGES = (Permission.CHANGE_STOCK,)
# By the button: where it leads to. Coming home is not among them, because it asks where.
LEADS: Mapping[str, DeviceStatus] = {
    "receive": DeviceStatus.AVAILABLE,
    "refurbish": DeviceStatus.REFURBISHING,
    "make_available": DeviceStatus.AVAILABLE_REPACKED,
    "decommission": DeviceStatus.DECOMMISSIONED,
    "give_back": DeviceStatus.RETURNED_MANUFACTURER,
    "mark_as_error": DeviceStatus.RECEIVED_IN_ERROR,
}
READINGS = ("disable_readings", "enable_readings")


@admin.register(Device)
class DeviceAdmin(HandingOut, KeysetAdmin):
    to_see = SEES
    kind = DEVICE
    list_display = ("item", "known_by", "status", "owner", "holder", "place")
    list_select_related = ("item", "owner", "holder", "place")
    list_filter = ("status", "owner")
    history_of = ("identifiers",)
    search_help_text = "An identifier, whole"
    fields = (
        *("item", "status", "used", "known_by", "owner", "holder", "place", "patient"),
        *("external_id", "readings_disabled", "last_signal_at", "written_down_at"),
    )
    readonly_fields = ("known_by", "written_down_at")
    actions_detail = (*GIVEN_AND_TAKEN, "receive_home", *LEADS, *READINGS)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("identifiers")

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        known = DeviceIdentifier.objects.filter(value=search_term.strip())
        return queryset.filter(pk__in=known.values("device")), False

    @admin.display(description="known by")
    def known_by(self, device: Device) -> str:
        return ", ".join(str(one) for one in device.identifiers.all())

    def record_listed(self, request: HttpRequest, rows: Sequence[Device]) -> None:
        """The list names nobody."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_manage_permission(request)

    def has_manage_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.may(request, *CHANGES)

    def idle_buttons(self, row: Device) -> set[str]:
        onward = NEXT[DeviceStatus(row.status)]
        idle = {name for name, status in LEADS.items() if status not in onward}
        idle |= self.not_now(row)
        idle.add("disable_readings" if row.readings_disabled else "enable_readings")
        if row.status == DeviceStatus.PACKED:  # which the order's page undoes
            idle |= {"receive", "make_available"}
        return idle if row.status in OUT else {*idle, "receive_home"}

    def not_now(self, row: Any) -> set[str]:
        """One in a packed kit comes and goes with its kit."""
        idle = super().not_now(row)
        inside = PackedDevice.objects.filter(device=row, left_at=None)
        return idle if "ask_back" in idle or not inside.exists() else set(GIVEN_AND_TAKEN)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewDeviceForm(sent(request))

        def write_down() -> HttpResponse:
            device = warehouse.write_down_device(form.wanted, actor=self.actor(request))
            return self.go_back(request, device, "The device is written down.")

        return self.ask(
            request,
            form,
            write_down,
            title="Write down a device",
            text="It is in stock from when it is received.",
            submit="Write down",
            back=self.page("changelist"),
        )

    @action(description="Came home", url_path="came-home", permissions=["manage"])
    def receive_home(self, request: HttpRequest, object_id: str) -> HttpResponse:
        device = self.get_object(request, object_id)
        form = CentreForm(sent(request))

        def receive() -> HttpResponse:
            receive_back(device, form.cleaned_data["site"], actor=self.actor(request))
            return self.go_back(request, device, "The device is here.")

        return self.ask(
            request,
            form,
            receive,
            row=device,
            title="The device came home",
            about=device,
            text="No patient and no order has it any more.",
            submit="It is here",
        )

    @action(description="Receive", url_path="receive", permissions=["manage"])
    def receive(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            warehouse.receive_device,
            done="The device is in stock.",
            title="Receive the device",
            text="It lies on the shelf, and there is one more in stock.",
        )

    @action(description="Make ready", url_path="refurbish", permissions=["manage"])
    def refurbish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            warehouse.refurbish,
            done="The device is being made ready.",
            title="Make the device ready",
            text="It is cleaned, charged and checked.",
        )

    @action(description="Put on the shelf", url_path="available-again", permissions=["manage"])
    def make_available(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            warehouse.make_available_again,
            done="The device is in stock again.",
            title="Put the device on the shelf",
            text="It can be sent once more, and there is one more used one in stock.",
        )

    @action(description="Decommission", url_path="decommission", permissions=["manage"])
    def decommission(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            warehouse.decommission,
            done="The device is decommissioned.",
            title="Decommission the device",
            text="It is never used again. This cannot be undone.",
            danger=True,
        )

    @action(description="To manufacturer", url_path="to-manufacturer", permissions=["manage"])
    def give_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            warehouse.give_back_to_manufacturer,
            done="The manufacturer has the device.",
            title="Give the device back to its manufacturer",
            text="It does not come here again. This cannot be undone.",
            danger=True,
        )

    @action(description="Received in error", url_path="in-error", permissions=["manage"])
    def mark_as_error(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            warehouse.mark_received_in_error,
            done="The device is marked as received in error.",
            title="Mark the device as received in error",
            text="It should not have come here. After that it can only go to its manufacturer or be"
            " decommissioned.",
            danger=True,
        )

    @action(description="Disable readings", url_path="no-readings", permissions=["hand_out"])
    def disable_readings(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            handing_out.disable_readings,
            done="The readings of the device are disabled.",
            title="Disable the readings",
            text="What the device measures from now on is neither kept nor told to anybody.",
        )

    @action(description="Enable readings", url_path="readings", permissions=["hand_out"])
    def enable_readings(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request,
            object_id,
            handing_out.enable_readings,
            done="The readings of the device are enabled.",
            title="Enable the readings",
            text="What the device measures from now on is kept again.",
        )

    def _do(
        self,
        request: HttpRequest,
        object_id: str,
        command: Callable[..., Device],
        **context: Any,
    ) -> HttpResponse:
        device = self.get_object(request, object_id)
        return self.confirm(
            request,
            device,
            lambda: command(device, actor=self.actor(request)),
            about=device,
            submit=context["title"],
            **context,
        )
