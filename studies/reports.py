"""Reports, to be read by whoever may see the study."""

from django.db import models

from foundation.actors import Actor, Permission
from studies.errors import ReportNotFound
from studies.models import AttemptReport, NightAttempt, Study
from studies.statuses import AttemptStatus


def latest_report(study: Study, *, actor: Actor) -> AttemptReport:
    """The report of the latest valid attempt, once it was released: contracts/v1.md, House
    decisions, Reading back. Raises ReportNotFound.
    """
    actor.must(Permission.SEE_STUDIES)
    released = _reports(study, actor).filter(
        attempt__status=AttemptStatus.VALID, attempt__released_at__isnull=False
    )
    found = released.order_by("-attempt__completed_at", "-attempt__night", "-pk").first()
    if found is None:
        raise ReportNotFound(field="report")
    return found


def report_of(attempt: NightAttempt, *, actor: Actor) -> AttemptReport:
    """One attempt's; one that was not released is there for those who review. Raises
    ReportNotFound.
    """
    actor.must(Permission.SEE_STUDIES)
    found = _reports(attempt.study, actor).filter(attempt=attempt).first()
    if found is None or not may_see_result(attempt, actor):
        raise ReportNotFound(field="report")
    return found


def may_see_result(attempt: NightAttempt, actor: Actor) -> bool:
    return attempt.is_released or actor.may(Permission.REVIEW_RESULTS)


def _reports(study: Study, actor: Actor) -> "models.QuerySet[AttemptReport]":
    seen = Study.objects.visible_to(actor).filter(pk=study.pk)
    return AttemptReport.objects.filter(attempt__study__in=seen)
