"""How every form of the staff pages is drawn and how it takes a refusal. The fields themselves
are in `foundation.fields` and `foundation.dates`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting

from foundation.dates import DatePartsWidget, WrongDate
from foundation.errors import Refusal
from foundation.field_words import speak_plainly


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an answer, and the id of the input to mend it in."""

    words: str
    target: str


class HouseBoundField(forms.BoundField):
    """A field on a page: it speaks our words and knows which of its inputs is wrong."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        speak_plainly(field, str(self.label))

    @property
    def template_name(self) -> str:
        own = getattr(self.field, "template_name", None)
        return own or template_for(self.field.widget)

    @property
    def is_choices(self) -> bool:
        return isinstance(self.field.widget, forms.RadioSelect)

    @property
    def says_optional(self) -> bool:
        """A single tick box may always be left alone, and so may most of many rows: saying so would
        only be noise.
        """
        if self.field.required or isinstance(self.field.widget, forms.CheckboxInput):
            return False
        if getattr(self.field, "is_one_of_many", False):
            return False
        return getattr(self.form, "says_optional", True)

    @property
    def problems(self) -> list[Problem]:
        """The errors of this field, in order, each with the input it is about."""
        return [
            Problem(words=str(words), target=self.target_of(error))
            for error in self.errors.as_data()
            for words in error
        ]

    def target_of(self, error: ValidationError) -> str:
        if isinstance(self.field.widget, DatePartsWidget):
            return f"{self.auto_id}_{parts_of(error)[0]}"
        first = self.subwidgets[0].id_for_label if self.is_choices and self.subwidgets else ""
        return first or self.id_for_label or self.auto_id

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        if self.errors and isinstance(widget or self.field.widget, DatePartsWidget):
            built["wrong_parts"] = " ".join(self.wrong_parts)
        return built

    @property
    def wrong_parts(self) -> tuple[str, ...]:
        """Of a date, the boxes to mark."""
        return tuple(part for error in self.errors.as_data() for part in parts_of(error))


def parts_of(error: ValidationError) -> tuple[str, ...]:
    """The boxes that the error is about; all of them when it does not say."""
    return error.parts if isinstance(error, WrongDate) else DatePartsWidget.PARTS


def template_for(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "forms/tick.html"
    return "forms/group.html" if widget.use_fieldset else "forms/field.html"


class HouseRenderer(TemplatesSetting):
    """FORM_RENDERER: forms and fields from templates/forms, widgets from wherever they come."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = HouseBoundField


class StaffForm(forms.Form):
    """A form that a member of staff fills in about somebody else.

    `missing` holds the words for answers that are not there, by field name. `refusal_fields` says
    beside which field a refusal belongs, by the domain's dotted name of what is at fault.
    """

    missing: ClassVar[Mapping[str, str]] = {}
    refusal_fields: ClassVar[Mapping[str, str]] = {}
    says_optional: ClassVar[bool] = True
    # A browser that checks first would show its own words; and some readers call an empty
    # required box "invalid" before anything was typed.
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in self.missing.items():
            if name in self.fields:
                self.fields[name].error_messages["required"] = words

    def add_refusal(self, refusal: Refusal) -> None:
        """Show what the domain refused: beside the field it is about, else at the top."""
        for each in refusal.each():
            self.add_error(self.field_for(each.field), ValidationError(each.words, code=each.code))

    def field_for(self, domain_name: str) -> str | None:
        """Our name for it, or for what it is a part of: "study.sensors.1" is one of the sensors."""
        name = self.refusal_fields.get(domain_name)
        if name in self.fields:
            return name
        whole, _, _ = domain_name.rpartition(".")
        return self.field_for(whole) if whole else None
