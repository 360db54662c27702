"""How deliveries and the tries to make them read on the pages."""

import re
from collections.abc import Iterable
from typing import Any, Final

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from foundation.templatetags.words import moment
from orders.news import CHANNEL as ORDER
from portal.api.wordings import WORDINGS
from portal.developers.webhooks import endpoint_words
from webhooks.endpoints import TEST
from webhooks.errors import BodyIsPurged
from webhooks.log import Outcome
from webhooks.models import Attempt, Delivery, DeliveryState, Dialect
from webhooks.models.deliveries import DeliveryQuerySet
from webhooks.posting import ANSWER_AT_MOST
from webhooks.retention import BODIES_ARE_KEPT
from webhooks.wording import Wording

Row = dict[str, Any]
Answers = dict[int, tuple[int | None, str]]
# As short as a column of a table is narrow, with the tone.
STATES: Final[dict[Outcome, tuple[str, str]]] = {
    Outcome.DELIVERED: ("Delivered", "good"),
    Outcome.WAITING: ("Not tried yet", "calm"),
    Outcome.RETRYING: ("Trying again", "warn"),
    Outcome.PARKED: ("Given up", "bad"),
}
NO_ANSWER: Final = "No answer"
# Nobody can see these, and some of them no page may hold.
UNSEEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
NOT_KEPT: Final = f"Kept for {BODIES_ARE_KEPT.days} days, and not any more."


def with_what_is_shown(deliveries: DeliveryQuerySet) -> DeliveryQuerySet:
    """All that a list shows of each, without a query a row and without what was sent."""
    return deliveries.select_related("endpoint", "event").defer("body", "event__facts")


def rows_of(deliveries: Iterable[Delivery]) -> list[Row]:
    """Deliveries in a list, with what came of the last try; one query for all of those."""
    deliveries = list(deliveries)
    last = _last_answers(deliveries)
    return [
        {**line_of(one), "answer": endpoint_words.answer_words(*last.get(one.pk, (None, "")))}
        for one in deliveries
    ]


def line_of(delivery: Delivery) -> Row:
    kind = _kind_of(delivery)
    return {
        "delivery": delivery,
        "url": reverse("developers:delivery", args=[delivery.pk]),
        "event": endpoint_words.kind_words(kind),
        "code": _wording(delivery).word_for(kind, delivery.endpoint),
        "reference": _what_it_is_about(delivery),
        **state_of(delivery),
    }


def state_of(delivery: Delivery) -> Row:
    """For `parts/status.html`."""
    state = DeliveryState(delivery.state)
    if state is not DeliveryState.WAITING:
        outcome = Outcome(state.value)
    elif not delivery.tries:
        outcome = Outcome.WAITING
    elif delivery.tries == delivery.round_began:
        return {"tone": "info", "words": "Sending again"}
    else:
        outcome = Outcome.RETRYING
    words, tone = STATES[outcome]
    return {"tone": tone, "words": words}


def next_try_of(delivery: Delivery, *, is_behind: bool) -> str:
    """When it is tried, or what it waits for; nothing when it is not tried any more."""
    if delivery.state != DeliveryState.WAITING:
        return ""
    if delivery.endpoint.paused_at:
        return "When the endpoint is resumed"
    if is_behind:
        return "After an earlier message of the same order"
    due = max(delivery.due_at, delivery.endpoint.waits_until or delivery.due_at)
    return moment(due) if due > timezone.now() else "Now"


def why_not_again(delivery: Delivery) -> str:
    """What is in the way of sending it again, and what to do about that; nothing when it can be."""
    if delivery.endpoint.removed_at:
        return "It cannot be sent again, because its endpoint was removed."
    if not delivery.may_be_sent_again:
        return BodyIsPurged.message
    if delivery.endpoint.paused_at:
        return "It cannot be sent again while its endpoint is paused. Resume the endpoint first."
    return ""


def body_of(delivery: Delivery) -> dict[str, str]:
    """Exactly what is sent, or why there is nothing to show."""
    if delivery.body is not None:
        return {"text": readable(delivery.body)}
    if delivery.purged_at:
        return {"none": NOT_KEPT}
    return {"none": "It is written when it is sent for the first time."}


def try_of(attempt: Attempt, *, is_purged: bool) -> Row:
    """One try, with what went out and what came back."""
    return {
        "attempt": attempt,
        "words": NO_ANSWER if attempt.fault else endpoint_words.answer_words(attempt.status, ""),
        "fault": endpoint_words.answer_words(None, attempt.fault),
        "tone": "good" if attempt.succeeded else "bad",
        "is_purged": is_purged,
        "sent": _lines(attempt.sent_headers),
        "answered": _lines(attempt.answered_headers),
        "body": readable(attempt.answered_body or b""),
        "is_cut": len(attempt.answered_body or b"") >= ANSWER_AT_MOST,
    }


def readable(body: bytes | memoryview) -> str:
    """As text, whatever it is, with a mark in the place of what is none."""
    return UNSEEN.sub("\ufffd", bytes(body).decode(errors="replace"))


def _lines(headers: Iterable[tuple[str, str]]) -> str:
    return readable("\n".join(f"{name}: {value}" for name, value in headers).encode())


def message_id_of(delivery: Delivery) -> str:
    """As the message itself names it."""
    return _wording(delivery).message_id(delivery.event, delivery.endpoint)


def _what_it_is_about(delivery: Delivery) -> str:
    """An order by its reference; of anything else also what it is: patient 12."""
    if delivery.channel in (ORDER, TEST):
        return "" if delivery.channel == TEST else delivery.reference
    return f"{delivery.channel.replace('_', ' ')} {delivery.reference}"


def _kind_of(delivery: Delivery) -> str:
    """Of all that the event is, what tells most and what the dialect has a word for."""
    wording, endpoint = _wording(delivery), delivery.endpoint
    known = (kind for kind in reversed(delivery.event.kinds) if wording.word_for(kind, endpoint))
    return next(known, TEST)


def _wording(delivery: Delivery) -> Wording:
    return WORDINGS[Dialect(delivery.endpoint.dialect)]


def _last_answers(deliveries: list[Delivery]) -> Answers:
    """The status or fault of the last try of each."""
    found = Attempt.objects.filter(delivery__in=deliveries, number=F("delivery__tries"))
    shown = found.values_list("delivery_id", "status", "fault")
    return {number: (status, fault) for number, status, fault in shown}
