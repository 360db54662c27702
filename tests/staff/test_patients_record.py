"""One patient: what is shown, their orders, a new order, and somebody alike beside them."""

import re
from datetime import date

import pytest
import time_machine
from django.utils import timezone

from foundation.models import AccessEntry
from orders.models import Order, OrderDraft
from orders.statuses import Status
from organisations.models import Account, Organisation, User
from organisations.roles import Role
from patients.models import Patient
from patients.wanted import KnownPatient, PersonName
from tests import builders
from tests.staff.counting import queries
from tests.staff.desk import ADDRESS, SMARTPHONE, STUDY, Desk, desk, desk_of_one, draft_of, text_of


@pytest.fixture
def patient(clinic: Organisation) -> Patient:
    return builders.patient(clinic, name=PersonName.split("Ada Known"), reference="PAT-7")


def page(patient: Patient, rest: str = "") -> str:
    return f"/patients/{patient.public_id}/{rest}"


def ordered(patient: Patient, clinic: Organisation, **members: object) -> Order:
    return builders.order(chosen=clinic, recipient=KnownPatient(patient.pk), **members)


def begun(staff: Desk, patient: Patient) -> str:
    """The page on which the order goes on."""
    return staff.post(page(patient, "order/"))["Location"].partition("#")[0]


def references(answer) -> list[str]:
    return re.findall(r'data-row class="reference">([^<]+)</a>', answer.content.decode())


def test_a_patient_is_shown_with_everything_that_is_known(
    clinic: Organisation, patient: Patient, staff: Desk
):
    with time_machine.travel("2026-02-28T12:00:00Z", tick=False):
        who = desk(clinic)
        text = text_of(who.get(page(patient)))

    for said in (
        "Ada Known",
        "born 29 February 1980, 45 years old",
        "Your reference PAT-7",
        patient.email,
        "07911 123456",
        "1 Test Street London SW1A 1AA",
        f"Known to {clinic.name}",
        "Nothing was ordered for this patient yet.",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("today", "age"), [(date(2026, 2, 28), 45), (date(2026, 3, 1), 46), (date(1980, 2, 29), 0)]
)
def test_a_birthday_of_a_leap_day_is_over_in_march(today: date, age: int):
    assert Patient(date_of_birth=date(1980, 2, 29)).age_on(today) == age


def test_the_age_is_that_of_the_account_s_day(clinic: Organisation, patient: Patient):
    Account.objects.filter(pk=clinic.account_id).update(time_zone="Asia/Tokyo")
    with time_machine.travel("2026-02-28T20:00:00Z", tick=False):
        assert "46 years old" in text_of(desk(clinic).get(page(patient)))


def test_the_patient_s_orders_are_listed_newest_first(
    clinic: Organisation, patient: Patient, staff: Desk
):
    for number in range(12):
        ordered(patient, clinic, reference=f"ORD-{number:02}")
    builders.order(chosen=clinic)
    newest_first = [f"ORD-{number:02}" for number in reversed(range(12))]

    first = staff.get(page(patient))
    older = re.search(r'href="(\?before=[^"#]*)#orders" rel="next"', first.content.decode())[1]
    second = staff.get(page(patient) + older)

    assert (references(first), references(second)) == (newest_first[:10], newest_first[10:])
    newer = re.search(r'href="(\?after=[^"#]*)#orders" rel="prev"', second.content.decode())[1]
    assert references(staff.get(page(patient) + newer)) == newest_first[:10]


def test_orders_of_other_organisations_are_not_shown(clinic: Organisation, patient: Patient):
    second = builders.organisation(clinic.account)
    mine, theirs = ordered(patient, clinic), ordered(patient, second)

    answer = desk_of_one(clinic).get(page(patient))

    assert references(answer) == [mine.reference]
    assert second.name not in text_of(answer)
    assert theirs.reference in references(desk(clinic).get(page(patient)))


def test_whoever_is_shown_is_in_the_access_log(clinic: Organisation, patient: Patient, staff: Desk):
    twin = builders.patient(clinic, name=PersonName.split("A. Known"))

    staff.get(page(patient))
    staff.get(page(patient, f"compare/{twin.public_id}/"))

    seen = AccessEntry.objects.filter(user_id=staff.user.pk).values_list("what", "patient_id")
    assert set(seen) == {
        (what, one.pk) for what in ("patient page", "likely duplicates") for one in (patient, twin)
    }


def test_a_page_takes_the_same_number_of_queries_however_much_is_on_it(
    clinic: Organisation, patient: Patient, staff: Desk
):
    ordered(patient, clinic)
    few = queries(staff, page(patient))

    for number in range(4):
        ordered(patient, clinic)
        builders.patient(clinic, name=PersonName.split(f"Ada{number} Known"))

    assert queries(staff, page(patient)) == few <= 11


# A new order


def test_a_new_order_begins_with_the_patient_chosen(
    clinic: Organisation, patient: Patient, staff: Desk
):
    first = begun(staff, patient)
    draft = first.removesuffix("address/")
    for step, answers in (("address/", ADDRESS), ("study/", STUDY), ("smartphone/", SMARTPHONE)):
        staff.post(draft + step, answers)
    staff.post(draft + "check/")

    assert draft_of(draft).order.patient == patient
    assert Patient.objects.count() == 1


