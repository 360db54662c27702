"""How webhook endpoints read on the pages: their state, what they are told, how it goes."""

from collections.abc import Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone

from foundation.templatetags.words import day, moment
from orders.news import Turn
from orders.referrals import ReferralTurn
from orders.statuses import Status
from patients.news import PatientNews
from portal.api.wordings import WORDINGS
from portal.developers import words
from studies.news import StudyTurn
from webhooks.endpoints import TEST
from webhooks.models import Dialect, Fault, Pause, WebhookEndpoint
from webhooks.retention import BODIES_ARE_KEPT
from webhooks.schedule import GIVES_UP_AFTER
from webhooks.wording import Type

Row = dict[str, Any]
PLAIN: Final[Mapping[str, str]] = {
    **dict(Status.choices),
    **dict(StudyTurn.choices),
    **dict(ReferralTurn.choices),
    **dict(Turn.choices),
    **dict(PatientNews.choices),
    TEST: "Test event",
}
PAUSED_BECAUSE: Final[Mapping[Pause, str]] = {
    Pause.BY_HAND: "Paused by hand",
    Pause.GONE: "Paused: it is gone",
    Pause.FAILING: "Paused: it failed",
}
WAITS_FOR: Final = f"What happens meanwhile waits, for {BODIES_ARE_KEPT.days} days at most."
WHAT_TO_DO: Final[Mapping[Pause, str]] = {
    Pause.BY_HAND: f"Nothing is sent to it until somebody resumes it. {WAITS_FOR}",
    Pause.GONE: "It answered 410, which means that it is gone. Put the address right or mend the "
    f"receiver, then resume it. {WAITS_FOR}",
    Pause.FAILING: f"It failed for {GIVES_UP_AFTER.days} days. Mend the receiver, then resume it. "
    f"{WAITS_FOR}",
}


def kind_words(kind: str, *codes: str) -> str:
    """Shipped (SHIPPED): in plain words, and as it is called on the wire."""
    plain = PLAIN.get(kind) or kind.replace("_", " ").capitalize()
    return f"{plain} ({', '.join(dict.fromkeys(codes))})" if codes else plain


def type_words(one: Type) -> str:
    return f"{one.plain} ({one.word})"


def told_of(endpoint: WebhookEndpoint) -> list[str]:
    """Its one type, or each kind of events, in plain words and in those of its dialect."""
    wording = WORDINGS[Dialect(endpoint.dialect)]
    if wording.types:
        return [type_words(wording.types[endpoint.told_as])]
    kinds = (kind for kind in wording.offered if kind in endpoint.kinds)
    return [kind_words(kind, wording.offered[kind]) for kind in kinds]


def address(endpoint: WebhookEndpoint, page: str = "") -> str:
    """Of the endpoint's own page, or of one of the pages that change it."""
    name = f"{page}_endpoint" if page else "endpoint"
    return reverse(f"developers:{name}", args=[endpoint.public_id])


def state_of(endpoint: WebhookEndpoint, *, was_used: bool) -> Row:
    """For `parts/status.html`."""
    if endpoint.paused_at:
        return {"tone": "bad", "words": PAUSED_BECAUSE[Pause(endpoint.pause)]}
    if endpoint.failing_since:
        return {"tone": "warn", "words": f"Failing since {day(endpoint.failing_since)}"}
    if not was_used:
        return {"tone": "calm", "words": "No event sent yet"}
    return {"tone": "good", "words": "Works"}


def line_of(endpoint: WebhookEndpoint, *, last_used_at: Any) -> Row:
    """An endpoint in a list."""
    return {
        "url": address(endpoint),
        "address": endpoint.url,
        "dialect": Dialect(endpoint.dialect).label,
        "last_used_at": last_used_at,
        **state_of(endpoint, was_used=last_used_at is not None),
    }


def trouble_of(endpoint: WebhookEndpoint, last_answer: str) -> dict[str, str] | None:
    """Why nothing arrives and what to do, for `parts/notice.html`; None when all is well."""
    if endpoint.paused_at:
        pause = Pause(endpoint.pause)
        since = words.moment_text(endpoint.paused_at)
        tone = "warn" if pause is Pause.BY_HAND else "bad"
        return {"tone": tone, "title": f"Paused since {since}", "text": WHAT_TO_DO[pause]}
    if endpoint.failing_since:
        since = words.moment_text(endpoint.failing_since)
        text = " ".join(filter(None, [_last(last_answer), _next_tries(endpoint)]))
        return {"tone": "warn", "title": f"Failing since {since}", "text": text}
    return None


def _last(answer: str) -> str:
    return f"The last try: {answer}." if answer else ""


def _next_tries(endpoint: WebhookEndpoint) -> str:
    days = GIVES_UP_AFTER.days
    asked = endpoint.waits_until
    waits = asked is not None and asked > timezone.now()
    return (
        (f"It asked for nothing more before {words.moment_text(asked)}. " if waits else "")
        + "Mend the receiver, then send a test event. What could not be sent is tried again by "
        f"itself. After {days} days without an answer that counts the endpoint is paused."
    )


def answer_words(status: int | None, fault: str) -> str:
    """What came back of a try, or why nothing did."""
    if status is not None:
        return words.of_status(status)
    return str(Fault(fault).label) if fault else ""


def facts_of(endpoint: WebhookEndpoint) -> list[Row]:
    """What it is, and what it is told."""
    change = address(endpoint, "change")
    # A type stays as it is: whoever wants another makes another endpoint.
    to_change = {} if endpoint.told_as else {"change_url": change}
    return [
        {"name": "Address", "value": endpoint.url, "change_url": change},
        {"name": "API", "value": Dialect(endpoint.dialect).label},
        {"name": "Events", "lines": told_of(endpoint), **to_change},
        {
            "name": "Bearer token",
            "value": "Set" if endpoint.bearer else "",
            "none": "None",
            "change_url": address(endpoint, "bearer_of"),
        },
        {"name": "Made", "value": moment(endpoint.created_at)},
    ]


def how_it_goes(*, rate: str, waiting: str, last_used_at: Any) -> list[Row]:
    return [
        {"name": "Success rate", "value": rate, "none": "No tries yet"},
        {"name": "Waiting", "value": waiting},
        {"name": "Last used", "value": moment(last_used_at), "none": words.NEVER},
    ]


def rate_of(tries: int, successes: int) -> str:
    """97 % of the last 200 tries; never 100 % when one of them failed."""
    if not tries:
        return ""
    percent = f"{100 * successes // tries}\N{NO-BREAK SPACE}%"
    return f"{percent} of the last {tries:,} tries" if tries > 1 else f"{percent} of one try"


def number_of(many: int, *, at_most: int, one: str, more: str) -> str:
    """1 message, 12 messages, 5,000 or more messages."""
    if many == 1:
        return f"1 {one}"
    return f"{at_most:,} or more {more}" if many > at_most else f"{many:,} {more}"


def secrets_of(endpoint: WebhookEndpoint) -> list[Row]:
    """One line for each secret that messages are signed with, newest first."""
    drawn = f"Drawn {words.moment_text(endpoint.secret_drawn_at)}"
    present = {"name": "Present", "lines": [drawn]}
    if not endpoint.older_secret_works:
        return [present]
    until = f"Works until {words.moment_text(endpoint.old_secret_ends_at)}"
    return [present, {"name": "Older", "lines": [until]}]
