"""What requests about in-house studies may hold: contracts/v1.md sections 2.3 and 2.4."""

from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers

from foundation.dates import OLDEST_AGE
from organisations.models.accounts import MOST_NIGHTS
from patients.models import REFERENCE_LENGTH
from patients.wanted import PatientWanted
from portal.api.errors import Path
from portal.api.fields import DateOfBirth, Number, Text, Word
from portal.api.members import Members
from portal.api.v1.arrays import Sensors
from portal.api.v1.changes import Fixed, as_it_is, require_the_same
from portal.api.v1.fields import Reference
from portal.api.v1.format import FIELDS, STUDY, StudyStatus
from portal.api.v1.serializers import (
    FIXED,
    LOOKUP_LENGTH,
    YOURS,
    Organisation,
    Resource,
    SameOrganisation,
    Sent,
    StudyTerms,
    all_optional,
    read,
)
from studies.models import Study
from studies.wanted import InHouseWanted, OrganisationNamed, TermsWanted

DIRECTLY: Final = "The same as in `study`, which is left out then."
IN_BOTH: Final = "Say this in study, or here, not in both places."


class StudyPatient(Members):
    """Nothing else is asked of whom the clinic sees itself."""

    reference = Text(
        most=REFERENCE_LENGTH,
        help_text="The patient in your system; it should differ from the reference above.",
    )
    dob = DateOfBirth(
        help_text=f"In the past, within the last {OLDEST_AGE} years. The patient's app asks for it."
    )


class SameStudyPatient(StudyPatient):
    """Any of its members may be missing."""

    def get_fields(self) -> dict[str, Any]:
        return all_optional(super().get_fields())


class StudyAttributes(Members):
    """Section 2.3. The resource is the study itself, so what it is may stand directly in it."""

    reference = Reference(help_text=YOURS)
    study = StudyTerms(required=False)
    nights = Number(least=1, most=MOST_NIGHTS, required=False, help_text=DIRECTLY)
    sensors = Sensors(required=False, help_text=DIRECTLY)
    patient = StudyPatient()
    organisation = Organisation()

    def validate(self, attributes: dict[str, Any]) -> dict[str, Any]:
        twice = {"nights", "sensors"} & set(attributes) if "study" in attributes else ()
        if twice:
            raise serializers.ValidationError(dict.fromkeys(twice, IN_BOTH), "twice")
        return attributes


class StudyCancellation(Members):
    """Section 2.4: to cancel is all that can be done. The rest may be repeated as it is."""

    status = Word([StudyStatus.CANCELLED.value], any_case=True)
    reference = Text(most=LOOKUP_LENGTH, required=False, help_text=FIXED)
    study = StudyTerms(required=False, help_text=FIXED)
    nights = Number(least=1, most=MOST_NIGHTS, required=False, help_text=FIXED)
    sensors = Sensors(required=False, help_text=FIXED)
    patient = SameStudyPatient(required=False, help_text=FIXED)
    organisation = SameOrganisation(required=False, help_text=FIXED)


class StudyResource(Resource):
    type = Word([STUDY, "studies"], any_case=True)


OF_THE_STUDY: Final[Fixed] = {
    ("reference",): (lambda study: study.reference, as_it_is),
    ("study", "nights"): (lambda study: study.nights, as_it_is),
    ("study", "sensors"): (lambda study: set(study.sensors), set),
    ("nights",): (lambda study: study.nights, as_it_is),
    ("sensors",): (lambda study: set(study.sensors), set),
    ("patient", "reference"): (lambda study: study.patient.reference, as_it_is),
    ("patient", "dob"): (lambda study: study.patient.date_of_birth, as_it_is),
    ("organisation", "name"): (lambda study: study.organisation.name, as_it_is),
    ("organisation", "reference"): (lambda study: study.organisation.reference, as_it_is),
}


def read_study(document: Any) -> Sent:
    """A study to be created, or Refused with every fault."""
    return read(document, StudyAttributes, within=StudyResource)


def read_cancellation(document: Any) -> Sent:
    """A study to be cancelled, or Refused with every fault."""
    return read(document, StudyCancellation, within=StudyResource)


def require_nothing_else(sent: Sent, study: Study, *, within: Path) -> None:
    """Refused when anything is to be changed beside the status."""
    require_the_same(sent, study, OF_THE_STUDY, within=within)


def study_wanted(attributes: dict[str, Any]) -> InHouseWanted:
    terms = attributes.get("study", attributes)
    patient = attributes["patient"]
    return InHouseWanted(
        reference=attributes["reference"],
        terms=TermsWanted(
            organisation=OrganisationNamed(**attributes["organisation"]),
            nights=terms.get("nights"),
            sensors=terms.get("sensors"),
        ),
        patient=PatientWanted.without_name(
            reference=patient["reference"], date_of_birth=patient["dob"]
        ),
    )


def fields_of(attributes: dict[str, Any]) -> Mapping[str, Path]:
    """Where the domain's fields are in what was sent."""
    if "study" in attributes:
        return FIELDS
    return {**FIELDS, "study.nights": ("nights",), "study.sensors": ("sensors",)}
