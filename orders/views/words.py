"""How orders and patients read on a page. Nothing here asks the database."""

from typing import Any

from django.utils.html import format_html

from foundation.actors import Actor, Permission
from foundation.addresses import Address
from foundation.templatetags.words import day, moment, phone
from orders.models import EventName, Order, OrderEvent, OrderLine, Shipment, ShipmentState
from orders.statuses import Status
from orders.wanted import ShippingOption
from organisations.sensors import in_words
from patients.models import Patient, Sex
from patients.wanted import PatientWanted
from studies.views.words import told_rows

Row = dict[str, Any]

TONES: dict[Status, str] = {
    Status.ORDER_PLACED: "info",
    Status.PENDING_INVENTORY: "warn",
    Status.PENDING_ADDITIONAL_INFORMATION: "warn",
    Status.ON_HOLD: "warn",
    Status.RECONFIRM_ADDRESS: "warn",
    Status.UNABLE_TO_FULFILL: "bad",
    Status.AWAITING_SHIPMENT: "info",
    Status.SHIPPED: "info",
    Status.AVAILABLE_FOR_PICKUP: "info",
    Status.UNSUCCESSFUL_DELIVERY: "bad",
    Status.DELIVERED: "good",
    Status.RETURN_ISSUED: "good",
    Status.VOIDED: "calm",
}
PARCEL_TONES: dict[ShipmentState, str] = {
    ShipmentState.IN_TRANSIT: "info",
    ShipmentState.AVAILABLE_FOR_PICKUP: "info",
    ShipmentState.UNDELIVERED: "bad",
    ShipmentState.DELIVERED: "good",
}
SEARCH_IS_CUT = (
    "Very many orders begin like this, and only some were looked through."
    " Type more to find the others."
)
IDS_IN_A_LIST = 2
TEAM = "The fulfilment team"
# Why an order does not simply go on, and what is needed now, by whom. Where the clinic has to do
# something it takes somebody with the permission; the others are told so.
WAITS: dict[Status, tuple[str, str]] = {
    Status.PENDING_INVENTORY: ("Waiting for stock", "It goes on by itself when the kit is there."),
    Status.PENDING_ADDITIONAL_INFORMATION: (
        "We need some information from you",
        f"Answer with a note. {TEAM} then lets the order go on.",
    ),
    Status.ON_HOLD: ("This order is on hold", f"{TEAM} lets it go on. You need do nothing."),
    Status.RECONFIRM_ADDRESS: (
        "Please confirm the address",
        "The order waits until you have confirmed or corrected it.",
    ),
    Status.UNABLE_TO_FULFILL: (
        "This order cannot be fulfilled",
        "Nothing more happens with it. Place a new order if the patient still needs the test.",
    ),
    Status.UNSUCCESSFUL_DELIVERY: (
        "The parcel could not be delivered",
        f"{TEAM} decides what happens next. Check the patient’s contact details in the meantime.",
    ),
    Status.VOIDED: ("This order is cancelled", ""),
}
NEEDED: dict[Status, Permission] = {
    Status.PENDING_ADDITIONAL_INFORMATION: Permission.CHANGE_ORDERS,
    Status.RECONFIRM_ADDRESS: Permission.CONFIRM_ADDRESSES,
    Status.UNABLE_TO_FULFILL: Permission.PLACE_ORDERS,
    Status.UNSUCCESSFUL_DELIVERY: Permission.CHANGE_ORDERS,
}
FOR_OTHERS: dict[Status, tuple[str, str]] = {
    Status.PENDING_ADDITIONAL_INFORMATION: (
        "Some information is needed from your clinic",
        f"Your colleagues answer with a note. {TEAM} then lets the order go on.",
    ),
    Status.RECONFIRM_ADDRESS: (
        "The address must be confirmed",
        "The order waits until one of your colleagues has confirmed or corrected it.",
    ),
    Status.UNABLE_TO_FULFILL: ("This order cannot be fulfilled", "Nothing more happens with it."),
    Status.UNSUCCESSFUL_DELIVERY: (
        "The parcel could not be delivered",
        f"{TEAM} decides what happens next.",
    ),
}


def tone_of(order: Order) -> str:
    return TONES[Status(order.status)]


def line_rows(order: Order) -> Row:
    """What an order in a list shows."""
    shown, more = order.external_ids[:IDS_IN_A_LIST], len(order.external_ids) - IDS_IN_A_LIST
    return {
        "ids": [*shown, f"{more} more"] if more > 0 else shown,
        "express": order.shipping_option == ShippingOption.OVERNIGHT,
        "order": order,
        "who": order.recipient,
        "tone": tone_of(order),
        "words": order.get_status_display(),
    }


