"""The life of a study, whatever happens to the parcel: a patient *activates* it, it is *being
recorded*, its *results wait for review*, it is *finished*; or it is *cancelled* before that. A
reviewer may ask for another night, and then it is being recorded again. An attempt at a night is
*due*, *being recorded*, and *valid* or *invalid*.
"""

from collections.abc import Mapping

from django.db import models


class StudyStatus(models.TextChoices):
    CREATED = "created", "Waiting for the patient to start"
    ACTIVATED = "activated", "Activated by the patient"
    IN_PROGRESS = "in_progress", "Recording"
    RESULT_READY = "result_ready", "Results ready for review"
    FINISHED = "finished", "Finished"
    CANCELLED = "cancelled", "Cancelled"


class AttemptStatus(models.TextChoices):
    """contracts/v1.md section 5, Night attempt."""

    PENDING = "pending", "Due"
    IN_PROGRESS = "in_progress", "Being recorded"
    VALID = "valid", "Valid"
    INVALID = "invalid", "Not valid"


S, A = StudyStatus, AttemptStatus

# What was recorded without internet may come before the activation that it followed.
NEXT: Mapping[StudyStatus, frozenset[StudyStatus]] = {
    S.CREATED: frozenset({S.ACTIVATED, S.IN_PROGRESS, S.CANCELLED}),
    S.ACTIVATED: frozenset({S.IN_PROGRESS, S.CANCELLED}),
    S.IN_PROGRESS: frozenset({S.RESULT_READY, S.CANCELLED}),
    S.RESULT_READY: frozenset({S.IN_PROGRESS, S.FINISHED, S.CANCELLED}),
    S.FINISHED: frozenset(),
    S.CANCELLED: frozenset(),
}
ATTEMPT_NEXT: Mapping[AttemptStatus, frozenset[AttemptStatus]] = {
    A.PENDING: frozenset({A.IN_PROGRESS, A.VALID, A.INVALID}),
    A.IN_PROGRESS: frozenset({A.VALID, A.INVALID}),
    A.VALID: frozenset(),
    A.INVALID: frozenset(),
}
HAS_RESULT = frozenset({A.VALID, A.INVALID})


def steps() -> list[tuple[str, str]]:
    """Every legal step, as the database's own guard wants them."""
    return sorted((here.value, to.value) for here, onward in NEXT.items() for to in onward)


def attempt_steps() -> list[tuple[str, str]]:
    return sorted((here.value, to.value) for here, onward in ATTEMPT_NEXT.items() for to in onward)
