"""Devices that are told apart, and what happened to each."""

import pgtrigger
from django.db import models

from foundation.constraints import SameAccount
from foundation.history import keep_history
from inventory.models.holding import IDENTIFIER_LENGTH, Held, HeldQuerySet
from inventory.models.items import IdentifierType, Item
from inventory.statuses import DeviceStatus, steps
from organisations.models.accounts import AccountKind


class DeviceQuerySet(HeldQuerySet["Device"]):
    def known_as(self, identifier: str) -> "DeviceQuerySet":
        """Those with this number on or in them, of whatever type it is."""
        having = DeviceIdentifier.objects.filter(value=identifier)
        return self.filter(pk__in=having.values("device"))


@keep_history("DeviceHistory")
class Device(Held):
    """One piece of an item, known by its identifiers."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    status = models.CharField(max_length=32, choices=DeviceStatus, default=DeviceStatus.INITIATED)
    used = models.BooleanField(default=False)
    readings_disabled = models.BooleanField(default=False)
    last_signal_at = models.DateTimeField(null=True, blank=True)
    written_down_at = models.DateTimeField(auto_now_add=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        constraints = [
            SameAccount("patient", of="holder", name="device_patient_is_of_its_holder"),
            models.CheckConstraint(
                condition=models.Q(status=DeviceStatus.WITH_PATIENT, patient__isnull=False)
                | (~models.Q(status=DeviceStatus.WITH_PATIENT) & models.Q(patient=None)),
                name="device_with_a_patient_says_with_whom",
            ),
            models.CheckConstraint(
                condition=models.Q(place__isnull=False)
                | models.Q(
                    status__in=[
                        DeviceStatus.SHIPPED,
                        DeviceStatus.DELIVERED,
                        DeviceStatus.WITH_PATIENT,
                    ]
                ),
                name="device_that_lies_somewhere_says_where",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "id"], name="devices_of_an_owner"),
            models.Index(fields=["holder", "id"], name="devices_of_a_holder"),
            models.Index(fields=["external_id"], name="devices_by_external_id"),
        ]
        triggers = [
            pgtrigger.FSM(name="device_takes_legal_steps", field="status", transitions=steps())
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.pk}"

    @property
    def is_at_a_customers_site(self) -> bool:
        return self.place is not None and self.place.account.kind != AccountKind.OPERATOR


@keep_history("DeviceIdentifierHistory")
class DeviceIdentifier(models.Model):
    """A number on or in the device; nobody else's device has it."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="identifiers")
    type = models.CharField(max_length=32, choices=IdentifierType)
    value = models.CharField(max_length=IDENTIFIER_LENGTH, db_collation="C")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["value", "type"], name="another_device_has_this_identifier"
            ),
            models.UniqueConstraint(
                fields=["device", "type"], name="device_has_an_identifier_of_this_type"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.value}"


class DeviceEvent(models.Model):
    """A status that the device came to: appended, never changed."""

    device = models.ForeignKey(Device, models.CASCADE, related_name="events", db_index=False)
    name = models.CharField(max_length=32, choices=DeviceStatus)
    actor = models.CharField(max_length=255)
    happened_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="device_events_are_only_added",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]
        indexes = [models.Index(fields=["device", "id"], name="events_of_a_device")]

    def __str__(self) -> str:
        return self.get_name_display()
