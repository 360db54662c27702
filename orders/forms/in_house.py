"""Questions about an in-house study, whose kit the clinic hands over itself; and why a study is
unlocked or cancelled.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, ClassVar
from uuid import UUID

from django import forms

from foundation.dates import DateOfBirthField
from foundation.fields import NoteField, PlainTextField
from foundation.forms import StaffForm
from foundation.ids import public_id
from orders.forms.memory import typed_in
from orders.forms.patient import PatientForm, reference_field
from orders.forms.study import Offer, StudyForm
from organisations.models import Organisation
from organisations.sensors import Sensor, in_order
from patients.models import NAME_LENGTH, Patient
from patients.wanted import PatientWanted, PersonName
from studies.models import NOTE_LENGTH
from studies.references import REFERENCE_LENGTH


class InHouseForm(StudyForm):
    """What is to be recorded, for a patient of the register.

    `public_id` is drawn with the page, so that a page sent twice makes one study.
    """

    field_order: tuple[str, ...] = (
        "organisation",
        "nights",
        "sensors",
        "emit_on",
        "reference",
        "public_id",
    )

    organisation = forms.TypedChoiceField(
        label="Which organisation is the study for?", coerce=int, widget=forms.RadioSelect
    )
    reference = PlainTextField(
        label="Study reference",
        max_length=REFERENCE_LENGTH,
        required=False,
        widget=forms.TextInput({"class": "width-20"}),
    )
    public_id = forms.UUIDField(
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": "Something is wrong with this page. Open it again."},
    )

    missing: ClassVar[Mapping[str, str]] = {
        **StudyForm.missing,
        "organisation": "Select the organisation",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("public_id", public_id())

    def clean_public_id(self) -> UUID:
        return self.cleaned_data["public_id"] or public_id()

    def offered_by(self, organisations: Iterable[Organisation]) -> Offer:
        """No kit of ours is sent, so all is offered that the organisation may record with."""
        asked = list(organisations)
        sets = {one for organisation in asked for one in _sets_of(organisation.sensors_on_offer)}
        return Offer(
            most_nights=max((one.product.most_nights for one in asked), default=0),
            sensor_sets=sorted(sets, key=len),
        )


class InHouseForSomebodyForm(InHouseForm):
    """The same for somebody who is perhaps new. `compared` tells whom its reader was shown and said
    to be somebody else.
    """

    field_order = ("full_name", "date_of_birth", "patient_reference", *InHouseForm.field_order)

    full_name = PlainTextField(label="Full name", max_length=NAME_LENGTH)
    date_of_birth = DateOfBirthField()
    patient_reference = reference_field(
        label="Your reference for the patient",
        help_text="Your own number for this person, like a hospital number",
    )
    compared = forms.CharField(required=False, widget=forms.HiddenInput, max_length=1000)

    missing: ClassVar[Mapping[str, str]] = {
        **InHouseForm.missing,
        "full_name": PatientForm.missing["full_name"],
        "date_of_birth": PatientForm.missing["date_of_birth"],
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {
        **InHouseForm.refusal_fields,
        "patient": "patient_reference",
        "patient.name": "full_name",
        "patient.reference": "patient_reference",
        "patient.date_of_birth": "date_of_birth",
    }

    @property
    def patient(self) -> PatientWanted:
        """Who they are, as a valid form says."""
        said = self.cleaned_data
        return PatientWanted(
            name=PersonName.split(said["full_name"]),
            date_of_birth=said["date_of_birth"],
            reference=said["patient_reference"] or None,
        )

    @property
    def seen_beside(self) -> set[str]:
        """The public ids of the patients who were shown beside this one."""
        return set(self.cleaned_data["compared"].split())

    def compare_with(self, alike: Sequence[Patient]) -> None:
        """Take along unseen that these were shown, so that they are not asked about again."""
        if alike:
            seen = self.seen_beside | {str(one.public_id) for one in alike}
            self.data = {**typed_in(self), "compared": " ".join(sorted(seen))}


class UnlockForm(StaffForm):
    """Why the patient may try again."""

    reason = NoteField(
        label="Why do you unlock it?",
        help_text="For example, that you have checked with the patient when they were born",
        max_length=NOTE_LENGTH,
    )

    missing: ClassVar[Mapping[str, str]] = {"reason": "Say why you unlock the study"}
    refusal_fields: ClassVar[Mapping[str, str]] = {"reason": "reason"}


class CancelStudyForm(StaffForm):
    """Why the study is called off."""

    reason = NoteField(
        label="Why are you cancelling it?",
        help_text="Everyone who may see the study can read this",
        max_length=NOTE_LENGTH,
    )

    missing: ClassVar[Mapping[str, str]] = {"reason": "Say why you are cancelling the study"}
    refusal_fields: ClassVar[Mapping[str, str]] = {"reason": "reason"}


def _sets_of(sensors: list[str]) -> list[tuple[str, ...]]:
    """The neck sensor is part of every study; any of the others may be."""
    others = [one for one in in_order(sensors) if one != Sensor.NECK]
    if Sensor.NECK not in sensors:
        return []
    more = (some for count in range(len(others) + 1) for some in combinations(others, count))
    return [(Sensor.NECK.value, *some) for some in more]
