"""Changing what the register knows of a patient, by the pages; and two people who do so at once."""

from datetime import date

import pytest

from orders.models import Order
from organisations.models import Organisation
from organisations.roles import Role
from patients.commands import change_contact_of
from patients.models import Patient
from patients.wanted import PersonName
from tests import builders
from tests.staff.counting import queries
from tests.staff.desk import ADDRESS, Desk, desk, desk_of_one, hidden_of, text_of, title_of

BOXES = {
    "full_name": "Ada Known",
    "date_of_birth_day": "29",
    "date_of_birth_month": "2",
    "date_of_birth_year": "1980",
    "reference": "PAT-7",
    "email": "ada@test.example",
    "phone": "07911 123456",
    "sex": "unknown",
    **ADDRESS,
    "postcode": "SW1A 1AA",
}


@pytest.fixture
def patient(clinic: Organisation) -> Patient:
    return builders.patient(
        clinic,
        name=PersonName.split("Ada Known"),
        reference="PAT-7",
        email="ada@test.example",
    )


def page(patient: Patient, rest: str = "edit/") -> str:
    return f"/patients/{patient.public_id}/{rest}"


def seen(staff: Desk, patient: Patient) -> str:
    return hidden_of(staff.get(page(patient)), "seen")


def save(staff: Desk, patient: Patient, version: str | None = None, **other: str):
    version = seen(staff, patient) if version is None else version
    return staff.post(page(patient), {**BOXES, "seen": version, **other})


def test_the_boxes_hold_the_record(patient: Patient, staff: Desk):
    html = staff.get(page(patient)).content.decode()

    for name, value in BOXES.items():
        if value and name != "sex":
            assert f'name="{name}" value="{value}"' in html
    assert "keep the address they were placed with" in html


def test_every_part_can_be_changed(patient: Patient, staff: Desk):
    answer = save(
        staff,
        patient,
        full_name="Ada Maria Newname",
        date_of_birth_year="1981",
        date_of_birth_day="28",
        reference="",
        email="",
        phone="+44 7911 123457",
        sex="female",
        line_1="2 New Street",
        postcode="ls1 4dy",
    )

    now = Patient.objects.get()
    assert answer["Location"] == page(patient, "")
    assert (now.full_name, now.last_name_key) == ("Ada Maria Newname", "newname")
    assert (now.date_of_birth, now.reference, now.sex) == (date(1981, 2, 28), None, "female")
    assert (now.email, now.phone_e164) == ("", "+447911123457")
    assert now.address.as_lines() == ["2 New Street", "London", "LS1 4DY"]


def test_the_address_can_be_taken_away(patient: Patient, staff: Desk):
    save(staff, patient, **dict.fromkeys(ADDRESS, ""))

    assert Patient.objects.get().address is None


def test_orders_keep_their_own_addresses(clinic: Organisation, staff: Desk):
    order = builders.order(
        chosen=clinic,
        recipient=builders.patient_wanted(
            name=PersonName.split("Ada Known"), reference="PAT-7", email="ada@test.example"
        ),
    )

    save(staff, order.patient, line_1="2 New Street")

    assert Order.objects.get().address_lines == ["1 Test Street"]
    assert Patient.objects.get().address_lines == ["2 New Street"]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"full_name": ""}, "Enter the patient’s full name"),
        ({"date_of_birth_day": "31"}, "Date of birth must be a real date"),
        ({"email": "", "phone": ""}, "Enter an email address or a phone number"),
        ({"email": "x"}, "Enter an email address in the right form"),
        ({"line_1": ""}, "Enter the first line of the address"),
        ({"postcode": "x"}, "Enter a full UK postcode"),
    ],
)
def test_what_will_not_do_is_said_beside_its_box(other, words, patient: Patient, staff: Desk):
    answer = save(staff, patient, **other)

    assert answer.status_code == 422
    assert title_of(answer).startswith("Error: ")
    assert text_of(answer).count(words) == 2
    assert Patient.objects.get().full_name == "Ada Known"


def test_what_was_left_alone_is_not_judged(patient: Patient, staff: Desk):
    """Programs may have brought what the form would not take."""
    Patient.objects.update(
        date_of_birth=None,
        phone="ring the neighbour",
        phone_e164="",
        email="",
        postcode="none",
        country="United Kingdom",
        address_note="Gate 3",
        address_lines=["1 Test Street", "Second", "Third", "Fourth"],
    )
    born = dict.fromkeys((name for name in BOXES if name.startswith("date_")), "")
    untouched = {
        "phone": "ring the neighbour",
        "email": "",
        "line_2": "Second",
        "line_3": "Third, Fourth",
        "postcode": "none",
    }

    answer = save(staff, patient, sex="female", **born, **untouched)

    now = Patient.objects.get()
    assert answer.status_code == 302
    assert (now.sex, now.phone, now.date_of_birth) == ("female", "ring the neighbour", None)
    assert now.address_lines == ["1 Test Street", "Second", "Third", "Fourth"]

    save(staff, patient, **born, **{**untouched, "line_1": "2 New Street", "postcode": "LS1 4DY"})

    now = Patient.objects.get()
    assert (now.country, now.address_note) == ("United Kingdom", "Gate 3")


