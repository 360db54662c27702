"""Second factors: setting them up, signing in with them, and who must have one."""

import json
import re
from collections.abc import Iterator

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from organisations.models import User
from organisations.roles import OPERATOR_ROLES, Role
from portal.models import SecondFactorHistory
from portal.sign_in.second_factor import OPEN, SET_UP, SecondFactorAdapter
from tests import builders
from tests.portal.signing_in import (
    CODE,
    code_now,
    has_app,
    is_signed_in,
    recovery_codes,
    signed_in,
    try_to_sign_in,
)
from tests.staff.desk import text_of

pytestmark = pytest.mark.django_db

APP = "/accounts/2fa/totp/activate/"
PASSKEY = "/accounts/2fa/webauthn/add/"
CODES = "/accounts/2fa/recovery-codes/"
WHY = "/account/second-factor/"
required = override_settings(MFA_REQUIRED_FOR_OPERATORS=True)


@pytest.fixture
def person(db: None) -> User:
    return builders.user(Role.CLINIC_STAFF)


@pytest.fixture
def operator(db: None) -> User:
    return builders.user(Role.OPERATOR)


def set_up_app(client: Client) -> str:
    """By the page, with the key that it shows."""
    page = text_of(client.get(APP))
    found = re.search(r"Type this key into the app: ([A-Z2-7]+)", page)
    assert found, page
    answer = client.post(APP, {"code": code_now(found[1])})
    assert answer["Location"] == CODES, text_of(answer)
    return found[1]


def test_an_app_is_set_up_and_then_asked_for(person: User):
    with time_machine.travel("2026-11-21 10:00:05+00:00", tick=False) as clock:
        secret = set_up_app(signed_in(person))
        clock.shift(60)

        client = Client()
        first = try_to_sign_in(person.email, client=client)
        assert first["Location"] == CODE
        assert not is_signed_in(client)
        client.post(CODE, {"code": code_now(secret)})

        assert is_signed_in(client)


def test_the_page_after_the_code_is_the_one_that_was_wanted(person: User):
    has_app(person)
    client = Client()
    try_to_sign_in(person.email, client=client, next="/orders/?status=shipped")

    answer = client.post(CODE, {"code": code_now()})

    assert answer["Location"] == "/orders/?status=shipped"


def test_a_wrong_code_lets_nobody_in(person: User):
    has_app(person)
    client = Client()
    try_to_sign_in(person.email, client=client)

    for wrong in ("000000", "", "x" * 5000, "\x00", "１２３４５６"):
        answer = client.post(CODE, {"code": wrong})
        assert answer.status_code == 422
    assert not is_signed_in(client)


def test_a_code_works_once(person: User):
    has_app(person)
    with time_machine.travel("2026-11-21 10:00:05+00:00", tick=False) as clock:
        code = code_now()
        assert sign_in_with(person, code)
        assert not sign_in_with(person, code)
        clock.shift(35)  # a clock that goes slow would still take it
        assert not sign_in_with(person, code)


def sign_in_with(person: User, code: str) -> bool:
    client = Client()
    try_to_sign_in(person.email, client=client)
    client.post(CODE, {"code": code})
    return is_signed_in(client)


def test_a_code_of_the_step_before_or_after_is_taken_and_no_other(person: User):
    has_app(person)
    with time_machine.travel("2026-11-21 10:00:05+00:00", tick=False):
        taken = {steps: sign_in_with(person, code_now(steps=steps)) for steps in (-2, -1, 1, 2)}

    assert taken == {-2: False, -1: True, 1: True, 2: False}


def test_a_recovery_code_stands_in_and_works_once(person: User):
    has_app(person)
    code, *others = recovery_codes(person)

    assert sign_in_with(person, code)
    assert not sign_in_with(person, code)
    assert recovery_codes(person) == others


def test_new_recovery_codes_end_the_old_ones(person: User):
    has_app(person)
    old = recovery_codes(person)
    client = signed_in(person)

    shown = client.post(f"{CODES}generate/", follow=True)
    new = recovery_codes(person)

    assert not set(old) & set(new)
    assert all(code in text_of(shown) for code in new)


