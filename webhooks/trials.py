"""Messages that integrators ask for to see how their receivers take them. Nothing has happened."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor
from foundation.ids import public_id
from webhooks.endpoints import TEST, answer_for
from webhooks.models import Delivery, Dialect, WebhookEndpoint, WebhookEvent
from webhooks.recording import News, record


@transaction.atomic
def try_out(told_as: str, write: Callable[[WebhookEvent], bytes], *, actor: Actor) -> None:
    """Have every endpoint of the actor's account that is told this sent what `write` makes up.

    The body is written at once: what it is made of stands nowhere else. Raises Forbidden.
    """
    answer_for(actor.one_account, actor)
    told = WebhookEndpoint.objects.visible_to(actor).present()
    endpoints = told.filter(dialect=Dialect.V3, told_as=told_as).values_list("pk", flat=True)
    if not endpoints:
        return
    reference = str(public_id())
    news = News(
        channel=TEST,
        reference=reference,
        kinds=(TEST,),
        is_of_a_study=False,
        facts={},
        happened_at=timezone.now(),
    )
    record(news, account_id=actor.one_account, only=list(endpoints))
    event = WebhookEvent.objects.get(account=actor.one_account, channel=TEST, reference=reference)
    Delivery.objects.filter(event=event).update(body=write(event))
