"""Who calls API v1: an OAuth client with a bearer token (contracts/v1.md section 1.2)."""

import hashlib
import re

from oauth2_provider.models import AccessToken
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from foundation.actors import Actor, Door
from foundation.client_address import client_address
from foundation.rows import the_one
from organisations.actors import actor_for_client
from organisations.models import ApiClient
from organisations.roles import Scope
from portal.api import call_log
from portal.api.callers import Caller
from portal.api.errors import Refused, edge_problem
from portal.api.throttling import Limit

CREDENTIALS = re.compile(r"bearer +([A-Za-z0-9._~+/=-]{1,255})", re.IGNORECASE)
INVALID = 'Bearer error="invalid_token"'
# What a call needs to know of its token, client and account; with every call, so no more.
NEEDED = (
    "expires",
    "scope",
    *(
        f"application__{name}"
        for name in (
            "name",
            "client_id",
            "scopes",
            "calls_a_minute",
            "burst",
            "is_active",
            "expires_at",
            "last_used_at",
            "account__country",
            "account__is_active",
        )
    ),
)


class BearerToken(BaseAuthentication):
    """Client, account and scopes are looked up with every call, so switching off works at once."""

    def authenticate(self, request: Request) -> tuple[Caller, Actor]:
        token = _find(_sent(request), request)
        client: ApiClient = token.application
        call_log.know_caller(request._request, client, used=("last_used_at",))
        caller = _caller(client, scopes=token.scope.split(), request=request)
        return caller, caller.actor


def missing_scope(scope: Scope) -> Refused:
    challenge = f'Bearer error="insufficient_scope", scope="{scope.value}"'
    problem = edge_problem("forbidden", f"This needs the scope {scope.value}.")
    return Refused(problem, headers={"WWW-Authenticate": challenge})


def _sent(request: Request) -> str:
    header = request.META.get("HTTP_AUTHORIZATION", "")
    if not header:
        raise _unauthenticated("Bearer")
    found = CREDENTIALS.fullmatch(header.strip())
    if found is None:
        raise _unauthenticated(INVALID)
    return found[1]


def _find(sent: str, request: Request) -> AccessToken:
    """The token, if it may still be used; only its hash is kept.

    If it may not, the try is in its owner's log all the same.
    """
    checksum = hashlib.sha256(sent.encode()).hexdigest()
    tokens = AccessToken.objects.select_related("application__account").only(*NEEDED)
    token = the_one(tokens.filter(token_checksum=checksum))
    if token is None or token.application is None:
        raise _unauthenticated(INVALID)
    if token.is_expired() or not token.application.is_usable(None):
        call_log.know_caller(request._request, token.application)
        raise _unauthenticated(INVALID)
    return token


def _caller(client: ApiClient, *, scopes: list[str], request: Request) -> Caller:
    actor = actor_for_client(
        client,
        scopes=scopes,
        door=Door.V1,
        request_id=request.META.get("HTTP_X_REQUEST_ID", ""),
        ip_address=client_address(request._request),
    )
    return Caller(
        name=f"client:{client.pk}",
        actor=actor,
        scopes=frozenset(scopes) & frozenset(client.scopes),
        limit=Limit(client.calls_a_minute, client.burst),
        country=client.account.country,
    )


def _unauthenticated(challenge: str) -> Refused:
    return Refused(edge_problem("unauthenticated"), headers={"WWW-Authenticate": challenge})
