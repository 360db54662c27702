"""Who calls API v3: a key of one account (contracts/v3.md section 1 and House decisions, Key)."""

from typing import Final

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from foundation.actors import Actor, Door
from foundation.client_address import client_address
from organisations.actors import actor_for_key
from organisations.models import ApiKey, KeyPurpose
from portal.api.callers import Caller
from portal.api.errors import Refused, edge_problem
from portal.api.keys import key_opened_by
from portal.api.throttling import Limit

HEADER: Final = "Impilo-API-Key"
CHALLENGE: Final = {"WWW-Authenticate": f'ApiKey header="{HEADER}"'}
NO_KEY: Final = f"Send a valid key in the header {HEADER}."


class KeyHeader(BaseAuthentication):
    """Key and account are looked up with every call, so switching off works at once."""

    def authenticate(self, request: Request) -> tuple[Caller, Actor]:
        sent = request.headers.get(HEADER, "").strip()
        key = key_opened_by(sent, request._request, purpose=KeyPurpose.V3)
        if key is None:
            raise _unauthenticated()
        caller = _caller(key, request)
        return caller, caller.actor


def _caller(key: ApiKey, request: Request) -> Caller:
    actor = actor_for_key(
        key,
        door=Door.V3,
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


def _unauthenticated() -> Refused:
    return Refused(edge_problem("unauthenticated", NO_KEY), headers=CHALLENGE)
