"""What a clinician finds in the demo's inbox, and the referrals that wait for the clinic."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from foundation.actors import Actor, Door, Permission
from foundation.phones import Phone
from orders.models import Order
from orders.referrals import ReferralWanted, receive_referral
from organisations.models import Account, Organisation
from organisations.sensors import Sensor
from patients.wanted import PatientWanted, PersonName
from studies.models import Study
from studies.recording import complete_attempt
from studies.wanted import AttemptResult, Indexes

RECORDER: Final = Actor(
    door=Door.GATEWAY,
    label="Demo recordings",
    permissions=frozenset({Permission.RECORD_RESULTS}),
    account_id=None,
)
# The first orders of the demo, with the indices of their nights; None is a night that was not
# valid and is repeated.
NIGHTS: Final[tuple[tuple[str | None, ...], ...]] = (
    ("4.2 3.1 5.0 3.3", "6.8 5.2 7.1 5.0"),
    (None, "18.4 14.9 17.7 14.2", "21.0 16.3 20.2 15.8"),
    ("33.5 28.1 31.9 27.4", "36.1 30.2 34.7 29.6"),
)
REFERRED: Final = (
    ("DEMO-REF-1", "Priya Example", date(1971, 5, 4)),
    ("DEMO-REF-2", "Quentin Sample", date(1959, 10, 19)),
)


def tell_results(orders: list[Order]) -> None:
    studies = [order.study for order in orders if order.study]
    for study, nights in zip(studies, NIGHTS, strict=False):
        _record(study, nights)


def refer_patients(account: Account) -> None:
    """By a program of the clinic, to the first of its organisations."""
    first = Organisation.objects.filter(account=account).earliest("pk")
    Organisation.objects.filter(pk=first.pk).update(takes_referrals=True)
    sender = replace(
        RECORDER,
        door=Door.V1,
        label="Demo referrals",
        permissions=frozenset({Permission.SEND_REFERRALS}),
        account_id=account.pk,
    )
    for reference, name, born in REFERRED:
        wanted = PatientWanted(
            name=PersonName.split(name),
            reference=f"{reference}-PAT",
            date_of_birth=born,
            email=f"{reference.lower()}@demo.example",
            phone=Phone.read("07911 123456", region="GB"),
        )
        asked = ReferralWanted(
            reference=reference, patient=wanted, nights=1, sensors=(Sensor.NECK,)
        )
        receive_referral(asked, actor=sender)


def _record(study: Study, nights: tuple[str | None, ...]) -> None:
    """One after the other, the last of them last night."""
    night, attempt = 1, 1
    for place, measured in enumerate(nights):
        at = timezone.now() - timedelta(days=len(nights) - place)
        result = AttemptResult(
            night=night,
            attempt=attempt,
            is_valid=measured is not None,
            completed_at=at,
            indexes=_indexes(measured),
        )
        complete_attempt(study, result, actor=RECORDER)
        night, attempt = (night, attempt + 1) if measured is None else (night + 1, 1)


def _indexes(measured: str | None) -> Indexes:
    if measured is None:
        return Indexes()
    ahi3, ahi4, odi3, odi4 = (Decimal(one) for one in measured.split())
    return Indexes(ahi3=ahi3, ahi4=ahi4, odi3=odi3, odi4=odi4)
