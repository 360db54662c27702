"""What clinics and their programs do with an order: place it, change it, cancel it, write a note.

The operator's steps are in `orders.fulfilment`, the staff form's memory in `orders.drafts`.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor, Door, Permission
from foundation.addresses import Address
from foundation.constraints import insert_or_none
from foundation.errors import Forbidden, Refusal
from foundation.history import sign_history
from orders import events, lifecycle, news, placing
from orders.errors import (
    AddressFixed,
    LinesMissing,
    NotCancellable,
    NothingToChange,
    OrderIsCancelled,
    OrderIsOver,
    OrderIsVoided,
    ReasonMissing,
    ReferenceTaken,
)
from orders.models import EventName, Order, OrderLine
from orders.placing import StudyTerms
from orders.statuses import Status
from orders.wanted import KnownSite, LineWanted, OrderChange, OrderWanted, StudyWanted
from organisations.models import Site
from patients.commands import admit_patient, change_contact_of, link_patient
from patients.models import Patient
from studies.commands import StudyPlan, cancel_study, open_study
from studies.models import Channel, Study


@transaction.atomic
def place_order(wanted: OrderWanted, *, actor: Actor, our_reference: str = "") -> Order:
    """Create the order with its lines, study and patient, and record it, or refuse it all.

    `our_reference` is used when the caller gave none: a draft has drawn one already.
    """
    actor.must(Permission.PLACE_ORDERS)
    sign_history(actor)
    given = wanted.reference
    reference = (
        placing.tidy_reference(given)
        if given is not None
        else our_reference or placing.our_reference()
    )
    if isinstance(wanted.contents, StudyWanted):
        return _place_study_order(wanted, wanted.contents, reference=reference, actor=actor)
    return _place_supplies_order(wanted, wanted.contents, reference=reference, actor=actor)


@transaction.atomic
def change_order(order: Order, change: OrderChange, *, actor: Actor) -> Order:
    """Make the order as `change` says, all of it or nothing; what is so already changes nothing.

    Raises NotCancellable, AddressFixed or OrderIsOver: contracts/v1.md section 2.2.
    """
    actor.must(Permission.CANCEL_ORDERS if change.cancel else Permission.CHANGE_ORDERS)
    sign_history(actor)
    order = lifecycle.locked(order, actor=actor)
    if change.cancel:
        return _cancel(order, reason=change.reason, actor=actor)
    if change.address is None and change.email is None and change.phone is None:
        raise NothingToChange
    if change.address is not None and change.address != order.address:
        _change_address(order, change.address, actor=actor)
    if order.patient and change_contact_of(order.patient, email=change.email, phone=change.phone):
        events.record(order, EventName.CONTACT_CHANGED, actor=actor)
    return order


def cancel_order(order: Order, *, reason: str, actor: Actor) -> Order:
    """Call the order off before it is sent for fulfilment; a cancelled one stays cancelled."""
    return change_order(order, OrderChange(cancel=True, reason=reason), actor=actor)


@transaction.atomic
def withdraw_order(order: Order, *, actor: Actor) -> Order:
    """Void the order for its clinic, which can be done once: contracts/v3.md section 3.1.

    Raises OrderIsVoided, NotCancellable.
    """
    actor.must(Permission.CANCEL_ORDERS)
    sign_history(actor)
    order = lifecycle.locked(order, actor=actor)
    if order.status == Status.VOIDED:
        raise OrderIsVoided(field="status")
    if order.is_sent_for_fulfilment:
        raise NotCancellable(field="status")
    return _void(order, reason="", actor=actor)


@transaction.atomic
def add_note(order: Order, text: str, *, actor: Actor) -> None:
    """Write a note about the order, for everyone who may see it.

    The same words twice running by the same person are one note: a button was pressed twice.
    """
    actor.must(Permission.CHANGE_ORDERS)
    sign_history(actor)
    order = lifecycle.locked(order, actor=actor)
    last = order.events.select_related("note").order_by("-pk").first()
    is_repeated = (
        last is not None
        and last.note is not None
        and (last.name, last.note.text, last.actor_user_id)
        == (EventName.NOTE_ADDED, text, actor.user_id)
    )
    if not is_repeated:
        note = events.write_note(order, text, actor=actor)
        events.record(order, EventName.NOTE_ADDED, actor=actor, note=note)


def why_not_cancelled(order: Order) -> Refusal | None:
    """The rule that keeps the order from being cancelled by its clinic; None when nothing does."""
    if order.is_called_off:
        return OrderIsCancelled(field="status")
    return NotCancellable(field="status") if order.is_sent_for_fulfilment else None


def why_address_stays(order: Order) -> Refusal | None:
    """The rule that keeps the order's address as it is; None when it may be changed."""
    if order.is_called_off:
        return OrderIsOver(field="address", status=order.get_status_display())
    return AddressFixed(field="address") if order.is_sent_for_fulfilment else None


