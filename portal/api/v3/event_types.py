"""What a webhook of API v3 can tell of: all types of contracts/v3.md section 6.3, whether anything
makes them known already or not.
"""

from collections.abc import Mapping
from typing import Final

from orders.statuses import Status
from patients.news import PatientNews
from portal.api.v3.event_documents import PACKED_KIT, RETURN
from webhooks.wording import Type

RETURN_STATUSES: Final = (
    "rma_placed",
    "outbound",
    "pending_return",
    "in_transit",
    "arrived",
    "receiving",
    "completed",
    "voided",
)
PACKED_KIT_EVENTS: Final = ("started", "packed", "linked", "unlinked", "voided")
OF_ORDERS: Final = tuple(status.value for status in Status)
OF_RETURNS: Final = tuple(f"{RETURN}{status}" for status in RETURN_STATUSES)
OF_PACKED_KITS: Final = tuple(f"{PACKED_KIT}{event}" for event in PACKED_KIT_EVENTS)

# By our words. New ones come at the end: the place is a part of the messages' ids.
TYPES: Final[Mapping[str, Type]] = {
    "order_status": Type("order.status", "Status of an order, in short", OF_ORDERS),
    "order_status_full": Type("order.statusFull", "Status of an order, all of it", OF_ORDERS),
    "return_status": Type("return.status", "Status of a return, in short", OF_RETURNS),
    "return_status_full": Type("return.statusFull", "Status of a return, all of it", OF_RETURNS),
    "patient_created": Type("patient.created", "Patient registered", (PatientNews.CREATED.value,)),
    "patient_updated": Type("patient.updated", "Patient changed", (PatientNews.UPDATED.value,)),
    "device_associated": Type(
        "device.associationCreated", "Device given to a patient", ("device_associated",)
    ),
    "device_dissociated": Type(
        "device.associationRemoved", "Device taken from a patient", ("device_dissociated",)
    ),
    "packed_kit": Type("packedKit.event", "Event of a packed kit", OF_PACKED_KITS),
    "reading_weight": Type("reading.weight", "Reading: weight", ("reading_weight",)),
    "reading_blood_pressure": Type(
        "reading.bloodPressure", "Reading: blood pressure", ("reading_blood_pressure",)
    ),
    "reading_blood_glucose": Type(
        "reading.bloodGlucose", "Reading: blood glucose", ("reading_blood_glucose",)
    ),
    "reading_blood_oxygen": Type(
        "reading.bloodOxygen", "Reading: blood oxygen", ("reading_blood_oxygen",)
    ),
    "reading_temperature": Type(
        "reading.temperature", "Reading: temperature", ("reading_temperature",)
    ),
    "reading_peak_flow": Type("reading.peakFlow", "Reading: peak flow", ("reading_peak_flow",)),
    "reading_sleep_mat_activity": Type(
        "reading.sleepMatActivity",
        "Reading: activity on a sleep mat",
        ("reading_sleep_mat_activity",),
    ),
    "reading_sleep_mat_duration": Type(
        "reading.sleepMatDuration",
        "Reading: time on a sleep mat",
        ("reading_sleep_mat_duration",),
    ),
    "reading_ecg": Type("reading.ecg", "Reading: ECG", ("reading_ecg",)),
    "device_low_battery": Type(
        "device.lowBattery", "Battery of a device is low", ("device_low_battery",)
    ),
    "device_weak_signal": Type(
        "device.weakSignal", "Signal of a device is weak", ("device_weak_signal",)
    ),
    "device_health_check": Type(
        "device.healthcheck", "Health check of a device", ("device_health_check",)
    ),
    "procurement_status": Type(
        "procurement.status", "Status of a procurement, in short", ("procurement_status",)
    ),
    "procurement_status_full": Type(
        "procurement.statusFull", "Status of a procurement, all of it", ("procurement_status",)
    ),
    "transfer_request_status": Type(
        "transferRequest.status", "Status of a transfer, in short", ("transfer_request_status",)
    ),
    "transfer_request_status_full": Type(
        "transferRequest.statusFull",
        "Status of a transfer, all of it",
        ("transfer_request_status",),
    ),
    "support_ticket": Type("supportTicket.event", "Event of a support ticket", ("support_ticket",)),
}
BY_WORD: Final[Mapping[str, str]] = {one.word: name for name, one in TYPES.items()}
PLACES: Final[Mapping[str, int]] = {name: place for place, name in enumerate(TYPES)}
