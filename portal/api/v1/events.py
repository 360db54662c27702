"""How API v1 words events: contracts/v1.md section 4, and House decisions, Events sent by default.
The feed and the notifications have the same documents.
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q

from orders.models import Order
from orders.news import CHANNEL, Turn
from orders.statuses import Status
from portal.api.v1.format import timestamp
from webhooks.endpoints import TEST
from webhooks.models import WebhookEndpoint, WebhookEvent
from webhooks.wording import Type

# Our kind of event, and the word for it on the wire. What is not here, v1 never tells.
WORDS: Final[Mapping[str, str]] = {
    Turn.SENT_FOR_FULFILMENT.value: "SENT_FOR_FULFILMENT",
    Turn.CALLED_OFF.value: "CANCELLED",
    Status.SHIPPED.value: "SHIPPED",
    Status.DELIVERED.value: "DELIVERED",
    Status.RETURN_ISSUED.value: "RETURNED",
}
TYPES: Final[Mapping[str, str]] = {CHANNEL: "OrderEvent", TEST: "TestEvent"}


def word_for(event: WebhookEvent) -> str:
    """What this event is called; a kind that comes once tells more than the status."""
    words = {**WORDS, TEST: "TEST"}
    return next(words[kind] for kind in reversed(event.kinds) if kind in words)


def event_documents(events: Iterable[WebhookEvent]) -> list[dict[str, Any]]:
    """In their order. The patients' references are looked up in one query."""
    events = list(events)
    numbers = [event.facts["order"] for event in events if "order" in event.facts]
    patients = Order.objects.filter(pk__in=numbers).values_list("pk", "patient__reference")
    references = dict(patients) if numbers else {}
    return [event_document(event, references.get(event.facts.get("order"))) for event in events]


def event_document(event: WebhookEvent, patient_reference: str | None) -> dict[str, Any]:
    """Section 4.1: nothing of a patient but the reference, and that only when there is one."""
    attributes = {"event": word_for(event), "reference": event.reference}
    if patient_reference is not None:
        attributes["patientReference"] = patient_reference
    return {
        "type": TYPES[event.channel],
        "id": str(event.message_id),
        "attributes": {**attributes, "occurredAt": timestamp(event.happened_at)},
    }


class V1Wording:
    """Notifications of API v1 (contracts/v1.md section 3, and House decisions, Retries)."""

    offered = WORDS
    usual: Sequence[str] = (Turn.SENT_FOR_FULFILMENT.value, Turn.CALLED_OFF.value)
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
