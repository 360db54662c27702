"""Finding orders among many: each way has an index of its own to go along."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation.actors import Actor
from orders.finding import GROUPS, OrderFilter, Selection, StatusGroup
from orders.models import Order
from orders.statuses import Status
from organisations.models import Organisation
from portal.roles import as_owner
from tests import builders

pytestmark = pytest.mark.django_db

MANY = 2000
# Delivered, but for every hundredth; two a minute, and half of the references are not ours. Every
# fourth is for supplies.
INSERT = """
INSERT INTO orders_order (
    account_id, public_id, reference, organisation_id, patient_id, status, resume_to, door,
    placed_by, placed_at, sent_for_fulfilment_at, phone_needed, external_ids, shipping_option,
    email_label, address_lines, city, county, postcode, country, country_code, address_note)
SELECT account_id, gen_random_uuid(),
    CASE WHEN mod(n, 2) = 0 THEN 'ORD-' ELSE 'HW-' END || lpad(n::text, 10, '0'),
    CASE WHEN mod(n, 4) > 0 THEN organisation_id END, patient_id,
    CASE WHEN mod(n, 100) = 0 THEN 'shipped' ELSE 'delivered' END, '',
    'v1', 'Test', timestamptz '2026-01-01Z' + n * interval '30 seconds', placed_at, false,
    CASE WHEN mod(n, 2) = 0 THEN ARRAY['EXT-' || n, 'Batch-' || n / 100] ELSE '{}' END,
    '', false, address_lines, city, county, 'LS' || mod(n, 20) || ' ' || mod(n, 9) || 'DY', '',
    'GB', ''
FROM orders_order, generate_series(1, %s) AS n WHERE id = %s
"""


@pytest.fixture
def clinic() -> Organisation:
    return builders.organisation()


@pytest.fixture
def actor(clinic: Organisation) -> Actor:
    return builders.staff(owner=clinic.account)


@pytest.fixture
def many(clinic: Organisation, actor: Actor) -> None:
    """Beside the clinic's one order, thousands of a second organisation's."""
    builders.order(chosen=clinic)
    first = builders.order(chosen=builders.organisation(clinic.account))
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [MANY, first.pk])


def plans(selection: Selection) -> str:
    """How the database goes about the first page, where it may not read whole tables."""
    with CaptureQueriesContext(connection) as queries:
        selection.page(Order.objects.all(), size=25)
    asked = [query["sql"] for query in queries if "SELECT" in query["sql"]]
    lines: list[str] = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for statement in asked:
            cursor.execute("EXPLAIN " + statement)
            lines += [row[0] for row in cursor.fetchall()]
        transaction.set_rollback(True)
    return "\n".join(lines)


JANUARY = OrderFilter(
    placed_from=datetime(2026, 1, 1, 12, tzinfo=UTC),
    placed_before=datetime(2026, 1, 1, 13, tzinfo=UTC),
)


SHIPPED = OrderFilter(statuses=frozenset({Status.SHIPPED}))
SUPPLIES = OrderFilter(is_for_supplies=True)
WAYS = (
    (SHIPPED, "", "orders_by_status"),
    (JANUARY, "", "orders_by_time"),
    (OrderFilter(), "ORD-00000012", "order_reference_is_taken"),
    (OrderFilter(), "ls1 4", "orders_by_postcode"),
    (OrderFilter(), "EXT-1200", "orders_by_external_id"),
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("many")
def test_each_way_of_asking_goes_along_an_index(clinic: Organisation, actor: Actor):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_order")

    for asked, text, index in WAYS:
        plan = plans(Selection(asked, text, actor=actor))
        assert index in plan, plan
        assert "Seq Scan on orders_order" not in plan, plan
    # Every fourth is one: among these the order of the rows themselves is as good.
    plan = plans(Selection(SUPPLIES, actor=actor))
    assert "orders_for_supplies" in plan or "Scan Backward using orders_order_pkey" in plan, plan
    assert "Sort" not in plan, plan
    member = builders.staff(clinic)
    assert "orders_by_organisation" in plans(Selection(OrderFilter(), actor=member))
    assert "orders_by_clinic_and_status" in plans(Selection(SHIPPED, actor=member))


@pytest.mark.usefixtures("many")
def test_a_small_organisation_sees_its_own_order_among_all(clinic: Organisation):
    member = builders.staff(clinic)

    assert Selection(OrderFilter(), actor=member).count(at_most=25) == 1
    assert Selection(OrderFilter(), "HW-", actor=member).count(at_most=25) == 1
    assert Selection(SHIPPED, actor=member).count(at_most=25) == 0


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(
    ("asked", "text", "found"),
    [
        (OrderFilter(), "", MANY + 2),
        (OrderFilter(statuses=frozenset({Status.SHIPPED})), "", MANY // 100),
        (JANUARY, "", 120),
        (SUPPLIES, "", MANY // 4),
        (SUPPLIES, "ORD-00000012", 25),
        (OrderFilter(), "ORD-00000012", 50),
        (OrderFilter(statuses=frozenset({Status.SHIPPED})), "ORD-00000012", 1),
        (JANUARY, "HW-", 60),
        (OrderFilter(), "LS3 2", 11),
        (OrderFilter(), "EXT-1200", 1),
        (OrderFilter(), "ext-1200", 1),
        (OrderFilter(), "EXT-120", 1),  # a whole id, not the beginning of one
        (OrderFilter(statuses=frozenset({Status.SHIPPED})), "Batch-7", 1),
    ],
)
def test_all_that_is_asked_for_is_found_and_nothing_else(
    asked: OrderFilter, text: str, found: int, actor: Actor
):
    selection = Selection(asked, text, actor=actor)

    assert selection.count(at_most=MANY * 2) == found


@pytest.mark.usefixtures("many")
def test_pages_of_a_search_are_those_of_its_orders_newest_first(actor: Actor):
    selection = Selection(OrderFilter(), "ORD-0000001", actor=actor)
    wanted = Order.objects.filter(reference__startswith="ORD-0000001").order_by("-pk")

    first = selection.page(Order.objects.all(), size=25)
    second = selection.page(Order.objects.all(), size=25, before=first.older)
    back = selection.page(Order.objects.all(), size=25, after=second.newer)

    assert [*first.rows, *second.rows] == list(wanted[:50])
    assert back.rows == first.rows


def test_more_organisations_than_streams_are_found_all_the_same(clinic: Organisation):
    product = clinic.product
    clinics = [builders.organisation(clinic.account, product=product) for _ in range(41)]
    orders = [builders.order(Status.ON_HOLD, chosen=one) for one in (clinics[0], clinics[-1])]
    asked = OrderFilter(
        statuses=GROUPS[StatusGroup.PAUSED], organisation_ids=frozenset(one.pk for one in clinics)
    )

    found = Selection(asked, actor=builders.staff(*clinics)).newest(Order.objects.all(), size=9)

    assert found == orders[::-1]


def test_who_asks_for_nobody_s_orders_gets_none(clinic: Organisation):
    builders.order(chosen=clinic)
    elsewhere = builders.staff(builders.organisation(clinic.account))
    asked = OrderFilter(organisation_ids=frozenset({clinic.pk}))

    assert Selection(asked, actor=elsewhere).count(at_most=9) == 0
    assert Selection(asked, "HW-", actor=elsewhere).count(at_most=9) == 0
    nothing = OrderFilter(organisation_ids=frozenset())
    assert Selection(nothing, actor=builders.staff(owner=clinic.account)).count(at_most=9) == 0
