"""Writing down a new order: its rows, what it has been promised of the stock, and its first event.

Called by `place_order`, whose transaction this is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from foundation.actors import Actor
from foundation.addresses import Address
from foundation.constraints import insert_or_none
from foundation.errors import Faults, Forbidden
from inventory.reserving import Share
from orders import events, expecting, lifecycle, news, placing, reserving, supplies
from orders.expecting import Expected, Label
from orders.models import EventName, Order, OrderLine
from orders.placing import StudyOrderTerms
from orders.statuses import Status
from orders.supplies_errors import StockMissing
from orders.wanted import KnownSite, LineWanted, OrderWanted, StudyWanted
from organisations.models import Site
from patients.commands import admit_patient, link_patient
from patients.models import Patient
from studies.commands import StudyPlan, open_study
from studies.errors import ReferenceTaken
from studies.models import Channel, Study


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """Everything an order row points at. `shares` None: the stock has not all that it needs."""

    patient: Patient | None = None
    site: Site | None = None
    study: Study | None = None
    address: Address
    lines: tuple[LineWanted, ...]
    shares: Sequence[Share] | None


def enter_study_order(
    wanted: OrderWanted, contents: StudyWanted, *, reference: str, actor: Actor
) -> Order:
    """It is never refused for want of stock: then it waits."""
    terms = placing.settle_study(contents, actor=actor)
    assert not isinstance(wanted.recipient, KnownSite), "a study needs a patient"
    patient = admit_patient(wanted.recipient, account_id=actor.one_account, actor=actor)
    address = placing.settle_address(wanted.address, patient.address)
    link_patient(patient, terms.study.organisation)
    study = open_study(_plan(terms, contents, reference), patient=patient)
    if study is None:
        raise ReferenceTaken(field="reference")
    shares = reserving.shares_for(terms.lines, account_id=actor.one_account)
    parts = _Parts(patient=patient, study=study, address=address, lines=terms.lines, shares=shares)
    order = _insert(wanted, parts, reference=reference, actor=actor)
    event = events.record(order, EventName.ORDER_PLACED, actor=actor, facts={"study": study.pk})
    news.tell(order, event)
    if shares is None:
        return lifecycle.advance(order, Status.PENDING_INVENTORY, actor=actor).order
    return order


def enter_supplies_order(
    wanted: OrderWanted,
    contents: tuple[LineWanted, ...],
    *,
    reference: str,
    actor: Actor,
) -> Order:
    """Refused with StockMissing when no fulfilment centre has all of it; else with all that is
    wrong, in the order of contracts/v3.md section 8.
    """
    # It has no organisation, so whoever is for some only could not see it afterwards.
    if not actor.sees_all_organisations:
        raise Forbidden
    supplies.check_contents(wanted, contents)
    label = Label(by_email=wanted.email_label, shipping_option=wanted.shipping_option)
    offer = supplies.offer_of(contents, account_id=actor.one_account)
    recipient: Patient | Site | None = None
    faults = Faults()
    with faults.gathered():
        recipient = _recipient(wanted, actor=actor)
    with faults.gathered():
        supplies.check_loaners(wanted, contents, offer)
    with faults.gathered():
        supplies.check_label(wanted)
    expected: Expected | None = None
    with faults.gathered():
        if recipient is not None and wanted.returns:
            expected = expecting.settle_return(wanted.returns, recipient, label, actor=actor)
    with faults.gathered():
        supplies.check_lines(contents, offer)
    faults.raise_any()
    assert recipient is not None, "its fault was raised"
    address = placing.settle_address(wanted.address, recipient.address)
    shares = reserving.shares_for(contents, account_id=actor.one_account)
    if shares is None:
        raise StockMissing(field="lines")
    parts = _Parts(
        patient=recipient if isinstance(recipient, Patient) else None,
        site=recipient if isinstance(recipient, Site) else None,
        address=address,
        lines=contents,
        shares=shares,
    )
    order = _insert(wanted, parts, reference=reference, actor=actor)
    news.tell(order, events.record(order, EventName.ORDER_PLACED, actor=actor))
    if expected is not None:
        expecting.expect(expected, recipient, label, order=order, actor=actor)
    return order


def _recipient(wanted: OrderWanted, *, actor: Actor) -> Patient | Site:
    if isinstance(wanted.recipient, KnownSite):
        return placing.find_site(wanted.recipient, actor=actor)
    return admit_patient(wanted.recipient, account_id=actor.one_account, actor=actor)


def _plan(terms: StudyOrderTerms, contents: StudyWanted, reference: str) -> StudyPlan:
    if contents.referral is not None:
        return StudyPlan(terms=terms.study, channel=Channel.REFERRAL, reference=contents.referral)
    return StudyPlan(terms=terms.study, channel=Channel.ORDER, reference=reference)


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
    reserving.keep(order, parts.shares or ())
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
