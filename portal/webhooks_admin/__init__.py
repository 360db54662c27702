"""Webhook endpoints and the log of deliveries in the admin, for the operator's people. They are the
portal's, because they need the dialects' words.
"""

from portal.webhooks_admin.deliveries import DeliveryAdmin
from portal.webhooks_admin.endpoints import WebhookEndpointAdmin

__all__ = ["DeliveryAdmin", "WebhookEndpointAdmin"]
