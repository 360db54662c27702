"""The orders that the list shows, all its pages, as a table to download."""

from collections.abc import Sequence
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.csv_export import csv_answer
from orders.models import Order
from orders.views.selecting import Asked
from organisations.visit import SHOWS, Visit, staff_page

EXPORTED_AT_MOST: Final = 5000
HEADER: Final = (
    "Reference",
    "Status",
    "Placed",
    "Organisation",
    "Product",
    "Patient or site",
    "Patient reference",
    "Date of birth",
    "Postcode",
    "Patient asked about a smartphone",
    "Smartphone in the shipment",
)


@staff_page(Permission.SEE_ORDERS, methods=SHOWS)
def export(visit: Visit) -> HttpResponse:
    """The newest of those asked for, whatever page was looked at; each patient is on record.

    An address that is not understood as a whole leads to the list, which says so: the file would
    hold orders that nobody asked for.
    """
    asked = Asked(visit)
    if asked.has_lost_its_search or asked.filters.errors:
        return redirect(f"{reverse('orders:list')}?{visit.request.GET.urlencode()}")
    rows = Order.objects.select_related("patient", "site", "organisation__product")
    orders = asked.selection.newest(rows, size=EXPORTED_AT_MOST)
    record_shown(
        ((order.account_id, order.patient_id, order.pk) for order in orders if order.patient_id),
        what="order export",
        actor=visit.actor,
    )
    today = timezone.localdate()
    return csv_answer(f"orders-{today:%Y-%m-%d}.csv", HEADER, map(cells_of, orders))


def cells_of(order: Order) -> Sequence[object]:
    """Times are those of the reader's time zone."""
    patient, clinic = order.patient, order.organisation
    return (
        order.reference,
        order.get_status_display(),
        f"{timezone.localtime(order.placed_at):%Y-%m-%d %H:%M}",
        clinic.name if clinic else "",
        clinic.product.name if clinic else "",
        str(order.recipient),
        patient.reference if patient else "",
        patient.date_of_birth if patient else "",
        order.postcode,
        _asked(order),
        ("Yes" if order.phone_needed else "No") if order.study_id else "",
    )


def _asked(order: Order) -> str:
    """Of orders that programs placed it is not recorded; orders without a study do not ask."""
    if order.study_id is None:
        return ""
    return "Yes" if order.phone_asked_at else "Not recorded (API)"
