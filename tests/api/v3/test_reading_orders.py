"""Orders of API v3 as they are listed, fetched and voided: contracts/v3.md sections 3.1 and 4.1."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.models import AccessEntry
from inventory.handing_out import associate_device
from inventory.models import AccountCatalogue, Kit, KitItem
from orders import fulfilment
from orders.commands import add_note, change_order, place_order
from orders.models import Order
from orders.packing import assign_device
from orders.statuses import Status
from orders.wanted import (
    KnownSite,
    LineWanted,
    OrderChange,
    OrderWanted,
    ReturnWanted,
    ShippingOption,
)
from organisations.models import Account, Organisation, User
from organisations.roles import Role
from patients.wanted import KnownPatient
from portal.roles import as_owner
from studies.models import Study
from studies.statuses import StudyStatus
from tests import builders, warehouse
from tests.api.calls import order_body
from tests.api.calls import program as a_program_of_v1
from tests.api.v1.test_statements import counted
from tests.api.v3.calls import Program, assert_refused
from tests.api.v3.calls import program as a_program
from webhooks.models import WebhookEvent

MEMBERS = {
    "id",
    "externalOrderIds",
    "currentStatus",
    "orderItems",
    "orderKits",
    "orderEvents",
    "orderNotes",
    "trackingNumbers",
    "devices",
    "packedKits",
    "shippingOption",
    "emailLabel",
    "returnDevices",
    "returnItems",
    "returnPackedKits",
}
TIMESTAMP = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def a_kit(owner: Account, name: str = "Starter") -> Kit:
    made = Kit.objects.create(name=name)
    KitItem.objects.create(kit=made, item=builders.catalogue_item(owner), count=2)
    AccountCatalogue.objects.create(account=owner, kit=made)
    return made


def listed(program: Program, query: str = "") -> list[int]:
    answer = program.get(f"/order?{query}")
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["content"]]


def fetched(program: Program, order: Order) -> dict[str, Any]:
    answer = program.get(f"/order/{order.pk}")
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def statuses(told: dict[str, Any]) -> list[str]:
    return [event["name"] for event in told["orderEvents"]]


# What an order looks like.


def test_a_supplies_order_is_told_exactly(program: Program, account: Account) -> None:
    order = builders.supplies_order(account)

    told = fetched(program, order)

    line = order.lines.get()
    assert line.item
    events = told.pop("orderEvents")
    assert told == {
        "id": order.pk,
        "externalOrderIds": [],
        "site": program.get(f"/site/{order.site_id}").json(),
        "currentStatus": "orderPlaced",
        "orderItems": [
            {
                "item": {
                    "id": line.item.pk,
                    "manufacturer": {
                        "id": line.item.manufacturer_id,
                        "name": line.item.manufacturer.name,
                    },
                    "name": "Test Item",
                    "sku": line.item.sku,
                    "orderable": True,
                },
                "count": 1,
            }
        ],
        "orderKits": [],
        "orderNotes": [],
        "trackingNumbers": [],
        "devices": [],
        "packedKits": [],
        "shippingOption": "standard",
        "emailLabel": False,
        "returnDevices": [],
        "returnItems": [],
        "returnPackedKits": [],
    }
    assert [set(event) for event in events] == [{"name", "eventTimestamp"}]
    assert TIMESTAMP.fullmatch(events[0]["eventTimestamp"])


@pytest.mark.parametrize("door", ["staff", "API v1"])
def test_a_study_order_is_told_with_its_kit_whatever_door_it_came_by(
    program: Program, clinic: Organisation, door: str
) -> None:
    if door == "staff":
        builders.order(chosen=clinic)
    else:
        assert a_program_of_v1(clinic.account).post(order_body(clinic)).status_code == 201
    order = Order.objects.get()

    told = fetched(program, order)

    assert set(told) == MEMBERS | {"patient"}
    assert told["patient"] == program.get(f"/patient/{order.patient_id}").json()
    (line,) = told["orderKits"]
    kit = order.lines.get().kit
    assert kit
    assert (line["kit"]["id"], line["count"]) == (kit.pk, 1)
    assert line["kit"]["kitItems"][0]["item"]["name"] == "Test Sensor"
    assert statuses(told) == ["orderPlaced"]


def test_an_order_s_own_choices_are_told(program: Program, account: Account) -> None:
    kit = a_kit(account)
    wanted = OrderWanted(
        recipient=KnownSite(builders.site(account).pk),
        contents=(
            LineWanted(kit_id=kit.pk, count=3),
            LineWanted(item_id=builders.catalogue_item(account).pk, count=2),
        ),
        external_ids=("so-1", "so-2"),
        notes=("First.", "Second."),
        shipping_option=ShippingOption.OVERNIGHT,
        email_label=True,
    )
    order = place_order(wanted, actor=builders.integrator(account))

    told = fetched(program, order)

    assert told["externalOrderIds"] == ["so-1", "so-2"]
    assert (told["shippingOption"], told["emailLabel"]) == ("overnight", True)
    assert [line["count"] for line in told["orderItems"]] == [2]
    assert told["orderKits"] == [{"kit": program.get(f"/kit/{kit.pk}").json(), "count": 3}]
    assert [note["note"] for note in told["orderNotes"]] == ["First.", "Second."]


def test_the_list_tells_each_order_whole(program: Program, clinic: Organisation) -> None:
    orders = [builders.order(chosen=clinic), builders.supplies_order(clinic.account)]

    told = program.get("/order").json()["content"]

    assert told == [fetched(program, order) for order in orders]


@pytest.mark.parametrize("status", builders.PATHS)
def test_each_status_has_its_word(program: Program, clinic: Organisation, status: Status) -> None:
    order = builders.order(status, chosen=clinic)

    told = fetched(program, order)

    first, *rest = status.value.split("_")
    word = first + "".join(part.capitalize() for part in rest)
    assert told["currentStatus"] == word == statuses(told)[-1]


def test_events_are_told_oldest_first_and_are_statuses_only(
    program: Program, clinic: Organisation
) -> None:
    order = builders.order(Status.ON_HOLD, chosen=clinic)
    order = fulfilment.resume_order(order, actor=builders.operator())
    add_note(order, "A note.", actor=builders.staff(owner=clinic.account))
    other = builders.ADDRESS.__class__(lines=("2",), city="Leeds", county="Leeds", postcode="LS1")
    change_order(order, OrderChange(address=other), actor=builders.staff(owner=clinic.account))
    fulfilment.release_order(order, actor=builders.operator())

    told = fetched(program, order)

    assert statuses(told) == ["orderPlaced", "onHold", "orderPlaced", "awaitingShipment"]
    times = [event["eventTimestamp"] for event in told["orderEvents"]]
    assert times == sorted(times)


def test_people_are_named_beside_their_notes_and_programs_are_not(
    program: Program, clinic: Organisation
) -> None:
    writer = builders.integrator(clinic.account)
    order = builders.order(chosen=clinic, actor=writer, notes=("By a program.",))
    person = builders.user(Role.CLINIC_STAFF, owner=clinic.account)
    User.objects.filter(pk=person.pk).update(full_name="Ada Mary Sample")
    person.refresh_from_db()
    add_note(order, "By a person.", actor=builders.actor_for_user(person, door=builders.Door.STAFF))

    by_program, by_person = fetched(program, order)["orderNotes"]

    assert set(by_program) == {"note", "createdAt"}
    assert by_program["note"] == "By a program."
    assert TIMESTAMP.fullmatch(by_program["createdAt"])
    assert by_person["createdBy"] == {
        "id": person.pk,
        "firstName": "Ada Mary",
        "lastName": "Sample",
        "email": person.email,
    }


def test_a_note_of_the_operator_is_shown_without_its_writer(
    program: Program, clinic: Organisation
) -> None:
    order = builders.order(chosen=clinic)
    add_note(order, "By the operator.", actor=builders.operator())

    (note,) = fetched(program, order)["orderNotes"]

    assert set(note) == {"note", "createdAt"}


def test_the_reason_of_a_step_is_no_note(program: Program, clinic: Organisation) -> None:
    order = builders.order(Status.ON_HOLD, chosen=clinic)

    assert order.notes.count() == 1
    assert fetched(program, order)["orderNotes"] == []


def test_every_parcel_that_went_out_has_its_tracking_number(
    program: Program, clinic: Organisation
) -> None:
    order = builders.order(Status.SHIPPED, chosen=clinic)
    operator = builders.operator()
    order = fulfilment.deliver_order(order, actor=operator)
    order = fulfilment.replace_shipment(order, reason="It was broken.", actor=operator)
    order = fulfilment.ship_order(
        order, tracking=fulfilment.Tracking("Other Post", "TP2"), actor=operator
    )
    order = fulfilment.deliver_order(order, actor=operator)
    back = fulfilment.Tracking("Test Post", "TPBACK")
    order = fulfilment.start_return(order, tracking=back, actor=operator)

    assert fetched(program, order)["trackingNumbers"] == [
        {"carrier": "Test Post", "value": "TP000000001"},
        {"carrier": "Other Post", "value": "TP2"},
    ]


# Which orders are listed.


def test_sixteen_orders_are_a_page_of_fifteen_and_one_more(
    program: Program, clinic: Organisation
) -> None:
    """Section 13, check 1."""
    made = [builders.order(chosen=clinic).pk for _ in range(16)]

    page = program.get("/order").json()

    assert [one["id"] for one in page.pop("content")] == made[:15]
    assert page == {"page": 1, "size": 15, "total": 16, "first": True, "last": False}
    assert listed(program, "page=2") == made[15:]


def test_orders_are_found_by_their_patient(program: Program, clinic: Organisation) -> None:
    order, other = builders.order(chosen=clinic), builders.order(chosen=clinic)
    assert order.patient_id
    again = builders.order(chosen=clinic, recipient=KnownPatient(order.patient_id))
    theirs = builders.order()

    assert listed(program, f"patientId={order.patient_id}") == [order.pk, again.pk]
    assert listed(program, f"patientId={other.patient_id}&size=1") == [other.pk]
    assert listed(program, f"patientId={theirs.patient_id}") == []
    assert listed(program, "patientId=0") == []
    assert listed(program, "patientId=9223372036854775807") == []


def test_a_reference_that_its_client_gave_is_an_external_id(
    program: Program, clinic: Organisation
) -> None:
    theirs = builders.order(chosen=clinic, reference="ORD-1")
    ours = builders.order(chosen=clinic, reference=None)

    assert fetched(program, theirs)["externalOrderIds"] == ["ORD-1"]
    assert fetched(program, ours)["externalOrderIds"] == []
    assert listed(program, "externalOrderId=ORD-1") == [theirs.pk]
    assert listed(program, f"externalOrderId={ours.reference}") == []


FOUND = {
    "externalOrderId=so-1": "A B",
    "externalOrderId=so-2": "B",
    "externalOrderId=SO-2": "",
    "externalOrderId=so": "",
    "externalOrderId=so-2&externalOrderId=so-3": "B C",
    "externalOrderId=so-3,so-2": "B C",
    "externalOrderId=so,4": "D",
    "externalOrderId=so-1,so,4": "A B",
    "externalOrderId=so-2&externalOrderId=so,4": "B D",
    "externalOrderId=,": "A B C D",
    "externalOrderId=": "A B C D",
    "externalOrderId=%7B%7D": "",
}


@pytest.mark.parametrize(("query", "found"), FOUND.items(), ids=FOUND)
def test_orders_are_found_by_any_of_their_external_ids(
    program: Program, clinic: Organisation, query: str, found: str
) -> None:
    given = {"A": ("so-1",), "B": ("so-1", "so-2"), "C": ("so-3",), "D": ("so,4",)}
    made = {builders.order(chosen=clinic, external_ids=ids).pk: name for name, ids in given.items()}

    assert [made[number] for number in listed(program, query)] == found.split()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("patientId", "x"),
        ("patientId", "-1"),
        ("patientId", "1,2"),
        ("patientId", "1&patientId=2"),
        ("patientId", "9223372036854775808"),
        ("patientId", "%00"),
        ("externalOrderId", "%00"),
        ("externalOrderId", "a" * 256),
        ("externalOrderId", ",".join("a" * 251)),
    ],
)
def test_what_cannot_be_asked_for_is_refused(program: Program, name: str, value: str) -> None:
    document = assert_refused(program.get(f"/order?{name}={value}"), 400, "validation_failed")

    assert {error["field"] for error in document["errors"]} == {name}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_another_account_s_order_is_not_there(
    stranger: Program, clinic: Organisation, method: str
) -> None:
    order = builders.order(chosen=clinic)

    theirs = stranger.call(method, f"/order/{order.pk}")
    nothing = stranger.call(method, f"/order/{order.pk + 1000}")

    assert_refused(theirs, 404, "resource_not_found")
    assert theirs.content == nothing.content
    assert listed(stranger) == []
    order.refresh_from_db()
    assert order.status == Status.ORDER_PLACED


@pytest.mark.parametrize("number", ["9223372036854775807", "9223372036854775808", "9" * 5000])
def test_an_id_that_is_too_large_is_not_there(program: Program, number: str) -> None:
    assert_refused(program.get(f"/order/{number}"), 404)
    assert_refused(program.delete(f"/order/{number}"), 404)


# Voiding.

VOIDABLE = (
    Status.ORDER_PLACED,
    Status.PENDING_ADDITIONAL_INFORMATION,
    Status.ON_HOLD,
    Status.RECONFIRM_ADDRESS,
    Status.UNABLE_TO_FULFILL,
)


@pytest.mark.parametrize("status", VOIDABLE)
def test_an_order_is_voided_until_it_is_sent_for_fulfilment(
    program: Program, clinic: Organisation, status: Status
) -> None:
    order = builders.order(status, chosen=clinic)

    answer = program.delete(f"/order/{order.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    told = fetched(program, order)
    assert told["currentStatus"] == "voided"
    assert len(statuses(told)) >= 2
    assert statuses(told)[-1] == "voided"
    assert Study.objects.get().status == StudyStatus.CANCELLED


def test_a_supplies_order_is_voided_too(program: Program, account: Account) -> None:
    order = builders.supplies_order(account)

    assert program.delete(f"/order/{order.pk}").status_code == 204
    assert fetched(program, order)["currentStatus"] == "voided"


def test_what_is_voided_cannot_be_voided_again(program: Program, clinic: Organisation) -> None:
    order = builders.order(chosen=clinic)
    program.delete(f"/order/{order.pk}")
    events, told = order.events.count(), WebhookEvent.objects.count()

    document = assert_refused(program.delete(f"/order/{order.pk}"), 400, "order_is_voided")

    assert [error["field"] for error in document["errors"]] == ["currentStatus"]
    assert (order.events.count(), WebhookEvent.objects.count()) == (events, told)


SENT = [status for status in builders.PATHS if status not in (*VOIDABLE, Status.VOIDED)]


@pytest.mark.parametrize("status", SENT)
def test_what_was_sent_for_fulfilment_is_not_voided(
    program: Program, clinic: Organisation, status: Status
) -> None:
    order = builders.order(status, chosen=clinic)

    document = assert_refused(program.delete(f"/order/{order.pk}"), 400, "not_cancellable")

    assert [error["field"] for error in document["errors"]] == ["currentStatus"]
    order.refresh_from_db()
    assert order.status == status


def test_what_was_sent_and_then_held_is_not_voided(program: Program, clinic: Organisation) -> None:
    order = builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)
    fulfilment.hold_order(order, reason="Stop.", actor=builders.operator())

    assert_refused(program.delete(f"/order/{order.pk}"), 400, "not_cancellable")


# Who was shown is on record, and what it costs.


def shown_to(program: Program) -> list[tuple[int, int | None]]:
    """Which patients, and for which orders, the access log says that this key was shown."""
    entries = AccessEntry.objects.filter(key_id=program.key.pk).order_by("pk")
    return [(one.patient_id, one.order_id) for one in entries]


def test_each_patient_whose_order_is_shown_is_on_record(
    program: Program, stranger: Program, clinic: Organisation
) -> None:
    order, other = builders.order(chosen=clinic), builders.order(chosen=clinic)
    builders.supplies_order(clinic.account)
    one, two = (order.patient_id, order.pk), (other.patient_id, other.pk)

    fetched(program, order)
    listed(program)
    program.delete(f"/order/{order.pk}")
    program.get("/order?page=x")
    stranger.get(f"/order/{order.pk}")

    assert shown_to(program) == [one, one, two]
    assert shown_to(stranger) == []
    assert set(AccessEntry.objects.values_list("what", "door")) == {("API v3", "v3")}


def full_order(clinic: Organisation, number: int) -> Order:
    """With several kits and items, notes of a person and a program, parcels and a site."""
    owner = clinic.account
    actor = builders.integrator(owner) if number == 0 else builders.staff(owner=owner)
    patient = builders.patient(clinic, site_id=builders.site(owner).pk)
    lines = tuple(
        LineWanted(kit_id=a_kit(owner, f"Kit {number} {one}").pk, count=1) for one in range(2)
    )
    items = tuple(LineWanted(item_id=builders.catalogue_item(owner).pk, count=1) for _ in range(2))
    wanted = OrderWanted(
        recipient=KnownPatient(patient.pk),
        contents=lines + items,
        external_ids=("a", "b"),
        notes=("One.", "Two."),
    )
    order = place_order(wanted, actor=actor)
    for step, given in builders.PATHS[Status.DELIVERED]:
        order = step(order, actor=builders.operator(), **given)
    return order


@pytest.mark.parametrize("rows", [1, 50])
def test_a_list_of_full_orders_costs_at_most_10_statements_and_the_edge_4(
    program: Program, clinic: Organisation, rows: int
) -> None:
    for number in range(rows):
        full_order(clinic, number)
    two_way_order(clinic)
    program.get("/order")

    with counted() as statements:
        found = program.get("/order?size=250").json()["content"]

    full = [one for one in found if one["externalOrderIds"] == ["a", "b"]]
    assert len(full) == rows
    assert all(len(one["orderKits"]) == len(one["orderItems"]) == 2 for one in full)
    # The key, the limit, the access log and the log of calls are the edge's.
    assert len(statements) <= 10 + 4, statements


def two_way_order(clinic: Organisation) -> Order:
    """With a device and a packed kit that were sent, and the same of another order to come back."""
    kit = warehouse.kit_with_patient(clinic)
    device = warehouse.device(warehouse.device_item(clinic.account))
    assert kit.patient is not None
    held = warehouse.device_at_site(clinic)
    associate_device(held, kit.patient, actor=builders.operator())
    wanted = OrderWanted(
        recipient=KnownPatient(kit.patient.pk),
        contents=(LineWanted(item_id=device.item_id, count=1),),
        shipping_option=ShippingOption.STANDARD,
        returns=ReturnWanted(
            devices=(held.pk,),
            packed_kits=(kit.pk,),
            items=(LineWanted(item_id=device.item_id, count=1),),
        ),
    )
    order = place_order(wanted, actor=builders.integrator(clinic.account))
    operator = builders.operator()
    order = fulfilment.release_order(order, actor=operator)
    assign_device(order, device, actor=operator)
    return warehouse.delivered(order)


def test_one_order_costs_at_most_13_statements(program: Program, clinic: Organisation) -> None:
    order = two_way_order(clinic)
    program.get("/order")

    with counted() as statements:
        told = fetched(program, order)

    assert told["devices"]
    assert told["returnPackedKits"]
    assert len(statements) <= 9 + 4, statements


# Among very many.

MANY = 100_000
INSERT = """
INSERT INTO orders_order (
    account_id, public_id, reference, patient_id, status, resume_to, door, placed_by, placed_at,
    phone_needed, external_ids, shipping_option, email_label, address_lines, city, county, postcode,
    country, country_code, address_note)
