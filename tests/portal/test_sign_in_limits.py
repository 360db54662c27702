"""How often somebody may try to sign in. That it is the same for every process is shown in
`test_sign_in_processes`, with real servers.
"""

from collections import Counter

import pytest
from django.test import Client, RequestFactory, override_settings

from organisations.models import User
from organisations.roles import Role
from portal.models import CallBucket
from portal.sign_in import limits
from portal.sign_in.mail import reset_address
from tests import builders
from tests.api.test_throttling import time_passes
from tests.api.threads import at_once
from tests.portal.signing_in import CODE, code_now, has_app, is_signed_in, try_to_sign_in
from tests.staff.desk import text_of

pytestmark = pytest.mark.django_db

TOO_MANY = "Too many tries to sign in"


@pytest.fixture
def person(db: None) -> User:
    return builders.user(Role.CLINIC_STAFF)


def address(number: int) -> str:
    return f"198.51.{number // 250}.{number % 250 + 1}"


def test_failures_from_many_addresses_do_not_stop_the_owner(person: User):
    for number in range(100):
        answer = try_to_sign_in(person.email, "wrong", at=address(number))
        assert TOO_MANY not in text_of(answer)

    assert try_to_sign_in(person.email, at="192.0.2.7").status_code == 302


def test_a_name_is_stopped_after_a_few_tries_at_one_address(person: User):
    for _ in range(5):
        try_to_sign_in(person.email, "wrong")

    answer = try_to_sign_in(person.email)

    assert answer.status_code == 422
    assert TOO_MANY in text_of(answer)
    assert try_to_sign_in(person.email, at="192.0.2.2").status_code == 302


def test_a_stopped_name_may_try_again_after_a_minute(person: User):
    for _ in range(6):
        try_to_sign_in(person.email, "wrong")

    time_passes(61)

    assert try_to_sign_in(person.email).status_code == 302


def test_unknown_names_are_counted_like_known_ones():
    for _ in range(5):
        try_to_sign_in("nobody@test.example", "wrong")

    assert TOO_MANY in text_of(try_to_sign_in("nobody@test.example", "wrong"))


def test_another_way_to_write_a_name_is_no_other_name(person: User):
    for spelling in (
        person.email.upper(),
        person.email.title(),
        person.email,
        person.email.upper(),
    ):
        try_to_sign_in(spelling, "wrong")
    try_to_sign_in(person.email.replace("s", "\u017f"), "wrong")

    assert TOO_MANY in text_of(try_to_sign_in(person.email))


def test_an_address_that_tries_many_names_is_stopped(person: User):
    for number in range(30):
        limits_only(number)

    assert TOO_MANY in text_of(try_to_sign_in(person.email))
    assert try_to_sign_in(person.email, at="192.0.2.2").status_code == 302


def limits_only(number: int) -> None:
    """What the sign-in form counts for one try; allauth's own count of forms is lower."""
    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.1")
    assert limits.may_try(request, f"nobody{number}@test.example")


def test_signing_in_rightly_costs_no_tries(person: User):
    for _ in range(8):
        assert try_to_sign_in(person.email).status_code == 302


def test_one_right_sign_in_does_not_forgive_the_wrong_ones_before(person: User):
    for _ in range(4):
        try_to_sign_in(person.email, "wrong")
    try_to_sign_in(person.email)
    try_to_sign_in(person.email, "wrong")

    assert TOO_MANY in text_of(try_to_sign_in(person.email))


def test_the_whole_network_of_somebody_with_ipv6_is_one_address(person: User):
    for number in range(5):
        try_to_sign_in(person.email, "wrong", at=f"2001:db8:1:2::{number + 1}")

    assert TOO_MANY in text_of(try_to_sign_in(person.email, at="2001:db8:1:2:ffff::9"))
    assert try_to_sign_in(person.email, at="2001:db8:1:3::1").status_code == 302


def test_a_forged_header_is_no_other_address(person: User):
    for number in range(5):
        Client().post(
            "/accounts/login/",
            {"login": person.email, "password": "wrong"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
            REMOTE_ADDR="192.0.2.1",
        )

    assert TOO_MANY in text_of(try_to_sign_in(person.email))


@override_settings(TRUSTED_PROXY_COUNT=1, ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_our_proxy_people_are_told_apart_by_what_it_says(person: User):
    def from_behind(forwarded: str) -> str:
        answer = Client().post(
            "/accounts/login/",
            {"login": person.email, "password": "wrong"},
            headers={"X-Forwarded-For": forwarded},
            REMOTE_ADDR="10.0.0.1",
        )
        return text_of(answer)

    for number in range(5):
        from_behind(f"203.0.113.{number}, 192.0.2.1")

    assert TOO_MANY in from_behind("203.0.113.9, 192.0.2.1")
    assert TOO_MANY not in from_behind("192.0.2.1, 192.0.2.2")


@pytest.mark.django_db(transaction=True)
def test_tries_at_once_are_counted_one_by_one():
    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.1")

    passed = at_once(20, lambda _: limits.may_try(request, "somebody@test.example"))

    assert Counter(passed) == {True: 5, False: 15}


def test_the_table_of_counts_knows_nobody(person: User):
    try_to_sign_in(person.email, "wrong")

    callers = set(CallBucket.objects.values_list("caller", flat=True))

    assert callers
    assert not [one for one in callers if "@" in one or "192.0.2" in one]


def test_codes_are_limited_by_person_whatever_the_address(person: User):
    has_app(person)
    for number in range(5):
        client = Client(REMOTE_ADDR=address(number))
        try_to_sign_in(person.email, client=client, at=address(number))
        client.post(CODE, {"code": "000000"})

    client = Client()
    try_to_sign_in(person.email, client=client)
    answer = client.post(CODE, {"code": code_now()})

    assert answer.status_code == 422
    assert "Too many tries" in text_of(answer)
    assert not is_signed_in(client)


def test_who_set_a_new_password_by_mail_begins_anew(person: User):
    for _ in range(6):
        try_to_sign_in(person.email, "wrong")
    client = Client(REMOTE_ADDR="192.0.2.1")
    page = client.get(reset_address(person), follow=True)
    path = page.redirect_chain[-1][0]
    new = "another horse battery staple"
    client.post(path, {"password1": new, "password2": new})

    assert try_to_sign_in(person.email, new).status_code == 302
