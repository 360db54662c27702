"""Moving a study: `advance` is the only way. The table of legal steps is in `studies.statuses`."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from foundation.actors import Actor
from studies.errors import StudyNotFound
from studies.models import Study, StudyEvent, StudyEventName
from studies.statuses import NEXT, StudyStatus


def locked_study(study: Study, *, actor: Actor) -> Study:
    """The study as it is now, locked until the transaction ends, or StudyNotFound."""
    found = (
        Study.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=study.pk).first()
    )
    if found is None:
        raise StudyNotFound(field="study")
    return found


def lock_stream(study_id: int) -> None:
    """Nobody else tells of this study until the transaction ends: its events and those of its order
    are counted together.
    """
    Study.objects.select_for_update(of=("self",)).filter(pk=study_id).values_list("pk").first()


def advance(study: Study, to: StudyStatus, **columns: Any) -> None:
    """Move the locked study to `to`; `columns` change with the status."""
    assert to in NEXT[StudyStatus(study.status)], "the caller knows the life of a study"
    change(study, status=to, **columns)


def change(study: Study, **columns: Any) -> None:
    """Give the locked study these values; its status only by `advance`."""
    for name, value in columns.items():
        setattr(study, name, value)
    study.save(update_fields=list(columns))


def record(
    study: Study,
    name: StudyEventName,
    *,
    actor: Actor,
    at: datetime | None = None,
    **columns: Any,
) -> StudyEvent:
    """Append to the study's timeline, at the time when it happened."""
    return StudyEvent.objects.create(
        account_id=study.account_id,
        study=study,
        name=name,
        door=actor.door,
        actor=actor.label[:255],
        actor_user_id=actor.user_id,
        request_id=actor.request_id,
        happened_at=at or timezone.now(),
        **columns,
    )
