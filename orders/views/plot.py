"""The indices of a study's nights as a small picture: where each mark, line and label of it goes.
The table beside it says the same in numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from studies.models import INDEX_NAMES, NightAttempt
from studies.severity import BEGINS_AT

# In the units of the picture, which is scaled to its place.
WIDTH, HEIGHT = 320, 206
LEFT, RIGHT, TOP, BOTTOM = 40, 316, 12, 168
LINES_APART: Final = 16
LABELS_AT_MOST: Final = 10
MARKS_APART: Final = 9
LEAST_TOP: Final = 35
ROOM_ABOVE: Final = Decimal("1.1")
# Told apart by their shape, and the two kinds of index by their colour.
SHAPES: Final = {
    "ahi3": "m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
    "ahi4": "m-4-4h8v8h-8z",
    "odi3": "m0-5l5 9h-10z",
    "odi4": "m0-5.5l5.5 5.5-5.5 5.5-5.5-5.5z",
}
TONES: Final = {"ahi3": "info", "ahi4": "info", "odi3": "warn", "odi4": "warn"}


@dataclass(frozen=True)
class Plot:
    """What was measured in these attempts, of which at least one has an index."""

    attempts: Sequence[NightAttempt]

    size = f"0 0 {WIDTH} {HEIGHT}"
    left, right, bottom = LEFT, RIGHT, BOTTOM
    words_left, words_below, words_end = LEFT - 6, BOTTOM + 16, HEIGHT - 2

    @property
    def names(self) -> list[str]:
        """The indices that there are."""
        return [name for name in INDEX_NAMES if any(name in one.indexes for one in self.attempts)]

    @property
    def legend(self) -> list[dict[str, Any]]:
        return [
            {"name": name.upper(), "shape": f"M8 8{SHAPES[name]}", "tone": TONES[name]}
            for name in self.names
        ]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Where each severity begins, from below; not two so close that one hides the other."""
        wanted = sorted({*BEGINS_AT.values(), self._top})
        shown: list[dict[str, Any]] = []
        for value in wanted:
            at = self._height(Decimal(value))
            if not shown or shown[-1]["y"] - at >= LINES_APART:
                shown.append({"y": at, "words": value, "text_y": at + 4})
        return shown

    @property
    def labels(self) -> list[dict[str, Any]]:
        """The night below its marks, and which attempt at it; of many, some."""
        every = -(-len(self.attempts) // LABELS_AT_MOST)
        return [
            {"x": self._middle(place), "words": words_of(one)}
            for place, one in enumerate(self.attempts)
            if place % every == 0
        ]

    @property
    def marks(self) -> list[dict[str, Any]]:
        return list(self._marks())

    def _marks(self) -> Iterator[dict[str, Any]]:
        for place, attempt in enumerate(self.attempts):
            for name, value in attempt.indexes.items():
                x, y = self._middle(place) + self._aside(name), self._height(value)
                yield {
                    "path": f"M{x} {y}{SHAPES[name]}",
                    "tone": TONES[name],
                    "is_hollow": not attempt.is_valid,
                    "words": f"{attempt}: {name.upper()} {value}",
                }

    @property
    def _top(self) -> int:
        """The next ten above all of them, with a little room."""
        highest = max(max(one.indexes.values()) for one in self.attempts)
        return max(LEAST_TOP, -int(-highest * ROOM_ABOVE // 10) * 10)

    @property
    def _slot(self) -> float:
        return (RIGHT - LEFT) / len(self.attempts)

    def _middle(self, place: int) -> float:
        return round(LEFT + (place + 0.5) * self._slot, 1)

    def _aside(self, name: str) -> float:
        """The marks of an attempt stand beside each other, as far as there is room."""
        apart = min(MARKS_APART, self._slot / (len(self.names) + 1))
        return round((self.names.index(name) - (len(self.names) - 1) / 2) * apart, 1)

    def _height(self, value: Decimal) -> float:
        return round(BOTTOM - float(value) / self._top * (BOTTOM - TOP), 1)


def plot_of(attempts: Sequence[NightAttempt]) -> Plot | None:
    """None when nothing was measured."""
    measured = [one for one in attempts if one.indexes]
    return Plot(measured) if measured else None


def words_of(attempt: NightAttempt) -> str:
    """2, or 2/3 for the third attempt at it."""
    return str(attempt.night) if attempt.number == 1 else f"{attempt.night}/{attempt.number}"
