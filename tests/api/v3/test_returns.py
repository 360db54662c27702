"""Returns of API v3, by themselves and with orders: contracts/v3.md sections 3.8, 4.16, 5.2."""

from typing import Any

import pytest

from foundation.models import AccessEntry
from inventory.models import Device
from orders import fulfilment, returns
from orders.models import Order, Return
from organisations.models import Account, Organisation
from patients.models import Patient
from tests import builders, warehouse
from tests.api.v1.test_statements import counted
from tests.api.v3.calls import Program, assert_refused, patient_body
from tests.orders.test_returns import R, brought

LABEL = "shippingOption is required when emailLabel is false and return items are included"


@pytest.fixture
def sent(clinic: Organisation) -> tuple[Device, Order]:
    return warehouse.device_sent(clinic)


@pytest.fixture
def patient(clinic: Organisation) -> Patient:
    return builders.patient(clinic)


def placed(program: Program, **body: Any) -> dict[str, Any]:
    answer = program.post("/return", body)
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def of_item(account: Account, count: int = 1) -> dict[str, Any]:
    return {"id": builders.catalogue_item(account).pk, "count": count}


def listed(program: Program, query: str = "") -> list[int]:
    answer = program.get(f"/return?{query}")
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["content"]]


# By itself.


def test_a_return_is_told_exactly(
    program: Program, account: Account, sent: tuple[Device, Order]
) -> None:
    device, order = sent

    told = placed(
        program,
        patientId=order.patient_id,
        returnDevices=[{"id": device.pk}],
        returnItems=[of_item(account, 2)],
    )

    back = Return.objects.get()
    assert set(told) == {
        "id", "patient", "currentStatus", "returnKits", "returnItems", "returnDevices",
        "returnEvents", "trackingNumbers",
    }  # fmt: skip
    assert (told["id"], told["currentStatus"]) == (back.pk, "rmaPlaced")
    assert told["patient"]["id"] == order.patient_id
    assert [one["id"] for one in told["returnDevices"]] == [device.pk]
    assert told["returnDevices"][0]["currentStatus"] == "withPatient"
    assert [one["count"] for one in told["returnItems"]] == [2]
    assert [one["type"] for one in told["returnEvents"]] == ["rmaPlaced"]
    assert (told["returnKits"], told["trackingNumbers"]) == ([], [])
    assert program.get(f"/return/{back.pk}").json() == told


def test_a_site_sends_back_too(program: Program, clinic: Organisation) -> None:
    device = warehouse.device_at_site(clinic)

    told = placed(program, siteId=device.place_id, returnDevices=[{"id": device.pk}])

    assert told["site"]["id"] == device.place_id
    assert "patient" not in told


def test_an_unknown_member_is_refused(program: Program, account: Account, patient: Patient) -> None:
    body = {"patientId": patient.pk, "returnItems": [of_item(account)], "returnPackedKits": []}

    assert_refused(program.post("/return", body), 400, "validation_failed")
    assert not Return.objects.exists()


@pytest.mark.parametrize("option", ["STANDARD", "standard", "Overnight"])
def test_a_shipping_option_is_read_in_whatever_case(
    program: Program, account: Account, patient: Patient, option: str
) -> None:
    placed(program, patientId=patient.pk, returnItems=[of_item(account)], shippingOption=option)

    assert Return.objects.get().shipping_option == option.lower()


@pytest.mark.parametrize("both", [True, False])
def test_a_return_comes_from_a_patient_or_from_a_site(
    program: Program, account: Account, patient: Patient, both: bool
) -> None:
    who = {"patientId": patient.pk, "siteId": builders.site(account).pk} if both else {}

    told = assert_refused(program.post("/return", {"returnItems": [of_item(account)], **who}), 400)

    assert told["errors"][0]["field"] == "patientId"


def test_what_is_wrong_with_a_device_stands_beside_it(
    program: Program, patient: Patient, sent: tuple[Device, Order]
) -> None:
    body = {"patientId": patient.pk, "returnDevices": [{"id": 0}, {"id": sent[0].pk}]}

    told = assert_refused(program.post("/return", body), 400, "device_not_found")

    fields = [error["field"] for error in told["errors"]]
    assert fields == ["returnDevices.0.id", "returnDevices.1.id"]


