"""Questions about the patient: who it is among those we know, or who the new one is."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from foundation.addresses import Address
from foundation.dates import DateOfBirthField
from foundation.fields import EmailField, PhoneField, PlainTextField
from foundation.forms import StaffForm
from foundation.text import search_key
from patients.models import NAME_LENGTH, REFERENCE_LENGTH, Sex
from patients.wanted import PatientWanted, PersonName

WIDE = {"class": "width-20"}


def reference_field(**options: Any) -> PlainTextField:
    return PlainTextField(
        max_length=REFERENCE_LENGTH, required=False, widget=forms.TextInput(WIDE), **options
    )


class PatientForm(StaffForm):
    """A patient who is perhaps new. `region` is whose telephone numbers need no country code."""

    full_name = PlainTextField(label="Full name", max_length=NAME_LENGTH)
    date_of_birth = DateOfBirthField()
    reference = reference_field(
        label="Your reference for the patient",
        help_text="Your own number for this person, like a hospital number",
    )
    email = EmailField(
        required=False, help_text="We need an email address, a phone number, or both"
    )
    phone = PhoneField(
        label="Mobile phone number",
        required=False,
        help_text="For example, 07911 123456",
        widget=forms.TelInput(WIDE),
    )
    sex = forms.ChoiceField(
        choices=Sex.choices, required=False, initial=Sex.UNKNOWN, widget=forms.RadioSelect
    )

    missing: ClassVar[Mapping[str, str]] = {
        "full_name": "Enter the patient’s full name",
        "date_of_birth": "Enter the patient’s date of birth",
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {
        "patient": "reference",
        "patient.name": "full_name",
        "patient.reference": "reference",
        "patient.date_of_birth": "date_of_birth",
        "patient.email": "email",
        "patient.phone": "phone",
    }

    def __init__(self, *args: Any, region: str = "GB", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        phone = self.fields["phone"]
        assert isinstance(phone, PhoneField)
        phone.region = region

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if "email" in said and "phone" in said and not (said["email"] or said["phone"].as_given):
            words = "Enter an email address or a phone number, so that the patient can be reached"
            self.add_error("email", ValidationError(words, code="unreachable"))
        return said

    def wanted(self, address: Address | None = None) -> PatientWanted:
        """What a valid form says."""
        said = self.cleaned_data
        return PatientWanted(
            name=PersonName.split(said["full_name"]),
            date_of_birth=said["date_of_birth"],
            reference=said["reference"] or None,
            email=said["email"],
            phone=said["phone"],
            sex=Sex(said["sex"] or Sex.UNKNOWN),
            address=address,
        )


class PatientSearchForm(StaffForm):
    """By any of three things; what is typed never goes into an address."""

    name = PlainTextField(
        label="Name",
        max_length=NAME_LENGTH,
        required=False,
        help_text="First name, last name, or how they begin",
    )
    date_of_birth = DateOfBirthField(required=False)
    reference = reference_field(label="Your reference for the patient")

    says_optional: ClassVar[bool] = False

    def clean_name(self) -> str:
        """A name of nothing but accents would find everybody."""
        name: str = self.cleaned_data["name"]
        return name if search_key(name) else ""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors and not any(said.values()):
            words = "Enter a name, a date of birth or a reference to search for"
            self.add_error("name", ValidationError(words, code="nothing"))
        return said
