"""Why a study is refused, or something about one."""

from foundation.errors import Conflict, Invalid, NotFound


class OrganisationNotFound(NotFound):
    code = "organisation_not_found"
    message = "No organisation of your account has both this name and this reference."


class ReferenceMissing(Invalid):
    code = "reference_missing"
    message = "Enter a reference of 1 to 128 characters."


class ReferenceTooLong(Invalid):
    code = "reference_too_long"
    message = "A reference has 128 characters at most."


class ReferenceMalformed(Invalid):
    code = "reference_malformed"
    message = "A reference cannot contain a slash or control characters, or be “.” or “..”."


class ReferenceReserved(Invalid):
    code = "reference_reserved"
    message = "References that begin with HW- are ours. Choose another."


class ReferenceTaken(Conflict):
    code = "reference_taken"
    message = "This reference is taken in your account. Choose another."


class NightsMissing(Invalid):
    code = "nights_missing"
    message = "Say how many nights: the organisation has no default."


class NightsOutOfRange(Invalid):
    code = "nights_out_of_range"
    message = "Choose 1 to {most} nights."


class SensorsMissing(Invalid):
    code = "sensors_missing"
    message = "Choose the sensors: the organisation has no default."


class NeckSensorMissing(Invalid):
    code = "neck_sensor_missing"
    message = "The neck sensor is part of every study."


class SensorNotEntitled(Invalid):
    code = "sensor_not_entitled"
    message = "The account is not configured for one of the requested sensors."


class SensorNotInProduct(Invalid):
    code = "sensor_not_in_product"
    message = "The organisation's product cannot use one of the requested sensors."


class ReferralsNotSetUp(Invalid):
    code = "referrals_not_set_up"
    message = "Your account has no organisation that takes referrals. Ask your account manager."


class StudyNotFound(NotFound):
    code = "study_not_found"
    message = "There is no study with this reference."


class StudyNotCancellable(Invalid):
    code = "study_not_cancellable"
    message = "This study is “{status}”, so it can no longer be cancelled."


class StudyIsCancelled(Conflict):
    code = "study_is_cancelled"
    message = "This study was cancelled."


class CodeNotFound(NotFound):
    """The same for a code that never was and for one whose study was cancelled."""

    code = "code_not_found"
    message = "There is no study with this activation code. Check the code."


class DateOfBirthWrong(Invalid):
    code = "date_of_birth_wrong"
    message = "This is not the date of birth of the patient this study is for."


class DateOfBirthUnknown(Invalid):
    code = "date_of_birth_unknown"
    message = "The clinic has not said when the patient was born. Ask the clinic."


class StudyIsLocked(Conflict):
    code = "study_is_locked"
    message = (
        "A wrong date of birth was given too often, so this study is locked. Ask the clinic to "
        "unlock it."
    )


class StudyIsNotLocked(Invalid):
    code = "study_is_not_locked"
    message = "This study is not locked."


class NightNotOrdered(Invalid):
    code = "night_not_ordered"
    message = "This study has {most} nights."


class AttemptNotDue(Invalid):
    code = "attempt_not_due"
    message = "A night of this study has {most} attempts at most."


class AttemptHasAnotherResult(Conflict):
    code = "attempt_has_another_result"
    message = "This attempt has a result already, and another one."


class TimeInTheFuture(Invalid):
    code = "time_in_the_future"
    message = "This time has not come yet."


class TimeTooLongAgo(Invalid):
    code = "time_too_long_ago"
    message = "This time is before the year 2000."


class TimesOutOfOrder(Invalid):
    code = "times_out_of_order"
    message = "A recording ends after it began."


class ReportNotPdf(Invalid):
    code = "report_not_pdf"
    message = "The report is not a PDF document."


class ReportTooLarge(Invalid):
    code = "report_too_large"
    message = "A report has at most {most} megabytes."


class ReportNotFound(NotFound):
    code = "report_not_found"
    message = "There is no report, or none that was released."


class NotAwaitingReview(Invalid):
    code = "not_awaiting_review"
    message = "This study is “{status}”, so there is nothing to review now."


class NotReviewedYet(Invalid):
    code = "not_reviewed_yet"
    message = "This study was not reviewed yet, so there is no review to amend."


class ResultsHaveChanged(Conflict):
    code = "results_have_changed"
    message = "New results came while you had this page open. Look at them first."


class ReviewHasChanged(Conflict):
    code = "review_has_changed"
    message = "Somebody amended this review while you had this page open. Look at it first."


class ConclusionMissing(Invalid):
    code = "conclusion_missing"
    message = "Write your conclusion."


class ReasonForAmendingMissing(Invalid):
    code = "amending_reason_missing"
    message = "Say why the review is amended."


class StudyReasonMissing(Invalid):
    code = "study_reason_missing"
    message = "Say why."


class TooManyNights(Invalid):
    code = "too_many_nights"
    message = "A study has {most} nights at most."