def test_recovery_codes_can_be_taken_along_as_a_file(person: User):
    has_app(person)

    answer = signed_in(person).get(f"{CODES}download/")

    assert answer["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert "no-store" in answer["Cache-Control"]
    assert all(code in answer.content.decode() for code in recovery_codes(person))


def test_what_the_database_keeps_of_a_factor_cannot_be_read(person: User):
    set_up_app(signed_in(person))

    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))

    assert "secret" in kept
    assert not re.search(r'"[A-Z2-7]{32}"', kept)
    assert not [code for code in recovery_codes(person) if code in kept]


def test_a_factor_outlives_a_new_secret_key_that_remembers_the_old_one(person: User):
    has_app(person)
    old = settings.SECRET_KEY

    with override_settings(SECRET_KEY="another key", SECRET_KEY_FALLBACKS=[old]):
        assert sign_in_with(person, code_now())


@override_settings(SECRET_KEY="another key that remembers nothing")
def test_a_factor_that_cannot_be_read_lets_nobody_in():
    adapter = SecondFactorAdapter()

    assert adapter.decrypt("nonsense") != adapter.decrypt("nonsense")


def test_changing_factors_needs_the_password_again_after_a_while(person: User):
    with time_machine.travel("2026-11-21 10:00:05+00:00", tick=False) as clock:
        client = signed_in(person)
        assert client.get(APP).status_code == 200

        clock.shift(6 * 60)
        answer = client.get(APP)
        assert answer["Location"] == f"/accounts/reauthenticate/?next={APP.replace('/', '%2F')}"
        client.post(answer["Location"], {"password": builders.PASSWORD})

        assert client.get(APP).status_code == 200


def test_what_was_sent_before_the_password_was_asked_for_again_is_done_after_it(person: User):
    has_app(person)
    remove = "/accounts/2fa/totp/deactivate/"
    with time_machine.travel("2026-11-21 10:00:05+00:00", tick=False) as clock:
        client = signed_in(person)
        clock.shift(6 * 60)

        answer = client.post(remove)
        assert Authenticator.objects.filter(user=person).count() == 2
        client.post(answer["Location"], {"password": builders.PASSWORD})

    assert not Authenticator.objects.filter(user=person).exists()
    ended = SecondFactorHistory.objects.filter(pgh_label="delete")
    assert {row.pgh_context["user"] for row in ended} == {person.pk}


def test_the_app_is_removed_again(person: User):
    has_app(person)

    answer = signed_in(person).post("/accounts/2fa/totp/deactivate/", follow=True)

    assert "The app is removed." in text_of(answer)
    assert not Authenticator.objects.exists()


# Lost ones

TAKE_OFF = "/admin/organisations/user/{}/second-step/"


def test_an_administrator_takes_off_what_somebody_has_lost(person: User):
    has_app(person)
    theirs = signed_in(person)
    administrator = builders.user(Role.ADMINISTRATOR)

    answer = signed_in(administrator).post(TAKE_OFF.format(person.pk), {"is_them": "on"})

    assert answer["Location"] == f"/admin/organisations/user/{person.pk}/change/"
    assert not is_signed_in(theirs)
    assert try_to_sign_in(person.email)["Location"] == "/"
    version = person.history.order_by("pgh_id").last()
    assert version.pgh_context["user"] == administrator.pk


def test_it_is_not_taken_off_before_one_has_made_sure_who_asks(person: User):
    has_app(person)

    answer = signed_in(builders.user(Role.ADMINISTRATOR)).post(TAKE_OFF.format(person.pk))

    assert answer.status_code == 422
    assert Authenticator.objects.exists()


def test_nobody_else_takes_it_off(person: User):
    has_app(person)
    for role in (Role.OPERATOR, Role.AUDITOR, Role.CLINIC_MANAGER):
        signed_in(builders.user(role)).post(TAKE_OFF.format(person.pk), {"is_them": "on"})

    assert Authenticator.objects.exists()


# Of whom one is required


@required
@pytest.mark.parametrize("role", sorted(OPERATOR_ROLES))
def test_an_operator_without_a_second_factor_is_led_to_one_after_signing_in(role: Role):
    client = signed_in(builders.user(role))

    answer = client.get("/", follow=True)

    assert answer.redirect_chain[-1][0] == WHY
    assert "a password alone is not enough" in text_of(answer)


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def filled(route: str) -> str:
    """An address of the route; what it names need not exist, because the door comes first."""
    uuid = "00000000-0000-7000-8000-000000000000"
    route = re.sub(r"<uuid:\w+>", uuid, route)
    route = re.sub(r"\(\?P<\w+>[^)]*\)", "orders", route)
    return "/" + re.sub(r"<\w+(:\w+)?>", "1", route).replace("^", "").replace("$", "")


