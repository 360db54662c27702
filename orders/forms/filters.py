"""What the list of orders is narrowed down to. The answers stand in the address, so anybody may
have written them: what means nothing is left out, and the page says so.
"""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.utils import timezone

from foundation.fields import PlainTextField
from foundation.forms import StaffForm
from foundation.templatetags.words import day
from orders.finding import GROUPS, Kind, OrderFilter, StatusGroup
from orders.models import FILTER_NAME_LENGTH
from orders.statuses import Status
from organisations.models import Organisation

DAY: Final = datetime.timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 2000, 2099
FORMATS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y")
NO_DAY: Final = "Enter a day like 27/3/2026"


class DayInput(forms.DateInput):
    """A browser's own box for a day. It takes nothing else, so a wrong one is not shown in it."""

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, str):
            value = next(filter(None, (_day_of(value, one) for one in FORMATS)), None)
        return super().format_value(value)


class DayField(forms.DateField):
    """A day; browsers send it as 2026-03-27, and people write it as they do on paper."""

    widget = DayInput({"type": "date", "class": "width-10"}, format=FORMATS[0])

    def __init__(self, **kwargs: Any) -> None:
        words = {"invalid": NO_DAY}
        super().__init__(required=False, input_formats=FORMATS, error_messages=words, **kwargs)

    def clean(self, value: Any) -> datetime.date | None:
        typed = super().clean(value)
        if typed is not None and not FIRST_YEAR <= typed.year <= LAST_YEAR:
            raise forms.ValidationError(NO_DAY, code="invalid")
        return typed


class FilterForm(StaffForm):
    """`organisations` are all that the reader sees, with their products; supplies are of none, and
    only some see them.
    """

    kind = forms.ChoiceField(required=False)
    status = forms.ChoiceField(required=False)
    organisation = forms.ChoiceField(required=False)
    product = forms.ChoiceField(required=False)
    placed_from = DayField(label="Placed from")
    placed_to = DayField(label="Placed up to")

    says_optional: ClassVar[bool] = False

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        organisations: Iterable[Organisation],
        sees_supplies: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.organisations = list(organisations)
        products = {str(one.product_id): one.product.name for one in self.organisations}
        self._labels: dict[str, dict[str, str]] = {
            "kind": dict(Kind.choices) if sees_supplies else {},
            "status": dict([*StatusGroup.choices, *Status.choices]),
            "organisation": {one.reference: one.name for one in self.organisations},
            "product": dict(sorted(products.items(), key=_by_name)),
        }
        together = [("Several together", StatusGroup.choices), ("One", Status.choices)]
        self._offer("kind", self._labels["kind"].items())
        self._offer("status", together)
        self._offer("organisation", self._labels["organisation"].items())
        self._offer("product", self._labels["product"].items())
        self.full_clean()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        first, last = said.get("placed_from"), said.get("placed_to")
        if first and last and last < first:
            self.add_error("placed_to", "The last day must not be before the first day")
        return said

    @property
    def offered(self) -> list[forms.BoundField]:
        """The fields that there is a choice in: one organisation besides "any" is none."""
        return [
            self[name]
            for name in self.fields
            if name not in self._labels or len(self._labels[name]) > 1
        ]

    @property
    def answers(self) -> dict[str, str]:
        """What is asked for and means something, as an address says it."""
        given = {name: self.cleaned_data.get(name) for name in self.fields}
        return {name: str(value) for name, value in given.items() if value}

    @property
    def left_out(self) -> list[str]:
        """The names of the fields whose answers mean nothing."""
        return [str(self[name].label).lower() for name in self.fields if name in self.errors]

    @property
    def words(self) -> dict[str, str]:
        """The same for people, with the names of the fields."""
        return {name: self._words_of(name, value) for name, value in self.answers.items()}

    @property
    def asked(self) -> OrderFilter:
        said, answers = self.cleaned_data, self.answers
        last = said.get("placed_to")
        return OrderFilter(
            statuses=_statuses(answers["status"]) if "status" in answers else None,
            organisation_ids=self._organisation_ids(answers),
            is_for_supplies=answers.get("kind") == Kind.SUPPLIES,
            placed_from=_midnight(said.get("placed_from")),
            placed_before=_midnight(last + DAY if last else None),
        )

    def _organisation_ids(self, answers: Mapping[str, str]) -> frozenset[int] | None:
        if not {"organisation", "product"} & set(answers) and answers.get("kind") != Kind.TEST:
            return None
        return frozenset(
            one.pk
            for one in self.organisations
            if answers.get("organisation", one.reference) == one.reference
            and answers.get("product", str(one.product_id)) == str(one.product_id)
        )

    def _words_of(self, name: str, value: str) -> str:
        if name in self._labels:
            return self._labels[name][value]
        return day(self.cleaned_data[name])

    def _offer(self, name: str, choices: Iterable[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", f"Any {name}"), *choices]


class FilterNameForm(StaffForm):
    """What a filter is called."""

    name = PlainTextField(
        label="Name",
        max_length=FILTER_NAME_LENGTH,
        help_text="Only you see it. Do not use the name of a patient",
        widget=forms.TextInput({"class": "width-20"}),
    )

    missing: ClassVar[Mapping[str, str]] = {"name": "Enter a name for the filter"}
    refusal_fields: ClassVar[Mapping[str, str]] = {"name": "name"}


def _statuses(answer: str) -> frozenset[Status]:
    return GROUPS[StatusGroup(answer)] if answer in StatusGroup else frozenset({Status(answer)})


def _day_of(text: str, written: str) -> datetime.date | None:
    try:
        return datetime.datetime.strptime(text, written).date()  # noqa: DTZ007 - only its day
    except ValueError:
        return None


def _midnight(date: datetime.date | None) -> datetime.datetime | None:
    """Where the day begins for the reader."""
    return timezone.make_aware(datetime.datetime.combine(date, datetime.time.min)) if date else None


def _by_name(product: tuple[str, str]) -> str:
    return product[1]
