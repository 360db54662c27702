"""The life of a study: what is done to the test, whatever happens to the parcel."""

from django.db import models


class StudyStatus(models.TextChoices):
    CREATED = "created", "Waiting for the patient to start"
    ACTIVATED = "activated", "Activated by the patient"
    IN_PROGRESS = "in_progress", "Recording"
    FINISHED = "finished", "Finished"
    CANCELLED = "cancelled", "Cancelled"


S = StudyStatus

NEXT: dict[StudyStatus, frozenset[StudyStatus]] = {
    S.CREATED: frozenset({S.ACTIVATED, S.CANCELLED}),
    S.ACTIVATED: frozenset({S.IN_PROGRESS, S.CANCELLED}),
    S.IN_PROGRESS: frozenset({S.FINISHED, S.CANCELLED}),
    S.FINISHED: frozenset(),
    S.CANCELLED: frozenset(),
}


def steps() -> list[tuple[str, str]]:
    """Every legal step, as the database's own guard wants them."""
    return sorted((here.value, to.value) for here, onward in NEXT.items() for to in onward)
