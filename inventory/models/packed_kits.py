"""Kits with the very devices that are in them, and what happened to each."""

import pgtrigger
from django.db import models

from foundation.constraints import SameAccount
from foundation.history import keep_history
from inventory.models.devices import Device
from inventory.models.holding import Held, HeldQuerySet
from inventory.models.kits import Kit
from inventory.statuses import PackedKitStatus, kit_steps
from organisations.models.accounts import AccountKind


class PackedKitQuerySet(HeldQuerySet["PackedKit"]):
    """As of devices."""


@keep_history("PackedKitHistory")
class PackedKit(Held):
    """One kit that somebody packed; items that nobody tells apart are in it without being named."""

    kit = models.ForeignKey(Kit, models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=32, choices=PackedKitStatus, default=PackedKitStatus.STARTED
    )
    started_at = models.DateTimeField(auto_now_add=True)

    objects = PackedKitQuerySet.as_manager()

    class Meta:
        constraints = [
            SameAccount("patient", of="holder", name="packed_kit_patient_is_of_its_holder"),
            models.CheckConstraint(
                condition=models.Q(status=PackedKitStatus.WITH_PATIENT, patient__isnull=False)
                | (~models.Q(status=PackedKitStatus.WITH_PATIENT) & models.Q(patient=None)),
                name="packed_kit_with_a_patient_says_with_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(place__isnull=False)
                | models.Q(status__in=[PackedKitStatus.SHIPPED, PackedKitStatus.WITH_PATIENT]),
                name="packed_kit_that_lies_somewhere_says_where",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "id"], name="packed_kits_of_an_owner"),
            models.Index(fields=["holder", "id"], name="packed_kits_of_a_holder"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="packed_kit_takes_legal_steps", field="status", transitions=kit_steps()
            )
        ]

    def __str__(self) -> str:
        return f"{self.kit} {self.pk}"

    @property
    def is_at_a_customers_site(self) -> bool:
        return self.place is not None and self.place.account.kind != AccountKind.OPERATOR


@keep_history("PackedDeviceHistory")
class PackedDevice(models.Model):
    """A device in a packed kit, or one that was in it until it came home or was taken out."""

    packed_kit = models.ForeignKey(PackedKit, models.CASCADE, related_name="contents")
    device = models.ForeignKey(Device, models.PROTECT, related_name="+")
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device"],
                condition=models.Q(left_at=None),
                name="device_is_in_one_packed_kit",
            ),
            models.UniqueConstraint(
                fields=["packed_kit", "device"], name="device_is_in_the_packed_kit_already"
            ),
        ]

    def __str__(self) -> str:
        return str(self.device)


class PackedKitEvent(models.Model):
    """A status that the packed kit came to: appended, never changed."""

    packed_kit = models.ForeignKey(PackedKit, models.CASCADE, related_name="events", db_index=False)
    name = models.CharField(max_length=32, choices=PackedKitStatus)
    actor = models.CharField(max_length=255)
    happened_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="kit_events_are_only_added",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]
        indexes = [models.Index(fields=["packed_kit", "id"], name="events_of_a_packed_kit")]

    def __str__(self) -> str:
        return self.get_name_display()
