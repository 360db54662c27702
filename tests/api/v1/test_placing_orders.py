"""POST /v1/orders: what is taken, kept and answered (contracts/v1.md sections 1.4 and 2.1)."""

import datetime
from typing import Any

import pytest

from orders.models import Order
from organisations.models import Organisation
from organisations.sensors import EmitOn, Sensor
from studies.models import Study
from tests import builders
from tests.api.calls import PATIENT, Program, changed, example, faults, order_body
from tests.api.calls import program as a_program

pytestmark = pytest.mark.django_db


def test_the_documented_order_is_placed_and_answered_as_documented(
    clinic: Organisation, program: Program
):
    answer = program.post(order_body(clinic))

    assert (answer.status_code, answer["Content-Type"]) == (201, "application/json")
    document = answer.json()
    order = Order.objects.get()
    expected = example("order-created")
    expected["data"]["id"] = str(order.public_id)
    expected["data"]["attributes"]["createdAt"] = document["data"]["attributes"]["createdAt"]
    assert document == expected
    assert answer["Location"] == document["data"]["links"]["self"]


def test_nothing_about_the_patient_is_in_the_answer(clinic: Organisation, program: Program):
    text = program.post(order_body(clinic)).content.decode()

    for told in PATIENT:
        assert told not in text


def test_the_order_is_kept_as_it_was_sent(clinic: Organisation, program: Program):
    program.post(order_body(clinic))

    order = Order.objects.select_related("patient", "study").get()
    assert (order.reference, order.organisation_id, order.door) == (
        "ORD-2025-000123",
        clinic.pk,
        "v1",
    )
    assert order.placed_by_client == program.credentials.client
    assert order.address == builders.ADDRESS
    assert (order.study.nights, order.study.sensors) == (2, [Sensor.NECK, Sensor.OXIMETER])
    assert (order.study.emits_on, order.phone_needed) == (EmitOn.REVIEWED, False)
    assert (order.phone_asked_by_id, order.phone_asked_at) == (None, None)
    patient = order.patient
    assert (patient.reference, patient.full_name) == ("PAT-77", "Test Person")
    assert patient.date_of_birth == datetime.date(1980, 2, 29)
    assert (patient.email, patient.phone) == ("test@example.org", "+447911123456")


def test_its_location_can_be_read(clinic: Organisation, program: Program):
    answer = program.post(order_body(clinic, reference="a b/%é".replace("/", "")))

    assert answer["Location"].endswith("/v1/orders/a%20b%25%C3%A9")
    assert program.get(answer["Location"]).json() == answer.json()


def test_a_body_without_envelope_is_read_as_the_attributes(clinic: Organisation, program: Program):
    answer = program.post(order_body(clinic)["data"]["attributes"])

    assert answer.status_code == 201
    assert answer.json()["data"]["type"] == "order"


def test_without_envelope_pointers_start_at_the_root(clinic: Organisation, program: Program):
    attributes = order_body(clinic)["data"]["attributes"]
    attributes["study"]["nights"] = 0
    del attributes["patient"]["dob"]

    answer = program.post(attributes)

    assert faults(answer) == {
        ("validation_failed", "/study/nights"),
        ("validation_failed", "/patient"),
    }


@pytest.mark.parametrize("written", ["order", "orders", "Order", "ORDERS"])
def test_the_type_may_be_plural_and_in_any_case(
    clinic: Organisation, program: Program, written: str
):
    body = order_body(clinic)
    body["data"]["type"] = written

    assert program.post(body).status_code == 201


def test_unknown_members_are_ignored(clinic: Organisation, program: Program):
    body = order_body(clinic, account=1, status="sent_for_fulfilment", id=7)
    body["data"]["attributes"]["patient"]["isVip"] = True
    body["data"]["attributes"]["shippingAddress"]["what3words"] = "a.b.c"
    body |= {"meta": {}, "jsonapi": {"version": "1.1"}}

    answer = program.post(body)

    assert (answer.status_code, answer.json()["data"]["attributes"]["status"]) == (201, "created")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("shippingAddress.lines", ["1 Test Street", "", "Flat 2"]),
        ("shippingAddress.postcode", "75008"),
        ("shippingAddress.country", "fr"),
        ("patient.mobileTelephone", "(07911) 123-456"),
        ("patient.mobileTelephone", "+44 7700 900123"),
        ("patient.name", "x" * 200),
        ("patient.dob", "1980-02-29"),
        ("study.nights", 30),
        ("study.sensors", ["neck_sensor"]),
        ("emitOn", None),
    ],
)
def test_a_value_that_is_valid_is_taken(
    clinic: Organisation, program: Program, path: str, value: Any
):
    assert program.post(changed(order_body(clinic), path, value)).status_code == 201


def test_a_reference_is_trimmed_and_its_case_matters(clinic: Organisation, program: Program):
    first = program.post(order_body(clinic, reference="  Ref 1 "))
    other_case = program.post(order_body(clinic, reference="REF 1"))
    same = program.post(order_body(clinic, reference="Ref 1"))

    assert first.json()["data"]["attributes"]["reference"] == "Ref 1"
    assert (other_case.status_code, same.status_code) == (201, 409)


def test_an_address_without_country_lies_in_the_account_s(program: Program):
    abroad = builders.organisation(builders.account(country="DE"))
    other = a_program(abroad.account)

    other.post(order_body(abroad))

    assert Order.objects.get().country_code == "DE"


def test_a_country_in_the_address_is_kept(clinic: Organisation, program: Program):
    program.post(changed(order_body(clinic), "shippingAddress.country", "fr"))

    assert Order.objects.get().country_code == "FR"


@pytest.mark.parametrize(
    ("sensors", "kept"),
    [
        ({"neck_sensor": True}, [Sensor.NECK]),
        ({"neck_sensor": True, "oximeter": False}, [Sensor.NECK]),
        ({"oximeter": True, "neck_sensor": True}, [Sensor.NECK, Sensor.OXIMETER]),
        (["oximeter", "neck_sensor"], [Sensor.NECK, Sensor.OXIMETER]),
    ],
)
def test_sensors_are_an_array_or_an_object_of_booleans(
    clinic: Organisation, program: Program, sensors: Any, kept: list[str]
):
    answer = program.post(changed(order_body(clinic), "study.sensors", sensors))

    assert answer.status_code == 201
    assert Study.objects.get().sensors == kept


def test_what_is_left_out_is_the_organisation_s(program: Program):
    owner = program.credentials.client.account
    clinic = builders.organisation(
        owner, default_nights=3, default_sensors=[Sensor.NECK], emit_on=EmitOn.REVIEWED
    )
    body = changed(changed(order_body(clinic), "study", ...), "emitOn", ...)

    assert program.post(body).status_code == 201

    study = Study.objects.get()
    assert (study.nights, study.sensors, study.emits_on) == (3, [Sensor.NECK], EmitOn.REVIEWED)


def test_a_phone_is_sent_when_it_is_required(clinic: Organisation, program: Program):
    phone = builders.phone_item()

    program.post(changed(order_body(clinic), "study.requiresPhone", True))

    order = Order.objects.get()
    assert order.phone_needed
    assert phone in [line.item for line in order.lines.all()]
