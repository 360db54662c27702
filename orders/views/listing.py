"""The list of orders, and above it what somebody has begun and not finished."""

from typing import Any
from uuid import UUID

from django.db import models
from django.http import HttpResponse
from django.urls import reverse

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.keyset import newest_first
from orders.drafts import unfinished_drafts
from orders.models import Order
from orders.views.progress import known_patients, patient_name
from orders.views.words import line_rows
from organisations.visit import SHOWS, Visit, staff_page

PAGE_SIZE = 25
DRAFTS_AT_MOST = 100


@staff_page(Permission.SEE_ORDERS, methods=SHOWS)
def order_list(visit: Visit) -> HttpResponse:
    """The newest orders, or those before or after the one that the address names."""
    orders = Order.objects.visible_to(visit.actor).with_its_people()
    page = newest_first(
        orders,
        size=PAGE_SIZE,
        before=_place(visit, "before", orders),
        after=_place(visit, "after", orders),
    )
    by_id = {order.pk: order.public_id for order in page.rows}
    record_shown(
        ((order.account_id, order.patient_id, order.pk) for order in page.rows if order.patient_id),
        what="order list",
        actor=visit.actor,
    )
    return visit.page(
        "orders/list.html",
        here="orders",
        rows=[line_rows(order) for order in page.rows],
        newer_url=_link("after", by_id.get(page.newer or 0)),
        older_url=_link("before", by_id.get(page.older or 0)),
        drafts=_drafts(visit),
    )


def _place(visit: Visit, name: str, orders: models.QuerySet[Order]) -> int | None:
    """Where the page ends or begins. An address nobody made here shows the first page."""
    try:
        named = UUID(visit.request.GET.get(name, ""))
    except ValueError:
        return None
    return orders.filter(public_id=named).values_list("pk", flat=True).first()


def _link(name: str, public_id: UUID | None) -> str:
    return f"{reverse('orders:list')}?{name}={public_id}" if public_id else ""


def _drafts(visit: Visit) -> list[dict[str, Any]]:
    if not visit.may(Permission.PLACE_ORDERS):
        return []
    drafts = list(unfinished_drafts(visit.actor)[:DRAFTS_AT_MOST])
    known = known_patients(drafts, visit)
    record_shown(
        ((one.account_id, one.pk, None) for one in known.values()),
        what="draft list",
        actor=visit.actor,
    )
    return [{"draft": draft, "name": patient_name(draft, known)} for draft in drafts]
