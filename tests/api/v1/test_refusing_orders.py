"""POST /v1/orders: what is refused and where that is told (contracts/v1.md sections 1.5, 2.1)."""

import json
from typing import Any

import pytest

from orders.models import Order
from organisations.models import Organisation
from organisations.sensors import Sensor
from patients.models import Patient
from tests.api.calls import Program, changed, example, faults, order_body
from tests.api.shapes import assert_refused

pytestmark = pytest.mark.django_db

HERE = "/data/attributes"


@pytest.mark.parametrize("written", ["study", "", " order", 1, None, ["order"]])
def test_another_type_is_a_bad_request_and_no_conflict(
    clinic: Organisation, program: Program, written: Any
):
    body = order_body(clinic)
    body["data"]["type"] = written

    answer = program.post(body)

    assert_refused(answer, 400)
    assert faults(answer) == {("invalid_document", "/data/type")}


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        ({"data": None}, {"/data"}),
        ({"data": []}, {"/data"}),
        ({"data": {}}, {"/data"}),
        ({"data": {"type": "order", "attributes": None}}, {"/data/attributes"}),
        ({"data": {"type": "order", "attributes": []}}, {"/data/attributes"}),
        ([], {""}),
        (None, {""}),
        ("order", {""}),
        (1, {""}),
        ({"data": {"type": "order", "attributes": {}}, "errors": []}, {"/errors"}),
    ],
)
def test_another_shape_is_no_document(program: Program, document: Any, pointers: set[str]):
    answer = program.post(json.dumps(document).encode())

    assert_refused(answer, 400)
    assert faults(answer) == {("invalid_document", pointer) for pointer in pointers}
    assert "No data" not in answer.content.decode()


def test_an_id_may_only_repeat_the_reference(clinic: Organisation, program: Program):
    body = order_body(clinic)
    body["data"]["id"] = "11111111-1111-1111-1111-111111111111"

    refused = program.post(body)
    body["data"]["id"] = "ORD-2025-000123"
    accepted = program.post(body)

    assert_refused(refused, 403)
    assert faults(refused) == {("forbidden", "/data/id")}
    assert accepted.status_code == 201


