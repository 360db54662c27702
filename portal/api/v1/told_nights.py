"""The nights of a study as API v1 tells them in its events: contracts/v1.md section 4.1. What may
be told of an attempt's result was decided when the event was written, and stands in its facts.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from organisations.sensors import SeverityIndex
from studies.models import NightAttempt
from studies.statuses import AttemptStatus
from webhooks.models import WebhookEvent

Night = dict[str, Any]


def attempts_of(events: Iterable[WebhookEvent]) -> Mapping[int, NightAttempt]:
    """Every attempt that the events speak of, by id: in one query, however many events."""
    numbers = {number for event in events for number, *_ in event.facts.get("nights", ())}
    if not numbers:
        return {}
    return NightAttempt.objects.select_related("study").in_bulk(sorted(numbers))


def night_documents(event: WebhookEvent, attempts: Mapping[int, NightAttempt]) -> list[Night]:
    """All attempts there were then, as they were then."""
    told = event.facts["nights"]
    return [
        _document(attempts[number], status=AttemptStatus(status), with_result=with_result)
        for number, status, with_result in told
        if number in attempts
    ]


def valid_nights(event: WebhookEvent, attempts: Mapping[int, NightAttempt]) -> int:
    """How many nights were valid, whatever number of attempts it took."""
    valid = {
        attempts[number].night
        for number, status, _ in event.facts["nights"]
        if status == AttemptStatus.VALID and number in attempts
    }
    return len(valid)


def _document(attempt: NightAttempt, *, status: AttemptStatus, with_result: bool) -> Night:
    night: Night = {
        "nightNumber": attempt.night,
        "attemptNumber": attempt.number,
        "status": status.name,
    }
    return {**night, **_result(attempt)} if with_result else night


def _result(attempt: NightAttempt) -> Night:
    """What was not measured has no member."""
    severity = attempt.severity_by(SeverityIndex(attempt.study.severity_by))
    indexes = {name: float(value) for name, value in attempt.indexes.items()}
    return {
        **({"severity": severity.name} if severity else {}),
        **({"indexes": indexes} if indexes else {}),
    }
