"""Finding orders among a million, newest first: by filters, each read along an index of its own,
and by what somebody remembers of an order. How that is typed and shown is not here.
"""

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import Any, Final

from django.db import models
from django.db.models import Max, Min

from foundation.actors import Actor, Permission
from foundation.keyset import Page, ids_of, in_turn, newest_among, newest_of
from orders.models import POSTCODE_KEY, Order, OrderQuerySet
from orders.statuses import PAUSED, Status
from organisations.models import Account
from patients.models import Patient, PatientQuerySet

# Of what begins with the text, so much is looked through; who means less, types more.
LOOKED_THROUGH: Final = 500
# What a filter leaves is looked through as a whole instead, if it is no more than this.
FEW: Final = 2 * LOOKED_THROUGH
STREAMS_AT_MOST: Final = 40
SPACES: Final = re.compile(r"[\s-]+")


class StatusGroup(models.TextChoices):
    """Several statuses that are asked for together."""

    NEEDS_ACTION = "needs_action", "Needs action"
    PAUSED = "paused", "Paused, for whatever reason"
    HELD = "held", "On hold, or information needed"
    UNDER_WAY = "under_way", "On its way to the patient"


GROUPS: Final[dict[StatusGroup, frozenset[Status]]] = {
    StatusGroup.NEEDS_ACTION: PAUSED | {Status.UNSUCCESSFUL_DELIVERY},
    StatusGroup.PAUSED: PAUSED,
    StatusGroup.HELD: PAUSED - {Status.RECONFIRM_ADDRESS},
    StatusGroup.UNDER_WAY: frozenset({Status.SHIPPED, Status.AVAILABLE_FOR_PICKUP}),
}


class Kind(models.TextChoices):
    """What an order is for: a test belongs to an organisation, supplies to none."""

    TEST = "test", "Tests"
    SUPPLIES = "supplies", "Supplies"


@dataclass(frozen=True, kw_only=True)
class OrderFilter:
    """Which orders are asked for; None is any. `placed_before` is not included itself, and supplies
    are of no organisation.
    """

    statuses: frozenset[Status] | None = None
    organisation_ids: frozenset[int] | None = None
    is_for_supplies: bool = False
    placed_from: datetime.datetime | None = None
    placed_before: datetime.datetime | None = None


class Selection:
    """The orders an actor may see that pass a filter and, when there is a text, are meant by it."""

    def __init__(self, asked: OrderFilter, text: str = "", *, actor: Actor) -> None:
        self.asked = asked
        self.text = text
        self.actor = actor

    def page(
        self,
        rows: OrderQuerySet,
        *,
        size: int,
        before: int | None = None,
        after: int | None = None,
    ) -> Page[Order]:
        """One page; `rows` says how its orders are loaded."""
        if self.text:
            return newest_among(self._found, rows, size=size, before=before, after=after)
        return newest_of(self._streams, rows, size=size, before=before, after=after)

    def newest(self, rows: OrderQuerySet, *, size: int) -> list[Order]:
        return in_turn(rows, self._ids(size))

    def count(self, *, at_most: int) -> int:
        """How many there are; of more than `at_most` no more are counted."""
        return len(self._ids(at_most))

    @property
    def is_cut(self) -> bool:
        """So many begin with the text that they were not all looked through."""
        return bool(self.text) and self._search.is_cut and self._few is None

    def _ids(self, size: int) -> list[int]:
        return self._found[:size] if self.text else ids_of(self._streams, size=size)

    @cached_property
    def _search(self) -> "Search":
        return Search(self.text, self._passing, actor=self.actor)

    @cached_property
    def _few(self) -> list[int] | None:
        """All that the filter lets through, if there are not too many."""
        ids = ids_of(self._streams, size=FEW + 1)
        return ids if len(ids) <= FEW else None

    @cached_property
    def _found(self) -> list[int]:
        """Ids of what the text means and the filter lets through."""
        if self._search.is_cut and self._few is not None:
            return sorted(self._search.within(self._few), reverse=True)
        return sorted(self._search.ids, reverse=True)

    @property
    def _passing(self) -> OrderQuerySet:
        orders = Order.objects.visible_to(self.actor).filter(**_placed(self.asked))
        if self.asked.statuses is not None:
            orders = orders.filter(status__in=self.asked.statuses)
        if self.asked.organisation_ids is not None:
            orders = orders.filter(organisation_id__in=self.asked.organisation_ids)
        return orders.filter(organisation=None) if self.asked.is_for_supplies else orders

    @cached_property
    def _streams(self) -> list[OrderQuerySet]:
        """One for each organisation and status asked for; together they are the selection."""
        orders = self._dated(Order.objects.filter(account_id=self.actor.one_account))
        if self.asked.is_for_supplies:
            orders = orders.filter(organisation=None)
        choices: dict[str, list[Any]] = {}
        if (organisations := self._organisation_ids) is not None:
            choices["organisation_id"] = sorted(organisations)
        if self.asked.statuses is not None:
            choices["status"] = sorted(self.asked.statuses)
        streams = list(islice(product(*choices.values()), STREAMS_AT_MOST + 1))
        if len(streams) > STREAMS_AT_MOST:
            return [orders.filter(**{f"{name}__in": some for name, some in choices.items()})]
        return [orders.filter(**dict(zip(choices, one, strict=True))) for one in streams]

    @property
    def _organisation_ids(self) -> frozenset[int] | None:
        """Those asked for that the actor sees; None when that is no limit."""
        limits = (self.asked.organisation_ids, self.actor.organisation_ids)
        given = [one for one in limits if one is not None]
        return frozenset.intersection(*given) if given else None

    def _dated(self, orders: OrderQuerySet) -> OrderQuerySet:
        """Also by id: whoever is placed earlier has, but for moments, the smaller one.

        Without it, a page of last year's would be looked for through all of this year's. The ids
        at both ends are taken from many orders, in case some were dated by hand.
        """
        dated = orders.filter(**_placed(self.asked))
        ends: dict[str, int | None] = {}
        if self.asked.placed_from is not None:
            early = dated.order_by("placed_at", "pk")[:LOOKED_THROUGH]
            ends["pk__gte"] = early.aggregate(id=Min("pk"))["id"]
        if self.asked.placed_before is not None:
            late = dated.order_by("-placed_at", "-pk")[:LOOKED_THROUGH]
            ends["pk__lte"] = late.aggregate(id=Max("pk"))["id"]
        return dated.none() if None in ends.values() else dated.filter(**ends)


