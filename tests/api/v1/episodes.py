"""What happens to studies while the API looks on: the patient starts, nights are recorded, a
clinician signs; a referral is verified or rejected. All by the real commands.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from foundation.actors import Actor, Door, Permission
from foundation.ids import public_id
from orders.models import Order, Referral
from orders.referrals import ReferralWanted, Verified, receive_referral, verify_referral
from organisations.actors import actor_for_user
from organisations.models import Organisation
from organisations.roles import Role
from organisations.sensors import Sensor
from patients.wanted import PatientWanted
from studies.activation import activate_study
from studies.commands import create_in_house_study
from studies.models import NightAttempt, Study
from studies.recording import complete_attempt, start_attempt
from studies.reviewing import results_of, sign_review
from studies.wanted import (
    Activation,
    AttemptResult,
    AttemptStart,
    Indexes,
    InHouseWanted,
)
from tests import builders

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"
EVENING = datetime(2025, 3, 4, 22, 0, tzinfo=UTC)
# As the contract's own example has it: mild.
MEASURED = Indexes(ahi3=Decimal("9.1"), ahi4=Decimal("6.4"), odi3=Decimal("8.2"), odi4=Decimal(5))


def recorder() -> Actor:
    """The recording side."""
    return Actor(
        label="Test Gateway",
        door=Door.GATEWAY,
        account_id=None,
        permissions=frozenset({Permission.RECORD_RESULTS, Permission.SEE_STUDIES}),
    )


def in_house_study(clinic: Organisation, reference: str = "STU-1", *, nights: int = 1) -> Study:
    wanted = InHouseWanted(
        reference=reference,
        terms=builders.terms(clinic, nights=nights),
        patient=builders.patient_wanted(),
    )
    return create_in_house_study(wanted, actor=builders.staff(owner=clinic.account))


def ordered_study(clinic: Organisation, reference: str = "ORD-1", **terms: object) -> Study:
    order = builders.order(chosen=clinic, reference=reference, study={"nights": 1, **terms})
    assert order.study
    return order.study


def referral(
    clinic: Organisation,
    reference: str = "REF-1",
    *,
    patient: PatientWanted | None = None,
    sender: Actor | None = None,
) -> Referral:
    wanted = ReferralWanted(
        reference=reference,
        patient=patient or replace(builders.patient_wanted(), address=None),
        nights=1,
        sensors=(Sensor.NECK,),
    )
    sender = sender or replace(
        builders.integrator(clinic.account), permissions=frozenset({Permission.SEND_REFERRALS})
    )
    return receive_referral(wanted, actor=sender)


def verified(received: Referral) -> Order:
    """The order that the referral became."""
    said = Verified(
        patient=replace(PatientWanted.of(received.patient), address=builders.ADDRESS),
        address=builders.ADDRESS,
        phone_needed=False,
        phone_asked=True,
    )
    decided = verify_referral(received, said, actor=builders.staff(owner=received.account))
    assert decided.order
    return decided.order


def referred_study(clinic: Organisation, reference: str = "REF-1") -> Study:
    order = verified(referral(clinic, reference))
    assert order.study
    return order.study


def activated(study: Study, *, at: datetime = EVENING) -> Study:
    born = study.patient.date_of_birth
    assert born
    return activate_study(
        Activation(
            code=study.activation_code, date_of_birth=born, message=public_id(), happened_at=at
        ),
        actor=recorder(),
    )


def started(study: Study, *, night: int = 1, attempt: int = 1) -> NightAttempt:
    at = EVENING + timedelta(days=night - 1, minutes=attempt)
    start = AttemptStart(night=night, attempt=attempt, started_at=at)
    return start_attempt(study, start, actor=recorder())


def completed(
    study: Study,
    *,
    night: int = 1,
    attempt: int = 1,
    is_valid: bool = True,
    indexes: Indexes = MEASURED,
    report: bytes | None = PDF,
) -> NightAttempt:
    result = AttemptResult(
        night=night,
        attempt=attempt,
        completed_at=EVENING + timedelta(days=night - 1, hours=8, minutes=attempt),
        is_valid=is_valid,
        indexes=indexes,
        report=report,
    )
    return complete_attempt(study, result, actor=recorder())


def in_vain(study: Study, *, nights: Sequence[int] = (1,)) -> None:
    """Every attempt at these nights is recorded, and none is valid."""
    for night in nights:
        for attempt in range(1, study.most_repeats + 2):
            completed(study, night=night, attempt=attempt, is_valid=False, report=None)


def clinician(clinic: Organisation) -> Actor:
    return actor_for_user(builders.user(Role.CLINICIAN, owner=clinic.account), door=Door.STAFF)


def reviewed(study: Study) -> None:
    sign_review(
        study,
        conclusion="As expected.",
        seen=results_of(study),
        actor=clinician(study.organisation),
    )
