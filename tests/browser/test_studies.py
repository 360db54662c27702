"""The pages of studies in a browser: in both themes and at both widths, and without scripts."""

from playwright.sync_api import Page, expect

from orders.statuses import Status
from organisations.models import Organisation
from organisations.sensors import EmitOn
from patients.wanted import PersonName
from studies.models import Study
from tests import builders
from tests.browser.conftest import Open
from tests.browser.looking import LIGHT_ONLY, faults
from tests.staff import recorded
from tests.staff.desk import Desk, page_of

LONG = "W" * 120


def visited(page: Page, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        page.goto(path)
        found += faults(page)
    return found


def at(study: Study, page: str = "") -> str:
    return f"/studies/{study.public_id}/{page}"


def test_every_page_of_studies(clinic: Organisation, staff: Desk, open_browser: Open):
    page = open_browser(staff.user, bypass_csp=True)
    page.goto("/studies/")
    found = faults(page, LIGHT_ONLY)
    who = builders.patient_wanted(name=PersonName.split(f"Ada {LONG}"))
    locked = recorded.locked(recorded.in_house(clinic, who, reference=LONG))
    order = builders.order(Status.RETURN_ISSUED, chosen=clinic)
    study = recorded.activated(order.study)
    recorded.recorded(study, 1, is_valid=False)
    recorded.recorded(study, 1, 2, ahi3="17.3", ahi4="12.25", odi3="9", odi4="5.5")
    reviewed = recorded.in_house(clinic, nights=1, emit_on=EmitOn.REVIEWED)
    recorded.recorded(reviewed)
    recorded.reviewed(reviewed, f"Conclusion {LONG}")

    found += visited(
        page,
        [
            "/studies/",
            "/studies/?status=in_progress",
            at(locked),
            at(locked, "unlock/"),
            at(locked, "cancel/"),
            at(locked, "hand-over/"),
            at(study),
            at(reviewed),
            page_of(order),
            page_of(order, "print/"),
            f"/patients/{locked.patient.public_id}/",
        ],
    )
    page.get_by_role("link", name="New in-house study").click()
    found += faults(page)

    assert found == []


def test_a_new_study_for_somebody_alike(clinic: Organisation, staff: Desk, open_browser: Open):
    page = open_browser(staff.user, bypass_csp=True)
    known = builders.patient(clinic, name=PersonName.split("Ada Known"))
    builders.organisation(clinic.account)

    page.goto("/studies/")
    page.get_by_role("link", name="New in-house study").first.click()
    found = faults(page)
    page.get_by_label("Name").fill("Nobody")
    page.get_by_role("button", name="Search").click()
    found += faults(page, LIGHT_ONLY)
    page.get_by_role("link", name="Enter a new patient").click()
    page.get_by_role("button", name="Create the study").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += faults(page)
    page.get_by_label("Full name").fill("Adam Known")
    for part, value in (("Day", "29"), ("Month", "2"), ("Year", "1980")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label(clinic.name).check()
    page.get_by_label("Number of nights").fill("3")
    page.get_by_label("Neck sensor", exact=True).check()
    page.get_by_role("button", name="Create the study").click()
    expect(page.get_by_text("Is it one of these people?")).to_be_visible()
    found += faults(page)
    page.get_by_role("button", name="This is the same person").click()
    expect(page.get_by_label("Number of nights")).to_have_value("3")
    found += faults(page)
    page.get_by_role("button", name="Create the study").click()
    expect(page.get_by_text("Now hand over the activation code")).to_be_visible()

    study = Study.objects.get()
    assert (study.patient, study.nights) == (known, 3)
    assert found == []


def test_no_script_is_needed_and_nothing_breaks_our_policy(
    clinic: Organisation, staff: Desk, open_browser: Open
):
    builders.patient(clinic, name=PersonName.split("Ada Known"))
    page = open_browser(staff.user, java_script_enabled=False)

    page.goto("/studies/new/")
    page.get_by_label("Name").fill("Known")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Choose").click()
    page.get_by_role("button", name="Create the study").click()
    page.get_by_role("link", name="Print the code").click()

    expect(page.get_by_role("heading", name="Your activation code")).to_be_visible()
    expect(page.get_by_text(Study.objects.get().shown_code)).to_be_visible()
    expect(page.get_by_role("img", name="QR code of the activation code")).to_be_visible()