def test_all_faults_are_told_at_once(program: Program, clinic: Organisation):
    answer = program.post(example("many-faults"))

    assert_refused(answer, 400)
    assert faults(answer) == {
        ("invalid_document", "/data/type"),
        ("reference_malformed", f"{HERE}/reference"),
        ("validation_failed", f"{HERE}/emitOn"),
        ("validation_failed", f"{HERE}/shippingAddress"),
        ("validation_failed", f"{HERE}/shippingAddress/lines"),
        ("validation_failed", f"{HERE}/shippingAddress/country"),
        ("validation_failed", f"{HERE}/study/nights"),
        ("validation_failed", f"{HERE}/study/sensors/1"),
        ("validation_failed", f"{HERE}/study/requiresPhone"),
        ("validation_failed", f"{HERE}/patient/dob"),
        ("validation_failed", f"{HERE}/patient/name"),
        ("validation_failed", f"{HERE}/patient/email"),
        ("validation_failed", f"{HERE}/patient/mobileTelephone"),
        ("validation_failed", f"{HERE}/patient"),
        ("validation_failed", HERE),
    }
    missing = [
        error["detail"] for error in answer.json()["errors"] if "required" in error["detail"]
    ]
    assert sorted(missing) == [
        "The member city is required.",
        "The member organisation is required.",
        "The member reference is required.",
    ]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("reference", HERE),
        ("shippingAddress", HERE),
        ("shippingAddress.lines", f"{HERE}/shippingAddress"),
        ("shippingAddress.city", f"{HERE}/shippingAddress"),
        ("shippingAddress.county", f"{HERE}/shippingAddress"),
        ("shippingAddress.postcode", f"{HERE}/shippingAddress"),
        ("patient", HERE),
        ("patient.dob", f"{HERE}/patient"),
        ("patient.name", f"{HERE}/patient"),
        ("patient.email", f"{HERE}/patient"),
        ("patient.mobileTelephone", f"{HERE}/patient"),
        ("patient.reference", f"{HERE}/patient"),
        ("organisation", HERE),
        ("organisation.name", f"{HERE}/organisation"),
        ("organisation.reference", f"{HERE}/organisation"),
    ],
)
def test_a_missing_member_is_told_at_its_parent(
    clinic: Organisation, program: Program, path: str, pointer: str
):
    answer = program.post(changed(order_body(clinic), path, ...))

    assert_refused(answer, 400)
    assert faults(answer) == {("validation_failed", pointer)}
    assert path.rpartition(".")[2] in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("emitOn", "COMPLETE"),
        ("shippingAddress", []),
        ("shippingAddress.lines", "1 Test Street"),
        ("shippingAddress.lines", []),
        ("shippingAddress.lines", ["", "  "]),
        ("shippingAddress.lines", ["a", "b", "c", "d", "e", "f", "g"]),
        ("shippingAddress.city", ""),
        ("shippingAddress.county", "   "),
        ("shippingAddress.county", "\u200b"),
        ("shippingAddress.lines", ["\u200b", "\u2060 \ufeff"]),
        ("patient.name", "\u200b\u200d"),
        ("patient.name", "\u3164"),
        ("patient.reference", "\u200b"),
        ("organisation.name", "\u200b"),
        ("shippingAddress.postcode", None),
        ("shippingAddress.country", "GBR"),
        ("study", None),
        ("study.nights", 0),
        ("study.nights", 31),
        ("study.nights", 2.0),
        ("study.nights", "2"),
        ("study.nights", True),
        ("study.sensors", []),
        ("study.sensors", "neck_sensor"),
        ("study.sensors", ["neck_sensor", "neck_sensor"]),
        ("study.requiresPhone", "true"),
        ("study.requiresPhone", 1),
        ("study.requiresPhone", None),
        ("patient.dob", "1980-02-30"),
        ("patient.dob", "29/02/1980"),
        ("patient.dob", "1980-2-29"),
        ("patient.dob", "1980-02-29T00:00:00Z"),
        ("patient.dob", "2999-01-01"),
        ("patient.dob", "1850-01-01"),
        ("patient.dob", 19800229),
        ("patient.name", "x" * 201),
        ("patient.email", "nobody"),
        ("patient.email", "a@b"),
        ("patient.email", "x" * 250 + "@example.org"),
        ("patient.mobileTelephone", "call me"),
        ("patient.mobileTelephone", "+ ()-"),
        ("patient.mobileTelephone", "٠٧٩١١١٢٣٤٥٦"),
        ("patient.reference", "x" * 129),
        ("patient.reference", 77),
    ],
)
def test_a_value_that_is_not_valid_is_told_where_it_stands(
    clinic: Organisation, program: Program, path: str, value: Any
):
    answer = program.post(changed(order_body(clinic), path, value))

    assert_refused(answer, 400)
    assert faults(answer) == {("validation_failed", f"{HERE}/{path.replace('.', '/')}")}
    assert not Patient.objects.exists()


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("", "reference_missing"),
        (" \u00a0 ", "reference_missing"),
        ("\u200b\u2060", "reference_missing"),
        (None, "reference_missing"),
        ("a/b", "reference_malformed"),
        ("a\tb", "reference_malformed"),
        ("x" * 129, "reference_too_long"),
        ("HW-123", "reference_reserved"),
        ("hw-123", "reference_reserved"),
    ],
)
def test_the_rules_about_references_have_codes_of_their_own(
    clinic: Organisation, program: Program, reference: str | None, code: str
):
    answer = program.post(order_body(clinic, reference=reference))

    assert_refused(answer, 400)
    assert faults(answer) == {(code, f"{HERE}/reference")}


