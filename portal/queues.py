"""The work that waits for the operator, counted, for the admin's first page."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from foundation.actors import Actor, Permission
from orders.models import Order
from orders.statuses import PAUSED, Status


@dataclass(frozen=True)
class Queue:
    """Orders that wait for the same thing."""

    name: str
    hint: str
    icon: str
    statuses: frozenset[Status]
    filter: str

    @property
    def link(self) -> str:
        return f"{reverse('admin:orders_order_changelist')}?status={self.filter}"


def _waiting(name: str, hint: str, icon: str, status: Status) -> Queue:
    return Queue(name, hint, icon, frozenset({status}), status.value)


QUEUES = (
    _waiting("To release", "Placed, and not yet released", "inbox", Status.ORDER_PLACED),
    _waiting("Ready to pack", "Released, to be shipped", "package_2", Status.AWAITING_SHIPMENT),
    Queue("Paused", "On hold, or waiting for an answer", "pause_circle", PAUSED, "paused"),
    _waiting("Not delivered", "Delivery failed", "report", Status.UNSUCCESSFUL_DELIVERY),
)


def counted_queues(actor: Actor) -> list[tuple[Queue, int]]:
    """Each queue with the number of its orders, in one query; none for who may not see orders."""
    if not actor.may(Permission.SEE_ORDERS):
        return []
    waiting = {status for queue in QUEUES for status in queue.statuses}
    counts = (
        Order.objects.visible_to(actor)
        .filter(status__in=waiting)
        .aggregate(
            **{
                f"queue_{place}": Count("pk", filter=Q(status__in=queue.statuses))
                for place, queue in enumerate(QUEUES)
            }
        )
    )
    return [(queue, counts[f"queue_{place}"]) for place, queue in enumerate(QUEUES)]