def is_page(route: str) -> bool:
    """For people who sign in: not for programs, which bring tokens."""
    return not route.startswith(
        (
            "v1/",
            "api/v3/",
            "gateway/v1/",
            "oauth2/",
            ".well-known",
            "healthz",
            "docs/",
            "invitations",
        )
    )


@required
def test_every_address_is_closed_before_the_second_factor(operator: User):
    client = signed_in(operator)
    all_routes = [route for route in routes(get_resolver().url_patterns) if is_page(route)]
    opened = {
        route
        for route in all_routes
        for method in ("get", "post")
        if not (method == "post" and route.endswith("logout/"))  # that ends the session
        if (answer := getattr(client, method)(filled(route))).status_code != 404
        and answer.headers.get("Location") != WHY
    }

    assert len([route for route in all_routes if route.startswith("admin/")]) > 50
    assert opened == {
        "account/second-factor/",
        "account/stay/",
        "account/time-left/",
        "accounts/2fa/reauthenticate/",
        "accounts/2fa/totp/activate/",
        "accounts/2fa/webauthn/add/",
        "accounts/2fa/webauthn/reauthenticate/",
        "accounts/logout/",
        "accounts/reauthenticate/",
        "admin/logout/",
        "help/",
    }


def test_what_stays_open_exists():
    names = {name for name in OPEN | SET_UP if not name.startswith("admin:")}

    assert names <= {str(key) for key in get_resolver().reverse_dict}


@required
def test_an_operator_works_once_the_factor_is_set_up(operator: User):
    client = signed_in(operator)
    set_up_app(client)

    assert client.get("/admin/").status_code == 200


@required
def test_a_session_begun_with_the_password_alone_gains_nothing_from_it(operator: User):
    stolen, own = signed_in(operator), signed_in(operator)
    set_up_app(own)

    answer = stolen.get("/admin/")

    assert answer["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F"


@required
@pytest.mark.parametrize("page", [APP, PASSKEY])
@pytest.mark.parametrize("kind", [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
def test_nor_can_it_set_another_one_up(operator: User, kind: str, page: str):
    stolen = signed_in(operator)
    Authenticator.objects.create(user=operator, type=kind, data={"secret": "x", "credential": {}})

    for answer in (stolen.get(page), stolen.post(page, {"code": "000000"})):
        assert "reauthenticate/?next=" in answer["Location"]


@required
def test_with_proof_of_one_an_operator_sets_another_one_up(operator: User):
    client = signed_in(has_app(operator))

    assert client.get(PASSKEY).status_code == 200


@required
def test_an_operator_cannot_remove_the_only_factor(operator: User):
    client = signed_in(has_app(operator))

    answer = client.post("/accounts/2fa/totp/deactivate/")

    assert answer.status_code == 422
    assert "You need a second factor for your work here" in text_of(answer)
    assert client.get("/admin/").status_code == 200


@required
def test_people_of_clinics_need_none(person: User):
    assert signed_in(person).get("/orders/").status_code == 200


@required
def test_programs_are_not_concerned():
    assert Client().get("/v1/orders").status_code == 401


@required
def test_the_admins_own_sign_in_is_no_way_round(operator: User):
    client = Client()
    answer = client.post("/admin/login/", {"username": operator.email, "password": "x"})
    assert answer["Location"].startswith("/accounts/login/")

    assert signed_in(operator).get("/admin/login/")["Location"] == WHY


def test_without_the_setting_a_password_is_enough(operator: User):
    assert signed_in(operator).get("/admin/").status_code == 200


# Passkeys, as far as no browser is needed


def test_what_no_browser_sends_is_refused_as_a_passkey(person: User):
    client = Client()
    hostile = ["", "x", "[]", "{}", "1", "null", '{"id": 1}', '{"response": []}', "[" * 5000]
    hostile.append(json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}))
    for text in hostile:
        client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})
        answer = client.post("/accounts/2fa/webauthn/login/", {"credential": text})
        assert answer.status_code in {302, 429}, text

    signed = signed_in(person)
    for text in hostile:
        signed.get("/accounts/2fa/webauthn/add/")
        answer = signed.post("/accounts/2fa/webauthn/add/", {"name": "x", "credential": text})
        assert answer.status_code == 422, text
    assert not Authenticator.objects.exists()
