"""Webhooks of API v3, and the secret that goes with each message (contracts/v3.md section 3.9)."""

from typing import Any, ClassVar, Final

from django.http import HttpResponse
from rest_framework.request import Request

from portal.api.fields import Text, Value, Words
from portal.api.members import Members
from portal.api.v3 import format as wire
from portal.api.v3.documents import Document
from portal.api.v3.event_types import BY_WORD, TYPES
from portal.api.v3.events import WORDING
from portal.api.v3.values import Spelling, read
from portal.api.v3.views import V3Endpoint
from webhooks.account_secret import (
    SECRET,
    read_account_secret,
    remove_account_secret,
    replace_account_secret,
    set_account_secret,
)
from webhooks.endpoints import EndpointWanted, change_endpoint, create_endpoint, remove_endpoint
from webhooks.errors import AddressUnchanged
from webhooks.models import Dialect, WebhookEndpoint
from webhooks.models.endpoints import URL_LENGTH, WebhookEndpointQuerySet

SECRET_LENGTH: Final = 255


class HeaderText(Value):
    """Text that a header carries exactly as it is."""

    default_error_messages: ClassVar[Words] = {
        "invalid": f"This must be a string of 1 to {SECRET_LENGTH} ASCII characters that print, "
        "with no space at either end.",
    }

    def described(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{SECRET.pattern}$", "maxLength": SECRET_LENGTH}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or not SECRET.fullmatch(data):
            self.fail("invalid")
        return data


class AddressOfWebhookMembers(Members):
    """Of a PATCH: the type stays."""

    url = Text(most=URL_LENGTH)


class WebhookMembers(AddressOfWebhookMembers):
    """Section 4.17."""

    type = Spelling(BY_WORD)


class SecretMembers(Members):
    secret = HeaderText()


class WebhookEndpointView(V3Endpoint):
    fields = {"url": ("url",), "kinds": ("type",)}

    @property
    def webhooks(self) -> WebhookEndpointQuerySet:
        """Those of this dialect only."""
        return WebhookEndpoint.objects.visible_to(self.caller.actor).filter(dialect=Dialect.V3)


class Webhooks(WebhookEndpointView):
    """`/api/v3/webhook`"""

    def get(self, request: Request) -> HttpResponse:
        document, _ = self.page(
            lambda problems: self.webhooks.present().order_by("pk"),
            load=lambda numbers: self.webhooks.filter(pk__in=numbers),
            write=webhook_document,
        )
        return wire.answer(document)

    def post(self, request: Request) -> HttpResponse:
        """Without an Idempotency-Key: name servers are asked, which no transaction may wait for,
        and one that is there twice is told everything under the same ids.
        """
        sent, actor = read(self.read(), WebhookMembers), self.caller.actor
        wanted = EndpointWanted(url=sent["url"], dialect=Dialect.V3, told_as=sent["type"])
        made = create_endpoint(wanted, account_id=actor.one_account, wording=WORDING, actor=actor)
        return wire.answer(webhook_document(made.endpoint))


class OneWebhook(WebhookEndpointView):
    """`/api/v3/webhook/{webhookId}`"""

    def get(self, request: Request, webhook_id: int) -> HttpResponse:
        return wire.answer(webhook_document(self.find(self.webhooks.present(), webhook_id)))

    def patch(self, request: Request, webhook_id: int) -> HttpResponse:
        url = read(self.read(), AddressOfWebhookMembers)["url"]
        webhook = self.find(self.webhooks.present(), webhook_id)
        if url == webhook.url:
            raise AddressUnchanged(field="url")
        change_endpoint(webhook, url=url, kinds=(), wording=WORDING, actor=self.caller.actor)
        return wire.answer(webhook_document(self.find(self.webhooks.present(), webhook_id)))

    def delete(self, request: Request, webhook_id: int) -> HttpResponse:
        webhook = self.find(self.webhooks.present(), webhook_id)
        remove_endpoint(webhook, actor=self.caller.actor)
        return wire.nothing()


class Secret(V3Endpoint):
    """`/api/v3/webhook-secret`. No Idempotency-Key either: it would keep the secret as it is."""

    fields = {"secret": ("secret",)}

    def get(self, request: Request) -> HttpResponse:
        return wire.answer({"secret": read_account_secret(actor=self.caller.actor)})

    def post(self, request: Request) -> HttpResponse:
        secret = read(self.read(), SecretMembers)["secret"]
        set_account_secret(secret, actor=self.caller.actor)
        return wire.answer({"secret": secret})

    def patch(self, request: Request) -> HttpResponse:
        secret = read(self.read(), SecretMembers)["secret"]
        replace_account_secret(secret, actor=self.caller.actor)
        return wire.answer({"secret": secret})

    def delete(self, request: Request) -> HttpResponse:
        remove_account_secret(actor=self.caller.actor)
        return wire.nothing()


def webhook_document(webhook: WebhookEndpoint) -> Document:
    return {"id": webhook.pk, "type": TYPES[webhook.told_as].word, "url": webhook.url}
