"""The parcels of an order."""

from django.db import models

from foundation.constraints import SameAccount
from foundation.history import keep_history
from orders.models.orders import Order
from organisations.models import Account


class Direction(models.TextChoices):
    OUT = "out", "To the recipient"
    BACK = "back", "On its way home"


class ShipmentState(models.TextChoices):
    IN_TRANSIT = "in_transit", "In transit"
    AVAILABLE_FOR_PICKUP = "available_for_pickup", "Ready for pick-up"
    UNDELIVERED = "undelivered", "Delivery failed"
    DELIVERED = "delivered", "Delivered"


@keep_history("ShipmentHistory")
class Shipment(models.Model):
    """One parcel, out or back."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.CASCADE, related_name="shipments", db_constraint=False)
    direction = models.CharField(max_length=8, choices=Direction)
    carrier = models.CharField(max_length=64, blank=True)
    tracking_number = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=32, choices=ShipmentState, default=ShipmentState.IN_TRANSIT)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [SameAccount("order", name="shipment_order_is_of_the_same_account")]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}".strip()
