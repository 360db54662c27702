"""Line 3: activation by code and date of birth, its repetition, and the lock."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from orders.statuses import Status
from patients.models import Patient
from studies.activation import activate_study, tidy_code
from studies.commands import unlock_study
from studies.errors import (
    CodeNotFound,
    DateOfBirthUnknown,
    DateOfBirthWrong,
    StudyIsLocked,
    StudyIsNotLocked,
    StudyReasonMissing,
    TimeInTheFuture,
)
from studies.models import Study, StudyEvent, StudyEventName
from studies.statuses import AttemptStatus, StudyStatus
from studies.wanted import Activation
from tests import builders, studying
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db

WRONG = studying.BORN.replace(day=28)


def test_activating_begins_the_study_and_makes_its_nights_due():
    study = studying.in_house(nights=2)

    studying.activate(study)

    studying.refreshed(study, StudyStatus.ACTIVATED)
    assert study.activated_at == studying.EVENING
    assert [(one.night, one.number, one.status) for one in study.attempts.all()] == [
        (1, 1, AttemptStatus.PENDING),
        (2, 1, AttemptStatus.PENDING),
    ]
    assert _told(study) == [["study_activated"]]


def test_each_repeated_activation_is_told_and_changes_nothing_else():
    study = studying.in_house()
    studying.activate(study)
    studying.start(study)

    studying.activate(study, happened_at=studying.EVENING + timedelta(days=1))

    studying.refreshed(study, StudyStatus.IN_PROGRESS)
    assert study.activated_at == studying.EVENING
    assert _told(study).count(["study_activated"]) == 2


def test_the_same_activation_message_twice_changes_nothing():
    study, message = studying.in_house(), uuid4()

    studying.activate(study, message=message)
    studying.activate(study, message=message)

    assert _told(study) == [["study_activated"]]
    assert study.events.filter(name=StudyEventName.ACTIVATED).count() == 1


def test_a_study_may_be_activated_after_its_kit_came_home():
    order = builders.order(Status.RETURN_ISSUED)

    studying.activate(order.study, born=order.patient.date_of_birth)

    studying.refreshed(order.study, StudyStatus.ACTIVATED)
    told = WebhookEvent.objects.filter(channel="order", reference=order.reference)
    assert told.order_by("sequence").last().kinds == ["study_activated"]


def test_an_earlier_activation_that_comes_late_is_placed_by_when_it_happened():
    study = studying.in_house()
    studying.activate(study, happened_at=studying.EVENING)

    studying.activate(study, happened_at=studying.EVENING - timedelta(days=1))

    study.refresh_from_db()
    assert study.activated_at == studying.EVENING - timedelta(days=1)


def test_a_wrong_date_of_birth_does_not_activate_and_tells_nobody():
    study = studying.in_house()

    with pytest.raises(DateOfBirthWrong):
        studying.activate(study, born=WRONG)

    studying.refreshed(study, StudyStatus.CREATED)
    assert study.wrong_dates == 1
    assert _told(study) == []


def test_five_wrong_dates_lock_the_study_even_for_the_right_one():
    study = _locked()

    with pytest.raises(StudyIsLocked):
        studying.activate(study)

    assert study.events.filter(name=StudyEventName.LOCKED).count() == 1


def test_the_right_date_forgets_the_wrong_ones():
    study = studying.in_house()
    for _ in range(4):
        with pytest.raises(DateOfBirthWrong):
            studying.activate(study, born=WRONG)

    studying.activate(study)

    study.refresh_from_db()
    assert study.wrong_dates == 0


def test_staff_unlock_a_study_with_a_reason():
    study = _locked()
    actor = builders.staff(owner=study.account)

    with pytest.raises(StudyReasonMissing):
        unlock_study(study, reason=" ", actor=actor)
    unlock_study(study, reason="They misread the form.", actor=actor)

    assert studying.activate(study).status == StudyStatus.ACTIVATED
    assert study.events.get(name=StudyEventName.UNLOCKED).note == "They misread the form."
    with pytest.raises(StudyIsNotLocked):
        unlock_study(study, reason="Again.", actor=actor)


@pytest.mark.parametrize("code", ["", "ABCD-EFG", "ABCDEFGHJ", "0000-0000", "\u202e" * 8])
def test_a_code_that_is_none_is_not_found(code):
    study = studying.in_house()
    Study.objects.filter(pk=study.pk).update(activation_code="7KQ4M2XP")

    with pytest.raises(CodeNotFound):
        studying.activate(study, code=code)


def test_letters_that_codes_leave_out_are_read_as_the_digits_they_look_like():
    assert tidy_code("il0o-7kq4") == "11007KQ4"


def test_a_patient_whose_date_of_birth_nobody_told_is_not_blamed():
    study = studying.in_house()
    Patient.objects.filter(pk=study.patient_id).update(date_of_birth=None)

    with pytest.raises(DateOfBirthUnknown):
        studying.activate(study)

    study.refresh_from_db()
    assert study.wrong_dates == 0


def test_a_time_that_has_not_come_is_refused():
    with pytest.raises(TimeInTheFuture):
        studying.activate(studying.in_house(), happened_at=timezone.now() + timedelta(hours=1))


@pytest.mark.django_db(transaction=True)
def test_the_same_message_by_two_at_once_is_one_activation():
    study, message = studying.in_house(), uuid4()

    _at_once(study, message)

    assert StudyEvent.objects.filter(study=study, message=message).count() == 1
    assert _told(study) == [["study_activated"]]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_at_once_would_not_be_one(monkeypatch):
    """The control: reading the study without its lock, one of the two fails."""
    study, message = studying.in_house(), uuid4()
    barrier = Barrier(2, timeout=20)
    found = "studies.activation._of"

    def unlocked(code, *, actor):
        read = Study.objects.select_related("patient").get(activation_code=tidy_code(code))
        assert not read.events.filter(message=message).exists()
        barrier.wait()
        return read

    monkeypatch.setattr(found, unlocked)

    assert _at_once(study, message)


def _at_once(study: Study, message) -> list[Exception]:
    barrier, failed = Barrier(2, timeout=20), []
    told = Activation(
        code=study.activation_code,
        date_of_birth=studying.BORN,
        message=message,
        happened_at=studying.EVENING,
    )

    def act():
        try:
            barrier.wait()
            activate_study(told, actor=studying.gateway())
        except Exception as error:  # noqa: BLE001  # whatever it is, the test asks
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return failed


def _locked() -> Study:
    study = studying.in_house()
    for _ in range(5):
        with pytest.raises(DateOfBirthWrong):
            studying.activate(study, born=WRONG)
    return study


def _told(study: Study) -> list[list[str]]:
    events = WebhookEvent.objects.filter(channel=study.channel, reference=study.reference)
    return [event.kinds for event in events.order_by("sequence")]
