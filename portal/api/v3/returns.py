"""Returns of API v3 (contracts/v3.md section 3.8)."""

import datetime
import json
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpResponse
from rest_framework.request import Request

from foundation.access import record_shown
from foundation.ids import number_in
from foundation.text import search_key
from orders.expecting import Label
from orders.models import Return, ReturnQuerySet
from orders.return_statuses import ReturnStatus
from orders.returns import StandaloneReturn, place_return, withdraw_return
from orders.wanted import KnownSite, LineWanted, ReturnWanted
from patients.wanted import KnownPatient
from portal.api.errors import Path, Problem, Refused, edge_problem
from portal.api.fields import YesOrNo
from portal.api.members import Members
from portal.api.v3 import format as wire
from portal.api.v3 import query
from portal.api.v3.format import words_of
from portal.api.v3.order_requests import SHIPPING, Count, Several, places_of_returns
from portal.api.v3.return_documents import ToldReturn, told_returns
from portal.api.v3.values import Id, Named, Spelling, read
from portal.api.v3.views import V3Endpoint

STATUSES: Final = words_of(ReturnStatus)
NOT_KNOWN: Final = "This member is not one of a return."


class SoMany(Members):
    """An item by its id, and how many of it."""

    id = Id()
    count = Count()


class ReturnMembers(Members):
    """Section 4.16, CreateReturn: the only body in which nothing else may stand."""

    patientId = Id(required=False)
    siteId = Id(required=False)
    returnItems = Several(SoMany())
    returnDevices = Several(Named())
    shippingOption = Spelling(SHIPPING, required=False)
    emailLabel = YesOrNo(required=False)


class ReturnEndpoint(V3Endpoint):
    @property
    def returns(self) -> ReturnQuerySet:
        return Return.objects.visible_to(self.caller.actor)

    def told(self, numbers: Sequence[int]) -> list[ToldReturn]:
        return told_returns(self.returns.filter(pk__in=numbers))

    def shown(self, told: Sequence[ToldReturn]) -> None:
        """Leave in the access log whose returns this answer shows."""
        rows = {row for one in told for row in one.shown}
        record_shown(sorted(rows, key=str), what="API v3", actor=self.caller.actor)


class Returns(ReturnEndpoint):
    """`/api/v3/return`"""

    def get(self, request: Request) -> HttpResponse:
        document, returns = self.page(self._asked, load=self.told, write=attrgetter("document"))
        self.shown(returns)
        return wire.answer(document)

    def post(self, request: Request) -> HttpResponse:
        answer = self.answer_once(self._place)
        # Shown again, too, when a repeated request is answered with what is stored.
        number = json.loads(answer.content)["id"]
        self.shown(self.told([number]))
        return answer

    def _place(self) -> HttpResponse:
        document = self.read()
        sent = read(document, ReturnMembers)
        refuse_unknown(document)
        self.fields = places_of(sent)
        placed = place_return(return_asked(sent), actor=self.caller.actor)
        (back,) = self.told([placed.pk])
        return self.created(back.document)

    def _asked(self, problems: list[Problem]) -> QuerySet[Return]:
        return returns_asked(self.returns, self.plain_request.GET, problems).order_by("pk")


class OneReturn(ReturnEndpoint):
    """`/api/v3/return/{id}`"""

    fields = {"status": ("currentStatus",)}

    def get(self, request: Request, return_id: int) -> HttpResponse:
        (back,) = self.told([self.find(self.returns, return_id).pk])
        self.shown([back])
        return wire.answer(back.document)

    def delete(self, request: Request, return_id: int) -> HttpResponse:
        withdraw_return(self.find(self.returns, return_id), actor=self.caller.actor)
        return wire.nothing()


def refuse_unknown(document: Mapping[str, Any]) -> None:
    """Refused with every member that a return does not have."""
    unknown = [name for name in document if name not in ReturnMembers().fields]
    if unknown:
        # Its name may be anything, so it is not repeated.
        raise Refused(edge_problem("validation_failed", NOT_KNOWN))


def return_asked(sent: Mapping[str, Any]) -> StandaloneReturn:
    """In our words, or Refused unless it says from which patient or from which site."""
    return StandaloneReturn(
        sender=_sender(sent),
        wanted=ReturnWanted(
            devices=tuple(one["id"] for one in sent.get("returnDevices", ())),
            items=tuple(
                LineWanted(item_id=one["id"], count=one.get("count", 1))
                for one in sent.get("returnItems", ())
            ),
        ),
        label=Label(
            by_email=sent.get("emailLabel", False), shipping_option=sent.get("shippingOption")
        ),
    )


def _sender(sent: Mapping[str, Any]) -> KnownPatient | KnownSite:
    if ("patientId" in sent) is ("siteId" in sent):
        words = "Send patientId or siteId, and only one of them."
        raise Refused(edge_problem("validation_failed", words, path=("patientId",)))
    if "siteId" in sent:
        return KnownSite(sent["siteId"])
    return KnownPatient(sent["patientId"])


def places_of(sent: Mapping[str, Any]) -> dict[str, Path]:
    """Where on the wire the domain's fields are."""
    told: dict[str, Path] = {
        "patient": ("patientId",),
        "site": ("siteId",),
        "email_label": ("emailLabel",),
        "returns": (),
    }
    return told | places_of_returns(sent)


def returns_asked(rows: ReturnQuerySet, asked: Any, problems: list[Problem]) -> QuerySet[Return]:
    """Those that the query string asks for."""
    found = Q()
    status = query.word(asked, "status", problems, among=STATUSES)
    if status is not None:
        found &= Q(status=status)
    order = query.one_id(asked, "relatedOrderId", problems)
    if order is not None:
        found &= Q(order=order)
    standalone = query.yes_or_no(asked, "standalone", problems)
    if standalone is not None:
        found &= Q(order__isnull=standalone)
    before = query.date(asked, "lastUpdatedBefore", problems)
    if before is not None:
        midnight = datetime.datetime.combine(before, datetime.time(), datetime.UTC)
        found &= Q(changed_at__lt=midnight)
    search = query.text(asked, "searchString", problems)
    return _searched(rows.filter(found), search) if search else rows.filter(found)


def _searched(rows: QuerySet[Return], search: str) -> QuerySet[Return]:
    """Its id, a part of the patient's name, their identifier, or a tracking number."""
    name = Concat("patient__first_name_key", Value(" "), "patient__last_name_key")
    found = (
        Q(patient_name__contains=search_key(search))
        | Q(patient__reference__iexact=search)
        | Q(tracking_number__iexact=search)
        | Q(pk=number_in(search))
    )
    return rows.alias(patient_name=name).filter(found)
