"""Putting somebody into the register without an order, by the pages."""

from datetime import date
from uuid import uuid4

import pytest

from foundation.models import AccessEntry
from orders.models import Order
from organisations.models import Organisation
from organisations.roles import Role
from patients.models import Patient
from patients.wanted import PersonName
from tests import builders
from tests.staff.counting import queries
from tests.staff.desk import (
    ADDRESS,
    PATIENT,
    Desk,
    desk,
    desk_of_one,
    hidden_of,
    text_of,
    title_of,
)

NEW = "/patients/new/"
EMPTY = dict.fromkeys(ADDRESS, "")


def sent(staff: Desk, **other: str):
    return staff.post(NEW, {**PATIENT, **ADDRESS, "public_id": str(uuid4()), **other})


def test_a_patient_is_registered_without_an_order(clinic: Organisation, staff: Desk):
    drawn = hidden_of(staff.get(NEW), "public_id")

    answer = sent(staff, public_id=drawn)

    patient = Patient.objects.get()
    assert answer["Location"] == f"/patients/{patient.public_id}/"
    assert str(patient.public_id) == drawn
    assert (patient.full_name, patient.reference, patient.sex) == (
        "Test Person",
        "PAT-NEW",
        "female",
    )
    assert patient.address.as_lines() == ["1 Test Street", "London", "SW1A 1AA"]
    assert patient.organisations.get().organisation == clinic
    assert not Order.objects.exists()


def test_the_address_may_be_left_out_as_a_whole_but_not_in_part(staff: Desk):
    partly = sent(staff, **{**EMPTY, "line_2": "Flat 2"})
    wholly = sent(staff, **EMPTY)

    assert partly.status_code == 422
    assert "Enter the first line of the address" in text_of(partly)
    assert "Enter the postcode" in text_of(partly)
    assert wholly.status_code == 302
    assert Patient.objects.get().address is None


def test_it_asks_with_the_words_of_a_new_order(staff: Desk):
    draft = staff.open_draft()

    by_order = text_of(staff.post(draft + "patient/new/", {"phone": "x"}))
    by_register = text_of(staff.post(NEW, {"phone": "x"}))

    for words in (
        "Enter the patient’s full name",
        "Enter the patient’s date of birth",
        "Mobile phone number must have only digits",
    ):
        assert by_order.count(words) == by_register.count(words) == 2


def test_what_was_typed_is_shown_again(staff: Desk):
    answer = sent(staff, full_name="", date_of_birth_month="Marchember")

    html = answer.content.decode()
    assert answer.status_code == 422
    assert title_of(answer).startswith("Error: ")
    assert 'value="Marchember"' in html
    assert 'value="1 Test Street"' in html


def test_a_page_sent_twice_makes_one_patient(staff: Desk):
    drawn = hidden_of(staff.get(NEW), "public_id")

    first, second = (sent(staff, public_id=drawn, reference="") for _ in range(2))

    assert first["Location"] == second["Location"]
    assert Patient.objects.count() == 1


def test_somebody_else_typed_into_a_page_that_was_sent_is_registered_too(staff: Desk):
    drawn = hidden_of(staff.get(NEW), "public_id")
    sent(staff, public_id=drawn)

    answer = sent(staff, public_id=drawn, full_name="Ada Other", reference="PAT-OTHER")

    other = Patient.objects.get(full_name="Ada Other")
    assert answer["Location"] == f"/patients/{other.public_id}/"
    assert Patient.objects.count() == 2


def test_what_is_corrected_on_a_page_that_was_sent_is_not_dropped(staff: Desk):
    drawn = hidden_of(staff.get(NEW), "public_id")
    sent(staff, public_id=drawn)

    answer = sent(staff, public_id=drawn, reference="PAT-BETTER")

    assert "Is it one of these people?" in text_of(answer)
    assert Patient.objects.count() == 1


def test_the_organisation_is_asked_for_where_there_are_several(clinic: Organisation, staff: Desk):
    second = builders.organisation(clinic.account, name="Second Clinic")
    closed = builders.organisation(clinic.account, name="Closed Clinic", is_active=False)

    asked = text_of(staff.get(NEW))
    missing = sent(staff)
    wrong = sent(staff, organisation=str(closed.pk))
    sent(staff, organisation=str(second.pk))

    assert "Second Clinic" in asked
    assert "Closed Clinic" not in asked
    assert missing.status_code == wrong.status_code == 422
    assert "Select the organisation" in text_of(missing)
    assert Patient.objects.get().organisations.get().organisation == second


