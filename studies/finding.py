"""Finding studies among many, newest first: by status, and by how a reference or the patient's name
begins. How that is typed and shown is not here.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from django.db import models

from foundation.actors import Actor, Permission
from foundation.keyset import Page, newest_among, newest_first
from patients.models import Patient, PatientQuerySet
from studies.models import Channel, Study, StudyQuerySet
from studies.statuses import StudyStatus

# Of what begins with the text, so much is looked through; who means less, types more.
LOOKED_THROUGH: Final = 500


class Selection:
    """The studies an actor may see that have this status, if one is asked for, and are meant by the
    text, when there is one.
    """

    def __init__(self, status: StudyStatus | None, text: str = "", *, actor: Actor) -> None:
        self.status = status
        self.text = text
        self.actor = actor
        self.is_cut = False

    def page(
        self, *, size: int, before: int | None = None, after: int | None = None
    ) -> Page[Study]:
        rows = self._passing.with_its_people()
        if not self.text:
            return newest_first(rows, size=size, before=before, after=after)
        return newest_among(self._found, rows, size=size, before=before, after=after)

    @property
    def _passing(self) -> StudyQuerySet:
        seen = Study.objects.visible_to(self.actor)
        return seen.filter(status=self.status) if self.status else seen

    @cached_property
    def _found(self) -> list[int]:
        """No LIMIT and no order: with both the planner would walk through all in theirs."""
        meant = models.Q(pk__in=[*self._by_reference()]) | models.Q(
            patient_id__in=[*self._of_patients()]
        )
        ids = self._passing.filter(meant).order_by().values_list("pk", flat=True)
        return sorted(ids, reverse=True)

    def _by_reference(self) -> Iterator[int]:
        """Small letters are mostly capitals that were typed in a hurry."""
        for text in {self.text, self.text.upper()}:
            yield from self._first(
                Study.objects.filter(
                    account_id=self.actor.one_account,
                    channel__in=Channel.values,
                    reference__startswith=text,
                )
            )

    def _of_patients(self) -> Iterator[int]:
        if self.actor.may(Permission.SEE_PATIENTS):
            for patients in self._patients_like():
                yield from self._first(patients)

    def _patients_like(self) -> Iterator[PatientQuerySet]:
        yield Patient.objects.visible_to(self.actor).named_like(self.text)
        of_account = Patient.objects.filter(account_id=self.actor.one_account)
        yield of_account.referenced_like(self.text)

    def _first(self, found: models.QuerySet[Any]) -> list[int]:
        ids = list(found.order_by().values_list("pk", flat=True)[: LOOKED_THROUGH + 1])
        self.is_cut |= len(ids) > LOOKED_THROUGH
        return ids[:LOOKED_THROUGH]
