"""Single values of API v1 requests, each with its bounds. Every error text is ours and repeats
nothing of what was sent.
"""

import datetime
import re
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django.core.validators import EmailValidator
from django.utils import timezone
from rest_framework import serializers
from rest_framework.fields import empty

from foundation.addresses import LINE_LENGTH, LINES_AT_MOST
from foundation.dates import OLDEST_AGE
from foundation.errors import Refusal
from foundation.fields import EMAIL_LENGTH
from foundation.text import has_unprintable, shows_nothing
from orders.errors import (
    ReferenceMalformed,
    ReferenceMissing,
    ReferenceReserved,
    ReferenceTooLong,
)
from orders.placing import tidy_reference
from organisations.sensors import Sensor
from portal.api.v1.format import SENSORS
from studies.models import REFERENCE_LENGTH

# Faults that keep the domain's own codes.
REFERENCE_CODES: Final = frozenset(
    kind.code
    for kind in (ReferenceMalformed, ReferenceMissing, ReferenceReserved, ReferenceTooLong)
)

Words = dict[str, Any]
AnyField = serializers.Field[Any, Any, Any, Any]

PHONE_LENGTH: Final = 64
MOST_NAMES: Final = 20
DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PHONE: Final = re.compile(r"(?=.*[0-9])[0-9 +()-]+")
COUNTRY: Final = re.compile(r"[A-Za-z]{2}")

NEEDED: Final = {
    "required": "This member is required.",
    "null": "This member cannot be null.",
}


class Text(serializers.CharField):
    """One line of text, without white space around it. A number is not a text."""

    default_error_messages: ClassVar[Words] = {
        **NEEDED,
        "invalid": "This must be a string.",
        "blank": "This must not be empty.",
        "max_length": "This is longer than {max_length} characters.",
        "unprintable": "This must not have control characters.",
    }

    def __init__(self, *, most: int, **options: Any) -> None:
        super().__init__(max_length=most, **options)

    def run_validation(self, data: Any = empty) -> Any:
        if data is not empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        if isinstance(data, str) and shows_nothing(data):
            return self.nothing_shown()
        return super().run_validation(data)

    def nothing_shown(self) -> Any:
        """What text comes to that nobody can see."""
        self.fail("blank")

    def to_internal_value(self, data: str) -> Any:
        text: str = super().to_internal_value(data)
        if has_unprintable(text):
            self.fail("unprintable")
        return text


class Reference(Text):
    """The rules about references are the domain's; told here, so that they come with the rest."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=REFERENCE_LENGTH, **options)

    def run_validation(self, data: Any = empty) -> Any:
        return super().run_validation("" if data is None else data)

    def nothing_shown(self) -> str:
        return self.to_internal_value("")

    def to_internal_value(self, data: str) -> str:
        try:
            return tidy_reference(data)
        except Refusal as refusal:
            raise serializers.ValidationError(refusal.words, refusal.code) from None


class Email(Text):
    """Only its form is looked at."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=EMAIL_LENGTH, **options)
        self.validators.append(EmailValidator("This must be an e-mail address.", "email"))


