"""What was made known, to whom it is owed, and how each try to send it went."""

from webhooks.models.deliveries import Attempt, Delivery, DeliveryState, Fault
from webhooks.models.endpoints import AccountSecret, Dialect, Pause, WebhookEndpoint
from webhooks.models.events import Feed, WebhookEvent

__all__ = [
    "AccountSecret",
    "Attempt",
    "Delivery",
    "DeliveryState",
    "Dialect",
    "Fault",
    "Feed",
    "Pause",
    "WebhookEndpoint",
    "WebhookEvent",
]
