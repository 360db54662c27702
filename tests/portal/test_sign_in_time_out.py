"""Sessions that end by themselves, and what was being typed then."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foundation.models import AccessEntry
from orders.models import Order, OrderDraft
from organisations.models import Organisation, User
from organisations.roles import Role
from organisations.sensors import Sensor
from tests import builders
from tests.portal.signing_in import is_signed_in, signed_in, try_to_sign_in
from tests.staff.desk import ADDRESS, PATIENT, STUDY, Desk, draft_of, text_of

pytestmark = pytest.mark.django_db

MINUTES = 60
HOURS = 60 * MINUTES
EIGHT = datetime(2026, 11, 21, 8, tzinfo=UTC).timestamp()
Clock = time_machine.Traveller


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(EIGHT, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def clinic(db: None) -> Organisation:
    return builders.organisation(default_nights=2, default_sensors=[Sensor.NECK])


@pytest.fixture
def person(clinic: Organisation) -> User:
    return builders.user(Role.CLINIC_STAFF, owner=clinic.account)


@pytest.fixture
def desk(clock: object, person: User) -> Desk:
    """Signed in by the form, at eight o'clock."""
    made = Desk(person)
    made.client.logout()
    made.client = signed_in(person)
    return made


def test_a_session_ends_after_thirty_minutes_without_a_request(clock: Clock, desk: Desk):
    clock.shift(30 * MINUTES)

    answer = desk.client.get("/orders/?status=shipped", follow=True)

    where, _ = answer.redirect_chain[-1]
    assert where == "/accounts/login/?next=/orders/%3Fstatus%3Dshipped"
    words = "You were signed out after 30 minutes without activity. Your drafts are kept."
    assert words in text_of(answer)
    assert not Session.objects.exists()
    assert not UserSession.objects.exists()


def test_a_session_in_use_goes_on(clock: Clock, desk: Desk):
    for _ in range(10):
        clock.shift(29 * MINUTES)
        assert desk.get("/orders/").status_code == 200


def test_a_session_in_use_ends_twelve_hours_after_signing_in(clock: Clock, desk: Desk):
    for _ in range(26):
        clock.shift(28 * MINUTES)
        if not is_signed_in(desk.client):
            break

    assert hours_gone() >= 12
    answer = try_to_sign_in(desk.user.email, client=desk.client)
    assert answer.status_code == 302


def hours_gone() -> float:
    return (time.time() - EIGHT) / HOURS


def test_an_operator_is_told_of_no_drafts(clock: Clock):
    client = signed_in(builders.user(Role.OPERATOR))
    clock.shift(30 * MINUTES)

    answer = client.get("/admin/", follow=True)

    assert "You were signed out after 30 minutes without activity." in text_of(answer)
    assert "draft" not in text_of(answer)


def test_a_request_writes_nothing_but_once_a_minute(clock: Clock, desk: Desk):
    desk.get("/help/")
    clock.shift(59)
    assert writes(desk.client) == []
    clock.shift(1)
    assert [text.split()[1].strip('"') for text in writes(desk.client)] == [
        "django_session",
        "usersessions_usersession",
    ]
    assert writes(desk.client) == []


