"""What waits for the operator's people, counted, for the admin's first page."""

from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Count, Q
from django.urls import reverse

from foundation.actors import Actor, Permission
from orders.models import Order, PhoneAlert, Referral
from orders.referral_statuses import ReferralStatus
from orders.statuses import PAUSED, Status
from studies.models import Study
from studies.statuses import StudyStatus
from webhooks.models import WebhookEndpoint


@dataclass(frozen=True)
class Queue:
    """Things that wait for the same; `filter` is how their list shows them alone."""

    name: str
    hint: str
    icon: str
    filter: str

    page: ClassVar[str]

    @property
    def link(self) -> str:
        return f"{reverse(self.page)}?{self.filter}"


@dataclass(frozen=True)
class OrderQueue(Queue):
    statuses: frozenset[Status]

    page = "admin:orders_order_changelist"


class EndpointQueue(Queue):
    page = "admin:webhooks_webhookendpoint_changelist"


class PhoneAlertQueue(Queue):
    page = "admin:orders_phonealert_changelist"


class ReferralQueue(Queue):
    page = "admin:orders_referral_changelist"


class StudyQueue(Queue):
    page = "admin:studies_study_changelist"


def _waiting(name: str, hint: str, icon: str, status: Status) -> OrderQueue:
    return OrderQueue(name, hint, icon, f"status={status.value}", frozenset({status}))


ORDERS = (
    _waiting("To release", "Placed, and not yet released", "inbox", Status.ORDER_PLACED),
    _waiting("Ready to pack", "Released, to be shipped", "package_2", Status.AWAITING_SHIPMENT),
    OrderQueue(
        "Paused", "On hold, or waiting for an answer", "pause_circle", "status=paused", PAUSED
    ),
    _waiting("Not delivered", "Delivery failed", "report", Status.UNSUCCESSFUL_DELIVERY),
)
FAILING_ENDPOINTS = EndpointQueue(
    "Endpoints in trouble",
    "Notifications that fail, or wait because they are paused",
    "webhook",
    "state=trouble",
)
PHONE_ALERTS = PhoneAlertQueue(
    "Phone alerts",
    "Clinics that ask for more than agreed, to be decided",
    "smartphone",
    "state=to-decide",
)

REFERRALS = ReferralQueue(
    "Referrals to verify",
    "The patient’s clinic calls them first",
    "how_to_reg",
    f"status={ReferralStatus.RECEIVED.value}",
)
REVIEWS = StudyQueue(
    "Results to review",
    "A clinician has to sign them",
    "clinical_notes",
    f"status={StudyStatus.RESULT_READY.value}",
)


def counted_queues(actor: Actor) -> list[tuple[Queue, int]]:
    """Each queue that the actor may see, with how many are in it."""
    return [
        *_counted_orders(actor),
        *_counted_studies(actor),
        *_counted_alerts(actor),
        *_counted_endpoints(actor),
    ]


def _counted_orders(actor: Actor) -> list[tuple[Queue, int]]:
    """All of them in one query."""
    if not actor.may(Permission.SEE_ORDERS):
        return []
    waiting = {status for queue in ORDERS for status in queue.statuses}
    counts = (
        Order.objects.visible_to(actor)
        .filter(status__in=waiting)
        .aggregate(
            **{
                f"queue_{place}": Count("pk", filter=Q(status__in=queue.statuses))
                for place, queue in enumerate(ORDERS)
            }
        )
    )
    return [(queue, counts[f"queue_{place}"]) for place, queue in enumerate(ORDERS)]


def _counted_studies(actor: Actor) -> list[tuple[Queue, int]]:
    """A study whose first results wait; those that came after a review are in its list alone."""
    if not actor.may(Permission.SEE_STUDIES):
        return []
    ready = Study.objects.visible_to(actor).awaiting_review()
    return [
        (REFERRALS, Referral.objects.visible_to(actor).to_verify().count()),
        (REVIEWS, ready.filter(status=StudyStatus.RESULT_READY).count()),
    ]


def _counted_alerts(actor: Actor) -> list[tuple[Queue, int]]:
    if not actor.may(Permission.SEE_ACCOUNTS):
        return []
    return [(PHONE_ALERTS, PhoneAlert.objects.visible_to(actor).to_decide().count())]


def _counted_endpoints(actor: Actor) -> list[tuple[Queue, int]]:
    if not actor.may(Permission.MANAGE_INTEGRATIONS):
        return []
    troubled = WebhookEndpoint.objects.visible_to(actor).present().in_trouble()
    return [(FAILING_ENDPOINTS, troubled.count())]
