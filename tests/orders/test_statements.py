"""What a command costs, counted inside it, without the statements that only frame transactions: 12
for an order, and 2 for making it known.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.commands import place_order
from orders.models import OrderLine
from orders.wanted import KnownSite, LineWanted, OrderWanted
from patients.wanted import PersonName
from tests import builders
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db

FRAMES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def statements_of(act) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [one["sql"] for one in captured if not one["sql"].startswith(FRAMES)]


@pytest.mark.parametrize("phone_needed", [False, True])
def test_placing_a_study_order_takes_at_most_18_statements(phone_needed):
    clinic = builders.organisation()
    builders.phone_item()
    program = builders.integrator(clinic.account)
    wanted = builders.order_wanted(clinic, reference="A-1", study={"phone_needed": phone_needed})

    taken = statements_of(lambda: place_order(wanted, actor=program))

    assert len(taken) <= 18


def test_a_known_patient_with_other_details_costs_no_more_than_18():
    clinic = builders.organisation()
    builders.phone_item()
    program = builders.integrator(clinic.account)
    known = builders.patient_wanted(reference="PAT-1")
    place_order(builders.order_wanted(clinic, recipient=known), actor=program)
    changed = builders.patient_wanted(reference="PAT-1", name=PersonName.split("Other Name"))
    wanted = builders.order_wanted(clinic, recipient=changed, study={"phone_needed": True})

    taken = statements_of(lambda: place_order(wanted, actor=program))

    assert len(taken) <= 18


def test_lines_cost_one_statement_however_many_they_are():
    account = builders.account()
    program, site = builders.integrator(account), builders.site(account)
    items = [builders.catalogue_item(account) for _ in range(40)]
    costs = set()
    for count in (1, 40):
        lines = tuple(LineWanted(item_id=item.pk, count=1) for item in items[:count])
        wanted = OrderWanted(recipient=KnownSite(site.pk), contents=lines)
        costs.add(len(statements_of(lambda wanted=wanted: place_order(wanted, actor=program))))

    assert OrderLine.objects.count() == 41
    assert len(costs) == 1


def test_telling_endpoints_of_an_order_takes_at_most_one_more_however_many_they_are():
    costs = {}
    for endpoints in (0, 1, 12):
        clinic = builders.organisation()
        for number in range(endpoints):
            url = f"http://127.0.0.1:{number + 1}/"
            endpoint, _ = builders.endpoint(clinic.account, url)
            endpoint.kinds = ["order_placed"]
            endpoint.save()
        wanted = builders.order_wanted(clinic)
        program = builders.integrator(clinic.account)
        costs[endpoints] = len(statements_of(lambda: place_order(wanted, actor=program)))  # noqa: B023

    assert Delivery.objects.count() == 13
    assert costs[0] <= 18
    assert costs[1] == costs[12] <= costs[0] + 1
