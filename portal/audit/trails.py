"""How the kept versions of every table lead to a patient, an order and whoever wrote them. It is
read off the tables, so that one that is added later is found too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import models
from django.db.models import Q

from foundation.history import WHO
from orders.models import Order
from patients.models import Patient
from portal.audit.subjects import Search
from studies.models import Study


@dataclass(frozen=True)
class Trail:
    """One history table, and which of its columns hold ids of these rows; empty for none."""

    kept: Any
    patient: str
    order: str
    study: str

    def versions(self, search: Search) -> models.QuerySet[Any] | None:
        """Those that are searched for; None when there can be none in this table."""
        conditions: list[Q | None] = []
        if search.patient:
            conditions.append(self.of_patient(search.patient))
        if search.order:
            conditions.append(self.of_order(search.order))
        if None in conditions:
            return None
        found: models.QuerySet[Any] = self.kept.objects.filter(*conditions, *_within(search))
        return found.alias(who=WHO).filter(who=search.person.who) if search.person else found

    def of_patient(self, patient: Patient) -> Q | None:
        if self.patient:
            return Q((self.patient, patient.pk))
        if self.order:
            return Q((f"{self.order}__in", Order.objects.filter(patient=patient).values("pk")))
        if self.study:
            return Q((f"{self.study}__in", Study.objects.filter(patient=patient).values("pk")))
        return None

    def of_order(self, order: Order) -> Q | None:
        if self.order:
            return Q((self.order, order.pk))
        if self.study and order.study_id:
            return Q((self.study, order.study_id))
        return None


@cache
def trails() -> Sequence[Trail]:
    """One for every table that is tracked, always in the same order."""
    kept = (
        model
        for model in apps.get_models()
        if issubclass(model, pghistory.models.Event) and model._meta.managed
    )
    return [
        Trail(model, *(_column(model, to) for to in (Patient, Order, Study)))
        for model in sorted(kept, key=lambda model: model._meta.label)
    ]


def _column(kept: Any, to: type[models.Model]) -> str:
    if kept.pgh_tracked_model is to:
        return "pgh_obj_id"
    for field in kept._meta.concrete_fields:
        if field.related_model is to and not field.name.startswith("pgh_"):
            return str(field.attname)
    return ""


def _within(search: Search) -> list[Q]:
    since, before = search.period
    limits = {"pgh_created_at__gte": since, "pgh_created_at__lt": before}
    return [Q((name, moment)) for name, moment in limits.items() if moment]
