"""How often somebody may try to sign in, counted in PostgreSQL and so the same for every process.

Nothing is counted by name alone: who knows a name could then lock its owner out. A name is counted
together with the address that tries it, and every address by itself. A second factor is counted by
person: who gets that far knows the password.
"""

import hashlib
import ipaddress
from typing import Final

from django.http import HttpRequest

from foundation.client_address import client_address
from portal.api.throttling import Limit, give_back, seconds_to_wait
from portal.models import CallBucket

# Five wrong passwords are forgiven at once, then one a minute.
NAME_AT_ADDRESS: Final = Limit(a_minute=1, burst=5)
# A clinic may share one address, and its people all come at nine.
ADDRESS: Final = Limit(a_minute=10, burst=30)
SECOND_FACTOR: Final = Limit(a_minute=1, burst=5)
ELSEWHERE: Final = Limit(a_minute=20, burst=20)
# Whoever has one address of IPv6 has all of its network.
NETWORK_BITS: Final = 64

Count = tuple[str, Limit]


def may_try(request: HttpRequest, name: str) -> bool:
    """Count one try to sign in; False when there were too many."""
    return _all_pass(_counts(request, name))


def did_succeed(request: HttpRequest, name: str) -> None:
    """Only what fails is counted; but what failed before stays counted."""
    for caller, limit in _counts(request, name):
        give_back(caller, limit)


def forgive(request: HttpRequest, name: str) -> None:
    """Who proved by mail that the name is theirs begins anew at this address."""
    caller, _ = _counts(request, name)[0]
    CallBucket.objects.filter(caller=caller).delete()


def may_try_second_factor(user_id: int) -> bool:
    return _all_pass([_second_factor(user_id)])


def second_factor_was_right(user_id: int) -> None:
    give_back(*_second_factor(user_id))


def may_ask_provider(request: HttpRequest) -> bool:
    """Each time we ask the provider where its pages are."""
    return _all_pass([(_key("provider", origin(request)), ELSEWHERE)])


def origin(request: HttpRequest) -> str:
    """Where a request comes from, as far as counting goes."""
    text = client_address(request) or "unknown"
    if ":" not in text:
        return text
    return str(ipaddress.ip_network(f"{text}/{NETWORK_BITS}", strict=False))


def _all_pass(counts: list[Count]) -> bool:
    """In order; what is refused costs nothing in the counts that follow."""
    return all(seconds_to_wait(caller, limit) <= 0 for caller, limit in counts)


def _counts(request: HttpRequest, name: str) -> list[Count]:
    place = origin(request)
    return [
        # Folded, because the database finds an address by other spellings than lower() knows.
        (_key("name", name.strip().casefold(), place), NAME_AT_ADDRESS),
        (_key("address", place), ADDRESS),
    ]


def _second_factor(user_id: int) -> Count:
    return f"sign-in:second-factor:{user_id}", SECOND_FACTOR


def _key(kind: str, *parts: str) -> str:
    """Names are hashed: the table of counts needs to know nobody."""
    return f"sign-in:{kind}:{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()}"
