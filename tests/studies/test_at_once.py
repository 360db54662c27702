"""Line 1: of several who take the same reference at once exactly one has it, by the constraint."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, models

from foundation.errors import Refusal
from orders.models import Referral
from orders.referrals import ReferralWanted, receive_referral
from organisations.actors import actor_for_client
from organisations.models import Organisation
from organisations.roles import Scope
from patients.wanted import PatientWanted
from portal.roles import as_owner
from studies.commands import create_in_house_study
from studies.errors import ReferenceTaken
from studies.models import Study
from studies.wanted import InHouseWanted
from tests import builders, studying
from tests.api.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 6


def test_of_six_studies_with_one_reference_one_is_created():
    failed = _at_once(_create(builders.organisation()))

    assert [type(one) for one in failed] == [ReferenceTaken] * (AT_ONCE - 1)
    assert Study.objects.count() == 1


def test_without_the_constraint_several_are_created():
    """The control of the test above."""
    with _without(Study, "study_reference_is_taken"):
        _at_once(_create(builders.organisation()))
        created = Study.objects.count()

    assert created > 1


def test_of_six_referrals_with_one_reference_one_is_received():
    failed = _at_once(_refer(builders.organisation()))

    assert [type(one) for one in failed] == [ReferenceTaken] * (AT_ONCE - 1)
    assert Referral.objects.count() == 1


def test_without_the_constraint_several_are_received():
    """The control of the test above."""
    with _without(Referral, "referral_reference_is_taken"):
        _at_once(_refer(builders.organisation()))
        received = Referral.objects.count()

    assert received > 1


def _create(chosen: Organisation) -> Callable[[int], object]:
    actor = builders.staff(owner=chosen.account)

    def act(number: int) -> object:
        patient = PatientWanted.without_name(
            reference=f"AT-ONCE-{number}", date_of_birth=studying.BORN
        )
        wanted = InHouseWanted(terms=builders.terms(chosen), patient=patient, reference="SAME")
        return create_in_house_study(wanted, actor=actor)

    return act


def _refer(chosen: Organisation) -> Callable[[int], object]:
    client = builders.api_client(chosen.account).client
    client.scopes = [Scope.REFERRALS]
    actor = actor_for_client(client, scopes=[Scope.REFERRALS], door=builders.Door.V1)

    def act(number: int) -> object:
        patient = builders.patient_wanted(reference=f"AT-ONCE-{number}")
        wanted = ReferralWanted(reference="SAME", patient=patient, nights=1, sensors=("neck",))
        return receive_referral(wanted, actor=actor)

    return act


def _at_once(act: Callable[[int], object]) -> list[Refusal]:
    """What the calls were refused with."""

    def refused(number: int) -> Refusal | None:
        try:
            act(number)
        except Refusal as refusal:
            return refusal
        return None

    return [refusal for refusal in at_once(AT_ONCE, refused) if refusal]


@contextmanager
def _without(model: type[models.Model], name: str) -> Iterator[None]:
    (rule,) = (one for one in model._meta.constraints if one.name == name)
    _change("remove_constraint", model, rule)
    try:
        yield
    finally:
        _emptied()
        _change("add_constraint", model, rule)


def _change(change: str, model: type[models.Model], rule: Any) -> None:
    with as_owner(), connection.schema_editor() as tables:
        getattr(tables, change)(model, rule)


def _emptied() -> None:
    """Before the constraint is back: it would find the rows that are there twice."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE orders_referral, studies_study CASCADE")
