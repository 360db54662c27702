"""One order, with all that is known about it and what can be done with it now."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse

from foundation.access import record_shown
from foundation.actors import Actor, Permission
from orders.models import Order, OrderEvent, OrderNote
from orders.summary import summary_answer, with_summary
from orders.views import words
from orders.views.coming_back import returns_of
from orders.views.packed import packed_of
from orders.views.possible import Possible, possible
from orders.views.study import code_shown
from orders.views.tracks import Track, track_of_parcel, track_of_test
from organisations.visit import SHOWS, Visit, staff_page


@staff_page(Permission.SEE_ORDERS, methods=SHOWS)
def order_page(visit: Visit, order_id: UUID) -> HttpResponse:
    order = find_order(visit, order_id)
    can = possible(order, visit.actor)
    note_shown(visit, order, what="order page")
    return visit.page(
        "orders/order.html",
        here="orders",
        back_url=visit.back_to("orders:list"),
        **_everything(visit, order, can),
    )


@staff_page(Permission.SEE_ORDERS, methods=SHOWS)
def order_print(visit: Visit, order_id: UUID) -> HttpResponse:
    """All of it on paper: one column, nothing to press."""
    order = find_order(visit, order_id)
    note_shown(visit, order, what="order print")
    return visit.page("orders/print.html", here="orders", **_everything(visit, order, None))


@staff_page(Permission.SEE_ORDERS, methods=SHOWS)
def order_summary(visit: Visit, order_id: UUID) -> HttpResponse:
    """One page for whoever packs or receives it, with codes to scan."""
    order = find_order(visit, order_id)
    note_shown(visit, order, what="order summary")
    return summary_answer(with_summary(Order.objects.visible_to(visit.actor)).get(pk=order.pk))


def find_order(visit: Visit, public_id: UUID, *, is_locked: bool = False) -> Order:
    """The order with its people; one that cannot be seen is not there.

    Locked, it stays as it was read until the transaction ends.
    """
    orders = Order.objects.visible_to(visit.actor).with_its_people()
    if is_locked:
        orders = orders.select_for_update(of=("self",))
    found = orders.select_related("study__organisation").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def note_shown(visit: Visit, order: Order, *, what: str) -> None:
    """Leave a row in the access log, if it is a patient who was shown."""
    if order.patient_id:
        shown = [(order.account_id, order.patient_id, order.pk)]
        record_shown(shown, what=what, actor=visit.actor)


def _everything(visit: Visit, order: Order, can: Possible | None) -> dict[str, Any]:
    """What a page about one order tells; where `can` allows a change, with the way there."""
    events = list(order.events.select_related("note").order_by("pk"))
    returns = returns_of(order)
    return {
        "order": order,
        "can": can,
        "tone": words.tone_of(order),
        "words": order.get_status_display(),
        "notice": words.notice_of(order, events, actor=visit.actor),
        "patient": _patient(order, can, region=visit.account.country),
        "address": [*_site(order), _address(order, can)],
        "study": words.study_rows(order),
        "code_rows": words.code_rows(order, actor=visit.actor),
        "placed": words.placed_rows(order),
        "lines": [words.line_words(line) for line in order.lines.select_related("item", "kit")],
        "packed": packed_of(order),
        "shipments": [words.shipment_row(one) for one in order.shipments.order_by("-pk")],
        "returns": returns,
        "tracks": _tracks(order, events, returns, actor=visit.actor),
        **_code(order, actor=visit.actor),
        "notes": _notes(order),
        "events": words.timeline_of(events),
    }


def _tracks(
    order: Order, events: list[OrderEvent], returns: list[words.Row], *, actor: Actor
) -> list[Track]:
    """Parcel and test; of an order without a test there is only what stands elsewhere."""
    study = order.study
    if study is None:
        return []
    may_see = actor.may(Permission.SEE_STUDIES)
    url = reverse("studies:study", args=[study.public_id]) if may_see else ""
    parcel = track_of_parcel(order, events, returns)
    return [parcel, track_of_test(study, list(study.attempts.all()), url=url)]


def _code(order: Order, *, actor: Actor) -> dict[str, Any]:
    """The code opens the patient's test, so only who may see studies is shown it."""
    if order.study is None or not actor.may(Permission.SEE_STUDIES):
        return {}
    return code_shown(order.study)


def _patient(order: Order, can: Possible | None, *, region: str) -> list[words.Row]:
    if order.patient is None:
        return []
    url = reverse("orders:contact", args=[order.public_id]) if can and can.contact else ""
    return words.patient_rows(order.patient, region=region, contact_url=url)


def _address(order: Order, can: Possible | None) -> words.Row:
    page = can.address_page if can else ""
    url = reverse(f"orders:{page}", args=[order.public_id]) if page else ""
    return {**words.address_row(order.address), "change_url": url}


def _site(order: Order) -> list[words.Row]:
    return [{"name": "Site", "value": order.site.name}] if order.site else []


def _notes(order: Order) -> list[OrderNote]:
    """Those that were added and those that came with the order, newest first."""
    return list(order.notes.filter(is_reason=False).order_by("-pk"))
