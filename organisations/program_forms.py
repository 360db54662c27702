"""What is asked about API clients and keys, on the staff pages and in the admin alike."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from foundation.dates import DatePartsField
from foundation.fields import PlainTextField
from foundation.forms import StaffForm
from foundation.once import OnceForm
from organisations.integrations import Overlap, scopes_for
from organisations.models import ApiClient, ApiKey
from organisations.roles import SCOPES_OF_CLIENTS, Scope, choices_among

NAME_LENGTH = 200
LONGEST = timedelta(days=3653)
FROM_THE_LIST = "Select what it may do from the list"


class LastDayField(DatePartsField):
    """The last day of something; not so far away that it can only be a slip."""

    default_error_messages = {"too_far": "{label} must be within the next 10 years"}

    def check(self, date: date) -> None:
        if date > timezone.localdate() + LONGEST:
            raise self.wrong("too_far", "year")


class ProgramForm(StaffForm):
    """What a program is called, what it may do, and for how long."""

    name = PlainTextField(
        max_length=NAME_LENGTH, help_text="What you call the program that will use it"
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=choices_among(SCOPES_OF_CLIENTS),
        widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(("invalid_choice", "invalid_list"), FROM_THE_LIST),
    )
    expires_on = LastDayField(
        label="Last day",
        required=False,
        help_text="It stops working after this day. Without one it works until you switch it off",
    )

    missing: ClassVar[Mapping[str, str]] = {
        "name": "Enter a name for the program",
        "scopes": "Select at least one thing that it may do",
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {"scopes": "scopes", "expires_at": "expires_on"}

    @property
    def said(self) -> dict[str, Any]:
        """What the commands take."""
        return {
            "name": self.cleaned_data["name"],
            "scopes": self.cleaned_data["scopes"],
            "expires_at": end_of(self.cleaned_data["expires_on"]),
        }


class NewProgramForm(OnceForm, ProgramForm):
    """A program that is not there yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("scopes", [Scope.ORDERS])


class ChangeProgramForm(ProgramForm):
    """A program as it is."""

    def __init__(self, *args: Any, program: ApiClient | ApiKey, **kwargs: Any) -> None:
        initial = {
            "name": program.name,
            "scopes": program.scopes,
            "expires_on": last_day(program.expires_at),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.program = program
        offer_scopes(self, scopes_for(getattr(program, "purpose", "")))

    @property
    def said(self) -> dict[str, Any]:
        """An end that was left alone stays to the minute."""
        if "expires_on" in self.changed_data:
            return super().said
        return super().said | {"expires_at": self.program.expires_at}


class NewSecretForm(OnceForm, StaffForm):
    """How long the older secret works on."""

    overlap = forms.ChoiceField(
        label="The secret that is in use now",
        choices=Overlap.choices[::-1],
        initial=Overlap.A_WEEK,
        widget=forms.RadioSelect,
    )

    missing: ClassVar[Mapping[str, str]] = {"overlap": "Say how long the older secret works on"}
    refusal_fields: ClassVar[Mapping[str, str]] = {"overlap": "overlap"}


def offer_scopes(form: ProgramForm, scopes: Iterable[Scope]) -> None:
    """Other ones than those of the dialects, which every program of an account may have."""
    field = form.fields["scopes"]
    assert isinstance(field, forms.MultipleChoiceField)
    field.choices = choices_among(scopes)


def end_of(day: date | None) -> datetime | None:
    """The first moment after the day, as clocks show it where the reader is."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def last_day(end: datetime | None) -> date | None:
    """The day that something which ends then is still there on."""
    return None if end is None else timezone.localdate(end - timedelta(microseconds=1))
