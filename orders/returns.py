"""What is done with a return, one verb a step: clinics place and withdraw it, the operator sends
the label, sees the parcel on its way, and takes in what was in it.
"""

from dataclasses import dataclass

from django.db import transaction

from foundation.actors import Actor, Permission
from foundation.history import sign_history
from inventory import lifecycle as inventory_lifecycle
from inventory.devices import check_centre
from inventory.models import Device, PackedDevice, PackedKit, Stock
from inventory.statuses import KIT_IS_OUT, OUT
from inventory.stocktaking import Place, take_in
from orders import events, expecting, fulfilment, lifecycle, placing, return_lifecycle
from orders.coming_home import receive_back, receive_kit_back
from orders.commands import require_reason
from orders.errors import ShipmentIncomplete
from orders.expecting import BY_PARCEL, Label
from orders.fulfilment import Tracking
from orders.models import Order, Return, ReturnDevice, ReturnPackedKit
from orders.return_errors import ReturnNotVoidable, ReturnOfNothing
from orders.return_statuses import BEFORE_IT_LEAVES, ReturnStatus
from orders.statuses import Status
from orders.wanted import NOTHING_BACK, KnownSite, ReturnWanted
from organisations.models import Account, Site
from patients.commands import disenroll_patient
from patients.errors import PatientNotFound
from patients.models import Patient
from patients.wanted import KnownPatient


@dataclass(frozen=True, kw_only=True)
class StandaloneReturn:
    """A return that belongs to no order."""

    sender: KnownPatient | KnownSite
    wanted: ReturnWanted
    label: Label = BY_PARCEL


@transaction.atomic
def place_return(asked: StandaloneReturn, *, actor: Actor) -> Return:
    """The return is expected (contracts/v3.md section 3.8), also from somebody who is archived.

    Raises Forbidden, PatientNotFound, SiteNotFound, ReturnOfNothing and what `expecting` finds.
    """
    actor.must(Permission.PLACE_ORDERS)
    sign_history(actor)
    sender = _sender(asked.sender, actor=actor)
    if not asked.wanted:
        raise ReturnOfNothing(field="returns")
    expected = expecting.settle_return(asked.wanted, sender, asked.label, actor=actor)
    return expecting.expect(expected, sender, asked.label, actor=actor)


@transaction.atomic
def let_patient_go(
    patient: Patient, *, archive: bool = False, create_returns: bool = False, actor: Actor
) -> Return | None:
    """The patient is disenrolled (contracts/v3.md section 3.2), and what they have at home is
    expected back, if that is wanted; what another return waits for already is not in this one.
    """
    patient = disenroll_patient(patient, archive=archive, actor=actor)
    wanted = _all_that_is_with(patient) if create_returns else NOTHING_BACK
    if not wanted:
        return None
    return place_return(
        StandaloneReturn(sender=KnownPatient(patient.pk), wanted=wanted), actor=actor
    )


@transaction.atomic
def withdraw_return(back: Return, *, actor: Actor) -> Return:
    """Void it for its clinic, until it is on its way. Raises ReturnNotVoidable."""
    actor.must(Permission.CANCEL_ORDERS)
    sign_history(actor)
    return _void(back, actor=actor)


@transaction.atomic
def void_return(back: Return, *, reason: str, actor: Actor) -> Return:
    """The same by the operator, who says why; the order keeps it as a note, if there is one."""
    actor.must(Permission.VOID_ORDERS)
    require_reason(reason, actor=actor)
    sign_history(actor)
    order = _locked_order(back, actor=actor)
    if order is not None:
        events.write_note(order, reason, actor=actor, is_reason=True)
    return _void(back, actor=actor)


@transaction.atomic
def send_label(back: Return, *, actor: Actor) -> Return:
    """A label, or a box with one, is on its way to whoever sends it back."""
    return _step(back, ReturnStatus.OUTBOUND, actor=actor)


@transaction.atomic
def wait_for_return(back: Return, *, actor: Actor) -> Return:
    """Whoever sends it back has the label: it came, or went by e-mail."""
    return _step(back, ReturnStatus.PENDING_RETURN, actor=actor)


@transaction.atomic
def see_return_on_its_way(back: Return, *, tracking: Tracking, actor: Actor) -> Return:
    """The carrier has scanned it. The order that it belongs to becomes “return on its way”."""
    actor.must(Permission.FULFIL_ORDERS)
    if not (tracking.carrier and tracking.number):
        raise ShipmentIncomplete(field="tracking")
    sign_history(actor)
    order = _locked_order(back, actor=actor)
    moved = return_lifecycle.advance_return(
        back,
        ReturnStatus.IN_TRANSIT,
        actor=actor,
        carrier=tracking.carrier,
        tracking_number=tracking.number,
    )
    if order is not None and Status.RETURN_ISSUED in lifecycle.onward(order):
        fulfilment.start_return(order, tracking=tracking, actor=actor)
    return moved


