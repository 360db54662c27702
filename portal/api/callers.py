"""The program that calls, as the edge of every dialect knows it."""

from dataclasses import dataclass

from foundation.actors import Actor
from portal.api.throttling import Limit


@dataclass(frozen=True, kw_only=True)
class Caller:
    """`name` tells it from every other client or key; `country` is its account's (ISO 3166-1)."""

    name: str
    actor: Actor
    scopes: frozenset[str]
    limit: Limit
    country: str
