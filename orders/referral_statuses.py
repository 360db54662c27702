"""The life of a referral: *received*, and then *verified* or *rejected*. From there on it is its
order that lives.
"""

from collections.abc import Mapping

from django.db import models


class ReferralStatus(models.TextChoices):
    RECEIVED = "received", "To verify"
    VERIFIED = "verified", "Verified"
    REJECTED = "rejected", "Rejected"


NEXT: Mapping[ReferralStatus, frozenset[ReferralStatus]] = {
    ReferralStatus.RECEIVED: frozenset({ReferralStatus.VERIFIED, ReferralStatus.REJECTED}),
    ReferralStatus.VERIFIED: frozenset(),
    ReferralStatus.REJECTED: frozenset(),
}


def steps() -> list[tuple[str, str]]:
    """Every legal step, as the database's own guard wants them."""
    return sorted((here.value, to.value) for here, onward in NEXT.items() for to in onward)
