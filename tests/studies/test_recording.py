"""Lines 3 and 4: attempts started and completed, their repetition, and when there is enough."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from foundation.errors import Forbidden, SeveralRefusals
from organisations.sensors import SeverityIndex
from studies.commands import cancel_in_house_study
from studies.errors import (
    AttemptHasAnotherResult,
    AttemptNotDue,
    NightNotOrdered,
    ReportNotPdf,
    ReportTooLarge,
    StudyIsCancelled,
    TimeInTheFuture,
    TimesOutOfOrder,
    TimeTooLongAgo,
)
from studies.models import AttemptReport, NightAttempt, Study, StudyEventName
from studies.recording import LARGEST_REPORT, start_attempt
from studies.severity import Severity, severity_of
from studies.statuses import ATTEMPT_NEXT, AttemptStatus, StudyStatus
from studies.wanted import AttemptStart, Indexes
from tests import builders, studying
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db

BAD = {"is_valid": False, "report": None, "indexes": Indexes()}


def test_a_started_attempt_puts_the_study_in_progress_and_is_told():
    study = studying.in_house(nights=1)
    studying.activate(study)

    attempt = studying.start(study)

    studying.refreshed(study, StudyStatus.IN_PROGRESS)
    assert (attempt.status, attempt.began_at) == (AttemptStatus.IN_PROGRESS, studying.EVENING)
    assert _told(study)[-1] == "attempt_started"


def test_the_same_start_twice_changes_nothing():
    study = studying.in_house()

    studying.start(study)
    studying.start(study)

    assert _told(study).count("attempt_started") == 1


def test_a_start_may_come_before_the_activation_that_it_followed():
    study = studying.in_house()

    studying.start(study)
    studying.activate(study, happened_at=studying.EVENING - timedelta(minutes=5))

    studying.refreshed(study, StudyStatus.IN_PROGRESS)
    names = [event.name for event in study.events.order_by("happened_at", "pk")]
    assert names.index(StudyEventName.ACTIVATED) < names.index(StudyEventName.ATTEMPT_STARTED)


def test_a_start_may_come_after_the_result_and_is_told_all_the_same():
    study = studying.in_house(nights=1)
    studying.complete(study)

    attempt = studying.start(study)

    assert (attempt.status, attempt.began_at) == (AttemptStatus.VALID, studying.EVENING)
    assert _told(study) == ["attempt_completed", "finished", "attempt_started"]


def test_a_valid_night_keeps_its_indexes_and_its_report():
    study = studying.in_house(nights=1)

    attempt = studying.complete(study)

    attempt.refresh_from_db()
    assert attempt.indexes == {
        "ahi3": Decimal("9.1"),
        "ahi4": Decimal("6.4"),
        "odi3": Decimal("8.2"),
        "odi4": Decimal("5.0"),
    }
    assert bytes(attempt.report.content) == studying.PDF


@pytest.mark.parametrize(("index", "severity"), [("ahi3", Severity.MILD), ("ahi4", None)])
def test_severity_is_by_the_index_that_the_organisation_settled(index, severity):
    study = studying.in_house(nights=1, settings={"severity_by": index})

    attempt = studying.complete(study, indexes=Indexes(ahi3=Decimal("9.1")))

    assert attempt.severity_by(SeverityIndex(study.severity_by)) == severity


@pytest.mark.parametrize(
    ("index", "severity"),
    [
        ("0", Severity.NORMAL),
        ("4.99", Severity.NORMAL),
        ("5", Severity.MILD),
        ("14.99", Severity.MILD),
        ("15", Severity.MODERATE),
        ("29.99", Severity.MODERATE),
        ("30", Severity.SEVERE),
        ("999.99", Severity.SEVERE),
    ],
)
def test_the_bands_of_severity_begin_where_medicine_has_them(index, severity):
    assert severity_of(Decimal(index)) == severity


def test_a_night_that_was_not_valid_is_due_again_up_to_the_maximum():
    study = studying.in_house(nights=1, settings={"most_repeats": 2})

    for number in (1, 2, 3):
        studying.complete(study, attempt=number, **BAD)

    studying.refreshed(study, StudyStatus.RESULT_READY)
    assert [one.status for one in study.attempts.all()] == [AttemptStatus.INVALID] * 3


def test_with_no_repeats_a_bad_night_is_done_at_once():
    study = studying.in_house(nights=1, settings={"most_repeats": 0})

    studying.complete(study, **BAD)

    studying.refreshed(study, StudyStatus.RESULT_READY)


def test_a_repeat_that_was_recorded_before_it_was_due_is_not_made_due_again():
    study = studying.in_house(nights=1, settings={"most_repeats": 1})
    studying.complete(study, attempt=2)

    studying.complete(study, attempt=1, **BAD)

    assert [one.status for one in study.attempts.all()] == [
        AttemptStatus.INVALID,
        AttemptStatus.VALID,
    ]


def test_so_many_valid_nights_as_the_organisation_settled_are_enough():
    study = studying.in_house(nights=3, settings={"enough_nights": 2})

    studying.complete(study, 1)
    studying.refreshed(study, StudyStatus.IN_PROGRESS)
    studying.complete(study, 3)

    studying.refreshed(study, StudyStatus.RESULT_READY)
    assert study.attempts.get(night=2).status == AttemptStatus.PENDING


def test_without_that_setting_every_night_is_done_first():
    study = studying.in_house(nights=2)

    studying.complete(study, 2)
    studying.refreshed(study, StudyStatus.IN_PROGRESS)
    studying.complete(study, 1)

    studying.refreshed(study, StudyStatus.RESULT_READY)
    assert _told(study) == ["attempt_completed", "attempt_completed", "finished"]


def test_under_reviewed_enough_results_are_not_told_yet():
    study = studying.with_results(studying.withheld())

    assert "finished" not in _told(study)
    assert study.finished_at is None
    assert study.awaits_review_since is not None


def test_what_reviewed_withholds_is_decided_when_the_event_is_written():
    study = studying.with_results(studying.withheld(), nights=1)

    event = WebhookEvent.objects.get(kinds=["attempt_completed"])

    attempt = NightAttempt.objects.get(study=study)
    assert event.facts["nights"] == [[attempt.pk, "valid", False]]


def test_under_complete_the_result_may_go_with_the_event():
    study = studying.with_results(nights=1)

    event = WebhookEvent.objects.get(kinds=["attempt_completed"])

    assert event.facts["nights"] == [[study.attempts.get().pk, "valid", True]]


def test_the_same_result_twice_changes_nothing():
    study = studying.in_house(nights=1)
    studying.complete(study)
    events = study.events.count()

    studying.complete(study)

    assert (study.events.count(), _told(study)) == (events, ["attempt_completed", "finished"])
    assert AttemptReport.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"is_valid": False},
        {"report": None},
        {"report": studying.PDF + b"\n"},
        {"indexes": replace(studying.MEASURED, ahi3=Decimal("9.2"))},
        {"completed_at": studying.MORNING + timedelta(days=3)},
    ],
)
def test_another_result_of_the_same_attempt_is_a_conflict(other):
    study = studying.in_house(nights=1)
    studying.complete(study)

    with pytest.raises(AttemptHasAnotherResult):
        studying.complete(study, **other)


def test_a_result_that_comes_after_the_end_waits_for_a_review_too():
    study = studying.in_house(nights=2, settings={"enough_nights": 1})
    studying.complete(study, 1)

    studying.complete(study, 2)

    studying.refreshed(study, StudyStatus.RESULT_READY)
    assert _told(study) == ["attempt_completed", "finished", "attempt_completed"]


def test_nothing_is_recorded_for_a_cancelled_study():
    study = studying.in_house()
    cancel_in_house_study(study, actor=builders.staff(owner=study.account))

    with pytest.raises(StudyIsCancelled):
        studying.start(study)
    with pytest.raises(StudyIsCancelled):
        studying.complete(study)


@pytest.mark.parametrize(
    ("night", "attempt", "refusal"),
    [
        (0, 1, NightNotOrdered),
        (3, 1, NightNotOrdered),
        (1, 0, AttemptNotDue),
        (1, 4, AttemptNotDue),
    ],
)
def test_nights_and_attempts_that_there_cannot_be_are_refused(night, attempt, refusal):
    study = studying.in_house(nights=2)

    with pytest.raises(refusal):
        studying.start(study, night, attempt)

    assert not study.events.filter(name=StudyEventName.ATTEMPT_STARTED).exists()


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"completed_at": timezone.now() + timedelta(days=1)}, TimeInTheFuture),
        ({"completed_at": studying.EVENING.replace(year=1999)}, TimeTooLongAgo),
        ({"started_at": studying.MORNING + timedelta(days=9)}, TimesOutOfOrder),
        ({"report": b"<html>"}, ReportNotPdf),
        ({"report": b"%PDF-1.7 and no end"}, ReportNotPdf),
        ({"report": b""}, ReportNotPdf),
        ({"report": b"%PDF-" + b"0" * LARGEST_REPORT}, ReportTooLarge),
    ],
)
def test_a_result_that_is_wrong_in_itself_is_refused_and_leaves_nothing(told, refusal):
    study = studying.in_house(nights=1)

    with pytest.raises(refusal):
        studying.complete(study, **told)

    assert not study.attempts.exists()


def test_all_that_is_wrong_with_a_result_is_told_at_once():
    with pytest.raises(SeveralRefusals) as told:
        studying.complete(
            studying.in_house(), completed_at=timezone.now() + timedelta(days=1), report=b""
        )

    assert [type(one) for one in told.value.each()] == [TimeInTheFuture, ReportNotPdf]


def test_clinics_do_not_record():
    study = studying.in_house()
    told = AttemptStart(night=1, attempt=1, started_at=studying.EVENING)

    with pytest.raises(Forbidden):
        start_attempt(study, told, actor=builders.staff(owner=study.account))


@pytest.mark.parametrize("here", AttemptStatus)
def test_an_attempt_with_a_result_stays_as_it_is(here):
    ends = here in (AttemptStatus.VALID, AttemptStatus.INVALID)

    assert (ATTEMPT_NEXT[here] == frozenset()) == ends


def _told(study: Study) -> list[str]:
    events = WebhookEvent.objects.filter(channel=study.channel, reference=study.reference)
    return [event.kinds[-1] for event in events.order_by("sequence")]
