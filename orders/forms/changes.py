"""Questions about a change to an order that was placed. The address has a form of its own."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

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
