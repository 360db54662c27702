"""Items, kits and manufacturers of API v3 (contracts/v3.md sections 3.4, 3.5 and 3.11)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from inventory.items import ItemWanted, offer_item
from inventory.models import (
    AccountCatalogue,
    IdentifierType,
    Item,
    ItemClass,
    ItemSize,
    Kit,
    Manufacturer,
    ReadingType,
)
from inventory.models.kits import KitQuerySet
from portal.api.errors import Problem
from portal.api.fields import Text
from portal.api.members import Members
from portal.api.v3 import format as wire
from portal.api.v3 import paging, query
from portal.api.v3.documents import detailed_item_document, kit_document, manufacturer_document
from portal.api.v3.format import words_of
from portal.api.v3.values import Spelling, TextOrNothing, read
from portal.api.v3.views import V3Endpoint

NAME_LENGTH: Final = 200
SORTS: Final[Mapping[str, str]] = {
    "itemId": "pk",
    "itemName": "name",
    "itemModel": "model",
    "itemSku": "sku",
}
SIZES: Final = words_of(ItemSize)
CLASSES: Final = words_of(ItemClass)
READINGS: Final = words_of(ReadingType)
IDENTIFIERS: Final = words_of(IdentifierType)


class ItemMembers(Members):
    """Section 4.12, ItemRequest."""

    name = Text(most=NAME_LENGTH)
    model = TextOrNothing(most=NAME_LENGTH)
    deviceIdentifierType = Spelling(IDENTIFIERS, required=False)


class ItemEndpoint(V3Endpoint):
    @property
    def items(self) -> QuerySet[Item]:
        known = AccountCatalogue.objects.items_of(self.caller.actor.one_account)
        return known.select_related("manufacturer")


class Items(ItemEndpoint):
    """`/api/v3/item`"""

    largest_page = paging.LARGEST_SIZE_OF_SOME

    def get(self, request: Request) -> HttpResponse:
        document, _ = self.page(self._asked, load=self._load, write=detailed_item_document)
        return wire.answer(document)

    def post(self, request: Request) -> HttpResponse:
        return self.answer_once(self._create)

    def _create(self) -> HttpResponse:
        sent = read(self.read(), ItemMembers)
        wanted = ItemWanted(
            name=sent["name"],
            model=sent.get("model") or "",
            identifier_type=sent.get("deviceIdentifierType"),
        )
        return self.created(detailed_item_document(offer_item(wanted, actor=self.caller.actor)))

    def _asked(self, problems: list[Problem]) -> QuerySet[Item]:
        return query.sorted_as_asked(
            self.items.filter(item_filter(self.plain_request.GET, problems)),
            self.plain_request.GET,
            problems,
            among=SORTS,
        )

    def _load(self, numbers: Sequence[int]) -> Iterable[Item]:
        return self.items.filter(pk__in=numbers)


class OneItem(ItemEndpoint):
    """`/api/v3/item/{itemId}`"""

    def get(self, request: Request, item_id: int) -> HttpResponse:
        return wire.answer(detailed_item_document(self.find(self.items, item_id)))


class KitEndpoint(V3Endpoint):
    @property
    def kits(self) -> KitQuerySet:
        return AccountCatalogue.objects.kits_of(self.caller.actor.one_account)


class Kits(KitEndpoint):
    """`/api/v3/kit`"""

    def get(self, request: Request) -> HttpResponse:
        document, _ = self.page(self._asked, load=self._load, write=kit_document)
        return wire.answer(document)

    def _asked(self, problems: list[Problem]) -> QuerySet[Kit]:
        asked = self.plain_request.GET
        having = Q()
        item = query.one_id(asked, "itemId", problems)
        if item is not None:
            having &= Q(kit_items__item=item)
        is_archived = query.yes_or_no(asked, "archived", problems)
        if is_archived is not None:
            having &= Q(is_archived=is_archived)
        return self.kits.filter(having).order_by("pk")

    def _load(self, numbers: Sequence[int]) -> Iterable[Kit]:
        return self.kits.with_contents().filter(pk__in=numbers)


class OneKit(KitEndpoint):
    """`/api/v3/kit/{kitId}`"""

    def get(self, request: Request, kit_id: int) -> HttpResponse:
        return wire.answer(kit_document(self.find(self.kits.with_contents(), kit_id)))


class Manufacturers(V3Endpoint):
    """`/api/v3/manufacturer`"""

    def get(self, request: Request) -> HttpResponse:
        document, _ = self.page(
            lambda problems: Manufacturer.objects.order_by("pk"),
            load=lambda numbers: Manufacturer.objects.filter(pk__in=numbers),
            write=manufacturer_document,
        )
        return wire.answer(document)


class OneManufacturer(V3Endpoint):
    """`/api/v3/manufacturer/{manufacturerId}`"""

    def get(self, request: Request, manufacturer_id: int) -> HttpResponse:
        found = self.find(Manufacturer.objects.all(), manufacturer_id)
        return wire.answer(manufacturer_document(found))


def item_filter(asked: Any, problems: list[Problem]) -> Q:
    """`name` and `model` are parts of theirs, `sku` is the whole (section 12, row 16)."""
    texts = {
        "name__icontains": query.text(asked, "name", problems),
        "model__icontains": query.text(asked, "model", problems),
        "sku__iexact": query.text(asked, "sku", problems),
    }
    lists = {
        "pk__in": query.ids(asked, "id", problems),
        "size__in": query.words(asked, "itemSize", problems, among=SIZES),
        "item_class__in": query.words(asked, "itemClass", problems, among=CLASSES),
        "reading_type__in": query.words(asked, "readingType", problems, among=READINGS),
        "manufacturer__in": query.ids(asked, "manufacturerId", problems),
    }
    return Q(**{name: given for name, given in (texts | lists).items() if given})
