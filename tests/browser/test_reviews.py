"""Reviews and referrals as somebody sees them, and by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from organisations.models import Organisation
from organisations.roles import Role
from studies.reviewing import results_of
from tests import results
from tests.browser.conftest import Open
from tests.browser.looking import LIGHT_ONLY, faults
from tests.staff.desk import Desk, desk


@pytest.fixture
def clinician(clinic: Organisation) -> Desk:
    return desk(clinic, Role.CLINICIAN)


@pytest.fixture
def plain(open_browser: Open, clinician: Desk) -> Iterator[Page]:
    """Without reports: a browser without a reader of its own would keep them."""
    page = open_browser(clinician.user, bypass_csp=True)
    page.route("**/report/", lambda route: route.fulfill(body="A report", content_type="text/html"))
    return page


def test_the_inbox_and_a_review_can_be_used_by_everybody(clinic: Organisation, plain: Page):
    found = []
    plain.goto("/reviews/")  # nothing there yet
    found += faults(plain, LIGHT_ONLY)
    study = results.study_of_many_nights(clinic)
    page_of = f"/reviews/{study.public_id}/"
    for path in ("/reviews/", page_of):
        plain.goto(path)
        found += faults(plain)
    plain.get_by_role("button", name="Sign the review").click()
    expect(plain.get_by_role("alert")).to_be_focused()
    found += faults(plain, LIGHT_ONLY)
    plain.get_by_label("Your conclusion").fill("Moderate.")
    plain.get_by_role("button", name="Sign the review").click()
    expect(plain.get_by_role("status")).to_have_text("The review is signed.")
    plain.goto(page_of)
    plain.get_by_text("Amend the review").click()
    found += faults(plain)

    assert found == []


def test_studies_are_reviewed_one_after_the_other_by_keyboard(
    clinic: Organisation, clinician: Desk, open_browser: Open
):
    first, second, third = (results.study_to_review(clinic, report=None) for _ in range(3))
    page = open_browser(clinician.user)
    title = page.get_by_role("heading", level=1)
    page.goto("/")

    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(title).to_have_text("Reviews")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(title).to_contain_text(first.reference)
    page.keyboard.press("j")
    expect(title).to_contain_text(second.reference)
    page.keyboard.press("j")
    expect(title).to_contain_text(third.reference)
    page.keyboard.press("k")
    expect(title).to_contain_text(second.reference)
    page.get_by_label("Your conclusion").focus()
    page.keyboard.type("jk: mild.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The review is signed.")

    expect(title).to_contain_text(third.reference)
    assert second.reviews.get().conclusion == "jk: mild."
    assert results_of(second) == 1


def test_the_report_is_let_into_the_page_by_our_own_policy(
    clinic: Organisation, clinician: Desk, open_browser: Open
):
    study = results.study_to_review(clinic)
    page = open_browser(clinician.user)

    with page.expect_response("**/report/") as answered:
        page.goto(f"/reviews/{study.public_id}/")
        page.get_by_title("Report of night 1").scroll_into_view_if_needed()

    assert answered.value.status == 200


def test_referrals_can_be_used_by_everybody(clinic: Organisation, staff: Desk, open_browser: Open):
    page = open_browser(staff.user, bypass_csp=True)
    found = []
    page.goto("/referrals/")  # nothing there yet
    found += faults(page, LIGHT_ONLY)
    sent, other = results.referral(clinic), results.referral(clinic)
    for path in ("/referrals/", f"/referrals/{other.public_id}/reject/"):
        page.goto(path)
        found += faults(page)
    page.get_by_role("button", name="Reject the referral").click()
    expect(page.get_by_role("alert")).to_be_focused()
    found += faults(page, LIGHT_ONLY)
    page.get_by_label("Why are you rejecting it?").fill("Moved away.")
    page.get_by_role("button", name="Reject the referral").click()
    expect(page.get_by_role("status")).to_contain_text("The referral is rejected.")
    found += faults(page)
    page.goto(f"/referrals/{sent.public_id}/")
    found += faults(page)
    page.get_by_role("button", name="Confirm and place the order").click()
    expect(page.get_by_role("alert")).to_be_focused()
    found += faults(page, LIGHT_ONLY)
    page.get_by_label("Address line 1").fill("1 Test Street")
    page.get_by_label("Town or city").fill("London")
    page.get_by_label("Postcode").fill("SW1A 1AA")
    page.get_by_label("I asked the patient").check()
    page.get_by_role("button", name="Confirm and place the order").click()

    expect(page.get_by_role("status")).to_contain_text("the order is placed")
    assert found == []
