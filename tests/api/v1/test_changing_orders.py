"""PUT /v1/orders/{reference}: contracts/v1.md section 2.2."""

from typing import Any

import pytest
from django.http import HttpResponse

from orders.models import EventName, Order
from orders.statuses import Status
from organisations.models import Organisation
from patients.models import Patient
from studies.models import Study
from studies.statuses import StudyStatus
from tests import builders
from tests.api.calls import Program, example, faults, order_body
from tests.api.shapes import assert_refused

pytestmark = pytest.mark.django_db

HERE = "/data/attributes"
REF = "ORD-2025-000123"
ELSEWHERE = {
    "lines": ["2 Other Road", "Flat 3"],
    "city": "Leeds",
    "county": "West Yorkshire",
    "postcode": "LS1 4DY",
}


@pytest.fixture
def body(clinic: Organisation, program: Program) -> dict[str, Any]:
    """An order that was placed, as it was sent."""
    sent = order_body(clinic)
    assert program.post(sent).status_code == 201
    return sent


def whole(body: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """All the attributes as they were sent, with others instead."""
    return {**body["data"]["attributes"], **attributes}


def sent_for_fulfilment() -> None:
    order = Order.objects.get()
    release, given = builders.PATHS[Status.AWAITING_SHIPMENT][0]
    release(order, actor=builders.operator(), **given)


def event_names() -> list[str]:
    return list(Order.objects.get().events.order_by("pk").values_list("name", flat=True))


def assert_accepted(answer: HttpResponse) -> None:
    assert (answer.status_code, answer.content) == (202, b"")
    assert "Content-Type" not in answer


def test_cancelling_voids_the_order_and_ends_its_study(program: Program, body: Any):
    answer = program.call("PUT", f"/v1/orders/{REF}", example("cancel-order"))

    assert_accepted(answer)
    assert Order.objects.get().status == Status.VOIDED
    assert Study.objects.get().status == StudyStatus.CANCELLED
    attributes = program.get(f"/v1/orders/{REF}").json()["data"]["attributes"]
    assert attributes["status"] == "cancelled"
    assert "cancelledAt" in attributes


@pytest.mark.parametrize("word", ["Cancelled", "CANCELLED"])
def test_cancelled_may_be_written_in_any_case(program: Program, body: Any, word: str):
    assert_accepted(program.put(REF, {"status": word}))


def test_cancelling_again_is_accepted_and_leaves_no_second_event(program: Program, body: Any):
    program.put(REF, {"status": "cancelled"})

    assert_accepted(program.put(REF, {"status": "cancelled"}))

    assert event_names() == [EventName.ORDER_PLACED, EventName.VOIDED]


def test_cancelling_wins_and_the_rest_is_ignored(program: Program, body: Any):
    answer = program.put(
        REF, {"status": "cancelled", "shippingAddress": 5, "patient": {"dob": "never"}, "study": []}
    )

    assert_accepted(answer)
    assert Order.objects.get().address == builders.ADDRESS


def test_an_order_sent_for_fulfilment_is_not_cancelled(program: Program, body: Any):
    sent_for_fulfilment()

    answer = program.put(REF, {"status": "cancelled"})

    assert_refused(answer, 400)
    assert faults(answer) == {("not_cancellable", f"{HERE}/status")}


@pytest.mark.parametrize("word", ["created", "sent_for_fulfilment", "", "canceled", None, 1])
def test_no_other_status_can_be_asked_for(program: Program, body: Any, word: Any):
    answer = program.put(REF, {"status": word})

    assert_refused(answer, 400)
    assert faults(answer) == {("validation_failed", f"{HERE}/status")}


def test_a_new_address_replaces_the_old_one(program: Program, body: Any):
    assert_accepted(program.put(REF, {"shippingAddress": ELSEWHERE}))

    address = Order.objects.get().address
    assert address.lines == ("2 Other Road", "Flat 3")
    assert (address.city, address.county, address.postcode) == (
        "Leeds",
        "West Yorkshire",
        "LS1 4DY",
    )
    assert event_names()[-1] == EventName.ADDRESS_CHANGED


def test_an_address_is_complete_or_refused(program: Program, body: Any):
    answer = program.put(REF, {"shippingAddress": {"lines": ["2 Other Road"]}})

    assert_refused(answer, 400)
    assert faults(answer) == {("validation_failed", f"{HERE}/shippingAddress")}
    assert len(answer.json()["errors"]) == 3


def test_contact_details_change_one_by_one(program: Program, body: Any):
    assert_accepted(program.put(REF, {"patient": {"email": "new@example.org"}}))
    assert_accepted(program.put(REF, {"patient": {"mobileTelephone": "07911 654321"}}))

    patient = Order.objects.get().patient
    assert (patient.email, patient.phone) == ("new@example.org", "07911 654321")
    assert patient.full_name == "Test Person"
    assert event_names()[1:] == [EventName.CONTACT_CHANGED] * 2


def test_contact_details_change_after_sending_even_with_the_whole_order(
    program: Program, body: Any
):
    sent_for_fulfilment()
    patient = {**body["data"]["attributes"]["patient"], "mobileTelephone": "07911 654321"}

    assert_accepted(program.put(REF, whole(body, patient=patient)))

    assert Order.objects.get().patient.phone == "07911 654321"


def test_the_same_order_again_changes_nothing(program: Program, body: Any):
    assert_accepted(program.put(REF, whole(body)))

    assert event_names() == [EventName.ORDER_PLACED]


def test_equal_means_equal_after_tidying(program: Program, body: Any):
    sent_for_fulfilment()
    address = {
        "lines": ["  1 Test Street ", ""],
        "city": " London",
        "county": "London ",
        "postcode": " SW1A 1AA ",
        "country": "gb",
    }
    again = whole(
        body,
        reference=f" {REF} ",
        shippingAddress=address,
        study={"nights": 2, "sensors": {"oximeter": True, "neck_sensor": True}},
        emitOn=None,
    )
    again["patient"] = {**again["patient"], "name": " Test   Person "}

    assert_accepted(program.put(REF, again))

    assert EventName.ADDRESS_CHANGED not in event_names()


def test_an_address_after_sending_is_refused_and_the_contact_with_it(program: Program, body: Any):
    sent_for_fulfilment()

    answer = program.put(
        REF, {"shippingAddress": ELSEWHERE, "patient": {"email": "new@example.org"}}
    )

    assert_refused(answer, 400)
    assert faults(answer) == {("sent_for_fulfilment", f"{HERE}/shippingAddress")}
    assert Order.objects.get().patient.email == "test@example.org"


def test_an_address_after_cancelling_is_refused(program: Program, body: Any):
    program.put(REF, {"status": "cancelled"})

    answer = program.put(REF, {"shippingAddress": ELSEWHERE})

    assert_refused(answer, 400)
    assert faults(answer) == {("order_cancelled", f"{HERE}/shippingAddress")}


@pytest.mark.parametrize(
    ("container", "member", "value"),
    [
        ("", "reference", "ORD-2"),
        ("", "emitOn", "complete"),
        ("study", "nights", 3),
        ("study", "sensors", ["neck_sensor"]),
        ("study", "requiresPhone", True),
        ("patient", "reference", "PAT-78"),
        ("patient", "dob", "1980-02-28"),
        ("patient", "name", "Other Person"),
        ("organisation", "name", "Other Clinic"),
        ("organisation", "reference", "ORG-OTHER"),
    ],
)
def test_what_is_fixed_cannot_be_changed_nor_anything_with_it(
    program: Program, body: Any, container: str, member: str, value: Any
):
    change: dict[str, Any] = {"shippingAddress": ELSEWHERE}
    change |= {container: {member: value}} if container else {member: value}

    answer = program.put(REF, change)

    pointer = "/".join(filter(None, [HERE, container, member]))
    assert_refused(answer, 400)
    assert faults(answer) == {("cannot_change", pointer)}
    assert Order.objects.get().address == builders.ADDRESS


def test_what_is_fixed_is_told_as_such_even_alone(program: Program, body: Any):
    answer = program.put(REF, {"study": {"nights": 3}})

    assert faults(answer) == {("cannot_change", f"{HERE}/study/nights")}


def test_everything_that_cannot_be_changed_is_told_at_once(program: Program, body: Any):
    answer = program.put(
        REF,
        {"status2": 1, "study": {"nights": 5}, "patient": {"name": "A", "email": "a@b.example"}},
    )

    assert faults(answer) == {
        ("cannot_change", f"{HERE}/study/nights"),
        ("cannot_change", f"{HERE}/patient/name"),
    }


@pytest.mark.parametrize(
    "attributes", [{}, {"reference": REF}, {"study": {"nights": 2}}, {"patient": {}}, {"x": 1}]
)
def test_a_change_changes_something(program: Program, body: Any, attributes: Any):
    answer = program.put(REF, attributes)

    assert_refused(answer, 400)
    assert faults(answer) == {("nothing_to_change", HERE)}


def test_without_envelope_a_change_is_read_and_told_at_the_root(program: Program, body: Any):
    refused = program.call("PUT", f"/v1/orders/{REF}", {"study": {"nights": 9}, "status": None})
    accepted = program.call("PUT", f"/v1/orders/{REF}", {"status": "cancelled"})

    assert faults(refused) == {("validation_failed", "/status")}
    assert_accepted(accepted)


def test_the_id_must_be_that_of_the_order(program: Program, body: Any):
    public_id = str(Order.objects.get().public_id)
    change = {"type": "order", "attributes": {"patient": {"email": "new@example.org"}}}

    answers = [
        program.call("PUT", f"/v1/orders/{REF}", {"data": {**change, "id": given}})
        for given in (REF, public_id, "another")
    ]

    assert [answer.status_code for answer in answers] == [202, 202, 400]
    assert faults(answers[2]) == {("invalid_document", "/data/id")}


def test_another_account_s_order_does_not_exist(stranger: Program, body: Any):
    answer = stranger.put(REF, {"status": "cancelled"})

    assert_refused(answer, 404)
    assert faults(answer) == {("resource_not_found", None)}
    assert Order.objects.get().status == Status.ORDER_PLACED


def test_a_body_with_faults_is_told_before_the_order_is_looked_for(program: Program):
    answer = program.put("NONE", {"patient": {"email": "nobody"}})

    assert faults(answer) == {("validation_failed", f"{HERE}/patient/email")}


def test_an_address_changed_by_staff_keeps_its_note_and_its_country(program: Program, body: Any):
    Order.objects.update(address_note="Ring twice", country="United Kingdom")

    assert_accepted(program.put(REF, {"shippingAddress": ELSEWHERE}))

    address = Order.objects.get().address
    assert (address.note, address.country, address.country_code) == (
        "Ring twice",
        "United Kingdom",
        "GB",
    )


def test_an_order_of_the_staff_pages_can_be_changed_too(clinic: Organisation, program: Program):
    order = builders.order(chosen=clinic, reference="BY-STAFF")

    assert_accepted(program.put("BY-STAFF", {"status": "cancelled"}))

    order.refresh_from_db()
    assert order.status == Status.VOIDED


@pytest.mark.parametrize(
    "later",
    [
        {"full_name": "Testa Person", "first_name": "Testa"},
        {"reference": "PAT-78"},
        {"date_of_birth": "1980-02-28"},
    ],
)
def test_what_was_sent_once_may_be_repeated_after_the_patient_was_brought_up_to_date(
    program: Program, body: Any, later: dict[str, str]
):
    Patient.objects.update(**later)
    patient = {**body["data"]["attributes"]["patient"], "mobileTelephone": "07911 654321"}

    assert_accepted(program.put(REF, whole(body, patient=patient)))

    kept = Patient.objects.values(*later).get()
    assert {name: str(value) for name, value in kept.items()} == later
    assert Order.objects.get().patient.phone == "07911 654321"