class Telephone(Text):
    default_error_messages: ClassVar[Words] = {
        "telephone": "This must have digits, and besides only spaces and + ( ) -.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(most=PHONE_LENGTH, **options)

    def to_internal_value(self, data: str) -> str:
        text: str = super().to_internal_value(data)
        if not PHONE.fullmatch(text):
            self.fail("telephone")
        return text


class Country(Text):
    """ISO 3166-1 alpha-2, in either case."""

    default_error_messages: ClassVar[Words] = {
        "country": "This must be a country's code of two letters (ISO 3166-1).",
    }

    def to_internal_value(self, data: str) -> str:
        text: str = super().to_internal_value(data)
        if not COUNTRY.fullmatch(text):
            self.fail("country")
        return text.upper()


class DateOfBirth(AnyField):
    """`YYYY-MM-DD`, in the past, of somebody who can be alive."""

    default_error_messages: ClassVar[Words] = {
        **NEEDED,
        "invalid": "This must be a real date, written YYYY-MM-DD.",
        "future": "This must be in the past.",
        "too_old": f"This must be within the last {OLDEST_AGE} years.",
    }

    def to_internal_value(self, data: Any) -> datetime.date:
        if not isinstance(data, str) or not DATE.fullmatch(data):
            self.fail("invalid")
        try:
            day = datetime.date.fromisoformat(data)
        except ValueError:
            self.fail("invalid")
        today = timezone.localdate()
        if day >= today:
            self.fail("future")
        if (day.year + OLDEST_AGE, day.month, day.day) < (today.year, today.month, today.day):
            self.fail("too_old")
        return day


class Number(AnyField):
    """A JSON integer: neither 2.0 nor "2" nor true is one."""

    default_error_messages: ClassVar[Words] = {
        **NEEDED,
        "invalid": "This must be a whole number.",
        "range": "This must be from {least} to {most}.",
    }

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most = least, most

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        if not self.least <= data <= self.most:
            self.fail("range", least=self.least, most=self.most)
        return data


class YesOrNo(AnyField):
    default_error_messages: ClassVar[Words] = {
        **NEEDED,
        "invalid": "This must be true or false.",
    }

    def to_internal_value(self, data: Any) -> bool:
        if data is not True and data is not False:
            self.fail("invalid")
        return data


class Word(AnyField):
    """One of a few words; with `any_case` in whatever case."""

    default_error_messages: ClassVar[Words] = {
        **NEEDED,
        "choice": "This must be one of: {words}.",
    }

    def __init__(self, words: Iterable[str], *, any_case: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.words, self.any_case = tuple(words), any_case

    def to_internal_value(self, data: Any) -> str:
        text = data.casefold() if isinstance(data, str) and self.any_case else data
        if not isinstance(text, str) or text not in self.words:
            self.fail("choice", words=", ".join(self.words))
        return text


class Lines(AnyField):
    """Address lines; empty ones are left out."""

    default_error_messages: ClassVar[Words] = {
        **NEEDED,
        "invalid": "This must be an array of strings.",
        "count": f"This must have 1 to {LINES_AT_MOST} lines that are not empty.",
    }

    def to_internal_value(self, data: Any) -> tuple[str, ...]:
        if not isinstance(data, list):
            self.fail("invalid")
        sent = [(place, line) for place, line in enumerate(data) if not _is_blank(line)]
        if not 1 <= len(sent) <= LINES_AT_MOST:
            self.fail("count")
        return tuple(_each_valid(sent, Text(most=LINE_LENGTH)))


class Sensors(AnyField):
    """An array of sensors' names, or an object of names and booleans."""

    default_error_messages: ClassVar[Words] = {
        **NEEDED,
        "invalid": "This must be an array of sensors' names.",
        "count": f"This must have 1 to {MOST_NAMES} sensors.",
        "twice": "This must have each sensor once.",
    }

    def to_internal_value(self, data: Any) -> tuple[Sensor, ...]:
        if not isinstance(data, list | dict):
            self.fail("invalid")
        if len(data) > MOST_NAMES:
            self.fail("count")
        names = (
            _wanted(data) if isinstance(data, dict) else _each_valid(enumerate(data), Word(SENSORS))
        )
        if not names:
            self.fail("count")
        if len(set(names)) < len(names):
            self.fail("twice")
        return tuple(SENSORS[name] for name in names)


def _wanted(members: dict[str, Any]) -> list[str]:
    """The names that are true; one that is no sensor is an error whatever it is."""
    _, unknown = _tried(zip(members, members, strict=True), Word(SENSORS))
    _, unclear = _tried(members.items(), YesOrNo())
    wrong = {
        name: unknown.get(name, []) + unclear.get(name, [])
        for name in members
        if name in unknown or name in unclear
    }
    if wrong:
        raise serializers.ValidationError(wrong)
    return [name for name, yes in members.items() if yes]


def _is_blank(line: Any) -> bool:
    return isinstance(line, str) and shows_nothing(line)


def _each_valid(values: Iterable[tuple[Any, Any]], field: AnyField) -> list[Any]:
    """Each value as the field reads it, or an error that tells by key or place what is wrong."""
    found, wrong = _tried(values, field)
    if wrong:
        raise serializers.ValidationError(wrong)
    return found


def _tried(
    values: Iterable[tuple[Any, Any]], field: AnyField
) -> tuple[list[Any], dict[Any, list[Any]]]:
    """What is valid as the field reads it, and what is wrong by key or place."""
    found, wrong = [], {}
    for key, value in values:
        try:
            found.append(field.run_validation(value))
        except serializers.ValidationError as error:
            wrong[key] = list(error.detail)
    return found, wrong
