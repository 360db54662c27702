"""The slip that lies in the parcel: what is in it, for whom, and how the patient begins with it. It
is for the warehouse only: what any dialect tells of an order has no code on it (contracts/v1.md,
House decisions, Activation code). How the page looks is in `templates/orders/packing_slip.typ`.
"""

from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from foundation import codes, paper
from foundation.templatetags.words import day
from orders.models import Order
from orders.summary import address_told, line_told, paper_of, recipient_told, short

TEMPLATE: Final = Path(settings.BASE_DIR, "templates", "orders", "packing_slip.typ")


def slip_answer(order: Order) -> HttpResponse:
    """The file is named by the order's number: a reference of a client's own may hold anything."""
    return paper.pdf_answer(f"packing-slip-{order.pk}.pdf", slip_of(order))


def slip_of(order: Order) -> bytes:
    """The PDF, of an order from `with_summary` with its study; all lines, on as many pages as they
    take.
    """
    code = _code(order)
    pictures = {
        "reference": codes.qr(order.reference),
        "code": codes.qr(code) if code else "",
        "lines": [codes.barcode(line_told(line)["code"]) for line in order.lines.all()],
    }
    with timezone.override(order.account.time_zone):
        told = _told(order, code)
    return paper.pdf(TEMPLATE, told, pictures=pictures, named=f"packing slip of order {order.pk}")


def _told(order: Order, code: str) -> dict[str, Any]:
    return {
        "paper": paper_of(order),
        "account": short(order.account.name),
        "sender": short(order.organisation.name if order.organisation else order.account.name),
        "reference": short(order.reference),
        "placed": day(order.placed_at),
        "recipient": recipient_told(order),
        "address": address_told(order),
        "lines": [line_told(line) for line in order.lines.all()],
        "code": code,
    }


def _code(order: Order) -> str:
    """Empty where no test is sent, and where it was cancelled."""
    study = order.study
    return study.shown_code if study and study.has_a_live_code else ""
