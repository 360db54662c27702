"""Studies in the admin: to look at. Their parcels are the orders' business."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.admin import KeysetAdmin
from organisations.models import Account
from patients.models import Patient
from studies.models import Channel, Study

LOOKED_THROUGH = 1000


def _first(found: models.QuerySet[Any]) -> list[int]:
    return list(found.values_list("pk", flat=True)[:LOOKED_THROUGH])


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

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """By the beginning of either reference, each along its own index, which begins with the
        account; of more than a thousand that begin so, some.
        """
        if not search_term:
            return queryset, False
        accounts = list(Account.objects.values_list("pk", flat=True))
        studies = Study.objects.filter(
            account_id__in=accounts, channel__in=Channel.values, reference__startswith=search_term
        )
        patients = Patient.objects.filter(account_id__in=accounts).referenced_like(search_term)
        found = Q(pk__in=_first(studies)) | Q(patient_id__in=_first(patients))
        ids = queryset.filter(found).order_by().values_list("pk", flat=True)
        return queryset.filter(pk__in=self.of_this_page(request, ids)), False

    @admin.display(description="activation code")
    def code(self, study: Study) -> str:
        return study.shown_code

    def record_listed(self, request: HttpRequest, rows: Sequence[Study]) -> None:
        shown = [(row.account_id, row.patient_id, None) for row in rows]
        record_shown(shown, what="study list", actor=self.actor(request))

    def record_shown(self, request: HttpRequest, row: Study, what: str) -> None:
        record_shown([(row.account_id, row.patient_id, None)], what=what, actor=self.actor(request))
