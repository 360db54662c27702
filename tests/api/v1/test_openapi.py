"""The OpenAPI document of API v1 says what the program does: it is complete, and schemathesis calls
the real program with whatever the document allows and forbids.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.http import HttpResponse
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from orders import fulfilment
from organisations.models import Organisation
from organisations.roles import Scope
from portal.api.v1.schema.document import document
from tests import builders
from tests.api.calls import Program, example, order_body
from tests.api.calls import program as a_program
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
from tests.api.v1 import episodes

HERE = Path(__file__).parent
CONFIGURED = HERE / "fuzzing" / "schemathesis.toml"
DEFAULTS = "UPDATE organisations_organisation SET default_nights = 2, default_sensors = '{neck}'"
# Without these the calls would have missed what they are for.
REACHED = {
    *(f"POST /v1/orders {status}" for status in (201, 400, 403, 405, 409, 415)),
    *(f"PUT /v1/orders/{{reference}} {status}" for status in (202, 400, 404, 405, 415)),
    *(f"GET /v1/orders {status}" for status in (200, 400)),
    *(f"GET /v1/orders/{{reference}} {status}" for status in (200, 404)),
    *(f"POST /v1/studies {status}" for status in (201, 400, 409, 415)),
    *(f"PATCH /v1/studies/{{reference}} {status}" for status in (202, 400, 404, 415)),
    *(f"GET /v1/studies/{{reference}} {status}" for status in (200, 404)),
    *(f"POST /v1/referrals {status}" for status in (201, 400, 409, 415)),
    *(f"GET /v1/referrals/{{reference}} {status}" for status in (200, 404)),
    *(f"GET /v1/{one}/{{reference}}/report 404" for one in ("orders", "studies", "referrals")),
    *(f"GET /v1/events {status}" for status in (200, 400)),
    *(f"POST /oauth2/token {status}" for status in (200, 400, 405)),
    "GET /.well-known/openid-configuration 200",
}
second_server = pytest.mark.xdist_group("second server")


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return document("https://homeward.example")


# What it is


def test_anybody_may_read_it(client: Client):
    answer = client.get("/v1/openapi.json", headers={"Accept": "text/html"})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["servers"] == [{"url": settings.PUBLIC_BASE_URL}]
    assert answer.json()["info"]["description"].startswith("**Before you send a patient's details")


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


def test_the_deployment_check_has_nothing_against_it():
    found = run_checks(include_deployment_checks=True)

    assert [one for one in found if str(one.id).startswith("drf_spectacular")] == []


# What stands in it


def test_every_address_of_v1_is_in_it_with_its_methods(told: dict[str, Any]):
    found = {
        (method, path.replace("<str:reference>", "{reference}"))
        for method, path in offered("v1/", "oauth2/", ".well-known/")
    }

    assert {(method, path) for method, path, _ in operations(told)} == found


def test_every_operation_says_what_it_is(told: dict[str, Any]):
    assert_every_operation_says_what_it_is(told)


def test_extensions_are_marked(told: dict[str, Any]):
    orders, one = told["paths"]["/v1/orders"], told["paths"]["/v1/orders/{reference}"]
    address = told["components"]["schemas"]["ShippingAddress"]["properties"]
    bare = told["components"]["schemas"]["NewOrder"]["anyOf"][1]

    ours = [orders["get"], one["get"], orders["post"]["parameters"][0], address["country"], bare]
    assert ["xtension of ours" in each["description"] for each in ours] == [True] * 5
    theirs = [orders["post"], one["put"], address["county"]]
    assert ["xtension of ours" in each["description"] for each in theirs] == [False] * 3
    for method, path, operation in operations(told):
        if path.startswith(("/v1/studies", "/v1/referrals")) or path.endswith("/report"):
            assert ("xtension of ours" in operation["description"]) is (method == "get"), path


def test_its_examples_are_the_documented_ones(told: dict[str, Any]):
    content = told["paths"]["/v1/orders"]["post"]["requestBody"]["content"]["application/json"]
    (order,) = content["examples"].values()
    changes = told["paths"]["/v1/orders/{reference}"]["put"]["requestBody"]["content"]

    assert order["value"] == example("create-order")
    for path, name in (("/v1/studies", "create-study"), ("/v1/referrals", "create-referral")):
        sent = told["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        assert [one["value"] for one in sent["examples"].values()] == [example(name)]
    assert example("cancel-order") in [
        one["value"] for one in changes["application/json"]["examples"].values()
    ]


ATTRIBUTES = example("create-order")["data"]["attributes"]


@pytest.mark.parametrize(
    "body",
    [
        example("create-order"),
        ATTRIBUTES,
        {"data": {"type": "orders", "attributes": ATTRIBUTES}},
        {**ATTRIBUTES, "emitOn": None, "unknown": [1]},
        {**ATTRIBUTES, "study": {"nights": 1, "sensors": {"neck_sensor": True, "oximeter": False}}},
        {**ATTRIBUTES, "shippingAddress": {**ATTRIBUTES["shippingAddress"], "country": "gb"}},
    ],
)
@pytest.mark.django_db
def test_every_form_that_the_server_takes_is_in_it(
    told: dict[str, Any], clinic: Organisation, program: Program, body: dict[str, Any]
):
    assert takes(told, "NewOrder", body)
    text = json.dumps(body).replace("Sleep Clinic A", clinic.name)
    answer = program.post(text.replace("ORG-A", clinic.reference).encode())
    assert answer.status_code == 201, answer.content


STUDY = example("create-study")["data"]["attributes"]
STUDY_DIRECTLY = {
    **{name: one for name, one in STUDY.items() if name != "study"},
    "nights": 1,
    "sensors": ["neck_sensor"],
}


@pytest.mark.parametrize(
    "body", [STUDY, STUDY_DIRECTLY, {"data": {"type": "studies", "attributes": STUDY_DIRECTLY}}]
)
@pytest.mark.django_db
def test_every_form_of_a_study_that_the_server_takes_is_in_it(
    told: dict[str, Any], clinic: Organisation, body: dict[str, Any]
):
    assert takes(told, "NewStudy", body)
    text = (
        json.dumps(body).replace("Sleep Clinic A", clinic.name).replace("ORG-A", clinic.reference)
    )
    studies = a_program(clinic.account, Scope.STUDIES)
    answer = studies.call("POST", "/v1/studies", text.encode())
    assert answer.status_code == 201, answer.content


def test_what_is_refused_of_studies_and_referrals_is_not_in_it(told: dict[str, Any]):
    assert not takes(told, "NewStudy", {**STUDY, "nights": 1})
    assert not takes(told, "PatchedStudyUpdate", {"nights": 1})
    assert takes(told, "PatchedStudyUpdate", example("cancel-study"))
    assert takes(told, "NewReferral", example("create-referral"))
    assert not takes(told, "NewReferral", example("create-study"))


@pytest.mark.parametrize(
    ("component", "name"),
    [
        ("StudyDocument", "study-created"),
        ("StudyDocument", "study-finished"),
        ("ReferralDocument", "referral-created"),
        ("OrderDocument", "order-created"),
    ],
)
def test_every_documented_answer_is_in_it(told: dict[str, Any], component: str, name: str):
    assert takes(told, component, example(name))


@pytest.mark.parametrize("name", ["order-event", "attempt-event", "finished-event"])
def test_every_documented_event_is_in_it(told: dict[str, Any], name: str):
    assert takes(told, "Event", example(name)["data"])


@pytest.mark.django_db
def test_what_is_refused_for_its_form_is_not_in_it(told: dict[str, Any], program: Program):
    assert not takes(told, "NewOrder", example("many-faults"))
    assert not takes(told, "OrderUpdate", {})
    assert not takes(told, "OrderUpdate", {"patient": {"dob": "1980-02-29"}})
    assert takes(told, "OrderUpdate", {"status": "cancelled", "study": "ignored"})


def members(schema: dict[str, Any]) -> set[str]:
    return set(schema["properties"])


@pytest.mark.django_db
def test_an_answer_has_no_member_that_it_does_not_tell(
    told: dict[str, Any], clinic: Organisation, program: Program
):
    schemas = told["components"]["schemas"]
    placed = program.post(order_body(clinic)).json()["data"]
    program.put(placed["attributes"]["reference"], {"status": "cancelled"})
    seen = program.get(f"/v1/orders/{placed['attributes']['reference']}").json()["data"]
    refused: HttpResponse = program.post(example("many-faults"))

    attributes = schemas["Order"]["properties"]["attributes"]
    assert set(seen) == members(schemas["Order"])
    assert set(seen["attributes"]) | {"sentForFulfilmentAt"} == members(attributes)
    assert set(refused.json()) == members(schemas["Errors"])
    assert set().union(*refused.json()["errors"]) == members(schemas["Error"])


@pytest.mark.django_db
def test_studies_referrals_and_events_have_no_member_that_it_does_not_tell(
    told: dict[str, Any], clinic: Organisation
):
    asking = a_program(
        clinic.account, Scope.STUDIES, Scope.READ_CODES, Scope.REFERRALS, Scope.EVENTS
    )
    study = episodes.completed(episodes.activated(episodes.in_house_study(clinic))).study
    order = episodes.verified(episodes.referral(clinic))
    fulfilment.release_order(order, actor=builders.operator())
    fulfilment.give_up_order(order, reason="Lost.", actor=builders.operator())

    schemas = told["components"]["schemas"]
    for name, path, more in (
        ("InHouseStudy", f"/v1/studies/{study.reference}", {"cancelledAt"}),
        ("Referral", "/v1/referrals/REF-1", {"rejectedAt"}),
    ):
        document = asking.get(path).json()["data"]
        attributes = members(schemas[name]["properties"]["attributes"])
        assert set(document) == members(schemas[name])
        assert set(document["attributes"]) | more == attributes
    events = asking.get("/v1/events").json()["data"]
    told_of = set().union(*(event["attributes"] for event in events))
    assert told_of == members(schemas["Event"]["properties"]["attributes"])
    assert all(takes(told, "Event", event) for event in events)


# What the program does


def fuzz_v1(
    website: Website, database: Database, told: str, tally: Path, *options: str
) -> subprocess.CompletedProcess[str]:
    seed = database.seed
    variables = {
        "HOMEWARD_TOKEN": website.token(seed),
        "HOMEWARD_CLIENT_ID": seed["client_id"],
        "HOMEWARD_CLIENT_SECRET": seed["secret"],
        "HOMEWARD_ORGANISATION": json.dumps(seed["organisation"]),
        "HOMEWARD_TALLY": str(tally),
    }
    return fuzz(website, told, CONFIGURED, *options, **variables)


def place(
    website: Website, database: Database, reference: str, *, name: str = "order", at: str = "orders"
) -> int:
    body = example(f"create-{name}")
    body["data"]["attributes"] |= {
        "reference": reference,
        "organisation": database.seed["organisation"],
        "study": {"sensors": ["neck_sensor"]},
    }
    headers = {
        "Authorization": f"Bearer {website.token(database.seed)}",
        "Content-Type": "application/json",
    }
    return website.call("POST", f"/v1/{at}", json.dumps(body).encode(), headers).status


@second_server
@pytest.mark.slow
def test_the_program_does_what_the_document_says(
    website: Website, database: Database, tmp_path: Path
):
    database.change(DEFAULTS)
    for name, at in (("order", "orders"), ("study", "studies"), ("referral", "referrals")):
        for reference in ("KNOWN", "CANCELLED"):
            assert place(website, database, reference, name=name, at=at) == 201

    done = fuzz_v1(website, database, f"{website.address}/v1/openapi.json", tmp_path / "tally")

    assert done.returncode == 0, done.stdout
    seen = (tmp_path / "tally").read_text().splitlines()
    assert set(seen) >= REACHED, REACHED - set(seen)
    assert len(seen) > 500


@second_server
def test_control_a_status_that_is_not_in_the_document_is_found(
    website: Website, database: Database, tmp_path: Path
):
    """The one example of an order is sent again, which is a conflict."""
    database.change(DEFAULTS)
    place(website, database, example("create-order")["data"]["attributes"]["reference"])
    whole = document(website.address)
    codes = []
    for name in ("whole", "without"):
        if name == "without":
            del whole["paths"]["/v1/orders"]["post"]["responses"]["409"]
        (tmp_path / name).write_text(json.dumps(whole))
        done = fuzz_v1(
            website, database, str(tmp_path / name), tmp_path / "tally",
            "--include-operation-id=placeOrder", "--phases=examples",
        )  # fmt: skip
        codes.append(done.returncode)

    assert codes == [0, 1], done.stdout
    assert "Undocumented" in done.stdout
    assert (tmp_path / "tally").read_text() == "POST /v1/orders 409\n" * 2
