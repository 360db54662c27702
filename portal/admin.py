"""The admin's side bar, and the pages in it that are the portal's own."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

from foundation.models import AccessEntry
from portal.audit.pages import CHANGED, AccessEntryAdmin
from portal.webhooks_admin import DeliveryAdmin, WebhookEndpointAdmin
from webhooks.models import Delivery, WebhookEndpoint

# Its pages join all rooms.
admin.site.register(AccessEntry, AccessEntryAdmin)
# These speak the dialects' words.
admin.site.register(WebhookEndpoint, WebhookEndpointAdmin)
admin.site.register(Delivery, DeliveryAdmin)


@dataclass(frozen=True)
class Entry:
    """One line of the side bar; leads to the model's list unless another page is named."""

    model: str
    icon: str
    title: str = ""
    page: str = ""


# In the order of the side bar.
GROUPS: dict[str, tuple[Entry, ...]] = {
    "Orders": (
        Entry("orders.Order", "local_shipping"),
        Entry("orders.Return", "assignment_return"),
        Entry("orders.Referral", "forward_to_inbox"),
        Entry("patients.Patient", "personal_injury"),
        Entry("studies.Study", "monitor_heart"),
    ),
    "Clinics": (
        Entry("organisations.Account", "domain"),
        Entry("organisations.Organisation", "local_hospital"),
        Entry("organisations.Clinician", "stethoscope"),
        Entry("organisations.Site", "location_on"),
        Entry("orders.PhoneAlert", "smartphone"),
    ),
    "Catalogue": (
        Entry("organisations.Product", "science"),
        Entry("inventory.Item", "category"),
        Entry("inventory.Kit", "package_2"),
        Entry("inventory.StudyKit", "rule"),
        Entry("inventory.AccountCatalogue", "menu_book"),
        Entry("inventory.Manufacturer", "factory"),
        Entry("inventory.Stock", "shelves"),
        Entry("inventory.Device", "devices"),
        Entry("inventory.PackedKit", "package_2"),
    ),
    "People and programs": (
        Entry("organisations.User", "person"),
        Entry("organisations.Membership", "badge"),
        Entry("organisations.ApiClient", "terminal"),
        Entry("organisations.ApiKey", "key"),
        Entry("webhooks.WebhookEndpoint", "webhook"),
        Entry("webhooks.Delivery", "outbox"),
    ),
    "Audit": (
        Entry("foundation.AccessEntry", "visibility", "Who saw"),
        Entry("foundation.AccessEntry", "history", "Who changed", CHANGED),
    ),
}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The side bar: what this person may see, and nothing else."""
    home = {"title": "Today", "icon": "home", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"items": [home]}]
    for title, entries in GROUPS.items():
        items = [_line(entry, request) for entry in entries if _may_see(entry, request)]
        if items:
            groups.append({"title": title, "separator": True, "items": items})
    return groups


def _may_see(entry: Entry, request: HttpRequest) -> bool:
    page = admin.site.get_model_admin(apps.get_model(entry.model))
    return bool(page.has_module_permission(request))


def _line(entry: Entry, request: HttpRequest) -> dict[str, Any]:
    meta = apps.get_model(entry.model)._meta
    link = reverse(f"admin:{entry.page or f'{meta.app_label}_{meta.model_name}_changelist'}")
    line = {
        "title": entry.title or capfirst(meta.verbose_name_plural),
        "icon": entry.icon,
        "link": link,
    }
    # Two lines of one model: the address of the one begins like that of the other.
    return {**line, "active": request.path == link} if entry.title else line
