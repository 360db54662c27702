"""Devices in the admin: the list, the page of one, and a button for each thing that is done to it
in the warehouse. Packing one is on the order's page.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.admin import KeysetAdmin
from foundation.admin.asking import AskingAdmin, sent
from foundation.fields import PlainTextField
from foundation.forms import StaffForm
from inventory import devices as warehouse
from inventory.devices import DeviceWanted
from inventory.models import IDENTIFIER_LENGTH, Device, DeviceIdentifier, IdentifierType, Item
from inventory.statuses import NEXT, OUT, DeviceStatus
from inventory.stocktaking import Place
from orders.coming_home import receive_back
from organisations.models import Account, Site
from organisations.models.accounts import AccountKind

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


class CentreForm(StaffForm):
    """Which of our centres."""

    site = forms.ModelChoiceField(
        Site.objects.none(), label="Fulfilment centre", empty_label="Choose a centre"
    )

    missing: ClassVar[Mapping[str, str]] = {"site": "Select the centre"}
    refusal_fields: ClassVar[Mapping[str, str]] = {"site": "site"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centres = Site.objects.filter(account__kind=AccountKind.OPERATOR, is_active=True)
        self.offer("site", centres.order_by("name"))

    def offer(self, name: str, rows: models.QuerySet[Any]) -> None:
        choice = self.fields[name]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = rows


class NewDeviceForm(CentreForm):
    """A device as it is written down: each number that stands on it."""

    item = forms.ModelChoiceField(Item.objects.none(), empty_label="Choose an item")
    owner = forms.ModelChoiceField(
        Account.objects.none(), label="Whose it is", empty_label="Choose an account"
    )
    external_id = PlainTextField(
        label="The owner’s own id for it", max_length=IDENTIFIER_LENGTH, required=False
    )

    field_order = ("item", "owner", "site", *IdentifierType.values, "external_id")
    missing: ClassVar[Mapping[str, str]] = {
        **CentreForm.missing,
        "item": "Select the item",
        "owner": "Select whose it is",
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {
        **CentreForm.refusal_fields,
        "item": "item",
        "identifiers": IdentifierType.SERIAL.value,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in IdentifierType:
            self.fields[kind.value] = PlainTextField(
                label=kind.label, max_length=IDENTIFIER_LENGTH, required=False
            )
        self.order_fields(self.field_order)
        self.offer("item", Item.objects.exclude(identifier_type="").order_by("name"))
        self.offer("owner", Account.objects.filter(is_active=True).order_by("-kind", "name"))

    @property
    def wanted(self) -> DeviceWanted:
        said = self.cleaned_data
        return DeviceWanted(
            item=said["item"],
            place=Place(owner=said["owner"], site=said["site"]),
            identifiers={kind: said[kind.value] for kind in IdentifierType if said[kind.value]},
            external_id=said["external_id"],
        )


@admin.register(Device)
class DeviceAdmin(AskingAdmin, KeysetAdmin):
    to_see = SEES
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
    actions_detail = ("receive_home", *LEADS)

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

    def record_shown(self, request: HttpRequest, row: Device, what: str) -> None:
        if row.patient_id is not None:
            shown = [(row.holder_id, row.patient_id, None)]
            record_shown(shown, what=what, actor=self.actor(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_manage_permission(request)

    def has_manage_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.may(request, *CHANGES)

    def idle_buttons(self, row: Device) -> set[str]:
        onward = NEXT[DeviceStatus(row.status)]
        idle = {name for name, status in LEADS.items() if status not in onward}
        if row.status == DeviceStatus.PACKED:  # which the order's page undoes
            idle |= {"receive", "make_available"}
        return idle if row.status in OUT else {*idle, "receive_home"}

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
