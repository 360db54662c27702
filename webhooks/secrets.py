"""An endpoint's secrets, and the signature that is made with them (Standard Webhooks)."""

import base64
import secrets
from datetime import datetime
from typing import Final

from standardwebhooks.webhooks import Webhook

from foundation.sealing import seal, unseal
from webhooks.models import WebhookEndpoint

SIGNING: Final = "webhooks.signing"
SHOWING: Final = "webhooks.showing"
PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


def draw_secret() -> str:
    """As its owner is shown it: 256 random bits in base64 behind a prefix."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def seal_secret(secret: str) -> str:
    return seal(secret, purpose=SIGNING)


def seal_shown(secret: str) -> str:
    """One that is sent as it is."""
    return seal(secret, purpose=SHOWING)


def unseal_shown(sealed: str) -> str:
    return unseal(sealed, purpose=SHOWING)


def seal_bearer(token: str) -> str:
    return seal_shown(token) if token else ""


def bearer_of(endpoint: WebhookEndpoint) -> str:
    return unseal_shown(endpoint.bearer) if endpoint.bearer else ""


def account_secret_of(endpoint: WebhookEndpoint) -> str:
    """What its account has set for all messages, of an endpoint from `with_account_secret`."""
    sealed = endpoint.account_secret
    return unseal_shown(sealed) if sealed else ""


def sign(endpoint: WebhookEndpoint, message_id: str, body: bytes, *, at: datetime) -> str:
    """One signature for each secret that works, so that either opens the message."""
    sealed = [endpoint.secret]
    if endpoint.old_secret_works_at(at):
        sealed.append(endpoint.old_secret)
    keys = (unseal(one, purpose=SIGNING) for one in sealed)
    return " ".join(Webhook(key).sign(message_id, at, body.decode()) for key in keys)
