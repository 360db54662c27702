"""What of an order's timeline is news for others, and in which of our words it is told. Who is
told, and how, is the room `webhooks`; how a dialect words it, the dialect.
"""

from typing import Final

from django.db import models

from orders.models import EventName, Order, OrderEvent
from orders.statuses import Status
from webhooks.recording import News, record

CHANNEL: Final = "order"


class Turn(models.TextChoices):
    """What happens to an order once, beside the statuses that it may reach again and again."""

    SENT_FOR_FULFILMENT = "sent_for_fulfilment", "Sent for fulfilment"
    CALLED_OFF = "called_off", "Cancelled, or impossible to fulfil"


def tell(order: Order, event: OrderEvent, *turns: Turn) -> None:
    """Make a new status known. Notes and corrections are nobody else's business."""
    if event.name not in Status.values:
        return
    news = News(
        channel=CHANNEL,
        reference=order.reference,
        kinds=(EventName(event.name).value, *(turn.value for turn in turns)),
        is_of_a_study=order.study_id is not None,
        facts={"order": order.pk, "study": order.study_id},
        happened_at=event.happened_at,
    )
    record(news, account_id=order.account_id)
