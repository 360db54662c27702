"""Questions about a change to an order that was placed."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.crypto import salted_hmac

from foundation.address_form import AddressForm
from foundation.addresses import Address
from foundation.fields import EmailField, NoteField, PhoneField
from foundation.forms import StaffForm
from orders.models import NOTE_LENGTH
from orders.wanted import OrderChange


class ContactForm(StaffForm):
    """How the patient is reached. What was known cannot be emptied, only replaced."""

    email = EmailField()
    phone = PhoneField(
        label="Mobile phone number",
        help_text="For example, 07911 123456",
        widget=forms.TelInput({"class": "width-20"}),
    )

    missing: ClassVar[Mapping[str, str]] = {
        "email": "Enter the patient’s email address",
        "phone": "Enter the patient’s mobile phone number",
    }

    def __init__(self, *args: Any, region: str = "GB", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        phone = self.fields["phone"]
        assert isinstance(phone, PhoneField)
        phone.region = region
        for name in ("email", "phone"):
            self.fields[name].required = bool(self.initial.get(name))

    def clean(self) -> dict[str, Any]:
        """What was left alone is not judged: programs may have brought a number we cannot read."""
        said = super().clean() or self.cleaned_data
        for name in set(self.errors) - set(self.changed_data):
            del self.errors[name]
        return said

    @property
    def wanted(self) -> OrderChange:
        """What a valid form says; what was left alone is not asked for."""
        said = {name: self.cleaned_data[name] for name in self.changed_data}
        return OrderChange(email=said.get("email"), phone=said.get("phone"))


class OrderContactForm(ContactForm):
    """The same about the patient of an order; `seen` tells which details its reader was shown."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, email: str, phone: str, **kwargs: Any) -> None:
        known = {"email": email, "phone": phone}
        super().__init__(*args, initial={**known, "seen": _fingerprint(known)}, **kwargs)

    @property
    def is_changed(self) -> bool:
        return bool({"email", "phone"} & set(self.changed_data))

    @property
    def is_overtaken(self) -> bool:
        """Whether older details were shown, and what came back is not the present ones either.

        A box that was left alone would put the older one back.
        """
        now = self.initial["seen"]
        return self.is_bound and self.data.get("seen", now) != now and self.is_changed


class OrderAddressForm(AddressForm):
    """Where an order's parcel goes; `seen` tells which address its reader was shown."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, address: Address, **kwargs: Any) -> None:
        shown = {**AddressForm.initial_from(address), "seen": fingerprint_of(address)}
        super().__init__(*args, initial=shown, **kwargs)

    @property
    def is_overtaken(self) -> bool:
        """Whether an older address was shown, and what came back is not the present one either.

        Left alone, it would put the older one back.
        """
        now = self.initial["seen"]
        if not self.is_bound or self.data.get("seen", now) == now:
            return False
        return not self.is_valid() or self.is_corrected


def fingerprint_of(address: Address) -> str:
    """Differs when any part of the address does."""
    return _fingerprint(address.as_columns())


def _fingerprint(known: Mapping[str, Any]) -> str:
    text = json.dumps(known, sort_keys=True)
    return salted_hmac("orders.forms.changes", text, algorithm="sha256").hexdigest()[:32]


class CancelForm(StaffForm):
    """Why the order is called off."""

    reason = NoteField(
        label="Why are you cancelling it?",
        help_text="Everyone who may see the order can read this",
        max_length=NOTE_LENGTH,
    )

    missing: ClassVar[Mapping[str, str]] = {"reason": "Say why you are cancelling the order"}
    refusal_fields: ClassVar[Mapping[str, str]] = {"reason": "reason"}


class NoteForm(StaffForm):
    """Something to remember about the order."""

    text = NoteField(
        label="Note",
        help_text="Everyone who may see the order can read this",
        max_length=NOTE_LENGTH,
    )

    missing: ClassVar[Mapping[str, str]] = {"text": "Write the note"}
