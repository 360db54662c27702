"""Accounts and what belongs to them: organisations, clinicians, sites; and the products."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from phonenumbers import SUPPORTED_REGIONS
from unfold.widgets import UnfoldAdminTextareaWidget

from foundation.actors import Permission
from foundation.admin import HouseAdmin, LinesField, RowForm
from organisations.models import Account, Clinician, Organisation, Product, Site, User
from organisations.roles import Role
from organisations.sensors import Sensor


class AccountForm(RowForm):
    """Country and time zone are ones that everything else can work with."""

    def clean_country(self) -> str:
        code = str(self.cleaned_data["country"]).upper()
        if code not in SUPPORTED_REGIONS:
            raise ValidationError("Enter a country’s code of two letters, like GB")
        return code

    def clean_time_zone(self) -> str:
        name = str(self.cleaned_data["time_zone"])
        if name not in available_timezones():
            raise ValidationError("Enter the name of a time zone, like Europe/London")
        return name


@admin.register(Account)
class AccountAdmin(HouseAdmin):
    form = AccountForm
    to_see = (Permission.SEE_ACCOUNTS,)
    to_change = (Permission.CHANGE_ACCOUNTS,)
    fixed = ("kind", "is_test")
    readonly_fields = ("opened_at",)
    list_display = ("name", "kind", "country", "account_manager", "is_active")
    list_select_related = ("account_manager",)
    list_filter = ("kind", "is_active")
    search_fields = ("name",)
    ordering = ("name",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name",
                    "kind",
                    "country",
                    "time_zone",
                    "is_active",
                    "is_test",
                    "opened_at",
                )
            },
        ),
        ("What it may order", {"fields": ("sensors",)}),
        (
            "Account manager",
            {"fields": ("account_manager", "phone_share_limit", "phone_share_minimum")},
        ),
    )

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> "forms.ModelChoiceField[Any] | None":
        if db_field.name == "account_manager":
            kwargs["queryset"] = User.objects.filter(
                is_active=True, membership__roles__contains=[Role.ACCOUNT_MANAGER]
            ).order_by("full_name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Product)
class ProductAdmin(HouseAdmin):
    to_see = (Permission.SEE_CATALOGUE,)
    to_change = (Permission.CHANGE_CATALOGUE,)
    list_display = ("name", "with_sensors", "most_nights", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    ordering = ("name",)

    @admin.display(description="sensors")
    def with_sensors(self, product: Product) -> str:
        return ", ".join(Sensor(one).label for one in product.sensors)


@admin.register(Clinician)
class ClinicianAdmin(HouseAdmin):
    to_see = (Permission.SEE_ACCOUNTS,)
    to_change = (Permission.CHANGE_ACCOUNTS,)
    fixed = ("account",)
    list_display = ("name", "registration_number", "account", "user")
    list_select_related = ("account", "user")
    list_filter = ("account",)
    search_fields = ("name", "registration_number", "account__name")
    ordering = ("name",)


class OrganisationForm(RowForm):
    """The clinician is one of the account's, and what is offered first can be ordered."""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        account = said.get("account") or getattr(self.instance, "account", None)
        clinician, product = said.get("clinician"), said.get("product")
        if account and clinician and clinician.account_id != account.pk:
            self.add_error("clinician", f"Choose a clinician of {account}")
        if account and product:
            self._check_defaults(account, product)
        return said

    def _check_defaults(self, account: Account, product: Product) -> None:
        sensors = self.cleaned_data.get("default_sensors") or []
        if set(sensors) - (set(product.sensors) & set(account.sensors)):
            self.add_error(
                "default_sensors", "Choose sensors that the product uses and the account may order"
            )
        elif sensors and Sensor.NECK not in sensors:
            self.add_error("default_sensors", "The neck sensor is part of every study")
        if (self.cleaned_data.get("default_nights") or 0) > product.most_nights:
            self.add_error(
                "default_nights", f"{product} takes at most {product.most_nights} nights"
            )


@admin.register(Organisation)
class OrganisationAdmin(HouseAdmin):
    form = OrganisationForm
    to_see = (Permission.SEE_ACCOUNTS,)
    to_change = (Permission.CHANGE_ACCOUNTS,)
    fixed = ("account",)
    list_display = ("name", "reference", "account", "product", "clinician", "is_active")
    list_select_related = ("account", "product", "clinician")
    list_filter = ("is_active", "product", "account")
    search_fields = ("name", "reference", "account__name")
    ordering = ("name",)
    fieldsets = (
        (None, {"fields": ("account", "name", "reference", "product", "clinician", "is_active")}),
        (
            "Unless an order says otherwise",
            {"fields": ("emit_on", "default_nights", "default_sensors")},
        ),
        ("Results", {"fields": ("severity_by", "most_repeats", "enough_nights")}),
        ("Referrals", {"fields": ("takes_referrals",)}),
    )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> "type[forms.ModelForm[Any]]":
        form = super().get_form(request, obj, change, **kwargs)
        if "clinician" in form.base_fields:
            _offer_clinicians(form.base_fields["clinician"], of=obj)
        return form


def _offer_clinicians(field: Any, *, of: Organisation | None) -> None:
    """Those of the organisation's account; for a new one all of them, with their accounts."""
    clinicians = Clinician.objects.select_related("account").order_by("name")
    if of is not None:
        field.queryset = clinicians.filter(account_id=of.account_id)
    else:
        field.queryset = clinicians
        field.label_from_instance = lambda one: f"{one.name} ({one.account})"


class SiteForm(RowForm):
    address_lines = LinesField(
        label="Address lines",
        help_text="One line of the address on each line, without the town",
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )


@admin.register(Site)
class SiteAdmin(HouseAdmin):
    form = SiteForm
    to_see = (Permission.SEE_ACCOUNTS,)
    to_change = (Permission.CHANGE_ACCOUNTS,)
    fixed = ("account",)
    list_display = ("name", "account", "city", "is_active")
    list_select_related = ("account",)
    list_filter = ("is_active", "account")
    search_fields = ("name", "city", "postcode", "account__name")
    ordering = ("name",)
    fieldsets = (
        (None, {"fields": ("account", "name", "phone", "is_active")}),
        (
            "Address",
            {
                "fields": (
                    "address_lines",
                    "city",
                    "county",
                    "postcode",
                    "country",
                    "country_code",
                    "address_note",
                )
            },
        ),
    )
