"""`GET /v1/events`: contracts/v1.md, House decisions, Events sent by default."""

import pytest

from orders import fulfilment
from orders.commands import cancel_order
from orders.statuses import Status
from organisations.models import Organisation
from organisations.roles import Scope
from tests import builders
from tests.api.calls import Program, example
from tests.api.calls import program as a_program
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(clinic: Organisation) -> Program:
    return a_program(clinic.account, Scope.EVENTS)


def read_all(reader: Program, path: str = "/v1/events") -> list[dict]:
    """By the loop that the guide tells to write."""
    found, pages = [], 0
    while True:
        page = reader.get(path).json()
        found += page["data"]
        path = page["links"]["next"].removeprefix(base_of(page))
        pages += 1
        assert pages < 100
        if not page["data"]:
            return found


def base_of(page: dict) -> str:
    return page["links"]["next"].partition("/v1/")[0]


def words(events: list[dict]) -> list[str]:
    return [event["attributes"]["event"] for event in events]


def test_it_shows_every_kind_in_order_whatever_any_endpoint_has_switched_on(
    clinic: Organisation, reader: Program
):
    builders.order(Status.RETURN_ISSUED, chosen=clinic, reference="A-1")
    given_up = builders.order(chosen=clinic, reference="B-1")
    cancel_order(given_up, reason="Not needed.", actor=builders.integrator(clinic.account))

    events = read_all(reader)

    assert words(events) == ["SENT_FOR_FULFILMENT", "SHIPPED", "DELIVERED", "RETURNED", "CANCELLED"]
    assert [event["attributes"]["reference"] for event in events] == ["A-1"] * 4 + ["B-1"]


def test_its_documents_are_those_of_the_contract(clinic: Organisation, reader: Program):
    order = builders.order(Status.AWAITING_SHIPMENT, chosen=clinic, reference="ORD-2025-000123")

    (document,) = read_all(reader)

    event = WebhookEvent.objects.get(kinds__contains=["sent_for_fulfilment"])
    expected = example("order-event")["data"]
    expected["id"] = str(event.message_id)
    expected["attributes"] |= {
        "patientReference": order.patient.reference,
        "occurredAt": document["attributes"]["occurredAt"],
    }
    assert document == expected


def test_the_next_page_goes_on_where_this_one_ended_and_is_named_even_when_empty(
    clinic: Organisation, reader: Program
):
    for number in range(7):
        builders.order(Status.AWAITING_SHIPMENT, chosen=clinic, reference=f"A-{number}")

    events = read_all(reader, "/v1/events?page[size]=3")
    everything = reader.get("/v1/events").json()
    empty = reader.get(everything["links"]["next"].removeprefix(base_of(everything))).json()

    assert [event["attributes"]["reference"] for event in events] == [
        f"A-{number}" for number in range(7)
    ]
    assert empty["data"] == []
    assert "/v1/events?" in empty["links"]["next"]


def test_what_happens_later_comes_behind_the_last_cursor(clinic: Organisation, reader: Program):
    order = builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
    page = reader.get("/v1/events").json()
    fulfilment.ship_order(order, tracking=builders.PARCEL, actor=builders.operator())

    later = reader.get(page["links"]["next"].removeprefix(base_of(page))).json()

    assert words(page["data"]) == ["SENT_FOR_FULFILMENT"]
    assert words(later["data"]) == ["SHIPPED"]


def test_another_account_s_events_are_not_there(clinic: Organisation, reader: Program):
    builders.order(Status.SHIPPED)

    assert reader.get("/v1/events").json()["data"] == []


def test_the_scope_of_orders_does_not_open_it(clinic: Organisation, program: Program):
    answer = program.get("/v1/events")

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("after=", "after"),
        ("after=1", "after"),
        ("after=ZQ", "after"),
        ("after=ZTE=", "after"),
        ("after=ZTAx", "after"),
        ("after=ZS0x", "after"),
        ("after=%00", "after"),
        ("after=%ED%A0%80", "after"),
        ("after=ZTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "after"),
        ("after=" + "Z" * 3000, "after"),
        ("after=ZTE&after=ZTI", "after"),
        ("page[size]=0", "page[size]"),
        ("page[size]=101", "page[size]"),
        ("page[size]=x", "page[size]"),
    ],
)
def test_a_cursor_that_nobody_made_here_is_refused_beside_its_parameter(
    reader: Program, query: str, parameter: str
):
    answer = reader.get(f"/v1/events?{query}")

    errors = answer.json()["errors"]
    assert answer.status_code == 400
    assert [error["source"] for error in errors] == [{"parameter": parameter}]


def test_all_faults_are_told_at_once(reader: Program):
    errors = reader.get("/v1/events?after=x&page[size]=0").json()["errors"]

    assert {error["source"]["parameter"] for error in errors} == {"after", "page[size]"}


def test_a_supplies_order_is_not_in_it(clinic: Organisation, reader: Program):
    supplies = builders.supplies_order(clinic.account)
    fulfilment.release_order(supplies, actor=builders.operator())

    assert read_all(reader) == []


def test_a_page_costs_the_same_however_many_events_it_has(
    clinic: Organisation, reader: Program, django_assert_max_num_queries
):
    for _ in range(8):
        builders.order(Status.DELIVERED, chosen=clinic)
    reader.get("/v1/events")

    with django_assert_max_num_queries(9):
        page = reader.get("/v1/events").json()

    assert len(page["data"]) == 24
