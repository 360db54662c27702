"""What is asked about a patient who was referred: whether the details are right, where the kit
goes, the two boxes about a smartphone; or why the referral is rejected.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final

from django import forms

from foundation.address_form import AddressForm
from foundation.fields import NoteField
from foundation.forms import StaffForm
from orders.forms.patient import PatientForm
from orders.forms.study import SmartphoneForm
from orders.models import Referral
from orders.models.referrals import REASON_LENGTH
from orders.referrals import Verified
from patients.models import Patient
from patients.wanted import PatientWanted

PERSON: Final = ("full_name", "date_of_birth", "email", "phone")
ADDRESS: Final = tuple(AddressForm.base_fields)
SMARTPHONE: Final = tuple(SmartphoneForm.base_fields)


class VerifyForm(PatientForm, AddressForm, SmartphoneForm):
    """The details of `referral` as they were sent, to be confirmed or corrected."""

    reference = None  # type: ignore[assignment]  # Django's way to leave a field out
    sex = None  # type: ignore[assignment]

    field_order = (*PERSON, *ADDRESS, *SMARTPHONE)
    missing: ClassVar[Mapping[str, str]] = {
        **PatientForm.missing,
        **AddressForm.missing,
        **SmartphoneForm.missing,
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {
        **PatientForm.refusal_fields,
        **AddressForm.refusal_fields,
        **SmartphoneForm.refusal_fields,
    }

    def __init__(self, *args: Any, referral: Referral, country: str, **kwargs: Any) -> None:
        self.patient: Patient = referral.patient
        address = self.patient.address
        shown = {name: getattr(self.patient, name) for name in PERSON}
        if self.patient.full_name == self.patient.reference:
            del shown["full_name"]  # it only stands for the name that nobody gave
        if address:
            shown |= AddressForm.initial_from(address)
        super().__init__(
            *args,
            initial=shown,
            region=country,
            country_code=self.patient.country_code or country,
            **kwargs,
        )

    @property
    def person_boxes(self) -> list[forms.BoundField]:
        return [self[name] for name in PERSON]

    @property
    def address_boxes(self) -> list[forms.BoundField]:
        return [self[name] for name in ADDRESS]

    @property
    def smartphone_boxes(self) -> list[forms.BoundField]:
        return [self[name] for name in SMARTPHONE]

    @property
    def verified(self) -> Verified:
        """What a valid form says; of the patient's record the rest stays."""
        said, known = self.cleaned_data, PatientWanted.of(self.patient)
        address = replace(
            self.address, country=self.patient.country, note=self.patient.address_note
        )
        patient = replace(
            known,
            name=known.name.respelt(said["full_name"]),
            date_of_birth=said["date_of_birth"],
            email=said["email"],
            phone=said["phone"],
            address=address,
        )
        return Verified(
            patient=patient,
            address=address,
            phone_needed=said["needed"],
            phone_asked=said["asked"],
        )


class RejectForm(StaffForm):
    """Why nothing will be sent."""

    reason = NoteField(
        label="Why are you rejecting it?",
        help_text="Everyone who may see the referral can read this",
        max_length=REASON_LENGTH,
    )

    missing: ClassVar[Mapping[str, str]] = {"reason": "Say why you are rejecting the referral"}
    refusal_fields: ClassVar[Mapping[str, str]] = {"reason": "reason"}
