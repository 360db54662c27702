"""The three views of what is in stock in API v3 (contracts/v3.md section 3.7)."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from inventory.counting import Counted, Wanted, Where, count_what_is_there
from inventory.models import Item
from organisations.models import Site
from portal.api.errors import Problem, Refused
from portal.api.v3 import format as wire
from portal.api.v3 import paging, query
from portal.api.v3.documents import Document, item_document, site_document
from portal.api.v3.views import V3Endpoint


class Inventory(V3Endpoint):
    """`/api/v3/inventory`: one row an item, over all places."""

    largest_page = paging.LARGEST_SIZE_OF_SOME
    where: ClassVar[Where] = Where.EVERYWHERE

    def get(self, request: Request) -> HttpResponse:
        problems: list[Problem] = []
        asked = self.plain_request.GET
        page = paging.read_page(asked, problems, largest=self.largest_page)
        wanted = self.wanted(asked, problems)
        if problems:
            raise Refused(*problems)
        rows, total = count_what_is_there(
            wanted, offset=page.start, limit=page.size, actor=self.caller.actor
        )
        return wire.answer(paging.envelope(_documents(rows), page, total=total))

    def wanted(self, asked: Any, problems: list[Problem]) -> Wanted:
        return Wanted(where=self.where, item_id=query.one_id(asked, "itemId", problems))


class CentreInventory(Inventory):
    """`/api/v3/inventory/impilo`: one row an item and fulfilment centre."""

    where = Where.CENTRES


class SiteInventory(Inventory):
    """`/api/v3/inventory/site`: one row an item and site of the account that has any."""

    where = Where.OWN_SITES

    def wanted(self, asked: Any, problems: list[Problem]) -> Wanted:
        return Wanted(
            where=self.where,
            item_id=query.one_id(asked, "itemId", problems),
            place_id=query.one_id(asked, "siteId", problems),
        )


def _documents(rows: Iterable[Counted]) -> list[Document]:
    """Items and sites are looked up in two queries."""
    rows = list(rows)
    items = Item.objects.select_related("manufacturer").in_bulk({row.item_id for row in rows})
    sites = Site.objects.in_bulk({row.place_id for row in rows if row.place_id is not None})
    return [_document(row, items, sites) for row in rows]


def _document(row: Counted, items: dict[int, Item], sites: dict[int, Site]) -> Document:
    where = {} if row.place_id is None else {"site": site_document(sites[row.place_id])}
    return {
        "item": item_document(items[row.item_id]),
        "newCount": row.new,
        "usedCount": row.used,
        **where,
    }
