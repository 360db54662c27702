"""Typed answers as a draft keeps them, and a form filled with them again."""

from collections.abc import Iterator, Mapping

from django import forms

from foundation.text import UNPRINTABLE

KEPT_CHARACTERS = 3000

Typed = dict[str, str]


def typed_in(form: forms.Form) -> Typed:
    """What was typed, right or wrong, but without what a database cannot hold."""
    return {name: _keepable(form.data.get(name, "")) for name in input_names(form)}


def remembered(form_class: type[forms.Form], typed: Mapping[str, str]) -> dict[str, object]:
    """The typed answers as a form's `initial`, so that it shows them without judging them."""
    return {
        name: field.widget.value_from_datadict(typed, {}, name)
        for name, field in form_class.base_fields.items()
    }


def input_names(form: forms.Form) -> Iterator[str]:
    for name, field in form.fields.items():
        suffixes = getattr(field.widget, "widgets_names", [""])
        yield from (f"{name}{suffix}" for suffix in suffixes)


def _keepable(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(UNPRINTABLE.sub("", line) for line in lines)[:KEPT_CHARACTERS]
