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


def typed_out(form: forms.Form) -> Typed:
    """What stands in the boxes of a form that nobody has answered yet."""
    typed: Typed = {}
    for name, field in form.fields.items():
        shown = field.prepare_value(form.get_initial_for_field(field, name))
        is_parted = isinstance(field.widget, forms.MultiWidget)
        parts = field.widget.decompress(shown) if is_parted else [shown]
        texts = ("" if part is None else str(part) for part in parts)
        typed |= dict(zip(boxes_of(form, name), texts, strict=True))
    return typed


def input_names(form: forms.Form) -> Iterator[str]:
    for name in form.fields:
        yield from boxes_of(form, name)


def boxes_of(form: forms.Form, name: str) -> list[str]:
    """The names of the field's inputs: a date has three."""
    suffixes = getattr(form.fields[name].widget, "widgets_names", [""])
    return [f"{name}{suffix}" for suffix in suffixes]


def _keepable(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(UNPRINTABLE.sub("", line) for line in lines)[:KEPT_CHARACTERS]
