"""The stock in the admin: what is where, taking in what arrived, and saying what was counted."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action

from foundation.actors import Permission
from foundation.admin.asking import AskingAdmin, sent
from foundation.forms import StaffForm
from foundation.once import OnceForm
from inventory.models import Item, Stock
from inventory.stocktaking import Place, count_stock, take_in
from organisations.models import Account, Site

MOST = 10_000_000


class CountForm(StaffForm):
    """So many new ones and so many used ones."""

    new = forms.IntegerField(label="New", min_value=0, max_value=MOST, initial=0)
    used = forms.IntegerField(label="Used, and made ready", min_value=0, max_value=MOST, initial=0)

    missing: ClassVar[Mapping[str, str]] = {
        "new": "Enter how many new ones there are",
        "used": "Enter how many used ones there are",
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {"new": "new", "used": "used"}

    @property
    def counted(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in ("new", "used")}


class ArrivalForm(OnceForm, CountForm):
    """What has arrived at a place that has this item already."""


class FirstArrivalForm(ArrivalForm):
    """The same, of any item at any place."""

    item = forms.ModelChoiceField(Item.objects.none(), empty_label="Choose an item")
    site = forms.ModelChoiceField(Site.objects.none(), label="Place", empty_label="Choose a place")
    owner = forms.ModelChoiceField(
        Account.objects.none(), label="Whose it is", empty_label="Choose an account"
    )

    field_order = ("item", "place", "owner", "new", "used")
    missing: ClassVar[Mapping[str, str]] = {
        **CountForm.missing,
        "item": "Select the item",
        "site": "Select the place",
        "owner": "Select whose it is",
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {**CountForm.refusal_fields, "site": "site"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("item", Item.objects.order_by("name"))
        self._offer("site", Site.objects.filter(is_active=True).order_by("account", "name"))
        self._offer("owner", Account.objects.filter(is_active=True).order_by("-kind", "name"))

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        choice = self.fields[name]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = rows

    @property
    def place(self) -> Place:
        return Place(owner=self.cleaned_data["owner"], site=self.cleaned_data["site"])


@admin.register(Stock)
class StockAdmin(AskingAdmin):
    to_see = (Permission.SEE_STOCK,)
    to_do = (Permission.CHANGE_STOCK,)
    list_display = ("item", "place", "owner", "new", "used", "reserved", "free")
    list_select_related = ("item", "place", "owner")
    list_filter = ("place", "owner")
    search_fields = ("item__name", "item__sku")
    ordering = ("item__name", "place", "pk")
    actions_detail = ("take_more_in", "count")

    @admin.display(description="free", ordering=F("new") + F("used") - F("reserved"))
    def free(self, stock: Stock) -> int:
        return stock.free

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_manage_permission(request)

    def has_manage_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.may(request, *self.to_do)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = FirstArrivalForm(sent(request))

        def take() -> HttpResponse:
            with form.sending(actor=self.actor(request)) as is_first:
                item, place = form.cleaned_data["item"], form.place
                if is_first:
                    take_in(item, place, **form.counted, actor=self.actor(request))
            stock = Stock.objects.get(item=item, owner=place.owner, place=place.site)
            return self.go_back(request, stock, "It is in stock.")

        return self.ask(
            request,
            form,
            take,
            title="Take in stock",
            submit="Take in",
            back=self.page("changelist"),
        )

    @action(description="Take in more", url_path="take-in", permissions=["manage"])
    def take_more_in(self, request: HttpRequest, object_id: str) -> HttpResponse:
        stock = self.get_object(request, object_id)
        form = ArrivalForm(sent(request))

        def take() -> HttpResponse:
            with form.sending(actor=self.actor(request)) as is_first:
                if is_first:
                    place = Place(owner=stock.owner, site=stock.place)
                    take_in(stock.item, place, **form.counted, actor=self.actor(request))
            return self.go_back(request, stock, "It is in stock.")

        return self.ask(
            request,
            form,
            take,
            row=stock,
            title="Take in more",
            about=stock,
            text="What is entered is added to what is there.",
            submit="Take in",
        )

    @action(description="Count", url_path="count", permissions=["manage"])
    def count(self, request: HttpRequest, object_id: str) -> HttpResponse:
        stock = self.get_object(request, object_id)
        form = CountForm(sent(request), initial={"new": stock.new, "used": stock.used})

        def save() -> HttpResponse:
            count_stock(stock, **form.counted, actor=self.actor(request))
            return self.go_back(request, stock, "The count is saved.")

        return self.ask(
            request,
            form,
            save,
            row=stock,
            title="Say what was counted",
            about=stock,
            text="What is entered replaces what was there, also what is promised to orders.",
            submit="Save",
        )