@transaction.atomic
def note_arrival(back: Return, place: Site, *, actor: Actor) -> Return:
    """It is at this fulfilment centre. Raises NotAFulfilmentCentre."""
    actor.must(Permission.FULFIL_ORDERS)
    sign_history(actor)
    check_centre(place)
    return return_lifecycle.advance_return(back, ReturnStatus.ARRIVED, actor=actor, place=place)


@transaction.atomic
def begin_receiving(back: Return, *, actor: Actor) -> Return:
    """Somebody opens it and looks at what is in it."""
    return _step(back, ReturnStatus.RECEIVING, actor=actor)


@transaction.atomic
def complete_return(back: Return, *, actor: Actor) -> Return:
    """Everything that was expected is here: devices and packed kits are used and lie at the centre,
    items count as used ones. What came home before by itself is left as it is.
    """
    actor.must(Permission.FULFIL_ORDERS)
    sign_history(actor)
    here = return_lifecycle.locked_return(back, actor=actor)
    done = return_lifecycle.advance_return(here, ReturnStatus.COMPLETED, actor=actor)
    assert done.place is not None, "return_that_is_here_says_where"
    for row in done.items.select_related("item").order_by("item"):
        take_in(row.item, _shelf(done, row.item_id), used=row.count, actor=actor)
    for packed_kit in _packed_kits_out(done):
        receive_kit_back(packed_kit, done.place, actor=actor)
    for device in _devices_out(done):
        receive_back(device, done.place, actor=actor)
    return done


def _all_that_is_with(patient: Patient) -> ReturnWanted:
    expected_kits = ReturnPackedKit.objects.filter(ended_at=None).values("packed_kit")
    kits = PackedKit.objects.filter(patient=patient).exclude(pk__in=expected_kits)
    in_kits = PackedDevice.objects.filter(packed_kit__patient=patient, left_at=None)
    expected = ReturnDevice.objects.filter(ended_at=None).values("device")
    devices = Device.objects.filter(patient=patient).exclude(pk__in=in_kits.values("device"))
    return ReturnWanted(
        devices=tuple(devices.exclude(pk__in=expected).values_list("pk", flat=True)),
        packed_kits=tuple(kits.values_list("pk", flat=True)),
    )


def _void(back: Return, *, actor: Actor) -> Return:
    here = return_lifecycle.locked_return(back, actor=actor)
    if here.status not in BEFORE_IT_LEAVES:
        raise ReturnNotVoidable(field="status", status=here.get_status_display())
    return return_lifecycle.advance_return(here, ReturnStatus.VOIDED, actor=actor)


def _step(back: Return, to: ReturnStatus, *, actor: Actor) -> Return:
    actor.must(Permission.FULFIL_ORDERS)
    sign_history(actor)
    return return_lifecycle.advance_return(back, to, actor=actor)


def _sender(wanted: KnownPatient | KnownSite, *, actor: Actor) -> Patient | Site:
    if isinstance(wanted, KnownSite):
        return placing.find_site(wanted, actor=actor)
    seen = Patient.objects.visible_to(actor).filter(account_id=actor.one_account)
    patient = seen.filter(pk=wanted.id).first()
    if patient is None:
        raise PatientNotFound(field="patient")
    return patient


def _locked_order(back: Return, *, actor: Actor) -> Order | None:
    """The order before the return: everybody locks in this order."""
    return lifecycle.locked(back.order, actor=actor) if back.order else None


def _shelf(back: Return, item: int) -> Place:
    """What the account owns of it lies together; else it is the operator's."""
    place = back.place
    assert place is not None, "return_that_is_here_says_where"
    own = Stock.objects.filter(owner=back.account_id, place=place, item=item)
    owner = Account.objects.get(pk=back.account_id) if own.exists() else place.account
    return Place(owner=owner, site=place)


def _packed_kits_out(back: Return) -> list[PackedKit]:
    numbers = back.packed_kits.values("packed_kit")
    return list(PackedKit.objects.filter(pk__in=numbers, status__in=KIT_IS_OUT).order_by("pk"))


def _devices_out(back: Return) -> list[Device]:
    numbers = list(back.devices.values_list("device", flat=True))
    return [one for one in inventory_lifecycle.locked_devices(numbers) if one.status in OUT]
