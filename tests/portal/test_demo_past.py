"""What the demo's weeks before today leave behind."""

import pytest
from django.utils import timezone

from foundation.actors import Door
from orders.models import Order
from orders.phone_use import watch_phone_use
from organisations.actors import actor_for_user
from portal.demo.past import WEEKS, Cast, tell_the_past
from portal.demo.world import build_world, seat_people
from tests import builders

pytestmark = pytest.mark.django_db


def test_one_clinic_of_the_demo_asks_for_more_phones_than_agreed() -> None:
    users = seat_people(build_world(), password=builders.PASSWORD, is_new=True)
    staff = actor_for_user(users["clinic_staff"], door=Door.STAFF)
    operator = actor_for_user(users["operator"], door=Door.ADMIN)

    tell_the_past(Cast(orderers=(staff,), operator=operator))

    (alert,) = watch_phone_use(now=timezone.now())
    assert alert.organisation.reference == "ORG-B"
    assert alert.account.account_manager == users["account_manager"]
    orders = Order.objects.order_by("pk")
    assert len(orders) == sum(each for each, _ in WEEKS)
    assert [order.placed_at for order in orders] == sorted(order.placed_at for order in orders)
