"""Signing in as people see it: passkeys by a virtual authenticator, the warning before a session
ends, and every page measured.
"""

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, override_settings
from playwright.sync_api import CDPSession, Page, expect

from organisations.models import Organisation, User
from organisations.roles import Role
from portal.sign_in.configuration import providers
from portal.sign_in.time_out import SEEN
from tests import builders
from tests.browser.conftest import Open
from tests.browser.looking import LIGHT_ONLY, faults
from tests.portal.signing_in import code_now, has_app
from tests.staff.desk import Desk, draft_of

SIGN_IN = "/accounts/login/"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def person(clinic: Organisation) -> User:
    return builders.user(Role.CLINIC_STAFF, owner=clinic.account)


def fill_in(page: Page, person: User) -> None:
    page.get_by_label("Email address").fill(person.email)
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def virtual_authenticator(page: Page) -> CDPSession:
    """What a fingerprint reader is to the browser."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return wire


def add_passkey(page: Page, *, alone: bool) -> None:
    page.goto("/account/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name for this passkey").fill("Test laptop")
    if alone:
        page.get_by_label("Sign in with it alone, without a password").check()
    page.get_by_role("button", name="Add the passkey").click()
    heading(page, "Recovery codes")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    heading(page, "Sign in")


def test_a_passkey_signs_in_alone(person: User, open_browser: Open):
    page = open_browser()
    virtual_authenticator(page)
    page.goto(SIGN_IN)
    fill_in(page, person)
    add_passkey(page, alone=True)
    sign_out(page)

    page.goto(f"{SIGN_IN}?next=/account/")
    page.get_by_role("button", name="Sign in with a passkey").click()

    heading(page, "Your account")
    expect(page.locator("bdi", has_text="Test laptop")).to_be_visible()


def test_a_passkey_is_the_second_step(person: User, open_browser: Open):
    page = open_browser()
    virtual_authenticator(page)
    page.goto(SIGN_IN)
    fill_in(page, person)
    add_passkey(page, alone=False)
    sign_out(page)

    fill_in(page, person)
    heading(page, "One more step")
    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("link", name="Your account")).to_be_visible()


def test_a_browser_that_gives_no_passkey_is_told_what_to_do(person: User, open_browser: Open):
    page = open_browser()
    virtual_authenticator(page)  # which has no passkey yet
    page.goto(SIGN_IN)

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("Try again, or use another way")


def test_without_javascript_there_is_no_passkey_and_all_else_works(
    person: User, open_browser: Open
):
    has_app(person)
    page = open_browser(java_script_enabled=False)
    page.goto(f"{SIGN_IN}?next=/account/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    fill_in(page, person)
    page.get_by_label("Code").fill(code_now())
    page.get_by_role("button", name="Sign in", exact=True).click()

    heading(page, "Your account")
    page.goto("/accounts/2fa/webauthn/add/")
    expect(page.get_by_text("This browser cannot use passkeys")).to_be_visible()


@override_settings(MFA_REQUIRED_FOR_OPERATORS=True)
def test_an_operator_sets_a_second_step_up_and_goes_on(open_browser: Open):
    page = open_browser()
    page.goto("/admin/")
    fill_in(page, builders.user(Role.OPERATOR))
    heading(page, "Set up a second step first")
    page.get_by_role("link", name="Set up an app").click()
    expect(page.get_by_role("img", name="Picture to scan with the app")).to_be_visible()
    key = page.locator("code").inner_text()
    page.get_by_label("Code that the app shows").fill(code_now(key))
    page.get_by_role("button", name="Set up the app").click()

    heading(page, "Recovery codes")
    page.get_by_role("link", name="Go on to your work").click()
    expect(page).to_have_url(re.compile("/admin/$"))


# The end of a session


@pytest.fixture
def short_session() -> Iterator[None]:
    """Ends after ten seconds, and warns six seconds before."""
    with override_settings(SESSION_IDLE_SECONDS=10, SESSION_WARNING_SECONDS=6):
        yield


def test_a_page_warns_before_the_session_ends_and_one_can_stay(
    short_session: None, person: User, open_browser: Open
):
    page = open_browser(person)
    page.goto("/orders/")

    warning = page.get_by_role("alertdialog")
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("You will be signed out in 1 minute")
    stay = warning.get_by_role("button", name="Stay signed in")
    expect(stay).to_be_focused()
    with page.expect_response("**/account/stay/"):
        stay.click()
    expect(warning).to_be_hidden()
    page.goto("/account/")
    heading(page, "Your account")


def test_another_window_in_use_keeps_the_session(
    short_session: None, person: User, open_browser: Open
):
    page = open_browser(person)
    page.goto("/orders/")
    page.wait_for_timeout(3000)

    page.context.request.get(page.url)  # another window
    page.wait_for_timeout(2500)

    expect(page.get_by_role("alertdialog")).to_have_count(0)


def test_a_page_is_left_at_the_end_and_says_why(
    short_session: None, person: User, open_browser: Open
):
    page = open_browser(person)
    page.goto("/account/")

    page.wait_for_url(re.compile("/accounts/login/"), timeout=20_000)

    expect(page.get_by_text("without activity")).to_be_visible()


def test_what_was_typed_is_kept_when_nobody_comes_back(
    short_session: None, staff: Desk, open_browser: Open
):
    page = open_browser(staff.user)
    draft = staff.open_draft()
    page.goto(draft + "patient/new/")
    page.get_by_label("Full name").fill("Half Typed")

    page.wait_for_url(re.compile("/accounts/login/"), timeout=20_000)

    expect(page.get_by_text("with what you had just typed")).to_be_visible()
    assert draft_of(draft).answers["patient"]["typed"]["full_name"] == "Half Typed"
    fill_in(page, staff.user)
    expect(page.get_by_label("Full name")).to_have_value("Half Typed")


def test_without_javascript_what_is_sent_too_late_is_kept(staff: Desk, open_browser: Open):
    page = open_browser(staff.user, java_script_enabled=False)
    draft = staff.open_draft()
    page.goto(draft + "patient/new/")
    page.get_by_label("Full name").fill("Sent Too Late")
    grow_old(page)

    page.get_by_role("button", name="Continue").click()
    fill_in(page, staff.user)

    expect(page.get_by_label("Full name")).to_have_value("Sent Too Late")


def grow_old(page: Page) -> None:
    """The session was used last an hour ago."""
    keys = [one["value"] for one in page.context.cookies() if one["name"] == "sessionid"]
    session = SessionStore(keys[0])
    session[SEEN] -= 3600
    session.save()


# How the pages look


@pytest.fixture
def page(person: User, open_browser: Open) -> Page:
    # Without it our own policy would keep axe out; the tests above keep the policy.
    return open_browser(person, bypass_csp=True)


def test_the_pages_for_who_is_not_signed_in(person: User, open_browser: Open):
    page = open_browser(bypass_csp=True)
    found = []
    with settings_for("http://127.0.0.1:9"):
        for path in (
            SIGN_IN,
            "/accounts/password/reset/",
            "/accounts/password/reset/done/",
            "/accounts/password/reset/key/done/",
            "/accounts/inactive/",
            "/accounts/oidc/cancelled/",
        ):
            page.goto(path)
            found += faults(page)
        page.goto(SIGN_IN)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("alert").first).to_be_visible()
        found += faults(page, LIGHT_ONLY)
        refused = Client().get("/accounts/oidc/organisation/login/").content

    # Chromium complains of the status of an answer; here it is about how the answer looks.
    page.route("**/refused/", lambda route: route.fulfill(body=refused, content_type="text/html"))
    page.goto("/refused/")
    heading(page, "You are not signed in")
    assert found + faults(page) == []


def settings_for(address: str) -> override_settings:
    known = providers(
        server_url=address,
        client_id="homeward",
        client_secret="secret of the tests",
        name="Test Trust",
        may_be_unencrypted=True,
    )
    return override_settings(SOCIALACCOUNT_PROVIDERS=known)


def test_the_pages_of_ones_own_account(person: User, page: Page):
    found = []
    page.goto("/account/")
    found += faults(page)
    has_app(person)
    passkey = {"name": "Test laptop", "credential": {}}
    kind = Authenticator.Type.WEBAUTHN
    made = Authenticator.objects.create(user=person, type=kind, data=passkey)
    page.goto("/accounts/reauthenticate/")
    found += faults(page)
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Go on").click()
    for path in (
        "/account/",
        "/accounts/password/change/",
        "/accounts/2fa/totp/deactivate/",
        "/accounts/2fa/recovery-codes/",
        "/accounts/2fa/recovery-codes/generate/",
        f"/accounts/2fa/webauthn/keys/{made.pk}/edit/",
        f"/accounts/2fa/webauthn/keys/{made.pk}/remove/",
        "/accounts/2fa/reauthenticate/",
    ):
        page.goto(path)
        found += faults(page)

    assert found == []


def test_the_pages_of_setting_up(person: User, page: Page):
    found = []
    for path in ("/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"):
        page.goto(path)
        found += faults(page)
    page.goto("/accounts/2fa/totp/activate/")
    page.get_by_role("button", name="Set up the app").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    found += faults(page, LIGHT_ONLY)

    assert found == []


def test_the_step_after_the_password(person: User, open_browser: Open):
    has_app(person)
    page = open_browser(bypass_csp=True)
    page.goto(SIGN_IN)
    fill_in(page, person)
    heading(page, "One more step")
    found = faults(page)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert").first).to_be_visible()

    assert found + faults(page, LIGHT_ONLY) == []


@override_settings(MFA_REQUIRED_FOR_OPERATORS=True)
def test_the_page_that_asks_operators_for_a_second_step(open_browser: Open):
    page = open_browser(builders.user(Role.OPERATOR), bypass_csp=True)
    page.goto("/admin/")
    heading(page, "Set up a second step first")

    assert faults(page) == []


def test_the_warning(short_session: None, person: User, page: Page):
    page.goto("/orders/")
    expect(page.get_by_role("alertdialog")).to_be_visible()

    assert faults(page, LIGHT_ONLY) == []