def test_who_has_no_organisation_is_told_so(clinic: Organisation):
    mine = desk_of_one(clinic)
    Organisation.objects.update(is_active=False)

    assert "You cannot register anybody yet" in text_of(mine.get(NEW))
    assert sent(mine).status_code == 200
    assert not Patient.objects.exists()


def test_who_sees_all_may_register_somebody_for_none(clinic: Organisation, staff: Desk):
    Organisation.objects.update(is_active=False)

    sent(staff)

    assert not Patient.objects.get().organisations.exists()


# Somebody alike


@pytest.fixture
def known(clinic: Organisation) -> Patient:
    """Of the same surname and date of birth as the one who is registered."""
    return builders.patient(
        clinic, name=PersonName.split("Ada Person"), reference="PAT 7", **BORN_LIKE
    )


BORN_LIKE = {"date_of_birth": date(1980, 3, 27)}


def hidden(answer) -> dict[str, str]:
    names = (*PATIENT, *ADDRESS, "public_id", "compared")
    return {name: hidden_of(answer, name) for name in names}


def test_somebody_alike_interrupts_with_both_side_by_side(known: Patient, staff: Desk):
    answer = sent(staff)

    text = text_of(answer)
    assert answer.status_code == 200
    assert "Is it one of these people?" in text
    assert "Ada Person" in text
    assert "Test Person" in text
    assert "Different" in text
    assert f'href="/patients/{known.public_id}/"' in answer.content.decode()
    assert Patient.objects.count() == 1
    assert AccessEntry.objects.filter(what="likely duplicates", patient_id=known.pk).exists()


def test_it_can_be_somebody_else(known: Patient, staff: Desk):
    asked = sent(staff)

    answer = staff.post(NEW, hidden(asked))

    made = Patient.objects.exclude(pk=known.pk).get()
    assert answer["Location"] == f"/patients/{made.public_id}/"
    assert (made.full_name, made.reference, made.city) == ("Test Person", "PAT-NEW", "London")


def test_one_who_came_meanwhile_is_compared_as_well(
    clinic: Organisation, known: Patient, staff: Desk
):
    asked = sent(staff)
    later = builders.patient(clinic, name=PersonName.split("Bea Person"), **BORN_LIKE)

    answer = staff.post(NEW, hidden(asked))

    assert "Bea Person" in text_of(answer)
    assert "Ada Person" not in text_of(answer)
    assert set(hidden_of(answer, "compared").split()) == {
        str(known.public_id),
        str(later.public_id),
    }
    assert Patient.objects.count() == 2


def test_one_can_go_back_and_change_what_was_typed(known: Patient, staff: Desk):
    asked = sent(staff)

    answer = staff.post(NEW, {**hidden(asked), "change": "yes"})

    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="full_name" value="Test Person"' in html
    assert 'name="date_of_birth_month" value="March"' in html
    assert "There is a problem" not in text_of(answer)


@pytest.mark.parametrize("reference", ["pat7", "PAT 7"])
def test_the_same_reference_is_compared_however_it_is_spelt(
    reference: str, known: Patient, staff: Desk
):
    answer = sent(staff, full_name="Cleo Third", reference=reference)

    assert "Ada Person" in text_of(answer)
    is_taken = "A reference belongs to one person only" in text_of(answer)
    assert is_taken == (reference == "PAT 7")
    assert ("This is somebody else" in text_of(answer)) == (not is_taken)


def test_a_taken_reference_cannot_be_forced(known: Patient, staff: Desk):
    asked = sent(staff, reference="PAT 7")

    answer = staff.post(NEW, hidden(asked))

    assert answer.status_code == 422
    assert text_of(answer).count("Another patient of this account has this reference.") == 2
    assert Patient.objects.count() == 1


def test_of_a_patient_one_does_not_see_nothing_more_is_said(clinic: Organisation, known: Patient):
    somebody = desk_of_one(builders.organisation(clinic.account))

    answer = sent(somebody, reference="PAT 7")
    alike = sent(somebody, reference="PAT-OTHER")

    assert answer.status_code == 422
    assert text_of(answer).count("This reference belongs to another patient of your account.") == 2
    assert "Ada" not in text_of(answer)
    assert alike.status_code == 302


def test_a_clinician_registers_nobody(clinic: Organisation):
    assert sent(desk(clinic, Role.CLINICIAN)).status_code == 403
    assert not Patient.objects.exists()


def test_it_takes_the_same_number_of_queries_however_many_are_alike(
    clinic: Organisation, known: Patient, staff: Desk
):
    typed = {**PATIENT, **ADDRESS}
    few = queries(staff, NEW, typed)

    for number in range(4):
        builders.patient(clinic, name=PersonName.split(f"A{number} Person"), **BORN_LIKE)

    assert queries(staff, NEW, typed) == few <= 11
