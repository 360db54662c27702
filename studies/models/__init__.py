"""The diagnostic episode: studies, the attempts at their nights, their reviews."""

from studies.models.attempts import INDEX_NAMES, LARGEST_INDEX, AttemptReport, NightAttempt
from studies.models.reviews import CONCLUSION_LENGTH, REASON_LENGTH, Review
from studies.models.studies import CODE_LENGTH, WRONG_DATES_AT_MOST, Channel, Study, StudyQuerySet
from studies.models.timeline import NOTE_LENGTH, StudyEvent, StudyEventName

__all__ = [
    "CODE_LENGTH",
    "CONCLUSION_LENGTH",
    "INDEX_NAMES",
    "LARGEST_INDEX",
    "NOTE_LENGTH",
    "REASON_LENGTH",
    "WRONG_DATES_AT_MOST",
    "AttemptReport",
    "Channel",
    "NightAttempt",
    "Review",
    "Study",
    "StudyEvent",
    "StudyEventName",
    "StudyQuerySet",
]
