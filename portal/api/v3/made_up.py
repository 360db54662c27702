"""What the test triggers send (contracts/v3.md section 3.10): the documented bodies about nobody,
with what the caller gave in its place.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from portal.api.v3.documents import Document
from portal.api.v3.event_documents import device_association, order_status
from portal.api.v3.format import camel, timestamp
from webhooks.models import WebhookEvent

Sent = Mapping[str, Any]

# No table of ours counts so far, so that nothing real has such an id.
FROM: Final = 9_000_000_000_000
SITE: Final[Document] = {"id": FROM + 1, "name": "Test Site", "active": True}
ITEM: Final[Document] = {
    "id": FROM + 2,
    "manufacturer": {"id": FROM + 3, "name": "Test Maker"},
    "name": "Test Device",
    "model": "TEST-1",
    "sku": "TEST-1",
    "orderable": True,
}
PERSON: Final[Document] = {
    "id": FROM + 4,
    "externalIdentifier": "TEST-PATIENT",
    "firstName": "Test",
    "lastName": "Person",
    "dateOfBirth": "1980-02-29",
    "email": "test@example.org",
    "archived": False,
    "address": {
        "lineOne": "12 Test Street",
        "city": "York",
        "state": "PA",
        "zipCode": "17401",
        "country": "USA",
    },
    "enrolled": True,
    "sex": "unknown",
}
DEVICE: Final = FROM + 5
ORDER: Final = FROM + 6
IDENTIFIER: Final = "TEST-SERIAL"
TRACKING_NUMBER: Final = "TEST-TRACKING-NUMBER"
NOTHING: Final[tuple[str, ...]] = (
    *("orderKits", "orderNotes", "devices", "packedKits"),
    *("returnDevices", "returnItems", "returnPackedKits"),
)


def status_of_an_order(event: WebhookEvent, sent: Sent) -> Document:
    return order_status(
        sent.get("orderId", ORDER),
        sent.get("externalOrderIds", []),
        status=sent["orderStatusName"],
        at=timestamp(event.happened_at),
    )


def whole_order(event: WebhookEvent, sent: Sent) -> Document:
    status, at = camel(sent.get("orderStatus", "shipped")), timestamp(event.happened_at)
    number = sent.get("trackingNumber") or TRACKING_NUMBER
    return {
        "id": sent.get("orderId", ORDER),
        "externalOrderIds": sent.get("externalOrderIds", []),
        "patient": _patient(sent),
        "currentStatus": status,
        "orderItems": [{"item": ITEM, "count": 1}],
        "orderEvents": [{"name": status, "eventTimestamp": at}],
        "trackingNumbers": [{"carrier": "USPS", "value": number}],
        "shippingOption": "standard",
        "emailLabel": False,
        **{name: [] for name in NOTHING},
    }


def associated(event: WebhookEvent, sent: Sent) -> Document:
    return _association(event, sent, "associate")


def dissociated(event: WebhookEvent, sent: Sent) -> Document:
    return _association(event, sent, "disassociate")


def weight(event: WebhookEvent, sent: Sent) -> Document:
    return _reading(event, sent) | {"weight": sent.get("weight", 150.5), "weightUnit": "lbs"}


def blood_pressure(event: WebhookEvent, sent: Sent) -> Document:
    return _reading(event, sent) | {
        "systolic": sent.get("systolic", 120),
        "systolicUnit": "mmhg",
        "diastolic": sent.get("diastolic", 80),
        "diastolicUnit": "mmhg",
        **_heart_rate(sent),
    }


def blood_glucose(event: WebhookEvent, sent: Sent) -> Document:
    return _reading(event, sent) | {"glucose": sent.get("glucose", 100), "glucoseUnit": "mgdl"}


def blood_oxygen(event: WebhookEvent, sent: Sent) -> Document:
    return _reading(event, sent) | {
        "bloodOxygen": sent.get("bloodOxygen", 98),
        "bloodOxygenUnit": "spo2",
        **_heart_rate(sent),
    }


def _association(event: WebhookEvent, sent: Sent, action: str) -> Document:
    device = _device(sent.get("deviceId", DEVICE), sent.get("deviceIdentifier") or IDENTIFIER)
    return device_association(
        _patient(sent), device, action=action, at=timestamp(event.happened_at)
    )


def _reading(event: WebhookEvent, sent: Sent) -> Document:
    """What all readings have in common, and the site besides (section 6.3)."""
    return {
        "id": FROM + event.pk,
        "readingTimestamp": timestamp(event.happened_at),
        "manual": False,
        "deviceTimeZoneOffset": 0,
        "patientTimeZoneOffset": 0,
        "patient": _patient(sent),
        "item": ITEM,
        "device": _device(DEVICE, IDENTIFIER),
        "site": SITE,
    }


def _heart_rate(sent: Sent) -> Document:
    return {"heartRate": sent.get("heartRate", 72), "heartRateUnit": "bpm"}


def _patient(sent: Sent) -> Document:
    return PERSON | {"id": sent.get("patientId", PERSON["id"])}


def _device(number: int, identifier: str) -> Document:
    return {
        "id": number,
        "item": ITEM,
        "currentStatus": "withPatient",
        "used": False,
        "site": SITE,
        "deviceIdentifiers": [{"type": "serial", "value": identifier}],
        "deviceEvents": [],
        "disabledReadings": False,
    }


WRITERS: Final[Mapping[str, Callable[[WebhookEvent, Sent], Document]]] = {
    "order_status": status_of_an_order,
    "order_status_full": whole_order,
    "device_associated": associated,
    "device_dissociated": dissociated,
    "reading_weight": weight,
    "reading_blood_pressure": blood_pressure,
    "reading_blood_glucose": blood_glucose,
    "reading_blood_oxygen": blood_oxygen,
}
