"""A telephone number: as it was given, and as a machine dials it."""

from dataclasses import dataclass

import phonenumbers


@dataclass(frozen=True)
class Phone:
    """`as_given` is what was typed; `e164` is empty when the number could not be understood."""

    as_given: str
    e164: str = ""

    @classmethod
    def read(cls, text: str, *, region: str) -> "Phone":
        """Never refuses: an odd number is kept as given. `region` is an ISO 3166-1 code."""
        try:
            number = phonenumbers.parse(text, region or None)
        except phonenumbers.NumberParseException:
            return cls(as_given=text)
        if not phonenumbers.is_valid_number(number):
            return cls(as_given=text)
        return cls(
            as_given=text,
            e164=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        )


NO_PHONE = Phone("")
