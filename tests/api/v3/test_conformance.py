"""The checks of contracts/v3.md section 13, one test each, and the contract's own examples. The
eighth, of a receiver that fails, is in `tests.webhooks.test_v3_sending`.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from inventory.models import AccountCatalogue, Item, Kit, KitItem
from orders import fulfilment
from orders.models import Order, Return
from organisations.models import Account, Organisation
from patients.models import Patient
from portal.api.v3.schema.document import document
from tests import builders, warehouse
from tests.api.openapi import takes
from tests.api.v3.calls import ADDRESS, Program, assert_refused, patient_body
from webhooks.models import WebhookEvent

EXAMPLES = Path(__file__).parent / "examples"
NOTHING = (
    "Order must contain at least one of: orderItems, orderKits, returnItems, returnDevices, or"
    " returnPackedKits"
)
LABEL = "shippingOption is required when emailLabel is false and return items are included"


def example(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_text())


@pytest.fixture
def item(account: Account) -> Item:
    return builders.catalogue_item(account)


@pytest.fixture
def patient(clinic: Organisation) -> Patient:
    return builders.patient(clinic)


def lines(item: Item, count: int = 1) -> list[dict[str, Any]]:
    return [{"item": {"id": item.pk}, "count": count}]


def loaner(account: Account) -> dict[str, Any]:
    kit = Kit.objects.create(name=f"Loaner {Kit.objects.count()}", is_loaner=True)
    KitItem.objects.create(kit=kit, item=builders.catalogue_item(account))
    AccountCatalogue.objects.create(account=account, kit=kit)
    return {"kit": {"id": kit.pk}, "count": 1}


def test_1_the_first_page_of_16_orders(program: Program, clinic: Organisation) -> None:
    for _ in range(16):
        builders.order(chosen=clinic)

    page = program.get("/order").json()

    content = page.pop("content")
    assert len(content) == 15
    assert page == {"page": 1, "size": 15, "total": 16, "first": True, "last": False}


def test_2_one_recipient(program: Program, account: Account, patient: Patient, item: Item) -> None:
    site = builders.site(account)
    both = {"patient": {"id": patient.pk}, "site": {"id": site.pk}}

    for who in (both, {}, {"site": {"name": site.name}}):
        answer = program.post("/order", {"orderItems": lines(item), **who})
        assert_refused(answer, 400, "patient or site required")


def test_3_something_to_send_or_to_fetch_back(
    program: Program, patient: Patient, item: Item
) -> None:
    who = {"patient": {"id": patient.pk}}
    back = {"returnItems": [{"id": item.pk, "count": 1}]}

    assert_refused(program.post("/order", who), 400, NOTHING)
    assert program.post("/order", {**who, **back, "emailLabel": True}).status_code == 200
    assert_refused(program.post("/order", {**who, **back, "emailLabel": False}), 400, LABEL)


def test_4_the_rules_of_loaner_kits(
    program: Program, account: Account, patient: Patient, item: Item
) -> None:
    kit, other = loaner(account), loaner(account)
    who = {"patient": {"id": patient.pk}}
    back = {"returnItems": [{"id": item.pk}], "emailLabel": True}

    for word, body in (
        ("max_one_loaner_kit", {**who, "orderKits": [kit, other]}),
        ("qty_over_one_loaner_kit", {**who, "orderKits": [{**kit, "count": 2}]}),
        ("no_returns_with_loaner_kit", {**who, "orderKits": [kit], **back}),
        (
            "no_loaner_kit_to_site",
            {"site": {"id": builders.site(account).pk}, "orderKits": [kit]},
        ),
    ):
        assert_refused(program.post("/order", body), 400, word)


def test_5_an_inline_patient_and_its_events(program: Program, item: Item) -> None:
    address = {name: line for name, line in ADDRESS.items() if name != "country"}
    body = {"patient": patient_body(address=address), "orderItems": lines(item)}

    assert program.post("/order", body).status_code == 200

    events = WebhookEvent.objects.order_by("pk").values_list("channel", "kinds")
    assert list(events) == [("patient", ["patient_created"]), ("order", ["order_placed"])]


def test_6_voiding(program: Program, patient: Patient, item: Item) -> None:
    body = {"patient": {"id": patient.pk}, "orderItems": lines(item)}
    first, second = (program.post("/order", body).json()["id"] for _ in range(2))

    assert program.delete(f"/order/{first}").status_code == 204
    told = program.get(f"/order/{first}").json()
    assert (told["currentStatus"], len(told["orderEvents"])) == ("voided", 2)
    assert_refused(program.delete(f"/order/{first}"), 400)
    operator = builders.operator()
    order = fulfilment.release_order(Order.objects.get(pk=second), actor=operator)
    fulfilment.ship_order(order, tracking=builders.PARCEL, actor=operator)
    assert_refused(program.delete(f"/order/{second}"), 400)


def test_7_webhooks_and_their_secret(program: Program) -> None:
    url = "http://127.0.0.1:9/hooks"
    made = program.post("/webhook", {"type": "order.status", "url": url}).json()

    assert_refused(program.patch(f"/webhook/{made['id']}", {"url": url}), 400)
    assert program.post("/webhook-secret", {"secret": "one"}).status_code == 200
    assert program.post("/webhook-secret", {"secret": "two"}).status_code >= 400
    assert program.delete("/webhook-secret").status_code == 204
    assert program.get("/webhook-secret").status_code >= 400


def test_9_devices_that_are_given_and_asked_for(program: Program, clinic: Organisation) -> None:
    device, order = warehouse.device_sent(clinic)
    body = {"deviceId": device.pk, "patientId": order.patient_id}

    assert_refused(program.patch("/device/associate-patient", body), 400)
    answer = program.get("/device/validate/unknown")
    assert (answer.status_code, answer.json()) == (200, {"valid": False})


def test_10_a_return_takes_only_what_it_knows(
    program: Program, patient: Patient, item: Item
) -> None:
    body = {"patientId": patient.pk, "returnItems": [{"id": item.pk, "count": 1}]}

    assert_refused(program.post("/return", {**body, "colour": "red"}), 400)
    assert program.post("/return", {**body, "shippingOption": "STANDARD"}).status_code == 200
    assert Return.objects.get().shipping_option == "standard"


# The examples.


def test_the_two_way_order_of_the_contract(program: Program, clinic: Organisation) -> None:
    device, held = warehouse.device_sent(clinic)
    item = builders.catalogue_item(clinic.account)
    kit = Kit.objects.create(name="BP starter")
    KitItem.objects.create(kit=kit, item=item)
    AccountCatalogue.objects.create(account=clinic.account, kit=kit)
    sent, wanted = example("two-way-order"), example("two-way-order-answer")
    sent["patient"]["id"] = held.patient_id
    sent["orderKits"][0]["kit"]["id"] = kit.pk
    sent["returnDevices"][0]["id"] = device.pk

    told = program.post("/order", sent).json()

    assert set(wanted) - {"id"} <= set(told)
    assert told["externalOrderIds"] == wanted["externalOrderIds"]
    assert told["currentStatus"] == wanted["currentStatus"]
    assert told["orderItems"] == wanted["orderItems"] == []
    assert [(one["kit"]["name"], one["count"]) for one in told["orderKits"]] == [("BP starter", 1)]
    assert [event["name"] for event in told["orderEvents"]] == ["orderPlaced"]
    assert [note["note"] for note in told["orderNotes"]] == ["patient prefers mornings"]
    assert [one["id"] for one in told["returnDevices"]] == [device.pk]
    assert told["emailLabel"] is wanted["emailLabel"] is True


def test_every_request_of_the_contract_is_one_that_the_document_takes() -> None:
    told = document("https://homeward.example")

    for name, component in (
        ("source-page-order", "OrderRequest"),
        ("new-patient-order", "OrderRequest"),
        ("site-order", "OrderRequest"),
        ("two-way-order", "OrderRequest"),
        ("webhook", "WebhookRequest"),
    ):
        assert takes(told, component, example(name)), name


def test_a_refusal_has_the_members_of_the_contract(program: Program) -> None:
    refused = assert_refused(program.post("/patient", {"firstName": "Ada"}), 400)

    assert set(refused) == set(example("refusal"))
    assert set(refused["errors"][0]) == set(example("refusal")["errors"][0])
