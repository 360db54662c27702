"""Lines 1, 2 and 7: referrals are received, verified or rejected, and told by their reference."""

from dataclasses import replace

import pytest

from foundation.actors import Actor, Door
from foundation.errors import Forbidden
from orders import fulfilment
from orders.errors import SmartphoneNotAsked
from orders.models import Order, Referral
from orders.referral_errors import ReferralIsDecided, ReferralNotFound, RejectionReasonMissing
from orders.referral_statuses import ReferralStatus
from orders.referrals import (
    ReferralWanted,
    Verified,
    receive_referral,
    reject_referral,
    verify_referral,
)
from organisations.actors import actor_for_client
from organisations.models import Account
from organisations.roles import Scope
from patients.wanted import PatientWanted
from studies.errors import ReferenceTaken, ReferralsNotSetUp
from studies.models import Channel
from tests import builders, studying
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db


def test_a_referral_waits_with_what_its_organisation_settled():
    chosen = builders.organisation(default_nights=3, default_sensors=["neck"])

    referral = _received(chosen.account, nights=None, sensors=None)

    assert (referral.status, referral.organisation) == (ReferralStatus.RECEIVED, chosen)
    assert (referral.nights, referral.sensors) == (3, ["neck"])
    assert not Order.objects.exists()


def test_of_several_organisations_one_takes_the_referrals():
    account = builders.account()
    builders.organisation(account)
    builders.organisation(account)
    with pytest.raises(ReferralsNotSetUp):
        _received(account)

    chosen = builders.organisation(account, takes_referrals=True)

    assert _received(account).organisation == chosen


def test_while_that_one_is_closed_nobody_else_takes_them():
    account = builders.account()
    builders.organisation(account)
    builders.organisation(account, takes_referrals=True, is_active=False)

    with pytest.raises(ReferralsNotSetUp):
        _received(account)


def test_a_second_referral_with_the_same_reference_is_a_conflict():
    account = builders.organisation().account
    _received(account, reference="REF-1")

    with pytest.raises(ReferenceTaken):
        _received(account, reference="REF-1")


def test_verifying_places_an_order_with_a_reference_of_ours_and_a_study_with_the_referrals():
    referral = _received()

    verified = _verify(referral)

    order = verified.order
    assert order.reference.startswith("HW-")
    assert (order.door, order.patient) == (Door.REFERRAL, referral.patient)
    assert (order.study.channel, order.study.reference) == (Channel.REFERRAL, referral.reference)
    assert order.phone_asked_by is not None
    assert verified.status == ReferralStatus.VERIFIED


def test_what_was_verified_is_what_the_register_says_from_then_on():
    referral = _received()
    told = replace(
        PatientWanted.of(referral.patient), email="right@test.example", reference="other"
    )

    _verify(referral, patient=told)

    referral.patient.refresh_from_db()
    assert referral.patient.email == "right@test.example"
    assert referral.patient.reference != "other"


def test_without_the_question_about_the_smartphone_nothing_is_verified():
    referral = _received()

    with pytest.raises(SmartphoneNotAsked):
        _verify(referral, phone_asked=False)

    referral.refresh_from_db()
    assert (referral.status, referral.order) == (ReferralStatus.RECEIVED, None)


def test_a_referral_is_decided_once():
    referral = _received()
    _verify(referral)

    with pytest.raises(ReferralIsDecided):
        _verify(referral)
    with pytest.raises(ReferralIsDecided):
        _reject(referral)


def test_rejecting_says_why_and_places_nothing():
    referral = _received()

    with pytest.raises(RejectionReasonMissing):
        _reject(referral, reason=" ")
    _reject(referral, reason="Moved abroad.")

    referral.refresh_from_db()
    assert (referral.status, referral.reason) == (ReferralStatus.REJECTED, "Moved abroad.")
    assert not Order.objects.exists()
    assert _told(referral) == ["referral_rejected"]


def test_all_that_happens_after_is_told_under_the_referrals_reference():
    referral = _verify(_received())
    operator = builders.operator()
    order = fulfilment.release_order(referral.order, actor=operator)
    studying.activate(order.study, born=referral.patient.date_of_birth)
    fulfilment.void_order(order, reason="Because.", actor=operator)

    assert _told(referral) == [
        "referral_verified",
        "order_placed",
        "sent_for_fulfilment",
        "study_activated",
        "called_off",
    ]
    assert not WebhookEvent.objects.filter(channel=Channel.ORDER).exists()


def test_another_accounts_referral_is_not_there():
    with pytest.raises(ReferralNotFound):
        _verify(_received(), actor=builders.staff(owner=builders.account()))


def test_a_client_without_the_scope_refers_nobody():
    account = builders.organisation().account

    with pytest.raises(Forbidden):
        _received(account, actor=builders.integrator(account))


def _received(account: Account | None = None, *, actor: Actor | None = None, **members) -> Referral:
    account = account or builders.organisation().account
    wanted = ReferralWanted(
        **{
            "reference": "REF-1",
            "patient": builders.patient_wanted(),
            "nights": 2,
            "sensors": ("neck",),
            **members,
        }
    )
    return receive_referral(wanted, actor=actor or _client(account))


def _client(account: Account) -> Actor:
    made = builders.api_client(account).client
    made.scopes = [Scope.REFERRALS]
    return actor_for_client(made, scopes=[Scope.REFERRALS], door=Door.V1)


def _verify(referral: Referral, *, actor: Actor | None = None, **members) -> Referral:
    verified = Verified(
        **{
            "patient": PatientWanted.of(referral.patient),
            "address": builders.ADDRESS,
            "phone_needed": False,
            "phone_asked": True,
            **members,
        }
    )
    return verify_referral(
        referral, verified, actor=actor or builders.staff(owner=referral.account)
    )


def _reject(referral: Referral, *, reason: str = "Because.") -> Referral:
    return reject_referral(referral, reason=reason, actor=builders.staff(owner=referral.account))


def _told(referral: Referral) -> list[str]:
    events = WebhookEvent.objects.filter(channel="referral", reference=referral.reference)
    return [event.kinds[-1] for event in events.order_by("sequence")]
