"""Lines 4 to 6: what a clinician does with the results, and what is released by it."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from foundation.errors import Forbidden
from studies.errors import (
    ConclusionMissing,
    NotAwaitingReview,
    NotReviewedYet,
    ReasonForAmendingMissing,
    ReportNotFound,
    ResultsHaveChanged,
    StudyNotFound,
    StudyReasonMissing,
)
from studies.models import Review, Study
from studies.reports import latest_report, report_of
from studies.reviewing import amend_review, ask_for_repeat, results_of, sign_review
from studies.statuses import AttemptStatus, StudyStatus
from studies.wanted import Indexes
from tests import builders, studying
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db


def test_signing_finishes_the_study_and_releases_what_was_withheld():
    study = studying.with_results(studying.withheld())

    review = _sign(study)

    studying.refreshed(study, StudyStatus.FINISHED)
    assert (review.version, review.conclusion) == (1, "Mild apnoea.")
    assert study.finished_at is not None
    assert study.awaits_review_since is None
    assert all(attempt.is_released for attempt in study.attempts.all())
    assert _told(study)[-1] == "finished"
    assert [shown for *_, shown in WebhookEvent.objects.latest("pk").facts["nights"]] == [True] * 2


def test_under_complete_signing_tells_nothing_again():
    study = studying.with_results()

    _sign(study)

    assert _told(study).count("finished") == 1


def test_only_results_that_are_ready_are_signed():
    study = studying.in_house()

    with pytest.raises(NotAwaitingReview):
        _sign(study)


def test_a_review_is_signed_once():
    study = studying.with_results()
    _sign(study)

    with pytest.raises(NotAwaitingReview):
        _sign(study)


def test_a_review_needs_a_conclusion():
    with pytest.raises(ConclusionMissing):
        _sign(studying.with_results(), conclusion="  ")


def test_what_was_signed_is_kept_to_its_last_word():
    words = "Mild apnoea. " * 2000

    review = _sign(studying.with_results(), conclusion=words)

    review.refresh_from_db()
    assert review.conclusion == words.strip()


def test_results_that_came_while_the_page_was_open_are_looked_at_first():
    study = studying.in_house(studying.withheld(enough_nights=1), nights=2)
    studying.complete(study, 1)
    seen = results_of(study)
    studying.complete(study, 2)

    with pytest.raises(ResultsHaveChanged):
        _sign(study, seen=seen)

    assert not Review.objects.exists()


def test_staff_who_are_no_clinicians_sign_nothing():
    study = studying.with_results()

    with pytest.raises(Forbidden):
        _sign(study, actor=builders.staff(owner=study.account))


def test_another_accounts_study_is_not_there():
    study = studying.with_results()

    with pytest.raises(StudyNotFound):
        _sign(study, actor=studying.clinician(builders.organisation()))


def test_an_amendment_is_a_new_version_and_the_old_one_stays():
    study = studying.with_results()
    _sign(study)

    _amend(study, conclusion="Moderate apnoea.", reason="I misread night 2.")

    told = [(one.version, one.conclusion, one.reason) for one in study.reviews.all()]
    assert told == [(1, "Mild apnoea.", ""), (2, "Moderate apnoea.", "I misread night 2.")]


def test_an_amendment_says_why_and_follows_a_review():
    study = studying.with_results()

    with pytest.raises(NotReviewedYet):
        _amend(study)
    _sign(study)
    with pytest.raises(ReasonForAmendingMissing):
        _amend(study, reason=" ")


def test_nobody_changes_a_review_that_was_signed():
    _sign(studying.with_results())

    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        Review.objects.update(conclusion="Something else.")


def test_a_repeat_night_is_due_after_all_others_and_the_study_goes_on():
    study = studying.with_results(studying.withheld(), nights=1)

    ask_for_repeat(study, reason="Night 1 is short.", **_as_clinician(study))

    studying.refreshed(study, StudyStatus.IN_PROGRESS)
    assert (study.all_nights, study.awaits_review_since) == (2, None)
    assert study.attempts.get(night=2).status == AttemptStatus.PENDING

    studying.complete(study, 2)
    studying.refreshed(study, StudyStatus.RESULT_READY)
    _sign(study)
    assert _told(study).count("finished") == 1


def test_a_repeat_night_is_waited_for_although_enough_nights_are_valid():
    study = studying.in_house(settings={"enough_nights": 1}, nights=2)
    studying.complete(study, 1)
    ask_for_repeat(study, reason="Once more.", **_as_clinician(study))

    studying.complete(study, 2)
    studying.refreshed(study, StudyStatus.IN_PROGRESS)
    studying.complete(study, 3)

    studying.refreshed(study, StudyStatus.RESULT_READY)
    assert _told(study).count("finished") == 2


def test_a_repeat_says_why():
    study = studying.with_results()

    with pytest.raises(StudyReasonMissing):
        ask_for_repeat(study, reason="", **_as_clinician(study))


def test_a_late_result_of_a_reviewed_study_is_withheld_until_the_review_is_amended():
    study = studying.in_house(studying.withheld(enough_nights=1), nights=2)
    studying.complete(study, 1)
    _sign(study)

    late = studying.complete(study, 2, indexes=Indexes(ahi3=Decimal("61.37")))

    study.refresh_from_db()
    assert not late.is_released
    assert study.awaits_review_since is not None
    _amend(study, reason="A late night.")
    late.refresh_from_db()
    assert late.is_released
    assert _told(study)[-1] == "finished"


def test_a_report_is_there_for_others_once_it_was_released():
    study = studying.with_results(studying.withheld(), nights=1)
    staff, clinician = builders.staff(owner=study.account), studying.clinician(study.organisation)
    attempt = study.attempts.get()

    with pytest.raises(ReportNotFound):
        latest_report(study, actor=staff)
    with pytest.raises(ReportNotFound):
        report_of(attempt, actor=staff)
    assert bytes(report_of(attempt, actor=clinician).content) == studying.PDF

    _sign(study)

    attempt.refresh_from_db()
    assert latest_report(study, actor=staff) == report_of(attempt, actor=staff)


def test_another_accounts_report_is_not_there():
    study = studying.with_results()

    with pytest.raises(ReportNotFound):
        latest_report(study, actor=builders.staff(owner=builders.account()))


def test_a_study_without_a_valid_night_has_no_report_to_pick_up():
    study = studying.in_house(nights=1, settings={"most_repeats": 0})
    studying.complete(study, is_valid=False)

    with pytest.raises(ReportNotFound):
        latest_report(study, actor=builders.staff(owner=study.account))


def test_who_has_waited_longest_is_first_in_the_inbox():
    chosen = builders.organisation()
    first, second = studying.with_results(chosen), studying.with_results(chosen)
    studying.in_house(chosen)

    assert list(Study.objects.awaiting_review()) == [first, second]


def _as_clinician(study: Study) -> dict[str, object]:
    return {"actor": studying.clinician(study.organisation), "seen": results_of(study)}


def _sign(study: Study, *, conclusion: str = "Mild apnoea.", **given) -> Review:
    return sign_review(study, conclusion=conclusion, **{**_as_clinician(study), **given})


def _amend(study: Study, *, conclusion: str = "Mild.", reason: str = "Because.") -> Review:
    return amend_review(study, conclusion=conclusion, reason=reason, **_as_clinician(study))


def _told(study: Study) -> list[str]:
    events = WebhookEvent.objects.filter(channel=study.channel, reference=study.reference)
    return [event.kinds[-1] for event in events.order_by("sequence")]
