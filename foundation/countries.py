"""Countries as people and programs write them, made into codes."""

import re
from collections.abc import Mapping
from typing import Final

from phonenumbers import SUPPORTED_REGIONS

from foundation.text import search_key

TWO_LETTERS: Final = re.compile("[a-z]{2}")
# What is written most often besides the codes of two letters.
NAMED: Final[Mapping[str, str]] = {
    "usa": "US",
    "u.s.a.": "US",
    "u.s.": "US",
    "united states": "US",
    "united states of america": "US",
    "uk": "GB",
    "u.k.": "GB",
    "gbr": "GB",
    "united kingdom": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "ireland": "IE",
    "irl": "IE",
    "canada": "CA",
    "can": "CA",
}


def code_of(country: str) -> str:
    """ISO 3166-1 alpha-2; empty when we do not know what is meant."""
    key = search_key(country)
    if key in NAMED:
        return NAMED[key]
    code = key.upper() if TWO_LETTERS.fullmatch(key) else ""
    return code if code in SUPPORTED_REGIONS else ""
