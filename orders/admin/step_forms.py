"""What is asked before a step is taken. Each form says by `arguments` what its command is given."""

from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from foundation.actors import Actor
from foundation.address_form import AddressForm
from foundation.addresses import Address
from foundation.fields import NoteField, PlainTextField
from foundation.forms import StaffForm
from foundation.ids import number_in
from orders.errors import AddressHasChanged, ReasonMissing
from orders.forms import ContactForm
from orders.fulfilment import Tracking
from orders.models import NOTE_LENGTH, EventName, Order, OrderEvent
from orders.wanted import OrderChange

TRACKING_LENGTH = 64


class SeenField(forms.CharField):
    """What a page carries along by itself: never an answer that somebody changed."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class StepForm(StaffForm):
    """`seen` is the newest event when the page was opened: by it a second press is recognised."""

    seen = SeenField(max_length=20, required=False)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        newest = order.events.order_by("-pk").values_list("pk", flat=True).first()
        self.initial["seen"] = newest or 0

    @property
    def arguments(self) -> dict[str, Any]:
        """What a valid form tells the command, besides the order and the actor."""
        return {}

    @property
    def last_seen(self) -> int:
        return number_in(str(self.cleaned_data["seen"]))

    def says_otherwise(self, order: Order) -> bool:
        """Whether a valid form holds an answer that the order as it is now does not know."""
        return False

    def check_shown(self, order: Order, *, actor: Actor) -> None:
        """Refuse when the page showed what is no longer so, and that must not come back."""


class RemarkForm(StepForm):
    """Why, if there is something to say."""

    reason = NoteField(label="Reason", max_length=NOTE_LENGTH, required=False)

    refusal_fields: ClassVar[dict[str, str]] = {"reason": "reason"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs["rows"] = 3

    @property
    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class ReasonForm(RemarkForm):
    """Why: there must be something to say."""

    reason = NoteField(label="Reason", max_length=NOTE_LENGTH)

    missing: ClassVar[dict[str, str]] = {"reason": ReasonMissing.message}


class NoteForm(RemarkForm):
    reason = NoteField(
        label="Note", max_length=NOTE_LENGTH, help_text="Everyone who may see the order can read it"
    )

    missing: ClassVar[dict[str, str]] = {"reason": "Enter the note"}


class ReturnForm(RemarkForm):
    """The parcel that comes home, as far as it is known."""

    carrier = PlainTextField(max_length=TRACKING_LENGTH, required=False)
    number = PlainTextField(label="Tracking number", max_length=TRACKING_LENGTH, required=False)

    field_order = ("seen", "carrier", "number", "reason")
    refusal_fields: ClassVar[dict[str, str]] = {**RemarkForm.refusal_fields, "tracking": "carrier"}

    @property
    def arguments(self) -> dict[str, Any]:
        return {**super().arguments, "tracking": self.tracking}

    @property
    def tracking(self) -> Tracking:
        return Tracking(self.cleaned_data["carrier"], self.cleaned_data["number"])

    def says_otherwise(self, order: Order) -> bool:
        said = self.tracking
        known = order.shipments.filter(carrier=said.carrier, tracking_number=said.number)
        return not known.exists()


class ShipForm(ReturnForm):
    """The parcel that goes out."""

    carrier = PlainTextField(max_length=TRACKING_LENGTH)
    number = PlainTextField(label="Tracking number", max_length=TRACKING_LENGTH)

    missing: ClassVar[dict[str, str]] = {
        "carrier": "Enter the carrier",
        "number": "Enter the tracking number",
    }


class ConfirmAddressForm(StepForm, AddressForm):
    """The address as it stands, to be left alone or put right."""

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        assert order.address is not None, "order_has_an_address"
        super().__init__(
            *args,
            order=order,
            initial=AddressForm.initial_from(order.address),
            country_code=order.country_code or order.account.country,
            **kwargs,
        )

    @property
    def arguments(self) -> dict[str, Any]:
        return {"address": self.corrected if self.is_corrected else None}

    @property
    def corrected(self) -> Address:
        """What the form does not ask for stays as it was."""
        return replace(self.address, country=self.order.country, note=self.order.address_note)

    def says_otherwise(self, order: Order) -> bool:
        return self.is_corrected and self.corrected != order.address

    def check_shown(self, order: Order, *, actor: Actor) -> None:
        if self.changes_since(order, actor).exists():
            raise AddressHasChanged(field="address")

    def changes_since(self, order: Order, actor: Actor) -> QuerySet[OrderEvent]:
        """Those that the page could not show."""
        return order.events.filter(pk__gt=self.last_seen, name=EventName.ADDRESS_CHANGED)


class ChangeAddressForm(ConfirmAddressForm):
    def changes_since(self, order: Order, actor: Actor) -> QuerySet[OrderEvent]:
        """One's own do not count: who goes back to the page corrects what they said there."""
        return super().changes_since(order, actor).exclude(actor_user_id=actor.user_id)


class ChangeContactForm(StepForm, ContactForm):
    """How to reach the patient, asked as on the staff pages."""

    refusal_fields: ClassVar[dict[str, str]] = {"email": "email", "phone": "phone"}

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        patient = order.patient
        known = {"email": patient.email, "phone": patient.phone} if patient else {}
        super().__init__(*args, order=order, initial=known, region=order.account.country, **kwargs)

    @property
    def arguments(self) -> dict[str, Any]:
        return {"change": self.wanted}

    def says_otherwise(self, order: Order) -> bool:
        return self.wanted != OrderChange()