@pytest.mark.parametrize(
    ("sensors", "places"),
    [
        ({"neck_sensor": "yes"}, ["/neck_sensor"]),
        ({"neck_sensor": True, "chest": False}, ["/chest"]),
        (
            {"chest": True, "neck_sensor": "yes", "oximeter": None},
            [
                "/chest",
                "/neck_sensor",
                "/oximeter",
            ],
        ),
        ({"chest": "yes"}, ["/chest"]),
        ({"neck_sensor": False}, [""]),
        ({}, [""]),
        (["neck_sensor", "chest"], ["/1"]),
        ([["neck_sensor"]], ["/0"]),
        (["neck_sensor", None], ["/1"]),
        (["foo", "oximeter", None], ["/0", "/2"]),
        (["neck_sensor", "oximeter", "oximeter"], [""]),
        (["foo"] * 21, [""]),
    ],
)
def test_every_wrong_sensor_is_told_where_it_stands(
    clinic: Organisation, program: Program, sensors: Any, places: list[str]
):
    answer = program.post(changed(order_body(clinic), "study.sensors", sensors))

    assert_refused(answer, 400)
    assert faults(answer) == {
        ("validation_failed", f"{HERE}/study/sensors{place}") for place in places
    }


@pytest.mark.parametrize(
    ("sensors", "place"),
    [
        (["neck_sensor", "oximeter"], "1"),
        (["oximeter", "neck_sensor"], "0"),
        ({"neck_sensor": True, "oximeter": True}, "oximeter"),
    ],
)
def test_a_sensor_the_account_may_not_use_is_refused(
    clinic: Organisation, program: Program, sensors: Any, place: str
):
    clinic.account.sensors = [Sensor.NECK]
    clinic.account.save()

    answer = program.post(changed(order_body(clinic), "study.sensors", sensors))

    assert_refused(answer, 400)
    assert faults(answer) == {("sensor_not_entitled", f"{HERE}/study/sensors/{place}")}


def test_the_oximeter_alone_is_refused(clinic: Organisation, program: Program):
    answer = program.post(changed(order_body(clinic), "study.sensors", ["oximeter"]))

    assert faults(answer) == {("neck_sensor_missing", f"{HERE}/study/sensors")}


def test_what_has_no_default_must_be_sent(clinic: Organisation, program: Program):
    answer = program.post(changed(order_body(clinic), "study", ...))

    assert_refused(answer, 400)
    assert faults(answer) == {("nights_missing", HERE), ("sensors_missing", HERE)}


@pytest.mark.parametrize(
    "named",
    [
        {"name": "Another"},
        {"reference": "ANOTHER"},
        {"name": "nul\x20"},
        {"name": "x" * 900},
        {"reference": "x" * 900},
    ],
)
def test_an_organisation_needs_both_names(
    clinic: Organisation, program: Program, named: dict[str, str]
):
    body = order_body(clinic)
    body["data"]["attributes"]["organisation"] |= named

    answer = program.post(body)

    assert_refused(answer, 404)
    assert faults(answer) == {("organisation_not_found", f"{HERE}/organisation")}


def test_another_account_s_organisation_does_not_exist(clinic: Organisation, stranger: Program):
    answer = stranger.post(order_body(clinic))

    assert faults(answer) == {("organisation_not_found", f"{HERE}/organisation")}
    assert not Order.objects.exists()


@pytest.mark.parametrize("line", ["x" * 256, 1, None, ["1 Test Street"], "a\nb"])
def test_a_wrong_line_of_the_address_is_told_where_it_stands(
    clinic: Organisation, program: Program, line: Any
):
    lines = ["1 Test Street", "", line]

    answer = program.post(changed(order_body(clinic), "shippingAddress.lines", lines))

    assert_refused(answer, 400)
    assert faults(answer) == {("validation_failed", f"{HERE}/shippingAddress/lines/2")}
