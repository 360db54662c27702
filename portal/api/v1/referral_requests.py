"""What a new referral may hold: contracts/v1.md section 2.5. Where the kit goes and whether a phone
is needed is found out when the patient is asked; whatever is sent of it is ignored.
"""

from typing import Any

from orders.referrals import ReferralWanted
from portal.api.fields import Word
from portal.api.members import Members
from portal.api.v1.fields import Reference
from portal.api.v1.format import REFERRAL
from portal.api.v1.serializers import (
    YOURS,
    Patient,
    Resource,
    Sent,
    StudyTerms,
    patient_wanted,
    read,
)


class ReferralAttributes(Members):
    reference = Reference(help_text=YOURS)
    study = StudyTerms(required=False)
    patient = Patient()


class ReferralResource(Resource):
    type = Word([REFERRAL, f"{REFERRAL}s"], any_case=True)


def read_referral(document: Any) -> Sent:
    """A referral, or Refused with every fault."""
    return read(document, ReferralAttributes, within=ReferralResource)


def referral_wanted(attributes: dict[str, Any], *, country: str) -> ReferralWanted:
    """`country` is the account's: where a telephone number belongs that does not say so."""
    study = attributes.get("study", {})
    return ReferralWanted(
        reference=attributes["reference"],
        patient=patient_wanted(attributes["patient"], country=country),
        nights=study.get("nights"),
        sensors=study.get("sensors"),
    )
