"""Joining a team by the link of an e-mail, as somebody who has no sign-in yet."""

import io
import logging
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone

from organisations.invitation_mail import token_of
from organisations.invitations import send_again, withdraw_invitation
from organisations.models import Account, Invitation, Organisation, User
from portal import logs
from tests import builders
from tests.portal.test_jobs import work
from tests.staff.desk import Desk, text_of, title_of
from tests.staff.test_hostile import BAD, URLENCODED

JOIN = "/team/join/"
ANSWERS = {
    "full_name": "New Colleague",
    "password": builders.PASSWORD,
    "again": builders.PASSWORD,
}


@pytest.fixture
def invitation(clinic: Organisation) -> Invitation:
    return builders.invitation(clinic.account)


def link_to(invitation: Invitation) -> str:
    return f"/team/invitations/{token_of(invitation)}/"


@pytest.fixture
def invited(invitation: Invitation) -> Client:
    """The browser of somebody who has opened the link."""
    client = Client()
    assert client.get(link_to(invitation))["Location"] == JOIN
    return client


def user_of(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_the_page_says_whose_team_it_is_and_asks_for_name_and_password(
    invitation: Invitation, invited: Client
):
    answer = invited.get(JOIN)

    assert f"Join {invitation.account.name}" in text_of(answer)
    assert invitation.email in text_of(answer)
    assert answer.content.decode().count('autocomplete="new-password"') == 2
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_with_name_and_password_one_is_in_and_signed_in(invitation: Invitation, invited: Client):
    answer = invited.post(JOIN, ANSWERS)

    user = User.objects.get(email=invitation.email)
    assert answer["Location"] == "/"
    assert user_of(invited) == str(user.pk)
    assert "Welcome. From now on you sign in with" in text_of(invited.get("/orders/"))
    assert user.full_name == "New Colleague"


def test_the_password_opens_the_next_time(invitation: Invitation, invited: Client):
    invited.post(JOIN, ANSWERS)
    later = Client()

    later.post("/accounts/login/", {"login": invitation.email, "password": builders.PASSWORD})

    assert user_of(later)


def test_the_secret_leaves_the_address_at_once_and_the_session_in_the_end(
    invitation: Invitation, invited: Client
):
    page = invited.get(JOIN).content.decode()
    invited.post(JOIN, ANSWERS)

    assert token_of(invitation) not in page
    assert token_of(invitation) not in str(dict(invited.session))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"full_name": " "}, "Enter your full name"),
        ({"password": ""}, "Enter a new password"),
        ({"again": ""}, "Enter the new password again"),
        ({"again": "another horse battery"}, "Both passwords must be the same"),
        ({"password": "short", "again": "short"}, "Password must be 8 characters or more"),
        ({"password": "password", "again": "password"}, "Too many people use this password."),
        ({"password": "4815162342", "again": "4815162342"}, "Password must not be only numbers"),
        (
            {"full_name": "Bartholomew", "password": "bartholomew", "again": "bartholomew"},
            "Choose a password that is not like your name or email address",
        ),
        ({"password": "a" * 1001, "again": "a" * 1001}, "must be 1000 characters or fewer"),
        ({"full_name": "De\x00mo"}, "has a hidden character in it"),
        ({"password": "null\x00in the middle"}, "has a hidden character in it"),
    ],
)
def test_an_answer_that_will_not_do_makes_nobody(
    given: dict[str, str], words: str, invitation: Invitation, invited: Client
):
    answer = invited.post(JOIN, {**ANSWERS, **given})

    assert answer.status_code == 422
    assert text_of(answer).count(words) >= 2
    assert title_of(answer).startswith("Error: ")
    assert not User.objects.filter(email=invitation.email).exists()
    for password in (given.get("password"), given.get("again")):
        assert not password or f'value="{password}"' not in answer.content.decode()


@pytest.mark.parametrize("kind", BAD)
def test_no_answer_to_any_question_is_a_fault(kind: str, invited: Client):
    session = invited.cookies[settings.SESSION_COOKIE_NAME].value
    for name in ANSWERS:
        invited.cookies[settings.SESSION_COOKIE_NAME] = session  # not of who joined a moment ago
        body = urlencode({**ANSWERS, name: BAD[kind]}, errors="surrogatepass")
        with transaction.atomic():
            answer = invited.generic("POST", JOIN, body.encode(), content_type=URLENCODED)
            transaction.set_rollback(True)

        assert answer.status_code in {302, 422}, name


def test_a_second_time_the_link_says_to_sign_in(invitation: Invitation, invited: Client):
    invited.post(JOIN, ANSWERS)
    other = Client()
    other.get(link_to(invitation))

    answer = other.get(JOIN)

    assert answer.status_code == 410
    assert "This invitation has been accepted already. Sign in instead." in text_of(answer)
    assert 'href="/accounts/login/"' in answer.content.decode()