def writes(client: Client) -> list[str]:
    with CaptureQueriesContext(connection) as caught:
        assert client.get("/help/").status_code == 200
    return [one["sql"] for one in caught if one["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]


def test_what_a_request_running_at_the_same_time_wrote_is_not_lost(clock: Clock, desk: Desk):
    clock.shift(2 * MINUTES)
    other = desk.client.session
    other["of another request"] = True
    other.save()

    desk.get("/help/")

    assert desk.client.session["of another request"]


def test_the_time_left_can_be_asked_without_using_the_session(clock: Clock, desk: Desk):
    clock.shift(20 * MINUTES)
    assert desk.client.get("/account/time-left/").json() == {"seconds": 600}
    clock.shift(5 * MINUTES)
    assert desk.client.get("/account/time-left/").json() == {"seconds": 300}
    assert desk.client.get("/account/stay/").json() == {"seconds": 1800}
    clock.shift(29 * MINUTES)
    assert is_signed_in(desk.client)


def test_a_session_that_is_over_has_no_time_left_and_cannot_stay(clock: Clock, desk: Desk):
    clock.shift(31 * MINUTES)

    assert desk.client.get("/account/time-left/").json() == {"seconds": 0}
    assert desk.client.get("/account/stay/").json() == {"seconds": 0}
    assert not is_signed_in(desk.client)
    assert Client().get("/account/time-left/").json() == {"seconds": 0}


# Buttons whose address shows no page


@pytest.fixture
def manager(clock: object, clinic: Organisation) -> Client:
    return signed_in(builders.user(Role.CLINIC_MANAGER, owner=clinic.account))


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ("http://testserver/team/?page=2", "/team/?page=2"),
        ("", "/"),
        ("https://evil.example/team/", "/"),
        ("http://[", "/"),
    ],
)
def test_a_button_pressed_too_late_leads_back_to_its_page(
    clock: Clock, clinic: Organisation, manager: Client, before: str, wanted: str
):
    made = builders.invitation(clinic.account)
    clock.shift(31 * MINUTES)

    answer = manager.post(f"/team/invited/{made.public_id}/send/", headers={"referer": before})

    assert answer["Location"] == f"/accounts/login/?{urlencode({'next': wanted}, safe='/')}"
    back = try_to_sign_in(made.invited_by.email, client=manager, next=wanted)
    assert manager.get(back["Location"]).status_code == 200


@pytest.mark.parametrize("button", ["sessions/1/end/", "sessions/end-others/", "shortcuts/"])
def test_a_button_of_ones_own_account_pressed_too_late_leads_there(
    clock: Clock, desk: Desk, button: str
):
    clock.shift(31 * MINUTES)

    answer = desk.client.post(f"/account/{button}")

    assert answer["Location"] == "/accounts/login/?next=/account/"


# What was being typed


def test_what_was_being_sent_to_a_draft_is_kept_and_one_lands_there_again(clock: Clock, desk: Desk):
    draft = desk.open_draft()
    desk.post(draft + "patient/new/", PATIENT)
    clock.shift(31 * MINUTES)
    typed = {**ADDRESS, "line_1": "99 Late Street", "city": ""}

    answer = desk.client.post(draft + "address/", typed, follow=True)

    where, _ = answer.redirect_chain[-1]
    assert where == f"/accounts/login/?next={draft}address/"
    assert "Your draft is kept, with what you had just typed." in text_of(answer)
    back = try_to_sign_in(desk.user.email, client=desk.client, next=f"{draft}address/")
    assert back["Location"] == f"{draft}address/"
    assert 'value="99 Late Street"' in desk.get(back["Location"]).content.decode()


@pytest.mark.parametrize(
    ("page", "section", "typed"),
    [
        ("patient/new/", "patient", {**PATIENT, "full_name": "Late Person"}),
        ("address/", "address", {**ADDRESS, "line_1": "99 Late Street"}),
        ("study/", "study", {**STUDY, "nights": "3"}),
        ("smartphone/", "smartphone", {"asked": "on", "needed": "on"}),
    ],
)
def test_every_step_is_kept(
    clock: Clock, desk: Desk, page: str, section: str, typed: dict[str, str]
):
    draft = desk.fill_in()
    before = draft_of(draft).answers[section]
    clock.shift(31 * MINUTES)

    desk.client.post(draft + page, typed)

    after = draft_of(draft).answers[section]
    assert before != after
    assert {name: after["typed"][name] for name in typed if name in after["typed"]}.items() <= (
        typed.items()
    )


def test_what_was_being_sent_to_a_supplies_order_is_kept(
    clock: Clock, clinic: Organisation, desk: Desk
):
    patient = builders.patient(clinic)
    form = desk.post(f"/patients/{patient.public_id}/supplies/")["Location"]
    clock.shift(31 * MINUTES)

    desk.client.post(form, {"note": "Late note.", "count_1": "3"})

    typed = draft_of(form).answers["supplies"]["typed"]
    assert (typed["note"], typed["count_1"]) == ("Late note.", "3")


