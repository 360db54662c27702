"""The page “Your account”: where somebody is signed in, and ending it."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from organisations.models import User
from organisations.roles import Role
from portal.jobs import remove_expired_sessions
from portal.sign_in.sessions import device_in_words
from portal.sign_in.time_out import SEEN
from tests import builders
from tests.portal.signing_in import has_app, is_signed_in, signed_in
from tests.staff.desk import text_of

pytestmark = pytest.mark.django_db

PAGE = "/account/"
OTHERS = "/account/sessions/end-others/"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def person(db: None) -> User:
    return builders.user(Role.CLINIC_STAFF)


def session_row(client: Client) -> UserSession:
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    return UserSession.objects.get(session_key=key)


@pytest.mark.parametrize("role", [Role.CLINIC_STAFF, Role.CLINICIAN, Role.OPERATOR, Role.AUDITOR])
def test_everybody_has_the_page(role: Role):
    answer = signed_in(builders.user(role)).get(PAGE)

    assert answer.status_code == 200
    assert "Where you are signed in" in text_of(answer)
    assert "no-store" in answer["Cache-Control"]
    assert 'href="/account/" aria-current="page"' in answer.content.decode()


def test_it_shows_each_place_and_which_is_this_one(person: User):
    signed_in(person, user_agent=IPHONE)
    this = signed_in(person, user_agent=CHROME)

    text = text_of(this.get(PAGE))

    assert "Chrome on Windows" in text
    assert "Safari on iPhone" in text
    assert text.count("This one") == 1
    assert text.index("Chrome on Windows") < text.index("Safari on iPhone")


def test_one_other_place_is_signed_out(person: User):
    other, this = signed_in(person), signed_in(person)

    answer = this.post(f"/account/sessions/{session_row(other).pk}/end/", follow=True)

    assert "That session is ended." in text_of(answer)
    assert not is_signed_in(other)
    assert is_signed_in(this)


def test_somebody_elses_session_is_not_there(person: User):
    theirs = signed_in(builders.user(Role.CLINIC_STAFF))

    answer = signed_in(person).post(f"/account/sessions/{session_row(theirs).pk}/end/")

    assert answer.status_code == 404
    assert is_signed_in(theirs)


def test_one_signs_out_everywhere_else(person: User):
    others = [signed_in(person) for _ in range(3)]
    stranger = signed_in(builders.user(Role.CLINIC_STAFF))
    this = signed_in(person)

    answer = this.post(OTHERS, follow=True)

    assert "You are signed out everywhere else." in text_of(answer)
    assert [is_signed_in(one) for one in others] == [False] * 3
    assert is_signed_in(this)
    assert is_signed_in(stranger)
    assert text_of(this.get(PAGE)).count("Sign out ") == 1  # the button for all others


def test_a_session_on_no_list_ends_too(person: User):
    other, this = signed_in(person), signed_in(person)
    session_row(other).delete()

    this.post(OTHERS)

    assert not is_signed_in(other)


def test_a_session_in_use_is_on_the_list_however_it_began(person: User):
    client = signed_in(person)
    session_row(client).delete()
    session = client.session
    del session[SEEN]
    session.save()

    assert "This one" in text_of(client.get(PAGE))


def test_the_worker_forgets_sessions_that_are_over(person: User):
    client = signed_in(person)
    ended = session_row(signed_in(person))
    Session.objects.filter(session_key=ended.session_key).delete()
    with time_machine.travel(timezone.now() + timedelta(hours=11, minutes=59)):
        remove_expired_sessions(timestamp=0)
        assert UserSession.objects.count() == 2
    with time_machine.travel(timezone.now() + timedelta(hours=12, minutes=1)):
        Session.objects.update(expire_date=timezone.now() + timedelta(hours=1))
        remove_expired_sessions(timestamp=0)

    assert list(UserSession.objects.all()) == [session_row(client)]


def test_signing_out_everywhere_is_written_in_the_history(person: User):
    signed_in(person).post(OTHERS)

    version = person.history.order_by("pgh_id").last()
    assert version.pgh_context["user"] == person.pk


@pytest.mark.parametrize("path", [OTHERS, "/account/sessions/1/end/"])
def test_a_session_is_ended_by_a_form_only(person: User, path: str):
    assert signed_in(person).get(path).status_code == 405
    assert Client().post(path)["Location"].startswith("/accounts/login/")
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = signed_in(person).cookies
    assert forged.post(path).status_code == 403


def test_a_new_password_ends_the_other_sessions(person: User):
    other, this = signed_in(person), signed_in(person)
    new = "another horse battery staple"

    answer = this.post(
        "/accounts/password/change/",
        {"oldpassword": builders.PASSWORD, "password1": new, "password2": new},
    )

    assert answer["Location"] == PAGE
    assert is_signed_in(this)
    assert not is_signed_in(other)
    assert UserSession.objects.filter(user=person, session_key=this.session.session_key).exists()


def test_sessions_that_nobody_could_use_are_not_shown(person: User):
    stale, this = signed_in(person, user_agent=IPHONE), signed_in(person)
    Session.objects.filter(session_key=session_row(stale).session_key).delete()

    assert "Safari on iPhone" not in text_of(this.get(PAGE))


def test_the_page_takes_the_same_number_of_queries_however_much_it_shows(
    person: User, django_assert_num_queries
):
    this, *_ = [signed_in(person) for _ in range(2)]
    has_app(person)
    with django_assert_num_queries(10):
        this.get(PAGE)

    for number in range(8):
        passkey = {"name": f"Key {number}", "credential": {}}
        Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=passkey)
        elsewhere(person, number)

    with django_assert_num_queries(10):
        assert text_of(this.get(PAGE)).count("Sign out ") >= 10


def elsewhere(person: User, number: int) -> None:
    """A session of theirs in another browser."""
    client = Client()
    client.force_login(person)
    key = client.session.session_key
    UserSession.objects.create(user=person, session_key=key, ip=f"192.0.2.{number}")


def test_it_tells_the_time_of_the_account():
    home = builders.account(time_zone="America/New_York")
    person = builders.user(Role.CLINIC_MANAGER, owner=home)
    User.objects.filter(pk=person.pk).update(password_set_at="2026-07-01T23:30:00Z")

    assert "1 July 2026, 7:30pm" in text_of(signed_in(person).get(PAGE))


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (CHROME, "Chrome on Windows"),
        (CHROME + " Edg/140.0", "Edge on Windows"),
        (CHROME + " OPR/120.0", "Opera on Windows"),
        (IPHONE, "Safari on iPhone"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/18 Safari/605.1", "Safari on Mac"),
        ("curl/8", "A browser that does not say which"),
        ("", "A browser that does not say which"),
        ("<script>", "A browser that does not say which"),
    ],
)
def test_a_browser_is_told_in_words(user_agent: str, words: str):
    assert device_in_words(user_agent) == words
