"""Placing an order: who it is for. Search, choice, and likely duplicates."""

import pytest
from django.utils import timezone

from foundation.models import AccessEntry
from orders.models import Order
from organisations.models import Organisation
from patients.models import Patient
from patients.wanted import PersonName
from tests import builders
from tests.staff.desk import (
    ADDRESS,
    LATER,
    PATIENT,
    SMARTPHONE,
    STUDY,
    Desk,
    desk_of_one,
    draft_of,
    led_to,
    text_of,
    title_of,
)


def known_patient(clinic: Organisation, name: str = "Ada Known", **members: object) -> Patient:
    wanted = builders.patient_wanted(name=PersonName.split(name), **members)
    return builders.order(chosen=clinic, recipient=wanted).patient


@pytest.fixture
def known(clinic: Organisation) -> Patient:
    """Born on 29 February 1980."""
    return known_patient(clinic, reference="PAT-KNOWN")


@pytest.mark.parametrize(
    "search",
    [
        {"name": "ada"},
        {"name": "KNO"},
        {"name": "known a"},
        {"reference": "PAT-KN"},
        {"reference": "pat- kn"},
        {"date_of_birth_day": "29", "date_of_birth_month": "feb", "date_of_birth_year": "1980"},
    ],
)
def test_a_patient_is_found_by_any_of_three_things(search, known: Patient, staff: Desk):
    answer = staff.post(staff.open_draft() + "patient/", search)

    assert "1 person found" in text_of(answer)
    assert "Born 29 February 1980" in text_of(answer)


@pytest.mark.parametrize(
    "search", [{"name": "nown"}, {"name": "Ada Other"}, {"reference": "KNOWN"}]
)
def test_who_does_not_match_is_not_found(search, known: Patient, staff: Desk):
    answer = staff.post(staff.open_draft() + "patient/", search)

    assert "Nobody found" in text_of(answer)


def test_accents_do_not_hide_anybody(clinic: Organisation, staff: Desk):
    known_patient(clinic, "Łucja Øster-Žák")

    answer = staff.post(staff.open_draft() + "patient/", {"name": "lucja oster"})

    assert "Łucja Øster-Žák" in text_of(answer)


@pytest.mark.parametrize("nothing", [{}, {"name": "  "}, {"name": "\u0301"}])
def test_a_search_for_nothing_asks_what_to_search_for(nothing, known: Patient, staff: Desk):
    answer = staff.post(staff.open_draft() + "patient/", nothing)

    assert answer.status_code == 422
    assert "Enter a name, a date of birth or a reference to search for" in text_of(answer)
    assert "Ada Known" not in text_of(answer)


def test_a_long_list_is_cut_and_says_so(clinic: Organisation, staff: Desk):
    for number in range(21):
        known_patient(clinic, f"Ada{number} Many")

    text = text_of(staff.post(staff.open_draft() + "patient/", {"name": "Many"}))

    assert "The first 20 people found" in text
    assert text.count("Choose") == 20
    assert AccessEntry.objects.filter(what="patient search").count() == 20


def test_other_organisations_patients_are_not_found(clinic: Organisation, known: Patient):
    second = builders.organisation(clinic.account)
    somebody = desk_of_one(second)

    answer = somebody.post(somebody.open_draft() + "patient/", {"name": "Known"})

    assert "Nobody found" in text_of(answer)
    assert not AccessEntry.objects.filter(user_id=somebody.user.pk).exists()


def test_a_known_patient_is_chosen_and_their_address_is_there_already(known: Patient, staff: Desk):
    draft = staff.open_draft()

    chosen = staff.post(draft + "patient/", {"patient": known.pk})
    html = staff.get(draft + "address/").content.decode()
    staff.post(draft + "address/", ADDRESS)
    staff.post(draft + "study/", STUDY)
    staff.post(draft + "smartphone/", SMARTPHONE)
    staff.post(draft + "check/")

    assert chosen["Location"] == draft + "address/"
    assert 'value="1 Test Street"' in html
    assert Order.objects.filter(patient=known).count() == 2
    assert Patient.objects.count() == 1


