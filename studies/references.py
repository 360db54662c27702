"""What a reference may be: orders, in-house studies and referrals have one rule (contracts/v1.md,
House decisions, Reference).
"""

from typing import Final

from foundation.text import crockford, has_unprintable, shows_nothing
from studies.errors import (
    ReferenceMalformed,
    ReferenceMissing,
    ReferenceReserved,
    ReferenceTooLong,
)

REFERENCE_LENGTH: Final = 128
# References that begin so are ours.
OUR_PREFIX: Final = "HW-"


def tidy_reference(text: str, *, field: str = "reference") -> str:
    """The reference as it is kept, or a refusal."""
    reference = text.strip()
    if shows_nothing(reference):
        raise ReferenceMissing(field=field)
    if len(reference) > REFERENCE_LENGTH:
        raise ReferenceTooLong(field=field)
    # Clients take "." and ".." out of an address, and then it is another one.
    if "/" in reference or reference in {".", ".."} or has_unprintable(reference):
        raise ReferenceMalformed(field=field)
    if reference.upper().startswith(OUR_PREFIX):
        raise ReferenceReserved(field=field)
    return reference


def our_reference() -> str:
    return OUR_PREFIX + crockford(10)
