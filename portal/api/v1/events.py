"""How API v1 words events: contracts/v1.md section 4, and House decisions, Events sent by default.
The feed and the notifications have the same documents.
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Any, Final

from django.db.models import Model, Q

from orders.models import Order, Referral
from orders.news import Turn
from orders.referrals import ReferralTurn
from orders.statuses import Status
from portal.api.v1.format import timestamp
from portal.api.v1.told_nights import attempts_of, night_documents, valid_nights
from studies.models import Channel, NightAttempt, Study
from studies.news import StudyTurn
from webhooks.endpoints import TEST
from webhooks.models import WebhookEndpoint, WebhookEvent
from webhooks.wording import Type

# Our kind of event, and the word for it on the wire. What is not here, v1 never tells.
WORDS: Final[Mapping[str, str]] = {
    StudyTurn.ACTIVATED.value: "ACTIVATED",
    StudyTurn.ATTEMPT_STARTED.value: "ATTEMPT_STARTED",
    StudyTurn.ATTEMPT_COMPLETED.value: "ATTEMPT_COMPLETED",
    StudyTurn.FINISHED.value: "FINISHED",
    Turn.SENT_FOR_FULFILMENT.value: "SENT_FOR_FULFILMENT",
    Turn.CALLED_OFF.value: "CANCELLED",
    Status.SHIPPED.value: "SHIPPED",
    Status.DELIVERED.value: "DELIVERED",
    Status.RETURN_ISSUED.value: "RETURNED",
    ReferralTurn.VERIFIED.value: "VERIFIED",
    ReferralTurn.REJECTED.value: "REJECTED",
}
USUAL: Final = (
    StudyTurn.ACTIVATED.value,
    StudyTurn.ATTEMPT_STARTED.value,
    StudyTurn.ATTEMPT_COMPLETED.value,
    StudyTurn.FINISHED.value,
    Turn.SENT_FOR_FULFILMENT.value,
    Turn.CALLED_OFF.value,
)
TYPES: Final[Mapping[str, str]] = {
    Channel.ORDER.value: "OrderEvent",
    Channel.IN_HOUSE.value: "StudyEvent",
    Channel.REFERRAL.value: "ReferralEvent",
    TEST: "TestEvent",
}


def word_for(event: WebhookEvent) -> str:
    """What this event is called; a kind that comes once tells more than the status."""
    words = {**WORDS, TEST: "TEST"}
    return next(words[kind] for kind in reversed(event.kinds) if kind in words)


def event_documents(events: Iterable[WebhookEvent]) -> list[dict[str, Any]]:
    """In their order. What they speak of is looked up in so many queries, however many events."""
    events = list(events)
    references, attempts = _references_of(events), attempts_of(events)
    return [_document(event, references.get(event.pk), attempts) for event in events]


def _document(
    event: WebhookEvent, patient_reference: str | None, attempts: Mapping[int, NightAttempt]
) -> dict[str, Any]:
    """Section 4.1: nothing of a patient but the reference, and that only when there is one."""
    attributes: dict[str, Any] = {"event": word_for(event), "reference": event.reference}
    if patient_reference is not None:
        attributes["patientReference"] = patient_reference
    attributes["occurredAt"] = timestamp(event.happened_at)
    if "nights" in event.facts:
        attributes["nights"] = night_documents(event, attempts)
    if StudyTurn.FINISHED in event.kinds:
        attributes["validNights"] = valid_nights(event, attempts)
    return {"type": TYPES[event.channel], "id": str(event.message_id), "attributes": attributes}


# By which fact an event names its patient, the first that it has.
PATIENTS: Final[Mapping[str, type[Model]]] = {"study": Study, "order": Order, "referral": Referral}


def _references_of(events: Sequence[WebhookEvent]) -> dict[int, str | None]:
    """The reference of each event's patient, by the event's id."""
    found: dict[int, str | None] = {}
    for fact, model in PATIENTS.items():
        named = {event.pk: event.facts.get(fact) for event in events if event.pk not in found}
        numbers = {number for number in named.values() if number is not None}
        if numbers:
            rows = model._default_manager.filter(pk__in=numbers)
            references = dict(rows.values_list("pk", "patient__reference"))
            found |= {
                event: references[number] for event, number in named.items() if number in references
            }
    return found


class V1Wording:
    """Notifications of API v1 (contracts/v1.md section 3, and House decisions, Retries)."""

    offered = WORDS
    usual: Sequence[str] = USUAL
    types: Mapping[str, Type] = {}
    studies_only = True
    is_ordered = True
    pauses: Sequence[timedelta] = (
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
        timedelta(hours=10),
        timedelta(hours=14),
    )
    secret_headers: AbstractSet[str] = frozenset()

    def bodies(self, events: Sequence[WebhookEvent], endpoint: WebhookEndpoint) -> list[bytes]:
        return [_bytes({"data": document}) for document in event_documents(events)]

    def message_id(self, event: WebhookEvent, endpoint: WebhookEndpoint) -> str:
        return str(event.message_id)

    def event_having(self, message_id: str) -> Q | None:
        try:
            return Q(message_id=uuid.UUID(message_id))
        except ValueError:
            return None

    def word_for(self, kind: str, endpoint: WebhookEndpoint) -> str:
        return WORDS.get(kind, "")

    def headers(self, endpoint: WebhookEndpoint) -> Mapping[str, str]:
        """None of its own."""
        return {}


def _bytes(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
