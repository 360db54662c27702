"""What the recording side says of the nights. Its messages may be late, out of order and repeated:
each is placed by when it happened, and the same said twice changes nothing.
"""

import hashlib
from typing import Final

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor, Permission
from foundation.errors import Faults
from foundation.history import sign_history
from studies import lifecycle, nights
from studies.errors import (
    AttemptHasAnotherResult,
    ReportNotPdf,
    ReportTooLarge,
    StudyIsCancelled,
)
from studies.models import AttemptReport, NightAttempt, Study, StudyEventName
from studies.moments import check_moment, check_order
from studies.news import StudyTurn, tell
from studies.statuses import AttemptStatus, StudyStatus
from studies.wanted import AttemptResult, AttemptStart

LARGEST_REPORT_MB: Final = 10
LARGEST_REPORT: Final = LARGEST_REPORT_MB * 1024 * 1024
# A PDF ends with its cross-references and a mark, after which some programs add a little.
END_OF_PDF: Final = 1024


@transaction.atomic
def start_attempt(study: Study, start: AttemptStart, *, actor: Actor) -> NightAttempt:
    """The patient has begun to record this night; also when the result was here first.

    Raises StudyNotFound, StudyIsCancelled, NightNotOrdered, AttemptNotDue, TimeInTheFuture.
    """
    actor.must(Permission.RECORD_RESULTS)
    check_moment(start.started_at, field="started_at")
    sign_history(actor)
    study = _locked(study, actor=actor)
    attempt = nights.attempt_at(study, start.night, start.attempt)
    if attempt.start_told_at is not None:
        return attempt
    if not attempt.has_result:
        attempt.status = AttemptStatus.IN_PROGRESS
    attempt.began_at, attempt.start_told_at = start.started_at, timezone.now()
    attempt.save(update_fields=["status", "began_at", "start_told_at"])
    _begin(study)
    _record(study, attempt, StudyEventName.ATTEMPT_STARTED, actor=actor)
    tell(study, StudyTurn.ATTEMPT_STARTED, at=start.started_at)
    return attempt


@transaction.atomic
def complete_attempt(study: Study, result: AttemptResult, *, actor: Actor) -> NightAttempt:
    """The recording was processed and is valid or not. A night that is not valid is repeated as
    often as was settled; with enough results the study awaits its review.

    Raises what `start_attempt` does, and TimesOutOfOrder, ReportNotPdf, ReportTooLarge,
    AttemptHasAnotherResult.
    """
    actor.must(Permission.RECORD_RESULTS)
    _check(result)
    sign_history(actor)
    study = _locked(study, actor=actor)
    attempt = nights.attempt_at(study, result.night, result.attempt)
    if attempt.has_result:
        _must_be_the_same(attempt, result)
        return attempt
    _take(attempt, result, study)
    _begin(study)
    nights.repeat_if_due(study, attempt.night)
    _record(study, attempt, StudyEventName.ATTEMPT_COMPLETED, actor=actor)
    tell(study, StudyTurn.ATTEMPT_COMPLETED, at=result.completed_at)
    _settle(study, actor=actor)
    return attempt


def finish(study: Study, *, actor: Actor) -> None:
    """Tell whoever ordered that there are enough results; perhaps again, after another night."""
    now = timezone.now()
    lifecycle.change(study, finished_at=study.finished_at or now)
    lifecycle.record(study, StudyEventName.FINISHED, actor=actor, at=now)
    tell(study, StudyTurn.FINISHED, at=now)


def _locked(study: Study, *, actor: Actor) -> Study:
    study = lifecycle.locked_study(study, actor=actor)
    if study.status == StudyStatus.CANCELLED:
        raise StudyIsCancelled(field="study")
    nights.plan(study)
    return study


def _begin(study: Study) -> None:
    if study.status in (StudyStatus.CREATED, StudyStatus.ACTIVATED):
        lifecycle.advance(study, StudyStatus.IN_PROGRESS)


def _settle(study: Study, *, actor: Actor) -> None:
    """A result may be enough; one that comes after that waits for a review, too."""
    now = timezone.now()
    if study.status in (StudyStatus.RESULT_READY, StudyStatus.FINISHED):
        lifecycle.change(study, awaits_review_since=study.awaits_review_since or now)
    elif nights.has_enough(study):
        lifecycle.advance(study, StudyStatus.RESULT_READY, awaits_review_since=now)
        lifecycle.record(study, StudyEventName.RESULT_READY, actor=actor, at=now)
        if not study.is_withheld:
            finish(study, actor=actor)


def _check(result: AttemptResult) -> None:
    faults = Faults()
    with faults.gathered():
        check_moment(result.started_at, field="started_at")
    with faults.gathered():
        check_moment(result.completed_at, field="completed_at")
    with faults.gathered():
        check_order(result.started_at, result.completed_at)
    with faults.gathered():
        check_report(result.report)
    faults.raise_any()


def check_report(content: bytes | None) -> None:
    """Raises ReportTooLarge; ReportNotPdf unless it begins and ends as a PDF does."""
    if content is None:
        return
    if len(content) > LARGEST_REPORT:
        raise ReportTooLarge(field="report", most=LARGEST_REPORT_MB)
    end = content[-END_OF_PDF:]
    if not (content.startswith(b"%PDF-") and b"startxref" in end and b"%%EOF" in end):
        raise ReportNotPdf(field="report")


def _take(attempt: NightAttempt, result: AttemptResult, study: Study) -> None:
    attempt.status = AttemptStatus.VALID if result.is_valid else AttemptStatus.INVALID
    attempt.began_at = attempt.began_at or result.started_at
    attempt.completed_at = result.completed_at
    attempt.released_at = None if study.is_withheld else timezone.now()
    attempt.has_report = result.report is not None
    for name, value in result.indexes.as_columns().items():
        setattr(attempt, name, value)
    attempt.save()
    if result.report is not None:
        AttemptReport.objects.create(
            account_id=attempt.account_id,
            attempt=attempt,
            content=result.report,
            sha256=_hash(result.report),
        )


def _must_be_the_same(attempt: NightAttempt, result: AttemptResult) -> None:
    """What was said before may be said again; anything else may not take its place."""
    kept = AttemptReport.objects.filter(attempt=attempt).values_list("sha256", flat=True).first()
    told = None if result.report is None else _hash(result.report)
    same = (
        attempt.is_valid == result.is_valid
        and attempt.completed_at == result.completed_at
        and kept == told
        and all(getattr(attempt, name) == value for name, value in _columns(result))
    )
    if not same:
        raise AttemptHasAnotherResult(field="attempt")


def _columns(result: AttemptResult) -> list[tuple[str, object]]:
    return list(result.indexes.as_columns().items())


def _record(study: Study, attempt: NightAttempt, name: StudyEventName, *, actor: Actor) -> None:
    at = attempt.began_at if name is StudyEventName.ATTEMPT_STARTED else attempt.completed_at
    lifecycle.record(study, name, actor=actor, at=at, night=attempt.night, attempt=attempt.number)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
