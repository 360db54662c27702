"""Letting programs in: API clients and keys are made here only, their secrets readable once."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor, Permission
from foundation.history import sign_history
from organisations.models import ApiClient, ApiKey, KeyPurpose

SECRET_BYTES = 32


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
    *, account_id: int, name: str, scopes: Sequence[str], actor: Actor
) -> NewClient:
    """Give an account an OAuth client that gets tokens by client credentials."""
    actor.must(Permission.MANAGE_INTEGRATIONS)
    actor.for_account(account_id)
    sign_history(actor)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    client = ApiClient.objects.create(
        account_id=account_id,
        name=name,
        scopes=list(scopes),
        client_secret=secret,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
    )
    return NewClient(client, secret)


@transaction.atomic
def replace_client_secret(client: ApiClient, *, actor: Actor) -> NewClient:
    """Draw a new secret; the old one stops working at once."""
    actor.must(Permission.MANAGE_INTEGRATIONS)
    actor.for_account(client.account_id)
    sign_history(actor)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    client.client_secret = secret
    client.secret_drawn_at = timezone.now()  # no history keeps a secret, but this shows there
    client.save(update_fields=["client_secret", "secret_drawn_at", "updated"])
    return NewClient(client, secret)


@transaction.atomic
def create_api_key(
    *,
    account_id: int,
    name: str,
    actor: Actor,
    purpose: KeyPurpose = KeyPurpose.V3,
    expires_at: datetime | None = None,
) -> NewKey:
    """Give an account a key for API v3 or for the gateway."""
    actor.must(Permission.MANAGE_INTEGRATIONS)
    actor.for_account(account_id)
    sign_history(actor)
    key = ApiKey(account_id=account_id, name=name, purpose=purpose, expires_at=expires_at)
    whole = key.draw_secret()
    key.save()
    return NewKey(key, whole)
