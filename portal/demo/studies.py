"""What happened to the demo's studies, told by the same commands as the recording side's messages,
and reviewed by the demo's clinician. None of it was recorded from anybody.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from foundation.actors import Actor
from foundation.ids import public_id
from foundation.phones import Phone
from orders.models import Order
from orders.referrals import ReferralWanted, receive_referral
from orders.statuses import Status
from organisations.sensors import Sensor
from patients.wanted import PatientWanted, PersonName
from portal.demo.orders import CLINIC_B, address_of
from portal.sandbox.report import report_of
from studies.activation import activate_study
from studies.commands import create_in_house_study
from studies.models import NightAttempt, Study, StudyEvent, StudyEventName
from studies.recording import complete_attempt, start_attempt
from studies.reviewing import results_of, sign_review
from studies.statuses import AttemptStatus, StudyStatus
from studies.wanted import (
    Activation,
    AttemptResult,
    AttemptStart,
    Indexes,
    InHouseWanted,
    OrganisationNamed,
    TermsWanted,
)

# What a night gave: AHI3, AHI4, ODI3 and ODI4; None is one that was not valid.
Night = tuple[str, str, str, str] | None
NORMAL: Final = ("3.10", "2.20", "2.90", "1.80")
MILD: Final = ("9.10", "6.40", "8.20", "5.00")
MODERATE: Final = ("21.70", "16.30", "19.80", "14.90")
SEVERE: Final = ("41.50", "33.20", "39.00", "30.10")
# Studies whose kits have come home, the oldest first: their nights, and what was concluded.
CAME_HOME: Final[tuple[tuple[tuple[Night, ...], str], ...]] = (
    ((MILD, NORMAL), "Mild obstructive sleep apnoea. Advice on sleeping position."),
    ((SEVERE, MODERATE), "Severe obstructive sleep apnoea. Referred for treatment."),
    ((MODERATE, MODERATE), ""),
    ((None, MILD, NORMAL), ""),
    ((None,) * 6, ""),
    ((MODERATE,), ""),
    ((), ""),
)
# An orderer has the kit for so long before the first night.
BEFORE_THE_FIRST: Final = timedelta(days=5)
A_NIGHT: Final = timedelta(hours=7, minutes=25)


@dataclass(frozen=True)
class People:
    gateway: Actor
    clinician: Actor


def liven_studies_once(people: People, *, account_id: int) -> None:
    """Some activated, some being recorded, some waiting for review, some finished. Not inside a
    transaction: an activation is one of its own.
    """
    told = StudyEvent.objects.filter(account_id=account_id, name=StudyEventName.ACTIVATED)
    if told.exists():
        return
    orders = Order.objects.filter(account_id=account_id).select_related("study__patient")
    home = orders.filter(status=Status.RETURN_ISSUED, organisation__reference=CLINIC_B[1])
    for order, (nights, conclusion) in zip(home.order_by("pk"), CAME_HOME, strict=False):
        assert order.study is not None
        record(order.study, nights, first=order.placed_at + BEFORE_THE_FIRST, people=people)
        if conclusion:
            _sign(order.study, conclusion, people)
    for reference, few in (("DEMO-PAT-001", (MILD, MODERATE)), ("DEMO-PAT-002", (NORMAL,))):
        study = orders.get(patient__reference=reference).study
        assert study is not None
        record(study, few, first=None, people=people)


def record(
    study: Study, nights: tuple[Night, ...], *, first: datetime | None, people: People
) -> None:
    """The patient begins, and records these nights, one a day from the first on; None is now. The
    next one, if there is one, has begun.
    """
    began = first or timezone.now()
    _activate(study, at=began, people=people)
    for night in nights:
        attempt = next(_all_due(study))
        _start(study, attempt, at=began, people=people)
        _complete(study, attempt, night, at=began + A_NIGHT if first else began, people=people)
        began = began + timedelta(days=1) if first else timezone.now()
    onward = next(_all_due(study), None)
    if nights and onward:
        _start(study, onward, at=began, people=people)


def create_in_house(*, actor: Actor) -> Study:
    """Its kit lies in the clinic: its code is there to be handed over."""
    wanted = InHouseWanted(
        terms=TermsWanted(organisation=OrganisationNamed("Sleep Clinic A", "ORG-A")),
        patient=_somebody("Priya Sample", date(1986, 11, 8), 901),
    )
    return create_in_house_study(wanted, actor=actor)


def refer_two(*, program: Actor) -> None:
    """They wait to be verified."""
    for number, (name, born) in enumerate(
        (("Quentin Demo", date(1959, 2, 11)), ("Rosa Example", date(1971, 7, 30))), start=1
    ):
        wanted = ReferralWanted(
            reference=f"DEMO-REFERRAL-{number}", patient=_somebody(name, born, 950 + number)
        )
        receive_referral(wanted, actor=program)


def _somebody(name: str, born: date, number: int) -> PatientWanted:
    return PatientWanted(
        name=PersonName.split(name),
        reference=f"DEMO-PAT-{number}",
        date_of_birth=born,
        email=f"patient{number}@demo.example",
        phone=Phone.read("07911 123456", region="GB"),
        address=address_of(number),
    )


def _activate(study: Study, *, at: datetime, people: People) -> None:
    born = study.patient.date_of_birth
    assert born is not None
    activate_study(
        Activation(
            code=study.activation_code, date_of_birth=born, message=public_id(), happened_at=at
        ),
        actor=people.gateway,
    )


def _start(study: Study, attempt: NightAttempt, *, at: datetime, people: People) -> None:
    start = AttemptStart(night=attempt.night, attempt=attempt.number, started_at=at)
    start_attempt(study, start, actor=people.gateway)


def _complete(
    study: Study, attempt: NightAttempt, night: Night, *, at: datetime, people: People
) -> None:
    indexes = _indexes(night, study)
    result = AttemptResult(
        night=attempt.night,
        attempt=attempt.number,
        completed_at=at,
        is_valid=night is not None,
        indexes=indexes,
        report=report_of(study, attempt, indexes) if night else None,
    )
    complete_attempt(study, result, actor=people.gateway)


def _indexes(night: Night, study: Study) -> Indexes:
    if night is None:
        return Indexes()
    ahi3, ahi4, odi3, odi4 = map(Decimal, night)
    if Sensor.OXIMETER not in study.sensors:
        return Indexes(ahi3=ahi3, ahi4=ahi4)
    return Indexes(ahi3=ahi3, ahi4=ahi4, odi3=odi3, odi4=odi4)


def _all_due(study: Study) -> Iterator[NightAttempt]:
    yield from study.attempts.filter(status=AttemptStatus.PENDING)


def _sign(study: Study, conclusion: str, people: People) -> None:
    study.refresh_from_db()
    assert study.status == StudyStatus.RESULT_READY
    sign_review(study, conclusion=conclusion, seen=results_of(study), actor=people.clinician)
