"""Who may order which items and kits, and which kit serves which study."""

from django.db import models

from foundation.history import keep_history
from inventory.models.items import Item
from inventory.models.kits import Kit, KitQuerySet
from organisations.models import Account, Product
from organisations.models.accounts import sensors_field
from organisations.sensors import in_order


class AccountCatalogueQuerySet(models.QuerySet["AccountCatalogue"]):
    def on_offer_to(self, account_id: int) -> "AccountCatalogueQuerySet":
        """What the account may order now: no withdrawn items, no archived kits."""
        return self.filter(
            models.Q(item__orderable=True) | models.Q(kit__is_archived=False),
            account_id=account_id,
        )

    def items_of(self, account_id: int) -> "models.QuerySet[Item]":
        """Those that the account may know of; what it may order now is less."""
        return Item.objects.filter(pk__in=self.filter(account_id=account_id).values("item"))

    def kits_of(self, account_id: int) -> KitQuerySet:
        return Kit.objects.filter(pk__in=self.filter(account_id=account_id).values("kit"))


@keep_history("AccountCatalogueHistory")
class AccountCatalogue(models.Model):
    """An account may order this item or kit by itself. Study orders need no entry."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="catalogue")
    item = models.ForeignKey(Item, models.CASCADE, null=True, blank=True, related_name="+")
    kit = models.ForeignKey(Kit, models.CASCADE, null=True, blank=True, related_name="+")

    objects = AccountCatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = "catalogue entry"
        verbose_name_plural = "catalogue entries"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(item=None) ^ models.Q(kit=None),
                name="catalogue_entry_is_an_item_or_a_kit",
            ),
            models.UniqueConstraint(
                fields=["account", "item"], name="item_is_in_the_catalogue_already"
            ),
            models.UniqueConstraint(
                fields=["account", "kit"], name="kit_is_in_the_catalogue_already"
            ),
        ]

    def __str__(self) -> str:
        return str(self.item or self.kit)


class StudyKitQuerySet(models.QuerySet["StudyKit"]):
    def in_use(self) -> "StudyKitQuerySet":
        return self.filter(kit__is_archived=False)


@keep_history("StudyKitHistory")
class StudyKit(models.Model):
    """Which kit serves a product with exactly these sensors."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    sensors = sensors_field()
    kit = models.ForeignKey(Kit, models.PROTECT, related_name="study_kits")

    objects = StudyKitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "sensors"], name="another_kit_serves_these_sensors"
            ),
            models.CheckConstraint(
                condition=models.Q(sensors__len__gte=1), name="study_kit_serves_a_sensor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {', '.join(in_order(self.sensors))}"
