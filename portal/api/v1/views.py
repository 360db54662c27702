"""The addresses of API v1 under `/v1/orders`: contracts/v1.md sections 2.1 and 2.2, and our own
extensions for reading back.
"""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from foundation.keyset import newest_first
from foundation.text import has_unprintable
from orders.commands import change_order, place_order
from orders.errors import OrderNotFound
from orders.models import Order, OrderQuerySet
from organisations.roles import Scope
from portal.api import errors
from portal.api.endpoints import Endpoint
from portal.api.v1 import changes, listing, serializers
from portal.api.v1 import format as wire
from portal.api.v1.auth import BearerToken, missing_scope
from studies.errors import ReferenceTaken


class V1Endpoint(Endpoint):
    """What all addresses of API v1 have in common."""

    authentication_classes = [BearerToken]

    def refuse(self, refused: errors.Refused) -> HttpResponse:
        return wire.refuse(refused, self.plain_request, sent=self.document)

    def missing_scope(self) -> errors.Refused:
        return missing_scope(self.scope)


class OrderEndpoint(V1Endpoint):
    scope = Scope.ORDERS

    @property
    def orders(self) -> OrderQuerySet:
        """Those that this caller may know of."""
        return Order.objects.visible_to(self.caller.actor).study_orders()


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
        wanted = serializers.order_wanted(sent.attributes, country=self.caller.country)
        self._leave_the_id_to_us(sent.id, wanted.reference)
        try:
            order = place_order(wanted, actor=self.caller.actor)
        except ReferenceTaken as taken:
            headers = self._location(str(wanted.reference))
            raise errors.Refused(errors.domain_problem(taken), headers=headers) from None
        return wire.answer(
            {"data": wire.order_document(order)},
            status=201,
            headers={"Location": wire.link_to(order.reference)},
        )

    def _location(self, reference: str) -> dict[str, str]:
        """Where the order is that has the reference; nowhere when v1 does not show it."""
        is_shown = self.orders.filter(reference=reference).exists()
        return {"Location": wire.link_to(reference)} if is_shown else {}

    def _leave_the_id_to_us(self, sent: str | None, reference: str | None) -> None:
        """Only the reference may stand there, which does no harm."""
        if sent not in (None, reference):
            words = "The server gives ids; leave it out."
            raise errors.Refused(errors.edge_problem("forbidden", words, path=("data", "id")))

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
        return wire.answer({"data": wire.order_document(self._find(reference))})

    def put(self, request: Request, reference: str) -> HttpResponse:
        sent = serializers.read_change(self.read())
        within = wire.attributes_path(self.document)
        changes.require_any(sent, *changes.CHANGEABLE, *changes.FIXED, within=within)
        order = self._find(reference)
        change_order(
            order, changes.change_wanted(sent, order, within=within), actor=self.caller.actor
        )
        answer = HttpResponse(status=202)
        del answer["Content-Type"]
        return answer

    def _find(self, reference: str) -> Order:
        """Compared as it was kept: after trimming."""
        if has_unprintable(reference):
            raise OrderNotFound
        order = (
            self.orders.select_related("study", "patient", "organisation")
            .filter(reference=reference.strip())
            .first()
        )
        if order is None:
            raise OrderNotFound
        return order