@pytest.mark.parametrize("hidden", [True, False])
def test_a_reference_taken_elsewhere_is_refused_beside_its_box(
    hidden: bool, clinic: Organisation, patient: Patient
):
    owner = builders.organisation(clinic.account) if hidden else clinic
    builders.patient(owner, reference="PAT-TAKEN", name=PersonName.split("Bea Secret"))
    words = (
        "This reference belongs to another patient of your account."
        if hidden
        else "Another patient of this account has this reference."
    )

    answer = save(desk_of_one(clinic), patient, reference="PAT-TAKEN")

    assert answer.status_code == 422
    assert text_of(answer).count(words) == 2
    assert "Secret" not in text_of(answer)


# Two people at once


def test_the_second_is_told_what_changed_and_nothing_is_overwritten(
    clinic: Organisation, patient: Patient, staff: Desk
):
    colleague = desk(clinic)
    mine, theirs = seen(staff, patient), seen(colleague, patient)
    save(colleague, patient, theirs, email="first@test.example", line_1="2 New Street")

    answer = save(staff, patient, mine, phone="07911 123457")

    text = text_of(answer)
    assert answer.status_code == 422
    assert "Somebody else changed this patient since you opened this page" in text
    assert "Last changed by Test Clinic staff, Staff pages" in text
    assert "You saw: ada@test.example Now it is: first@test.example" in text
    assert "You saw: 1 Test Street, London, SW1A 1AA Now it is: 2 New Street" in text
    assert "You changed this too" not in text
    now = Patient.objects.get()
    assert (now.email, now.phone) == ("first@test.example", "07911 123456")


def test_what_the_second_typed_is_kept_and_can_be_saved_then(
    clinic: Organisation, patient: Patient, staff: Desk
):
    mine = seen(staff, patient)
    save(desk(clinic), patient, email="first@test.example", reference="PAT-FIRST")

    told = save(staff, patient, mine, phone="07911 123457", reference="PAT-SECOND")
    html = told.content.decode()
    answer = save(
        staff,
        patient,
        hidden_of(told, "seen"),
        email="first@test.example",
        phone="07911 123457",
        reference="PAT-SECOND",
    )

    for kept in ("first@test.example", "07911 123457", "PAT-SECOND", "29", "2", "1980"):
        assert f'value="{kept}"' in html
    assert text_of(told).count("You changed this too") == 1
    assert answer.status_code == 302
    now = Patient.objects.get()
    assert (now.email, now.phone, now.reference) == (
        "first@test.example",
        "07911 123457",
        "PAT-SECOND",
    )


def test_a_program_can_be_the_first(patient: Patient, staff: Desk):
    mine = seen(staff, patient)
    change_contact_of(patient, email="program@test.example", phone=None)

    answer = save(staff, patient, mine, sex="male")

    assert answer.status_code == 422
    assert "Now it is: program@test.example" in text_of(answer)


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 5000, "٣", "\x00", "999999999"])
def test_a_version_that_never_was_saves_nothing(version: str, patient: Patient, staff: Desk):
    answer = save(staff, patient, version, email="other@test.example")

    assert answer.status_code == 422
    assert "Somebody else changed this patient" in text_of(answer)
    assert Patient.objects.get().email == "ada@test.example"
    again = save(staff, patient, hidden_of(answer, "seen"), email="other@test.example")
    assert again.status_code == 302


def test_archiving_does_not_get_in_the_way(patient: Patient, staff: Desk):
    mine = seen(staff, patient)
    staff.post(page(patient, "archive/"))

    assert save(staff, patient, mine, sex="male").status_code == 302


def test_a_clinician_changes_nothing(clinic: Organisation, patient: Patient):
    clinician = desk(clinic, Role.CLINICIAN)

    answer = clinician.post(page(patient), {**BOXES, "email": "other@test.example"})

    assert answer.status_code == 403
    assert Patient.objects.get().email == "ada@test.example"


def test_it_takes_few_queries(patient: Patient, staff: Desk):
    version = seen(staff, patient)

    assert queries(staff, page(patient)) <= 9
    answers = {**BOXES, "seen": version, "email": "other@test.example"}
    assert queries(staff, page(patient), answers) <= 20
