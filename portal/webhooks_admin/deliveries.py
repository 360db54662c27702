"""The log of deliveries: what was posted to whom, how each try went, and having it sent again."""

from functools import partial
from typing import Any, Final

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from unfold.decorators import action, display

from foundation.actors import Permission
from foundation.admin import KeysetAdmin
from foundation.admin.asking import AskingAdmin
from foundation.admin.keyset_list import AFTER, BEFORE, KeysetList, place_of
from foundation.errors import Forbidden, Refusal
from foundation.keyset import newest_first
from foundation.templatetags.words import instant
from organisations.models import Account
from portal.api.wordings import WORDINGS
from portal.developers.webhooks import delivery_words
from portal.developers.webhooks.figures import is_behind
from portal.told_patients import record_told_patients
from portal.webhooks_admin.buttons import MANAGES
from portal.webhooks_admin.endpoints import shortened
from portal.webhooks_admin.listing import AccountFilter, DeliveryList, EndpointFilter, OutcomeFilter
from webhooks.log import redeliver
from webhooks.models import Delivery, WebhookEvent

FOUND_AT_MOST: Final = 1000
# Each shows an answer of up to 64 KiB.
TRIES_A_PAGE: Final = 20
IT_IS_SENT: Final = "It is being sent again."


class DeliveryAdmin(AskingAdmin, KeysetAdmin):
    to_see = MANAGES
    list_display = ("told", "account", "of_what", "address", "standing", "tries", "owed")
    list_filter = (OutcomeFilter, AccountFilter, EndpointFilter)
    search_help_text = "Reference of the order, or message ID"
    fieldsets = (
        (None, {"fields": ("what", "account", "of_what", "endpoint", "message_id")}),
        ("When", {"fields": ("happened", "next_try", "settled_at")}),
        ("State", {"fields": ("standing", "tries", "redelivered_by", "can_be_sent_again")}),
    )
    readonly_fields = (
        "what",
        "of_what",
        "message_id",
        "happened",
        "next_try",
        "standing",
        "can_be_sent_again",
    )
    actions = ("redeliver_chosen",)
    actions_detail = ("send_again",)
    change_form_outer_after_template = "admin/webhooks/delivery_tries.html"

    def has_manage_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.may(request, *MANAGES)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        return delivery_words.with_what_is_shown(rows).select_related("account")

    # The list

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return DeliveryList

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """By the whole reference or the message ID, each along its own index, of which that of the
        references begins with the account; of more than a thousand, some.
        """
        if not search_term:
            return queryset, False
        accounts = list(Account.objects.values_list("pk", flat=True))
        found = _ids(queryset.filter(account_id__in=accounts, reference=search_term))
        named = (wording.event_having(search_term) for wording in WORDINGS.values())
        for having in filter(None, named):
            events = WebhookEvent.objects.filter(having)
            found += _ids(queryset.filter(event_id__in=_ids(events)))
        return queryset.filter(pk__in=found), False

    @action(description="Redeliver", permissions=["manage"])
    def redeliver_chosen(self, request: HttpRequest, queryset: models.QuerySet[Delivery]) -> None:
        """Each by itself, the oldest first; of each is said what came of it."""
        for delivery in queryset.order_by("pk"):
            name = _name_of(delivery)
            try:
                redeliver(delivery, actor=self.actor(request))
            except Forbidden:
                raise
            except Refusal as refusal:
                messages.error(request, f"{name}: {refusal.words}")
            else:
                messages.success(request, f"{name}: {IT_IS_SENT}")

    # How it reads

    @display(description="event", header=True)
    def told(self, delivery: Delivery) -> tuple[str, str]:
        line = delivery_words.line_of(delivery)
        return line["event"], line["code"]

    @admin.display(description="event")
    def what(self, delivery: Delivery) -> str:
        return _event_of(delivery_words.line_of(delivery))

    @admin.display(description="reference")
    def of_what(self, delivery: Delivery) -> str:
        """Of a test event, of nothing."""
        return str(delivery_words.line_of(delivery)["reference"])

    @admin.display(description="endpoint")
    def address(self, delivery: Delivery) -> str:
        return shortened(delivery.endpoint)

    @admin.display(description="state")
    def standing(self, delivery: Delivery) -> str:
        return render_to_string("parts/status.html", delivery_words.state_of(delivery))

    @admin.display(description="time")
    def owed(self, delivery: Delivery) -> str:
        return instant(delivery.owed_at)

    @admin.display(description="message ID")
    def message_id(self, delivery: Delivery) -> str:
        return delivery_words.message_id_of(delivery)

    @admin.display(description="happened")
    def happened(self, delivery: Delivery) -> str:
        return instant(delivery.event.happened_at)

    @admin.display(description="next try")
    def next_try(self, delivery: Any) -> str:
        return delivery_words.next_try_of(delivery, is_behind=delivery.is_behind)

    @admin.display(description="can be sent again")
    def can_be_sent_again(self, delivery: Delivery) -> str:
        return delivery_words.why_not_again(delivery) or "Yes"

    # The page of one

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        obj.is_behind = is_behind(obj)  # here, because the theme asks for a fact several times
        context.update(_body_and_tries(obj, request), order_url=self._order_url(request, obj))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def record_shown(self, request: HttpRequest, row: Delivery, what: str) -> None:
        """The body tells of somebody."""
        record_told_patients([row], what=what, actor=self.actor(request))

    @action(description="Redeliver", url_path="redeliver", permissions=["manage"])
    def send_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        delivery = self.get_object(request, object_id)
        return self.confirm(
            request,
            delivery,
            partial(redeliver, delivery, actor=self.actor(request)),
            done=IT_IS_SENT,
            title="Redeliver",
            about=_name_of(delivery),
            text="The same body is sent under the same message ID, and tried as often as at first.",
            submit="Redeliver",
        )

    def idle_buttons(self, row: Delivery) -> set[str]:
        return {"send_again"} if delivery_words.why_not_again(row) else set()

    def _order_url(self, request: HttpRequest, delivery: Delivery) -> str:
        number = delivery.event.facts.get("order")
        if not number or not self.may(request, Permission.SEE_ORDERS):
            return ""
        return reverse("admin:orders_order_change", args=[number])


def _body_and_tries(delivery: Delivery, request: HttpRequest) -> dict[str, Any]:
    """For the template below the facts: the tries newest first, page by page."""
    page = newest_first(
        delivery.attempts.all(),
        size=TRIES_A_PAGE,
        before=place_of(request.GET.get(BEFORE)),
        after=place_of(request.GET.get(AFTER)),
    )
    is_purged = delivery.purged_at is not None
    return {
        "body": delivery_words.body_of(delivery),
        "tries": [delivery_words.try_of(one, is_purged=is_purged) for one in page.rows],
        "not_kept": delivery_words.NOT_KEPT,
        "newer_url": f"?{AFTER}={page.newer}" if page.newer else "",
        "older_url": f"?{BEFORE}={page.older}" if page.older else "",
    }


def _name_of(delivery: Delivery) -> str:
    """Shipped (SHIPPED) of HW-7Q2M: for sentences."""
    line = delivery_words.line_of(delivery)
    what = _event_of(line)
    return f"{what} of {line['reference']}" if line["reference"] else what


def _event_of(line: delivery_words.Row) -> str:
    return f"{line['event']} ({line['code']})" if line["code"] else str(line["event"])


def _ids(rows: models.QuerySet[Any]) -> list[int]:
    return list(rows.order_by().values_list("pk", flat=True)[:FOUND_AT_MOST])
