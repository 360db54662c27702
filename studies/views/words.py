"""How studies read on a page. Nothing here asks the database."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from foundation.templatetags.words import day, moment
from organisations.sensors import EmitOn, SeverityIndex, in_words
from studies.models import Channel, NightAttempt, Study, StudyEvent
from studies.severity import Severity
from studies.statuses import AttemptStatus, StudyStatus

Row = dict[str, Any]

TONES: Final[dict[StudyStatus, str]] = {
    StudyStatus.CREATED: "calm",
    StudyStatus.ACTIVATED: "info",
    StudyStatus.IN_PROGRESS: "info",
    StudyStatus.RESULT_READY: "warn",
    StudyStatus.FINISHED: "good",
    StudyStatus.CANCELLED: "calm",
}
ATTEMPT_TONES: Final[dict[AttemptStatus, str]] = {
    AttemptStatus.PENDING: "calm",
    AttemptStatus.IN_PROGRESS: "info",
    AttemptStatus.VALID: "good",
    AttemptStatus.INVALID: "warn",
}
SEVERITY_TONES: Final[dict[Severity, str]] = {
    Severity.NORMAL: "good",
    Severity.MILD: "info",
    Severity.MODERATE: "warn",
    Severity.SEVERE: "bad",
}


def pill_of(study: Study) -> Row:
    """Its status as it stands in a list."""
    if study.is_locked and study.has_a_live_code:
        return {"words": "Locked", "tone": "bad"}
    return {"words": study.get_status_display(), "tone": TONES[StudyStatus(study.status)]}


def line_of(study: Study) -> Row:
    """What a study in a list shows."""
    return {"study": study, **pill_of(study)}


def patient_rows(study: Study) -> list[Row]:
    patient = study.patient
    return [
        {"name": "Name", "value": patient.full_name},
        {"name": "Date of birth", "value": day(patient.date_of_birth)},
        {"name": "Your reference", "value": patient.reference},
    ]


def fact_rows(study: Study) -> list[Row]:
    """What was settled when the study was created, and stays."""
    return [
        {"name": "Organisation", "value": study.organisation.name},
        {"name": "Clinician", "value": study.organisation.clinician.name},
        {"name": "Came by", "value": Channel(study.channel).label},
        {"name": "Nights", "value": nights_words(study)},
        {"name": "Sensors", "value": in_words(study.sensors)},
        {"name": "Severity by", "value": SeverityIndex(study.severity_by).label},
        *told_rows(study),
        {"name": "Created", "value": moment(study.created_at)},
    ]


def told_rows(study: Study) -> list[Row]:
    """When the result is told to whoever ordered, and when it was."""
    sent = {"name": "Result was sent", "value": moment(study.finished_at), "none": "Not yet"}
    return [{"name": "Result is sent", "value": EmitOn(study.emits_on).label}, sent]


def nights_words(study: Study) -> str:
    if study.repeat_nights:
        return f"{study.nights}, and {study.repeat_nights} more that a reviewer asked for"
    return str(study.nights)


def times_of(study: Study, attempts: Sequence[NightAttempt]) -> list[Row]:
    """Where the test stands, with its times; what has not happened is left out."""
    began = min((one.began_at for one in attempts if one.began_at), default=None)
    times = [
        ("Activated by the patient", study.activated_at),
        ("First recording", began),
        ("Result was sent", study.finished_at),
        ("Cancelled", study.cancelled_at),
    ]
    rows: list[Row] = [{"name": name, "value": moment(at)} for name, at in times if at]
    if attempts:
        rows.insert(len(rows) if study.finished_at is None else -1, _valid_nights(study, attempts))
    return rows


def has_no_valid_night(study: Study, attempts: Iterable[NightAttempt]) -> bool:
    return study.is_finished and not any(one.is_valid for one in attempts)


def attempt_row(attempt: NightAttempt, study: Study) -> Row:
    """One try at a night. Of its result no more than was released."""
    shows_result = attempt.is_released and attempt.is_valid
    return {
        "attempt": attempt,
        "words": attempt.get_status_display(),
        "tone": ATTEMPT_TONES[AttemptStatus(attempt.status)],
        "severity": _severity(attempt, study) if shows_result else None,
        "indexes": _indexes(attempt) if shows_result else [],
        "waits": attempt.is_valid and not attempt.is_released,
        "has_report": attempt.has_report and attempt.is_released,
    }


def timeline_of(events: Iterable[StudyEvent]) -> list[Row]:
    """Newest first, by when it happened."""
    return [
        {
            "title": event.words,
            "at": event.happened_at,
            "by": f"{event.actor}, {event.get_door_display()}",
            "note": event.note,
        }
        for event in events
    ]


def _valid_nights(study: Study, attempts: Iterable[NightAttempt]) -> Row:
    valid = len({one.night for one in attempts if one.is_valid})
    return {"name": "Valid nights", "value": f"{valid} of {study.all_nights}"}


def _severity(attempt: NightAttempt, study: Study) -> Row | None:
    severity = attempt.severity_by(SeverityIndex(study.severity_by))
    return {"words": severity.label, "tone": SEVERITY_TONES[severity]} if severity else None


def _indexes(attempt: NightAttempt) -> list[str]:
    return [f"{name.upper()} {value.normalize():f}" for name, value in attempt.indexes.items()]
