"""What a return looks like in API v3 (contracts/v3.md section 4.16)."""

from dataclasses import dataclass

from orders.models import Return, ReturnQuerySet
from portal.api.v3.documents import Document, patient_document, site_document
from portal.api.v3.expected_back import NOTHING_BACK, Back, back_of_returns
from portal.api.v3.format import camel, timestamp, told

Shown = tuple[int, int, int | None]


@dataclass(frozen=True)
class ToldReturn:
    """A return, what is told of it, and whom that shows: the account, the patient and the order."""

    row: Return
    document: Document
    shown: set[Shown]

    @property
    def pk(self) -> int:
        return self.row.pk


def told_returns(returns: ReturnQuerySet) -> list[ToldReturn]:
    """In so many queries, however many returns, devices and items these are."""
    rows = list(returns.select_related("patient__site", "site").prefetch_related("events"))
    back = back_of_returns([row.pk for row in rows])
    return [_told(row, back.get(row.pk, NOTHING_BACK)) for row in rows]


def _told(row: Return, back: Back) -> ToldReturn:
    patients = back.patients | ({row.patient_id} if row.patient_id is not None else set())
    shown: set[Shown] = {(row.account_id, patient, row.order_id) for patient in patients}
    return ToldReturn(row, _document(row, back), shown)


def _document(row: Return, back: Back) -> Document:
    return told(
        {
            "id": row.pk,
            "patient": patient_document(row.patient) if row.patient else None,
            "site": site_document(row.site) if row.site else None,
            "currentStatus": camel(row.status),
            "returnKits": back.kits,
            "returnItems": back.items,
            "returnDevices": back.all_devices,
            "returnEvents": [
                {"type": camel(event.name), "eventTimestamp": timestamp(event.happened_at)}
                for event in row.events.all()
            ],
            "trackingNumbers": _tracking_numbers(row),
            "relatedOrderId": row.order_id,
        }
    )


def _tracking_numbers(row: Return) -> list[dict[str, str]]:
    if not row.tracking_number:
        return []
    return [{"carrier": row.carrier, "value": row.tracking_number}]
