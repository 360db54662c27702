"""What a command costs, counted inside it, without the statements that only frame transactions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.commands import place_order
from orders.models import OrderLine
from orders.wanted import KnownSite, LineWanted, OrderWanted
from patients.wanted import PersonName
from tests import builders

pytestmark = pytest.mark.django_db

FRAMES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def statements_of(act) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [one["sql"] for one in captured if not one["sql"].startswith(FRAMES)]


@pytest.mark.parametrize("phone_needed", [False, True])
def test_placing_a_study_order_takes_at_most_12_statements(phone_needed):
    clinic = builders.organisation()
    builders.phone_item()
    program = builders.integrator(clinic.account)
    wanted = builders.order_wanted(clinic, reference="A-1", study={"phone_needed": phone_needed})

    taken = statements_of(lambda: place_order(wanted, actor=program))

    assert len(taken) <= 12


def test_a_known_patient_with_other_details_costs_no_more_than_12():
    clinic = builders.organisation()
    builders.phone_item()
    program = builders.integrator(clinic.account)
    known = builders.patient_wanted(reference="PAT-1")
    place_order(builders.order_wanted(clinic, recipient=known), actor=program)
    changed = builders.patient_wanted(reference="PAT-1", name=PersonName.split("Other Name"))
    wanted = builders.order_wanted(clinic, recipient=changed, study={"phone_needed": True})

    taken = statements_of(lambda: place_order(wanted, actor=program))

    assert len(taken) <= 12


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
