"""The pages about patients in a real browser: what axe finds, and the way from a search that finds
nobody to an order for somebody new.
"""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from organisations.models import Organisation
from patients.models import Patient
from patients.wanted import KnownPatient, PersonName
from tests import builders
from tests.browser.conftest import Open
from tests.browser.looking import LIGHT_ONLY, faults
from tests.staff.desk import PATIENT, Desk


@pytest.fixture
def page(open_browser: Open, staff: Desk) -> Page:
    # Without it our own policy would keep axe out.
    return open_browser(staff.user, bypass_csp=True)


@pytest.fixture
def people(clinic: Organisation) -> list[Patient]:
    """Two who may be one, somebody archived, and somebody of whom much is known."""
    builders.organisation(clinic.account, name="A second clinic with a rather long name")
    made = [
        builders.patient(clinic, name=PersonName.split(name), **members)
        for name, members in (
            ("Ada Known", {"reference": "PAT 7"}),
            ("Adelaide Known", {"reference": None, "address": None}),
            ("Bea Archived", {"date_of_birth": date(1950, 1, 1)}),
            ("Wolfeschlegelsteinhausenbergerdorff " * 4, {"date_of_birth": date(1960, 1, 1)}),
        )
    ]
    for _ in range(3):
        builders.order(chosen=clinic, recipient=KnownPatient(made[0].pk))
    return made


def of(patient: Patient, rest: str = "") -> str:
    return f"/patients/{patient.public_id}/{rest}"


def visited(page: Page, paths: list[str], looks=None) -> list[str]:
    found = []
    for path in paths:
        page.goto(path)
        found += faults(page, looks) if looks else faults(page)
    return found


def test_the_pages_of_patients(people: list[Patient], staff: Desk, page: Page):
    ada, adelaide, bea, long = people
    staff.post(of(bea, "archive/"))

    paths = ["/patients/", "/patients/?show=archived", "/patients/new/"]
    paths += [of(ada, rest) for rest in ("", "edit/", "archive/", f"compare/{adelaide.public_id}/")]
    paths += [of(bea), of(bea, "restore/"), of(long)]

    assert visited(page, paths) == []


def test_somebody_alike_before_they_are_registered(people: list[Patient], page: Page):
    page.goto("/patients/new/")
    page.get_by_role("radio", name=re.compile("^Test Clinic")).check()
    fill_in(page, {**PATIENT, "full_name": "A. Known", **BORN})
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it one of these people?")

    assert faults(page) == []


def test_two_people_at_once(people: list[Patient], staff: Desk, page: Page):
    page.goto(of(people[0], "edit/"))
    Patient.objects.filter(pk=people[0].pk).update(
        email="somebody.else@test.example", reference="PAT 8"
    )
    page.get_by_label("Your reference for the patient").fill("PAT 9")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody else changed this patient")

    assert faults(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("The changes are saved.")
    assert Patient.objects.filter(email="somebody.else@test.example", reference="PAT 9").exists()


def test_what_is_wrong_or_empty(clinic: Organisation, page: Page):
    patient = builders.patient(clinic)
    found = []
    for path, button in (("/patients/new/", "Register"), (of(patient, "edit/"), "Save")):
        page.goto(path)
        page.get_by_label("Full name").fill("")
        page.get_by_label("Day").fill("40")
        page.get_by_label("Postcode").fill("x")
        page.get_by_role("button", name=button).click()
        assert page.title().startswith("Error: ")
        found += faults(page, LIGHT_ONLY)
    Patient.objects.all().delete()
    found += visited(page, ["/patients/", "/patients/?show=archived"], LIGHT_ONLY)
    page.get_by_label("Search patients").fill("Nobody")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="Nobody found")).to_be_visible()
    found += faults(page, LIGHT_ONLY)

    assert found == []


BORN = {"date_of_birth_day": "29", "date_of_birth_month": "2", "date_of_birth_year": "1980"}


def fill_in(page: Page, answers: dict[str, str]) -> None:
    for name, text in answers.items():
        if name != "sex":
            page.locator(f"input[name={name}]").fill(text)


def test_from_a_search_that_finds_nobody_to_an_order(
    clinic: Organisation, staff: Desk, open_browser: Open
):
    page = open_browser(staff.user)
    page.goto("/")
    page.get_by_role("link", name="Patients").click()
    page.get_by_label("Search patients").fill("Test Person")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Register a new patient").click()
    expect(page.get_by_label("Full name")).to_have_value("Test Person")
    fill_in(page, PATIENT)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("status")).to_have_text("The patient is registered.")
    page.get_by_role("button", name="New order for this patient").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Where should the kit go?")
    assert Patient.objects.get().full_name == "Test Person"
