"""`/v1/orders`: contracts/v1.md sections 2.1 and 2.2, and our own extensions for reading back."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from foundation.keyset import newest_first
from orders.commands import change_order, place_order
from orders.errors import OrderNotFound
from orders.models import Order, OrderQuerySet
from organisations.roles import Scope
from portal.api import errors
from portal.api.v1 import changes, listing, serializers
from portal.api.v1 import format as wire
from portal.api.v1.views import V1Endpoint, accepted, conflict, created, tidied
from studies.errors import ReferenceTaken


class OrderEndpoint(V1Endpoint):
    scope = Scope.ORDERS

    @property
    def orders(self) -> OrderQuerySet:
        """Those that this caller may know of."""
        return Order.objects.visible_to(self.caller.actor).study_orders()

    def find(self, reference: str) -> Order:
        found = self.orders.select_related("study", "patient", "organisation")
        order = found.filter(reference=tidied(reference, OrderNotFound)).first()
        if order is None:
            raise OrderNotFound
        return order


class Orders(OrderEndpoint):
    """`/v1/orders`"""

    def post(self, request: Request) -> HttpResponse:
        return self.answer_once(self._place)

    def get(self, request: Request) -> HttpResponse:
        wanted = listing.read_listing(self.plain_request.GET)
        before = None if wanted.after is None else self._place_of(wanted.after)
        asked = self.orders.filter(wanted.having).only(*wire.SHOWN)
        page = newest_first(asked, size=wanted.size, before=before)
        document: dict[str, Any] = {"data": [wire.order_document(order) for order in page.rows]}
        document["links"] = {}
        if page.older is not None:
            document["links"]["next"] = self._next(page.rows[-1])
        return wire.answer(document)

    def _place(self) -> HttpResponse:
        sent = serializers.read_order(self.read())
        reference = sent.attributes["reference"]
        wanted = serializers.order_wanted(sent.attributes, country=self.caller.country)
        self.leave_the_id_to_us(sent.id, reference)
        try:
            order = place_order(wanted, actor=self.caller.actor)
        except ReferenceTaken as taken:
            raise conflict(taken, there=self._address(reference)) from None
        return created(wire.order_document(order))

    def _address(self, reference: str) -> str:
        """Supplies may have the reference, and those v1 does not show."""
        is_shown = self.orders.filter(reference=reference).exists()
        return wire.link_to(reference) if is_shown else ""

    def _place_of(self, after: Any) -> int:
        place = self.orders.filter(public_id=after).values_list("pk", flat=True).first()
        if place is None:
            raise errors.Refused(listing.wrong_parameter(listing.AFTER, listing.NO_CURSOR))
        return place

    def _next(self, last: Order) -> str:
        query = self.plain_request.GET
        asked = {name: query[name] for name in listing.READERS if name in query}
        return wire.link_to_page({**asked, listing.AFTER: str(last.public_id)})


class OneOrder(OrderEndpoint):
    """`/v1/orders/{reference}`"""

    def get(self, request: Request, reference: str) -> HttpResponse:
        return wire.answer({"data": wire.order_document(self.find(reference))})

    def put(self, request: Request, reference: str) -> HttpResponse:
        sent = serializers.read_change(self.read())
        within = wire.attributes_path(self.document)
        changes.require_any(sent, *changes.CHANGEABLE, *changes.FIXED, within=within)
        order = self.find(reference)
        change_order(
            order, changes.change_wanted(sent, order, within=within), actor=self.caller.actor
        )
        return accepted()