def test_a_return_can_be_voided_once_until_it_leaves(
    program: Program, account: Account, patient: Patient
) -> None:
    told = placed(program, patientId=patient.pk, returnItems=[of_item(account)])

    assert program.delete(f"/return/{told['id']}").status_code == 204
    assert program.get(f"/return/{told['id']}").json()["currentStatus"] == "voided"
    assert_refused(program.delete(f"/return/{told['id']}"), 400, "return_not_voidable")


def test_a_return_on_its_way_cannot_be_voided(
    program: Program, account: Account, patient: Patient
) -> None:
    told = placed(program, patientId=patient.pk, returnItems=[of_item(account)])
    brought(Return.objects.get(), R.IN_TRANSIT)

    assert_refused(program.delete(f"/return/{told['id']}"), 400, "return_not_voidable")
    shown = program.get(f"/return/{told['id']}").json()
    assert shown["trackingNumbers"] == [{"carrier": "Test Post", "value": "BACK-1"}]


def test_every_status_has_its_word(program: Program, account: Account, patient: Patient) -> None:
    told = placed(program, patientId=patient.pk, returnItems=[of_item(account)])
    brought(Return.objects.get(), R.COMPLETED)

    events = program.get(f"/return/{told['id']}").json()["returnEvents"]

    assert [event["type"] for event in events] == [
        "rmaPlaced", "outbound", "pendingReturn", "inTransit", "arrived", "receiving", "completed",
    ]  # fmt: skip


def test_a_repeated_request_places_one_return(
    program: Program, account: Account, patient: Patient
) -> None:
    body = {"patientId": patient.pk, "returnItems": [of_item(account)]}
    first = program.post("/return", body, Idempotency_Key="one")
    seen = AccessEntry.objects.filter(patient_id=patient.pk).count()

    again = program.post("/return", body, Idempotency_Key="one")

    assert again.json() == first.json()
    assert Return.objects.count() == 1
    assert AccessEntry.objects.filter(patient_id=patient.pk).count() == seen + 1


# The list.


def test_the_filters_of_the_list(
    program: Program, account: Account, clinic: Organisation, patient: Patient
) -> None:
    named = builders.patient(clinic, reference="SEARCHED-1")
    first = placed(program, patientId=patient.pk, returnItems=[of_item(account)])["id"]
    second = placed(program, patientId=named.pk, returnItems=[of_item(account)])["id"]
    order = program.post(
        "/order",
        {
            "patient": {"id": patient.pk},
            "returnItems": [{"item": {"id": of_item(account)["id"]}}],
            "emailLabel": True,
        },
    ).json()
    (third,) = set(listed(program)) - {first, second}
    returns.send_label(Return.objects.get(pk=first), actor=builders.operator())

    assert listed(program) == [first, second, third]
    assert listed(program, "status=outbound") == [first]
    assert listed(program, "status=OUT_BOUND") == [first]
    assert listed(program, f"relatedOrderId={order['id']}") == [third]
    assert listed(program, "standalone=true") == [first, second]
    assert listed(program, "standalone=false") == [third]
    assert listed(program, "searchString=searched-1") == [second]
    assert listed(program, f"searchString={third}") == [third]
    assert listed(program, "searchString=TEST%20pers") == [first, second, third]
    assert listed(program, "lastUpdatedBefore=2020-01-01") == []
    assert listed(program, "lastUpdatedBefore=9999-01-01") == [first, second, third]


@pytest.mark.parametrize(
    "query", ["status=lost", "relatedOrderId=x", "standalone=maybe", "lastUpdatedBefore=today"]
)
def test_a_wrong_parameter_is_refused(program: Program, query: str) -> None:
    told = assert_refused(program.get(f"/return?{query}"), 400, "validation_failed")
    assert [error["field"] for error in told["errors"]] == [query.partition("=")[0]]


def test_a_list_of_returns_costs_the_same_however_many(
    program: Program, account: Account, clinic: Organisation
) -> None:
    costs = set()
    for _ in range(2):
        for _ in range(2):
            device, order = warehouse.device_sent(clinic)
            placed(program, patientId=order.patient_id, returnDevices=[{"id": device.pk}],
                   returnItems=[of_item(account)])  # fmt: skip
        with counted() as statements:
            listed(program)
        costs.add(len(statements))

    assert len(costs) == 1


