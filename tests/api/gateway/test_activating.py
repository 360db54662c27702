"""The patient begins: acceptance of activations, and who may not (contracts/v1.md section 6, R12 to
R14).
"""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone

from orders import fulfilment
from orders.models import Order
from orders.statuses import Status
from organisations.models import Organisation
from portal.models import CallBucket
from studies.commands import cancel_study, unlock_study
from studies.models import NightAttempt, Study, StudyEventName
from studies.news import StudyTurn
from studies.statuses import StudyStatus
from tests import builders
from tests.api.gateway.calls import Gateway, all_there_is, assert_refused, happened, told
from tests.api.threads import at_once

WRONG = {"dateOfBirth": "1980-03-01"}


def bad_tries(gateway: Gateway, study: Study, times: int) -> list[int]:
    return [gateway.activate(study, **WRONG).status_code for _ in range(times)]


def test_a_code_and_the_date_of_birth_activate_the_study(gateway: Gateway, study: Study) -> None:
    answer = gateway.activate(study, occurredAt="2025-03-03T21:40:00Z")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json() == {
        "study": str(study.public_id),
        "status": "activated",
        "nights": 2,
        "sensors": ["neck"],
        "attempts": [
            {"nightNumber": night, "attemptNumber": 1, "status": "pending"} for night in (1, 2)
        ],
    }
    assert told(study) == ["study_activated"]
    study.refresh_from_db()
    assert str(study.activated_at) == "2025-03-03 21:40:00+00:00"


def test_the_answer_says_nothing_of_the_patient(gateway: Gateway, study: Study) -> None:
    answer = gateway.activate(study)

    patient = study.patient
    for said in (patient.full_name, patient.email, str(patient.reference), "1980", study.reference):
        assert said.encode() not in answer.content


@pytest.mark.parametrize("spelt", ["{a}{b}", "{a} {b}", "{a}-{b}", " {a}{b} "])
def test_a_code_is_read_whatever_its_case_and_hyphen(
    gateway: Gateway, study: Study, spelt: str
) -> None:
    code = study.activation_code
    text = spelt.format(a=code[:4], b=code[4:])

    assert gateway.activate(study, activationCode=text.lower()).status_code == 200
    assert gateway.activate(study, activationCode=text).status_code == 200


def test_each_new_message_is_told_and_changes_nothing_else(gateway: Gateway, study: Study) -> None:
    first = gateway.activate(study, occurredAt="2025-03-03T21:40:00Z").json()

    again = gateway.activate(study, occurredAt="2025-03-05T08:00:00Z")

    assert (again.status_code, again.json()) == (200, first)
    assert told(study) == ["study_activated", "study_activated"]
    study.refresh_from_db()
    assert str(study.activated_at) == "2025-03-03 21:40:00+00:00"
    assert NightAttempt.objects.filter(study=study).count() == 2


def test_the_same_message_changes_nothing(gateway: Gateway, study: Study) -> None:
    message = {"messageId": str(uuid4())}
    first = gateway.activate(study, **message)
    before = all_there_is()

    again = gateway.activate(study, **message)

    assert (again.status_code, again.content) == (200, first.content)
    assert all_there_is() == before


@pytest.mark.django_db(transaction=True)
def test_the_same_message_at_the_same_moment_is_one_activation(
    gateway: Gateway, study: Study
) -> None:
    message = {"messageId": str(uuid4())}

    answers = at_once(5, lambda _: gateway.activate(study, **message).status_code)

    assert answers == [200] * 5
    assert told(study) == ["study_activated"]


@pytest.mark.django_db(transaction=True)
def test_control_different_messages_at_the_same_moment_are_as_many(
    gateway: Gateway, study: Study
) -> None:
    answers = at_once(5, lambda _: gateway.activate(study).status_code)

    assert answers == [200] * 5
    assert told(study) == ["study_activated"] * 5


def test_it_may_come_after_the_kit_has_come_home(gateway: Gateway, clinic: Organisation) -> None:
    order = builders.order(Status.RETURN_ISSUED, chosen=clinic)
    assert order.study is not None

    answer = gateway.activate(order.study)

    assert (answer.status_code, answer.json()["status"]) == (200, "activated")
    assert Order.objects.get().status == Status.RETURN_ISSUED


def test_an_activation_that_arrives_late_is_placed_by_when_it_happened(
    gateway: Gateway, study: Study
) -> None:
    gateway.start(study, startedAt="2025-03-03T22:05:00Z")

    gateway.activate(study, occurredAt="2025-03-03T21:40:00Z")

    names = [name for name, _ in happened(study)]
    assert names.index("activated") < names.index("attempt_started")
    study.refresh_from_db()
    assert study.status == StudyStatus.IN_PROGRESS


# A wrong date of birth


def test_a_wrong_date_is_refused_counted_and_told_to_nobody(gateway: Gateway, study: Study) -> None:
    answer = gateway.activate(study, **WRONG)

    assert_refused(answer, 400, "date_of_birth_wrong", "dateOfBirth")
    study.refresh_from_db()
    assert (study.status, study.wrong_dates) == (StudyStatus.CREATED, 1)
    assert told(study) == []


