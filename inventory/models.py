"""What can be sent: items, kits, who may order them, and which kit serves which study."""

from django.db import models

from foundation.history import keep_history
from organisations.models import Account, Product
from organisations.models.accounts import sensors_field
from organisations.sensors import in_order


@keep_history("ManufacturerHistory")
class Manufacturer(models.Model):
    name = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


@keep_history("ItemHistory")
class Item(models.Model):
    """One thing that can lie in a parcel."""

    manufacturer = models.ForeignKey(Manufacturer, models.PROTECT, related_name="items")
    name = models.CharField(max_length=200)
    model = models.CharField(max_length=200, blank=True)
    sku = models.CharField("SKU", max_length=64, unique=True)
    orderable = models.BooleanField(default=True)
    is_the_phone = models.BooleanField(
        "is the smartphone",
        default=False,
        help_text="Sent along when a study order asks for a smartphone.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_the_phone"],
                condition=models.Q(is_the_phone=True),
                name="one_item_is_the_phone",
            )
        ]

    def __str__(self) -> str:
        return self.name


@keep_history("KitHistory")
class Kit(models.Model):
    """Items that go out together; a loaner is expected back."""

    name = models.CharField(max_length=200, unique=True)
    is_loaner = models.BooleanField("loaner", default=False)
    is_archived = models.BooleanField("archived", default=False)

    def __str__(self) -> str:
        return self.name


@keep_history("KitItemHistory")
class KitItem(models.Model):
    kit = models.ForeignKey(Kit, models.CASCADE, related_name="kit_items")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kit", "item"], name="kit_has_this_item_already"),
            models.CheckConstraint(
                condition=models.Q(count__gte=1), name="kit_item_count_is_at_least_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} x {self.item}"


class AccountCatalogueQuerySet(models.QuerySet["AccountCatalogue"]):
    def on_offer_to(self, account_id: int) -> "AccountCatalogueQuerySet":
        """What the account may order now: no withdrawn items, no archived kits."""
        return self.filter(
            models.Q(item__orderable=True) | models.Q(kit__is_archived=False),
            account_id=account_id,
        )


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
