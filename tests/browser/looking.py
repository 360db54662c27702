"""What is wrong with a page as somebody sees it: measured by axe, in both themes and at both
widths, by emulation of one page load.
"""

from typing import Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.conftest import WIDE

TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS: Final = {"runOnly": TAGS, "resultTypes": ["violations"]}
# All that another theme can do wrong.
COLOURS: Final = {
    "runOnly": ["color-contrast", "link-in-text-block"],
    "resultTypes": ["violations"],
}
NARROW: Final = {"width": 320, "height": 900}
LOOKS: Final = [(theme, size) for theme in ("light", "dark") for size in (WIDE, NARROW)]
LIGHT_ONLY: Final = LOOKS[:1]


def axe_finds(page: Page, *, only_colours: bool = False) -> list[str]:
    """What axe finds in the page as it is now; our own policy must be bypassed."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    answer = page.evaluate("options => axe.run(options)", COLOURS if only_colours else OPTIONS)
    return [f"{fault['id']} {fault['nodes'][0]['target']}" for fault in answer["violations"]]


def scrolls_sideways(page: Page) -> bool:
    script = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return bool(page.evaluate(script))


def faults(page: Page, looks: list[tuple[str, dict[str, int]]] = LOOKS) -> list[str]:
    """What axe finds, and whether one must scroll sideways."""
    found = []
    for theme, size in looks:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size(size)
        where = f"{page.url} {theme} {size['width']}"
        found += [f"{where}: {fault}" for fault in axe_finds(page, only_colours=theme == "dark")]
        if scrolls_sideways(page):
            found.append(f"{where}: scrolls sideways")
    return found
