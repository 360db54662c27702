"""The rules about the study that is asked for: entitlement, and what was left to the organisation.
Nothing here writes.
"""

from dataclasses import dataclass

from foundation.actors import Actor
from foundation.errors import Faults
from foundation.rows import the_one
from organisations.models import Organisation
from organisations.models.accounts import OrganisationQuerySet
from organisations.sensors import EmitOn, Sensor, in_order
from studies.errors import (
    NeckSensorMissing,
    NightsMissing,
    NightsOutOfRange,
    OrganisationNotFound,
    ReferralsNotSetUp,
    SensorNotEntitled,
    SensorNotInProduct,
    SensorsMissing,
)
from studies.wanted import (
    OrganisationChosen,
    OrganisationForReferrals,
    OrganisationNamed,
    TermsWanted,
)


@dataclass(frozen=True, kw_only=True)
class StudyTerms:
    """What a study comes to, with the organisation's own settings filled in."""

    organisation: Organisation
    nights: int
    sensors: tuple[str, ...]
    emits_on: EmitOn


def settle_terms(wanted: TermsWanted, *, actor: Actor) -> StudyTerms:
    """Check entitlement and fill in what was left to the organisation; all faults at once."""
    organisation = find_organisation(wanted, actor=actor)
    faults = Faults()
    nights = 0
    sensors: tuple[str, ...] = ()
    with faults.gathered():
        nights = _nights(wanted, organisation)
    with faults.gathered():
        sensors = _sensors(wanted, organisation)
    faults.raise_any()
    return StudyTerms(
        organisation=organisation,
        nights=nights,
        sensors=sensors,
        emits_on=wanted.emit_on or EmitOn(organisation.emit_on),
    )


def find_organisation(wanted: TermsWanted, *, actor: Actor) -> Organisation:
    """The one organisation meant, if the actor may order for it.

    Raises OrganisationNotFound, or ReferralsNotSetUp when it was not for the caller to choose.
    """
    found = (
        Organisation.objects.visible_to(actor)
        .open_for_orders()
        .filter(account_id=actor.one_account)
        .select_related("account", "product")
    )
    match wanted.organisation:
        case OrganisationForReferrals():
            return _for_referrals(found, actor)
        case OrganisationChosen(id):
            organisation = the_one(found.filter(pk=id))
        case OrganisationNamed(name, reference):
            named = found.filter(name=name.strip(), reference=reference.strip())
            organisation = the_one(named)
    if organisation is None:
        raise OrganisationNotFound(field="organisation")
    return organisation


def _for_referrals(found: OrganisationQuerySet, actor: Actor) -> Organisation:
    """The one that takes them; where none does, the only one that there is. It may be closed."""
    of_account = Organisation.objects.filter(account_id=actor.one_account)
    first = list(of_account.order_by("-takes_referrals", "pk")[:2])
    is_clear = len(first) == 1 or (first and first[0].takes_referrals)
    organisation = the_one(found.filter(pk=first[0].pk)) if is_clear else None
    if organisation is None:
        raise ReferralsNotSetUp
    return organisation


def _nights(wanted: TermsWanted, organisation: Organisation) -> int:
    nights = wanted.nights if wanted.nights is not None else organisation.default_nights
    if nights is None:
        raise NightsMissing(field="study.nights")
    most = organisation.product.most_nights
    if not 1 <= nights <= most:
        raise NightsOutOfRange(field="study.nights", most=most)
    return nights


def _sensors(wanted: TermsWanted, organisation: Organisation) -> tuple[str, ...]:
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
