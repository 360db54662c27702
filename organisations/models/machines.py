"""Machines that call us: OAuth clients (API v1) and keys (API v3, gateway)."""

import enum
import hashlib
import secrets
from typing import Any, Self

from django.contrib.auth.hashers import check_password
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from oauth2_provider.models import AbstractApplication

from foundation.actors import Actor
from foundation.history import keep_history
from organisations.models.accounts import Account
from organisations.roles import Scope

DEFAULT_CALLS_A_MINUTE = 1_200
DEFAULT_BURST = 600
# Hashes of secrets, and times that every use moves on.
NOT_IN_HISTORY = ("old_secret", "secret_used_at", "old_secret_used_at", "last_used_at")


class Secret(enum.Enum):
    """Which of a program's two secrets, by the name of its columns."""

    PRESENT = "secret"
    OLDER = "old_secret"

    @property
    def used_at(self) -> str:
        return f"{self.value}_used_at"


class ProgramQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """A program acts for its whole account, so only who sees all of that may know of it."""
        if actor.sees_all_accounts:
            return self
        if not actor.sees_all_organisations:
            return self.none()
        return self.filter(account_id=actor.account_id)


def scopes_field() -> ArrayField:
    return ArrayField(models.CharField(max_length=32, choices=Scope.choices), default=list)


def older_secret_has_an_end(name: str) -> models.CheckConstraint:
    """So that no program has two secrets for ever."""
    return models.CheckConstraint(
        condition=models.Q(old_secret="", old_secret_ends_at=None)
        | (~models.Q(old_secret="") & models.Q(old_secret_ends_at__isnull=False)),
        name=name,
    )


class Program(models.Model):
    """What clients and keys have in common.

    While a new secret is brought to where it is used, the older one works too, until its end: so
    there are at most two (docs/decisions/0051-two-secrets-and-the-log-of-calls.md).
    """

    account: models.ForeignKey[Account, Account]
    account_id: int
    scopes = scopes_field()
    calls_a_minute = models.PositiveIntegerField(
        default=DEFAULT_CALLS_A_MINUTE, help_text="0 switches the limit off."
    )
    burst = models.PositiveIntegerField(default=DEFAULT_BURST)
    is_active = models.BooleanField("active", default=True)
    expires_at = models.DateTimeField("expires", null=True, blank=True)
    last_used_at = models.DateTimeField("last used", null=True, editable=False)
    secret_drawn_at = models.DateTimeField(default=timezone.now, editable=False)
    secret_used_at = models.DateTimeField(null=True, editable=False)
    old_secret = models.CharField(max_length=255, blank=True, default="", editable=False)
    old_secret_ends_at = models.DateTimeField(null=True, editable=False)
    old_secret_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def secret_hash(self) -> str:
        """What is kept of the present secret; the older one's is `old_secret`."""
        raise NotImplementedError

    def is_hash_of(self, sent: str, kept: str) -> bool:
        raise NotImplementedError

    def which_secret(self, sent: str) -> Secret | None:
        """Which of its secrets was sent; None when that is none, or one that has ended."""
        if self.is_hash_of(sent, self.secret_hash):
            return Secret.PRESENT
        if self.older_secret_works and self.is_hash_of(sent, self.old_secret):
            return Secret.OLDER
        return None

    def is_usable(self, request: object = None) -> bool:
        """Asked by the token endpoint (django-oauth-toolkit's name); each later call asks again."""
        return self.is_active and not self.has_expired and self.account.is_active

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def older_secret_works(self) -> bool:
        return self.old_secret_ends_at is not None and self.old_secret_ends_at > timezone.now()


@keep_history("ApiClientHistory", ignoring=("client_secret", "updated", *NOT_IN_HISTORY))
class ApiClient(Program, AbstractApplication):
    """An integrator's program: belongs to one account and gets tokens by client credentials."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="api_clients")

    objects = ProgramQuerySet.as_manager()

    class Meta:
        verbose_name = "API client"
        constraints = [older_secret_has_an_end("older_secret_of_a_client_has_an_end")]

    def __str__(self) -> str:
        return self.name or str(self.client_id)

    @property
    def secret_hash(self) -> str:
        return str(self.client_secret)

    def is_hash_of(self, sent: str, kept: str) -> bool:
        return check_password(sent, kept)


class KeyPurpose(models.TextChoices):
    V3 = "v3", "API v3"
    GATEWAY = "gateway", "Gateway"

    @property
    def beginning(self) -> str:
        """How its keys begin, so that one that is found somewhere tells what it opens."""
        return {"v3": "hw3_", "gateway": "hwg_"}[self.value]


class ApiKeyQuerySet(ProgramQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """The gateway's keys are the operator's to give: results come in by them."""
        seen = super().visible_to(actor)
        return seen if actor.sees_all_accounts else seen.filter(purpose=KeyPurpose.V3)


@keep_history("ApiKeyHistory", ignoring=("secret_sha256", *NOT_IN_HISTORY))
class ApiKey(Program):
    """A key of one account: its prefix finds it, its secret opens it.

    Only hashes of its secrets are kept: 256 random bits need no more.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="api_keys")
    purpose = models.CharField(max_length=16, choices=KeyPurpose, default=KeyPurpose.V3)
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=16, unique=True, editable=False)
    secret_sha256 = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        constraints = [older_secret_has_an_end("older_secret_of_a_key_has_an_end")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def secret_hash(self) -> str:
        return self.secret_sha256

    def is_hash_of(self, sent: str, kept: str) -> bool:
        return constant_time_compare(_sha256(sent), kept)

    def draw_secret(self) -> str:
        """Give the key another secret, and a new one its prefix.

        The whole key is returned, and kept nowhere.
        """
        beginning = KeyPurpose(self.purpose).beginning
        self.prefix = self.prefix or f"{beginning}{secrets.token_hex(4)}"
        secret = secrets.token_urlsafe(32)
        self.secret_sha256 = _sha256(secret)
        return f"{self.prefix}.{secret}"


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
