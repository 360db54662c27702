"""What becomes of API clients and keys: two secrets at most, ends, and who may do it."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from oauth2_provider.models import AccessToken

from foundation.actors import Actor, Door
from foundation.errors import Forbidden
from organisations.actors import actor_for_user
from organisations.errors import (
    ExpiryHasPassed,
    GatewayIsTheOperators,
    NothingGranted,
    ScopesDoNotFit,
    TwoSecretsWork,
)
from organisations.integrations import (
    Overlap,
    change_program,
    create_api_client,
    create_api_key,
    end_older_secret,
    replace_client_secret,
    replace_key_secret,
    switch_off,
    switch_on,
)
from organisations.models import Account, ApiClient, ApiKey, KeyPurpose
from organisations.models.machines import Secret
from organisations.roles import SCOPES_OF_THE_GATEWAY, Role, Scope
from tests import builders
from tests.api.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return builders.account()


@pytest.fixture
def manager(account: Account) -> Actor:
    return actor_for_user(builders.user(Role.CLINIC_MANAGER, owner=account), door=Door.STAFF)


Made = tuple[Any, str]
Replace = Callable[..., Made]


def a_client(account: Account, actor: Actor, **given: Any) -> Made:
    scopes = given.pop("scopes", [Scope.ORDERS])
    return create_api_client(
        account_id=account.pk, name="Test", scopes=scopes, actor=actor, **given
    )


def a_key(account: Account, actor: Actor, **given: Any) -> Made:
    key, whole = create_api_key(account_id=account.pk, name="Test", actor=actor, **given)
    return key, whole.partition(".")[2]


def new_key_secret(key: ApiKey, **given: Any) -> Made:
    renewed, whole = replace_key_secret(key, **given)
    assert whole.startswith(f"{key.prefix}.")
    return renewed, whole.partition(".")[2]


KINDS = pytest.mark.parametrize(
    ("make", "replace"),
    [(a_client, replace_client_secret), (a_key, new_key_secret)],
    ids=["client", "key"],
)


def opened(program: Any, *secrets: str) -> list[Secret | None]:
    program.refresh_from_db()
    return [program.which_secret(one) for one in secrets]


@KINDS
def test_two_secrets_work_until_the_older_ones_time_is_over(
    make: Replace, replace: Replace, account: Account, manager: Actor
):
    program, old = make(account, manager)

    program, new = replace(program, overlap=Overlap.A_WEEK, actor=manager)

    assert opened(program, new, old, "neither") == [Secret.PRESENT, Secret.OLDER, None]
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert opened(program, new, old) == [Secret.PRESENT, Secret.OLDER]
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert opened(program, new, old) == [Secret.PRESENT, None]


@KINDS
def test_an_overlap_may_be_a_day_or_nothing(
    make: Replace, replace: Replace, account: Account, manager: Actor
):
    program, first = make(account, manager)
    program, second = replace(program, overlap=Overlap.A_DAY, actor=manager)
    ends = program.old_secret_ends_at

    program, third = replace(program, overlap=Overlap.NONE, actor=manager)

    assert timedelta(hours=23) < ends - timezone.now() <= timedelta(hours=24)
    assert opened(program, first, second, third) == [None, None, Secret.PRESENT]


@KINDS
def test_there_are_never_three(make: Replace, replace: Replace, account: Account, manager: Actor):
    program, first = make(account, manager)
    program, second = replace(program, overlap=Overlap.A_WEEK, actor=manager)

    with pytest.raises(TwoSecretsWork):
        replace(program, overlap=Overlap.A_DAY, actor=manager)

    assert opened(program, first, second) == [Secret.OLDER, Secret.PRESENT]


@KINDS
def test_when_the_older_one_is_over_another_may_be_drawn(
    make: Replace, replace: Replace, account: Account, manager: Actor
):
    program, first = make(account, manager)
    program, second = replace(program, overlap=Overlap.A_DAY, actor=manager)

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        program, third = replace(program, overlap=Overlap.A_DAY, actor=manager)
        found = opened(program, first, second, third)

    assert found == [None, Secret.OLDER, Secret.PRESENT]


@KINDS
def test_the_older_secret_is_ended_by_hand(
    make: Replace, replace: Replace, account: Account, manager: Actor
):
    program, old = make(account, manager)
    program, new = replace(program, overlap=Overlap.A_WEEK, actor=manager)

    for _ in range(2):
        end_older_secret(program, actor=manager)

    assert opened(program, new, old) == [Secret.PRESENT, None]
    assert program.old_secret == ""


@pytest.mark.django_db(transaction=True)
@KINDS
def test_of_secrets_drawn_at_once_only_one_makes_a_second(
    make: Replace, replace: Replace, account: Account, manager: Actor
):
    program, first = make(account, manager)

    def draw(_: int) -> str | None:
        try:
            return replace(program, overlap=Overlap.A_WEEK, actor=manager)[1]
        except TwoSecretsWork:
            return None

    drawn = [secret for secret in at_once(4, draw) if secret]

    assert len(drawn) == 1
    assert opened(program, first, drawn[0]) == [Secret.OLDER, Secret.PRESENT]


@pytest.mark.parametrize(
    "columns", [{"old_secret": "x"}, {"old_secret_ends_at": Now()}], ids=["no end", "no secret"]
)
@pytest.mark.parametrize("kind", [ApiClient, ApiKey])
def test_an_older_secret_has_an_end_whoever_writes(
    kind: Any, columns: dict[str, Any], account: Account, manager: Actor
):
    (a_client if kind is ApiClient else a_key)(account, manager)

    with pytest.raises(IntegrityError, match="has_an_end"), transaction.atomic():
        kind.objects.update(**columns)


@KINDS
def test_no_history_keeps_a_secret_but_each_change_is_signed(
    make: Replace, replace: Replace, account: Account, manager: Actor
):
    program, _ = make(account, manager)
    replace(program, overlap=Overlap.A_WEEK, actor=manager)
    program.refresh_from_db()
    switch_off(program, actor=manager)

    versions = list(program.history.order_by("pgh_id"))

    assert len(versions) == 3
    assert {one.pgh_context["user"] for one in versions} == {manager.user_id}
    kept = {str(value) for one in versions for value in vars(one).values()}
    assert not kept & {program.old_secret, program.secret_hash}
    assert versions[1].old_secret_ends_at == program.old_secret_ends_at


def test_a_key_is_looked_up_by_its_prefix_whichever_secret_it_comes_with(
    account: Account, manager: Actor, django_assert_num_queries: Any
):
    key, old = a_key(account, manager)
    _, new = new_key_secret(key, overlap=Overlap.A_WEEK, actor=manager)

    for secret in (old, new):
        with django_assert_num_queries(1):
            found = ApiKey.objects.select_related("account").get(prefix=key.prefix)
            assert found.which_secret(secret)
            assert found.is_usable()


def test_a_key_keeps_hashes_only(account: Account, manager: Actor):
    key, old = a_key(account, manager)
    _, new = new_key_secret(key, overlap=Overlap.A_WEEK, actor=manager)

    key.refresh_from_db()

    assert key.secret_sha256 == hashlib.sha256(new.encode()).hexdigest()
    assert key.old_secret == hashlib.sha256(old.encode()).hexdigest()


def test_a_new_key_may_work_with_orders(account: Account, manager: Actor):
    key, _ = a_key(account, manager)

    assert key.scopes == [Scope.ORDERS]


def tokens_of(client: ApiClient) -> int:
    return AccessToken.objects.filter(application=client).count()


def give_token(client: ApiClient) -> None:
    AccessToken.objects.create(
        application=client, token="x", expires=timezone.now() + timedelta(hours=1)
    )


@pytest.mark.parametrize(
    ("act", "left"),
    [
        (lambda client, actor: switch_off(client, actor=actor), 0),
        (lambda client, actor: replace_client_secret(client, actor=actor), 0),
        (
            lambda client, actor: replace_client_secret(client, overlap=Overlap.A_DAY, actor=actor),
            1,
        ),
        (lambda client, actor: end_older_secret(client, actor=actor), 1),
    ],
    ids=["switched off", "replaced at once", "replaced with an overlap", "older secret ended"],
)
def test_tokens_end_with_what_is_taken_to_be_in_wrong_hands(
    act: Callable[[Any, Actor], Any], left: int, account: Account, manager: Actor
):
    client, _ = a_client(account, manager)
    other, _ = a_client(account, manager)
    give_token(client)
    AccessToken.objects.create(
        application=other, token="y", expires=timezone.now() + timedelta(hours=1)
    )

    act(client, manager)

    assert (tokens_of(client), tokens_of(other)) == (left, 1)


@KINDS
def test_an_expired_program_is_not_usable(
    make: Replace, replace: Replace, account: Account, manager: Actor
):
    program, _ = make(account, manager, expires_at=timezone.now() + timedelta(hours=1))

    before = program.is_usable()
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        after = program.is_usable()

    assert (before, after) == (True, False)


@KINDS
def test_switched_off_and_on_again_it_works_as_before(
    make: Replace, replace: Replace, account: Account, manager: Actor
):
    program, secret = make(account, manager)

    usable = []
    for turn in (switch_off, switch_off, switch_on):
        turn(program, actor=manager)
        program.refresh_from_db()
        usable.append(program.is_usable())

    assert usable == [False, False, True]
    assert program.which_secret(secret) is Secret.PRESENT


@KINDS
def test_name_scopes_and_expiry_can_be_changed(
    make: Replace, replace: Replace, account: Account, manager: Actor
):
    program, _ = make(account, manager)
    end = timezone.now() + timedelta(days=3)

    change_program(program, name="Other", scopes=["events"], expires_at=end, actor=manager)

    program.refresh_from_db()
    assert (program.name, program.scopes, program.expires_at) == ("Other", ["events"], end)


@KINDS
def test_an_end_that_has_passed_is_refused_but_may_stay(
    make: Replace, replace: Replace, account: Account, manager: Actor
):
    program, _ = make(account, manager, expires_at=timezone.now() + timedelta(hours=1))
    end = program.expires_at

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        change_program(program, name="Other", scopes=["orders"], expires_at=end, actor=manager)
        with pytest.raises(ExpiryHasPassed):
            change_program(
                program,
                name="Other",
                scopes=["orders"],
                expires_at=end + timedelta(minutes=1),
                actor=manager,
            )
    with pytest.raises(ExpiryHasPassed):
        make(account, manager, expires_at=timezone.now())


@KINDS
def test_a_program_that_may_do_nothing_is_refused(
    make: Replace, replace: Replace, account: Account, manager: Actor
):
    with pytest.raises(NothingGranted):
        make(account, manager, scopes=[])


def somebody(role: Role, account: Account, *, of_one: bool = False) -> Actor:
    listed = [builders.organisation(account)] if of_one else []
    return actor_for_user(builders.user(role, *listed, owner=account), door=Door.STAFF)


STRANGERS: dict[str, Callable[[Account], Actor]] = {
    "staff": lambda account: somebody(Role.CLINIC_STAFF, account),
    "a manager elsewhere": lambda _: somebody(Role.CLINIC_MANAGER, builders.account()),
    "a manager of one organisation": lambda account: somebody(
        Role.CLINIC_MANAGER, account, of_one=True
    ),
    "the program itself": builders.integrator,
}
ACTS: dict[str, Callable[[Any, Actor], Any]] = {
    "change": lambda one, actor: change_program(
        one, name="Taken", scopes=["orders"], expires_at=None, actor=actor
    ),
    "replace": lambda one, actor: (
        replace_client_secret if isinstance(one, ApiClient) else replace_key_secret
    )(one, actor=actor),
    "end": lambda one, actor: end_older_secret(one, actor=actor),
    "off": lambda one, actor: switch_off(one, actor=actor),
    "on": lambda one, actor: switch_on(one, actor=actor),
}


@pytest.mark.parametrize("who", STRANGERS)
@KINDS
def test_only_who_manages_the_whole_account_may(
    who: str, make: Replace, replace: Replace, account: Account, manager: Actor
):
    program, _ = make(account, manager)
    stranger = STRANGERS[who](account)

    for act in ACTS.values():
        with pytest.raises(Forbidden):
            act(program, stranger)
    with pytest.raises(Forbidden):
        make(account, stranger)


@pytest.mark.parametrize("who", ["a manager elsewhere", "a manager of one organisation"])
@KINDS
def test_a_program_is_visible_to_who_sees_its_whole_account(
    who: str, make: Replace, replace: Replace, account: Account, manager: Actor
):
    program, _ = make(account, manager)
    programs = type(program).objects

    assert list(programs.visible_to(manager)) == [program]
    assert list(programs.visible_to(builders.administrator())) == [program]
    assert list(programs.visible_to(STRANGERS[who](account))) == []


def test_a_key_of_the_gateway_is_the_operators(account: Account, manager: Actor):
    made = builders.gateway_key()

    assert made.key not in ApiKey.objects.visible_to(manager)
    assert made.key in ApiKey.objects.visible_to(builders.administrator())
    with pytest.raises(Forbidden):
        create_api_key(
            account_id=account.pk, name="Ours", purpose=KeyPurpose.GATEWAY, actor=manager
        )
    with pytest.raises(GatewayIsTheOperators):
        create_api_key(
            account_id=account.pk,
            name="Theirs",
            scopes=[Scope.RECORDINGS],
            purpose=KeyPurpose.GATEWAY,
            actor=builders.administrator(),
        )


def test_a_key_says_by_its_beginning_what_it_opens(account: Account):
    assert builders.gateway_key().whole.startswith("hwg_")
    assert builders.api_key(account).prefix.startswith("hw3_")


@pytest.mark.parametrize("scope", sorted(SCOPES_OF_THE_GATEWAY))
def test_only_a_key_of_the_gateway_has_scopes_of_the_gateway(account: Account, scope: Scope):
    administrator = builders.administrator()

    for create in (create_api_client, create_api_key):
        with pytest.raises(ScopesDoNotFit):
            create(account_id=account.pk, name="Clinic", scopes=[scope], actor=administrator)
    key = builders.api_key(account)
    with pytest.raises(ScopesDoNotFit):
        change_program(key, name=key.name, scopes=[scope], expires_at=None, actor=administrator)


def test_a_key_of_the_gateway_has_no_scope_of_clients():
    key = builders.gateway_key().key

    with pytest.raises(ScopesDoNotFit):
        change_program(
            key,
            name=key.name,
            scopes=[Scope.RECORDINGS, Scope.ORDERS],
            expires_at=None,
            actor=builders.administrator(),
        )
