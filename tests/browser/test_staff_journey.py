"""Placing an order in Chromium: with JavaScript and without, by mouse and by keyboard alone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from orders.models import Order
from orders.statuses import Status
from organisations.models import Organisation
from tests import builders
from tests.browser.conftest import Open
from tests.staff.desk import Desk

WITH_AND_WITHOUT = pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def sign_in(page: Page, staff: Desk) -> None:
    page.goto("/")
    page.get_by_label("Email address").fill(staff.user.email)
    page.get_by_label("Password").fill(builders.PASSWORD)
    press(page, "Sign in")


def fill_in_the_patient(page: Page) -> None:
    page.get_by_label("Full name").fill("Test Somebody")
    page.get_by_label("Day").fill("3")
    page.get_by_label("Month").fill("Mar")
    page.get_by_label("Year").fill("1980")
    page.get_by_label("Mobile phone number").fill("07911 123456")
    press(page, "Continue")


def go_to_the_check(page: Page) -> None:
    """From the new patient's page on."""
    fill_in_the_patient(page)
    page.get_by_label("Address line 1").fill("1 Test Street")
    page.get_by_label("Town or city").fill("London")
    page.get_by_label("Postcode").fill("sw1a 1aa")
    press(page, "Continue")
    press(page, "Continue")  # the organisation's own nights and sensors
    page.get_by_label("I asked the patient").check()
    press(page, "Continue")
    heading(page, "Check your answers")


@WITH_AND_WITHOUT
def test_the_whole_way_from_sign_in_to_a_cancelled_order(
    javascript: bool, staff: Desk, open_browser: Open
):
    page = open_browser(java_script_enabled=javascript)
    sign_in(page, staff)
    heading(page, "Home")

    page.get_by_role("link", name="New order").first.click()
    page.get_by_label("Name").fill("Somebody")
    press(page, "Search")
    expect(page.get_by_text("Nobody found")).to_be_visible()
    page.get_by_role("link", name="Enter a new patient").click()
    go_to_the_check(page)

    page.get_by_role("link", name="Change nights").click()
    page.get_by_label("Number of nights").fill("3")
    press(page, "Continue")
    heading(page, "Check your answers")
    press(page, "Place order")

    heading(page, "Order placed")
    order = Order.objects.get()
    expect(page.locator("#reference")).to_have_text(order.reference)
    assert order.study.nights == 3
    page.get_by_role("link", name="See the order").click()
    page.get_by_role("link", name="Cancel the order").click()
    page.get_by_label("Why are you cancelling it?").fill("The patient moved.")
    press(page, "Cancel the order")
    expect(page.get_by_role("status")).to_have_text("The order is cancelled.")
    order.refresh_from_db()
    assert order.status == Status.VOIDED


@WITH_AND_WITHOUT
def test_a_double_click_a_refresh_and_the_way_back_make_one_order(
    javascript: bool, staff: Desk, open_browser: Open
):
    page = open_browser(staff.user, java_script_enabled=javascript)
    page.goto(staff.fill_in() + "check/")

    page.get_by_role("button", name="Place order").dblclick()
    heading(page, "Order placed")
    page.reload()
    heading(page, "Order placed")
    page.go_back()
    heading(page, "Order placed")

    assert Order.objects.count() == 1


@WITH_AND_WITHOUT
def test_a_likely_duplicate_is_shown_before_a_second_record_is_made(
    javascript: bool, clinic: Organisation, staff: Desk, open_browser: Open
):
    known = builders.order(chosen=clinic).patient
    page = open_browser(staff.user, java_script_enabled=javascript)
    page.goto(staff.open_draft() + "patient/new/")

    page.get_by_label("Your reference for the patient").fill(known.reference)
    fill_in_the_patient(page)

    heading(page, "Is it one of these people?")
    page.get_by_role("button", name="This is the same person").click()
    heading(page, "Where should the kit go?")
    expect(page.get_by_label("Address line 1")).to_have_value("1 Test Street")


@WITH_AND_WITHOUT
def test_problems_are_told_first_and_lead_to_their_box(
    javascript: bool, staff: Desk, open_browser: Open
):
    page = open_browser(staff.user, java_script_enabled=javascript)
    page.goto(staff.open_draft() + "patient/new/")
    page.get_by_label("Day").fill("31")
    page.get_by_label("Month").fill("2")
    page.get_by_label("Year").fill("1980")
    press(page, "Continue")

    summary = page.get_by_role("alert")
    if javascript:
        expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: New patient"))
    summary.get_by_role("link", name="Date of birth must be a real date").click()
    expect(page.get_by_label("Day")).to_be_focused()
    expect(page.get_by_label("Day")).to_have_value("31")


@WITH_AND_WITHOUT
def test_a_draft_is_put_aside_and_gone_on_with(javascript: bool, staff: Desk, open_browser: Open):
    page = open_browser(staff.user, java_script_enabled=javascript)
    page.goto(staff.open_draft() + "patient/new/")
    page.get_by_label("Full name").fill("Half Done")
    press(page, "Save and finish later")

    page.get_by_role("link", name="Go on with the order for Half Done").click()

    expect(page.get_by_label("Full name")).to_have_value("Half Done")


def test_the_whole_way_by_keyboard_alone(staff: Desk, open_browser: Open):
    page = open_browser(staff.user)
    page.goto("/orders/")
    keys = page.keyboard

    tab_to(page.get_by_role("link", name="New order").first)
    keys.press("Enter")
    tab_to(page.get_by_role("link", name="Enter a new patient"))
    keys.press("Enter")
    type_into(page, "Full name", "Test Somebody")
    for part, text in (("Day", "3"), ("Month", "3"), ("Year", "1980")):
        type_into(page, part, text)
    type_into(page, "Email address", "somebody@test.example")
    keys.press("Enter")
    type_into(page, "Address line 1", "1 Test Street")
    type_into(page, "Town or city", "London")
    type_into(page, "Postcode", "SW1A 1AA")
    keys.press("Enter")
    tab_to(page.get_by_role("button", name="Continue"))
    keys.press("Enter")
    tab_to(page.get_by_label("I asked the patient"))
    keys.press("Space")
    keys.press("Enter")
    tab_to(page.get_by_role("button", name="Place order"))
    keys.press("Enter")
    tab_to(page.get_by_role("link", name="See the order"))
    keys.press("Enter")
    tab_to(page.get_by_role("link", name="Cancel the order"))
    keys.press("Enter")
    type_into(page, "Why are you cancelling it?", "Moved.")
    tab_to(page.get_by_role("button", name="Cancel the order"))
    keys.press("Enter")

    expect(page.get_by_role("status")).to_have_text("The order is cancelled.")
    assert Order.objects.get().status == Status.VOIDED


def tab_to(wanted: Locator) -> None:
    """Press Tab until it has the focus; the focus must be visible and inside the window."""
    wanted.wait_for()
    for _ in range(60):
        wanted.page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            expect(wanted).to_be_in_viewport()
            assert wanted.evaluate("element => getComputedStyle(element).outlineWidth") == "3px"
            return
    raise AssertionError(f"Tab never came to {wanted}")


def type_into(page: Page, label: str, text: str) -> None:
    tab_to(page.get_by_label(label))
    page.keyboard.type(text)


def test_the_reference_is_copied_by_a_button(staff: Desk, open_browser: Open):
    draft = staff.fill_in()
    staff.post(draft + "check/")
    page = open_browser(staff.user, permissions=["clipboard-read", "clipboard-write"])
    page.goto(draft + "placed/")

    press(page, "Copy")

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == Order.objects.get().reference
