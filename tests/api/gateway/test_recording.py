"""What is said of the nights: late, out of order and twice (contracts/v1.md sections 5 and 6)."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from organisations.models import Organisation
from organisations.sensors import EmitOn
from studies.commands import cancel_study
from studies.models import NightAttempt, Study
from studies.statuses import StudyStatus
from tests import builders
from tests.api.gateway.calls import (
    PDF,
    Gateway,
    all_there_is,
    assert_refused,
    happened,
    told,
    with_report,
)
from tests.api.threads import at_once


def attempts(answer: object) -> list[tuple[int, int, str]]:
    return [tuple(one.values()) for one in answer.json()["attempts"]]  # type: ignore[attr-defined]


def test_a_recording_that_began_is_told_with_when_it_began(gateway: Gateway, study: Study) -> None:
    gateway.activate(study, occurredAt="2025-03-03T21:40:00Z")

    answer = gateway.start(study)

    assert answer.status_code == 200, answer.content
    assert answer.json()["status"] == "in_progress"
    assert attempts(answer) == [(1, 1, "in_progress"), (2, 1, "pending")]
    assert told(study) == ["study_activated", "attempt_started"]
    assert str(happened(study)[1][1]) == "2025-03-03 22:05:00+00:00"


def test_a_result_is_kept_with_each_index_that_was_measured(gateway: Gateway, study: Study) -> None:
    answer = gateway.complete(study, indexes={"ahi3": 9.1, "odi4": 0})

    assert answer.status_code == 200, answer.content
    assert attempts(answer) == [(1, 1, "valid"), (2, 1, "pending")]
    attempt = NightAttempt.objects.get(study=study, night=1)
    assert attempt.indexes == {"ahi3": Decimal("9.10"), "odi4": Decimal(0)}
    assert not attempt.has_report


def test_no_result_is_read_back_here(gateway: Gateway, study: Study) -> None:
    gateway.complete(study, indexes={"ahi3": 123.45})

    read = gateway.get(f"/studies/{study.public_id}")

    assert read.status_code == 200
    assert b"123" not in read.content
    assert b"ahi" not in read.content


def test_a_night_that_is_not_valid_is_due_again(gateway: Gateway, study: Study) -> None:
    answer = gateway.complete(study, valid=False, indexes={})

    assert attempts(answer) == [(1, 1, "invalid"), (1, 2, "pending"), (2, 1, "pending")]


def test_enough_results_finish_the_study(gateway: Gateway, study: Study) -> None:
    gateway.complete(study, 1)

    answer = gateway.complete(study, 2)

    assert answer.json()["status"] == "result_ready"
    assert told(study)[-1] == "finished"


def test_under_reviewed_nothing_is_finished_before_the_review(
    gateway: Gateway, clinic: Organisation
) -> None:
    study = builders.order(chosen=clinic, study={"emit_on": EmitOn.REVIEWED}).study
    assert study is not None

    for night in (1, 2):
        gateway.complete(study, night)

    assert told(study) == ["attempt_completed", "attempt_completed"]


def test_messages_that_come_in_the_wrong_order_are_placed_by_when_they_happened(
    gateway: Gateway, study: Study
) -> None:
    """The phone was offline: its last message arrives first."""
    gateway.complete(study, 1, completedAt="2025-03-04T06:00:00Z", startedAt="2025-03-03T22:00:00Z")
    gateway.start(study, 1, startedAt="2025-03-03T22:00:00Z")
    gateway.activate(study, occurredAt="2025-03-03T21:40:00+00:00")

    names = [name for name, _ in happened(study)]
    assert names[:3] == ["activated", "attempt_started", "attempt_completed"]
    assert told(study) == ["attempt_completed", "attempt_started", "study_activated"]
    attempt = NightAttempt.objects.get(study=study, night=1)
    assert (attempt.is_valid, str(attempt.began_at)) == (True, "2025-03-03 22:00:00+00:00")


def test_a_start_that_comes_after_its_result_does_not_undo_it(
    gateway: Gateway, study: Study
) -> None:
    gateway.complete(study, 1)

    answer = gateway.start(study, 1)

    assert attempts(answer)[0] == (1, 1, "valid")


def test_a_second_attempt_may_be_heard_of_before_the_first(gateway: Gateway, study: Study) -> None:
    gateway.complete(study, 1, 2)

    answer = gateway.complete(study, 1, 1, valid=False, indexes={})

    assert attempts(answer) == [(1, 1, "invalid"), (1, 2, "valid"), (2, 1, "pending")]


def test_the_same_start_changes_nothing(gateway: Gateway, study: Study) -> None:
    first = gateway.start(study)
    before = all_there_is()

    again = gateway.start(study)

    assert (again.status_code, again.content) == (200, first.content)
    assert all_there_is() == before


def test_the_same_result_changes_nothing(gateway: Gateway, study: Study) -> None:
    first = gateway.upload(study, with_report())
    before = all_there_is()

    again = gateway.upload(study, with_report())

    assert (again.status_code, again.content) == (200, first.content)
    assert all_there_is() == before


@pytest.mark.parametrize(
    "other",
    [
        {"valid": False},
        {"completedAt": "2025-03-04T06:12:46Z"},
        {"indexes": {"ahi3": 9.11, "ahi4": 6.45, "odi3": 0, "odi4": 999.99}},
        {"indexes": {}},
    ],
)
def test_another_result_of_the_same_attempt_is_a_conflict(
    gateway: Gateway, study: Study, other: dict[str, object]
) -> None:
    gateway.complete(study)
    before = all_there_is()

    answer = gateway.complete(study, **other)

    assert_refused(answer, 409, "attempt_has_another_result", "attemptNumber")
    assert all_there_is() == before


@pytest.mark.parametrize("report", [PDF.replace(b"9", b"8"), None], ids=["another", "none"])
def test_another_report_of_the_same_attempt_is_a_conflict(
    gateway: Gateway, study: Study, report: bytes | None
) -> None:
    gateway.upload(study, with_report())

    again = gateway.upload(study, with_report(report)) if report else gateway.complete(study)

    assert_refused(again, 409, "attempt_has_another_result")


@pytest.mark.django_db(transaction=True)
def test_the_same_result_at_the_same_moment_is_one_result(gateway: Gateway, study: Study) -> None:
    answers = at_once(5, lambda _: gateway.upload(study, with_report()).status_code)

    assert answers == [200] * 5
    assert told(study) == ["attempt_completed"]


@pytest.mark.django_db(transaction=True)
def test_control_results_of_two_nights_at_the_same_moment_are_two(
    gateway: Gateway, study: Study
) -> None:
    answers = at_once(2, lambda place: gateway.complete(study, place + 1).status_code)

    assert answers == [200, 200]
    assert told(study) == ["attempt_completed", "attempt_completed", "finished"]


@pytest.mark.django_db(transaction=True)
def test_of_different_results_at_the_same_moment_one_is_kept(
    gateway: Gateway, study: Study
) -> None:
    def say(place: int) -> int:
        return gateway.complete(study, indexes={"ahi3": place}).status_code

    answers = at_once(5, say)

    assert sorted(answers) == [200, 409, 409, 409, 409]
    assert told(study) == ["attempt_completed"]


# What is refused


@pytest.mark.parametrize("path", ["", "/attempts/started", "/attempts/completed"])
def test_a_study_that_is_not_there_is_not_found(gateway: Gateway, study: Study, path: str) -> None:
    gateway.start(study)
    body = {"nightNumber": 1, "attemptNumber": 1, "startedAt": "2025-03-03T22:05:00Z"}
    body |= {"completedAt": "2025-03-04T22:05:00Z", "valid": True}

    for address in (uuid4(), "x", study.reference):
        answer = gateway.call("POST" if path else "GET", f"/studies/{address}{path}", body)
        assert_refused(answer, 404, "resource_not_found")


@pytest.mark.parametrize(("night", "code"), [(3, "night_not_ordered"), (99, "night_not_ordered")])
def test_a_night_that_was_not_ordered_is_refused(
    gateway: Gateway, study: Study, night: int, code: str
) -> None:
    assert_refused(gateway.start(study, night), 400, code, "nightNumber")
    assert_refused(gateway.complete(study, night), 400, code, "nightNumber")


def test_an_attempt_beyond_those_that_were_settled_is_refused(
    gateway: Gateway, study: Study
) -> None:
    assert_refused(gateway.start(study, 1, 4), 400, "attempt_not_due", "attemptNumber")


def test_a_cancelled_study_is_recorded_no_more(gateway: Gateway, study: Study) -> None:
    cancel_study(study, actor=builders.operator())
    before = all_there_is()

    for answer in (gateway.start(study), gateway.complete(study)):
        assert_refused(answer, 409, "study_is_cancelled")
    assert all_there_is() == before


def test_a_recording_does_not_end_before_it_began(gateway: Gateway, study: Study) -> None:
    answer = gateway.complete(study, startedAt="2025-03-04T06:12:46Z")

    assert_refused(answer, 400, "times_out_of_order", "completedAt")


def test_all_that_is_wrong_is_told_at_once(gateway: Gateway, study: Study) -> None:
    later = (timezone.now() + timedelta(days=1)).isoformat()

    answer = gateway.complete(study, startedAt=later, completedAt="1999-12-31T00:00:00Z")

    codes = {one["code"]: one["field"] for one in answer.json()["errors"]}
    assert codes["time_in_the_future"] == "startedAt"
    assert codes["time_too_long_ago"] == "completedAt"


@pytest.mark.parametrize(
    ("value", "is_taken"),
    [(0, True), (5, True), (999.99, True), (0.5700000000000001, True), (0.29, True),
     (1000, False), (999.991, False), (-0.01, False), (9.125, False), (1e-7, False),
     ("9.1", False), (True, False), (None, False), ([], False), (10**15, False)],
)  # fmt: skip
def test_an_index_is_a_number_from_0_to_999_99_with_two_decimals(
    gateway: Gateway, study: Study, value: object, is_taken: bool
) -> None:
    answer = gateway.complete(study, indexes={"ahi3": value})

    if is_taken:
        assert answer.status_code == 200
    else:
        assert_refused(answer, 400, "validation_failed", "indexes.ahi3")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "9" * 400])
def test_a_number_that_json_does_not_know_is_refused(
    gateway: Gateway, study: Study, number: str
) -> None:
    body = (
        b'{"nightNumber": 1, "attemptNumber": 1, "completedAt": "2025-03-04T06:12:45Z",'
        b' "valid": true, "indexes": {"ahi3": %s}}' % number.encode()
    )

    answer = gateway.post(f"/studies/{study.public_id}/attempts/completed", body)

    assert_refused(answer, 400, "invalid_json")
    assert not NightAttempt.objects.filter(study=study).exclude(completed_at=None).exists()


def test_who_speaks_is_in_the_timeline(gateway: Gateway, study: Study) -> None:
    gateway.activate(study)

    event = study.events.get()
    assert (event.door, event.actor, event.actor_user) == ("gateway", gateway.key.name, None)


def test_a_study_of_any_account_is_recorded(gateway: Gateway, study: Study) -> None:
    other = builders.order(chosen=builders.organisation()).study
    assert other is not None
    assert other.account != study.account

    assert gateway.activate(study).status_code == 200
    assert gateway.activate(other).status_code == 200
    assert {one.status for one in Study.objects.all()} == {StudyStatus.ACTIVATED}