def test_who_is_shown_a_known_patient_s_address_is_on_record(known: Patient, staff: Desk):
    draft = staff.open_draft()
    staff.post(draft + "patient/", {"patient": known.pk})

    staff.get(draft + "address/")

    seen = AccessEntry.objects.get(what="order address")
    assert (seen.patient_id, seen.user_id) == (known.pk, staff.user.pk)


@pytest.mark.parametrize("new", [True, False])
def test_whom_one_looked_for_is_forgotten_when_the_patient_is_there(
    new: bool, known: Patient, staff: Desk
):
    draft = staff.open_draft()
    staff.post(draft + "patient/", {"name": "Somebody Else", **LATER})
    before = draft_of(draft).answers

    if new:
        staff.post(draft + "patient/new/", PATIENT)
    else:
        staff.post(draft + "patient/", {"patient": known.pk})

    assert "Somebody Else" in str(before)
    assert "Somebody Else" not in str(draft_of(draft).answers)


def test_an_address_left_as_it_was_keeps_what_the_boxes_do_not_show(known: Patient, staff: Desk):
    Patient.objects.filter(pk=known.pk).update(country="United Kingdom", address_note="Gate 3")
    draft = staff.open_draft()
    staff.post(draft + "patient/", {"patient": known.pk})
    staff.post(draft + "address/", {**ADDRESS, "postcode": "SW1A 1AA"})
    staff.post(draft + "study/", STUDY)
    staff.post(draft + "smartphone/", SMARTPHONE)

    staff.post(draft + "check/")

    order = Order.objects.latest("pk")
    assert (order.country, order.address_note) == ("United Kingdom", "Gate 3")


def test_another_address_is_the_order_s_only(known: Patient, staff: Desk):
    draft = staff.open_draft()
    staff.post(draft + "patient/", {"patient": known.pk})
    staff.post(draft + "address/", {**ADDRESS, "line_1": "2 Other Street"})
    staff.post(draft + "study/", STUDY)
    staff.post(draft + "smartphone/", SMARTPHONE)

    staff.post(draft + "check/")

    known.refresh_from_db()
    assert Order.objects.latest("pk").address_lines == ["2 Other Street"]
    assert known.address_lines == ["1 Test Street"]


@pytest.mark.parametrize("sent", ["0", "-1", "9" * 5000, "9" * 19, "abc", "", "\x00", "２"])
def test_an_id_that_nobody_has_is_nobody(sent: str, known: Patient, staff: Desk):
    answer = staff.post(staff.open_draft() + "patient/", {"patient": sent})

    assert answer.status_code == 422
    assert "There is no such patient" in text_of(answer)


def test_somebody_else_s_patient_cannot_be_chosen(clinic: Organisation, staff: Desk):
    foreign = known_patient(builders.organisation())
    hidden = known_patient(builders.organisation(clinic.account))
    somebody = desk_of_one(clinic)

    for who, patient in ((staff, foreign), (somebody, hidden), (somebody, foreign)):
        answer = who.post(who.open_draft() + "patient/", {"patient": patient.pk})

        assert answer.status_code == 422
        assert "Ada" not in text_of(answer)


def test_an_archived_patient_is_shown_but_cannot_be_chosen(known: Patient, staff: Desk):
    Patient.objects.filter(pk=known.pk).update(archived_at=timezone.now())
    draft = staff.open_draft()

    found = text_of(staff.post(draft + "patient/", {"name": "Known"}))
    answer = staff.post(draft + "patient/", {"patient": known.pk})

    assert "Archived: nothing can be ordered" in found
    assert "Choose" not in found
    assert answer.status_code == 422
    assert "This patient is archived or no longer enrolled" in text_of(answer)


def test_a_patient_archived_in_between_leads_back_to_the_search(known: Patient, staff: Desk):
    draft = staff.open_draft()
    staff.post(draft + "patient/", {"patient": known.pk})
    Patient.objects.filter(pk=known.pk).update(archived_at=timezone.now())

    answer = staff.client.post(draft + "address/", ADDRESS, follow=True)

    assert led_to(answer) == draft + "patient/"
    assert "This patient is archived" in text_of(answer)


def test_another_patient_takes_nothing_over_from_the_one_before(known: Patient, staff: Desk):
    draft = staff.fill_in()

    answer = staff.post(draft + "patient/", {"patient": known.pk})

    assert answer["Location"] == draft + "address/"
    answers = draft_of(draft).answers
    assert not answers["address"]
    assert not answers["smartphone"]
    assert answers["study"]


