"""The summary of an order on one page of paper (contracts/v3.md section 3.1): what it tells, and
how much of it, so that it fits. How the page looks is in `templates/orders/summary.typ`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpResponse
from django.utils import timezone

from foundation import codes, paper
from foundation.paper import cut
from foundation.templatetags.words import clock, day
from foundation.text import one_line
from orders.models import Order, OrderLine, OrderNote, OrderQuerySet
from orders.wanted import ShippingOption

TEMPLATE: Final = Path(settings.BASE_DIR, "templates", "orders", "summary.typ")
LETTER: Final = frozenset({"US", "CA"})
# No page holds more, even if each takes no more room than it must.
LINES_AT_MOST: Final = 24
NOTES_AT_MOST: Final = 4
# Of all notes together; a line break costs as much as what could stand on a line.
LETTERS_OF_NOTES: Final = 900
LETTERS_OF_A_LINE: Final = 100
IDS_AT_MOST: Final = 3
LETTERS_OF_A_VALUE: Final = 130
LETTERS_OF_A_NAME: Final = 80

Rows = list[dict[str, Any]]


def with_summary(orders: OrderQuerySet) -> OrderQuerySet:
    """All that a summary tells, in so many queries however long the order is."""
    lines = OrderLine.objects.select_related("item", "kit").order_by("pk")
    notes = OrderNote.objects.filter(is_reason=False).order_by("pk")
    return orders.select_related("account", "organisation", "patient", "site").prefetch_related(
        Prefetch("lines", lines), Prefetch("notes", notes)
    )


def summary_of(order: Order) -> bytes:
    """The PDF, of an order from `with_summary`, with times of the account's own time zone. It takes
    a moment of computing, so hold no locks meanwhile.
    """
    lines = list(order.lines.all())[:LINES_AT_MOST]
    pictures = {
        "reference": codes.qr(order.reference),
        "lines": [codes.barcode(_code(line)) for line in lines],
    }
    with timezone.override(order.account.time_zone):
        told = _told(order, lines)
    return paper.pdf(TEMPLATE, told, pictures=pictures, named=f"order {order.pk}")


def summary_answer(order: Order) -> HttpResponse:
    """The file is named by the order's number: a reference of a client's own may hold anything."""
    return paper.pdf_answer(f"order-{order.pk}.pdf", summary_of(order))


def _told(order: Order, lines: Sequence[OrderLine]) -> dict[str, Any]:
    now = timezone.now()
    return {
        "paper": paper_of(order),
        "account": short(order.account.name),
        "printed_on": f"{day(now)}, {clock(now)}",
        "reference": cut(order.reference, LETTERS_OF_A_VALUE),
        "facts": _facts(order),
        "recipient": recipient_told(order),
        "address": address_told(order),
        "lines": [line_told(line) for line in lines],
        "all_lines": len(order.lines.all()),
        **_notes(list(order.notes.all())),
    }


def paper_of(order: Order) -> str:
    """The sheets that the account's printers hold."""
    return "us-letter" if order.account.country in LETTER else "a4"


def _facts(order: Order) -> list[tuple[str, str]]:
    shipping = ShippingOption(order.shipping_option or ShippingOption.STANDARD).label
    facts = [
        ("Status", order.get_status_display()),
        ("Placed", f"{day(order.placed_at)}, {clock(order.placed_at)}"),
        ("Shipping", shipping),
    ]
    if order.email_label:
        facts.append(("Return label", "By e-mail"))
    if order.external_ids:
        facts.append(("Your order numbers", _some(order.external_ids)))
    if order.organisation:
        facts.append(("Organisation", short(order.organisation.name)))
    return facts


def _some(ids: Sequence[str]) -> str:
    shown = ", ".join(short(one, 40) for one in ids[:IDS_AT_MOST])
    left = len(ids) - IDS_AT_MOST
    return f"{shown} and {left} more" if left > 0 else shown


def recipient_told(order: Order) -> dict[str, Any]:
    """Of a patient no more than belongs on a parcel: whoever packs may read it."""
    kind = "Patient" if order.patient else "Site"
    return {"kind": kind, "name": short(str(order.recipient), 2 * LETTERS_OF_A_VALUE)}


def address_told(order: Order) -> dict[str, Any]:
    address = order.address
    assert address is not None, "order_has_an_address"
    return {
        "lines": address.as_lines(),
        "note": short(address.note, 2 * LETTERS_OF_A_VALUE),
    }


def line_told(line: OrderLine) -> dict[str, Any]:
    detail = line.item.model if line.item else "Kit"
    return {
        "count": line.count,
        "name": short(line.what.name, LETTERS_OF_A_NAME),
        "detail": short(detail, LETTERS_OF_A_NAME),
        "code": _code(line),
    }


def _code(line: OrderLine) -> str:
    """A kit has no SKU; it is known by its number."""
    return line.item.sku if line.item else f"KIT-{line.kit_id}"


def _notes(notes: Sequence[OrderNote]) -> dict[str, Any]:
    """The first ones, and of these as much as there is room for; what is left out is said."""
    told: Rows = []
    room, is_cut = LETTERS_OF_NOTES, False
    for note in notes[:NOTES_AT_MOST]:
        lines, room, was_cut = _fitting(note.text, room)
        is_cut = is_cut or was_cut
        if lines:
            told.append({"lines": lines, "on": day(note.written_at)})
    left = len(notes) - len(told)
    return {"notes": told, "notes_left_out": _left_out(left, is_cut=is_cut)}


def _fitting(text: str, room: int) -> tuple[list[str], int, bool]:
    """The lines of the text that fit into the room, what is left of it, and whether all did."""
    lines: list[str] = []
    for line in filter(None, map(one_line, text.splitlines())):
        if room < LETTERS_OF_A_LINE:
            return lines, room, True
        lines.append(cut(line, room))
        if len(line) > room:
            return lines, 0, True
        room -= max(len(line), LETTERS_OF_A_LINE)
    return lines, room, False


def _left_out(left: int, *, is_cut: bool) -> str:
    said = ["The notes are longer than what is shown here."] if is_cut else []
    if left:
        said.append(f"{left} more {'note is' if left == 1 else 'notes are'} not shown here.")
    return " ".join(said)


def short(text: str, most: int = LETTERS_OF_A_VALUE) -> str:
    return cut(one_line(text), most)
