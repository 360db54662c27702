"""What is asked before something is packed. Devices are named by what a scanner reads on them."""

from typing import Any, ClassVar

from django import forms

from foundation.fields import NoteField, PlainTextField
from inventory.errors import DeviceNotFound
from inventory.models import IDENTIFIER_LENGTH, Device, Kit, PackedKit
from orders.admin.step_forms import StepForm
from orders.models import Order
from orders.packing import packed_devices, packed_kits, room_for_kits

IDENTIFIERS_LENGTH = 4000
UNKNOWN = "We know no device with the identifier {identifier}."


class PackDeviceForm(StepForm):
    """Which device."""

    identifier = PlainTextField(
        label="Identifier of the device",
        max_length=IDENTIFIER_LENGTH,
        help_text="Scan it, or type it as it stands on the device",
    )

    missing: ClassVar[dict[str, str]] = {"identifier": "Enter the identifier of the device"}
    refusal_fields: ClassVar[dict[str, str]] = {"device": "identifier"}

    def clean_identifier(self) -> str:
        identifier: str = self.cleaned_data["identifier"]
        self.device = device_known_as(identifier)
        return identifier

    @property
    def arguments(self) -> dict[str, Any]:
        return {"device": self.device}


class PackKitForm(StepForm):
    """Which kit, and which devices are in it."""

    kit = forms.ModelChoiceField(Kit.objects.none(), empty_label="Choose a kit")
    identifiers = NoteField(
        label="Identifiers of the devices in it",
        max_length=IDENTIFIERS_LENGTH,
        required=False,
        help_text="One a line. Leave it empty if nothing in the kit has an identifier",
    )

    missing: ClassVar[dict[str, str]] = {"kit": "Select the kit"}
    refusal_fields: ClassVar[dict[str, str]] = {
        "kit": "kit",
        "devices": "identifiers",
        "device": "identifiers",
    }

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, order=order, **kwargs)
        needed = [kit for kit, count in room_for_kits(order).items() if count > 0]
        kit = self.fields["kit"]
        assert isinstance(kit, forms.ModelChoiceField)
        kit.queryset = Kit.objects.filter(pk__in=needed).order_by("name")

    def clean_identifiers(self) -> str:
        typed: str = self.cleaned_data["identifiers"]
        self.devices = devices_known_as(typed)
        return typed

    @property
    def arguments(self) -> dict[str, Any]:
        devices = [device.pk for device in self.devices]
        return {"kit": self.cleaned_data["kit"], "devices": devices}


class DeviceChoice(forms.ModelChoiceField):
    """Each is called by what it is and by what it is told from others."""

    def label_from_instance(self, obj: Any) -> str:
        known = ", ".join(str(one) for one in obj.identifiers.all())
        return f"{obj.item}: {known}" if known else str(obj)


class TakeDeviceOffForm(StepForm):
    device = DeviceChoice(Device.objects.none(), empty_label="Choose a device")

    missing: ClassVar[dict[str, str]] = {"device": "Select the device"}
    refusal_fields: ClassVar[dict[str, str]] = {"device": "device"}

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, order=order, **kwargs)
        device = self.fields["device"]
        assert isinstance(device, forms.ModelChoiceField)
        device.queryset = packed_devices(order)

    @property
    def arguments(self) -> dict[str, Any]:
        return {"device": self.cleaned_data["device"]}


class UnpackKitForm(StepForm):
    packed_kit = forms.ModelChoiceField(
        PackedKit.objects.none(), label="Packed kit", empty_label="Choose a packed kit"
    )

    missing: ClassVar[dict[str, str]] = {"packed_kit": "Select the packed kit"}
    refusal_fields: ClassVar[dict[str, str]] = {"packed_kit": "packed_kit"}

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, order=order, **kwargs)
        packed_kit = self.fields["packed_kit"]
        assert isinstance(packed_kit, forms.ModelChoiceField)
        packed_kit.queryset = packed_kits(order)

    @property
    def arguments(self) -> dict[str, Any]:
        return {"packed_kit": self.cleaned_data["packed_kit"]}


def device_known_as(identifier: str) -> Device:
    """The one with this number on it; of several the first, which the command may refuse."""
    found = Device.objects.known_as(identifier).order_by("pk").first()
    if found is None:
        raise forms.ValidationError(UNKNOWN.format(identifier=identifier), code=DeviceNotFound.code)
    return found


def devices_known_as(typed: str) -> list[Device]:
    """One for each line."""
    lines = (line.strip() for line in typed.splitlines())
    return [device_known_as(line) for line in lines if line]
