"""Letting programs in: API clients and keys are made and changed here only, and a secret can be
read once, when it is drawn.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from django.db import models, transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken

from foundation.actors import Actor, Permission
from foundation.errors import Forbidden
from foundation.history import sign_history
from organisations.errors import (
    ExpiryHasPassed,
    GatewayIsTheOperators,
    NothingGranted,
    ScopesDoNotFit,
    TwoSecretsWork,
)
from organisations.models import Account, AccountKind, ApiClient, ApiKey, KeyPurpose
from organisations.models.machines import Program
from organisations.roles import SCOPES_OF_CLIENTS, SCOPES_OF_THE_GATEWAY, Scope

SECRET_BYTES = 32
OF_THE_SECRETS = (
    "secret_drawn_at",
    "secret_used_at",
    "old_secret",
    "old_secret_ends_at",
    "old_secret_used_at",
)

AnyProgram = TypeVar("AnyProgram", ApiClient, ApiKey)


class Overlap(models.TextChoices):
    """How long an older secret works on after a new one was drawn."""

    NONE = "none", "Stops at once"
    A_DAY = "day", "Works for 24 more hours"
    A_WEEK = "week", "Works for 7 more days"

    @property
    def length(self) -> timedelta:
        return {"none": timedelta(0), "day": timedelta(days=1), "week": timedelta(days=7)}[self]


class NewClient(NamedTuple):
    """The secret is readable here for the last time."""

    client: ApiClient
    secret: str


class NewKey(NamedTuple):
    """`whole` is what the caller sends; only its prefix and hash are kept."""

    key: ApiKey
    whole: str


@transaction.atomic
def create_api_client(
    *,
    account_id: int,
    name: str,
    scopes: Sequence[str],
    actor: Actor,
    expires_at: datetime | None = None,
) -> NewClient:
    """Give an account an OAuth client that gets tokens by client credentials.

    Raises Forbidden, NothingGranted, ScopesDoNotFit, ExpiryHasPassed.
    """
    actor.must(Permission.MANAGE_INTEGRATIONS)
    _answer_for(account_id, actor)
    _check(scopes, expires_at)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    client = ApiClient.objects.create(
        account_id=account_id,
        name=name,
        scopes=list(scopes),
        expires_at=expires_at,
        client_secret=secret,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
    )
    return NewClient(client, secret)


@transaction.atomic
def create_api_key(
    *,
    account_id: int,
    name: str,
    actor: Actor,
    scopes: Sequence[str] = (Scope.ORDERS,),
    purpose: KeyPurpose = KeyPurpose.V3,
    expires_at: datetime | None = None,
) -> NewKey:
    """Give an account a key for API v3 or for the gateway.

    Raises Forbidden, NothingGranted, ScopesDoNotFit, GatewayIsTheOperators, ExpiryHasPassed.
    """
    actor.must(Permission.MANAGE_INTEGRATIONS)
    _answer_for(account_id, actor)
    if purpose is KeyPurpose.GATEWAY:
        _must_be_the_operators(account_id, actor)
    _check(scopes, expires_at, purpose=purpose)
    key = ApiKey(
        account_id=account_id,
        name=name,
        scopes=list(scopes),
        purpose=purpose,
        expires_at=expires_at,
    )
    whole = key.draw_secret()
    key.save()
    return NewKey(key, whole)


@transaction.atomic
def change_program(
    program: AnyProgram,
    *,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    actor: Actor,
) -> None:
    """Call it something else, let it do more or less, for longer or shorter; at once.

    Raises Forbidden, NothingGranted, ScopesDoNotFit, ExpiryHasPassed.
    """
    actor.must(Permission.MANAGE_INTEGRATIONS)
    _answer_for(program.account_id, actor)
    purpose = program.purpose if isinstance(program, ApiKey) else ""
    _check(scopes, None if expires_at == program.expires_at else expires_at, purpose=purpose)
    program.name, program.scopes, program.expires_at = name, list(scopes), expires_at
    program.save(update_fields=["name", "scopes", "expires_at"])


@transaction.atomic
def replace_client_secret(
    client: ApiClient, *, actor: Actor, overlap: Overlap = Overlap.NONE
) -> NewClient:
    """Draw a new secret; the older one works on for the overlap.

    Without an overlap it is taken to be in wrong hands: with it every token of the client ends,
    because nobody can tell by which secret a token was drawn. Raises Forbidden, TwoSecretsWork.
    """
    actor.must(Permission.MANAGE_INTEGRATIONS)
    _answer_for(client.account_id, actor)
    client = _locked(client)
    _keep_older_secret(client, overlap)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    client.client_secret = secret
    client.save(update_fields=["client_secret", "updated", *OF_THE_SECRETS])
    if overlap is Overlap.NONE:
        _end_tokens(client)
    return NewClient(client, secret)


@transaction.atomic
def replace_key_secret(key: ApiKey, *, actor: Actor, overlap: Overlap = Overlap.NONE) -> NewKey:
    """Draw a new secret for the key, whose prefix stays; the older one works on for the overlap.

    Raises Forbidden, TwoSecretsWork.
    """
    actor.must(Permission.MANAGE_INTEGRATIONS)
    _answer_for(key.account_id, actor)
    key = _locked(key)
    _keep_older_secret(key, overlap)
    whole = key.draw_secret()
    key.save(update_fields=["secret_sha256", *OF_THE_SECRETS])
    return NewKey(key, whole)


@transaction.atomic
def end_older_secret(program: AnyProgram, *, actor: Actor) -> None:
    """The older secret works no more. Tokens drawn by it live on, for an hour at most."""
    actor.must(Permission.MANAGE_INTEGRATIONS)
    _answer_for(program.account_id, actor)
    program = _locked(program)
    _forget_older_secret(program)
    program.save(update_fields=OF_THE_SECRETS)


@transaction.atomic
def switch_off(program: AnyProgram, *, actor: Actor) -> None:
    """The program's next call is refused; tokens of a client do not come back with it."""
    actor.must(Permission.MANAGE_INTEGRATIONS)
    _answer_for(program.account_id, actor)
    program.is_active = False
    program.save(update_fields=["is_active"])
    if isinstance(program, ApiClient):
        _end_tokens(program)


