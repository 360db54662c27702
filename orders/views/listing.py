"""The list of orders: searched, filtered, and above it what somebody has begun and not finished."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.kept_search import SEARCH, NotSearchable, keep_search
from foundation.keyset import Page
from orders.drafts import unfinished_drafts
from orders.models import Order
from orders.saved_filters import own_filters
from orders.views.export import EXPORTED_AT_MOST
from orders.views.paging import ends_of, place_named
from orders.views.sections import known_patients, patient_name
from orders.views.selecting import Asked
from orders.views.words import line_rows
from organisations.visit import Visit, staff_page

PAGE_SIZE = 25
DRAFTS_AT_MOST = 100


@staff_page(Permission.SEE_ORDERS)
def order_list(visit: Visit) -> HttpResponse:
    """The newest orders of those asked for, or those before or after the one that is named."""
    asked = Asked(visit)
    if visit.is_answered:
        return _search(asked)
    seen = Order.objects.visible_to(visit.actor)
    page = asked.selection.page(
        seen.with_its_people(),
        size=PAGE_SIZE,
        before=place_named(visit, "before", seen),
        after=place_named(visit, "after", seen),
    )
    _record(visit, page)
    return visit.page(
        "orders/list.html",
        here="orders",
        asked=asked,
        rows=[line_rows(order) for order in page.rows],
        sees_returns=visit.actor.sees_all_organisations,
        saved=list(own_filters(visit.actor)),
        export_url=asked.url("orders:export"),
        export_is_cut=_is_more_than_one_export(asked, page),
        exported_at_most=f"{EXPORTED_AT_MOST:,}",
        drafts=_drafts(visit) if asked.is_everything and page.newer is None else [],
        **_ways(asked, page),
    )


def _search(asked: Asked) -> HttpResponse:
    """Keep what was typed, and lead to an address that does not hold it."""
    try:
        word = keep_search(asked.visit.request)
    except NotSearchable as refusal:
        messages.error(asked.visit.request, refusal.words)
        return redirect(asked.url())
    return redirect(asked.url(**{SEARCH: word}))


def _record(visit: Visit, page: Page[Order]) -> None:
    record_shown(
        ((order.account_id, order.patient_id, order.pk) for order in page.rows if order.patient_id),
        what="order list",
        actor=visit.actor,
    )


def _ways(asked: Asked, page: Page[Order]) -> dict[str, Any]:
    """The addresses of the pages before and after, for the same orders."""
    newer, older = ends_of(page)
    return {
        "newer_url": asked.url(after=newer) if newer else "",
        "older_url": asked.url(before=older) if older else "",
    }


def _is_more_than_one_export(asked: Asked, page: Page[Order]) -> bool:
    if page.older is None and page.newer is None:
        return False
    return asked.selection.count(at_most=EXPORTED_AT_MOST + 1) > EXPORTED_AT_MOST


def _drafts(visit: Visit) -> list[dict[str, Any]]:
    if not visit.may(Permission.PLACE_ORDERS):
        return []
    drafts = list(unfinished_drafts(visit.actor)[:DRAFTS_AT_MOST])
    known = known_patients(drafts, visit)
    record_shown(
        ((one.account_id, one.pk, None) for one in known.values()),
        what="draft list",
        actor=visit.actor,
    )
    return [{"draft": draft, "name": patient_name(draft, known)} for draft in drafts]
