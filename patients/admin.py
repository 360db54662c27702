"""The patient register in the admin: to look at. What changes a patient is a command."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.admin import HouseInline, KeysetAdmin
from patients.models import Patient, PatientOrganisation

FEW = 1000
SEES = (Permission.SEE_PATIENTS,)


class PatientOrganisationInline(HouseInline):
    model = PatientOrganisation
    verbose_name_plural = "known to"
    to_see = SEES
    fields = ("organisation", "linked_at")
    readonly_fields = ("linked_at",)
    tab = False


@admin.register(Patient)
class PatientAdmin(KeysetAdmin):
    to_see = SEES
    named_in_title = False
    actions_detail = ("seen_by",)
    history_of = ("organisations",)
    inlines = (PatientOrganisationInline,)
    list_display = ("full_name", "reference", "date_of_birth", "account", "registered_at")
    list_select_related = ("account",)
    list_filter = ("enrolled", "account")
    search_help_text = "Name, reference or date of birth"
    fieldsets = (
        (None, {"fields": ("account", "reference", "full_name", "date_of_birth", "sex")}),
        ("Contact", {"fields": ("email", "phone", "home")}),
        ("In the register", {"fields": ("enrolled", "archived_at", "registered_at", "site")}),
    )
    readonly_fields = ("home",)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """By words of the name, the beginning of the reference, or the date of birth.

        The few are looked up first: walking through everybody to find them takes long.
        """
        if not search_term:
            return queryset, False
        meant = Patient.objects.meant_by(search_term)
        few = list(meant.values_list("pk", flat=True)[: FEW + 1])
        return queryset.filter(pk__in=few if len(few) <= FEW else meant.values("pk")), False

    @admin.display(description="address")
    def home(self, patient: Patient) -> str:
        return "\n".join(patient.address.as_lines()) if patient.address else ""

    def has_audit_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.may(request, Permission.SEE_AUDIT)

    @action(description="Seen by", url_path="seen-by", icon="visibility", permissions=["audit"])
    def seen_by(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the access log of this patient."""
        patient = self.get_object(request, object_id)
        log = reverse("admin:foundation_accessentry_changelist")
        return HttpResponseRedirect(f"{log}?patient={patient.pk}")

    def record_listed(self, request: HttpRequest, rows: Sequence[Patient]) -> None:
        shown = [(row.account_id, row.pk, None) for row in rows]
        record_shown(shown, what="patient list", actor=self.actor(request))

    def record_shown(self, request: HttpRequest, row: Patient, what: str) -> None:
        record_shown([(row.account_id, row.pk, None)], what=what, actor=self.actor(request))
