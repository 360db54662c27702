"""What is owed to a receiver, and how each try went. These rows are the queue."""

from django.db import models
from django.utils import timezone

from foundation.actors import Actor
from foundation.constraints import SameAccount, unique_in_account
from organisations.models import Account, User
from webhooks.models.endpoints import WebhookEndpoint
from webhooks.models.events import REFERENCE_LENGTH, WebhookEvent


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    PARKED = "parked", "Given up"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, actor: Actor) -> "DeliveryQuerySet":
        """As the endpoint it is owed to."""
        if actor.sees_all_accounts:
            return self
        if not actor.sees_all_organisations:
            return self.none()
        return self.filter(account_id=actor.account_id)

    def waiting(self) -> "DeliveryQuerySet":
        return self.filter(state=DeliveryState.WAITING)


class Delivery(models.Model):
    """One event owed to one endpoint.

    Whoever sends it claims it until a time, so that what a killed worker held comes free again.
    The body is written once, at the first try, and sent each time; `round_began` is how many tries
    there were before the present round of them, which somebody may have asked for.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    event = models.ForeignKey(
        WebhookEvent, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    # The same as the event's: what comes later in a stream waits for what came earlier.
    channel = models.CharField(max_length=16)
    reference = models.CharField(max_length=REFERENCE_LENGTH, db_collation="C")
    sequence = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=DeliveryState, default=DeliveryState.WAITING)
    owed_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    round_began = models.PositiveSmallIntegerField(default=0)
    redelivered_by = models.CharField(max_length=255, blank=True, default="")
    redelivered_by_user = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    body = models.BinaryField(null=True)
    purged_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            unique_in_account("delivery_is_found_within_its_account"),
            SameAccount("endpoint", name="delivery_endpoint_is_of_the_same_account"),
            SameAccount("event", name="delivery_event_is_of_the_same_account"),
            models.UniqueConstraint(
                fields=["event", "endpoint"], name="event_is_owed_to_an_endpoint_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state=DeliveryState.WAITING, settled_at=None)
                | (~models.Q(state=DeliveryState.WAITING) & models.Q(settled_at__isnull=False)),
                name="a_settled_delivery_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "due_at", "id"],
                condition=models.Q(state=DeliveryState.WAITING),
                name="deliveries_to_be_made",
            ),
            models.Index(
                fields=["endpoint", "channel", "reference", "sequence"],
                condition=models.Q(state=DeliveryState.WAITING),
                name="deliveries_in_their_order",
            ),
            models.Index(fields=["account", "reference", "id"], name="deliveries_of_an_order"),
            models.Index(fields=["endpoint", "id"], name="deliveries_of_an_endpoint"),
            models.Index(
                fields=["owed_at"],
                condition=models.Q(purged_at=None),
                name="deliveries_not_purged_yet",
            ),
        ]

    def __str__(self) -> str:
        return f"Delivery {self.pk}"

    @property
    def may_be_sent_again(self) -> bool:
        return self.purged_at is None


class Fault(models.TextChoices):
    """Why a try brought no answer that counts."""

    NAME_UNKNOWN = "name_unknown", "No server was found under this name"
    NOT_OUTSIDE = "not_outside", "The address leads to no server on the internet"
    NOT_SECURE = "not_secure", "Only addresses that begin with https:// are sent to"
    UNREACHABLE = "unreachable", "The connection was refused or broke off"
    INSECURE = "insecure", "The secure connection failed: check the certificate"
    GARBLED = "garbled", "The answer was not HTTP"
    UNSIGNED = "unsigned", "Its secret cannot be read: replace the secret"
    TOO_SLOW = "too_slow", "There was no whole answer within 10 seconds"


class Attempt(models.Model):
    """One try: what was sent beside the body, and what came back. Secrets are masked.

    Headers are pairs of name and value, as they went.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    delivery = models.ForeignKey(
        Delivery, models.CASCADE, related_name="attempts", db_constraint=False, db_index=False
    )
    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    began_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=16, choices=Fault, blank=True, default="")
    sent_headers = models.JSONField(default=list)
    answered_headers = models.JSONField(default=list)
    answered_body = models.BinaryField(null=True)
    redelivered_by = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        constraints = [
            SameAccount("delivery", name="attempt_delivery_is_of_the_same_account"),
            models.UniqueConstraint(
                fields=["delivery", "number"], name="attempt_of_a_delivery_has_its_number"
            ),
            models.CheckConstraint(
                condition=models.Q(status=None) ^ models.Q(fault=""),
                name="an_attempt_has_an_answer_or_a_fault",
            ),
        ]
        indexes = [models.Index(fields=["endpoint", "id"], name="attempts_at_an_endpoint")]

    def __str__(self) -> str:
        return f"Attempt {self.number} of delivery {self.delivery_id}"

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
