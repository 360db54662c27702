"""Who is let in: contracts/v3.md, House decisions, Key."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from foundation.actors import Door
from organisations.integrations import Overlap, replace_key_secret, switch_off
from organisations.models import Account, KeyPurpose
from organisations.roles import Scope
from tests import builders
from tests.api.v3.calls import ADDRESS, HEADER, Program, assert_refused
from tests.api.v3.calls import program as a_program


@pytest.mark.parametrize(
    "sent",
    ["", "nonsense", "hw3_00000000." + "x" * 43, "hw3_00000000", "Bearer x", "hw3_é"],
)
def test_no_key_and_an_unknown_key_are_401(sent: str, db: None) -> None:
    headers = {HEADER: sent} if sent else {}

    answer = Client().get("/api/v3/site", headers=headers)

    assert_refused(answer, 401, "unauthenticated")
    assert HEADER in answer["WWW-Authenticate"]


def test_the_right_prefix_with_another_secret_is_401(program: Program) -> None:
    other = Program(program.key, f"{program.key.prefix}.{'x' * 43}")

    assert_refused(other.get("/site"), 401)


def test_a_key_that_is_switched_off_is_401_with_the_next_call(program: Program) -> None:
    before = program.get("/site").status_code

    switch_off(program.key, actor=builders.administrator())

    assert before == 200
    assert_refused(program.get("/site"), 401, "unauthenticated")


def test_an_expired_key_is_401(program: Program) -> None:
    program.key.expires_at = timezone.now() - timedelta(seconds=1)
    program.key.save()

    assert_refused(program.get("/site"), 401)


def test_a_key_of_a_closed_account_is_401(program: Program, account: Account) -> None:
    account.is_active = False
    account.save()

    assert_refused(program.get("/site"), 401)


def test_a_key_for_the_gateway_is_401(program: Program) -> None:
    program.key.purpose = KeyPurpose.GATEWAY
    program.key.save()

    assert_refused(program.get("/site"), 401)


def test_both_secrets_work_while_they_overlap(program: Program) -> None:
    _, whole = replace_key_secret(
        program.key, overlap=Overlap.A_DAY, actor=builders.administrator()
    )
    newer = Program(program.key, whole)

    assert [one.get("/site").status_code for one in (program, newer)] == [200, 200]
    program.key.refresh_from_db()
    assert program.key.last_used_at
    assert program.key.old_secret_used_at


def test_a_key_for_something_else_is_403(account: Account) -> None:
    assert_refused(a_program(account, Scope.EVENTS).get("/site"), 403, "forbidden")


def test_what_a_key_does_is_signed_by_it(program: Program, account: Account) -> None:
    made = program.post("/site", {"name": "North", "address": ADDRESS}).json()

    site = account.sites.get(pk=made["id"])
    signed = site.history.get().pgh_context  # type: ignore[attr-defined]
    assert signed["actor"] == program.key.name
    assert signed["door"] == Door.V3.value