# With an order.


def test_a_two_way_order_tells_what_comes_back(
    program: Program, account: Account, clinic: Organisation
) -> None:
    kit = warehouse.kit_with_patient(clinic)
    inside = kit.contents.get().device_id
    item = builders.catalogue_item(account)
    body = {
        "patient": {"id": kit.patient_id},
        "orderItems": [{"item": {"id": item.pk}}],
        "returnItems": [{"id": item.pk, "count": 3}],
        "returnPackedKits": [{"id": kit.pk}],
        "shippingOption": "standard",
    }

    answer = program.post("/order", body)

    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert [(one["item"]["id"], one["count"]) for one in told["returnItems"]] == [(item.pk, 3)]
    assert [one["id"] for one in told["returnPackedKits"]] == [kit.pk]
    assert [one["id"] for one in told["returnPackedKits"][0]["devices"]] == [inside]
    assert told["returnDevices"] == []
    (back,) = program.get("/return").json()["content"]
    assert back["relatedOrderId"] == told["id"]
    assert [one["id"] for one in back["returnKits"]] == [kit.kit_id]
    assert [one["id"] for one in back["returnDevices"]] == [inside]
    assert program.get(f"/order/{told['id']}").json() == told


def test_an_order_for_a_return_only(program: Program, sent: tuple[Device, Order]) -> None:
    device, order = sent
    body = {"patient": {"id": order.patient_id}, "returnDevices": [{"id": device.pk}]}

    assert_refused(program.post("/order", body), 400, LABEL)
    answer = program.post("/order", {**body, "emailLabel": True})

    assert answer.status_code == 200
    told = answer.json()
    assert (told["currentStatus"], told["emailLabel"]) == ("orderPlaced", True)
    assert [one["id"] for one in told["returnDevices"]] == [device.pk]
    fulfilment.email_return_label(Order.objects.get(pk=told["id"]), actor=builders.operator())
    assert program.get(f"/order/{told['id']}").json()["currentStatus"] == "returnIssued"


def test_voiding_an_order_voids_its_return(
    program: Program, account: Account, patient: Patient
) -> None:
    body = {
        "patient": {"id": patient.pk}, "returnItems": [of_item(account)], "emailLabel": True,
    }  # fmt: skip
    told = program.post("/order", body).json()

    program.delete(f"/order/{told['id']}")

    assert program.get("/return").json()["content"][0]["currentStatus"] == "voided"


# Who leaves.


def test_a_patient_who_leaves_sends_everything_back(
    program: Program, sent: tuple[Device, Order]
) -> None:
    device, order = sent

    answer = program.post(
        f"/patient/disenroll/{order.patient_id}", {"archive": True, "createReturns": True}
    )

    assert (answer.status_code, answer.content) == (201, b"")
    told = program.get(f"/patient/{order.patient_id}").json()
    assert (told["enrolled"], told["archived"]) == (False, True)
    (back,) = program.get("/return").json()["content"]
    assert [one["id"] for one in back["returnDevices"]] == [device.pk]


def test_a_packed_kit_comes_back_as_one(program: Program, clinic: Organisation) -> None:
    kit = warehouse.kit_with_patient(clinic)

    program.post(f"/patient/disenroll/{kit.patient_id}", {"createReturns": True})

    (back,) = program.get("/return").json()["content"]
    assert [one["id"] for one in back["returnKits"]] == [kit.kit_id]


def test_leaving_twice_places_one_return(program: Program, sent: tuple[Device, Order]) -> None:
    for _ in range(2):
        answer = program.post(f"/patient/disenroll/{sent[1].patient_id}", {"createReturns": True})
        assert answer.status_code == 201

    assert Return.objects.count() == 1


def test_who_has_nothing_sends_nothing_back(program: Program) -> None:
    made = program.post("/patient", patient_body()).json()

    assert program.post(
        f"/patient/disenroll/{made['id']}", {"createReturns": True}
    ).status_code == (201)

    told = program.get(f"/patient/{made['id']}").json()
    assert (told["enrolled"], told["archived"]) == (False, False)
    assert not Return.objects.exists()
