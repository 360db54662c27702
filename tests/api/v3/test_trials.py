"""The test triggers of API v3: contracts/v3.md section 3.10."""

import json
from typing import Any

import pytest

from organisations.models import Account
from portal.api.v3.event_types import TYPES
from portal.api.v3.trials import TRIALS
from tests import builders
from tests.api.v3.calls import Program, assert_refused
from tests.webhooks.receiver import Receiver, receiving
from tests.webhooks.working import work
from webhooks.models import Delivery, WebhookEvent

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = "http://127.0.0.1:9/hooks"

# (what is sent, which of the payload's members say so)
SENT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "order-status-webhook": (
        {"orderStatusName": "ORDER_PLACED", "externalOrderIds": ["A", "B"], "orderId": 5},
        {
            "orderId": 5,
            "externalOrderIds": ["A", "B"],
            "orderStatusName": "orderPlaced",
            "eventType": "orderPlaced",
        },
    ),
    "order-status-full-webhook": (
        {
            "orderId": 5,
            "externalOrderIds": ["A"],
            "patientId": 7,
            "orderStatus": "delivered",
            "trackingNumber": "T-1",
        },
        {
            "id": 5,
            "externalOrderIds": ["A"],
            "currentStatus": "delivered",
            "trackingNumbers": [{"carrier": "USPS", "value": "T-1"}],
        },
    ),
    "device-association-created": (
        {"patientId": 7, "deviceId": 8, "deviceIdentifier": "SERIAL-8"},
        {"action": "associate"},
    ),
    "device-association-removed": (
        {"patientId": 7, "deviceId": 8, "deviceIdentifier": "SERIAL-8"},
        {"action": "disassociate"},
    ),
    "weight-webhook": ({"patientId": 7, "weight": 81.5}, {"weight": 81.5, "weightUnit": "lbs"}),
    "blood-pressure-webhook": (
        {"patientId": 7, "systolic": 121, "diastolic": 79, "heartRate": 61},
        {"systolic": 121, "diastolic": 79, "heartRate": 61, "systolicUnit": "mmhg"},
    ),
    "blood-glucose-webhook": (
        {"patientId": 7, "glucose": 91},
        {"glucose": 91, "glucoseUnit": "mgdl"},
    ),
    "blood-oxygen-webhook": (
        {"patientId": 7, "bloodOxygen": 97, "heartRate": 61},
        {"bloodOxygen": 97, "heartRate": 61, "bloodOxygenUnit": "spo2"},
    ),
}
# What must be there.
LEAST: dict[str, dict[str, Any]] = {"order-status-webhook": {"orderStatusName": "shipped"}}


def told_after(program: Program, account: Account, address: str, body: Any) -> list[Any]:
    """What a webhook of every type is sent after this trigger."""
    with receiving() as receiver:
        for told_as in TYPES:
            builders.v3_endpoint(account, receiver.address, told_as)
        answer = program.post(f"/test/{address}", body)
        assert (answer.status_code, answer.content) == (201, b"")
        work()
    return bodies(receiver)


def bodies(receiver: Receiver) -> list[Any]:
    return [json.loads(posted.body) for posted in receiver.posted]


def test_every_trigger_is_tried_here() -> None:
    assert set(SENT) == set(TRIALS)


@pytest.mark.parametrize("address", SENT)
def test_a_trigger_has_its_type_told_what_was_given(
    program: Program, account: Account, address: str
) -> None:
    body, expected = SENT[address]

    (told,) = told_after(program, account, address, body)

    assert told["type"] == TYPES[TRIALS[address].told_as].word
    assert type(told["id"]) is int
    assert expected.items() <= told["payload"].items()
    if "patientId" in body:
        assert told["payload"]["patient"]["id"] == 7
    if "deviceId" in body:
        assert told["payload"]["device"]["id"] == 8
        assert told["payload"]["device"]["deviceIdentifiers"][0]["value"] == "SERIAL-8"


@pytest.mark.parametrize("address", SENT)
def test_what_is_not_given_is_made_up(program: Program, account: Account, address: str) -> None:
    (told,) = told_after(program, account, address, LEAST.get(address, {}))

    assert None not in told["payload"].values()


def test_a_reading_names_patient_item_device_and_site(program: Program, account: Account) -> None:
    (told,) = told_after(program, account, "weight-webhook", {})

    assert {"id", "readingTimestamp", "manual", "patient", "item", "device", "site"} <= set(
        told["payload"]
    )


def test_nobody_else_is_told(program: Program, account: Account, stranger: Program) -> None:
    builders.endpoint(account, NOBODY)
    builders.v3_endpoint(stranger.key.account, NOBODY, "reading_weight")

    assert program.post("/test/weight-webhook", {}).status_code == 201

    assert not Delivery.objects.exists()
    assert not WebhookEvent.objects.exists()


def test_two_webhooks_of_the_type_are_told_under_one_id(program: Program, account: Account) -> None:
    with receiving() as receiver:
        for _ in range(2):
            builders.v3_endpoint(account, receiver.address, "reading_weight")
        program.post("/test/weight-webhook", {})
        work()

    first, second = bodies(receiver)
    assert first == second


def test_what_was_given_stands_nowhere_but_in_the_body(program: Program, account: Account) -> None:
    builders.v3_endpoint(account, NOBODY, "order_status")

    program.post(
        "/test/order-status-webhook",
        {"orderStatusName": "shipped", "externalOrderIds": ["MARKER"]},
    )

    event = WebhookEvent.objects.get()
    assert (event.channel, event.facts, event.kinds) == ("test", {}, ["test"])


@pytest.mark.parametrize(
    ("address", "body", "field"),
    [
        ("order-status-webhook", {}, "orderStatusName"),
        ("order-status-webhook", {"orderStatusName": "lost"}, "orderStatusName"),
        (
            "order-status-webhook",
            {"orderStatusName": "shipped", "externalOrderIds": "A"},
            "externalOrderIds",
        ),
        (
            "order-status-webhook",
            {"orderStatusName": "shipped", "externalOrderIds": ["A", 7]},
            "externalOrderIds.1",
        ),
        (
            "order-status-webhook",
            {"orderStatusName": "shipped", "externalOrderIds": ["A"] * 21},
            "externalOrderIds",
        ),
        ("order-status-full-webhook", {"orderId": -1}, "orderId"),
        ("order-status-full-webhook", {"orderStatus": 7}, "orderStatus"),
        ("order-status-full-webhook", {"trackingNumber": "x" * 65}, "trackingNumber"),
        ("device-association-created", {"deviceId": "8"}, "deviceId"),
        ("device-association-removed", {"deviceIdentifier": 8}, "deviceIdentifier"),
        ("weight-webhook", {"weight": -0.1}, "weight"),
        ("weight-webhook", {"weight": True}, "weight"),
        ("weight-webhook", {"weight": "80"}, "weight"),
        ("weight-webhook", {"weight": 10_000.1}, "weight"),
        ("blood-pressure-webhook", {"systolic": 1.5}, "systolic"),
        ("blood-pressure-webhook", {"diastolic": -1}, "diastolic"),
        ("blood-glucose-webhook", {"glucose": 10_001}, "glucose"),
        ("blood-oxygen-webhook", {"heartRate": 2**31}, "heartRate"),
        ("blood-oxygen-webhook", {"patientId": -1}, "patientId"),
    ],
)
def test_every_number_and_text_has_its_bounds(program, address, body, field) -> None:
    document = assert_refused(program.post(f"/test/{address}", body), 400, "validation_failed")

    assert [error["field"] for error in document["errors"]] == [field]
