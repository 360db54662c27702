"""Values that only API v1 requests have. Those in arrays are in `arrays`."""

from typing import Any, Final

from rest_framework import serializers
from rest_framework.fields import empty

from foundation.errors import Refusal
from portal.api.fields import ONE_LINE, Text
from studies.errors import ReferenceMalformed, ReferenceMissing, ReferenceReserved, ReferenceTooLong
from studies.references import REFERENCE_LENGTH, tidy_reference

# Faults that keep the domain's own codes.
REFERENCE_CODES: Final = frozenset(
    kind.code
    for kind in (ReferenceMalformed, ReferenceMissing, ReferenceReserved, ReferenceTooLong)
)


class Reference(Text):
    """The rules about references are the domain's; told here, so that they come with the rest."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=REFERENCE_LENGTH, **options)

    def described(self) -> dict[str, Any]:
        return {
            "type": "string",
            "maxLength": REFERENCE_LENGTH,
            "pattern": ONE_LINE.replace("[^", "[^/"),
            "not": {"pattern": r"^\s*([Hh][Ww]-|\.\.?\s*$)"},
        }

    def run_validation(self, data: Any = empty) -> Any:
        return super().run_validation("" if data is None else data)

    def nothing_shown(self) -> str:
        return self.to_internal_value("")

    def to_internal_value(self, data: str) -> str:
        try:
            return tidy_reference(data)
        except Refusal as refusal:
            raise serializers.ValidationError(refusal.words, refusal.code) from None
