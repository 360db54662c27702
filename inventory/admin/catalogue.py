"""The catalogue in the admin: what can be sent, to whom, and which kit serves which study."""

from typing import Any

from django.contrib import admin
from django.db import models

from foundation.actors import Permission
from foundation.admin import HouseAdmin, HouseInline, RowForm
from inventory.models import AccountCatalogue, Item, Kit, KitItem, Manufacturer, StudyKit
from organisations.sensors import Sensor

SEES = (Permission.SEE_CATALOGUE,)
CHANGES = (Permission.CHANGE_CATALOGUE,)


@admin.register(Manufacturer)
class ManufacturerAdmin(HouseAdmin):
    to_see = SEES
    to_change = CHANGES
    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(Item)
class ItemAdmin(HouseAdmin):
    to_see = SEES
    to_change = CHANGES
    list_display = ("name", "sku", "manufacturer", "model_name", "orderable", "is_the_phone")
    list_select_related = ("manufacturer",)
    list_filter = ("orderable", "manufacturer")
    search_fields = ("name", "sku", "model", "manufacturer__name")
    ordering = ("name",)

    @admin.display(description="model", ordering="model")
    def model_name(self, item: Item) -> str:
        return item.model


class KitItemInline(HouseInline):
    model = KitItem
    verbose_name, verbose_name_plural = "item", "items"
    to_see = SEES
    to_change = CHANGES
    removable = True
    tab = False

    def offered(self, name: str, rows: models.QuerySet[Any], parent: Any) -> models.QuerySet[Any]:
        return rows.order_by("name")


@admin.register(Kit)
class KitAdmin(HouseAdmin):
    to_see = SEES
    to_change = CHANGES
    history_of = ("kit_items",)
    inlines = (KitItemInline,)
    list_display = ("name", "is_loaner", "is_archived")
    list_filter = ("is_archived", "is_loaner")
    search_fields = ("name",)
    ordering = ("name",)


@admin.register(AccountCatalogue)
class AccountCatalogueAdmin(HouseAdmin):
    to_see = SEES
    to_change = CHANGES
    list_display = ("account", "item", "kit")
    list_select_related = ("account", "item", "kit")
    list_filter = ("account",)
    search_fields = ("account__name", "item__name", "item__sku", "kit__name")
    ordering = ("account__name", "pk")


class StudyKitForm(RowForm):
    """The sensors are some that the product uses, the neck sensor among them."""

    def clean_sensors(self) -> list[str]:
        sensors: list[str] = self.cleaned_data["sensors"]
        if Sensor.NECK not in sensors:
            self.add_error("sensors", "The neck sensor is part of every study")
        return sensors

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        product = said.get("product")
        if product and set(said.get("sensors") or []) - set(product.sensors):
            self.add_error("sensors", f"Choose sensors that {product} uses")
        return said


@admin.register(StudyKit)
class StudyKitAdmin(HouseAdmin):
    form = StudyKitForm
    to_see = SEES
    to_change = CHANGES
    list_display = ("product", "with_sensors", "kit")
    list_select_related = ("product", "kit")
    list_filter = ("product",)
    search_fields = ("product__name", "kit__name")
    ordering = ("product__name", "pk")

    @admin.display(description="sensors")
    def with_sensors(self, study_kit: StudyKit) -> str:
        return ", ".join(Sensor(one).label for one in study_kit.sensors)
