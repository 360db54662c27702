"""Public ids: what the outside sees instead of a row's number."""

import uuid

import uuid_utils.compat


def public_id() -> uuid.UUID:
    """A UUID that grows with time: a random one would double the cost of an insert."""
    return uuid_utils.compat.uuid7()
