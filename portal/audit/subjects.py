"""What an auditor searches by: a patient, a person or program, an order, a time. In an address they
are numbers and dates; the names that lead to them are typed into a form and stay out of it.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, QueryDict
from django.utils import timezone

from foundation.actors import Door
from foundation.admin.keyset_list import place_of
from foundation.history import who_of
from foundation.templatetags.words import day
from orders.models import Order
from organisations.models import Account, ApiClient, ApiKey, User
from patients.models import Patient

FOUND_AT_MOST = 10
# The years that make sense here; an older or later day is a slip of the finger.
FIRST_DAY, LAST_DAY = datetime.date(2000, 1, 1), datetime.date(2199, 12, 31)
PEOPLE: dict[str, type[User | ApiClient | ApiKey]] = {
    "user": User,
    "client": ApiClient,
    "key": ApiKey,
}


@dataclass(frozen=True)
class Person:
    """Somebody or something that acts: `who` as history signs it, `words` as people say it."""

    who: str
    words: str

    @property
    def columns(self) -> dict[str, int | None]:
        """The same in the columns of the access log."""
        kind, _, number = self.who.partition(":")
        return {f"{kind}_id": int(number)} if number else dict.fromkeys(COLUMNS)


COLUMNS = tuple(f"{kind}_id" for kind in PEOPLE)
HOMEWARD = Person(who_of(), str(Door.SYSTEM.label))


@dataclass(frozen=True, kw_only=True)
class Search:
    """Everything that was asked for; None where nothing was."""

    patient: Patient | None = None
    person: Person | None = None
    order: Order | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None

    @classmethod
    def of(cls, params: QueryDict) -> "Search":
        """Out of an address. Raises Http404 when it names what is not there."""
        return cls(
            patient=_row(Patient, params.get("patient")),
            person=_person(params.get("person")),
            order=_row(Order, params.get("order")),
            since=_date(params.get("since")),
            until=_date(params.get("until")),
        )

    @property
    def has_subject(self) -> bool:
        return bool(self.patient or self.person or self.order)

    @cached_property
    def period(self) -> tuple[datetime.datetime | None, datetime.datetime | None]:
        """From the first moment of `since` to that of the day after `until`."""
        end = self.until + datetime.timedelta(days=1) if self.until else None
        return _midnight(self.since), _midnight(end)

    def address(self, **other: Any) -> str:
        """The query of an address for this search, with `other` members in place of its own."""
        said = {one.name: getattr(self, one.name) for one in fields(self)} | other
        return urlencode({name: _in_address(value) for name, value in said.items() if value})

    def chosen(self) -> list[dict[str, str]]:
        """What is searched for, in words, each with the address of a search without it."""
        said = {
            "patient": about_patient(self.patient) if self.patient else "",
            "person": self.person.words if self.person else "",
            "order": self.order.reference if self.order else "",
            "since": day(self.since),
            "until": day(self.until),
        }
        names = {"since": "From", "until": "To"}
        return [
            {
                "name": names.get(name, name.capitalize()),
                "words": words,
                "without": self.address(**{name: None}),
            }
            for name, words in said.items()
            if words
        ]


def about_patient(patient: Patient) -> str:
    return " · ".join(filter(None, (patient.full_name, patient.reference)))


def patients_meant(text: str) -> list[Patient]:
    """By reference, or by the beginnings of the words of the name; one more than is shown."""
    found = Patient.objects.filter(account_id__in=_accounts())
    by_reference = list(found.filter(reference=text)[:FOUND_AT_MOST])
    return by_reference or list(found.named_like(text).order_by("-pk")[: FOUND_AT_MOST + 1])


def orders_meant(text: str) -> list[Order]:
    """By the whole reference, which may be that of an order in several accounts."""
    found = Order.objects.filter(account_id__in=_accounts(), reference__in={text, text.upper()})
    return list(found.select_related("account")[: FOUND_AT_MOST + 1])


def people_meant(text: str) -> list[Person]:
    """By e-mail address or name of a user, name or id of an API client, name or prefix of a key."""
    users = User.objects.filter(email=text.lower()) or User.objects.filter(
        Q(email__icontains=text) | Q(full_name__icontains=text)
    )
    clients = ApiClient.objects.filter(Q(name__icontains=text) | Q(client_id=text))
    keys = ApiKey.objects.filter(Q(name__icontains=text) | Q(prefix__istartswith=text))
    rows: list[Any] = []
    for found in (users, clients, keys):
        rows += found.order_by("pk")[: FOUND_AT_MOST + 1]
    homeward = [HOMEWARD] if text.casefold() == HOMEWARD.words.casefold() else []
    return [*homeward, *(person_of(row) for row in rows)]


def person_of(row: User | ApiClient | ApiKey) -> Person:
    (kind,) = (name for name, model in PEOPLE.items() if isinstance(row, model))
    words = f"{row.full_name}, {row.email}" if isinstance(row, User) else f"{row}, {_kind(row)}"
    return Person(who_of(**{kind: row.pk}), words)


def _kind(row: ApiClient | ApiKey) -> str:
    return str(row._meta.verbose_name)


def _accounts() -> Sequence[int]:
    """All of them: the indexes of patients and orders begin with the account."""
    return list(Account.objects.values_list("pk", flat=True))


def _row(model: Any, number: str | None) -> Any:
    if not number:
        return None
    place = place_of(number)
    row = model.objects.filter(pk=place).first() if place is not None else None
    if row is None:
        raise Http404
    return row


def _person(who: str | None) -> Person | None:
    if not who:
        return None
    if who == HOMEWARD.who:
        return HOMEWARD
    kind, _, number = who.partition(":")
    if kind not in PEOPLE:
        raise Http404
    return person_of(_row(PEOPLE[kind], number or "0"))


def _date(text: str | None) -> datetime.date | None:
    if not text:
        return None
    try:
        found = datetime.date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Http404
    return found


def _midnight(date: datetime.date | None) -> datetime.datetime | None:
    if date is None:
        return None
    return timezone.make_aware(datetime.datetime.combine(date, datetime.time.min))


def _in_address(value: Any) -> str:
    if isinstance(value, Person):
        return value.who
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(getattr(value, "pk", value))
