"""Single values and small objects that requests of API v3 hold (contracts/v3.md sections 1 and 4).
Read-only members may be sent and are ignored; null is the same as leaving a member out, except in a
PATCH, where it empties what may be empty.
"""

import datetime
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from rest_framework import serializers

from foundation.addresses import LINE_LENGTH, NOTE_LENGTH, Address
from foundation.countries import code_of
from foundation.ids import LARGEST_ID
from portal.api.errors import Path, Problem, Refused, edge_problem
from portal.api.fields import CONTROLS, DateOfBirth, Email, Number, Text, Value, Words
from portal.api.members import Members, faults_in
from portal.api.v3.query import same

COUNTRY: Final = "USA"
DAY: Final = 10
LINES: Final = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*\S[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
NOTHING: Final = rf"^[\s{CONTROLS}]*$"
LINE_OR_NOTHING: Final = rf"^([^{CONTROLS}]*|[\s{CONTROLS}]*)$"


class Id(Number):
    def __init__(self, **options: Any) -> None:
        super().__init__(least=0, most=LARGEST_ID, **options)


class Named(Members):
    """Something that is there already, by its id; whatever else is sent beside it is ignored."""

    id = Id()


class Paragraph(Text):
    """Text that may have several lines."""

    def described(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.max_length, "pattern": LINES}

    def to_internal_value(self, data: str) -> str:
        text = data.replace("\r\n", "\n").replace("\t", " ").strip()
        super().to_internal_value(text.replace("\n", " "))
        return text


class TextOrNothing(Text):
    """It may be left out, null or empty, which all say that there is none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, allow_null=True, **options)

    def described(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.max_length, "pattern": LINE_OR_NOTHING}

    def nothing_shown(self) -> str:
        return ""


class EmailOrNothing(Email):
    """As `TextOrNothing`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, allow_null=True, **options)

    def described(self) -> dict[str, Any]:
        return {"anyOf": [super().described(), {"type": "string", "pattern": NOTHING}]}

    def nothing_shown(self) -> str:
        return ""


class Day(DateOfBirth):
    """A timestamp is taken for its date (section 11)."""

    def described(self) -> dict[str, Any]:
        return {"anyOf": [super().described(), {"type": "string", "format": "date-time"}]}

    def to_internal_value(self, data: Any) -> datetime.date:
        is_timestamp = isinstance(data, str) and data[DAY : DAY + 1] == "T"
        return super().to_internal_value(data[:DAY] if is_timestamp else data)


class Spelling(Value):
    """One of a few words, in whatever case and with or without underscores (section 1)."""

    default_error_messages: ClassVar[Words] = {"choice": "This must be one of: {words}."}

    def __init__(self, meaning: Mapping[str, Any], **options: Any) -> None:
        super().__init__(**options)
        self.meaning = meaning

    def described(self) -> dict[str, Any]:
        null = [None] if self.allow_null else []
        return {"type": "string", "enum": [*self.meaning, *null]}

    def to_internal_value(self, data: Any) -> Any:
        by_spelling = {same(word): meant for word, meant in self.meaning.items()}
        if not isinstance(data, str) or same(data) not in by_spelling:
            self.fail("choice", words=", ".join(self.meaning))
        return by_spelling[same(data)]


class AddressMembers(Members):
    lineOne = Text(most=LINE_LENGTH)
    lineTwo = TextOrNothing(most=LINE_LENGTH)
    lineThree = TextOrNothing(most=LINE_LENGTH)
    city = Text(most=LINE_LENGTH)
    state = Text(most=LINE_LENGTH)
    zipCode = Text(most=LINE_LENGTH)
    country = Text(most=LINE_LENGTH)
    note = TextOrNothing(most=NOTE_LENGTH)


def address_of(sent: Mapping[str, Any]) -> Address:
    """In our words; the lines that say nothing are left out."""
    lines = (sent["lineOne"], sent.get("lineTwo"), sent.get("lineThree"))
    country = sent.get("country") or COUNTRY
    return Address(
        lines=tuple(line for line in lines if line),
        city=sent["city"],
        county=sent["state"],
        postcode=sent["zipCode"],
        country=country,
        country_code=code_of(country),
        note=sent.get("note") or "",
    )


def read(document: Any, members: type[Members], *, is_partial: bool = False) -> dict[str, Any]:
    """What was sent, valid in itself, or Refused with every fault.

    A PATCH of a row, which is partial, may leave out every member of the body, but not of an object
    in it; and it alone knows null.
    """
    if not isinstance(document, dict):
        raise Refused(edge_problem("invalid_document", "The body must be an object."))
    sent = document if is_partial else _without_nulls(document)
    serializer: serializers.Serializer[Any] = members(data=sent)
    if is_partial:
        for member in serializer.fields.values():
            member.required = False
    if not serializer.is_valid():
        faults = faults_in(serializer.errors)
        raise Refused(*(_problem(path, str(detail)) for path, detail in faults))
    valid: dict[str, Any] = serializer.validated_data
    return valid


def _problem(path: Path, words: str) -> Problem:
    return edge_problem("validation_failed", words, path=path)


def _without_nulls(value: Any) -> Any:
    """Members that are null count as not sent; in a list null stays what it is."""
    if isinstance(value, dict):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value
