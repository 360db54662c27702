"""Why something about a referral is refused."""

from foundation.errors import Conflict, Invalid, NotFound


class ReferralNotFound(NotFound):
    code = "referral_not_found"
    message = "There is no referral with this reference."


class ReferralIsDecided(Conflict):
    code = "referral_is_decided"
    message = "This referral was {status} already."


class RejectionReasonMissing(Invalid):
    code = "rejection_reason_missing"
    message = "Say why the referral is rejected."
