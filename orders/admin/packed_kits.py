"""Packed kits in the admin: the list, the page of one, packing one at a site, and bringing one
home. Packing one for an order is on the order's page.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.decorators import action

from foundation.admin import KeysetAdmin
from foundation.admin.asking import sent
from foundation.ids import number_in
from inventory.models import PackedKit
from inventory.packing import pack_at_site, take_apart_at_site
from inventory.statuses import KIT_IS_OUT, PackedKitStatus
from orders.admin.device_forms import CentreForm, PackAtSiteForm
from orders.admin.devices import CHANGES, SEES
from orders.admin.handing_out import GIVEN_AND_TAKEN, PACKED_KIT, HandingOut
from orders.coming_home import receive_kit_back


@admin.register(PackedKit)
class PackedKitAdmin(HandingOut, KeysetAdmin):
    to_see = SEES
    kind = PACKED_KIT
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
    actions_detail = (*GIVEN_AND_TAKEN, "receive_home", "take_apart")

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

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One is packed at a site here; for an order, on the order's page."""
        return self.has_hand_out_permission(request)

    def has_manage_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.may(request, *CHANGES)

    def idle_buttons(self, row: PackedKit) -> set[str]:
        idle = self.not_now(row) if row.status in KIT_IS_OUT else {*GIVEN_AND_TAKEN, "receive_home"}
        return idle if row.status == PackedKitStatus.PACKED_AT_SITE else {*idle, "take_apart"}

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = PackAtSiteForm(sent(request))
        return self.ask(
            request,
            form,
            lambda: self._pack(request, form),
            title="Pack a kit at a site",
            text="Out of devices that are available there. It can then be given to a patient.",
            submit="Pack it",
            back=self.page("changelist"),
        )

    def _pack(self, request: HttpRequest, form: PackAtSiteForm) -> HttpResponse:
        """Once, however often the page is sent: a kit may have nothing in it that is told apart."""
        said, actor = form.cleaned_data, self.actor(request)
        with form.sending(actor=actor) as is_first:
            if not is_first:
                return HttpResponseRedirect(self.page("changelist"))
            devices = [device.pk for device in form.devices]
            packed_kit = pack_at_site(
                said["kit"], said["site"], devices, external_id=said["external_id"], actor=actor
            )
        return self.go_back(request, packed_kit, "The kit is packed.")

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

    @action(description="Take apart", url_path="take-apart", permissions=["hand_out"])
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
