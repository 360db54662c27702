"""What is promised to an order."""

from django.db import models

from foundation.constraints import SameAccount
from foundation.history import keep_history
from inventory.models import Stock
from orders.models.orders import Order
from organisations.models import Account


@keep_history("ReservationHistory")
class Reservation(models.Model):
    """So many out of one row of stock, until they leave or the order is called off."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    order = models.ForeignKey(
        Order, models.CASCADE, related_name="reservations", db_constraint=False
    )
    stock = models.ForeignKey(Stock, models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            SameAccount("order", name="reservation_order_is_of_the_same_account"),
            models.UniqueConstraint(
                fields=["order", "stock"], name="stock_is_reserved_for_the_order_already"
            ),
            models.CheckConstraint(
                condition=models.Q(count__gte=1), name="reservation_count_is_at_least_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} x {self.stock}"