def test_five_wrong_dates_lock_the_study_even_for_the_right_one(
    gateway: Gateway, study: Study
) -> None:
    assert bad_tries(gateway, study, 5) == [400] * 5

    assert_refused(gateway.activate(study), 409, "study_is_locked", "activationCode")
    assert_refused(gateway.activate(study, **WRONG), 409, "study_is_locked")
    assert study.events.filter(name=StudyEventName.LOCKED).count() == 1
    study.refresh_from_db()
    assert study.status == StudyStatus.CREATED


def test_the_right_date_forgets_the_wrong_ones(gateway: Gateway, study: Study) -> None:
    bad_tries(gateway, study, 4)
    assert gateway.activate(study).status_code == 200

    bad_tries(gateway, study, 4)

    assert gateway.activate(study).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_wrong_dates_at_the_same_moment_are_all_counted(gateway: Gateway, study: Study) -> None:
    answers = at_once(8, lambda _: gateway.activate(study, **WRONG).status_code)

    assert sorted(answers) == [400] * 5 + [409] * 3


def test_what_staff_unlock_can_be_activated(gateway: Gateway, study: Study) -> None:
    bad_tries(gateway, study, 5)

    unlock_study(study, reason="Rang the patient.", actor=builders.staff(owner=study.account))

    assert gateway.activate(study).status_code == 200


def test_a_patient_whose_date_of_birth_nobody_told_cannot_begin(
    gateway: Gateway, study: Study
) -> None:
    study.patient.date_of_birth = None
    study.patient.save()

    assert_refused(gateway.activate(study), 400, "date_of_birth_unknown", "dateOfBirth")


# Codes


@pytest.mark.parametrize("code", ["0000-0000", "x", "AAAA-BBBB-CCCC", "ÄÖÜ", "7K2M 9QX"])
def test_a_code_that_never_was_is_not_found(gateway: Gateway, study: Study, code: str) -> None:
    assert_refused(gateway.activate(study, activationCode=code), 404, "code_not_found")


def test_a_code_whose_study_was_cancelled_is_as_one_that_never_was(
    gateway: Gateway, study: Study
) -> None:
    cancel_study(study, actor=builders.operator())

    dead = gateway.activate(study)

    assert_refused(dead, 404, "code_not_found")
    never = gateway.activate(study, activationCode="0000-0000")
    assert dead.json()["errors"] == never.json()["errors"]


def test_the_code_of_an_order_that_was_voided_is_dead(
    gateway: Gateway, clinic: Organisation
) -> None:
    order = builders.order(chosen=clinic)
    fulfilment.void_order(order, reason="Twice.", actor=builders.operator())
    assert order.study is not None

    assert_refused(gateway.activate(order.study), 404, "code_not_found")


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "unknown"])
def test_one_code_is_tried_ten_times_a_minute_known_or_not(
    gateway: Gateway, study: Study, is_known: bool
) -> None:
    code = study.shown_code if is_known else "0000-0000"
    for spelt in (code, code.lower(), code.replace("-", "")) * 4:
        refused = gateway.activate(study, activationCode=spelt)

    assert_refused(refused, 429, "rate_limited")
    assert 1 <= int(refused["Retry-After"]) <= 6
    CallBucket.objects.update(full_at=F("full_at") - timedelta(minutes=1))
    assert gateway.activate(study, activationCode=code).status_code in (200, 404)


def test_codes_do_not_share_their_tries(
    gateway: Gateway, study: Study, clinic: Organisation
) -> None:
    other = builders.order(chosen=clinic).study
    assert other is not None
    for _ in range(11):
        last = gateway.activate(study)

    assert last.status_code == 429
    assert gateway.activate(other).status_code == 200


def test_no_code_is_readable_where_tries_are_counted(gateway: Gateway, study: Study) -> None:
    gateway.activate(study)

    assert not CallBucket.objects.filter(caller__contains=study.activation_code).exists()


# Times


def test_a_time_that_has_not_come_is_refused(gateway: Gateway, study: Study) -> None:
    later = (timezone.now() + timedelta(hours=1)).isoformat()

    answer = gateway.activate(study, occurredAt=later)

    assert_refused(answer, 400, "time_in_the_future", "occurredAt")


def test_a_clock_may_be_fast_by_a_few_minutes(gateway: Gateway, study: Study) -> None:
    soon = (timezone.now() + timedelta(minutes=5)).isoformat()

    assert gateway.activate(study, occurredAt=soon).status_code == 200


def test_without_a_time_it_happened_now(gateway: Gateway, study: Study) -> None:
    gateway.activate(study)

    study.refresh_from_db()
    assert study.activated_at is not None
    assert abs(timezone.now() - study.activated_at) < timedelta(minutes=1)


def test_an_idempotency_key_means_nothing_here(gateway: Gateway, study: Study) -> None:
    """Or a wrong date of birth could be undone with its transaction."""
    body = {"activationCode": study.shown_code, "messageId": str(uuid4()), **WRONG}

    for _ in range(5):
        gateway.post("/activations", body, Idempotency_Key="one")

    study.refresh_from_db()
    assert study.is_locked


def test_another_study_s_patient_opens_nothing(
    gateway: Gateway, study: Study, clinic: Organisation
) -> None:
    """The code says which study, the date of birth that it is the right patient's."""
    recipient = builders.patient_wanted(date_of_birth=date(1955, 5, 5))
    other = builders.order(chosen=clinic, recipient=recipient).study
    assert other is not None

    assert_refused(gateway.activate(other), 400, "date_of_birth_wrong")
    assert StudyTurn.ACTIVATED not in told(other)
