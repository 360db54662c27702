"""Whose patients the body of a notification speaks of: whoever is shown it is on record."""

from collections.abc import Iterable

from foundation.access import record_shown
from foundation.actors import Actor
from orders.models import Order, Referral
from studies.models import Study
from webhooks.models import Delivery

Shown = tuple[int, int, int | None]


def record_told_patients(deliveries: Iterable[Delivery], *, what: str, actor: Actor) -> None:
    """Leave in the access log whom these deliveries, their events beside them, tell of."""
    written = [one for one in deliveries if one.body is not None]
    rows = [*_by_order(written), *_by_study(written), *_by_referral(written)]
    rows += _by_themselves(written)
    if rows:
        record_shown(rows, what=what, actor=actor)


def _by_order(deliveries: Iterable[Delivery]) -> list[Shown]:
    numbers = _numbers(deliveries, "order")
    if not numbers:
        return []
    orders = Order.objects.filter(pk__in=numbers, patient__isnull=False)
    return [*orders.values_list("account_id", "patient_id", "pk")]


def _by_study(deliveries: Iterable[Delivery]) -> list[Shown]:
    """Of what happened to a study, whichever way it came."""
    alone = [one for one in deliveries if one.event.facts.get("order") is None]
    numbers = _numbers(alone, "study")
    if not numbers:
        return []
    studies = Study.objects.filter(pk__in=numbers)
    return [(*row, None) for row in studies.values_list("account_id", "patient_id")]


def _by_referral(deliveries: Iterable[Delivery]) -> list[Shown]:
    numbers = _numbers(deliveries, "referral")
    if not numbers:
        return []
    referrals = Referral.objects.filter(pk__in=numbers)
    return [(*row, None) for row in referrals.values_list("account_id", "patient_id")]


def _numbers(deliveries: Iterable[Delivery], fact: str) -> set[int]:
    return {one.event.facts.get(fact) for one in deliveries} - {None}


def _by_themselves(deliveries: Iterable[Delivery]) -> list[Shown]:
    found = {(one.account_id, one.event.facts.get("patient")) for one in deliveries}
    return [(account, patient, None) for account, patient in sorted(found, key=str) if patient]
