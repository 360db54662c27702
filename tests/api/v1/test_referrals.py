"""`/v1/referrals`: contracts/v1.md section 2.5; acceptance line 1."""

from typing import Any

import pytest

from orders import fulfilment
from orders.commands import cancel_order
from orders.models import Order, Referral
from orders.referrals import reject_referral
from organisations.models import Organisation
from organisations.roles import Scope
from organisations.sensors import Sensor
from tests import builders
from tests.api.calls import PATIENT, Program, changed, example, faults, referral_body
from tests.api.calls import program as a_program
from tests.api.shapes import assert_refused
from tests.api.v1 import episodes

pytestmark = pytest.mark.django_db

HERE = "/data/attributes"


@pytest.fixture
def program(clinic: Organisation) -> Program:
    return a_program(clinic.account, Scope.REFERRALS)


def send(program: Program, body: Any, **headers: str) -> Any:
    return program.call("POST", "/v1/referrals", body, **headers)


def test_1_the_documented_referral_is_received_and_answered_as_documented(program: Program):
    answer = send(program, referral_body())

    assert (answer.status_code, answer["Content-Type"]) == (201, "application/json")
    document = answer.json()
    expected = example("referral-created")
    expected["data"]["id"] = str(Referral.objects.get().public_id)
    expected["data"]["attributes"]["createdAt"] = document["data"]["attributes"]["createdAt"]
    assert document == expected
    assert answer["Location"] == document["data"]["links"]["self"]
    assert program.get(answer["Location"]).json() == document


def test_the_referral_is_kept_as_it_was_sent(clinic: Organisation, program: Program):
    send(program, referral_body())

    referral = Referral.objects.select_related("patient").get()
    assert (referral.reference, referral.organisation_id) == ("REF-1", clinic.pk)
    assert (referral.nights, referral.sensors) == (1, [Sensor.NECK])
    assert referral.sent_by_client == program.credentials.client
    patient = referral.patient
    assert (patient.reference, patient.full_name) == ("PAT-79", "Test Person")
    assert (patient.email, patient.phone_e164) == ("test@example.org", "+447911123456")
    assert not Order.objects.exists()


def test_organisation_address_emit_on_and_phone_are_ignored(program: Program):
    body = referral_body(organisation=7, shippingAddress=[], emitOn="never")
    body["data"]["attributes"]["study"]["requiresPhone"] = "perhaps"

    assert send(program, body).status_code == 201


def test_nobody_who_takes_referrals_is_a_refusal(clinic: Organisation, program: Program):
    builders.organisation(clinic.account)

    answer = send(program, referral_body())

    assert_refused(answer, 400)
    assert faults(answer) == {("referrals_not_set_up", None)}


@pytest.mark.parametrize("written", ["referral", "referrals", "Referral"])
def test_the_type_may_be_plural_and_in_any_case(program: Program, written: str):
    body = referral_body()
    body["data"]["type"] = written

    assert send(program, body).status_code == 201


def test_all_faults_are_told_at_once(program: Program):
    body = referral_body(reference="HW-1", study={"nights": 31, "sensors": ["oximeter", "ring"]})
    body["data"]["attributes"]["patient"] |= {"email": "x", "name": "", "dob": "2999-01-01"}

    assert faults(send(program, body)) == {
        ("reference_reserved", f"{HERE}/reference"),
        ("validation_failed", f"{HERE}/study/nights"),
        ("validation_failed", f"{HERE}/study/sensors/1"),
        ("validation_failed", f"{HERE}/patient/email"),
        ("validation_failed", f"{HERE}/patient/name"),
        ("validation_failed", f"{HERE}/patient/dob"),
    }


def test_a_second_referral_with_the_same_reference_is_a_conflict(program: Program):
    first = send(program, referral_body())

    answer = send(program, changed(referral_body(), "study.nights", 2))

    assert_refused(answer, 409)
    assert faults(answer) == {("reference_taken", f"{HERE}/reference")}
    assert answer["Location"] == first["Location"]
    assert Referral.objects.count() == 1


def test_sent_again_with_its_key_it_is_answered_again(program: Program):
    first = send(program, referral_body(), Idempotency_Key="one")
    again = send(program, referral_body(), Idempotency_Key="one")

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotent-Replayed"] == "true"


def test_nothing_about_the_patient_is_in_any_answer(program: Program):
    answers = [send(program, referral_body()) for _ in range(2)]

    for answer in (*answers, program.get("/v1/referrals/REF-1")):
        for told in PATIENT:
            assert told not in answer.content.decode()


def seen(program: Program) -> tuple[str, set[str]]:
    attributes = program.get("/v1/referrals/REF-1").json()["data"]["attributes"]
    return attributes["status"], {name for name in attributes if name.endswith("At")}


def test_1_every_status_on_the_way_is_shown_with_its_times(clinic: Organisation, program: Program):
    referral = episodes.referral(clinic)
    assert seen(program) == ("received", {"createdAt"})
    order = episodes.verified(referral)
    assert seen(program) == ("verified", {"createdAt", "verifiedAt"})
    fulfilment.release_order(order, actor=builders.operator())
    sent = {"createdAt", "verifiedAt", "sentForFulfilmentAt"}
    assert seen(program) == ("sent_for_fulfilment", sent)
    fulfilment.give_up_order(order, reason="Lost.", actor=builders.operator())
    assert seen(program) == ("cancelled", {*sent, "cancelledAt"})


def test_1_a_rejected_referral_says_so_and_not_why(clinic: Organisation, program: Program):
    reject_referral(
        episodes.referral(clinic),
        reason="Secret words.",
        actor=builders.staff(owner=clinic.account),
    )

    assert seen(program) == ("rejected", {"createdAt", "rejectedAt"})
    assert "Secret" not in program.get("/v1/referrals/REF-1").content.decode()


def test_its_order_is_shown_through_the_referral_only(clinic: Organisation, program: Program):
    order = episodes.verified(episodes.referral(clinic))
    orders = a_program(clinic.account)

    assert orders.get("/v1/orders").json()["data"] == []
    for reference in (order.reference, "REF-1"):
        assert_refused(orders.get(f"/v1/orders/{reference}"), 404)
    assert_refused(program.get(f"/v1/referrals/{order.reference}"), 404)


def test_a_cancelled_order_shows_in_the_referral(clinic: Organisation, program: Program):
    order = episodes.verified(episodes.referral(clinic))
    cancel_order(order, reason="No need.", actor=builders.staff(owner=clinic.account))

    assert seen(program) == ("cancelled", {"createdAt", "verifiedAt", "cancelledAt"})


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_1_a_referral_cannot_be_changed(clinic: Organisation, program: Program, method: str):
    episodes.referral(clinic)

    answer = program.call(method, "/v1/referrals/REF-1", {})

    assert_refused(answer, 405)
    assert answer["Allow"] == "GET, HEAD"


def test_another_account_s_referral_is_answered_as_one_that_does_not_exist(clinic: Organisation):
    stranger = a_program(builders.organisation().account, Scope.REFERRALS)
    episodes.referral(clinic)

    for path in ("/v1/referrals/{}", "/v1/referrals/{}/report"):
        theirs = stranger.get(path.format("REF-1")).json()["errors"][0]
        nothing = stranger.get(path.format("NOTHING")).json()["errors"][0]
        assert {**theirs, "id": ""} == {**nothing, "id": ""}
        assert theirs["code"] == "resource_not_found"
