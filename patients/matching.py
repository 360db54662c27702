"""How patients are found and compared inside the database: expressions that the register's indexes
hold. What is asked with them is in `patients.models`.
"""

import re
import string
from typing import Final

from django.contrib.postgres.search import SearchVectorField
from django.db import models

from foundation.text import search_key

# Made comparable, one character can become as many as eighteen; what is cut off is not missed. The
# database takes no word of more than 2046 bytes, neither to keep nor to look for.
KEY_LENGTH: Final = 510
ASCII_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


class NameWords(models.Func):
    """Every word of comparable names, so that each is found by its beginning, wherever it stands.

    Not by `to_tsvector`: it has its own ideas of what a word is.
    """

    template = (
        "array_to_tsvector(array_remove("
        "string_to_array(translate(%(expressions)s, '-', ' '), ' '), ''))"
    )
    arg_joiner = " || ' ' || "
    output_field = SearchVectorField()


class LastWord(models.Func):
    """The last word of a comparable surname: "de la cruz" and "cruz" may be one person's."""

    template = "split_part(%(expressions)s, ' ', -1)"
    output_field = models.TextField()


class Spelling(models.Func):
    """What a reference has in common however its letters' case and its spaces are typed."""

    template = "lower(replace(%(expressions)s, ' ', ''))"
    output_field = models.TextField()


class Matches(models.Func):
    """Whether a tsvector holds what a tsquery asks for."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = models.BooleanField()


def words_of(text: str) -> list[str]:
    """The words by which somebody of this name is found."""
    return [word for word in re.split("[ -]+", search_key(text)[:KEY_LENGTH]) if word]


def beginnings(words: list[str]) -> str:
    """As a tsquery: a word that begins so, for each."""
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in words)
    return " & ".join(f"'{word}':*" for word in quoted)


def spelling_of(reference: str) -> str:
    """As `Spelling` does: the column's collation knows capitals of ASCII only."""
    return reference.replace(" ", "").translate(ASCII_LOWER)
