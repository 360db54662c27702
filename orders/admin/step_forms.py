"""What is asked before a step is taken. Each form says by `arguments` what its command is given."""

from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from foundation.address_form import AddressForm
from foundation.addresses import Address
from foundation.fields import EmailField, NoteField, PhoneField, PlainTextField
from foundation.forms import StaffForm
from orders.errors import NothingToChange, ReasonMissing
from orders.fulfilment import Tracking
from orders.models import NOTE_LENGTH, Order

TRACKING_LENGTH = 64


class StepForm(StaffForm):
    """`seen` is the newest event when the page was opened: by it a second press is recognised."""

    seen = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        newest = order.events.order_by("-pk").values_list("pk", flat=True).first()
        self.initial["seen"] = newest or 0

    @property
    def arguments(self) -> dict[str, Any]:
        """What a valid form tells the command, besides the order and the actor."""
        raise NotImplementedError

    @property
    def last_seen(self) -> int:
        text = str(self.cleaned_data["seen"])
        return int(text) if text.isascii() and text.isdecimal() else 0


class RemarkForm(StepForm):
    """Why, if there is something to say."""

    reason = NoteField(label="Reason", max_length=NOTE_LENGTH, required=False)

    refusal_fields: ClassVar[dict[str, str]] = {"reason": "reason"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs["rows"] = 3

    @property
    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class ReasonForm(RemarkForm):
    """Why: there must be something to say."""

    reason = NoteField(label="Reason", max_length=NOTE_LENGTH)

    missing: ClassVar[dict[str, str]] = {"reason": ReasonMissing.message}


class NoteForm(RemarkForm):
    reason = NoteField(
        label="Note", max_length=NOTE_LENGTH, help_text="Everyone who may see the order can read it"
    )

    missing: ClassVar[dict[str, str]] = {"reason": "Enter the note"}


class ReturnForm(RemarkForm):
    """The parcel that comes home, as far as it is known."""

    carrier = PlainTextField(max_length=TRACKING_LENGTH, required=False)
    number = PlainTextField(label="Tracking number", max_length=TRACKING_LENGTH, required=False)

    field_order = ("seen", "carrier", "number", "reason")
    refusal_fields: ClassVar[dict[str, str]] = {**RemarkForm.refusal_fields, "tracking": "carrier"}

    @property
    def arguments(self) -> dict[str, Any]:
        tracking = Tracking(self.cleaned_data["carrier"], self.cleaned_data["number"])
        return {**super().arguments, "tracking": tracking}


class ShipForm(ReturnForm):
    """The parcel that goes out."""

    carrier = PlainTextField(max_length=TRACKING_LENGTH)
    number = PlainTextField(label="Tracking number", max_length=TRACKING_LENGTH)

    missing: ClassVar[dict[str, str]] = {
        "carrier": "Enter the carrier",
        "number": "Enter the tracking number",
    }


class ConfirmAddressForm(StepForm, AddressForm):
    """The address as it stands, to be left alone or put right."""

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        assert order.address is not None, "order_has_an_address"
        super().__init__(
            *args,
            order=order,
            initial=AddressForm.initial_from(order.address),
            country_code=order.country_code or order.account.country,
            **kwargs,
        )

    @property
    def is_corrected(self) -> bool:
        return bool(set(self.changed_data) - {"seen"})

    @property
    def arguments(self) -> dict[str, Any]:
        return {"address": self.corrected if self.is_corrected else None}

    @property
    def corrected(self) -> Address:
        """What the form does not ask for stays as it was."""
        return replace(self.address, country=self.order.country, note=self.order.address_note)


class ChangeAddressForm(ConfirmAddressForm):
    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not (self.errors or self.is_corrected):
            raise ValidationError(NothingToChange.message, code=NothingToChange.code)
        return said


class ContactForm(StepForm):
    """How to reach the patient."""

    email = EmailField(required=False)
    phone = PhoneField(required=False)

    refusal_fields: ClassVar[dict[str, str]] = {"email": "email", "phone": "phone"}

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        patient = order.patient
        known = {"email": patient.email, "phone": patient.phone} if patient else {}
        super().__init__(*args, order=order, initial=known, **kwargs)
        box = self.fields["phone"]
        assert isinstance(box, PhoneField)
        box.region = order.account.country

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not (self.errors or set(self.changed_data) - {"seen"}):
            raise ValidationError(NothingToChange.message, code=NothingToChange.code)
        return said

    @property
    def arguments(self) -> dict[str, Any]:
        changed = set(self.changed_data)
        return {
            name: self.cleaned_data[name] if name in changed else None
            for name in ("email", "phone")
        }
