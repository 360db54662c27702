"""Why a patient is refused."""

from foundation.errors import Conflict, Invalid


class PatientNotFound(Invalid):
    code = "patient_not_found"
    message = "There is no such patient. Search again or enter a new patient."


class PatientArchived(Invalid):
    code = "patient_archived"
    message = "This patient is archived or no longer enrolled, so nothing can be ordered for them."


class AnotherDateOfBirth(Invalid):
    """A known reference with another date of birth: it is probably another person."""

    code = "patient_mismatch"
    message = (
        "This patient reference is known with another date of birth. "
        "Check the reference and the date of birth."
    )


class PatientOfOthers(Invalid):
    """Known only to organisations that the actor does not see; nothing more may be said."""

    code = "patient_reference_taken"
    message = "This reference belongs to another patient of your account."


class PatientReferenceTaken(Conflict):
    code = "patient_reference_taken"
    message = "Another patient of this account has this reference."


class PatientHasChanged(Conflict):
    """Somebody else changed the record while this one was looked at."""

    code = "patient_has_changed"
    message = "Somebody else changed this patient since you opened this page. Check it again."


class OrganisationMissing(Invalid):
    """Somebody without an organisation is seen by members for all only."""

    code = "organisation_missing"
    message = "Select the organisation that the patient is known to."
