"""The list of webhook endpoints and the page of one. Nothing is edited there: its buttons are in
`buttons`.
"""

from typing import Any, Final

from django.contrib import admin
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.text import Truncator

from portal.developers.webhooks import endpoint_words
from portal.developers.webhooks.figures import how_many_wait, success_rate
from portal.webhooks_admin.buttons import EndpointButtons
from webhooks.models import Attempt, WebhookEndpoint

SHOWN_IN_A_LIST: Final = 80
PRESENT: Final = Q(removed_at=None)
RUNNING: Final = PRESENT & Q(paused_at=None)
FAILING: Final = Q(failing_since__isnull=False)
PAUSED: Final = Q(paused_at__isnull=False)


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    STATES: Final = {
        "trouble": ("In trouble: failing or paused", PRESENT & (FAILING | PAUSED)),
        "active": ("Active", RUNNING & ~FAILING),
        "failing": ("Failing", RUNNING & FAILING),
        "paused": ("Paused", PRESENT & PAUSED),
        "removed": ("Removed", ~PRESENT),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, words) for name, (words, _) in self.STATES.items()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        _, having = self.STATES.get(self.value() or "", ("", Q()))
        return queryset.filter(having)


class WebhookEndpointAdmin(EndpointButtons):
    secret = ("secret", "old_secret", "bearer")
    list_display = ("address", "account", "dialect", "state", "failing_since", "created_at")
    list_select_related = ("account",)
    list_filter = (StateFilter, "dialect", "account")
    search_fields = ("url", "account__name")
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("url", "account", "dialect", "told", "created_at", "removed_at")}),
        ("State", {"fields": ("state", "what_to_do", "paused_at", "failing_since", "waits_until")}),
        ("How it goes", {"fields": ("rate", "waiting")}),
        ("Secrets", {"fields": ("secret_drawn_at", "older_secret", "token")}),
    )
    readonly_fields = ("told", "state", "what_to_do", "rate", "waiting", "older_secret", "token")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        tries = Attempt.objects.filter(endpoint=OuterRef("pk"))
        return super().get_queryset(request).annotate(was_used=Exists(tries))

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """The theme asks for each figure several times, so they are counted before. The buttons
        are more than fit beside the title.
        """
        obj.rate, obj.waiting = success_rate(obj), how_many_wait(obj)
        context["buttons"] = context.pop("actions_detail", [])
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description="address", ordering="url")
    def address(self, endpoint: WebhookEndpoint) -> str:
        return shortened(endpoint)

    @admin.display(description="state")
    def state(self, endpoint: Any) -> str:
        words = endpoint_words.state_of(endpoint, was_used=endpoint.was_used)
        if endpoint.removed_at:
            words = {"tone": "calm", "words": "Removed"}
        return render_to_string("parts/status.html", words)

    @admin.display(description="what to do")
    def what_to_do(self, endpoint: WebhookEndpoint) -> str:
        trouble = None if endpoint.removed_at else endpoint_words.trouble_of(endpoint, "")
        return trouble["text"] if trouble else ""

    @admin.display(description="events")
    def told(self, endpoint: WebhookEndpoint) -> str:
        return "\n".join(endpoint_words.told_of(endpoint))

    @admin.display(description="success rate")
    def rate(self, endpoint: Any) -> str:
        return endpoint.rate or "No tries yet"

    @admin.display(description="waiting")
    def waiting(self, endpoint: Any) -> str:
        return str(endpoint.waiting)

    @admin.display(description="older secret")
    def older_secret(self, endpoint: WebhookEndpoint) -> str:
        _, *older = endpoint_words.secrets_of(endpoint)
        return "\n".join(line for row in older for line in row["lines"])

    @admin.display(description="bearer token")
    def token(self, endpoint: WebhookEndpoint) -> str:
        return "Set" if endpoint.bearer else "Not set"


def shortened(endpoint: WebhookEndpoint) -> str:
    """The address as it fits into a list."""
    words = Truncator(endpoint.url).chars(SHOWN_IN_A_LIST)
    return format_html('<span class="long-words">{}</span>', words)
