"""What a reviewer is shown of a study: its results, who it is about, who wants to know, and what
was concluded before.
"""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone

from foundation.templatetags.words import day, moment
from orders.models import Order, Referral
from orders.views.words import Row
from organisations.sensors import EmitOn, SeverityIndex, in_words
from studies.models import INDEX_NAMES, Channel, NightAttempt, Study, StudyEventName
from studies.severity import Severity
from studies.statuses import AttemptStatus, StudyStatus

STUDY_TONES: dict[StudyStatus, str] = {
    StudyStatus.CREATED: "info",
    StudyStatus.ACTIVATED: "info",
    StudyStatus.IN_PROGRESS: "info",
    StudyStatus.RESULT_READY: "warn",
    StudyStatus.FINISHED: "good",
    StudyStatus.CANCELLED: "calm",
}
ATTEMPT_TONES: dict[AttemptStatus, str] = {
    AttemptStatus.PENDING: "calm",
    AttemptStatus.IN_PROGRESS: "info",
    AttemptStatus.VALID: "good",
    AttemptStatus.INVALID: "bad",
}
DECISIONS = (StudyEventName.REVIEWED, StudyEventName.AMENDED, StudyEventName.REPEAT_ASKED)


def tone_of(study: Study) -> str:
    return STUDY_TONES[StudyStatus(study.status)]


def result_rows(study: Study, attempts: Sequence[NightAttempt]) -> list[Row]:
    by = SeverityIndex(study.severity_by)
    return [
        {
            "attempt": one,
            "tone": ATTEMPT_TONES[AttemptStatus(one.status)],
            "severity": _label(one.severity_by(by)),
            "indexes": [
                {"name": name.upper(), "value": one.indexes.get(name)} for name in INDEX_NAMES
            ],
            "at": one.completed_at or one.began_at,
            "report_url": report_url(study, one) if one.has_report else "",
        }
        for one in attempts
    ]


def report_url(study: Study, attempt: NightAttempt) -> str:
    place = [study.public_id, attempt.night, attempt.number]
    return reverse("reviews:report", args=place)


def shown_report(study: Study, attempts: Sequence[NightAttempt]) -> Row | None:
    """The one that is shown on the page itself: of the latest valid attempt, else of the latest."""
    written = [one for one in attempts if one.has_report]
    if not written:
        return None
    latest = max(written, key=lambda one: (one.is_valid, one.completed_at, one.night, one.number))
    return {"attempt": latest, "url": report_url(study, latest)}


def patient_rows(study: Study) -> list[Row]:
    patient = study.patient
    age = patient.age_on(timezone.localdate())
    return [
        {"name": "Name", "value": patient.full_name},
        {"name": "Date of birth", "value": day(patient.date_of_birth)},
        {"name": "Age", "value": "" if age is None else age, "none": "Not known"},
        {"name": "Your reference", "value": patient.reference},
    ]


def study_rows(study: Study, order: Order | None) -> list[Row]:
    index = SeverityIndex(study.severity_by)
    return [
        {"name": "Organisation", "value": study.organisation.name},
        {"name": "Clinician", "value": study.organisation.clinician.name},
        {"name": "Came as", "value": study.get_channel_display()},
        *_ordered(study, order),
        {"name": "Nights", "value": _nights(study)},
        {"name": "Sensors", "value": in_words(study.sensors)},
        {"name": "Severity is by", "value": index.label},
        {"name": "Result is sent", "value": EmitOn(study.emits_on).label},
    ]


def review_rows(study: Study) -> list[Row]:
    """Every version, the newest first."""
    return [
        {"review": one, "is_latest": place == 0}
        for place, one in enumerate(study.reviews.order_by("-version"))
    ]


def decision_of(study: Study) -> Row | None:
    """What a reviewer did last, and who it was."""
    made = study.events.filter(name__in=[one.value for one in DECISIONS])
    last = made.order_by("-pk").first()
    if last is None:
        return None
    return {"words": last.get_name_display(), "by": last.actor, "at": last.happened_at}


def _label(severity: Severity | None) -> str:
    return severity.label if severity else ""


def _nights(study: Study) -> str:
    if not study.repeat_nights:
        return str(study.nights)
    return f"{study.nights}, and {study.repeat_nights} more that a reviewer asked for"


def _ordered(study: Study, order: Order | None) -> list[Row]:
    """Who wants to know, and since when."""
    if study.channel == Channel.REFERRAL and order is not None:
        referral = Referral.objects.filter(order=order).first()
        sent_by = [{"name": "Referred by", "value": referral.sent_by}] if referral else []
        return [
            *sent_by,
            {"name": "Verified by", "value": order.placed_by},
            {"name": "Ordered", "value": moment(order.placed_at)},
        ]
    if order is not None:
        by, at = order.placed_by, order.placed_at
    else:
        event = study.events.filter(name=StudyEventName.CREATED).first()
        by, at = (event.actor if event else ""), study.created_at
    return [{"name": "Ordered by", "value": by}, {"name": "Ordered", "value": moment(at)}]
