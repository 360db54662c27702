"""The OpenAPI document of API v3 says what the program does: it is complete, and schemathesis calls
the real program with whatever the document allows and forbids.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema
from pytest_django import Settings

from organisations.models import Account
from portal.api.v3.format import camel
from portal.api.v3.schema.document import document
from portal.api.v3.trials import TRIALS
from tests import builders
from tests.api.openapi import (
    assert_every_operation_says_what_it_is,
    assert_every_reference_leads_somewhere,
    assert_every_schema_is_json_schema,
    fuzz,
    offered,
    operations,
    takes,
)
from tests.api.servers import Database, Website
from tests.api.v3.calls import ADDRESS, HEADER, Program, assert_refused, patient_body
from tests.api.v3.seeded import ask, place

CONFIGURED = Path(__file__).parent / "fuzzing" / "schemathesis.toml"
# The account of the tests makes what its items are.
MAKER = (
    "UPDATE inventory_manufacturer SET account_id ="
    " (SELECT account_id FROM organisations_apikey WHERE purpose = 'v3')"
)
LISTED = ("order", "patient", "site", "item", "kit", "manufacturer", "device", "return")
EMAIL = "known@example.org"
NOBODY = "http://127.0.0.1:9/hooks"
# Without these the calls would have missed what they are for.
REACHED = {
    f"{call} {status}"
    for call, statuses in {
        **{f"GET /api/v3/{one}": (200, 400) for one in LISTED},
        **{f"GET /api/v3/{one}/{{{one}Id}}": (200, 404) for one in LISTED},
        **{
            f"POST /api/v3/{one}": (200, 400, 405, 415)
            for one in ("order", "patient", "site", "item", "return")
        },
        "GET /api/v3/webhook": (200, 400),
        "POST /api/v3/webhook": (200, 400, 415),
        "GET /api/v3/webhook/{webhookId}": (200, 404),
        "PATCH /api/v3/webhook/{webhookId}": (200, 400, 404),
        "DELETE /api/v3/webhook/{webhookId}": (204, 404),
        "GET /api/v3/webhook/logs": (200, 400),
        "POST /api/v3/webhook-secret": (200, 400, 409),
        "PATCH /api/v3/webhook-secret": (200, 400),
        "DELETE /api/v3/webhook-secret": (204, 404),
        **{f"POST /api/v3/test/{trial}": (201, 400) for trial in TRIALS},
        "DELETE /api/v3/order/{orderId}": (204, 400, 404),
        "DELETE /api/v3/return/{returnId}": (204, 400, 404),
        "POST /api/v3/patient/disenroll/{patientId}": (201, 400),
        "GET /api/v3/inventory": (200, 400),
        "PATCH /api/v3/device/disable-readings": (400,),
        "GET /api/v3/order/summary/{orderId}": (200, 404),
        "PUT /api/v3/patient/{patientId}": (200, 400, 404),
        "PATCH /api/v3/patient/{patientId}": (200, 400, 404),
        "GET /api/v3/patient/identifier/{identifier}": (200, 404),
        "POST /api/v3/patient/find-by-email": (200, 400, 404),
        "PUT /api/v3/site/{siteId}": (204, 400, 404),
        "PATCH /api/v3/site/{siteId}": (200, 400, 404),
    }.items()
    for status in statuses
}
second_server = pytest.mark.xdist_group("second server")


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return document("https://homeward.example")


# What it is


def test_anybody_may_read_it(client: Client):
    answer = client.get("/api/v3/openapi.json", headers={"Accept": "text/html"})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["servers"] == [{"url": settings.PUBLIC_BASE_URL}]


def test_it_can_only_be_read(client: Client):
    answer = client.post("/api/v3/openapi.json")

    assert_refused(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD"


def test_a_page_shows_it(client: Client):
    shown = client.get("/docs/v3/").content.decode()

    assert 'data-document="/api/v3/openapi.json"' in shown
    assert "Impilo-API-Key" in shown


def test_it_is_openapi_3_1(told: dict[str, Any]):
    assert told["openapi"].startswith("3.1.")
    validate_schema(told)


def test_every_schema_in_it_is_json_schema(told: dict[str, Any]):
    assert_every_schema_is_json_schema(told)


def test_every_reference_in_it_leads_somewhere(told: dict[str, Any]):
    assert_every_reference_leads_somewhere(told)


def test_it_is_made_without_a_warning():
    GENERATOR_STATS.reset()
    document("https://homeward.example")

    assert not GENERATOR_STATS


# What stands in it


def test_every_address_of_v3_is_in_it_with_its_methods(told: dict[str, Any]):
    found = {
        (method, re.sub(r"<\w+:(\w+)>", lambda place: f"{{{camel(place[1])}}}", path))
        for method, path in offered("api/v3/")
    }

    assert {(method, path) for method, path, _ in operations(told)} == found


def test_every_operation_says_what_it_is_and_wants_the_key(told: dict[str, Any]):
    assert_every_operation_says_what_it_is(told)
    assert all(operation["security"] == [{"key": []}] for _, _, operation in operations(told))
    assert told["components"]["securitySchemes"] == {
        "key": {"type": "apiKey", "in": "header", "name": HEADER}
    }


def test_what_creates_is_answered_as_it_is_set(settings: Settings):
    for status in (200, 201):
        settings.V3_CREATED_STATUS = status
        paths = document("https://homeward.example")["paths"]

        for path in ("/api/v3/order", "/api/v3/patient", "/api/v3/site", "/api/v3/item"):
            answers = paths[path]["post"]["responses"]
            assert [one for one in answers if one < "300"] == [str(status)]
            assert "Idempotent-Replayed" in answers[str(status)]["headers"]
        assert "200" in paths["/api/v3/patient/find-by-email"]["post"]["responses"]


def test_what_creates_takes_an_idempotency_key_and_nothing_else_does(told: dict[str, Any]):
    taking = {
        operation["operationId"]
        for _, _, operation in operations(told)
        if any(one["name"] == "Idempotency-Key" for one in operation["parameters"])
    }

    assert taking == {"createOrder", "createReturn", "createPatient", "createSite", "createItem"}


def test_its_examples_are_what_it_describes(told: dict[str, Any]):
    for _, path, operation in operations(told):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in (body.get("content", {}).get("application/json", {}) for body in bodies):
            for example in content.get("examples", {}).values():
                component = content["schema"]["$ref"].rpartition("/")[2]
                assert takes(told, component, example["value"]), (path, component)


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"email": "", "phoneNumber": None, "externalIdentifier": "  ", "dateOfBirth": None},
        {"dateOfBirth": "1980-02-29T00:00:00Z", "sex": "female"},
        {"site": None, "sex": None, "id": 7, "enrolled": "ignored"},
        {"address": {**ADDRESS, "lineTwo": "", "note": None}},
    ],
)
def test_every_form_that_the_server_takes_is_in_it(
    told: dict[str, Any], program: Program, members: dict[str, Any]
):
    body = patient_body(**members)

    assert takes(told, "PatientRequest", body)
    assert program.post("/patient", body).status_code == 200


@pytest.mark.parametrize(
    "members", [{"firstName": None}, {"address": {}}, {"email": "nobody"}, {"site": {}}]
)
def test_what_is_refused_for_its_form_is_not_in_it(
    told: dict[str, Any], program: Program, members: dict[str, Any]
):
    body = patient_body(**members)

    assert not takes(told, "PatientRequest", body)
    assert_refused(program.post("/patient", body), 400, "validation_failed")


def test_null_is_left_out_of_what_creates_and_refused_by_a_patch_that_cannot_empty(
    told: dict[str, Any], program: Program
):
    body = {"name": "North", "address": ADDRESS, "active": None}
    made = program.post("/site", body)

    assert takes(told, "SiteRequest", body)
    assert made.json()["active"] is True
    assert not takes(told, "PatchedSiteRequest", {"active": None})
    assert_refused(program.patch(f"/site/{made.json()['id']}", {"active": None}), 400)


def test_null_says_nothing_in_a_patch_that_does_something(told: dict[str, Any]):
    whom = {"patientId": 1, "patientExternalIdentifier": None}

    assert takes(told, "AssociateDeviceRequest", {"deviceId": 1, "deviceIdentifier": None, **whom})
    assert takes(told, "LinkKitRequest", {"packedKitId": 1, **whom})
    assert not takes(told, "LinkKitRequest", {"packedKitId": None, **whom})


def test_an_answer_has_no_member_that_it_does_not_tell(
    told: dict[str, Any], program: Program, account: Account
):
    builders.supplies_order(account)
    made = program.post("/patient", patient_body()).json()
    (order,) = program.get("/order").json()["content"]

    for component, answer in (("Order", order), ("Patient", made), ("Site", order["site"])):
        assert set(answer) <= set(told["components"]["schemas"][component]["properties"])


# What the program does


def variables(database: Database, tally: Path, there: dict[str, Any]) -> dict[str, str]:
    return {
        "HOMEWARD_KEY": database.seed["key"],
        "HOMEWARD_THERE": json.dumps(database.seed["ids"] | there),
        "HOMEWARD_TALLY": str(tally),
    }


def what_is_there(website: Website, database: Database) -> dict[str, Any]:
    """Patients and an order, beside what the seed has.

    The last patient is left alone: their id is none that is tried for being small.
    """
    patient = ask(website, database, "POST", "/patient", patient_body())
    place(website, database, "KNOWN-ORDER")
    known = patient_body(externalIdentifier="KNOWN", email=EMAIL)
    ask(website, database, "POST", "/patient", known)
    hook = {"type": "patient.created", "url": f"{NOBODY}/known"}
    webhook = ask(website, database, "POST", "/webhook", hook)
    (order,) = ask(website, database, "GET", "/order")["content"]
    item = {"id": database.seed["ids"]["itemId"]}
    back = {"patientId": patient["id"], "returnItems": [item]}
    return {
        "returnId": ask(website, database, "POST", "/return", back)["id"],
        "patientId": patient["id"],
        "orderId": order["id"],
        "leaverId": ask(website, database, "POST", "/patient", patient_body())["id"],
        "identifier": "KNOWN",
        "webhookId": webhook["id"],
        "email": EMAIL,
    }


@second_server
@pytest.mark.slow
def test_the_program_does_what_the_document_says(
    website: Website, database: Database, tmp_path: Path
):
    database.change(MAKER)
    there = what_is_there(website, database)
    tally = tmp_path / "tally"

    done = fuzz(
        website,
        f"{website.address}/api/v3/openapi.json",
        CONFIGURED,
        **variables(database, tally, there),
    )

    assert done.returncode == 0, done.stdout
    seen = tally.read_text().splitlines()
    assert set(seen) >= REACHED, REACHED - set(seen)
    assert len(seen) > 500


@second_server
def test_control_a_status_that_is_not_in_the_document_is_found(
    website: Website, database: Database, tmp_path: Path
):
    """The one example of a patient is sent again, and its identifier is taken."""
    there = what_is_there(website, database)
    whole = document(website.address)
    body = whole["paths"]["/api/v3/patient"]["post"]["requestBody"]["content"]["application/json"]
    (example,) = body["examples"].values()
    ask(website, database, "POST", "/patient", example["value"])
    done: list[subprocess.CompletedProcess[str]] = []
    for name in ("whole", "without"):
        if name == "without":
            del whole["paths"]["/api/v3/patient"]["post"]["responses"]["400"]
        (tmp_path / name).write_text(json.dumps(whole))
        done.append(
            fuzz(
                website, str(tmp_path / name), CONFIGURED,
                "--include-operation-id=createPatient", "--phases=examples",
                **variables(database, tmp_path / "tally", there),
            )
        )  # fmt: skip

    assert [one.returncode for one in done] == [0, 1], done[-1].stdout
    assert "Undocumented" in done[-1].stdout
    seen = (tmp_path / "tally").read_text().splitlines()
    # It may try for itself what is answered without a key.
    posted = [one for one in seen if one.startswith("POST") and not one.endswith("401")]
    assert posted == ["POST /api/v3/patient 400"] * 2
