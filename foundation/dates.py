"""A date typed in three boxes. What the date is for, but for a date of birth, is not known here."""

import datetime
import re
from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
OLDEST_AGE: Final = 120
# Longer than any month's name; a longer text is not worth looking at.
LONGEST_PART: Final = 20


class WrongDate(ValidationError):
    """A date will not do; `parts` are the boxes to mend, first one first."""

    def __init__(self, message: str, *, code: str, parts: Sequence[str]) -> None:
        super().__init__(message, code=code)
        self.parts = tuple(parts)


class DatePartsWidget(forms.MultiWidget):
    """Day, month and year, each with its label; only what is wrong is marked as invalid."""

    PARTS: ClassVar[tuple[str, ...]] = ("day", "month", "year")
    template_name = "forms/date_parts.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        widths = dict(zip(self.PARTS, ("width-3", "width-5", "width-5"), strict=True))
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            part: forms.TextInput({"class": width}) for part, width in widths.items()
        }
        super().__init__(boxes, {"inputmode": "numeric", "autocomplete": "off", **(attrs or {})})

    def decompress(self, value: datetime.date | None) -> list[Any]:
        return [value.day, value.month, value.year] if value else ["", "", ""]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        ours = dict(attrs or {})
        ours.pop("aria-invalid", None)
        wrong = ours.pop("wrong_parts", "").split()
        context = super().get_context(name, value, ours)
        for part, box in zip(self.PARTS, context["widget"]["subwidgets"], strict=True):
            box["label"] = part.capitalize()
            box["attrs"]["id"] = f"{ours.get('id', name)}_{part}"
            if part in wrong:
                box["attrs"]["aria-invalid"] = "true"
        return context


class DatePartsField(forms.Field):
    """Three texts become a date. Takes `3`, `03`, `Mar` and `March`, and years of four digits."""

    widget = DatePartsWidget
    default_error_messages = {
        "incomplete": "{label} must include a {parts}",
        "day": "{label} must have a day from 1 to 31",
        "month": "{label} must have a month from 1 to 12, or its name, like March",
        "year": "{label} must have a year with four digits, like 1980",
        "unreal": "{label} must be a real date",
    }

    def clean(self, value: Sequence[str | None] | None) -> datetime.date | None:
        """The date, None when nothing was typed and nothing is required, or ValidationError."""
        texts = [(text or "").strip() for text in value or ("", "", "")]
        if not any(texts):
            self.validate(None)
            return None
        typed = dict(zip(DatePartsWidget.PARTS, texts, strict=True))
        self.refuse_gaps(typed)
        date = self.read(typed)
        self.check(date)
        return date

    def refuse_gaps(self, typed: dict[str, str]) -> None:
        if gaps := [part for part, text in typed.items() if not text]:
            message = str(self.error_messages["incomplete"]).replace("{parts}", " and ".join(gaps))
            raise WrongDate(message, code="incomplete", parts=gaps)

    def read(self, typed: dict[str, str]) -> datetime.date:
        found = {part: READERS[part](text) for part, text in typed.items()}
        if wrong := [part for part, number in found.items() if number is None]:
            raise ValidationError([self.wrong(part, part) for part in wrong])
        year, month, day = (found[part] or 0 for part in ("year", "month", "day"))
        try:
            return datetime.date(year, month, day)
        except ValueError as error:
            raise self.wrong("unreal", "day") from error

    def wrong(self, code: str, *parts: str) -> WrongDate:
        return WrongDate(str(self.error_messages[code]), code=code, parts=parts)

    def check(self, date: datetime.date) -> None:
        """Raise WrongDate if the date is real but cannot be meant."""

    def has_changed(self, initial: datetime.date | None, data: Sequence[str | None] | None) -> bool:
        try:
            return self.clean(data) != initial
        except ValidationError:
            return True


def read_date(text: str) -> datetime.date | None:
    """A whole date in one text: 27 3 1980, 27/03/1980, 27 March 1980 or 1980-03-27."""
    parts = re.split(r"[\s./-]+", text.strip())
    if len(parts) != len(DatePartsWidget.PARTS):
        return None
    if len(parts[0]) == len("1980"):
        parts.reverse()
    day, month, year = (
        READERS[part](typed) for part, typed in zip(DatePartsWidget.PARTS, parts, strict=True)
    )
    try:
        return datetime.date(year, month, day) if year and month and day else None
    except ValueError:
        return None


class DateOfBirthField(DatePartsField):
    """A date in the past, of somebody who can be alive."""

    default_error_messages = {
        "required": "Enter the {name}",
        "future": "{label} must be in the past",
        "too_old": "{label} must be within the last 120 years. Check the year",
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Date of birth")
        kwargs.setdefault("help_text", "For example, 27 3 1980")
        super().__init__(**kwargs)

    def check(self, date: datetime.date) -> None:
        today = timezone.localdate()
        if date >= today:
            parts = ("year",) if date.year > today.year else DatePartsWidget.PARTS
            raise self.wrong("future", *parts)
        if (date.year + OLDEST_AGE, date.month, date.day) < (today.year, today.month, today.day):
            raise self.wrong("too_old", "year")


def read_day(text: str) -> int | None:
    return read_number(text, digits=2, at_most=31)


def read_month(text: str) -> int | None:
    """A number, or an English name of at least three letters: mar, Sept., MARCH."""
    if text.isdecimal():
        return read_number(text, digits=2, at_most=12)
    name = text.casefold().removesuffix(".")
    if not 3 <= len(name) <= LONGEST_PART:
        return None
    return next((n for n, month in enumerate(MONTHS, 1) if month.startswith(name)), None)


def read_year(text: str) -> int | None:
    return read_number(text, digits=4, at_most=9999) if len(text) == 4 else None


def read_number(text: str, *, digits: int, at_most: int) -> int | None:
    """The number from 1 to `at_most`; None for anything else, however long."""
    if not text.isdecimal() or len(text) > digits:
        return None
    number = int(text)
    return number if 1 <= number <= at_most else None


READERS: Final = {"day": read_day, "month": read_month, "year": read_year}