def test_accepted_in_another_window_it_is_over_here(invitation: Invitation, invited: Client):
    other = Client()
    other.get(link_to(invitation))
    other.post(JOIN, ANSWERS)

    answer = invited.post(JOIN, {**ANSWERS, "full_name": "Another"})

    assert answer.status_code == 410
    assert User.objects.get(email=invitation.email).full_name == "New Colleague"


def test_a_withdrawn_invitation_says_whom_to_ask(invitation: Invitation, invited: Client):
    withdraw_invitation(invitation, actor=builders.manager(owner=invitation.account))

    for answer in (invited.get(JOIN), invited.post(JOIN, ANSWERS)):
        assert answer.status_code == 410
        assert "This invitation was withdrawn. Ask the manager of your clinic." in text_of(answer)


def test_an_expired_invitation_says_whom_to_ask(invitation: Invitation, invited: Client):
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        late = Client()
        late.get(link_to(invitation))
        answer = late.get(JOIN)

    assert answer.status_code == 410
    assert "This invitation has expired." in text_of(answer)


def test_an_older_link_leads_to_the_newest_email(invitation: Invitation, invited: Client):
    Invitation.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    send_again(invitation, actor=builders.manager(owner=invitation.account))

    for answer in (invited.get(JOIN), Client().get(link_to(invitation))):
        assert answer.status_code == 404
        assert "Use the link in the newest email" in text_of(answer)


def test_a_closed_account_is_named_as_the_reason(invitation: Invitation, invited: Client):
    Account.objects.filter(pk=invitation.account_id).update(is_active=False)

    assert "This account is closed." in text_of(invited.get(JOIN))


@pytest.mark.parametrize("token", ["x", "%00", "0" * 32, "a" * 5000, f"{'0' * 32}.{'A' * 43}"])
def test_a_link_nobody_made_is_not_found_and_opens_no_session(token: str, db: None):
    client = Client()

    answer = client.get(f"/team/invitations/{token}/")

    assert answer.status_code == 404
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_without_a_link_there_is_nothing_to_join(db: None):
    assert Client().get(JOIN).status_code == 404
    assert Client().post(JOIN, ANSWERS).status_code == 404


def test_who_is_signed_in_is_asked_to_sign_out_first(invitation: Invitation, staff: Desk):
    staff.get(link_to(invitation))

    for answer in (staff.get(JOIN), staff.post(JOIN, ANSWERS)):
        assert f"You are signed in as {staff.user.email}" in text_of(answer)
    assert not User.objects.filter(email=invitation.email).exists()


def test_who_has_joined_and_opens_the_link_again_is_where_it_led_to(
    invitation: Invitation, invited: Client
):
    invited.post(JOIN, ANSWERS)
    invited.get(link_to(invitation))

    assert invited.get(JOIN)["Location"] == "/"


def test_a_join_without_its_token_is_refused(invitation: Invitation):
    client = Client(enforce_csrf_checks=True)
    client.get(link_to(invitation))

    assert client.post(JOIN, ANSWERS).status_code == 403


@pytest.mark.parametrize("is_readable", [True, False], ids=["demo", "production"])
def test_no_log_has_the_secret_of_an_address(is_readable: bool, invitation: Invitation):
    logging.config.dictConfig(logs.configure(readable=is_readable))
    handler = next(h for h in logging.getLogger().handlers if h.get_name() == "console")
    handler.setStream(written := io.StringIO())
    token = token_of(invitation)
    strict = Client(enforce_csrf_checks=True)

    strict.get(link_to(invitation))
    strict.post(link_to(invitation), ANSWERS)
    logging.getLogger("anything").warning("Not found: %s", link_to(invitation))
    strict.get("/accounts/password/reset/key/1-abcdef-0123456789/")
    logging.config.dictConfig(settings.LOGGING)

    assert "GET /team/invitations/<str:token>/" in written.getvalue()
    assert "Not found: /team/invitations/***/" in written.getvalue()
    assert token.partition(".")[2] not in written.getvalue()
    assert "0123456789" not in re.sub(r"\d{4}-\d\d-\d\dT\S+", "", written.getvalue())


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_the_link_that_lets_one_in():
    made = builders.invitation(builders.account())

    work()

    (message,) = mail.outbox
    link = re.search(r"https?://\S+", message.body)[0]
    client = Client()
    assert link.startswith(settings.PUBLIC_BASE_URL)
    client.get(link.removeprefix(settings.PUBLIC_BASE_URL))
    assert client.post(JOIN, ANSWERS)["Location"] == "/"
    assert User.objects.get(email=made.email).is_active
