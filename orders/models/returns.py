"""What is expected back, and how far it is on its way home."""

import pgtrigger
from django.db import models

from foundation.actors import Actor
from foundation.constraints import SameAccount, unique_in_account
from foundation.history import keep_history
from foundation.ids import public_id
from inventory.models import Device, Item, PackedKit
from orders.models.orders import Order
from orders.return_statuses import ReturnStatus, steps
from orders.wanted import ShippingOption
from organisations.models import Account, Site
from patients.models import Patient


class ReturnQuerySet(models.QuerySet["Return"]):
    def visible_to(self, actor: Actor) -> "ReturnQuerySet":
        """A return knows no organisation, so members for some only do not see it."""
        if actor.sees_all_accounts:
            return self
        if not actor.sees_all_organisations:
            return self.none()
        return self.filter(account_id=actor.account_id)


@keep_history("ReturnHistory")
class Return(models.Model):
    """Devices, packed kits and items that a patient or a site sends home. `order` is the one that
    it was placed with, `place` the fulfilment centre that it came to.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    public_id = models.UUIDField(default=public_id, editable=False, unique=True)
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, related_name="returns", db_constraint=False
    )
    patient = models.ForeignKey(
        Patient, models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+", db_constraint=False)
    status = models.CharField(max_length=32, choices=ReturnStatus, default=ReturnStatus.RMA_PLACED)
    shipping_option = models.CharField(
        max_length=16, choices=ShippingOption, default=ShippingOption.STANDARD
    )
    email_label = models.BooleanField("return label by e-mail", default=False)
    carrier = models.CharField(max_length=64, blank=True)
    tracking_number = models.CharField(max_length=64, blank=True)
    place = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+")
    placed_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        constraints = [
            unique_in_account("return_is_found_within_its_account"),
            SameAccount("order", name="return_order_is_of_the_same_account"),
            SameAccount("patient", name="return_patient_is_of_the_same_account"),
            SameAccount("site", name="return_site_is_of_the_same_account"),
            models.CheckConstraint(
                condition=models.Q(patient=None) ^ models.Q(site=None),
                name="return_comes_from_a_patient_or_a_site",
            ),
            models.CheckConstraint(
                condition=models.Q(place__isnull=False)
                | ~models.Q(
                    status__in=[
                        ReturnStatus.ARRIVED, ReturnStatus.COMPLETED, ReturnStatus.RECEIVING,
                    ]
                ),
                name="return_that_is_here_says_where",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["account", "id"], name="returns_of_an_account"),
            models.Index(fields=["account", "status", "id"], name="returns_by_status"),
            models.Index(fields=["status", "-id"], name="returns_of_everybody"),
        ]
        triggers = [
            pgtrigger.FSM(name="return_takes_legal_steps", field="status", transitions=steps())
        ]

    def __str__(self) -> str:
        return f"Return {self.pk}"

    @property
    def sender(self) -> Patient | Site:
        found = self.patient or self.site
        assert found is not None, "return_comes_from_a_patient_or_a_site"
        return found


@keep_history("ReturnItemHistory")
class ReturnItem(models.Model):
    """So many of an item that nobody tells apart."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    whole = models.ForeignKey(Return, models.CASCADE, related_name="items", db_constraint=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            SameAccount("whole", name="returned_item_is_of_the_same_account"),
            models.UniqueConstraint(fields=["whole", "item"], name="item_is_in_the_return_already"),
            models.CheckConstraint(
                condition=models.Q(count__gte=1), name="returned_count_is_at_least_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} x {self.item}"


@keep_history("ReturnDeviceHistory")
class ReturnDevice(models.Model):
    """One device that is expected back, loose or in a packed kit, until that ends."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    whole = models.ForeignKey(Return, models.CASCADE, related_name="devices", db_constraint=False)
    device = models.ForeignKey(Device, models.PROTECT, related_name="+")
    packed_kit = models.ForeignKey(PackedKit, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            SameAccount("whole", name="returned_device_is_of_the_same_account"),
            models.UniqueConstraint(
                fields=["device"],
                condition=models.Q(ended_at=None),
                name="device_is_expected_back_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.device)


@keep_history("ReturnPackedKitHistory")
class ReturnPackedKit(models.Model):
    """One packed kit that is expected back, until that ends."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    whole = models.ForeignKey(
        Return, models.CASCADE, related_name="packed_kits", db_constraint=False
    )
    packed_kit = models.ForeignKey(PackedKit, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            SameAccount("whole", name="returned_packed_kit_is_of_the_same_account"),
            models.UniqueConstraint(
                fields=["packed_kit"],
                condition=models.Q(ended_at=None),
                name="packed_kit_is_expected_back_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.packed_kit)


class ReturnEvent(models.Model):
    """A status that the return came to: appended, never changed."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    whole = models.ForeignKey(
        Return, models.CASCADE, related_name="events", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=32, choices=ReturnStatus)
    actor = models.CharField(max_length=255)
    happened_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [SameAccount("whole", name="return_event_is_of_the_same_account")]
        triggers = [
            pgtrigger.Protect(
                name="return_events_are_only_added",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]
        indexes = [models.Index(fields=["whole", "id"], name="events_of_a_return")]

    def __str__(self) -> str:
        return self.get_name_display()
