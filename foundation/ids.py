"""Public ids: what the outside sees instead of a row's number. And such numbers, when a page gets
one back.
"""

import uuid
from typing import Final

import uuid_utils.compat


def public_id() -> uuid.UUID:
    """A UUID that grows with time: a random one would double the cost of an insert."""
    return uuid_utils.compat.uuid7()


# What a row's number can be at most, where one is sent.
LARGEST_ID: Final = 2**63 - 1
# As many figures as every number of PostgreSQL's bigint may have.
LONGEST_NUMBER: Final = 18


def number_in(text: str) -> int:
    """The row's number that was sent; 0, which no row has, for what cannot be one."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else 0
