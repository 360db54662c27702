"""Orders of API v3 (contracts/v3.md section 3.1)."""

from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from rest_framework.request import Request

from foundation.access import record_shown
from orders.commands import withdraw_order
from orders.models import Order, OrderQuerySet
from portal.api.errors import Problem
from portal.api.v3 import format as wire
from portal.api.v3 import query
from portal.api.v3.order_documents import order_document, with_all_that_is_told
from portal.api.v3.views import V3Endpoint


class OrderEndpoint(V3Endpoint):
    fields = {"status": ("currentStatus",)}

    @property
    def orders(self) -> OrderQuerySet:
        return Order.objects.visible_to(self.caller.actor)

    def shown(self, orders: Sequence[Order]) -> None:
        """Leave in the access log whose orders this answer shows."""
        rows = [(one.account_id, one.patient_id, one.pk) for one in orders if one.patient_id]
        record_shown(rows, what="API v3", actor=self.caller.actor)


class Orders(OrderEndpoint):
    """`/api/v3/order`"""

    def get(self, request: Request) -> HttpResponse:
        document, orders = self.page(self._asked, load=self._load, write=order_document)
        self.shown(orders)
        return wire.answer(document)

    def _asked(self, problems: list[Problem]) -> OrderQuerySet:
        asked = self.plain_request.GET
        rows = self.orders
        patient = query.one_id(asked, "patientId", problems)
        if patient is not None:
            rows = rows.filter(patient=patient)
        external = query.texts(asked, "externalOrderId", problems)
        if external:
            rows = rows.known_as(external)
        return rows.order_by("pk")

    def _load(self, numbers: Sequence[int]) -> Iterable[Order]:
        return list(with_all_that_is_told(self.orders).filter(pk__in=numbers))


class OneOrder(OrderEndpoint):
    """`/api/v3/order/{orderId}`"""

    def get(self, request: Request, order_id: int) -> HttpResponse:
        order = self.find(with_all_that_is_told(self.orders), order_id)
        self.shown([order])
        return wire.answer(order_document(order))

    def delete(self, request: Request, order_id: int) -> HttpResponse:
        withdraw_order(self.find(self.orders, order_id), actor=self.caller.actor)
        return wire.nothing()
