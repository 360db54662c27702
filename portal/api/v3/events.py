"""How API v3 words events (contracts/v3.md section 6, and House decisions, Webhook types, Retries).
One endpoint is told of one type; the same event may be told in two.
"""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Final

from django.db.models import Q

from foundation.ids import number_in
from portal.api.v3 import event_documents as documents
from portal.api.v3.documents import Document
from portal.api.v3.event_documents import Writer
from portal.api.v3.event_types import PLACES, TYPES
from portal.api.v3.format import timestamp
from webhooks.endpoints import TEST
from webhooks.models import WebhookEndpoint, WebhookEvent
from webhooks.secrets import account_secret_of

# More than there will ever be types; with it the ids stay below 2^53 for as long as anybody cares.
IDS_OF_AN_EVENT: Final = 64

# Who writes the payload. What is not here is nothing that we make known.
WRITERS: Final[Mapping[str, Writer]] = {
    "order_status": documents.order_statuses,
    "order_status_full": documents.whole_orders,
    "return_status": documents.return_statuses,
    "return_status_full": documents.whole_returns,
    "patient_created": documents.whole_patients,
    "patient_updated": documents.whole_patients,
    "device_associated": documents.device_associations,
    "device_dissociated": documents.device_associations,
    "packed_kit": documents.packed_kits,
}
A_TEST: Final = "test"
SECRET_HEADER: Final = "Impilo-Webhook-Secret"  # noqa: S105 - its name


class V3Wording:
    """Notifications of API v3: at least once, in whatever order."""

    offered: Mapping[str, str] = {
        kind: one.word for one in reversed([*TYPES.values()]) for kind in one.kinds
    }
    usual: Sequence[str] = ()
    types = TYPES
    studies_only = False
    is_ordered = False
    pauses: Sequence[timedelta] = (
        timedelta(minutes=15),
        timedelta(minutes=30),
        timedelta(minutes=60),
    )
    secret_headers: AbstractSet[str] = frozenset({SECRET_HEADER.lower()})

    def bodies(self, events: Sequence[WebhookEvent], endpoint: WebhookEndpoint) -> list[bytes]:
        real = [event for event in events if event.channel != TEST]
        write = WRITERS.get(endpoint.told_as, documents.bare_facts)
        payloads = {event.pk: payload for event, payload in zip(real, write(real), strict=True)}
        return [_body(event, endpoint.told_as, payloads.get(event.pk)) for event in events]

    def message_id(self, event: WebhookEvent, endpoint: WebhookEndpoint) -> str:
        """As the envelope has it, so that a receiver needs to know but one."""
        return str(message_number(event, endpoint.told_as))

    def event_having(self, message_id: str) -> Q | None:
        number = number_in(message_id)
        return Q(pk=number // IDS_OF_AN_EVENT) if number else None

    def word_for(self, kind: str, endpoint: WebhookEndpoint) -> str:
        """Everything it is told is of its one type."""
        told = TYPES[endpoint.told_as]
        return told.word if kind in told.kinds else ""

    def headers(self, endpoint: WebhookEndpoint) -> Mapping[str, str]:
        """The account's secret as it is (section 6.1), beside the signature, which is ours."""
        secret = account_secret_of(endpoint)
        return {SECRET_HEADER: secret} if secret else {}


WORDING: Final = V3Wording()


def message_number(event: WebhookEvent, told_as: str) -> int:
    """The same on every try, and another one for each type that tells of the event."""
    return event.pk * IDS_OF_AN_EVENT + PLACES[told_as]


def envelope(event: WebhookEvent, told_as: str, word: str, payload: Document) -> bytes:
    """Section 6.1."""
    document = {"id": message_number(event, told_as), "type": word, "payload": payload}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _body(event: WebhookEvent, told_as: str, payload: Document | None) -> bytes:
    """Without a payload it is a test that somebody asked for on a page."""
    if payload is None:
        at = timestamp(event.happened_at)
        return envelope(event, told_as, A_TEST, {"eventTimestamp": at})
    return envelope(event, told_as, TYPES[told_as].word, payload)
