"""Reading a printed page as people and scanners do."""

from dataclasses import dataclass

import pypdfium2
import zxingcpp

# Dots on an inch, divided by the 72 points of one.
SCALE = 300 / 72
# Where a long word may be broken; nobody sees it.
BREAK = "\u200b"


@dataclass(frozen=True)
class Printed:
    pages: int
    size: tuple[float, float]  # of the last page, in points
    text: str
    codes: dict[str, str]  # what each says, and in which kind of code

    @property
    def words(self) -> str:
        """On one line, for sentences that may be broken anywhere."""
        return " ".join(self.text.split())


def read(document: bytes) -> Printed:
    """Every page's text, and the codes that a scanner finds on the page as it looks."""
    with pypdfium2.PdfDocument(document) as opened:
        texts, codes = [], {}
        for page in opened:
            texts.append(page.get_textpage().get_text_range().replace(BREAK, ""))
            seen = page.render(scale=SCALE, grayscale=True)
            image = memoryview(bytes(seen.buffer)).cast("B", (seen.height, seen.stride))
            for found in zxingcpp.read_barcodes(image):
                codes[found.text] = found.format.name
        return Printed(pages=len(texts), size=page.get_size(), text="\n".join(texts), codes=codes)
