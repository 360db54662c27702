"""Packed kits in the admin: the list, the page of one, and bringing one home. Packing one for an
order is on the order's page.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.admin import KeysetAdmin
from foundation.admin.asking import AskingAdmin, sent
from foundation.ids import number_in
from inventory.models import PackedKit
from inventory.packing import take_apart_at_site
from inventory.statuses import KIT_IS_OUT, PackedKitStatus
from orders.admin.devices import CHANGES, SEES, CentreForm
from orders.coming_home import receive_kit_back


@admin.register(PackedKit)
class PackedKitAdmin(AskingAdmin, KeysetAdmin):
    to_see = SEES
    list_display = ("kit", "pk", "status", "owner", "holder", "place")
    list_select_related = ("kit", "owner", "holder", "place")
    list_filter = ("status", "owner")
    history_of = ("contents",)
    search_help_text = "The number of the packed kit"
    fields = (
        *("kit", "status", "devices", "owner", "holder", "place", "patient"),
        *("external_id", "started_at"),
    )
    readonly_fields = ("devices", "started_at")
    actions_detail = ("receive_home", "take_apart")

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(pk=number_in(search_term.strip())), False

    @admin.display(description="devices")
    def devices(self, packed_kit: PackedKit) -> str:
        inside = packed_kit.contents.select_related("device__item").order_by("pk")
        return ", ".join(str(one.device) for one in inside)

    def record_listed(self, request: HttpRequest, rows: Sequence[PackedKit]) -> None:
        """The list names nobody."""

    def record_shown(self, request: HttpRequest, row: PackedKit, what: str) -> None:
        if row.patient_id is not None:
            shown = [(row.holder_id, row.patient_id, None)]
            record_shown(shown, what=what, actor=self.actor(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One is packed for an order, or at a site."""
        return False

    def has_manage_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.may(request, *CHANGES)

    def has_apart_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.may(request, Permission.HAND_OUT_DEVICES)

    def idle_buttons(self, row: PackedKit) -> set[str]:
        idle = set() if row.status in KIT_IS_OUT else {"receive_home"}
        return idle if row.status == PackedKitStatus.PACKED_AT_SITE else {*idle, "take_apart"}

    @action(description="Came home", url_path="came-home", permissions=["manage"])
    def receive_home(self, request: HttpRequest, object_id: str) -> HttpResponse:
        packed_kit = self.get_object(request, object_id)
        form = CentreForm(sent(request))

        def receive() -> HttpResponse:
            receive_kit_back(packed_kit, form.cleaned_data["site"], actor=self.actor(request))
            return self.go_back(request, packed_kit, "The kit is here.")

        return self.ask(
            request,
            form,
            receive,
            row=packed_kit,
            title="The packed kit came home",
            about=packed_kit,
            text="With all devices that are still in it. If one is missing, let the others come"
            " home one by one.",
            submit="It is here",
        )

    @action(description="Take apart", url_path="take-apart", permissions=["apart"])
    def take_apart(self, request: HttpRequest, object_id: str) -> HttpResponse:
        packed_kit = self.get_object(request, object_id)
        return self.confirm(
            request,
            packed_kit,
            lambda: take_apart_at_site(packed_kit, actor=self.actor(request)),
            done="The kit is taken apart.",
            title="Take the packed kit apart",
            about=packed_kit,
            text="Its devices are available at the site one by one.",
            submit="Take it apart",
        )
