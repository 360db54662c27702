"""Fields for what people type about people: text, e-mail address, telephone number, postcode.

What comes out is tidy, has no hidden characters and is never longer than a column. Dates are in
`foundation.dates`.
"""

import re
from typing import Any, Final

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from localflavor.gb.forms import GBPostcodeField

from foundation.field_words import HIDDEN_CHARACTER
from foundation.phones import Phone
from foundation.text import has_unprintable, one_line, shows_nothing

# Copied along from address books and web pages; nobody sees them and nobody means them.
# (The joiners U+200C and U+200D stay: names in some scripts need them.)
UNSEEN: Final = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# What a decoder leaves behind where the bytes were not text.
UNDECODABLE: Final = "\ufffd"
LINE_BREAKS: Final = re.compile(r"\r\n?")
EMAIL_LENGTH: Final = 254
PHONE_LENGTH: Final = 40
POSTCODE_LENGTH: Final = 20


class PlainTextField(forms.CharField):
    """One line of text: no leading, trailing or repeated white space, no hidden characters.

    Needs `max_length`. `autocomplete` is off, because the browser belongs to staff and the text
    is about somebody else.
    """

    default_error_messages = {"hidden_character": HIDDEN_CHARACTER}

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        text = self.tidied(str(value or ""))
        # Refused here and not by a validator: what follows must never meet such a text.
        if has_unprintable(text.replace("\n", "")) or UNDECODABLE in text:
            raise ValidationError(self.error_messages["hidden_character"], code="hidden_character")
        return "" if shows_nothing(text) else text

    def tidied(self, text: str) -> str:
        return tidy_line(text)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether somebody typed; text that is only tidied now was left alone."""
        before, after = (self.tidied(str(text or "")) for text in (initial, data))
        return not self.disabled and before != after

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        # With it a browser cuts a pasted text short without a word; the server says so instead.
        attrs.pop("maxlength", None)
        return {"autocomplete": "off", **attrs}


class NoteField(PlainTextField):
    """Several lines of text; between paragraphs at most one empty line."""

    widget = forms.Textarea({"rows": 4})

    def tidied(self, text: str) -> str:
        lines = [tidy_line(line) for line in LINE_BREAKS.sub("\n", text).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


class EmailField(PlainTextField, forms.EmailField):
    """An e-mail address of at most 254 characters; only its form is looked at."""

    widget = forms.EmailInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Email address")
        super().__init__(max_length=EMAIL_LENGTH, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "spellcheck": "false"}


class PhoneField(PlainTextField):
    """A telephone number that exists, as `foundation.phones.Phone`; empty when nothing was typed.

    `region` (an ISO 3166-1 code) is whose numbers may be written without a country code; a form
    may change it for its account.
    """

    widget = forms.TelInput
    default_error_messages = {
        "letters": "{label} must have only digits, spaces, brackets, hyphens and a + at the start",
        "not_a_number": "Enter a {name} that exists, like {example}",
    }

    def __init__(self, *, region: str = "GB", **kwargs: Any) -> None:
        kwargs.setdefault("label", "Phone number")
        super().__init__(max_length=PHONE_LENGTH, **kwargs)
        self.region = region

    def clean(self, value: Any) -> Phone:
        text = super().clean(value)
        if not text:
            return Phone(as_given="")
        if re.search(r"[^\d\s()+.\-/]", text):
            raise ValidationError(self.error_messages["letters"], code="letters")
        phone = Phone.read(text, region=self.region)
        if not phone.e164:
            raise ValidationError(self.no_such_number(), code="not_a_number")
        return phone

    def no_such_number(self) -> str:
        return str(self.error_messages["not_a_number"]).replace("{example}", example(self.region))

    def prepare_value(self, value: Any) -> Any:
        return value.as_given if isinstance(value, Phone) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class PostcodeField(PlainTextField):
    """A postcode, tidied and checked where we know how (`country` GB), as typed elsewhere."""

    default_error_messages = {
        "not_british": "Enter a full UK postcode, like LS1 4DY",
    }

    def __init__(self, *, country: str = "GB", **kwargs: Any) -> None:
        kwargs.setdefault("label", "Postcode")
        super().__init__(max_length=POSTCODE_LENGTH, **kwargs)
        self.country = country

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text or self.country != "GB":
            return text
        try:
            # Without any spaces first, so that one in the wrong place does no harm.
            return str(GBPostcodeField().clean(text.replace(" ", "")))
        except ValidationError as error:
            raise ValidationError(self.error_messages["not_british"], code="not_british") from error

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "spellcheck": "false"}


def tidy_line(text: str) -> str:
    """The text in one line, without what cannot be seen; other control characters stay."""
    spaced = re.sub(r"[\t\n\r]", " ", UNSEEN.sub("", text))
    return spaced if has_unprintable(spaced) else one_line(spaced)


def example(region: str) -> str:
    """A mobile number of the region as people there write it."""
    if region == "GB":
        return "07911 123456"
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if number is None:
        return "+44 7911 123456"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
