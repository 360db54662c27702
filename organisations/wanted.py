"""What somebody is to be in a team, said before it is so."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AccessWanted:
    """`organisation_ids` None is all of the account's, those that come later as well."""

    roles: tuple[str, ...]
    organisation_ids: frozenset[int] | None = None

    @classmethod
    def of(
        cls, *, roles: Iterable[str], is_for_all: bool, organisation_ids: Iterable[int]
    ) -> "AccessWanted":
        listed = None if is_for_all else frozenset(organisation_ids)
        return cls(roles=tuple(roles), organisation_ids=listed)
