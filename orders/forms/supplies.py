"""Questions of a supplies order: to which site, and what is sent how. Who may order what, and
whether there is enough of it, is for the domain to say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError

from foundation.fields import NoteField
from foundation.forms import StaffForm
from inventory.models import AccountCatalogue
from orders.models import NOTE_LENGTH
from orders.models.orders import EXTERNAL_ID_LENGTH
from orders.supplies_errors import LinesMissing
from orders.wanted import LineWanted, ShippingOption
from organisations.models import Site

RADIOS_AT_MOST: Final = 5
ROWS, MORE_ROWS, ROWS_AT_MOST = 5, 5, 20
COUNT_AT_MOST: Final = 999
IDS_AT_MOST: Final = 10
LINE: Final = re.compile(r"lines\.(\d+)")
NOTHING: Final = ("", "Choose an item or a kit")

Choices = list[tuple[str, Any]]


@dataclass(frozen=True)
class Row:
    """One line of the order, as it is asked for."""

    what: forms.BoundField
    count: forms.BoundField


class RowChoice(forms.ChoiceField):
    is_one_of_many = True


class RowCount(forms.IntegerField):
    is_one_of_many = True


class SiteForm(StaffForm):
    """Which of the account's sites."""

    site = forms.TypedChoiceField(label="Site", coerce=int)

    missing: ClassVar[dict[str, str]] = {"site": "Select the site"}

    def __init__(self, *args: Any, sites: Sequence[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["site"]
        assert isinstance(field, forms.ChoiceField)
        choices: Choices = [(str(one.pk), _site_words(one)) for one in sites]
        if len(sites) <= RADIOS_AT_MOST:
            field.widget = forms.RadioSelect()
        else:
            choices = [("", "Choose a site"), *choices]
        field.choices = choices


class SuppliesForm(StaffForm):
    """What is sent: so many rows of an item or kit and a count, of which any may stay empty."""

    shipping = forms.ChoiceField(
        label="How fast?",
        choices=ShippingOption.choices,
        initial=ShippingOption.STANDARD,
        widget=forms.RadioSelect,
    )
    external_ids = NoteField(
        label="Your own order numbers",
        help_text="One on each line. We show them with the order",
        max_length=IDS_AT_MOST * (EXTERNAL_ID_LENGTH + 1),
        required=False,
        widget=forms.Textarea({"rows": 2, "class": "width-20"}),
    )
    note = NoteField(
        label="Note for the fulfilment team",
        max_length=NOTE_LENGTH,
        required=False,
    )

    missing: ClassVar[dict[str, str]] = {"shipping": "Select how fast it should go"}

    def __init__(self, *args: Any, offered: Choices, rows: int = ROWS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        self.numbers = range(1, rows + 1)
        for number in self.numbers:
            self.fields[f"what_{number}"] = _what(number, offered)
            self.fields[f"count_{number}"] = _count(number)
        self.order_fields([name for number in self.numbers for name in _names(number)])

    @property
    def rows(self) -> list[Row]:
        return [Row(*(self[name] for name in _names(number))) for number in self.numbers]

    @property
    def others(self) -> list[forms.BoundField]:
        """What is asked besides the rows."""
        return [self[name] for name in self.base_fields]

    def field_for(self, domain_name: str) -> str | None:
        """A line of the order is the row it was asked for in."""
        found = LINE.match(domain_name)
        filled = self._filled()
        if found and int(found[1]) < len(filled):
            return f"what_{filled[int(found[1])]}"
        return "what_1" if domain_name == "lines" else super().field_for(domain_name)

    def clean_external_ids(self) -> tuple[str, ...]:
        typed = filter(None, map(str.strip, self.cleaned_data["external_ids"].split("\n")))
        numbers = tuple(dict.fromkeys(typed))
        if len(numbers) > IDS_AT_MOST:
            raise ValidationError(f"Enter at most {IDS_AT_MOST} order numbers", code="too_many")
        if any(len(one) > EXTERNAL_ID_LENGTH for one in numbers):
            words = f"An order number must be {EXTERNAL_ID_LENGTH} characters or fewer"
            raise ValidationError(words, code="too_long")
        return numbers

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for number in self.numbers:
            self._check_row(number)
        if not self.errors and not self._filled():
            self.add_error("what_1", ValidationError(LinesMissing().words, code=LinesMissing.code))
        return said

    @property
    def said_lines(self) -> list[str]:
        """The lines of a valid form as people read them."""
        said = self.cleaned_data
        names = {key: name for _, group in self.offered for key, name in group}
        filled = [_names(number) for number in self._filled()]
        return [f"{said[count]} × {names[said[what]]}" for what, count in filled]

    def wanted(self) -> tuple[LineWanted, ...]:
        """The lines that a valid form says."""
        return tuple(self._line(number) for number in self._filled())

    def _check_row(self, number: int) -> None:
        """Half a row is a slip, and which half is missing is said."""
        what, count = _names(number)
        said = self.cleaned_data
        if what in said and count in said and bool(said[what]) != bool(said[count]):
            name, words = (
                (count, _count_words(number)) if said[what] else (what, _what_words(number))
            )
            self.add_error(name, ValidationError(words, code="required"))

    def _filled(self) -> list[int]:
        said = getattr(self, "cleaned_data", {})
        return [number for number in self.numbers if said.get(f"what_{number}")]

    def _line(self, number: int) -> LineWanted:
        what, count = _names(number)
        kind, _, key = self.cleaned_data[what].partition("-")
        return LineWanted(count=self.cleaned_data[count], **{f"{kind}_id": int(key)})


def offered_to(account_id: int) -> Choices:
    """The kits and items of the account's catalogue, in one query."""
    entries = AccountCatalogue.objects.on_offer_to(account_id).select_related("item", "kit")
    kits = [(f"kit-{one.kit.pk}", one.kit.name) for one in entries if one.kit]
    items = [
        (f"item-{one.item.pk}", f"{one.item.name} ({one.item.sku})") for one in entries if one.item
    ]
    groups = [("Kits", _by_name(kits)), ("Items", _by_name(items))]
    return [(title, choices) for title, choices in groups if choices]


def rows_in(typed: dict[str, Any]) -> int:
    """How many rows the answers are of."""
    named = [number for number in range(1, ROWS_AT_MOST + 1) if f"what_{number}" in typed]
    return max(ROWS, *named, 0)


def _by_name(choices: Choices) -> Choices:
    return sorted(choices, key=lambda choice: choice[1].casefold())


def _names(number: int) -> tuple[str, str]:
    return f"what_{number}", f"count_{number}"


def _what(number: int, offered: Choices) -> forms.ChoiceField:
    return RowChoice(
        label=f"Line {number}: item or kit",
        choices=[NOTHING, *offered],
        required=False,
        error_messages={"invalid_choice": "This is not on offer now. Choose something else"},
    )


def _count(number: int) -> forms.IntegerField:
    return RowCount(
        label=f"Line {number}: how many",
        min_value=1,
        max_value=COUNT_AT_MOST,
        required=False,
        widget=forms.TextInput({"class": "width-4", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _count_words(number)),
    )


def _what_words(number: int) -> str:
    return f"Choose the item or kit of line {number}, or empty its count"


def _count_words(number: int) -> str:
    return f"Enter how many for line {number}, from 1 to {COUNT_AT_MOST}"


def _site_words(site: Site) -> str:
    return f"{site.name}, {site.city}" if site.city else site.name
