"""Phone alerts in the admin: the list, the page of one, and the note of what was decided. What the
page shows is put together in `phone_page`; no patient is in it, because account managers see none.
"""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.decorators import display

from foundation.actors import Permission
from foundation.admin import HouseAdmin
from foundation.admin.pages import form_page
from foundation.errors import Refusal
from foundation.fields import NoteField
from foundation.forms import StaffForm
from foundation.templatetags.words import moment
from orders.admin import phone_page
from orders.models import NOTE_LENGTH, PhoneAlert
from orders.phone_use import decide_phone_alert


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"
    TO_DECIDE, OPEN, ENDED = "to-decide", "open", "ended"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (self.TO_DECIDE, "Open, to be decided"),
            (self.OPEN, "Open"),
            (self.ENDED, "Share fell back"),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        alerts: Any = queryset
        match self.value():
            case self.TO_DECIDE:
                return alerts.to_decide()
            case self.OPEN:
                return alerts.still_open()
            case self.ENDED:
                return alerts.exclude(ended_at=None)
        return alerts


class DecisionForm(StaffForm):
    """What follows from the alert."""

    decision = NoteField(
        label="What was decided?",
        max_length=NOTE_LENGTH,
        help_text="Whom you spoke to, why phones were needed, what will change. "
        "Do not name patients",
    )

    missing: ClassVar[dict[str, str]] = {"decision": "Write down what was decided"}
    refusal_fields: ClassVar[dict[str, str]] = {"decision": "decision"}


@admin.register(PhoneAlert)
class PhoneAlertAdmin(HouseAdmin):
    to_see = (Permission.SEE_ACCOUNTS,)
    to_change = (Permission.CHANGE_ACCOUNTS,)
    list_display = ("clinic", "state", "share", "limit", "opened", "decided")
    list_filter = (StateFilter, "account")
    search_fields = ("organisation__name", "account__name")
    sortable_by = ()
    # Open ones first, and of these the ones that nobody has decided.
    ordering = (
        F("ended_at").desc(nulls_first=True),
        F("decided_at").desc(nulls_first=True),
        "-pk",
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related("account", "organisation", "decided_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The daily watch opens them."""
        return False

    # The list

    @display(description="clinic", header=True)
    def clinic(self, alert: PhoneAlert) -> tuple[str, str]:
        return (str(alert.organisation), str(alert.account))

    @admin.display(description="state")
    def state(self, alert: PhoneAlert) -> str:
        return render_to_string("parts/status.html", phone_page.state_of(alert))

    @admin.display(description="share")
    def share(self, alert: PhoneAlert) -> str:
        use = phone_page.use_of(alert)
        return format_html(
            '<span class="nowrap">{} ({} of {})</span>', use.percent, use.asked, use.orders
        )

    @admin.display(description="limit")
    def limit(self, alert: PhoneAlert) -> str:
        return f"{alert.share_limit}\u00a0% of {alert.share_minimum}"

    @admin.display(description="opened")
    def opened(self, alert: PhoneAlert) -> str:
        return format_html('<span class="nowrap">{}</span>', moment(alert.opened_at))

    @admin.display(description="decided by", empty_value="Nobody yet")
    def decided(self, alert: PhoneAlert) -> Any:
        return alert.decided_by

    # The page of an alert

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decision_view)
        own = [path("<int:pk>/decision/", decide, name="orders_phonealert_decision")]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        alert = self.get_object(request, object_id)
        every_order = request.GET.get("orders") == "all"
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            **phone_page.everything_about(alert, every_order=every_order),
            "title": f"Phone alert: {alert.organisation}",
            "subtitle": None,
            "opts": self.opts,
            "original": alert,
            "change": True,
            "may_decide": self.has_change_permission(request),
            "sees_orders": self.may(request, Permission.SEE_ORDERS),
        }
        return TemplateResponse(request, "admin/orders/phone_alert_page.html", context)

    def decision_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks what was decided, and keeps it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        alert = self.get_object(request, str(pk))
        page = reverse("admin:orders_phonealert_change", args=[alert.pk])
        asked = {"decision": alert.decision}
        form = DecisionForm(request.POST if request.method == "POST" else None, initial=asked)
        if form.is_valid() and self._decide(request, alert, form):
            messages.success(request, "The decision is written down.")
            return HttpResponseRedirect(page)
        return form_page(
            self,
            request,
            form,
            row=alert,
            title=f"Decision about {alert.organisation}",
            text="For everybody who sees this alert. Earlier notes are kept.",
            submit="Save the decision",
            back=page,
        )

    def _decide(self, request: HttpRequest, alert: PhoneAlert, form: DecisionForm) -> bool:
        try:
            decide_phone_alert(alert, form.cleaned_data["decision"], actor=self.actor(request))
        except Refusal as refusal:
            form.add_refusal(refusal)
        return form.is_valid()
