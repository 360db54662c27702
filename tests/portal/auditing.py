"""What the tests of the auditor’s pages have in common: finding, and reading what was found."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from foundation.access import record_shown
from foundation.actors import Door
from orders.models import Order
from organisations.actors import actor_for_user
from organisations.models import User
from organisations.roles import Role
from patients.wanted import PersonName
from tests import builders

SAW = "/admin/foundation/accessentry/"
CHANGED = f"{SAW}changes/"
REPORT = f"{SAW}report/"
AUDITS = {"access log", "audit search", "changes", "access report as CSV"}


def named(name: str, **members: Any) -> Order:
    recipient = builders.patient_wanted(name=PersonName.split(name), **members)
    return builders.order(recipient=recipient)


def shown_to(reader: Any, order: Order, what: str = "order page") -> None:
    record_shown([(order.account_id, order.patient_id or 0, order.pk)], what=what, actor=reader)


def reader_of(order: Order, **columns: Any) -> Any:
    user = builders.user(Role.CLINIC_STAFF, owner=order.account)
    User.objects.filter(pk=user.pk).update(**columns)
    return actor_for_user(User.objects.get(pk=user.pk), door=Door.STAFF, ip_address="192.0.2.7")


def search(client: Client, page: str, **typed: str) -> HttpResponse:
    """What somebody sees who fills in the form."""
    return client.post(page, typed, follow=True)


def seen(answer: HttpResponse) -> list[tuple[str, str]]:
    """Who saw what, without the auditors' own looking."""
    rows = [row.entry for row in answer.context["rows"]]
    return [(row.actor, row.what) for row in rows if row.what not in AUDITS]


def versions(answer: HttpResponse) -> list[Any]:
    return [row["told"].version for row in answer.context["rows"]]
