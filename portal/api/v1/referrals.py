"""`/v1/referrals`: contracts/v1.md section 2.5, and our own extension for reading back. A referral
cannot be changed, so there is nothing for it.
"""

from django.http import HttpResponse
from rest_framework.request import Request

from orders.models import Referral
from orders.models.referrals import ReferralQuerySet
from orders.referral_errors import ReferralNotFound
from orders.referrals import receive_referral
from organisations.roles import Scope
from portal.api.v1 import format as wire
from portal.api.v1 import referral_requests
from portal.api.v1.views import V1Endpoint, conflict, created, tidied
from studies.errors import ReferenceTaken


class ReferralEndpoint(V1Endpoint):
    scope = Scope.REFERRALS

    @property
    def referrals(self) -> ReferralQuerySet:
        """Those that this caller may know of."""
        return Referral.objects.visible_to(self.caller.actor)

    def find(self, reference: str) -> Referral:
        found = self.referrals.select_related("order__study")
        referral = found.filter(reference=tidied(reference, ReferralNotFound)).first()
        if referral is None:
            raise ReferralNotFound
        return referral


class Referrals(ReferralEndpoint):
    """`/v1/referrals`"""

    def post(self, request: Request) -> HttpResponse:
        return self.answer_once(self._receive)

    def _receive(self) -> HttpResponse:
        sent = referral_requests.read_referral(self.read())
        reference = sent.attributes["reference"]
        self.leave_the_id_to_us(sent.id, reference)
        country = self.caller.country
        wanted = referral_requests.referral_wanted(sent.attributes, country=country)
        try:
            referral = receive_referral(wanted, actor=self.caller.actor)
        except ReferenceTaken as taken:
            raise conflict(taken, there=wire.link_to(reference, of=wire.REFERRALS)) from None
        return created(wire.referral_document(referral))


class OneReferral(ReferralEndpoint):
    """`/v1/referrals/{reference}`"""

    def get(self, request: Request, reference: str) -> HttpResponse:
        return wire.answer({"data": wire.referral_document(self.find(reference))})
