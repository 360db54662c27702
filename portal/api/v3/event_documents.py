"""What the payloads of webhooks say (contracts/v3.md section 6.3). Each writer is given events of
one account, and looks up what they speak of in so many queries, however many events these are.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from inventory.models import Device
from orders.models import Order, Return
from orders.statuses import Status
from patients.models import Patient
from portal.api.v3.device_documents import device_document, with_devices
from portal.api.v3.documents import Document, patient_document
from portal.api.v3.format import camel, timestamp
from portal.api.v3.order_documents import told_orders
from portal.api.v3.return_documents import told_returns
from webhooks.models import WebhookEvent

Events = Sequence[WebhookEvent]
Writer = Callable[[Events], list[Document]]

RETURN: Final = "return_"
PACKED_KIT: Final = "packed_kit_"
ACTIONS: Final[Mapping[str, str]] = {
    "device_associated": "associate",
    "device_dissociated": "disassociate",
}


def order_statuses(events: Events) -> list[Document]:
    """The names of the request that tries this type out, and `eventType` as everywhere else."""
    orders = Order.objects.filter(pk__in=_named(events, "order"))
    external = {order.pk: order.client_ids for order in orders}
    return [
        order_status(
            event.facts["order"],
            external.get(event.facts["order"], []),
            status=next(kind for kind in event.kinds if kind in Status.values),
            at=timestamp(event.happened_at),
        )
        for event in events
    ]


def order_status(number: int, external: Sequence[str], *, status: str, at: str) -> Document:
    return {
        "orderId": number,
        "externalOrderIds": list(external),
        "orderStatusName": camel(status),
        "eventType": camel(status),
        "eventTimestamp": at,
    }


def whole_orders(events: Events) -> list[Document]:
    """Each as it is at the first try."""
    told = told_orders(Order.objects.filter(pk__in=_named(events, "order")))
    return _found("order", {one.pk: one.document for one in told}, events)


def whole_patients(events: Events) -> list[Document]:
    """Each as they are at the first try."""
    return _found("patient", _patients(events), events)


def return_statuses(events: Events) -> list[Document]:
    return [
        _known(
            {
                "returnId": event.facts["return"],
                "returnStatusName": camel(event.kinds[-1].removeprefix(RETURN)),
                "eventType": camel(event.kinds[-1].removeprefix(RETURN)),
                "relatedOrderId": event.facts["order"],
                "eventTimestamp": timestamp(event.happened_at),
            }
        )
        for event in events
    ]


def device_associations(events: Events) -> list[Document]:
    patients = _patients(events)
    # What has gone on to somebody else meanwhile is told by its id alone.
    held = Device.objects.filter(holder__in={event.account_id for event in events})
    rows = with_devices(held.filter(pk__in=_named(events, "device")))
    devices = {row.pk: device_document(row) for row in rows}
    return [
        device_association(
            patients.get(event.facts["patient"], {"id": event.facts["patient"]}),
            devices.get(event.facts["device"], {"id": event.facts["device"]}),
            action=ACTIONS[event.kinds[-1]],
            at=timestamp(event.happened_at),
        )
        for event in events
    ]


def device_association(patient: Document, device: Document, *, action: str, at: str) -> Document:
    return {"patient": patient, "device": device, "action": action, "eventTimestamp": at}


def packed_kits(events: Events) -> list[Document]:
    return [
        _known(
            {
                "packedKitId": event.facts["packed_kit"],
                "deviceId": event.facts["device"],
                "eventType": camel(event.kinds[-1].removeprefix(PACKED_KIT)),
                "eventTimestamp": timestamp(event.happened_at),
            }
        )
        for event in events
    ]


def bare_facts(events: Events) -> list[Document]:
    """Nothing of ours makes these known yet."""
    return [
        {"eventType": camel(event.kinds[-1]), "eventTimestamp": timestamp(event.happened_at)}
        for event in events
    ]


def whole_returns(events: Events) -> list[Document]:
    """Each as it is at the first try."""
    told = told_returns(Return.objects.filter(pk__in=_named(events, "return")))
    return _found("return", {one.pk: one.document for one in told}, events)


def _patients(events: Events) -> dict[int, Document]:
    rows = Patient.objects.filter(pk__in=_named(events, "patient")).select_related("site")
    return {row.pk: patient_document(row) for row in rows}


def _named(events: Events, fact: str) -> set[int]:
    return {event.facts[fact] for event in events}


def _found(fact: str, documents: Mapping[int, Document], events: Events) -> list[Document]:
    """In the order of the events; of what is not there any more the id is told."""
    numbers = [event.facts[fact] for event in events]
    return [documents.get(number, {"id": number}) for number in numbers]


def _known(members: Document) -> Document:
    return {name: value for name, value in members.items() if value is not None}
