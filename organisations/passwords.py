"""What is wrong with a password that somebody chose, in our words. The rules are the settings'."""

from typing import Any, Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

WORDS: Final = {
    "password_too_similar": "Choose a password that is not like your name or email address",
    "password_too_short": "Password must be %(min_length)d characters or more",
    "password_too_common": "Too many people use this password. Choose another one",
    "password_entirely_numeric": "Password must not be only numbers",
}


def why_not_this(password: str, *, user: Any) -> list[ValidationError]:
    """Every rule that the password of this user breaks; empty when it will do."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [
            ValidationError(WORDS.get(one.code or "", str(one.message)), one.code, one.params)
            for one in error.error_list
        ]
    return []
