"""The rules about what may be asked for. Nothing here writes."""

from dataclasses import dataclass

from foundation.actors import Actor, Door
from foundation.addresses import Address
from foundation.errors import Faults
from inventory.models import Item, StudyKit
from orders.errors import AddressMissing, NoKitServes, SmartphoneNotAsked
from orders.wanted import KnownSite, LineWanted, StudyWanted
from organisations.errors import SiteNotFound
from organisations.models import Organisation, Site
from studies.terms import StudyTerms, settle_terms

ASKS_THE_QUESTION = frozenset({Door.STAFF, Door.ADMIN, Door.REFERRAL})


@dataclass(frozen=True, kw_only=True)
class StudyOrderTerms:
    """What a study order comes to: its study settled, the kit chosen."""

    study: StudyTerms
    lines: tuple[LineWanted, ...]


def settle_study(wanted: StudyWanted, *, actor: Actor) -> StudyOrderTerms:
    """Settle the study and choose its kit; all faults at once."""
    faults = Faults()
    terms: StudyTerms | None = None
    lines: tuple[LineWanted, ...] = ()
    with faults.gathered():
        terms = settle_terms(wanted.terms, actor=actor)
    with faults.gathered():
        _check_the_question(wanted, actor)
    if terms is not None:
        with faults.gathered():
            lines = _study_lines(
                terms.organisation, terms.sensors, phone_needed=wanted.phone_needed
            )
    faults.raise_any()
    assert terms is not None, "its fault was raised"
    return StudyOrderTerms(study=terms, lines=lines)


def find_site(wanted: KnownSite, *, actor: Actor) -> Site:
    site = (
        Site.objects.visible_to(actor)
        .filter(account_id=actor.one_account, is_active=True, pk=wanted.id)
        .first()
    )
    if site is None:
        raise SiteNotFound(field="site")
    return site


def settle_address(given: Address | None, own: Address | None) -> Address:
    """The address given, else the recipient's own; AddressMissing when there is neither."""
    address = given or own
    if address is None:
        raise AddressMissing(field="address")
    return address


def _check_the_question(wanted: StudyWanted, actor: Actor) -> None:
    if actor.door in ASKS_THE_QUESTION and not wanted.phone_asked:
        raise SmartphoneNotAsked(field="study.phone_asked")


def _study_lines(
    organisation: Organisation, sensors: tuple[str, ...], *, phone_needed: bool
) -> tuple[LineWanted, ...]:
    kit_id = (
        StudyKit.objects.in_use()
        .filter(product=organisation.product, sensors=list(sensors))
        .values_list("kit_id", flat=True)
        .first()
    )
    if kit_id is None:
        raise NoKitServes(field="study.sensors")
    kit = LineWanted(kit_id=kit_id, count=1)
    return (kit, *_phone_line()) if phone_needed else (kit,)


def _phone_line() -> tuple[LineWanted, ...]:
    """The smartphone, where one is set up: asking for a phone never refuses an order."""
    phone_id = Item.objects.filter(is_the_phone=True).values_list("id", flat=True).first()
    return () if phone_id is None else (LineWanted(item_id=phone_id, count=1),)
