"""Forms of the admin that write rows: several choices in one column, lines of text, and rules of
the database said as sentences.
"""

from itertools import chain
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from foundation.addresses import LINE_LENGTH, LINES_AT_MOST
from foundation.fields import NoteField


class SeveralField(forms.MultipleChoiceField):
    """Several of some choices, each once and in the order of the choices, whatever was sent."""

    def clean(self, value: Any) -> list[Any]:
        chosen = set(super().clean(value))
        return [key for key, _ in list(self.choices) if key in chosen]  # type: ignore[arg-type]  # never a class


class LinesField(NoteField):
    """The lines of an address, each on a line of its own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LINES_AT_MOST * (LINE_LENGTH + 1), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [line for line in str(super().clean(value)).split("\n") if line]
        if len(lines) > LINES_AT_MOST:
            raise ValidationError(f"Enter {LINES_AT_MOST} lines or fewer", code="too_many_lines")
        if any(len(line) > LINE_LENGTH for line in lines):
            raise ValidationError(
                f"Each line must be {LINE_LENGTH} characters or fewer", code="line_too_long"
            )
        return lines

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial or []), data)


class RowForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    """A row of a table. A rule that the database holds is named by a sentence, which is shown."""

    def add_error(self, field: Any, error: Any) -> None:
        if isinstance(error, ValidationError):
            self._say_rules(error)
        super().add_error(field, error)

    def _say_rules(self, error: ValidationError) -> None:
        rules = {
            constraint.get_violation_error_message(): sentence(constraint.name)
            for constraint in self._meta.model._meta.constraints
        }
        by_field = getattr(error, "error_dict", None) or {"": error.error_list}
        for leaf in chain.from_iterable(by_field.values()):
            leaf.message = rules.get(str(leaf.message), leaf.message)


def sentence(constraint_name: str) -> str:
    """The rule as people read it: "Kit item count is at least 1"."""
    return constraint_name.replace("_", " ").capitalize()
