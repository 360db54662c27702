"""How many statements a call may cost: DESIGN section 13."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import Order
from organisations.models import ApiClient, Organisation
from organisations.roles import Scope
from portal.models import ApiCall, CallBucket
from tests import builders
from tests.api.calls import Program, order_body, referral_body, study_body
from tests.api.calls import program as a_program
from tests.api.v1 import episodes

pytestmark = pytest.mark.django_db

TRANSACTION = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
EDGE = (
    "oauth2_provider_accesstoken",
    "last_used_at",
    "portal_callbucket",
    "pg_try_advisory_xact_lock",
    "portal_storedanswer",
    "portal_apicall",
)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of the block, without those that only open and close transactions."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    statements = (one["sql"] for one in captured.captured_queries)
    found.extend(one for one in statements if not one.startswith(TRANSACTION))


def of_the_edge(statements: list[str]) -> list[str]:
    return [one for one in statements if any(sign in one for sign in EDGE)]


@pytest.mark.parametrize("sensors", [["neck_sensor"], ["neck_sensor", "oximeter"]])
@pytest.mark.parametrize("phone", [False, True])
def test_an_order_costs_at_most_18_statements_and_the_edge_6(
    clinic: Organisation, program: Program, sensors: list[str], phone: bool
):
    builders.phone_item()
    study = {"nights": 2, "sensors": sensors, "requiresPhone": phone}

    with counted() as statements:
        answer = program.post(order_body(clinic, study=study), Idempotency_Key="one")

    assert answer.status_code == 201
    edge = of_the_edge(statements)
    assert len(edge) <= 6, edge
    assert len(statements) - len(edge) <= 18, statements


def test_a_study_and_a_referral_cost_at_most_18_statements_and_the_edge_6(clinic: Organisation):
    program = a_program(clinic.account, Scope.STUDIES, Scope.REFERRALS)
    for path, body in (("/v1/studies", study_body(clinic)), ("/v1/referrals", referral_body())):
        with counted() as statements:
            answer = program.call("POST", path, body, Idempotency_Key=path)

        assert answer.status_code == 201
        edge = of_the_edge(statements)
        assert len(edge) <= 6, edge
        assert len(statements) - len(edge) <= 18, statements


def test_reading_one_study_or_referral_costs_one_statement_and_a_report_three(
    clinic: Organisation,
):
    program = a_program(clinic.account, Scope.STUDIES, Scope.REFERRALS)
    episodes.completed(episodes.in_house_study(clinic, nights=3))
    episodes.completed(episodes.referred_study(clinic))
    program.get("/v1/studies/NOTHING")

    for path, cost in (
        ("/v1/studies/STU-1", 4),
        ("/v1/referrals/REF-1", 4),
        ("/v1/studies/STU-1/report", 6),
        ("/v1/referrals/REF-1/report", 6),
    ):
        with counted() as statements:
            assert program.get(path).status_code == 200

        assert len(statements) == cost, statements


def test_an_order_for_a_known_patient_costs_no_more(clinic: Organisation, program: Program):
    program.post(order_body(clinic))
    body = order_body(clinic, reference="B")
    body["data"]["attributes"]["patient"] |= {"name": "New Name", "email": "new@example.org"}

    with counted() as statements:
        assert program.post(body).status_code == 201

    edge = of_the_edge(statements)
    assert len(statements) - len(edge) <= 18, statements


def test_the_edge_of_an_ordinary_call_is_token_limit_and_log(program: Program):
    program.get("/v1/orders")

    with counted() as statements:
        program.get("/v1/orders")

    assert len(of_the_edge(statements)) == 3
    assert CallBucket._meta.db_table in statements[1]
    assert ApiCall._meta.db_table in statements[-1]


def test_the_note_of_use_costs_no_statement_of_its_own(program: Program):
    ApiClient.objects.update(last_used_at=None)

    with counted() as statements:
        program.get("/v1/orders")

    assert len(of_the_edge(statements)) == 3
    assert ApiClient.objects.get().last_used_at is not None


def test_an_answer_given_again_costs_the_edge_alone(clinic: Organisation, program: Program):
    program.post(order_body(clinic), Idempotency_Key="one")

    with counted() as statements:
        program.post(order_body(clinic), Idempotency_Key="one")

    assert of_the_edge(statements) == statements
    assert len(statements) == 5


@pytest.mark.parametrize("rows", [1, 5, 30])
def test_a_list_costs_the_same_however_long_it_is(
    clinic: Organisation, program: Program, rows: int
):
    actor = builders.integrator(clinic.account)
    for _ in range(rows):
        builders.order(chosen=clinic, actor=actor)
    program.get("/v1/orders")

    with counted() as statements:
        found = program.get("/v1/orders").json()["data"]

    assert len(found) == rows
    assert len(statements) == 4


def test_a_later_page_costs_one_statement_more(clinic: Organisation, program: Program):
    for _ in range(3):
        builders.order(chosen=clinic)
    next_page = program.get("/v1/orders?page[size]=1").json()["links"]["next"]

    with counted() as statements:
        program.get(next_page)

    assert len(statements) == 5


def test_reading_one_order_costs_one_statement(clinic: Organisation, program: Program):
    builders.order(chosen=clinic, reference="A")
    program.get("/v1/orders")

    with counted() as statements:
        assert program.get("/v1/orders/A").status_code == 200

    assert len(statements) == 4


def test_a_change_costs_a_known_number(clinic: Organisation, program: Program):
    builders.order(chosen=clinic, reference="A")
    program.get("/v1/orders")
    address = {"lines": ["2"], "city": "Leeds", "county": "Leeds", "postcode": "LS1 4DY"}

    with counted() as statements:
        answer = program.put(
            "A", {"shippingAddress": address, "patient": {"email": "new@example.org"}}
        )

    assert answer.status_code == 202
    assert Order.objects.get().city == "Leeds"
    assert len(statements) <= 12, statements
