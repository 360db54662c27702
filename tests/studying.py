"""Studies and what the recording side says of them, by the real commands."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from foundation.actors import Actor, Door, Permission
from organisations.actors import actor_for_user
from organisations.models import Organisation
from organisations.roles import Role
from organisations.sensors import EmitOn
from patients.wanted import PatientWanted
from studies.activation import activate_study
from studies.commands import create_in_house_study
from studies.models import NightAttempt, Study
from studies.recording import complete_attempt, start_attempt
from studies.statuses import StudyStatus
from studies.wanted import Activation, AttemptResult, AttemptStart, Indexes, InHouseWanted
from tests import builders

BORN = date(1980, 2, 29)
EVENING = datetime(2026, 3, 4, 22, 0, tzinfo=UTC)
MORNING = EVENING + timedelta(hours=8)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\n"
MEASURED = Indexes(
    ahi3=Decimal("9.1"), ahi4=Decimal("6.4"), odi3=Decimal("8.2"), odi4=Decimal("5.0")
)

_numbers = count(1)


def gateway() -> Actor:
    """The recording side, which works for every account."""
    return Actor(
        door=Door.GATEWAY,
        label="Test Gateway",
        permissions=frozenset({Permission.SEE_STUDIES, Permission.RECORD_RESULTS}),
        account_id=None,
    )


def clinician(chosen: Organisation) -> Actor:
    user = builders.user(Role.CLINICIAN, owner=chosen.account)
    return actor_for_user(user, door=Door.STAFF)


def in_house(
    chosen: Organisation | None = None,
    *,
    reference: str | None = None,
    settings: dict[str, Any] | None = None,
    **terms: Any,
) -> Study:
    """A study of an organisation with these settings; `terms` are those of the study."""
    chosen = chosen or builders.organisation(**(settings or {}))
    wanted = InHouseWanted(
        terms=builders.terms(chosen, **terms),
        patient=PatientWanted.without_name(
            reference=f"IN-PAT-{next(_numbers)}", date_of_birth=BORN
        ),
        reference=reference,
    )
    return create_in_house_study(wanted, actor=builders.staff(owner=chosen.account))


def activate(study: Study, *, born: date = BORN, **members: Any) -> Study:
    told = {
        "code": study.shown_code,
        "date_of_birth": born,
        "message": uuid4(),
        "happened_at": EVENING,
        **members,
    }
    return activate_study(Activation(**told), actor=gateway())


def start(
    study: Study, night: int = 1, attempt: int = 1, *, at: datetime = EVENING
) -> NightAttempt:
    told = AttemptStart(night=night, attempt=attempt, started_at=at)
    return start_attempt(study, told, actor=gateway())


def complete(study: Study, night: int = 1, attempt: int = 1, **members: Any) -> NightAttempt:
    """A valid night with all indexes and a report, unless it is said otherwise."""
    told = {
        "night": night,
        "attempt": attempt,
        "completed_at": MORNING + timedelta(days=night, minutes=attempt),
        "is_valid": True,
        "indexes": MEASURED,
        "report": PDF,
        **members,
    }
    return complete_attempt(study, AttemptResult(**told), actor=gateway())


def with_results(chosen: Organisation | None = None, **terms: Any) -> Study:
    """In-house, every night valid: it awaits its review."""
    study = in_house(chosen, **terms)
    activate(study)
    for night in range(1, study.nights + 1):
        complete(study, night)
    return refreshed(study, StudyStatus.RESULT_READY)


def withheld(**columns: Any) -> Organisation:
    return builders.organisation(emit_on=EmitOn.REVIEWED, **columns)


def refreshed(study: Study, status: StudyStatus) -> Study:
    study.refresh_from_db()
    assert study.status == status
    return study
