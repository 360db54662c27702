"""What the engine must be told by a dialect. The portal has the dialects, and hands them in."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Protocol

from webhooks.models import Dialect, WebhookEndpoint, WebhookEvent


class Wording(Protocol):
    """How one dialect tells of events, and how it tries again.

    `offered` are the kinds of events an endpoint may choose, with the dialect's word for each, and
    `usual` those a new one is told of. When it `is_ordered`, what comes later in a stream waits for
    what came earlier. `pauses` are the times between tries: one fewer than there are tries. No log
    shows what stands in its `secret_headers`, named in lower case.
    """

    offered: Mapping[str, str]
    usual: Sequence[str]
    studies_only: bool
    is_ordered: bool
    pauses: Sequence[timedelta]
    secret_headers: AbstractSet[str]

    def bodies(self, events: Sequence[WebhookEvent]) -> list[bytes]:
        """What is posted for each event, in their order."""

    def headers(self, endpoint: WebhookEndpoint) -> Mapping[str, str]:
        """What the dialect's own contract asks for beside the usual headers."""


Wordings = Mapping[Dialect, Wording]
