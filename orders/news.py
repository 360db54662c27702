"""What of an order's timeline is news for others, and in which of our words it is told. Who is
told, and how, is the room `webhooks`; how a dialect words it, the dialect.
"""

from typing import Final

from django.db import models

from orders.models import EventName, Order, OrderEvent
from orders.statuses import Status
from studies.lifecycle import lock_stream
from studies.models import Channel
from webhooks.recording import News, record

CHANNEL: Final = Channel.ORDER.value


class Turn(models.TextChoices):
    """What happens to an order once, beside the statuses that it may reach again and again."""

    SENT_FOR_FULFILMENT = "sent_for_fulfilment", "Sent for fulfilment"
    CALLED_OFF = "called_off", "Cancelled, or impossible to fulfil"


def tell(order: Order, event: OrderEvent, *turns: Turn) -> None:
    """Make a new status known. Notes and corrections are nobody else's business.

    An order out of a referral is known by the referral only, whose events its own are among.
    """
    if event.name not in Status.values:
        return
    if order.study_id is not None and event.name != EventName.ORDER_PLACED:
        lock_stream(order.study_id)
    news = News(
        channel=order.study.channel if order.study else CHANNEL,
        reference=order.study.reference if order.study else order.reference,
        kinds=(EventName(event.name).value, *(turn.value for turn in turns)),
        is_of_a_study=order.study_id is not None,
        facts={"order": order.pk, "study": order.study_id},
        happened_at=event.happened_at,
    )
    record(news, account_id=order.account_id)
