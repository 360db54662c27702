"""Who calls the gateway: a key of the operator, with scopes of the gateway."""

import re
from typing import Final

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from foundation.actors import Actor
from foundation.client_address import client_address
from organisations.actors import actor_for_gateway
from organisations.models import ApiKey, KeyPurpose
from organisations.roles import Scope
from portal.api.callers import Caller
from portal.api.errors import Refused, edge_problem
from portal.api.keys import key_opened_by
from portal.api.throttling import Limit

CREDENTIALS: Final = re.compile(r"bearer +([A-Za-z0-9._-]{1,255})", re.IGNORECASE | re.ASCII)
NO_KEY: Final = "Send a valid key of the gateway: Authorization: Bearer hwg_…"


class BearerKey(BaseAuthentication):
    """Keys of API v3 open nothing here."""

    def authenticate(self, request: Request) -> tuple[Caller, Actor]:
        header = request.META.get("HTTP_AUTHORIZATION", "").strip()
        sent = CREDENTIALS.fullmatch(header)
        key = key_opened_by(sent[1], request._request, purpose=KeyPurpose.GATEWAY) if sent else None
        if key is None:
            raise _unauthenticated('Bearer error="invalid_token"' if header else "Bearer")
        caller = _caller(key, request)
        return caller, caller.actor


def missing_scope(scope: Scope) -> Refused:
    challenge = f'Bearer error="insufficient_scope", scope="{scope.value}"'
    problem = edge_problem("forbidden", f"This needs the scope {scope.value}.")
    return Refused(problem, headers={"WWW-Authenticate": challenge})


def _caller(key: ApiKey, request: Request) -> Caller:
    actor = actor_for_gateway(
        key,
        request_id=request.META.get("HTTP_X_REQUEST_ID", ""),
        ip_address=client_address(request._request),
    )
    return Caller(
        name=f"key:{key.pk}",
        actor=actor,
        scopes=frozenset(key.scopes),
        limit=Limit(key.calls_a_minute, key.burst),
        country=key.account.country,
    )


def _unauthenticated(challenge: str) -> Refused:
    problem = edge_problem("unauthenticated", NO_KEY)
    return Refused(problem, headers={"WWW-Authenticate": challenge})
