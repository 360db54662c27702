"""The documents of webhooks and of their log, as JSON Schema; `webhooks` and `webhook_logs` read
and write them.
"""

from collections.abc import Mapping
from typing import Final

from foundation.ids import LARGEST_ID
from portal.api.fields import Text
from portal.api.schema import Schema, object_of, ref
from portal.api.v3.event_types import BY_WORD
from portal.api.v3.webhook_logs import STATUSES
from webhooks.models.endpoints import URL_LENGTH

ID: Final[Schema] = {"type": "integer", "format": "int64", "minimum": 1, "maximum": LARGEST_ID}
URL: Final = Text(most=URL_LENGTH)
TEXT: Final[Schema] = {"type": "string", "minLength": 1}
EXACT_TIME: Final[Schema] = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z$",
    "description": "UTC, to the millisecond.",
}

COMPONENTS: Final[Mapping[str, Schema]] = {
    "WebhookType": {"type": "string", "enum": list(BY_WORD)},
    "Webhook": object_of({"id": ID, "type": ref("WebhookType"), "url": TEXT}),
    "WebhookAddressRequest": object_of({"url": URL.described()}),
    "WebhookSecret": object_of({"secret": TEXT}),
    "WebhookLog": object_of(
        {
            "id": ID,
            "webhookId": ID,
            "webhookType": ref("WebhookType"),
            "webhookUrl": TEXT,
            "payload": {
                "type": "string",
                "description": "What is posted, the same with every try. Written at the first one, "
                "and kept for 30 days.",
            },
            "createTimestamp": EXACT_TIME,
            "lastResponseStatus": {
                "type": "integer",
                "minimum": STATUSES[0],
                "maximum": STATUSES[1],
                "description": "Left out when the last try brought no answer.",
            },
            "retryAttempts": {"type": "integer", "minimum": 0},
            "lastRetryTimestamp": EXACT_TIME,
        },
        optional=("payload", "lastResponseStatus", "lastRetryTimestamp"),
    ),
}
