"""Finding patients among many, newest first: by what somebody remembers of them, and in use or
archived. How that is typed and shown is not here.
"""

from functools import cached_property
from typing import Final

from django.db import models

from foundation.actors import Actor
from foundation.keyset import Page, ids_of, newest_among, newest_first
from patients.models import Patient, PatientQuerySet

# Up to so many, what was found is sorted; of more, the newest are sure to be met soon by walking.
SORTED_AT_MOST: Final = 20_000


class Kept(models.TextChoices):
    """Which part of the register."""

    IN_USE = "in_use", "In use"
    ARCHIVED = "archived", "Archived"
    ALL = "all", "All"


class Selection:
    """The patients an actor may see in this part of the register who are meant by the text."""

    def __init__(self, kept: Kept, text: str = "", *, actor: Actor) -> None:
        self.kept = kept
        self.text = text
        self.actor = actor

    def page(
        self, *, size: int, before: int | None = None, after: int | None = None
    ) -> Page[Patient]:
        if not self.text and not self.actor.sees_all_organisations:
            return self._of_organisations(size=size, before=before, after=after)
        if not self.text or len(self._found) > SORTED_AT_MOST:
            return newest_first(self._patients, size=size, before=before, after=after)
        ids = sorted(self._found, reverse=True)
        return newest_among(ids, Patient.objects.all(), size=size, before=before, after=after)

    @cached_property
    def _patients(self) -> PatientQuerySet:
        seen = self._of_this_part(Patient.objects.visible_to(self.actor))
        return seen.meant_by(self.text) if self.text else seen

    @cached_property
    def _found(self) -> list[int]:
        """In no order: asked for the newest, the planner would hope to meet the few among them."""
        return list(self._patients.order_by().values_list("pk", flat=True)[: SORTED_AT_MOST + 1])

    def _of_organisations(
        self, *, size: int, before: int | None, after: int | None
    ) -> Page[Patient]:
        """Each organisation's newest: one query for all might walk through everybody else's."""
        organisations = sorted(self.actor.organisation_ids or ())
        patients = self._of_this_part(Patient.objects.filter(account_id=self.actor.one_account))
        if after is not None:
            patients = patients.filter(pk__gt=after)
        elif before is not None:
            patients = patients.filter(pk__lt=before)
        streams = [patients.filter(organisations__organisation=one) for one in organisations]
        ids = ids_of(
            streams,
            of_each=size + 1,
            size=(size + 1) * len(streams),  # somebody known to all of them is found in each
            order="pk" if after is not None else "-pk",
        )
        found = sorted(set(ids), reverse=True)
        return newest_among(found, Patient.objects.all(), size=size, before=before, after=after)

    def _of_this_part(self, patients: PatientQuerySet) -> PatientQuerySet:
        match self.kept:
            case Kept.IN_USE:
                return patients.filter(archived_at=None)
            case Kept.ARCHIVED:
                return patients.filter(archived_at__isnull=False)
        return patients
