"""Single values of requests, whatever the dialect, each with its bounds and the same bounds as JSON
Schema. Every error text is ours and repeats nothing of what was sent.
"""

import datetime
import re
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django.core.validators import EmailValidator
from django.utils import timezone
from rest_framework import serializers
from rest_framework.fields import empty

from foundation.dates import OLDEST_AGE
from foundation.fields import EMAIL_LENGTH
from foundation.text import has_unprintable, shows_nothing

Words = dict[str, Any]
AnyField = serializers.Field[Any, Any, Any, Any]

PHONE_LENGTH: Final = 64
DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PHONE: Final = re.compile(r"[0-9 +()-]*[0-9][0-9 +()-]*")
COUNTRY: Final = re.compile(r"[A-Za-z]{2}")
# As programs of other languages read it too: without looking ahead and without Unicode's classes.
CONTROLS: Final = r"\x00-\x1f\x7f-\x9f"
ONE_LINE: Final = rf"^[^{CONTROLS}]*[^\s{CONTROLS}][^{CONTROLS}]*$"


class Value(AnyField):
    """What stands for one member and says itself, as JSON Schema, what it takes."""

    default_error_messages: ClassVar[Words] = {
        "required": "This member is required.",
        "null": "This member cannot be null.",
    }

    def described(self) -> dict[str, Any]:
        raise NotImplementedError


class Text(Value, serializers.CharField):
    """One line of text, without white space around it. A number is not a text."""

    default_error_messages: ClassVar[Words] = {
        "invalid": "This must be a string.",
        "blank": "This must not be empty.",
        "max_length": "This is longer than {max_length} characters.",
        "unprintable": "This must not have control characters.",
    }

    def __init__(self, *, most: int, **options: Any) -> None:
        super().__init__(max_length=most, **options)

    def described(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.max_length, "pattern": ONE_LINE}

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


class Email(Text):
    """Only its form is looked at."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=EMAIL_LENGTH, **options)
        self.validators.append(EmailValidator("This must be an e-mail address.", "email"))

    def described(self) -> dict[str, Any]:
        return {"type": "string", "format": "email", "maxLength": EMAIL_LENGTH}


class Telephone(Text):
    default_error_messages: ClassVar[Words] = {
        "telephone": "This must have digits, and besides only spaces and + ( ) -.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(most=PHONE_LENGTH, **options)

    def described(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": PHONE_LENGTH, "pattern": f"^{PHONE.pattern}$"}

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

    def described(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{COUNTRY.pattern}$"}

    def to_internal_value(self, data: str) -> str:
        text: str = super().to_internal_value(data)
        if not COUNTRY.fullmatch(text):
            self.fail("country")
        return text.upper()


class DateOfBirth(Value):
    """`YYYY-MM-DD`, in the past, of somebody who can be alive."""

    default_error_messages: ClassVar[Words] = {
        "invalid": "This must be a real date, written YYYY-MM-DD.",
        "future": "This must be in the past.",
        "too_old": f"This must be within the last {OLDEST_AGE} years.",
    }

    def described(self) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": f"^{DATE.pattern}$"}

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


class Number(Value):
    """A JSON integer: neither 2.0 nor "2" nor true is one."""

    default_error_messages: ClassVar[Words] = {
        "invalid": "This must be a whole number.",
        "range": "This must be from {least} to {most}.",
    }

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        super().__init__(**options)
        self.least, self.most = least, most

    def described(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        if not self.least <= data <= self.most:
            self.fail("range", least=self.least, most=self.most)
        return data


class YesOrNo(Value):
    default_error_messages: ClassVar[Words] = {
        "invalid": "This must be true or false.",
    }

    def described(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def to_internal_value(self, data: Any) -> bool:
        if data is not True and data is not False:
            self.fail("invalid")
        return data


class Word(Value):
    """One of a few words; with `any_case` in whatever case."""

    default_error_messages: ClassVar[Words] = {
        "choice": "This must be one of: {words}.",
    }

    def __init__(self, words: Iterable[str], *, any_case: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.words, self.any_case = tuple(words), any_case

    def described(self) -> dict[str, Any]:
        null = [None] if self.allow_null else []
        return {"type": "string", "enum": [*self.words, *null]}

    def to_internal_value(self, data: Any) -> str:
        text = data.casefold() if isinstance(data, str) and self.any_case else data
        if not isinstance(text, str) or text not in self.words:
            self.fail("choice", words=", ".join(self.words))
        return text
