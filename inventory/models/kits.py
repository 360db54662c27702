"""Items that go out together."""

from django.db import models

from foundation.history import keep_history
from inventory.models.items import Item


class KitQuerySet(models.QuerySet["Kit"]):
    def with_contents(self) -> "KitQuerySet":
        """All that is told of each, without a query a row."""
        return self.prefetch_related("kit_items__item__manufacturer")


@keep_history("KitHistory")
class Kit(models.Model):
    """Items that go out together; a loaner is expected back."""

    name = models.CharField(max_length=200, unique=True)
    is_loaner = models.BooleanField("loaner", default=False)
    is_archived = models.BooleanField("archived", default=False)

    objects = KitQuerySet.as_manager()

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
