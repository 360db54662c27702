"""Orders of API v3 (contracts/v3.md section 3.1)."""

import json
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from django.http import HttpResponse
from rest_framework.request import Request

from foundation.access import record_shown
from orders.commands import place_order, withdraw_order
from orders.models import Order, OrderQuerySet
from orders.summary import summary_answer, with_summary
from portal.api.errors import Path, Problem
from portal.api.v3 import format as wire
from portal.api.v3 import query
from portal.api.v3.order_documents import ToldOrder, told_orders
from portal.api.v3.order_requests import OrderMembers, order_wanted, places_of
from portal.api.v3.values import read
from portal.api.v3.views import V3Endpoint

# Where the domain's fields are in the body.
FIELDS: Final[Mapping[str, Path]] = {
    "patient": ("patient", "id"),
    "patient.reference": ("patient", "externalIdentifier"),
    "patient.date_of_birth": ("patient", "dateOfBirth"),
    "patient.site": ("patient", "site", "id"),
    "recipient": ("site",),
    "site": ("site", "id"),
    "address": ("patient", "address"),
    "shipping_option": ("shippingOption",),
    "email_label": ("emailLabel",),
    # All of it together, which has no member of its own.
    "lines": (),
    "returns": (),
}


class OrderEndpoint(V3Endpoint):
    fields = {"status": ("currentStatus",)}

    @property
    def orders(self) -> OrderQuerySet:
        return Order.objects.visible_to(self.caller.actor)

    def told(self, numbers: Sequence[int]) -> list[ToldOrder]:
        return told_orders(self.orders.filter(pk__in=numbers))

    def shown(self, told: Sequence[ToldOrder]) -> None:
        """Leave in the access log whose orders this answer shows."""
        rows = sorted({row for one in told for row in one.shown})
        record_shown(rows, what="API v3", actor=self.caller.actor)


class Orders(OrderEndpoint):
    """`/api/v3/order`"""

    def get(self, request: Request) -> HttpResponse:
        document, orders = self.page(self._asked, load=self.told, write=attrgetter("document"))
        self.shown(orders)
        return wire.answer(document)

    def post(self, request: Request) -> HttpResponse:
        answer = self.answer_once(self._place)
        # Shown again, too, when a repeated request is answered with what is stored.
        self._shown_in(json.loads(answer.content))
        return answer

    def _place(self) -> HttpResponse:
        sent = read(self.read(), OrderMembers)
        self.fields = {**self.fields, **FIELDS, **places_of(sent)}
        wanted = order_wanted(sent, country=self.caller.country)
        placed = place_order(wanted, actor=self.caller.actor)
        (order,) = self.told([placed.pk])
        return self.created(order.document)

    def _shown_in(self, document: Mapping[str, Any]) -> None:
        if "patient" in document:
            row = (self.caller.actor.one_account, document["patient"]["id"], document["id"])
            record_shown([row], what="API v3", actor=self.caller.actor)

    def _asked(self, problems: list[Problem]) -> OrderQuerySet:
        asked = self.plain_request.GET
        rows = self.orders
        patient = query.one_id(asked, "patientId", problems)
        if patient is not None:
            rows = rows.filter(patient=patient)
        external = query.identifiers(asked, "externalOrderId", problems)
        if external:
            rows = rows.known_as(external)
        return rows.order_by("pk")


class OneOrder(OrderEndpoint):
    """`/api/v3/order/{orderId}`"""

    def get(self, request: Request, order_id: int) -> HttpResponse:
        (order,) = self.told([self.find(self.orders, order_id).pk])
        self.shown([order])
        return wire.answer(order.document)

    def delete(self, request: Request, order_id: int) -> HttpResponse:
        withdraw_order(self.find(self.orders, order_id), actor=self.caller.actor)
        return wire.nothing()


class OrderSummary(OrderEndpoint):
    """`/api/v3/order/summary/{orderId}`"""

    def get(self, request: Request, order_id: int) -> HttpResponse:
        order = self.find(with_summary(self.orders), order_id)
        if order.patient_id is not None:
            row = (order.account_id, order.patient_id, order.pk)
            record_shown([row], what="API v3", actor=self.caller.actor)
        return summary_answer(order)