SELECT account_id, gen_random_uuid(), 'MANY-' || n, patient_id, 'order_placed', '', 'v3', 'Test',
    now(), false, ARRAY['so-' || n], '', false, address_lines, city, county, postcode, '', 'GB', ''
FROM orders_order, generate_series(1, %s) AS n WHERE id = %s
"""


@pytest.mark.django_db(transaction=True)
def test_a_deep_page_of_100_000_orders_takes_its_ids_from_an_index_alone() -> None:
    clinic = builders.organisation()
    first = builders.order(chosen=clinic)
    with as_owner(), connection.cursor() as cursor:
        # Else VACUUM could not yet know that everybody sees the rows.
        cursor.execute("SET synchronous_commit = on")
        # What they leave in the history is not what is looked at.
        cursor.execute("ALTER TABLE orders_order DISABLE TRIGGER USER")
        cursor.execute(INSERT, [MANY, first.pk])
        cursor.execute("ALTER TABLE orders_order ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE orders_order")
    program = a_program(clinic.account)

    with CaptureQueriesContext(connection) as captured:
        page = program.get("/order?page=6000&size=15").json()
        program.get("/order?externalOrderId=so-77777")

    assert (page["total"], len(page["content"])) == (MANY + 1, 15)
    assert page["content"][0]["externalOrderIds"] == ["so-89985"]
    plans = [plan_of(one["sql"]) for one in captured if asks_for_orders(one["sql"])]
    counting, paging, loading, counting_known, known, _ = plans
    assert "Index Only Scan" in counting, counting
    assert "Index Only Scan" in paging, paging
    assert "Seq Scan on orders_order " not in loading, loading
    for plan in (counting_known, known):
        assert "orders_by_external_id" in plan, plan


def asks_for_orders(statement: str) -> bool:
    return statement.startswith("SELECT") and 'FROM "orders_order"' in statement


def plan_of(statement: str) -> str:
    """How the database goes about it."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + statement.replace("%", "%%"))
        return "\n".join(row[0] for row in cursor.fetchall())
