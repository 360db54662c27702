"""PDF pages out of a template and what it is told. The template reads that as data, so that nothing
anybody typed is ever markup; what may stand on a page is for its own module to say.
"""

import json
import logging
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import typst
from django.http import HttpResponse

from foundation.text import UNPRINTABLE

logger = logging.getLogger(__name__)

# The fonts lie inside of typst: what the machine has is not asked.
FONTS: Final = typst.Fonts(include_system_fonts=False)
# Which characters none of them has: measured, those look exactly like one that nobody can have.
PROBE: Final = b"""
#set text(font: "Libertinus Serif", top-edge: "bounds", bottom-edge: "bounds")
#context {
  let seen(character) = measure(text(character))
  let unknown = seen("\\u{10FFFE}")
  let wanted = json(bytes(sys.inputs.wanted))
  [#metadata(wanted.filter(one => seen(one) == unknown)) <missing>]
}
"""
# They turn round what stands after them, and a page would read otherwise than it was typed.
TURNING: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
NO_GLYPH: Final = "could not be displayed"
CUT: Final = "…"
# A word that is longer may be broken anywhere.
LONG_WORD: Final = 24
GROWN_AT_MOST: Final = 300
BREAK_HERE: Final = "\u200b"

Told = Mapping[str, Any]


def pdf(template: Path, told: Told, *, pictures: Told, named: str) -> bytes:
    """The pages that `template` makes of `told`, and of `pictures`, SVG of ours that is not text.

    Of a character without a glyph it has another way to write it, else its number, [U+0524];
    `told.stand_ins` says so, and the log which they were, and of what by `named`, which must be
    nobody's name. PDF/UA makes sure of it: typst refuses to write a page with a glyph missing.
    """
    told = _each_text(told, _tidy)
    missing = unprintable("".join(_texts(told)))
    if missing:
        _warn(missing, named)
    try:
        return _compile(template, _written_with(_stand_ins(missing), told), pictures)
    except typst.TypstError as error:
        if NO_GLYPH not in error.message:
            raise
        # Marks that have a glyph each, but no font for all of them together.
        others = {one for one in "".join(_texts(told)) if not one.isascii()}
        _warn(others, named)
        numbers = {one: number_of(one) for one in others}
        return _compile(template, _written_with(numbers, told), pictures)


def pdf_answer(name: str, document: bytes) -> HttpResponse:
    """Shown where it is asked for; nobody on the way keeps it."""
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(document, content_type="application/pdf", headers=headers)


def unprintable(text: str) -> set[str]:
    """The characters of the text that no font of ours has."""
    wanted = sorted({one for one in text if not one.isascii()})
    if not wanted:
        return set()
    found = typst.query(
        PROBE,
        "<missing>",
        field="value",
        one=True,
        format="json",
        font_paths=FONTS,
        ignore_system_fonts=True,
        sys_inputs={"wanted": json.dumps(wanted)},
    )
    return set(json.loads(found))


def number_of(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def cut(text: str, most: int) -> str:
    """The text, or as much of it as has so many characters, with a sign that there is more."""
    return text if len(text) <= most else text[: most - len(CUT)].rstrip() + CUT


def _compile(template: Path, told: Told, pictures: Told) -> bytes:
    return typst.compile(
        template,
        root=template.parent,
        format="pdf",
        pdf_standards=["ua-1"],
        font_paths=FONTS,
        ignore_system_fonts=True,
        sys_inputs={"told": json.dumps(told), "pictures": json.dumps(pictures)},
    )


def _written_with(stand_ins: Mapping[str, str], told: Told) -> Told:
    table = str.maketrans(dict(stand_ins))
    written = _each_text(told, lambda text: _breakable(_grown(text, text.translate(table))))
    return {**written, "stand_ins": bool(stand_ins)}


def _stand_ins(missing: set[str]) -> dict[str, str]:
    """Another way to write the same character, which we can print; else its number."""
    others = {one: unicodedata.normalize("NFKC", one) for one in missing}
    worse = unprintable("".join(others.values()))
    return {
        one: number_of(one) if worse.intersection(other) else other for one, other in others.items()
    }


def _tidy(text: str) -> str:
    lines = unicodedata.normalize("NFC", text).translate(TURNING).splitlines()
    return "\n".join(UNPRINTABLE.sub(" ", line) for line in lines)


def _grown(text: str, written: str) -> str:
    """A number takes more room than its character, and there is only so much of it."""
    return cut(written, max(len(text), GROWN_AT_MOST))


def _breakable(text: str) -> str:
    return "\n".join(" ".join(map(_broken, line.split(" "))) for line in text.split("\n"))


def _broken(word: str) -> str:
    return word if len(word) <= LONG_WORD else BREAK_HERE.join(word)


def _each_text(told: Any, change: Callable[[str], str]) -> Any:
    """The same, with every text in it changed, but not the names of members."""
    if isinstance(told, str):
        return change(told)
    if isinstance(told, Mapping):
        return {name: _each_text(one, change) for name, one in told.items()}
    return [_each_text(one, change) for one in told] if isinstance(told, list | tuple) else told


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping | list):
        for one in told.values() if isinstance(told, Mapping) else told:
            yield from _texts(one)


def _warn(missing: set[str], named: str) -> None:
    numbers = ", ".join(f"U+{ord(one):04X}" for one in sorted(missing))
    logger.warning("No glyph on the page of %s for %s", named, numbers)