def notice_of(order: Order, events: list[OrderEvent], *, actor: Actor) -> Row | None:
    """Why the order does not simply go on, the reason somebody gave, and what is needed by whom."""
    status = Status(order.status)
    if status not in WAITS:
        return None
    is_for_others = status in NEEDED and not actor.may(NEEDED[status])
    title, next_step = FOR_OTHERS[status] if is_for_others else WAITS[status]
    since = next((event for event in reversed(events) if event.name == order.status), None)
    reason = since.note.text if since and since.note else ""
    return {"tone": tone_of(order), "title": title, "reason": reason, "next": next_step}


def described(wanted: PatientWanted) -> Patient:
    """A patient who is in no register yet, to be read like one who is."""
    return Patient(
        full_name=wanted.name.full,
        date_of_birth=wanted.date_of_birth,
        reference=wanted.reference,
        sex=wanted.sex,
        email=wanted.email,
        phone=wanted.phone.as_given,
        phone_e164=wanted.phone.e164,
    )


def patient_rows(patient: Patient, *, region: str, contact_url: str = "") -> list[Row]:
    """In the order of the form; where the contact details can be changed, with the way there."""
    return [
        {"name": "Name", "value": patient.full_name},
        {"name": "Date of birth", "value": day(patient.date_of_birth)},
        {"name": "Your reference", "value": patient.reference},
        {"name": "Email address", "value": patient.email, "change_url": contact_url},
        {
            "name": "Mobile phone",
            "value": phone_of(patient, region=region),
            "change_url": contact_url,
        },
        {"name": "Sex", "value": Sex(patient.sex).label},
    ]


def address_row(address: Address | None) -> Row:
    return {"name": "Address", "lines": address.as_lines() if address else []}


def phone_of(patient: Patient, *, region: str) -> str:
    return phone(patient.phone_e164, region) if patient.phone_e164 else patient.phone


def placed_rows(order: Order) -> list[Row]:
    """How the order came about; what only programs give is shown when they gave it."""
    by = format_html("<bdi>{}</bdi>, {}", order.placed_by, order.get_door_display())
    rows: list[Row] = [
        {"name": "Placed", "value": moment(order.placed_at)},
        {"name": "By", "value": by},
    ]
    if order.shipping_option:
        rows.append({"name": "Shipping", "value": order.get_shipping_option_display()})
    if order.external_ids:
        rows.append({"name": "Your own order numbers", "lines": order.external_ids})
    if order.email_label:
        rows.append({"name": "Return label", "value": "Sent by e-mail"})
    return rows


def study_rows(order: Order) -> list[Row]:
    """What was ordered, and when its result is told."""
    study = order.study
    if study is None:
        return []
    needed = "Yes" if order.phone_needed else "No"
    return [
        {"name": "Organisation", "value": study.organisation.name},
        {"name": "Nights", "value": study.nights},
        {"name": "Sensors", "value": in_words(study.sensors)},
        *told_rows(study),
        {"name": "Smartphone in the shipment", "value": needed},
        {"name": "Patient asked about a smartphone", "value": asked_words(order)},
    ]


def code_rows(order: Order, *, actor: Actor) -> list[Row]:
    """The code opens the patient's test, so only who may see studies is shown it."""
    study = order.study
    if study is None or not study.has_a_live_code or not actor.may(Permission.SEE_STUDIES):
        return []
    code = format_html('<span class="reference">{}</span>', study.shown_code)
    return [{"name": "Activation code", "value": code}]


def asked_words(order: Order) -> str:
    """Who asked is known of people only; programs have promised to ask."""
    if order.phone_asked_by is None or order.phone_asked_at is None:
        return "Not recorded (API)"
    by, at = order.phone_asked_by, moment(order.phone_asked_at)
    return format_html("By <bdi>{}</bdi>, {}", by, at)


def line_words(line: OrderLine) -> str:
    return f"{line.count} × {line.what}"


def shipment_row(shipment: Shipment) -> Row:
    return {
        "direction": shipment.get_direction_display(),
        "carrier": shipment.carrier,
        "number": shipment.tracking_number,
        "state": shipment.get_state_display(),
        "tone": PARCEL_TONES[ShipmentState(shipment.state)],
        "at": shipment.sent_at,
    }


def timeline_of(events: list[OrderEvent]) -> list[Row]:
    """Newest first. What a note says stands under the notes."""
    return [
        {
            "title": event.words,
            "at": event.happened_at,
            "by": f"{event.actor}, {event.get_door_display()}",
            "note": event.note.text if event.note and event.name != EventName.NOTE_ADDED else "",
        }
        for event in reversed(events)
    ]
