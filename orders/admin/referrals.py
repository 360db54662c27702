"""Referrals in the admin: to look at. They are decided by the clinic, on its own pages."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.admin import KeysetAdmin
from orders.models import Referral
from organisations.models import Account
from patients.models import Patient

LOOKED_THROUGH = 1000


@admin.register(Referral)
class ReferralAdmin(KeysetAdmin):
    to_see = (Permission.SEE_STUDIES,)
    list_display = ("reference", "patient", "organisation", "status", "received_at", "decided_by")
    list_select_related = ("patient", "organisation")
    list_filter = ("status", "account")
    search_help_text = "Reference of the referral or of the patient"
    fieldsets = (
        (None, {"fields": ("reference", "status", "received_at", "sent_by", "door")}),
        ("For", {"fields": ("account", "organisation", "patient")}),
        ("What", {"fields": ("nights", "sensors")}),
        ("Decided", {"fields": ("decided_by", "decided_at", "reason", "order")}),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """By the beginning of either reference, each along its own index, which begins with the
        account; of more than a thousand that begin so, some.
        """
        if not search_term:
            return queryset, False
        accounts = list(Account.objects.values_list("pk", flat=True))
        referrals = Referral.objects.filter(
            account_id__in=accounts, reference__startswith=search_term
        )
        patients = Patient.objects.filter(account_id__in=accounts).referenced_like(search_term)
        found = Q(pk__in=_first(referrals)) | Q(patient_id__in=_first(patients))
        ids = queryset.filter(found).order_by().values_list("pk", flat=True)
        return queryset.filter(pk__in=self.of_this_page(request, ids)), False

    def record_listed(self, request: HttpRequest, rows: Sequence[Referral]) -> None:
        shown = [(row.account_id, row.patient_id, row.order_id) for row in rows]
        record_shown(shown, what="referral list", actor=self.actor(request))

    def record_shown(self, request: HttpRequest, row: Referral, what: str) -> None:
        shown = [(row.account_id, row.patient_id, row.order_id)]
        record_shown(shown, what=what, actor=self.actor(request))


def _first(found: models.QuerySet[Any]) -> list[int]:
    return list(found.values_list("pk", flat=True)[:LOOKED_THROUGH])
