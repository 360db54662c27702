"""What happened to an order and what was written about it."""

import pgtrigger
from django.db import models

from foundation.actors import Door
from foundation.constraints import SameAccount, unique_in_account
from foundation.history import keep_history
from orders.models.orders import Order
from orders.statuses import Status
from organisations.models import Account, User

NOTE_LENGTH = 2000


@keep_history("OrderNoteHistory")
class OrderNote(models.Model):
    """Something written about an order: a note, or the reason of a step."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.CASCADE, related_name="notes", db_constraint=False)
    text = models.TextField(max_length=NOTE_LENGTH)
    author = models.CharField(max_length=255)
    author_user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    is_reason = models.BooleanField(default=False)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            unique_in_account("note_is_found_within_its_account"),
            SameAccount("order", name="note_order_is_of_the_same_account"),
        ]

    def __str__(self) -> str:
        return f"Note {self.pk}"


class EventName(models.TextChoices):
    """What is true from then on. A status reached is an event of the status's own name."""

    ORDER_PLACED = "order_placed", "Order placed"
    PENDING_INVENTORY = "pending_inventory", "Waiting for stock"
    PENDING_ADDITIONAL_INFORMATION = "pending_additional_information", "Information asked for"
    ON_HOLD = "on_hold", "Put on hold"
    RECONFIRM_ADDRESS = "reconfirm_address", "Address to be confirmed"
    UNABLE_TO_FULFILL = "unable_to_fulfill", "Cannot be fulfilled"
    AWAITING_SHIPMENT = "awaiting_shipment", "Sent for fulfilment, ready to pack"
    SHIPPED = "shipped", "Shipped"
    AVAILABLE_FOR_PICKUP = "available_for_pickup", "Ready for pick-up"
    UNSUCCESSFUL_DELIVERY = "unsuccessful_delivery", "Delivery failed"
    DELIVERED = "delivered", "Delivered"
    RETURN_ISSUED = "return_issued", "Return on its way"
    VOIDED = "voided", "Cancelled"
    CONTACT_CHANGED = "contact_changed", "Contact details changed"
    ADDRESS_CHANGED = "address_changed", "Address changed"
    NOTE_ADDED = "note_added", "Note added"


class OrderEvent(models.Model):
    """One line of the timeline: appended, never changed; facts are ids, never patient data."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.CASCADE, related_name="events", db_constraint=False)
    name = models.CharField(max_length=32, choices=EventName)
    door = models.CharField(max_length=16, choices=Door)
    actor = models.CharField(max_length=255)
    actor_user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    note = models.ForeignKey(
        OrderNote, models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    facts = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameAccount("order", name="event_order_is_of_the_same_account"),
            SameAccount("note", name="event_note_is_of_the_same_account"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="events_are_only_added", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
        indexes = [models.Index(fields=["order", "id"], name="events_of_an_order")]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """What happened, as a timeline tells it: being back differs from being there first."""
        if self.facts.get("resumed"):
            return f"Goes on: {Status(self.name).label.lower()}"
        if self.facts.get("replaced"):
            return "To be packed again"
        return self.get_name_display()
