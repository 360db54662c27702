"""What the domain says when it will not do what was asked. No HTTP here: each dialect and each
form decides how a refusal looks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar


class Refusal(Exception):
    """What was asked for cannot be done, and nothing was.

    `field` is the domain's own dotted name of what is at fault ("patient.date_of_birth");
    `facts` fill the message and never hold patient data. A leaf class has a stable `code` and a
    one-sentence `message` that says what to do.
    """

    code: ClassVar[str] = "refused"
    message: ClassVar[str] = "This cannot be done."

    def __init__(self, *, field: str = "", **facts: object) -> None:
        self.field = field
        self.facts = facts
        super().__init__(self.code)

    @property
    def words(self) -> str:
        return self.message.format(**self.facts)

    def each(self) -> Iterator["Refusal"]:
        yield self


class Invalid(Refusal):
    """What is asked for is wrong in itself, or not allowed in the present state."""


class Forbidden(Refusal):
    """The actor may not do this at all."""

    code = "forbidden"
    message = "You are not allowed to do this."


class NotFound(Refusal):
    """There is no such thing, or none that the actor may see."""


class Conflict(Refusal):
    """It exists already."""


class SeveralRefusals(Refusal):
    """More than one thing is wrong; all are told at once."""

    code = "several"
    message = "There are several problems."

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__()
        self.refusals = refusals

    def each(self) -> Iterator[Refusal]:
        for refusal in self.refusals:
            yield from refusal.each()


class Faults:
    """Collects what is wrong, so that the caller learns all of it at once."""

    def __init__(self) -> None:
        self._found: list[Refusal] = []

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Run the block; keep the refusal it raises, if any, for later."""
        try:
            yield
        except Refusal as refusal:
            self._found.extend(refusal.each())

    def raise_any(self) -> None:
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            raise SeveralRefusals(self._found)