SAME_NAME_AND_BIRTH = {
    "full_name": "Bea  von KNOWN",
    "date_of_birth_day": "29",
    "date_of_birth_month": "2",
    "date_of_birth_year": "1980",
    "reference": "PAT-OTHER",
}


def test_the_same_surname_and_date_of_birth_are_compared_first(known: Patient, staff: Desk):
    draft = staff.open_draft()

    answer = staff.post(draft + "patient/new/", {**PATIENT, **SAME_NAME_AND_BIRTH})
    text = text_of(staff.get(draft + "patient/same/"))

    assert answer["Location"] == draft + "patient/same/"
    assert "Bea von KNOWN" in text
    assert "Ada Known" in text
    assert "Different" in text
    assert staff.get(draft + "address/")["Location"] == draft + "patient/new/"
    assert AccessEntry.objects.filter(what="likely duplicates", patient_id=known.pk).exists()


def test_it_can_be_the_same_person_after_all(known: Patient, staff: Desk):
    draft = staff.open_draft()
    staff.post(draft + "patient/new/", {**PATIENT, **SAME_NAME_AND_BIRTH})

    answer = staff.post(draft + "patient/same/", {"patient": known.pk})

    assert answer["Location"] == draft + "address/"
    assert draft_of(draft).answers["patient"] == {"known": known.pk}


def test_it_can_be_somebody_else_and_is_asked_once_only(known: Patient, staff: Desk):
    draft = staff.open_draft()
    typed = {**PATIENT, **SAME_NAME_AND_BIRTH}
    staff.post(draft + "patient/new/", typed)

    decided = staff.post(draft + "patient/same/", {"other": "yes"})
    again = staff.post(draft + "patient/new/", typed)
    corrected = staff.post(draft + "patient/new/", {**typed, "full_name": "Cleo Known"})

    assert decided["Location"] == again["Location"] == draft + "address/"
    assert corrected["Location"] == draft + "patient/same/"


def test_the_same_reference_can_only_be_the_same_person(known: Patient, staff: Desk):
    draft = staff.open_draft()

    answer = staff.post(draft + "patient/new/", {**PATIENT, "reference": "PAT-KNOWN"})
    page = text_of(staff.get(draft + "patient/same/"))
    forced = staff.post(draft + "patient/same/", {"other": "yes"})

    assert answer["Location"] == draft + "patient/same/"
    assert "This is somebody else" not in page
    assert forced.status_code == 422
    assert title_of(forced).startswith("Error: ")
    assert "A reference belongs to one person only" in text_of(forced)


def test_a_reference_of_a_patient_one_may_not_see_tells_nothing_more(
    clinic: Organisation, known: Patient
):
    somebody = desk_of_one(builders.organisation(clinic.account))
    draft = somebody.open_draft()

    answer = somebody.post(draft + "patient/new/", {**PATIENT, "reference": "PAT-KNOWN"})

    assert answer.status_code == 422
    assert text_of(answer).count("This reference belongs to another patient of your account.") == 2
    assert "Known" not in text_of(answer)


def test_people_one_may_not_see_are_not_compared(clinic: Organisation, known: Patient):
    somebody = desk_of_one(builders.organisation(clinic.account))
    draft = somebody.open_draft()

    answer = somebody.post(draft + "patient/new/", {**PATIENT, **SAME_NAME_AND_BIRTH})

    assert answer["Location"] == draft + "address/"


def test_the_page_of_comparison_needs_somebody_to_compare(staff: Desk):
    draft = staff.open_draft()

    assert staff.get(draft + "patient/same/")["Location"] == draft + "patient/"


def test_a_search_takes_the_same_number_of_queries_however_many_it_finds(
    clinic: Organisation, staff: Desk, django_assert_num_queries
):
    path = staff.open_draft() + "patient/"
    known_patient(clinic, "Ada Many")
    with django_assert_num_queries(9):
        staff.post(path, {"name": "Many"})

    for number in range(8):
        known_patient(clinic, f"Ada{number} Many")

    with django_assert_num_queries(9):
        staff.post(path, {"name": "Many"})
