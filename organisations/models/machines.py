"""Machines that call us: OAuth clients (API v1) and keys (API v3, gateway)."""

import hashlib
import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from oauth2_provider.models import AbstractApplication

from foundation.history import keep_history
from organisations.models.accounts import Account
from organisations.roles import Scope

DEFAULT_CALLS_A_MINUTE = 1_200
DEFAULT_BURST = 600


def scopes_field() -> ArrayField:
    return ArrayField(models.CharField(max_length=32, choices=Scope.choices), default=list)


class CallLimits(models.Model):
    """How often a caller may call; 0 calls a minute is no limit."""

    calls_a_minute = models.PositiveIntegerField(
        default=DEFAULT_CALLS_A_MINUTE, help_text="0 switches the limit off."
    )
    burst = models.PositiveIntegerField(default=DEFAULT_BURST)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


@keep_history("ApiClientHistory", ignoring=("client_secret", "last_used_at", "updated"))
class ApiClient(CallLimits, AbstractApplication):
    """An integrator's program: belongs to one account and gets tokens by client credentials."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="api_clients")
    scopes = scopes_field()
    is_active = models.BooleanField("active", default=True)
    secret_drawn_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "API client"

    def __str__(self) -> str:
        return self.name or str(self.client_id)

    def is_usable(self, request: object) -> bool:
        """Asked by the token endpoint; each later call asks again."""
        return self.is_active and self.account.is_active


class KeyPurpose(models.TextChoices):
    V3 = "v3", "API v3"
    GATEWAY = "gateway", "Gateway"


@keep_history("ApiKeyHistory", ignoring=("secret_sha256", "last_used_at"))
class ApiKey(CallLimits):
    """A key of one account. Only the hash of its secret is kept: 256 random bits need no more."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="api_keys")
    purpose = models.CharField(max_length=16, choices=KeyPurpose, default=KeyPurpose.V3)
    name = models.CharField(max_length=200)
    scopes = scopes_field()
    prefix = models.CharField(max_length=16, unique=True, editable=False)
    secret_sha256 = models.CharField(max_length=64, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def draw_secret(self) -> str:
        """Give an unsaved key its prefix and hash; the whole key is returned, and kept nowhere."""
        self.prefix = f"hw3_{secrets.token_hex(4)}"
        secret = secrets.token_urlsafe(32)
        self.secret_sha256 = hashlib.sha256(secret.encode()).hexdigest()
        return f"{self.prefix}.{secret}"