class Search:
    """The ids of those among `orders` that somebody may mean who types this text.

    By the beginning of the order's reference or of the postcode it is sent to, and by a whole id
    that the client gave it; for who may see patients, also by the beginning of the words of the
    patient's name or of the patient's reference.
    """

    def __init__(self, text: str, orders: models.QuerySet[Order], *, actor: Actor) -> None:
        self.is_cut = False
        self._orders = orders.order_by()
        self._accounts = _accounts_of(actor)
        self._all = Order.objects.filter(account_id__in=self._accounts)
        # References in small letters are mostly capitals that were typed in a hurry.
        self._spellings = {text, text.upper()}
        self._external_ids = {*self._spellings, text.lower()}
        self._postcode = _postcode_key(text)
        self._patients = list(self._patients_like(text, actor))
        begin = {*self._by_reference(), *self._by_postcode(), *self._by_external_id()}
        self.ids = {*self._among(pk__in=begin), *self._of_patients()}

    def within(self, few: list[int]) -> list[int]:
        """Those of these orders that the text means, however many others it means as well."""
        meant = models.Q()
        for text in self._spellings:
            meant |= models.Q(reference__startswith=text)
        for patients in self._patients:
            meant |= models.Q(patient_id__in=patients.values("pk"))
        meant |= models.Q(external_ids__overlap=sorted(self._external_ids))
        if self._postcode:
            meant |= models.Q(key__startswith=self._postcode)
        found = self._orders.filter(pk__in=few).alias(key=POSTCODE_KEY).filter(meant)
        return list(found.values_list("pk", flat=True))

    def _patients_like(self, text: str, actor: Actor) -> Iterator[PatientQuerySet]:
        if actor.may(Permission.SEE_PATIENTS):
            patients = Patient.objects.visible_to(actor)
            yield patients.named_like(text)
            yield patients.filter(account_id__in=self._accounts).referenced_like(text)

    def _among(self, **known: set[int]) -> list[int]:
        """No LIMIT and no order: with both the planner would hope to meet the few among the
        newest, and walk through all.
        """
        return list(self._orders.filter(**known).values_list("pk", flat=True))

    def _by_reference(self) -> Iterable[int]:
        """Where there are too many, the highest numbers: they are the latest, if any order is. Of
        several accounts any: sorting all of them would take too long.
        """
        in_turn = ["-reference"] if len(self._accounts) == 1 else []
        for text in self._spellings:
            yield from self._first(self._all.filter(reference__startswith=text).order_by(*in_turn))

    def _by_external_id(self) -> Iterable[int]:
        return self._first(self._all.carrying(self._external_ids))

    def _by_postcode(self) -> Iterable[int]:
        if self._postcode:
            found = self._all.alias(key=POSTCODE_KEY).filter(key__startswith=self._postcode)
            yield from self._first(found.order_by("key") if len(self._accounts) == 1 else found)

    def _of_patients(self) -> Iterable[int]:
        known = {pk for patients in self._patients for pk in self._first(patients)}
        return self._among(patient_id__in=known)

    def _first(self, found: models.QuerySet[Any]) -> list[int]:
        ids = list(found.values_list("pk", flat=True)[: LOOKED_THROUGH + 1])
        self.is_cut |= len(ids) > LOOKED_THROUGH
        return ids[:LOOKED_THROUGH]


def _accounts_of(actor: Actor) -> list[int]:
    """By their numbers, because the indexes begin with them."""
    if actor.sees_all_accounts:
        return list(Account.objects.values_list("pk", flat=True))
    return [actor.one_account]


def _postcode_key(text: str) -> str:
    """As the index has it; empty for what is none. All have a figure after their first letters."""
    key = SPACES.sub("", text).upper()
    return key if any(char.isdecimal() for char in key) else ""


def _placed(asked: OrderFilter) -> dict[str, datetime.datetime]:
    bounds = {"placed_at__gte": asked.placed_from, "placed_at__lt": asked.placed_before}
    return {name: at for name, at in bounds.items() if at is not None}