def test_pressing_twice_begins_one_order(patient: Patient, staff: Desk):
    first, second = (begun(staff, patient) for _ in range(2))

    assert first == second
    assert OrderDraft.objects.count() == 1


def test_a_draft_that_was_gone_on_with_is_left_alone(patient: Patient, staff: Desk):
    first = begun(staff, patient)
    staff.post(first, ADDRESS)

    assert begun(staff, patient) != first


def test_nothing_is_begun_for_somebody_archived(patient: Patient, staff: Desk):
    Patient.objects.filter(pk=patient.pk).update(archived_at=timezone.now())

    answer = staff.client.post(page(patient, "order/"), follow=True)

    assert "nothing can be ordered for them" in text_of(answer)
    assert "New order for this patient" not in text_of(answer)
    assert not OrderDraft.objects.exists()


def test_without_an_open_organisation_it_says_so(patient: Patient, staff: Desk):
    Organisation.objects.update(is_active=False)

    answer = staff.client.post(page(patient, "order/"), follow=True)

    assert "You cannot order yet" in text_of(answer)


# Somebody alike


def test_somebody_alike_is_pointed_out_with_what_to_do(
    clinic: Organisation, patient: Patient, staff: Desk
):
    twin = builders.patient(clinic, name=PersonName.split("A. Known"))

    answer = staff.get(page(patient))

    assert "This may be the same person as A. Known" in text_of(answer)
    assert "archive the record that you do not want to use" in text_of(answer)
    assert "Records cannot be merged" in text_of(answer)
    assert page(patient, f"compare/{twin.public_id}/") in answer.content.decode()
    assert "This may be the same person as Ada Known" in text_of(staff.get(page(twin)))


def test_once_one_is_archived_nobody_is_pointed_at(
    clinic: Organisation, patient: Patient, staff: Desk
):
    twin = builders.patient(clinic, name=PersonName.split("A. Known"))
    staff.post(page(twin, "archive/"))

    for one in (patient, twin):
        assert "may be the same person" not in text_of(staff.get(page(one)))


def test_two_are_compared_side_by_side(clinic: Organisation, patient: Patient, staff: Desk):
    twin = builders.patient(
        clinic, name=PersonName.split("A. Known"), email=patient.email, address=None
    )

    answer = staff.get(page(patient, f"compare/{twin.public_id}/"))
    text = text_of(answer)

    assert text.count("Different") == 6  # the name, the reference and the address, on each side
    for one in (patient, twin):
        assert page(one, "archive/") in answer.content.decode()


def test_only_two_who_are_both_seen_are_compared(clinic: Organisation, patient: Patient):
    hidden = builders.patient(builders.organisation(clinic.account))
    mine = desk_of_one(clinic)

    for other in (hidden, patient):
        assert mine.get(page(patient, f"compare/{other.public_id}/")).status_code == 404
    assert mine.get(page(hidden, f"compare/{patient.public_id}/")).status_code == 404


# Archiving


def test_a_patient_is_archived_after_a_question_and_taken_back(patient: Patient, staff: Desk):
    asked = staff.get(page(patient, "archive/"))
    assert not Patient.objects.get().is_archived

    archived = staff.client.post(page(patient, "archive/"), follow=True)
    again = staff.get(page(patient, "archive/"))
    restored = staff.client.post(page(patient, "restore/"), follow=True)

    assert "Archive the patient?" in text_of(asked)
    assert "still in hand" not in text_of(asked)
    assert "The patient is archived" in text_of(archived)
    assert again["Location"] == page(patient)
    assert "in use again" in text_of(restored)
    assert not Patient.objects.get().is_archived


def test_orders_in_hand_are_named_before_their_patient_is_archived(
    clinic: Organisation, patient: Patient, staff: Desk
):
    waiting, under_way = ordered(patient, clinic), ordered(patient, clinic, status=Status.ON_HOLD)
    done = ordered(patient, clinic, status=Status.RETURN_ISSUED)
    ordered(patient, clinic, status=Status.VOIDED)

    answer = staff.get(page(patient, "archive/"))

    assert "2 orders are still in hand" in text_of(answer)
    assert references(answer) == [under_way.reference, waiting.reference]
    assert done.reference not in text_of(answer)


def test_a_clinician_sees_and_changes_nothing(clinic: Organisation, patient: Patient):
    clinician = desk(clinic, Role.CLINICIAN)

    answer = clinician.get(page(patient))

    assert answer.status_code == 200
    for words in ("Change details", "Archive", "New order"):
        assert words not in text_of(answer)


def test_a_patient_without_organisation_is_seen_by_who_sees_all(clinic: Organisation):
    patient = builders.patient(clinic)
    patient.organisations.all().delete()

    assert "No organisation" in text_of(desk(clinic).get(page(patient)))
    assert desk_of_one(clinic).get(page(patient)).status_code == 404


def test_the_title_names_nobody(patient: Patient, staff: Desk):
    """Titles stay in the browser's history."""
    for rest in ("", "edit/", "archive/"):
        title = staff.get(page(patient, rest)).content.decode().partition("</title>")[0]
        assert "Known" not in title


def test_whoever_was_switched_off_is_let_in_nowhere(patient: Patient, staff: Desk):
    User.objects.filter(pk=staff.user.pk).update(is_active=False)

    assert staff.get(page(patient))["Location"].startswith("/accounts/login/")
