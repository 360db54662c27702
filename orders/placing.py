"""The rules about what may be asked for. Nothing here writes."""

from dataclasses import dataclass

from foundation.actors import Actor, Door
from foundation.addresses import Address
from foundation.errors import Faults
from foundation.rows import the_one
from foundation.text import crockford, has_unprintable, shows_nothing
from inventory.models import Item, StudyKit
from orders.errors import (
    AddressMissing,
    NeckSensorMissing,
    NightsMissing,
    NightsOutOfRange,
    NoKitServes,
    OrganisationNotFound,
    ReferenceMalformed,
    ReferenceMissing,
    ReferenceReserved,
    ReferenceTooLong,
    SensorNotEntitled,
    SensorNotInProduct,
    SensorsMissing,
    SmartphoneNotAsked,
)
from orders.models.orders import OUR_PREFIX
from orders.wanted import (
    KnownSite,
    LineWanted,
    OrganisationChosen,
    OrganisationNamed,
    StudyWanted,
)
from organisations.errors import SiteNotFound
from organisations.models import Organisation, Site
from organisations.sensors import EmitOn, Sensor, in_order
from studies.models import REFERENCE_LENGTH

ASKS_THE_QUESTION = frozenset({Door.STAFF, Door.ADMIN, Door.REFERRAL})


@dataclass(frozen=True, kw_only=True)
class StudyTerms:
    """What a study order comes to: the organisation's defaults filled in, the kit chosen."""

    organisation: Organisation
    nights: int
    sensors: tuple[str, ...]
    emits_on: EmitOn
    lines: tuple[LineWanted, ...]


def tidy_reference(text: str, *, field: str = "reference") -> str:
    """The reference as it is kept, or a refusal: contracts/v1.md, House decisions, Reference."""
    reference = text.strip()
    if shows_nothing(reference):
        raise ReferenceMissing(field=field)
    if len(reference) > REFERENCE_LENGTH:
        raise ReferenceTooLong(field=field)
    # Clients take "." and ".." out of an address, and then it is another one.
    if "/" in reference or reference in {".", ".."} or has_unprintable(reference):
        raise ReferenceMalformed(field=field)
    if reference.upper().startswith(OUR_PREFIX):
        raise ReferenceReserved(field=field)
    return reference


def our_reference() -> str:
    return OUR_PREFIX + crockford(10)


def find_organisation(
    wanted: OrganisationNamed | OrganisationChosen, *, actor: Actor
) -> Organisation:
    """The one organisation meant, if the actor may order for it; else OrganisationNotFound."""
    found = (
        Organisation.objects.visible_to(actor)
        .open_for_orders()
        .filter(account_id=actor.one_account)
        .select_related("account", "product")
    )
    match wanted:
        case OrganisationChosen(id):
            organisation = the_one(found.filter(pk=id))
        case OrganisationNamed(name, reference):
            named = found.filter(name=name.strip(), reference=reference.strip())
            organisation = the_one(named)
    if organisation is None:
        raise OrganisationNotFound(field="organisation")
    return organisation


def settle_study(wanted: StudyWanted, *, actor: Actor) -> StudyTerms:
    """Check entitlement and fill in what was left to the organisation; all faults at once."""
    organisation = find_organisation(wanted.organisation, actor=actor)
    faults = Faults()
    nights = 0
    sensors: tuple[str, ...] = ()
    with faults.gathered():
        nights = _nights(wanted, organisation)
    with faults.gathered():
        sensors = _sensors(wanted, organisation)
    with faults.gathered():
        _check_the_question(wanted, actor)
    lines: tuple[LineWanted, ...] = ()
    if sensors:
        with faults.gathered():
            lines = _study_lines(organisation, sensors, phone_needed=wanted.phone_needed)
    faults.raise_any()
    return StudyTerms(
        organisation=organisation,
        nights=nights,
        sensors=sensors,
        emits_on=wanted.emit_on or EmitOn(organisation.emit_on),
        lines=lines,
    )


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


def _nights(wanted: StudyWanted, organisation: Organisation) -> int:
    nights = wanted.nights if wanted.nights is not None else organisation.default_nights
    if nights is None:
        raise NightsMissing(field="study.nights")
    most = organisation.product.most_nights
    if not 1 <= nights <= most:
        raise NightsOutOfRange(field="study.nights", most=most)
    return nights


def _sensors(wanted: StudyWanted, organisation: Organisation) -> tuple[str, ...]:
    sensors = wanted.sensors if wanted.sensors is not None else organisation.default_sensors
    if not sensors:
        raise SensorsMissing(field="study.sensors")
    faults = Faults()
    for place, sensor in enumerate(sensors):
        with faults.gathered():
            _check_sensor(sensor, organisation, field=f"study.sensors.{place}")
    with faults.gathered():
        if Sensor.NECK not in sensors:
            raise NeckSensorMissing(field="study.sensors")
    faults.raise_any()
    return tuple(in_order(sensors))


def _check_sensor(sensor: str, organisation: Organisation, *, field: str) -> None:
    if sensor not in organisation.account.sensors:
        raise SensorNotEntitled(field=field)
    if sensor not in organisation.product.sensors:
        raise SensorNotInProduct(field=field)


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
