"""A team in Chromium: a manager invites, a colleague joins, somebody is switched off; and nothing
on these pages is in anybody's way.
"""

import pytest
from playwright.sync_api import Page, expect

from organisations.invitation_mail import token_of
from organisations.invitations import withdraw_invitation
from organisations.models import Invitation, Organisation, User
from organisations.roles import Role
from organisations.team import deactivate_member
from tests import builders
from tests.browser.conftest import Open
from tests.browser.looking import LIGHT_ONLY, faults
from tests.staff.desk import Desk, desk

WITH_AND_WITHOUT = pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
NEW = "new.colleague@test.example"


@pytest.fixture
def manager(clinic: Organisation) -> Desk:
    return desk(clinic, Role.CLINIC_MANAGER)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def link_to(invitation: Invitation) -> str:
    return f"/team/invitations/{token_of(invitation)}/"


@WITH_AND_WITHOUT
def test_a_colleague_is_invited_and_joins(javascript: bool, manager: Desk, open_browser: Open):
    page = open_browser(manager.user, java_script_enabled=javascript)
    page.goto("/team/")
    page.get_by_role("link", name="Invite a colleague").click()
    page.get_by_label("Email address").fill(NEW)
    page.get_by_label("Clinic staff").check()
    press(page, "Send the invitation")
    expect(page.get_by_role("status")).to_have_text(f"The invitation is on its way to {NEW}.")

    theirs = open_browser(java_script_enabled=javascript)
    theirs.goto(link_to(Invitation.objects.get()))
    assert theirs.url.endswith("/team/join/")
    theirs.get_by_label("Your full name").fill("New Colleague")
    theirs.get_by_label("New password", exact=True).fill(builders.PASSWORD)
    theirs.get_by_label("New password again").fill(builders.PASSWORD)
    press(theirs, "Join and sign in")
    expect(theirs.get_by_role("status")).to_have_text(
        f"Welcome. From now on you sign in with {NEW}."
    )

    page.goto("/team/")
    page.get_by_role("link", name="New Colleague").click()
    page.get_by_role("link", name="Switch off the sign-in").click()
    press(page, "Switch off the sign-in")
    expect(page.get_by_role("status")).to_contain_text("is switched off")
    theirs.goto("/orders/")
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_problems_are_told_first_and_lead_to_their_box(manager: Desk, open_browser: Open):
    page = open_browser(manager.user)
    page.goto("/team/invite/")
    page.get_by_label("Email address").fill(manager.user.email)
    page.get_by_label("Clinician").check()
    press(page, "Send the invitation")

    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("Email address")).to_be_focused()


def test_the_pages_of_a_team(clinic: Organisation, manager: Desk, open_browser: Open):
    page = open_browser(manager.user, bypass_csp=True)
    page.goto("/team/")
    found = faults(page, LIGHT_ONLY)
    builders.organisation(clinic.account)
    for role in (Role.CLINIC_STAFF, Role.CLINICIAN):
        User.objects.filter(pk=builders.user(role, clinic).pk).update(full_name=f"Test {role}")
    off = builders.user(Role.CLINIC_STAFF, owner=clinic.account).membership
    on = builders.user(Role.CLINIC_STAFF, owner=clinic.account).membership
    actor = builders.manager(owner=clinic.account)
    deactivate_member(off, actor=actor)
    made = builders.invitation(clinic.account, actor=actor)
    for path in (
        "/team/",
        "/team/invite/",
        f"/team/{on.public_id}/",
        f"/team/{off.public_id}/",
        f"/team/{manager.user.membership.public_id}/deactivate/",
        f"/team/{off.public_id}/reactivate/",
        f"/team/invited/{made.public_id}/withdraw/",
    ):
        page.goto(path)
        found += faults(page)
    page.goto("/team/?page=2")
    found += faults(page, LIGHT_ONLY)
    for path, button in (
        ("/team/invite/", "Send the invitation"),
        (f"/team/{on.public_id}/", "Save"),
    ):
        page.goto(path)
        for box in page.get_by_role("checkbox", checked=True).all():
            box.uncheck()
        press(page, button)
        assert page.title().startswith("Error: ")
        found += faults(page, LIGHT_ONLY)

    assert found == []


def test_the_pages_of_who_is_invited(clinic: Organisation, open_browser: Open):
    made, withdrawn = (builders.invitation(clinic.account) for _ in range(2))
    withdraw_invitation(withdrawn, actor=builders.manager(owner=clinic.account))
    page = open_browser(bypass_csp=True)

    page.goto(link_to(made))
    found = faults(page)
    press(page, "Join and sign in")
    assert page.title().startswith("Error: ")
    found += faults(page, LIGHT_ONLY)
    inside = open_browser(builders.user(Role.CLINIC_STAFF, clinic), bypass_csp=True)
    inside.goto(link_to(made))
    found += faults(inside)

    assert found == []


def test_the_page_of_a_dead_link(clinic: Organisation, open_browser: Open):
    made = builders.invitation(clinic.account)
    withdraw_invitation(made, actor=builders.manager(owner=clinic.account))
    page = open_browser(bypass_csp=True)

    page.goto(link_to(made))

    expect(page.get_by_text("This invitation was withdrawn.")).to_be_visible()
    assert faults(page) == []
