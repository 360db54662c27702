"""Text as people type it, made comparable. Nothing here knows what the text means."""

import re
import secrets
import unicodedata

# Crockford's alphabet: no I, L, O or U, so that a reference can be read out and typed back.
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Letters that Unicode does not take apart into a plain letter and an accent.
WHOLE_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
# The kinds of characters that can be seen: letters, numbers, punctuation, symbols, private use.
SHOWN = re.compile("[LNPS]|Co")
# Letters and a symbol by kind, but blank: Hangul fillers and the Braille cell without dots.
FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# C0 and C1 controls, DEL, lone surrogates and the two noncharacters that PostgreSQL or XML trip on.
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


def shows_nothing(text: str) -> bool:
    """Nobody could read any of it: white space, marks without a letter, characters of no width."""
    return all(char in FILLERS or not SHOWN.match(unicodedata.category(char)) for char in text)


def crockford(length: int) -> str:
    """Random characters that nobody can guess or misread."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(length))
