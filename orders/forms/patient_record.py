"""Questions about a patient of the register: who is put into it, and what changes about somebody
who is in it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final
from uuid import UUID

from django import forms

from foundation.address_form import AddressForm
from foundation.addresses import Address
from foundation.ids import public_id
from orders.forms.memory import Typed, boxes_of, typed_in, typed_out
from orders.forms.patient import PatientForm
from orders.forms.study import organisation_choices
from organisations.models import Organisation
from patients.models import Patient, Sex
from patients.wanted import PatientWanted

PERSON: Final = tuple(PatientForm.base_fields)
ADDRESS: Final = tuple(AddressForm.base_fields)


class PatientRecordForm(PatientForm, AddressForm):
    """Who the patient is and where they live; the address may be left out as a whole."""

    field_order = (*PERSON, *ADDRESS)
    missing: ClassVar[Mapping[str, str]] = {**PatientForm.missing, **AddressForm.missing}
    refusal_fields: ClassVar[Mapping[str, str]] = {
        **PatientForm.refusal_fields,
        **AddressForm.refusal_fields,
        "organisation": "organisation",
    }

    @property
    def person_boxes(self) -> list[forms.BoundField]:
        return [self[name] for name in PERSON]

    @property
    def address_boxes(self) -> list[forms.BoundField]:
        return [self[name] for name in ADDRESS]

    @property
    def has_address(self) -> bool:
        return any(str(self[name].data or "").strip() for name in ADDRESS)

    def clean(self) -> dict[str, Any]:
        if not self.has_address:
            for name in ADDRESS:
                self.errors.pop(name, None)
                self.cleaned_data[name] = ""
        return super().clean()


class RegisterForm(PatientRecordForm):
    """Somebody new, known to one of `organisations`; where there is only one it is not asked for.

    `public_id` is drawn with the page, so that a page sent twice makes one patient. `compared`
    tells whom its reader has seen beside the new patient and said to be somebody else.
    """

    field_order = ("organisation", *PERSON, *ADDRESS)

    public_id = forms.UUIDField(
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": "Something is wrong with this page. Open it again."},
    )
    compared = forms.CharField(required=False, widget=forms.HiddenInput, max_length=1000)
    organisation = forms.TypedChoiceField(
        label="Which organisation is the patient known to?", coerce=int, widget=forms.RadioSelect
    )

    missing: ClassVar[Mapping[str, str]] = {
        **PatientRecordForm.missing,
        "organisation": "Select the organisation",
    }

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = list(organisations)
        self.initial.setdefault("public_id", public_id())
        if len(self.organisations) <= 1:
            del self.fields["organisation"]
        else:
            choice = self.fields["organisation"]
            assert isinstance(choice, forms.ChoiceField)
            choice.choices = organisation_choices(self.organisations)

    def clean_public_id(self) -> UUID:
        return self.cleaned_data["public_id"] or public_id()

    @property
    def organisation_box(self) -> forms.BoundField | None:
        return self["organisation"] if "organisation" in self.fields else None

    @property
    def chosen(self) -> Organisation | None:
        """The one that a valid form names, or the only one there is."""
        said = self.cleaned_data.get("organisation")
        is_only = len(self.organisations) == 1
        return next((one for one in self.organisations if is_only or one.pk == said), None)

    @property
    def seen_beside(self) -> set[str]:
        """The public ids of the patients who were compared with this one."""
        return set(self.cleaned_data["compared"].split())

    @property
    def own_address(self) -> Address | None:
        return self.address if self.has_address else None


class PatientChangeForm(PatientRecordForm):
    """The record of `patient` as its reader was shown it, version `seen`.

    What was left alone is not judged: programs may have brought what we would not take.
    """

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, patient: Patient, seen: int, country_code: str, **kwargs: Any
    ) -> None:
        address = AddressForm.initial_from(patient.address) if patient.address else {}
        shown = {name: getattr(patient, name) for name in PERSON} | address | {"seen": seen}
        country_code = patient.country_code or country_code
        super().__init__(*args, initial=shown, country_code=country_code, **kwargs)
        self.patient = patient

    @property
    def touched(self) -> set[str]:
        """The boxes in which something else stands than was shown."""
        changed = set(self.changed_data) - {"seen"}
        if not self.initial["date_of_birth"] and not any(self["date_of_birth"].data or ()):
            changed.discard("date_of_birth")
        return changed

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        touched = self.touched
        for name in set(PERSON) - touched:
            is_about_both = self.has_error(name, "unreachable") and "phone" in touched
            if not is_about_both:
                self.errors.pop(name, None)
        return said

    @property
    def record(self) -> PatientWanted:
        """What a valid form says; what was left alone stays as it is."""
        said = {name: self.cleaned_data[name] for name in self.touched & set(PERSON)}
        known = PatientWanted.of(self.patient)
        if "full_name" in said:
            said["name"] = known.name.respelt(said.pop("full_name"))
        if "reference" in said:
            said["reference"] = said["reference"] or None
        if "sex" in said:
            said["sex"] = Sex(said["sex"] or Sex.UNKNOWN)
        if self.is_corrected:
            said["address"] = self._told_address()
        return replace(known, **said)

    def over(self, now: "PatientChangeForm") -> Typed:
        """What was typed here, put over the record as it is now."""
        boxes = typed_out(now)
        typed = typed_in(self)
        for name in self.touched:
            boxes |= {box: typed[box] for box in boxes_of(self, name)}
        return boxes

    def _told_address(self) -> Address | None:
        if not self.has_address:
            return None
        return replace(self.address, country=self.patient.country, note=self.patient.address_note)
