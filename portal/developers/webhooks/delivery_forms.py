"""What the log of deliveries can be narrowed to. Every answer stands in the address: none is
secret.
"""

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar, Final

from django import forms
from django.http import QueryDict
from django.utils import timezone

from foundation.fields import PlainTextField
from foundation.forms import StaffForm
from foundation.once import OnceForm
from foundation.templatetags.words import day
from orders.forms.filters import DAY, DayField
from portal.api.wordings import WORDINGS
from portal.developers.forms import ANY
from portal.developers.webhooks.delivery_words import STATES
from portal.developers.webhooks.endpoint_forms import kind_choices
from portal.developers.webhooks.endpoint_words import kind_words
from webhooks.endpoints import TEST
from webhooks.log import DeliveryFilter, Outcome
from webhooks.models import WebhookEndpoint
from webhooks.models.events import REFERENCE_LENGTH

LABEL_LENGTH: Final = 80


class DeliveryFilterForm(StaffForm):
    """`endpoints` are those that may be chosen."""

    endpoint = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(label="Event", required=False)
    reference = PlainTextField(
        label="Reference of the order", max_length=REFERENCE_LENGTH, required=False
    )
    outcome = forms.ChoiceField(label="State", required=False)
    since = DayField(label="From")
    until = DayField(label="Up to")

    says_optional: ClassVar[bool] = False

    def __init__(self, asked: QueryDict, *, endpoints: Iterable[WebhookEndpoint]) -> None:
        super().__init__(asked)
        self.endpoints = {str(one.public_id): one for one in endpoints}
        named = [(name, _label_of(one)) for name, one in self.endpoints.items()]
        self._offer("endpoint", named)
        self._offer("kind", [*kind_choices(WORDINGS), (TEST, kind_words(TEST))])
        self._offer("outcome", [(one.value, words) for one, (words, _) in STATES.items()])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        first, last = said.get("since"), said.get("until")
        if first and last and last < first:
            self.add_error("until", "The last day must not be before the first day")
        return said

    @property
    def is_filled(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    @property
    def chosen(self) -> WebhookEndpoint | None:
        return self.endpoints.get(self.cleaned_data["endpoint"])

    @property
    def wanted(self) -> DeliveryFilter:
        """What the valid form asks for; days are those of the reader's clock."""
        said, chosen = self.cleaned_data, self.chosen
        return DeliveryFilter(
            endpoint=chosen.public_id if chosen else None,
            kind=said["kind"],
            reference=said["reference"],
            outcome=Outcome(said["outcome"]) if said["outcome"] else None,
            since=_midnight(said["since"]),
            until=_midnight(said["until"] + DAY if said["until"] else None),
        )

    @property
    def words(self) -> str:
        """The same for people, in one line."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return "; ".join(f"{self[name].label}: {self._said(name, given[name])}" for name in given)

    def _said(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices)[value])  # type: ignore[arg-type]
        return day(value) if isinstance(value, datetime.date) else str(value)

    def _offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [ANY, *choices]


class RedeliverForm(OnceForm, StaffForm):
    """A page with nothing but its button, whose answer counts once."""


def _label_of(endpoint: WebhookEndpoint) -> str:
    url = endpoint.url
    short = url if len(url) <= LABEL_LENGTH else f"{url[:LABEL_LENGTH]}…"
    return f"{short} (removed)" if endpoint.removed_at else short


def _midnight(date: datetime.date | None) -> datetime.datetime | None:
    """Where the day begins for the reader."""
    return timezone.make_aware(datetime.datetime.combine(date, datetime.time.min)) if date else None
