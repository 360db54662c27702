"""`/gateway/v1/simulate`: playing what belongs to a test account, by programs."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from foundation.actors import Actor
from orders.errors import OrderNotFound
from orders.models import Order
from organisations.models import Account
from organisations.roles import Scope
from portal.api.gateway import format as wire
from portal.api.gateway import messages
from portal.api.gateway.views import GatewayEndpoint
from portal.sandbox.errors import NotATestAccount
from portal.sandbox.playing import Until, play
from studies.errors import StudyNotFound
from studies.models import Study


class Simulations(GatewayEndpoint):
    """`/gateway/v1/simulate`"""

    scope = Scope.SIMULATE

    def post(self, request: Request) -> HttpResponse:
        """Each step is a transaction of its own, so an Idempotency-Key could not take all back."""
        sent = messages.read(self.read(), messages.SimulationMembers)
        actor = self._actor_in(sent["account"])
        what = _named(sent, actor)
        until = Until(sent.get("until", Until.NEXT))
        happened = play(what, until=until, actor=actor)
        return wire.answer({"happened": happened, **_as_it_is_now(what)})

    def _actor_in(self, account_id: int) -> Actor:
        """What is not a test account is not told from what is not there."""
        if not Account.objects.filter(pk=account_id, is_test=True).exists():
            raise NotATestAccount(field="account")
        return self.caller.actor.for_account(account_id)


def _named(sent: dict[str, Any], actor: Actor) -> Order | Study:
    """The order or in-house study of the account, by its reference."""
    if "order" in sent:
        order = Order.objects.visible_to(actor).filter(reference=sent["order"]).first()
        if order is None:
            raise OrderNotFound(field="order")
        return order
    study = Study.objects.visible_to(actor).in_house().filter(reference=sent["study"]).first()
    if study is None:
        raise StudyNotFound(field="study")
    return study


def _as_it_is_now(what: Order | Study) -> wire.Document:
    what.refresh_from_db()
    study = what if isinstance(what, Study) else what.study
    return {
        "order": wire.order_document(what) if isinstance(what, Order) else None,
        "study": wire.study_document(study) if study else None,
    }
