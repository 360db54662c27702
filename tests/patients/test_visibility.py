import pytest

from foundation.actors import Door
from orders.models import Order
from organisations.actors import actor_for_user
from organisations.models import User
from patients.models import Patient
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Two organisations of one account, one of another; an order in each."""
    account = builders.account()
    mine, other = builders.organisation(account), builders.organisation(account)
    foreign = builders.organisation()
    return {clinic: builders.order(chosen=clinic) for clinic in (mine, other, foreign)}


def test_a_member_of_one_organisation_sees_its_orders_and_patients_only(world):
    mine = next(iter(world))

    _sees(builders.staff(mine), [world[mine]])


def test_a_member_for_all_sees_the_account_and_nothing_else(world):
    mine, other, _ = world

    _sees(builders.staff(owner=mine.account), [world[mine], world[other]])


def test_a_program_sees_its_account_and_nothing_else(world):
    mine, other, _ = world

    _sees(builders.integrator(mine.account), [world[mine], world[other]])


def test_the_operator_sees_every_account_until_one_is_named(world):
    mine, other, _ = world

    _sees(builders.operator(), list(world.values()))
    _sees(builders.operator(mine.account), [world[mine], world[other]])


def test_someone_without_a_membership_sees_nothing(world):
    stranger = User.objects.create_user("stranger@test.example", full_name="Test Stranger")

    _sees(actor_for_user(stranger, door=Door.STAFF), [])


def _sees(actor, orders):
    assert set(Order.objects.visible_to(actor)) == set(orders)
    assert set(Patient.objects.visible_to(actor)) == {order.patient for order in orders}
