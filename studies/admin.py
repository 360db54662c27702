"""Studies in the admin: to look at. Their parcels are the orders' business."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest

from foundation.access import record_shown
from foundation.actors import Actor, Permission
from foundation.admin import KeysetAdmin
from studies.models import Study


@admin.register(Study)
class StudyAdmin(KeysetAdmin):
    to_see = (Permission.SEE_STUDIES,)
    secret = ("activation_code",)
    list_display = ("reference", "patient", "organisation", "nights", "status", "created_at")
    list_select_related = ("patient", "organisation")
    list_filter = ("status", "channel", "account")
    search_help_text = "Reference of the study or of the patient"
    fieldsets = (
        (None, {"fields": ("reference", "channel", "status", "created_at")}),
        ("For", {"fields": ("account", "organisation", "patient")}),
        ("What", {"fields": ("nights", "sensors", "emits_on")}),
        ("For the patient", {"fields": ("code",)}),
    )
    readonly_fields = ("code",)

    def found(self, rows: models.QuerySet[Any], text: str, actor: Actor) -> models.QuerySet[Any]:
        return rows.filter(Q(reference__startswith=text) | Q(patient__reference__startswith=text))

    @admin.display(description="activation code")
    def code(self, study: Study) -> str:
        return study.shown_code

    def record_listed(self, request: HttpRequest, rows: Sequence[Study]) -> None:
        shown = [(row.account_id, row.patient_id, None) for row in rows]
        record_shown(shown, what="study list", actor=self.actor(request))

    def record_shown(self, request: HttpRequest, row: Study, what: str) -> None:
        record_shown([(row.account_id, row.patient_id, None)], what=what, actor=self.actor(request))