def test_nothing_but_what_was_typed_is_done(clock: Clock, clinic: Organisation, desk: Desk):
    known = builders.order(chosen=clinic).patient
    draft = desk.fill_in()
    orders, entries = Order.objects.count(), AccessEntry.objects.count()
    answers = draft_of(draft).answers
    for page, sent in (
        ("check/", {}),
        ("patient/", {"patient": known.pk}),
        ("patient/", {"name": "Somebody"}),
        ("patient/same/", {"patient": known.pk}),
        ("delete/", {}),
    ):
        client = signed_in(desk.user)
        clock.shift(31 * MINUTES)
        assert client.post(draft + page, sent)["Location"].startswith("/accounts/login/")

    assert draft_of(draft).answers == answers
    assert (Order.objects.count(), AccessEntry.objects.count()) == (orders, entries)


def test_it_is_kept_in_ones_own_draft_only(clock: Clock, clinic: Organisation, desk: Desk):
    colleague = Desk(builders.user(Role.CLINIC_STAFF, owner=clinic.account))
    theirs = colleague.fill_in()
    answers = draft_of(theirs).answers
    clock.shift(31 * MINUTES)

    desk.client.post(theirs + "address/", {**ADDRESS, "line_1": "99 Late Street"})

    assert draft_of(theirs).answers == answers


@pytest.mark.parametrize("change", ["inactive", "closed", "signed out", "no role"])
def test_it_is_kept_only_for_who_could_still_be_signed_in(clock: Clock, desk: Desk, change: str):
    draft = desk.fill_in()
    answers = draft_of(draft).answers
    clock.shift(31 * MINUTES)
    match change:
        case "inactive":
            User.objects.update(is_active=False)
        case "closed":
            type(desk.user.membership.account).objects.update(is_active=False)
        case "signed out":
            Session.objects.all().delete()
        case "no role":
            desk.user.membership.delete()

    desk.client.post(draft + "address/", {**ADDRESS, "line_1": "99 Late Street"})

    assert draft_of(draft).answers == answers


def test_a_forged_request_keeps_nothing(clock: Clock, desk: Desk):
    draft = desk.fill_in()
    answers = draft_of(draft).answers
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.client.cookies
    clock.shift(31 * MINUTES)

    answer = strict.post(draft + "address/", {**ADDRESS, "line_1": "99 Late Street"})

    assert answer.status_code == 403
    assert draft_of(draft).answers == answers


def test_a_draft_that_became_an_order_is_left_alone(clock: Clock, desk: Desk):
    draft = desk.fill_in()
    desk.post(draft + "check/")
    clock.shift(31 * MINUTES)

    answer = desk.client.post(draft + "address/", ADDRESS)

    assert answer["Location"].startswith("/accounts/login/")
    assert OrderDraft.objects.get().answers == {}


def test_the_page_names_its_script_with_what_it_must_know(desk: Desk):
    page = desk.get("/orders/").content.decode()

    assert "time-out.js?idle=1800&amp;warn=300&amp;left=%2Faccount%2Ftime-left%2F" in page
    assert "time-out.js" not in Client().get("/help/").content.decode()


def test_the_admin_warns_too():
    page = signed_in(builders.user(Role.OPERATOR)).get("/admin/").content.decode()

    assert "time-out.js?idle=1800&amp;warn=300" in page
    assert 'href="/account/"' in page


# Cookies


def test_a_session_gets_a_new_key_when_somebody_signs_in(person: User):
    client = Client()
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "before"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted = session.session_key

    try_to_sign_in(person.email, client=client)

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_the_cookie_ends_with_the_browser_and_no_script_reads_it(person: User):
    cookie = signed_in(person).cookies[settings.SESSION_COOKIE_NAME]

    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == ""


@pytest.mark.parametrize("path", ["/accounts/logout/", "/admin/logout/"])
def test_signing_out_leaves_nothing_in_the_browser(person: User, path: str):
    client = signed_in(builders.user(Role.OPERATOR) if "admin" in path else person)

    answer = client.post(path)

    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.exists()
    assert not is_signed_in(client)
