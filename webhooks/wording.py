"""What the engine must be told by a dialect. The portal has the dialects, and hands them in."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from django.db.models import Q

from webhooks.models import Dialect, WebhookEndpoint, WebhookEvent


@dataclass(frozen=True)
class Type:
    """One form in which a dialect tells of events: its word for it, the same in plain words, and
    the kinds of events that it tells of.
    """

    word: str
    plain: str
    kinds: Sequence[str]


class Wording(Protocol):
    """How one dialect tells of events, and how it tries again.

    `offered` are the kinds of events an endpoint may choose, with the dialect's word for each, and
    `usual` those a new one is told of. Where there are `types`, by our words for them, an endpoint
    is told in one of these and does not choose the kinds. When it `is_ordered`, what comes later in
    a stream waits for what came earlier. `pauses` are the times between tries: one fewer than there
    are tries. No log shows what stands in its `secret_headers`, named in lower case.
    """

    offered: Mapping[str, str]
    usual: Sequence[str]
    types: Mapping[str, Type]
    studies_only: bool
    is_ordered: bool
    pauses: Sequence[timedelta]
    secret_headers: AbstractSet[str]

    def bodies(self, events: Sequence[WebhookEvent], endpoint: WebhookEndpoint) -> list[bytes]:
        """What is posted to the endpoint for each event, in their order."""

    def message_id(self, event: WebhookEvent, endpoint: WebhookEndpoint) -> str:
        """What names the message, the same with each try."""

    def event_having(self, message_id: str) -> Q | None:
        """How to find the event of a message; None when no message of this dialect is named so."""

    def word_for(self, kind: str, endpoint: WebhookEndpoint) -> str:
        """What the endpoint reads of this kind of event; nothing when it is told nothing of it."""

    def headers(self, endpoint: WebhookEndpoint) -> Mapping[str, str]:
        """What the dialect's own contract asks for beside the usual headers."""


def chosen_kinds(wording: Wording, kinds: Iterable[str], *, told_as: str) -> list[str]:
    """Of what events an endpoint is told: those of its type, else those that it may choose."""
    if wording.types:
        return list(wording.types[told_as].kinds) if told_as in wording.types else []
    return [kind for kind in wording.offered if kind in kinds]


Wordings = Mapping[Dialect, Wording]
