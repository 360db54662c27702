"""The form of the auditor's search. What was typed is looked up at once and never kept."""

import datetime
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from foundation.fields import PlainTextField
from foundation.forms import StaffForm
from portal.audit import subjects
from portal.audit.subjects import FIRST_DAY, LAST_DAY, Search

LONGEST = 254
NOT_FOUND = {
    "patient": "No patient is found. Check the name or the reference",
    "person": "Nobody is found. Check the name or the email address",
    "order": "No order is found. Check the reference",
}


class DayField(forms.DateField):
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> datetime.date | None:
        found: datetime.date | None = super().clean(value)
        if found and not FIRST_DAY <= found <= LAST_DAY:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class SearchForm(StaffForm):
    """Boxes for what is not chosen yet; `search` is what is."""

    patient = PlainTextField(max_length=LONGEST, required=False, help_text="Reference or name")
    person = PlainTextField(
        label="Person or program",
        max_length=LONGEST,
        required=False,
        help_text="Name or email address",
    )
    order = PlainTextField(max_length=LONGEST, required=False, help_text="Reference")
    since = DayField(
        label="From", required=False, error_messages={"invalid": "From must be a real date"}
    )
    until = DayField(
        label="To", required=False, error_messages={"invalid": "To must be a real date"}
    )

    says_optional: ClassVar[bool] = False
    finders: ClassVar[dict[str, Callable[[str], Sequence[Any]]]] = {
        "patient": subjects.patients_meant,
        "person": subjects.people_meant,
        "order": subjects.orders_meant,
    }

    def __init__(self, *args: Any, search: Search, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.search = search
        self.several: dict[str, Sequence[Any]] = {}
        for name in [name for name in self.fields if getattr(search, name)]:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Each text becomes the one row that is meant; of several, somebody must choose."""
        said = super().clean() or {}
        for name, find in self.finders.items():
            if text := said.get(name):
                said[name] = self._the_one(name, find(text))
        since, until = (said.get(name) or getattr(self.search, name) for name in ("since", "until"))
        if since and until and until < since:
            self.add_error("until" if "until" in self.fields else "since", "To is before From")
        return said

    @property
    def found(self) -> dict[str, Any]:
        """What the valid form adds to the search."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    def _the_one(self, name: str, found: Sequence[Any]) -> Any:
        if len(found) == 1:
            return found[0]
        if found:
            self.several[name] = found
        else:
            self.add_error(name, NOT_FOUND[name])
        return None
