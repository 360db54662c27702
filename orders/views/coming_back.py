"""What is expected back: in words, for the pages of an order, and as the clinic's list of all that
is on its way home.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Prefetch
from django.http import HttpResponse
from django.urls import reverse

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.keyset import Page, ids_of, newest_of
from inventory.models import Device
from orders.models import Order, Return, ReturnDevice, ReturnItem, ReturnPackedKit, ReturnQuerySet
from orders.return_statuses import ENDS, ReturnStatus
from orders.views.paging import ends_of, place_named
from organisations.visit import SHOWS, Visit, staff_page

PAGE_SIZE: Final = 25
R = ReturnStatus
# How far it is, for whoever waits for it; who has to do something, and what.
WORDS: Final[dict[ReturnStatus, tuple[str, str]]] = {
    R.RMA_PLACED: ("Asked for", "The label is sent next."),
    R.OUTBOUND: ("Label on its way", "It goes out with a parcel."),
    R.PENDING_RETURN: ("Not sent back yet", "They have the label, and we wait for the parcel."),
    R.IN_TRANSIT: ("On its way back", ""),
    R.ARRIVED: ("Arrived", "It is opened and looked through next."),
    R.RECEIVING: ("Being looked through", ""),
    R.COMPLETED: ("Received", ""),
    R.VOIDED: ("Called off", "Nothing is expected back any more."),
}
TONES: Final = {R.PENDING_RETURN: "warn", R.COMPLETED: "good", R.VOIDED: "calm"}
STILL_COMING: Final = tuple(status for status in R if status not in ENDS)


@staff_page(Permission.SEE_ORDERS, methods=SHOWS)
def coming_back(visit: Visit) -> HttpResponse:
    """The newest returns that are not home yet; those that are over too, if they are asked for."""
    shows_all = visit.request.GET.get("show") == "all"
    seen = _seen(visit)
    page = newest_of(
        [seen] if shows_all else _still_coming(seen),
        _with_contents(seen).select_related("patient", "site", "order"),
        size=PAGE_SIZE,
        before=place_named(visit, "before", seen),
        after=place_named(visit, "after", seen),
    )
    _record(visit, page)
    newer, older = ends_of(page)
    return visit.page(
        "orders/coming_back_list.html",
        here="orders",
        rows=[_row(back) for back in page.rows],
        shows_all=shows_all,
        sees_returns=visit.actor.sees_all_organisations,
        newer_url=_address(after=newer, shows_all=shows_all) if newer else "",
        older_url=_address(before=older, shows_all=shows_all) if older else "",
    )


def count_coming_back(visit: Visit, *, at_most: int) -> int:
    """How many returns are not home yet; of more than `at_most` no more are counted."""
    return len(ids_of(_still_coming(_seen(visit)), size=at_most))


def returns_of(order: Order) -> list[dict[str, Any]]:
    """Each with how far it is and what is in it; in one query when nothing comes back."""
    return [_row(back) for back in _with_contents(order.returns.order_by("pk"))]


def _seen(visit: Visit) -> ReturnQuerySet:
    return Return.objects.visible_to(visit.actor).filter(account_id=visit.account.pk)


def _still_coming(seen: ReturnQuerySet) -> list[ReturnQuerySet]:
    """Each status by itself, because the index has them so."""
    return [seen.filter(status=one) for one in STILL_COMING]


def _with_contents(rows: Any) -> ReturnQuerySet:
    devices = Device.objects.select_related("item").prefetch_related("identifiers")
    items = ReturnItem.objects.select_related("item").order_by("pk")
    packed_kits = ReturnPackedKit.objects.select_related("packed_kit__kit").order_by("pk")
    found: ReturnQuerySet = rows.prefetch_related(
        Prefetch("items", items),
        Prefetch("devices", ReturnDevice.objects.filter(packed_kit=None).order_by("pk")),
        Prefetch("devices__device", devices),
        Prefetch("packed_kits", packed_kits),
    )
    return found


def _row(back: Return) -> dict[str, Any]:
    status = ReturnStatus(back.status)
    words, next_step = WORDS[status]
    return {
        "row": back,
        "status": words,
        "next": next_step,
        "tone": TONES.get(status, "info"),
        "things": list(_things(back)),
        "label": "The label is sent by e-mail." if back.email_label else "",
        "carrier": back.carrier,
        "number": back.tracking_number,
        "at": back.changed_at,
    }


def _things(back: Return) -> Iterable[str]:
    for item in back.items.all():
        yield f"{item.count} × {item.item}"
    for row in back.devices.all():
        known = ", ".join(one.value for one in row.device.identifiers.all())
        yield f"{row.device.item}, {known}" if known else str(row.device.item)
    for packed in back.packed_kits.all():
        yield f"{packed.packed_kit.kit}, packed as {packed.packed_kit_id}"


def _record(visit: Visit, page: Page[Return]) -> None:
    shown = [(one.account_id, one.patient_id, one.order_id) for one in page.rows if one.patient_id]
    record_shown(shown, what="coming back", actor=visit.actor)


def _address(*, shows_all: bool, **place: str) -> str:
    ((name, value),) = place.items()
    more = "&show=all" if shows_all else ""
    return f"{reverse('orders:coming_back')}?{name}={value}{more}"
