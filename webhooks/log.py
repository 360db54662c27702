"""The log of deliveries: finding them, and having them made again."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Final

from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from foundation.actors import Actor, Permission
from webhooks.errors import BodyIsPurged, DeliveryNotFound, EndpointIsPaused, EndpointNotFound
from webhooks.models import Delivery, DeliveryState
from webhooks.models.deliveries import DeliveryQuerySet
from webhooks.recording import wake

# More than this are asked for in another go.
REDELIVERED_AT_ONCE: Final = 5000


class Outcome(models.TextChoices):
    """How it stands with a delivery, for whoever looks for some."""

    DELIVERED = "delivered", "Delivered"
    WAITING = "waiting", "Waiting to be sent"
    RETRYING = "retrying", "Failed, to be tried again"
    PARKED = "parked", "Given up"

    @property
    def having(self) -> Q:
        waiting = Q(state=DeliveryState.WAITING)
        if self is Outcome.WAITING:
            return waiting & Q(tries=F("round_began"))
        if self is Outcome.RETRYING:
            return waiting & Q(tries__gt=F("round_began"))
        return Q(state=self.value)


@dataclass(frozen=True, kw_only=True)
class DeliveryFilter:
    """What deliveries are looked for; what is not given does not count. `kind` is in our words,
    `until` is exclusive.
    """

    endpoint: uuid.UUID | None = None
    kind: str = ""
    reference: str = ""
    outcome: Outcome | None = None
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None

    @property
    def having(self) -> Q:
        wanted = {
            "endpoint__public_id": self.endpoint,
            "event__kinds__contains": [self.kind] if self.kind else None,
            "reference": self.reference or None,
            "owed_at__gte": self.since,
            "owed_at__lt": self.until,
        }
        given = Q(**{name: value for name, value in wanted.items() if value is not None})
        return given & self.outcome.having if self.outcome else given


@transaction.atomic
def redeliver(delivery: Delivery, *, actor: Actor) -> None:
    """Send the same bytes under the same id once more, and try as often as at first.

    Raises Forbidden, DeliveryNotFound, EndpointNotFound, EndpointIsPaused, BodyIsPurged.
    """
    actor.must(Permission.MANAGE_INTEGRATIONS)
    rows = Delivery.objects.visible_to(actor).select_for_update(of=("self",))
    here = rows.select_related("endpoint").filter(pk=delivery.pk).first()
    if here is None:
        raise DeliveryNotFound
    if here.endpoint.removed_at is not None:
        raise EndpointNotFound
    if here.endpoint.paused_at is not None:
        raise EndpointIsPaused
    if not here.may_be_sent_again:
        raise BodyIsPurged
    _ask_again(Delivery.objects.filter(pk=here.pk), actor=actor)
    wake([here.endpoint_id])


@transaction.atomic
def redeliver_all(wanted: DeliveryFilter, *, actor: Actor) -> int:
    """The same for all that fit and can be sent, the oldest first; how many these were.

    They are no more than REDELIVERED_AT_ONCE, and none that is being sent right now. Raises
    Forbidden.
    """
    actor.must(Permission.MANAGE_INTEGRATIONS)
    fitting = sendable(Delivery.objects.visible_to(actor).filter(wanted.having))
    fitting = fitting.exclude(claimed_until__gt=timezone.now())
    fitting = fitting.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    found = list(fitting.values_list("pk", "endpoint")[:REDELIVERED_AT_ONCE])
    _ask_again(Delivery.objects.filter(pk__in=[row[0] for row in found]), actor=actor)
    wake(sorted({row[1] for row in found}))
    return len(found)


def sendable(deliveries: DeliveryQuerySet) -> DeliveryQuerySet:
    return deliveries.filter(purged_at=None, endpoint__removed_at=None, endpoint__paused_at=None)


def _ask_again(deliveries: DeliveryQuerySet, *, actor: Actor) -> None:
    """One that is being sent right now is not asked for twice."""
    now = timezone.now()
    deliveries.exclude(claimed_until__gt=now).update(
        state=DeliveryState.WAITING,
        settled_at=None,
        due_at=now,
        round_began=F("tries"),
        redelivered_by=actor.label[:255],
        redelivered_by_user=actor.user_id,
    )
