"""Text as people type it, made comparable. Nothing here knows what the text means."""

import re
import secrets
import unicodedata

# Crockford's alphabet: no I, L, O or U, so that a reference can be read out and typed back.
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# C0 and C1 controls, DEL, lone surrogates and the two noncharacters that PostgreSQL or XML trip on.
# Letters that Unicode does not take apart into a plain letter and an accent.
WHOLE_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def search_key(text: str) -> str:
    """Lower case without accents, one space between words: equal for what people call equal."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(WHOLE_LETTERS))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(plain.split())


def one_line(text: str) -> str:
    """The text without leading, trailing or repeated white space."""
    return " ".join(text.split())


def has_unprintable(text: str) -> bool:
    return UNPRINTABLE.search(text) is not None


def crockford(length: int) -> str:
    """Random characters that nobody can guess or misread."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(length))
