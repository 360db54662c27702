"""What is asked when a device is written down, comes home, or is packed with others at a site."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db import models

from foundation.fields import NoteField, PlainTextField
from foundation.forms import StaffForm
from foundation.once import OnceForm
from inventory.devices import DeviceWanted
from inventory.models import IDENTIFIER_LENGTH, IdentifierType, Item, Kit
from inventory.stocktaking import Place
from orders.admin.packing_forms import IDENTIFIERS_LENGTH, devices_known_as
from organisations.models import Account, Site
from organisations.models.accounts import AccountKind


class CentreForm(StaffForm):
    """Which of our centres."""

    site = forms.ModelChoiceField(
        Site.objects.none(), label="Fulfilment centre", empty_label="Choose a centre"
    )

    missing: ClassVar[Mapping[str, str]] = {"site": "Select the centre"}
    refusal_fields: ClassVar[Mapping[str, str]] = {"site": "site"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centres = Site.objects.filter(account__kind=AccountKind.OPERATOR, is_active=True)
        offer(self, "site", centres.order_by("name"))


class NewDeviceForm(CentreForm):
    """A device as it is written down: each number that stands on it."""

    item = forms.ModelChoiceField(Item.objects.none(), empty_label="Choose an item")
    owner = forms.ModelChoiceField(
        Account.objects.none(), label="Whose it is", empty_label="Choose an account"
    )
    external_id = PlainTextField(
        label="The owner’s own id for it", max_length=IDENTIFIER_LENGTH, required=False
    )

    field_order = ("item", "owner", "site", *IdentifierType.values, "external_id")
    missing: ClassVar[Mapping[str, str]] = {
        **CentreForm.missing,
        "item": "Select the item",
        "owner": "Select whose it is",
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {
        **CentreForm.refusal_fields,
        "item": "item",
        "identifiers": IdentifierType.SERIAL.value,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in IdentifierType:
            self.fields[kind.value] = PlainTextField(
                label=kind.label, max_length=IDENTIFIER_LENGTH, required=False
            )
        self.order_fields(self.field_order)
        offer(self, "item", Item.objects.exclude(identifier_type="").order_by("name"))
        offer(self, "owner", Account.objects.filter(is_active=True).order_by("-kind", "name"))

    @property
    def wanted(self) -> DeviceWanted:
        said = self.cleaned_data
        return DeviceWanted(
            item=said["item"],
            place=Place(owner=said["owner"], site=said["site"]),
            identifiers={kind: said[kind.value] for kind in IdentifierType if said[kind.value]},
            external_id=said["external_id"],
        )


class SiteChoice(forms.ModelChoiceField):
    """Each is called by its own name and by whose it is."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.account}"


class PackAtSiteForm(OnceForm, StaffForm):
    """Which kit, at which site of an account, and which devices are in it."""

    site = SiteChoice(Site.objects.none(), empty_label="Choose a site")
    kit = forms.ModelChoiceField(Kit.objects.none(), empty_label="Choose a kit")
    identifiers = NoteField(
        label="Identifiers of the devices in it",
        max_length=IDENTIFIERS_LENGTH,
        required=False,
        help_text="One a line. Leave it empty if nothing in the kit has an identifier",
    )
    external_id = PlainTextField(
        label="The account’s own id for it", max_length=IDENTIFIER_LENGTH, required=False
    )

    missing: ClassVar[Mapping[str, str]] = {"site": "Select the site", "kit": "Select the kit"}
    refusal_fields: ClassVar[Mapping[str, str]] = {
        "site": "site",
        "kit": "kit",
        "devices": "identifiers",
        "device": "identifiers",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = Site.objects.filter(is_active=True, account__is_active=True)
        sites = sites.exclude(account__kind=AccountKind.OPERATOR).select_related("account")
        offer(self, "site", sites.order_by("account__name", "name"))
        offer(self, "kit", Kit.objects.filter(is_archived=False).order_by("name"))

    def clean_identifiers(self) -> str:
        typed: str = self.cleaned_data["identifiers"]
        self.devices = devices_known_as(typed)
        return typed


def offer(form: forms.Form, name: str, rows: models.QuerySet[Any]) -> None:
    """These rows are what can be chosen."""
    choice = form.fields[name]
    assert isinstance(choice, forms.ModelChoiceField)
    choice.queryset = rows
