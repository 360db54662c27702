"""The access log in the admin: who was shown which patient. Nobody writes here."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from foundation.actors import Actor, Permission
from foundation.admin.keyset_list import KeysetAdmin, place_of
from foundation.models import AccessEntry


class PatientFilter(admin.SimpleListFilter):
    """One patient, whose page leads here; by itself it offers nobody."""

    title = "patient"
    parameter_name = "patient"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        number = str(self.used_parameters.get(self.parameter_name, ""))
        return [(number, f"Patient {number}")] if place_of(number) is not None else []

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        number = place_of(self.value())
        return queryset if number is None else queryset.filter(patient_id=number)


class AccessEntryAdmin(KeysetAdmin):
    to_see = (Permission.SEE_AUDIT,)
    list_display = ("shown_at", "actor", "what", "patient", "order", "door", "ip_address")
    list_filter = (PatientFilter, "door", "what")
    search_help_text = "Number of a patient, or e-mail address of a user"

    def found(self, rows: models.QuerySet[Any], text: str, actor: Actor) -> models.QuerySet[Any]:
        """Who was shown this patient, or whom this user was shown."""
        number = place_of(text)
        if number is not None:
            return rows.filter(patient_id=number)
        users = get_user_model()._default_manager.filter(email=text.lower())
        return rows.filter(user_id__in=users.values("pk"))

    @admin.display(description="patient")
    def patient(self, entry: AccessEntry) -> str:
        page = reverse("admin:patients_patient_change", args=[entry.patient_id])
        return format_html('<a href="{}">{}</a>', page, f"Patient {entry.patient_id}")

    @admin.display(description="order", empty_value="")
    def order(self, entry: AccessEntry) -> str | None:
        if entry.order_id is None:
            return None
        page = reverse("admin:orders_order_change", args=[entry.order_id])
        return format_html('<a href="{}">{}</a>', page, f"Order {entry.order_id}")

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> tuple[str, ...]:
        return ("shown_at",)
