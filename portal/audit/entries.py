"""Who was shown whom: the access log searched, and its ids told by name."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from foundation.admin.keyset_list import ABOVE_ALL
from foundation.models import AccessEntry
from orders.models import Order
from organisations.models import ApiClient, ApiKey, Membership, User
from organisations.roles import Role
from patients.models import Patient
from portal.audit.subjects import Search

# Between the time in a row and the drawing of its number: a request, or clocks that differ.
SLACK = datetime.timedelta(minutes=5)


@dataclass(frozen=True)
class Told:
    """One row of the log with names for its ids; what is gone is None."""

    entry: AccessEntry
    patient: Patient | None
    order: Order | None
    user: User | None
    roles: str
    key: ApiClient | ApiKey | None


def entries_of(search: Search) -> models.QuerySet[AccessEntry]:
    """All that is searched for, to be read along an index of (what is searched for, id)."""
    found = AccessEntry.objects.all()
    if search.patient:
        found = found.filter(patient_id=search.patient.pk)
    if search.order:
        found = found.filter(order_id=search.order.pk)
    if search.person:
        found = found.filter(**search.person.columns)
    return _within(found, *search.period)


def told(entries: Sequence[AccessEntry]) -> list[Told]:
    """With names for all ids on the page: one query for each kind."""
    users = _named(User.objects, entries, "user_id")
    roles = _roles(users)
    patients = _named(Patient.objects, entries, "patient_id")
    orders = _named(Order.objects, entries, "order_id")
    clients = _named(ApiClient.objects, entries, "client_id")
    keys = _named(ApiKey.objects, entries, "key_id")
    return [
        Told(
            entry=entry,
            patient=patients.get(entry.patient_id),
            order=orders.get(entry.order_id),
            user=users.get(entry.user_id),
            roles=roles.get(entry.user_id or 0, ""),
            key=clients.get(entry.client_id) or keys.get(entry.key_id),
        )
        for entry in entries
    ]


def _named(rows: Any, entries: Iterable[AccessEntry], column: str) -> dict[Any, Any]:
    found: dict[Any, Any] = rows.in_bulk({getattr(entry, column) for entry in entries} - {None})
    return found


def _roles(users: Iterable[int]) -> dict[int, str]:
    """What they are today."""
    return {
        one.user_id: ", ".join(str(Role(role).label) for role in one.roles)
        for one in Membership.objects.filter(user__in=list(users))
    }


def _within(
    found: models.QuerySet[AccessEntry],
    since: datetime.datetime | None,
    before: datetime.datetime | None,
) -> models.QuerySet[AccessEntry]:
    """Rows are numbered as time goes by; so the first and the last row of the period bound the
    numbers, and what is newer or older need not be walked through.
    """
    if since:
        first = _number(AccessEntry.objects.filter(shown_at__gte=since - SLACK), "shown_at")
        found = found.filter(shown_at__gte=since, pk__gte=ABOVE_ALL if first is None else first)
    if before:
        last = _number(AccessEntry.objects.filter(shown_at__lt=before + SLACK), "-shown_at")
        found = found.filter(shown_at__lt=before, pk__lte=last or 0)
    return found


def _number(rows: models.QuerySet[AccessEntry], order: str) -> int | None:
    return rows.order_by(order).values_list("pk", flat=True).first()