def require_reason(reason: str, *, actor: Actor) -> None:
    """People say why; programs that call the API are not asked."""
    if actor.door in (Door.STAFF, Door.ADMIN) and not reason.strip():
        raise ReasonMissing(field="reason")


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """Everything an order row points at."""

    patient: Patient | None = None
    site: Site | None = None
    study: Study | None = None
    address: Address
    lines: tuple[LineWanted, ...]


def _place_study_order(
    wanted: OrderWanted, contents: StudyWanted, *, reference: str, actor: Actor
) -> Order:
    terms = placing.settle_study(contents, actor=actor)
    assert not isinstance(wanted.recipient, KnownSite), "a study needs a patient"
    patient = admit_patient(wanted.recipient, account_id=terms.organisation.account_id, actor=actor)
    address = placing.settle_address(wanted.address, patient.address)
    link_patient(patient, terms.organisation)
    study = open_study(_plan(terms, reference), patient=patient)
    if study is None:
        raise ReferenceTaken(field="reference")
    parts = _Parts(patient=patient, study=study, address=address, lines=terms.lines)
    order = _insert(wanted, parts, reference=reference, actor=actor)
    event = events.record(order, EventName.ORDER_PLACED, actor=actor, facts={"study": study.pk})
    news.tell(order, event)
    return order


def _place_supplies_order(
    wanted: OrderWanted,
    contents: tuple[LineWanted, ...],
    *,
    reference: str,
    actor: Actor,
) -> Order:
    # It has no organisation, so whoever is for some only could not see it afterwards.
    if not actor.sees_all_organisations:
        raise Forbidden
    if not contents:
        raise LinesMissing(field="lines")
    lines = placing.settle_lines(contents, account_id=actor.one_account)
    if isinstance(wanted.recipient, KnownSite):
        site = placing.find_site(wanted.recipient, actor=actor)
        address = placing.settle_address(wanted.address, site.address)
        parts = _Parts(site=site, address=address, lines=lines)
    else:
        patient = admit_patient(wanted.recipient, account_id=actor.one_account, actor=actor)
        address = placing.settle_address(wanted.address, patient.address)
        parts = _Parts(patient=patient, address=address, lines=lines)
    order = _insert(wanted, parts, reference=reference, actor=actor)
    news.tell(order, events.record(order, EventName.ORDER_PLACED, actor=actor))
    return order


def _plan(terms: StudyTerms, reference: str) -> StudyPlan:
    return StudyPlan(
        organisation=terms.organisation,
        channel=Channel.ORDER,
        reference=reference,
        nights=terms.nights,
        sensors=terms.sensors,
        emits_on=terms.emits_on,
    )


def _insert(wanted: OrderWanted, parts: _Parts, *, reference: str, actor: Actor) -> Order:
    """The order's own rows, or ReferenceTaken: the constraint decides."""
    order = Order(
        account_id=actor.one_account,
        reference=reference,
        organisation_id=parts.study.organisation_id if parts.study else None,
        patient=parts.patient,
        site=parts.site,
        study=parts.study,
        door=actor.door,
        placed_by=actor.label[:255],
        placed_by_user_id=actor.user_id,
        placed_by_client_id=actor.client_id,
        placed_by_key_id=actor.key_id,
        external_ids=list(wanted.external_ids),
        shipping_option=wanted.shipping_option or "",
        email_label=wanted.email_label,
    )
    order.take_address(parts.address)
    _answer_the_question(order, wanted, actor=actor)
    if insert_or_none(order) is None:
        raise ReferenceTaken(field="reference")
    OrderLine.objects.bulk_create(
        OrderLine(
            account_id=order.account_id,
            order=order,
            item_id=line.item_id,
            kit_id=line.kit_id,
            count=line.count,
        )
        for line in parts.lines
    )
    for note in wanted.notes:
        events.write_note(order, note, actor=actor)
    return order


def _answer_the_question(order: Order, wanted: OrderWanted, *, actor: Actor) -> None:
    """Who asked the patient about a smartphone, and when; for programs it is not recorded."""
    if not isinstance(wanted.contents, StudyWanted):
        return
    order.phone_needed = wanted.contents.phone_needed
    if actor.user_id is not None and wanted.contents.phone_asked:
        order.phone_asked_by_id = actor.user_id
        order.phone_asked_at = timezone.now()


def _change_address(order: Order, address: Address, *, actor: Actor) -> None:
    if refusal := why_address_stays(order):
        raise refusal
    order.save(update_fields=order.take_address(address))
    events.record(order, EventName.ADDRESS_CHANGED, actor=actor)


def _cancel(order: Order, *, reason: str, actor: Actor) -> Order:
    if order.is_called_off:
        return order
    if refusal := why_not_cancelled(order):
        raise refusal
    require_reason(reason, actor=actor)
    return _void(order, reason=reason, actor=actor)


def _void(order: Order, *, reason: str, actor: Actor) -> Order:
    order = lifecycle.advance(order, Status.VOIDED, actor=actor, reason=reason).order
    if order.study:
        cancel_study(order.study)
    return order
