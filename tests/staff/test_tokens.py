"""Can everybody read the staff pages: the contrasts of WCAG 2.2, out of the colours themselves."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
TOKEN = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{6});")
LIGHT, DARK = (
    dict(TOKEN.findall(part)) for part in (STATIC / "tokens.css").read_text().split("@media")
)
THEMES = {"light": LIGHT, "dark": {**LIGHT, **DARK}}
GROUNDS = ("paper", "surface", "surface-soft")
TONES = ("calm", "info", "good", "warn", "danger")

TEXT = [
    *((ink, ground) for ink in ("ink", "ink-soft", "link") for ground in GROUNDS),
    *(("danger", ground) for ground in ("paper", "surface")),
    *((tone, f"{tone}-soft") for tone in TONES),
    *(("ink", f"{tone}-soft") for tone in (*TONES, "brand")),
    *(("on-brand", ground) for ground in ("brand", "brand-strong")),
    *(("on-danger", ground) for ground in ("danger", "danger-strong")),
    *((ink, "header") for ink in ("on-header", "on-header-soft")),
]
SHAPES = [
    *((edge, ground) for edge in ("edge", "brand", "danger") for ground in ("paper", "surface")),
    ("brand", "brand-soft"),
    ("danger", "danger-soft"),
    *((tone, "surface") for tone in TONES),
    *(("focus-far", ground) for ground in GROUNDS),
    ("focus-far", "focus-near"),
    ("mark", "header"),
]


def luminance(colour: str) -> float:
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_measured_as_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme, ink, ground):
    assert contrast(THEMES[theme][ink], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_edges_marks_and_focus_can_be_seen(theme, shape, ground):
    assert contrast(THEMES[theme][shape], THEMES[theme][ground]) >= 3


def test_every_colour_has_a_dark_twin():
    assert set(DARK) == set(LIGHT)


def test_colours_are_written_down_in_one_place_only():
    elsewhere = [STATIC / "forms.css", STATIC / "homeward.css"]

    assert not [css.name for css in elsewhere if re.search(r"#[0-9a-f]{3,8}\b", css.read_text())]


def test_styles_and_script_stay_small():
    loaded = [STATIC / name for name in ("tokens.css", "forms.css", "homeward.css")]

    assert sum(css.stat().st_size for css in loaded) <= 25_000
    scripts = ("once.js", "homeward.js")
    assert sum((STATIC / name).stat().st_size for name in scripts) <= 8_000
