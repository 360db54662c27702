"""What must be known before a study can be opened, and what the recording side says of one."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from organisations.sensors import EmitOn
from patients.wanted import KnownPatient, PatientWanted


@dataclass(frozen=True)
class OrganisationNamed:
    """Both must identify one organisation of the account."""

    name: str
    reference: str


@dataclass(frozen=True)
class OrganisationChosen:
    id: int


@dataclass(frozen=True)
class OrganisationForReferrals:
    """The one of the account that takes its referrals."""


@dataclass(frozen=True, kw_only=True)
class TermsWanted:
    """None for nights, sensors or emit_on is the organisation's own setting."""

    organisation: OrganisationNamed | OrganisationChosen | OrganisationForReferrals
    nights: int | None = None
    sensors: tuple[str, ...] | None = None
    emit_on: EmitOn | None = None


@dataclass(frozen=True, kw_only=True)
class InHouseWanted:
    """A study whose kit the clinic hands over itself; `reference` None is one of ours.

    `public_id` is drawn with a page, so that one that is sent twice makes one study.
    """

    terms: TermsWanted
    patient: PatientWanted | KnownPatient
    reference: str | None = None
    public_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Indexes:
    """Events per hour of sleep; None where the sensors do not give one."""

    ahi3: Decimal | None = None
    ahi4: Decimal | None = None
    odi3: Decimal | None = None
    odi4: Decimal | None = None

    def as_columns(self) -> dict[str, Decimal | None]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, kw_only=True)
class Activation:
    """What the app sends: the code that was typed or scanned, and the date of birth typed in."""

    code: str
    date_of_birth: date
    message: UUID
    happened_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AttemptStart:
    night: int
    attempt: int
    started_at: datetime


@dataclass(frozen=True, kw_only=True)
class AttemptResult:
    """A recording that was processed. `report` is a PDF, or None."""

    night: int
    attempt: int
    completed_at: datetime
    is_valid: bool
    started_at: datetime | None = None
    indexes: Indexes = field(default_factory=Indexes)
    report: bytes | None = None
