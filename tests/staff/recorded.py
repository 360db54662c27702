"""Studies as the recording side makes them: activated, recorded, reviewed, by the real commands."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from foundation.actors import Actor, Door
from organisations.actors import actor_for_user
from organisations.models import Organisation
from organisations.roles import Role, Scope, permissions_granted
from patients.models import Patient
from patients.wanted import KnownPatient, PatientWanted
from studies.activation import activate_study
from studies.commands import create_in_house_study
from studies.errors import DateOfBirthWrong
from studies.models import NightAttempt, Study
from studies.recording import complete_attempt
from studies.reviewing import results_of, sign_review
from studies.wanted import Activation, AttemptResult, Indexes, InHouseWanted
from tests import builders


def _a_page() -> bytes:
    """A PDF of one empty page, as every reader takes it."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
    )
    written, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj%sendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 4\n0000000000 65535 f \n"
    end = b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(written)
    return written + head + table + end


REPORT = _a_page()
GATEWAY = Actor(
    door=Door.GATEWAY,
    label="Test Gateway",
    permissions=permissions_granted([Scope.RECORDINGS]),
    account_id=None,
)


def in_house(
    clinic: Organisation,
    patient: Patient | PatientWanted | None = None,
    *,
    reference: str | None = None,
    **terms: Any,
) -> Study:
    who = patient or builders.patient_wanted()
    wanted = InHouseWanted(
        terms=builders.terms(clinic, **terms),
        patient=KnownPatient(who.pk) if isinstance(who, Patient) else who,
        reference=reference,
    )
    return create_in_house_study(wanted, actor=builders.staff(owner=clinic.account))


def activated(study: Study, *, at: datetime | None = None) -> Study:
    born = Patient.objects.get(pk=study.patient_id).date_of_birth
    assert born
    asked = Activation(
        code=study.activation_code, date_of_birth=born, message=uuid.uuid4(), happened_at=at
    )
    return activate_study(asked, actor=GATEWAY)


def locked(study: Study) -> Study:
    """After five wrong dates of birth."""
    born = Patient.objects.get(pk=study.patient_id).date_of_birth
    assert born
    for days in range(1, 6):
        wrong = Activation(
            code=study.activation_code,
            date_of_birth=born + timedelta(days=days),
            message=uuid.uuid4(),
        )
        try:
            activate_study(wrong, actor=GATEWAY)
        except DateOfBirthWrong:
            continue
    study.refresh_from_db()
    assert study.is_locked
    return study


def recorded(
    study: Study, night: int = 1, attempt: int = 1, *, is_valid: bool = True, **indexes: str
) -> NightAttempt:
    """With a report, and these indexes: an AHI3 of 17.3 unless others are given."""
    measured = {name: Decimal(value) for name, value in (indexes or {"ahi3": "17.3"}).items()}
    result = AttemptResult(
        night=night,
        attempt=attempt,
        completed_at=timezone.now(),
        is_valid=is_valid,
        indexes=Indexes(**measured),
        report=REPORT,
    )
    return complete_attempt(study, result, actor=GATEWAY)


def finished(study: Study) -> Study:
    """Every night of it is valid."""
    for night in range(1, study.nights + 1):
        recorded(study, night)
    study.refresh_from_db()
    return study


def reviewed(study: Study, conclusion: str = "Test conclusion.") -> Study:
    clinician = actor_for_user(builders.user(Role.CLINICIAN, owner=study.account), door=Door.STAFF)
    sign_review(study, conclusion=conclusion, seen=results_of(study), actor=clinician)
    study.refresh_from_db()
    return study
