"""Codes that a scanner reads, as SVG. Whoever has one made puts nothing personal in it."""

import io
from typing import Final

import segno
from barcode.codex import Code128
from barcode.writer import SVGWriter
from django.utils.safestring import SafeString, mark_safe

# Millimetres. A quarter is what hand scanners read from ordinary paper; the margin is ten of them.
BAR: Final = {"module_width": 0.25, "module_height": 7, "quiet_zone": 2.5, "write_text": False}
# More of them do not fit beside the words of a line.
LONGEST: Final = 20


def barcode(text: str) -> str:
    """Code 128; empty for a text that it cannot hold or that would be too wide to scan."""
    if not text or len(text) > LONGEST or not (text.isascii() and text.isprintable()):
        return ""
    drawn: bytes = Code128(text, writer=SVGWriter()).render(BAR)
    return drawn.decode()


def qr(text: str) -> str:
    """A quarter of it may be lost to a stain or a fold."""
    drawn = io.BytesIO()
    segno.make(text, error="q", micro=False).save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()


def picture(text: str) -> SafeString:
    """The same for a page: as wide as its place, and dark on light in every theme."""
    drawn = io.BytesIO()
    made = segno.make(text, error="q", micro=False)
    made.save(
        drawn,
        kind="svg",
        border=4,
        light="#fff",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        svgclass=None,
        lineclass=None,
    )
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 - drawn here, of squares only
