"""What a clinician does with the results: sign them with a conclusion, ask for another night, amend
the review later. Every version stays.
"""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from foundation.actors import Actor, Permission
from foundation.history import sign_history
from organisations.models.accounts import MOST_NIGHTS
from studies import lifecycle, nights
from studies.errors import (
    ConclusionMissing,
    NotAwaitingReview,
    NotReviewedYet,
    ReasonForAmendingMissing,
    ResultsHaveChanged,
    ReviewHasChanged,
    StudyReasonMissing,
    TooManyNights,
)
from studies.models import (
    NOTE_LENGTH,
    Review,
    Study,
    StudyEventName,
)
from studies.recording import finish
from studies.statuses import HAS_RESULT, StudyStatus


@transaction.atomic
def sign_review(study: Study, *, conclusion: str, seen: int, actor: Actor) -> Review:
    """The clinician answers for the results, which are released by it: contracts/v1.md, House
    decisions, emitOn.

    `seen` is the number of results that were looked at: ResultsHaveChanged when there are more.
    Raises NotAwaitingReview, ConclusionMissing.
    """
    study = _locked(study, actor)
    if study.status != StudyStatus.RESULT_READY:
        raise NotAwaitingReview(field="study", status=study.get_status_display())
    review = _sign(study, conclusion, reason="", seen=seen, actor=actor)
    lifecycle.advance(study, StudyStatus.FINISHED, awaits_review_since=None)
    lifecycle.record(study, StudyEventName.REVIEWED, actor=actor)
    _release(study)
    if study.is_withheld:
        finish(study, actor=actor)
    return review


@transaction.atomic
def amend_review(
    study: Study,
    *,
    conclusion: str,
    reason: str,
    seen: int,
    version: int | None = None,
    actor: Actor,
) -> Review:
    """A new version takes the place of the one before, which stays readable. Results that came
    since are released with it, and told.

    `version` is the one that was amended, where its reader tells: ReviewHasChanged when there is a
    newer one. Raises NotReviewedYet, ConclusionMissing, ReasonForAmendingMissing,
    ResultsHaveChanged.
    """
    study = _locked(study, actor)
    if study.status != StudyStatus.FINISHED:
        raise NotReviewedYet(field="study")
    if not reason.strip():
        raise ReasonForAmendingMissing(field="reason")
    if version is not None and version != _last_version(study):
        raise ReviewHasChanged(field="study")
    review = _sign(study, conclusion, reason=reason.strip(), seen=seen, actor=actor)
    lifecycle.change(study, awaits_review_since=None)
    lifecycle.record(study, StudyEventName.AMENDED, actor=actor)
    if _release(study):
        finish(study, actor=actor)
    return review


@transaction.atomic
def ask_for_repeat(study: Study, *, reason: str, seen: int, actor: Actor) -> Study:
    """One more night is due, after all others; the study is being recorded again.

    Raises NotAwaitingReview, StudyReasonMissing, TooManyNights, ResultsHaveChanged.
    """
    study = _locked(study, actor)
    if study.status != StudyStatus.RESULT_READY:
        raise NotAwaitingReview(field="study", status=study.get_status_display())
    if not reason.strip():
        raise StudyReasonMissing(field="reason")
    if study.all_nights >= MOST_NIGHTS:
        raise TooManyNights(field="study", most=MOST_NIGHTS)
    _must_have_seen(study, seen)
    lifecycle.advance(
        study,
        StudyStatus.IN_PROGRESS,
        repeat_nights=study.repeat_nights + 1,
        awaits_review_since=None,
    )
    nights.plan(study)
    note = reason.strip()[:NOTE_LENGTH]
    lifecycle.record(study, StudyEventName.REPEAT_ASKED, actor=actor, note=note)
    return study


def results_of(study: Study) -> int:
    """How many attempts have a result: what a reviewer has seen, in a number."""
    return study.attempts.filter(status__in=HAS_RESULT).count()


def _locked(study: Study, actor: Actor) -> Study:
    actor.must(Permission.REVIEW_RESULTS)
    sign_history(actor)
    return lifecycle.locked_study(study, actor=actor)


def _must_have_seen(study: Study, seen: int) -> None:
    if results_of(study) != seen:
        raise ResultsHaveChanged(field="study")


def _sign(study: Study, conclusion: str, *, reason: str, seen: int, actor: Actor) -> Review:
    if not conclusion.strip():
        raise ConclusionMissing(field="conclusion")
    _must_have_seen(study, seen)
    return Review.objects.create(
        account_id=study.account_id,
        study=study,
        version=_last_version(study) + 1,
        conclusion=conclusion.strip(),
        reason=reason,
        signed_by=actor.label[:255],
        signed_by_user_id=actor.one_user,
        signed_at=timezone.now(),
    )


def _last_version(study: Study) -> int:
    return study.reviews.aggregate(last=Max("version"))["last"] or 0


def _release(study: Study) -> bool:
    """What had to wait for a review may leave from now on; whether there was anything."""
    waiting = study.attempts.filter(status__in=HAS_RESULT, released_at=None)
    return bool(waiting.update(released_at=timezone.now()))
