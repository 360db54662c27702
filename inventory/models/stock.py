"""How many of each item are where, and whose they are."""

from django.db import models

from foundation.history import keep_history
from inventory.models.items import Item
from organisations.models import Account, Site
from organisations.models.accounts import AccountKind


class StockQuerySet(models.QuerySet["Stock"]):
    def at_fulfilment_centres(self) -> "StockQuerySet":
        """From where orders are sent: the operator's own sites that are open."""
        return self.filter(place__account__kind=AccountKind.OPERATOR, place__is_active=True)

    def for_orders_of(self, account_id: int) -> "StockQuerySet":
        """The account's own, and what the operator has for everybody."""
        return self.filter(
            models.Q(owner_id=account_id) | models.Q(owner__kind=AccountKind.OPERATOR)
        )


# What is promised changes with every order, and each promise has a history of its own.
@keep_history("StockHistory", ignoring=("reserved",))
class Stock(models.Model):
    """So many of one item at one place, new and used; `reserved` of them are promised to orders.

    The owner, the place and the item are of different accounts, so ordinary foreign keys lead
    there (DESIGN section 6).
    """

    owner = models.ForeignKey(Account, models.PROTECT, related_name="+")
    place = models.ForeignKey(Site, models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    new = models.PositiveIntegerField(default=0)
    used = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0, editable=False)

    objects = StockQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "stock"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "place", "item"],
                name="stock_of_this_item_is_counted_there_already",
            ),
            models.CheckConstraint(
                condition=models.Q(reserved__lte=models.F("new") + models.F("used")),
                name="stock_is_not_promised_twice",
            ),
        ]
        indexes = [models.Index(fields=["item", "owner"], name="stock_of_an_item")]

    def __str__(self) -> str:
        return f"{self.item} at {self.place}"

    @property
    def free(self) -> int:
        """How many can still be promised."""
        return self.new + self.used - self.reserved
