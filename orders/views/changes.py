"""The pages on which an order is changed: each asks one question and calls one command."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from foundation.actors import Permission
from foundation.addresses import Address
from foundation.errors import Forbidden, Refusal
from foundation.forms import StaffForm
from orders.commands import (
    add_note,
    cancel_order,
    change_order,
    why_address_stays,
    why_not_cancelled,
)
from orders.errors import AddressHasChanged, ContactHasChanged, OrderIsCancelled
from orders.forms import CancelForm, NoteForm, OrderAddressForm, OrderContactForm
from orders.fulfilment import confirm_address
from orders.models import Order
from orders.statuses import Status
from orders.views.order import find_order, note_shown
from orders.wanted import OrderChange
from organisations.visit import Visit, staff_page
from patients.models import Patient


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a page asks, how its button reads, and what is said when it is done."""

    title: str
    button: str
    done: str
    lead: str = ""
    is_final: bool = False


CONTACT = Question(
    title="Change contact details",
    lead="They are the patient’s own, so they change for the patient’s other orders as well.",
    button="Save contact details",
    done="The contact details are saved.",
)
ADDRESS = Question(
    title="Change the address",
    lead="Only this order’s parcel goes there. The patient’s own address stays as it is.",
    button="Save address",
    done="The address is saved.",
)
CONFIRM = Question(
    title="Confirm the address",
    lead="Is this where the parcel should go? Correct it if not.",
    button="Confirm this address",
    done="The address is confirmed, and the order goes on.",
)
CANCEL = Question(
    title="Cancel the order",
    lead="The kit will not be sent and the test is cancelled with it. This cannot be undone.",
    button="Cancel the order",
    done="The order is cancelled.",
    is_final=True,
)
NOTE = Question(
    title="Add a note",
    button="Add note",
    done="The note is added.",
)

NOTHING_TO_CONFIRM = "Nobody asks for this address to be confirmed now."


@staff_page(Permission.CHANGE_ORDERS)
@transaction.atomic
def change_contact(visit: Visit, order_id: UUID) -> HttpResponse:
    order = find_order(visit, order_id, is_locked=visit.is_answered)
    if order.patient is None:
        raise Http404
    if visit.is_answered:  # the details stay as they are until the answer was judged
        order.patient = Patient.objects.select_for_update(of=("self",)).get(pk=order.patient.pk)
    form = _contact_form(visit, order.patient)

    def change() -> None:
        if form.is_changed:
            change_order(order, form.wanted, actor=visit.actor)

    return _ask(visit, CONTACT, order, form, change)


@staff_page(Permission.CHANGE_ORDERS)
@transaction.atomic
def change_address(visit: Visit, order_id: UUID) -> HttpResponse:
    order = find_order(visit, order_id, is_locked=visit.is_answered)
    if order.status == Status.RECONFIRM_ADDRESS and not visit.is_answered:
        return redirect("orders:confirm_address", order.public_id)
    form = _address_form(visit, order)

    def change() -> None:
        if form.is_corrected:
            change_order(order, OrderChange(address=_said(form, order)), actor=visit.actor)

    return _ask(visit, ADDRESS, order, form, change, rule=why_address_stays(order))


@staff_page(Permission.CONFIRM_ADDRESSES)
@transaction.atomic
def confirm(visit: Visit, order_id: UUID) -> HttpResponse:
    order = find_order(visit, order_id, is_locked=visit.is_answered)
    form = _address_form(visit, order)

    def change() -> str | None:
        if order.status != Status.RECONFIRM_ADDRESS and not form.is_corrected:
            return NOTHING_TO_CONFIRM
        said = _said(form, order) if form.is_corrected else None
        confirm_address(order, said, actor=visit.actor)
        return None

    if order.status != Status.RECONFIRM_ADDRESS and not visit.is_answered:
        return redirect("orders:order", order.public_id)
    return _ask(visit, CONFIRM, order, form, change)


@staff_page(Permission.CANCEL_ORDERS)
def cancel(visit: Visit, order_id: UUID) -> HttpResponse:
    order = find_order(visit, order_id)
    if order.is_called_off:
        messages.info(visit.request, OrderIsCancelled().words)
        return redirect("orders:order", order.public_id)
    form = CancelForm(_sent(visit))

    def change() -> None:
        cancel_order(order, reason=form.cleaned_data["reason"], actor=visit.actor)

    return _ask(visit, CANCEL, order, form, change, rule=why_not_cancelled(order))


@staff_page(Permission.CHANGE_ORDERS)
def note(visit: Visit, order_id: UUID) -> HttpResponse:
    order = find_order(visit, order_id)
    form = NoteForm(_sent(visit))

    def change() -> None:
        add_note(order, form.cleaned_data["text"], actor=visit.actor)

    return _ask(visit, NOTE, order, form, change)


def _ask(
    visit: Visit,
    question: Question,
    order: Order,
    form: StaffForm,
    change: Callable[[], str | None],
    rule: Refusal | None = None,
) -> HttpResponse:
    """Show the question, or the rule that is in its way; make the change when it was answered.

    `change` returns words of its own when there was nothing to do.
    """
    if visit.is_answered and rule is None and form.is_valid():
        try:
            nothing_done = change()
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            level = messages.INFO if nothing_done else messages.SUCCESS
            messages.add_message(visit.request, level, nothing_done or question.done)
            return redirect("orders:order", order.public_id)
    note_shown(visit, order, what=question.title.lower())
    return visit.page(
        "orders/change.html",
        here="orders",
        question=question,
        order=order,
        form=form,
        rule=rule,
        status_is_wrong=visit.is_answered,
        status=422 if visit.is_answered else 200,
    )


def _sent(visit: Visit):
    return visit.request.POST if visit.is_answered else None


def _contact_form(visit: Visit, patient: Patient) -> OrderContactForm:
    """With what was sent; if that was about older details, with the present ones instead."""
    known = {"email": patient.email, "phone": patient.phone, "region": visit.account.country}
    form = OrderContactForm(_sent(visit), **known)
    if form.is_overtaken:
        form = OrderContactForm(form.initial, **known)
        form.add_refusal(ContactHasChanged())
    return form


def _address_form(visit: Visit, order: Order) -> OrderAddressForm:
    """With what was sent; if that was about an older address, with the present one instead."""
    address = order.address
    assert address is not None, "order_has_an_address"
    country = address.country_code or visit.account.country
    form = OrderAddressForm(_sent(visit), address=address, country_code=country)
    if form.is_overtaken:
        form = OrderAddressForm(form.initial, address=address, country_code=country)
        form.add_refusal(AddressHasChanged())
    return form


def _said(form: OrderAddressForm, order: Order) -> Address:
    """What was typed; what the form does not show of the address stays."""
    return replace(form.address, country=order.country, note=order.address_note)
