"""Which devices and which packed kits are in an order's parcels."""

from django.db import models

from foundation.constraints import SameAccount
from foundation.history import keep_history
from inventory.models import Device, PackedKit
from orders.models.orders import Order
from organisations.models import Account


@keep_history("OrderDeviceHistory")
class OrderDevice(models.Model):
    """A device of an order, loose or in a packed kit, until it comes home. One that was taken off
    before it left has no row any more.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.CASCADE, related_name="devices", db_constraint=False)
    device = models.ForeignKey(Device, models.PROTECT, related_name="+")
    packed_kit = models.ForeignKey(PackedKit, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            SameAccount("order", name="order_device_order_is_of_the_same_account"),
            models.UniqueConstraint(
                fields=["device"],
                condition=models.Q(ended_at=None),
                name="device_is_on_one_open_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.device)


@keep_history("OrderPackedKitHistory")
class OrderPackedKit(models.Model):
    """A packed kit of an order, in the same way."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    order = models.ForeignKey(
        Order, models.CASCADE, related_name="packed_kits", db_constraint=False
    )
    packed_kit = models.ForeignKey(PackedKit, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            SameAccount("order", name="order_packed_kit_order_is_of_the_same_account"),
            models.UniqueConstraint(
                fields=["packed_kit"],
                condition=models.Q(ended_at=None),
                name="packed_kit_is_on_one_open_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.packed_kit)
