"""Studies with results, as the recording side makes them known, and referrals to verify."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from foundation.actors import Actor, Door
from orders.models import Referral
from orders.referrals import ReferralWanted, Verified, receive_referral, verify_referral
from organisations.actors import actor_for_client
from organisations.models import Organisation
from organisations.roles import Scope, permissions_granted
from organisations.sensors import EmitOn
from patients.wanted import PatientWanted
from studies.models import Study
from studies.recording import complete_attempt
from studies.wanted import AttemptResult, Indexes
from tests import builders

_numbers = count(1)


def report_saying(words: str) -> bytes:
    """One page with these words on it."""
    drawn = f"BT /F1 24 Tf 40 760 Td ({words}) Tj ET".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources 6 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Font<</F1 5 0 R>>>>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(written))
        written += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(written))
    return written + head + table + end


PDF = report_saying("Synthetic report")
MEASURED = Indexes(
    ahi3=Decimal("12.5"), ahi4=Decimal("8.25"), odi3=Decimal(11), odi4=Decimal("7.75")
)


def gateway() -> Actor:
    """The recording side."""
    granted = permissions_granted([Scope.RECORDINGS])
    return replace(builders.operator(), door=Door.GATEWAY, permissions=granted, user_id=None)


def told(study: Study, night: int = 1, attempt: int = 1, **members: Any) -> AttemptResult:
    """A valid night unless `members` say otherwise."""
    given = {"is_valid": True, "indexes": MEASURED, "completed_at": timezone.now(), **members}
    return AttemptResult(night=night, attempt=attempt, **given)


def record(study: Study, *results: AttemptResult) -> Study:
    for one in results:
        complete_attempt(study, one, actor=gateway())
    study.refresh_from_db()
    return study


def study_to_review(
    chosen: Organisation,
    *,
    emit_on: EmitOn = EmitOn.REVIEWED,
    report: bytes | None = PDF,
    order: dict[str, Any] | None = None,
    **members: Any,
) -> Study:
    """Ordered for one night, which is done; `members` are those of its result."""
    asked = order or {}
    made = builders.order(chosen=chosen, **{**asked, "study": {"nights": 1, "emit_on": emit_on}})
    assert made.study
    return record(made.study, told(made.study, report=report, **members))


def study_of_many_nights(chosen: Organisation) -> Study:
    """Three nights, one of them at the second attempt, as a clinician finds them."""
    made = builders.order(chosen=chosen, study={"nights": 3, "emit_on": EmitOn.REVIEWED})
    assert made.study
    now = timezone.now()
    at = [now - timedelta(days=days) for days in (4, 3, 2, 1)]
    some = Indexes(ahi3=Decimal("31.2"), ahi4=Decimal("16.4"))
    return record(
        made.study,
        told(made.study, 1, completed_at=at[0], report=PDF),
        told(made.study, 2, completed_at=at[1], is_valid=False, indexes=some),
        told(made.study, 2, 2, completed_at=at[2], indexes=some),
        told(made.study, 3, completed_at=at[3], report=PDF),
    )


def referral(chosen: Organisation, **members: Any) -> Referral:
    """Sent by a program of the account, whose referrals go to `chosen`."""
    Organisation.objects.filter(pk=chosen.pk).update(takes_referrals=True)
    client = builders.api_client(chosen.account, Scope.REFERRALS).client
    sender = actor_for_client(client, scopes=[Scope.REFERRALS], door=Door.V1)
    patient: PatientWanted = builders.patient_wanted(**{"address": None, **members})
    wanted = ReferralWanted(
        reference=f"REF-{next(_numbers)}", patient=patient, nights=1, sensors=("neck",)
    )
    return receive_referral(wanted, actor=sender)


def verify(sent: Referral, **members: Any) -> Referral:
    """By staff, who changed nothing."""
    said = {
        "patient": PatientWanted.of(sent.patient),
        "address": builders.ADDRESS,
        "phone_needed": False,
        "phone_asked": True,
        **members,
    }
    return verify_referral(sent, Verified(**said), actor=builders.staff(owner=sent.account))
