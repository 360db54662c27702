"""What must be known about a patient before something can be done for them."""

from dataclasses import dataclass
from datetime import date

from foundation.addresses import Address
from foundation.phones import NO_PHONE, Phone
from foundation.text import one_line
from patients.models import Patient, Sex


@dataclass(frozen=True, kw_only=True)
class PersonName:
    """The name as given, and its two parts."""

    full: str
    first: str
    last: str

    @classmethod
    def split(cls, full: str) -> "PersonName":
        """Split at the last space; a single word is the last name."""
        first, _, last = one_line(full).rpartition(" ")
        return cls(full=one_line(full), first=first, last=last)

    def respelt(self, full: str) -> "PersonName":
        """Another full name of the same person: a last name of several words is known by now."""
        text = one_line(full)
        if text.endswith(f" {self.last}"):
            return PersonName(full=text, first=text.removesuffix(f" {self.last}"), last=self.last)
        return PersonName.split(text)


@dataclass(frozen=True, kw_only=True)
class PatientWanted:
    """A patient as described by whoever asks: perhaps new, perhaps known by the reference.

    `site_id` is the site of the account that looks after them. Who is nameless is called by the
    reference until somebody gives the name.
    """

    name: PersonName
    date_of_birth: date | None = None
    reference: str | None = None
    email: str = ""
    phone: Phone = NO_PHONE
    sex: Sex = Sex.UNKNOWN
    address: Address | None = None
    site_id: int | None = None
    is_nameless: bool = False

    @classmethod
    def without_name(cls, *, reference: str, date_of_birth: date) -> "PatientWanted":
        """Of an in-house study of API v1: contracts/v1.md section 2.3 knows no name."""
        return cls(
            name=PersonName(full=reference, first="", last=reference),
            date_of_birth=date_of_birth,
            reference=reference,
            is_nameless=True,
        )

    @classmethod
    def of(cls, patient: Patient) -> "PatientWanted":
        """What the register holds: asked for, it changes nothing."""
        return cls(
            name=PersonName(
                full=patient.full_name, first=patient.first_name, last=patient.last_name
            ),
            date_of_birth=patient.date_of_birth,
            reference=patient.reference,
            email=patient.email,
            phone=Phone(patient.phone, patient.phone_e164),
            sex=Sex(patient.sex),
            address=patient.address,
            site_id=patient.site_id,
        )


@dataclass(frozen=True)
class KnownPatient:
    id: int