@transaction.atomic
def switch_on(program: AnyProgram, *, actor: Actor) -> None:
    """The program may call again, unless it has expired."""
    actor.must(Permission.MANAGE_INTEGRATIONS)
    _answer_for(program.account_id, actor)
    program.is_active = True
    program.save(update_fields=["is_active"])


def scopes_for(purpose: str) -> frozenset[Scope]:
    """What a key of this purpose, or a client (no purpose), may be granted."""
    return SCOPES_OF_THE_GATEWAY if purpose == KeyPurpose.GATEWAY else SCOPES_OF_CLIENTS


def _answer_for(account_id: int, actor: Actor) -> None:
    """Forbidden unless the actor acts for the whole account, as its programs do."""
    actor.for_account(account_id)
    if not actor.sees_all_organisations:
        raise Forbidden
    sign_history(actor)


def _must_be_the_operators(account_id: int, actor: Actor) -> None:
    """Whoever holds such a key speaks for every account."""
    if not actor.sees_all_accounts:
        raise Forbidden
    if not Account.objects.filter(pk=account_id, kind=AccountKind.OPERATOR).exists():
        raise GatewayIsTheOperators(field="account")


def _check(scopes: Sequence[str], expires_at: datetime | None, *, purpose: str = "") -> None:
    if not scopes:
        raise NothingGranted(field="scopes")
    fitting = scopes_for(purpose)
    if not fitting.issuperset(scopes):
        raise ScopesDoNotFit(field="scopes")
    if expires_at is not None and expires_at <= timezone.now():
        raise ExpiryHasPassed(field="expires_at")


def _locked(program: AnyProgram) -> AnyProgram:
    """Read again, so that of two who draw a secret at once the second finds the first one's."""
    rows = type(program).objects.select_for_update(of=("self",))
    found: AnyProgram = rows.get(pk=program.pk)
    return found


def _keep_older_secret(program: Program, overlap: Overlap) -> None:
    """Make room for a new secret. No history keeps one, but the time of drawing shows there."""
    now = timezone.now()
    if overlap is Overlap.NONE:
        _forget_older_secret(program)
    elif program.older_secret_works:
        raise TwoSecretsWork(field="overlap")
    else:
        program.old_secret = program.secret_hash
        program.old_secret_used_at = program.secret_used_at
        program.old_secret_ends_at = now + overlap.length
    program.secret_drawn_at, program.secret_used_at = now, None


def _forget_older_secret(program: Program) -> None:
    program.old_secret = ""
    program.old_secret_ends_at = program.old_secret_used_at = None


def _end_tokens(client: ApiClient) -> None:
    AccessToken.objects.filter(application=client).delete()
