"""Sites of API v3 (contracts/v3.md section 3.3)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from foundation.addresses import Address
from organisations.models import Site
from organisations.models.accounts import SiteQuerySet
from organisations.sites import SiteWanted, create_site, describe_site
from portal.api.fields import Text, YesOrNo
from portal.api.members import Members
from portal.api.v3 import format as wire
from portal.api.v3.documents import site_document
from portal.api.v3.values import AddressMembers, TextOrNothing, address_of, read
from portal.api.v3.views import V3Endpoint

NAME_LENGTH = 200
PHONE_LENGTH = 64


class SiteMembers(Members):
    name = Text(most=NAME_LENGTH)
    active = YesOrNo(required=False)
    phoneNumber = TextOrNothing(most=PHONE_LENGTH)
    address = AddressMembers()


class SiteEndpoint(V3Endpoint):
    @property
    def sites(self) -> SiteQuerySet:
        return Site.objects.visible_to(self.caller.actor)


class Sites(SiteEndpoint):
    """`/api/v3/site`"""

    def get(self, request: Request) -> HttpResponse:
        document, _ = self.page(
            lambda problems: self.sites.order_by("pk"), load=self._load, write=site_document
        )
        return wire.answer(document)

    def post(self, request: Request) -> HttpResponse:
        return self.answer_once(self._create)

    def _create(self) -> HttpResponse:
        sent = read(self.read(), SiteMembers)
        return self.created(site_document(create_site(site_wanted(sent), actor=self.caller.actor)))

    def _load(self, numbers: Sequence[int]) -> Iterable[Site]:
        return self.sites.filter(pk__in=numbers)


class OneSite(SiteEndpoint):
    """`/api/v3/site/{siteId}`"""

    def get(self, request: Request, site_id: int) -> HttpResponse:
        return wire.answer(site_document(self.find(self.sites, site_id)))

    def put(self, request: Request, site_id: int) -> HttpResponse:
        sent = read(self.read(), SiteMembers)
        site = self.find(self.sites, site_id)
        describe_site(site, lambda now: site_wanted(sent), actor=self.caller.actor)
        return wire.nothing()

    def patch(self, request: Request, site_id: int) -> HttpResponse:
        sent = read(self.read(), SiteMembers, is_partial=True)
        site = self.find(self.sites, site_id)
        changed = describe_site(site, lambda now: _changed(now, sent), actor=self.caller.actor)
        return wire.answer(site_document(changed))


def site_wanted(sent: dict[str, Any]) -> SiteWanted:
    return SiteWanted(
        name=sent["name"],
        address=address_of(sent["address"]),
        phone=sent.get("phoneNumber") or "",
        is_active=sent.get("active", True),
    )


def _changed(now: SiteWanted, sent: dict[str, Any]) -> SiteWanted:
    """What is not sent stays as it is."""
    address: Address | None = now.address
    return SiteWanted(
        name=sent.get("name", now.name),
        address=address_of(sent["address"]) if "address" in sent else address,
        phone=(sent["phoneNumber"] or "") if "phoneNumber" in sent else now.phone,
        is_active=sent.get("active", now.is_active),
    )
