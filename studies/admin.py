"""Studies in the admin: to look at, and to unlock. Their parcels are the orders' business."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from unfold.decorators import action

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.admin import KeysetAdmin
from foundation.admin.asking import AskingAdmin, sent
from foundation.fields import NoteField
from foundation.forms import StaffForm
from foundation.templatetags.words import moment
from organisations.models import Account
from patients.models import Patient
from studies.commands import unlock_study
from studies.models import NOTE_LENGTH, WRONG_DATES_AT_MOST, Channel, Study
from studies.views import words

LOOKED_THROUGH = 1000


class UnlockForm(StaffForm):
    """Why the patient may try again."""

    reason = NoteField(label="Reason", max_length=NOTE_LENGTH)

    missing = {"reason": "Say why you unlock the study"}
    refusal_fields = {"reason": "reason"}


class LockedFilter(admin.SimpleListFilter):
    """Studies with whose codes a wrong date of birth was given too often."""

    title = "locked"
    parameter_name = "locked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Locked")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        if self.value() == "yes":
            return queryset.filter(wrong_dates__gte=WRONG_DATES_AT_MOST)
        return queryset


def _first(found: models.QuerySet[Any]) -> list[int]:
    return list(found.values_list("pk", flat=True)[:LOOKED_THROUGH])


@admin.register(Study)
class StudyAdmin(AskingAdmin, KeysetAdmin):
    to_see = (Permission.SEE_STUDIES,)
    secret = ("activation_code",)
    list_display = ("reference", "patient", "organisation", "nights", "state", "created_at")
    list_select_related = ("patient", "organisation")
    list_filter = ("status", "channel", "account", LockedFilter)
    search_help_text = "Reference of the study or of the patient"
    actions_detail = ("unlock",)
    fieldsets = (
        (None, {"fields": ("reference", "channel", "state", "created_at")}),
        ("For", {"fields": ("account", "organisation", "patient")}),
        ("What", {"fields": ("nights", "repeat_nights", "sensors", "emits_on", "finished_at")}),
        ("For the patient", {"fields": ("code", "lock", "activated_at")}),
        ("Recorded", {"fields": ("recorded", "reviewed")}),
        ("Timeline", {"fields": ("timeline",)}),
    )
    readonly_fields = ("code", "state", "lock", "recorded", "reviewed", "timeline")

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

    # The page of a study

    @admin.display(description="status")
    def state(self, study: Study) -> str:
        return render_to_string("parts/status.html", words.pill_of(study))

    @admin.display(description="activation code")
    def code(self, study: Study) -> str:
        return study.shown_code if study.has_a_live_code else "Dead: the study was cancelled"

    @admin.display(description="lock")
    def lock(self, study: Study) -> str:
        tries = f"{study.wrong_dates} wrong dates of birth of {WRONG_DATES_AT_MOST}"
        return f"Locked: {tries}" if study.is_locked else f"Open: {tries}"

    @admin.display(description="nights")
    def recorded(self, study: Study) -> str:
        """Of results no more than was released, whoever looks."""
        rows = [words.attempt_row(one, study) for one in study.attempts.all()]
        return format_html_join("", "{}<br>", ((_told(row),) for row in rows)) or "Nothing yet"

    @admin.display(description="reviews")
    def reviewed(self, study: Study) -> str:
        """That there are some, not what they say."""
        said = study.reviews.values_list("version", "signed_by", "signed_at")
        lines = ((version, by, moment(at)) for version, by, at in said)
        return format_html_join("", "Version {}, signed by {}, {}<br>", lines) or "No review yet"

    @admin.display(description="what has happened")
    def timeline(self, study: Study) -> str:
        events = study.events.order_by("-happened_at", "-pk")
        return render_to_string("parts/timeline.html", {"events": words.timeline_of(events)})

    # Unlocking

    def has_unlock_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self.may(request, Permission.CHANGE_STUDIES)

    def idle_buttons(self, row: Any) -> set[str]:
        return set() if row.is_locked and row.has_a_live_code else {"unlock"}

    @action(description="Unlock", url_path="unlock", permissions=["unlock"])
    def unlock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        study = self.get_object(request, object_id)
        self.record_shown(request, study, "unlock a study")
        form = UnlockForm(sent(request))

        def do() -> HttpResponse:
            unlock_study(study, reason=form.cleaned_data["reason"], actor=self.actor(request))
            return self.go_back(request, study, "The study is unlocked.")

        return self.ask(
            request,
            form,
            do,
            row=study,
            title=f"Unlock {study}",
            text="The patient can then try again with the same code.",
            submit="Unlock",
        )

    def record_listed(self, request: HttpRequest, rows: Sequence[Study]) -> None:
        shown = [(row.account_id, row.patient_id, None) for row in rows]
        record_shown(shown, what="study list", actor=self.actor(request))

    def record_shown(self, request: HttpRequest, row: Study, what: str) -> None:
        record_shown([(row.account_id, row.patient_id, None)], what=what, actor=self.actor(request))


def _told(row: words.Row) -> str:
    """An attempt in one line."""
    said = [f"{row['attempt']}: {row['words']}", *row["indexes"]]
    if row["severity"]:
        said.append(row["severity"]["words"])
    if row["waits"]:
        said.append("the result waits for a review")
    at = row["attempt"].completed_at or row["attempt"].began_at
    return format_html("{} {}", ", ".join(said), moment(at))
