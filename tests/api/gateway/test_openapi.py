"""The gateway's OpenAPI document says what the program does: it is complete, and schemathesis calls
the real program with whatever the document allows and forbids.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from organisations.roles import Scope
from portal.api.gateway.schema.document import document
from studies.models import Study
from tests import builders
from tests.api.gateway.calls import RESULT, Gateway, activation, assert_refused
from tests.api.gateway.calls import gateway as a_gateway
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
from tests.api.v3.seeded import place

CONFIGURED = Path(__file__).parent / "fuzzing" / "schemathesis.toml"
ATTEMPTS = "/gateway/v1/studies/{study}/attempts"
# Without these the calls would have missed what they are for.
REACHED = {
    "POST /gateway/v1/activations 200",
    "POST /gateway/v1/activations 400",
    "POST /gateway/v1/activations 404",
    "POST /gateway/v1/activations 415",
    "GET /gateway/v1/studies/{study} 200",
    "GET /gateway/v1/studies/{study} 404",
    f"POST {ATTEMPTS}/started 200",
    f"POST {ATTEMPTS}/started 400",
    f"POST {ATTEMPTS}/completed 200",
    f"POST {ATTEMPTS}/completed 400",
    "POST /gateway/v1/simulate 200",
    "POST /gateway/v1/simulate 400",
}
second_server = pytest.mark.xdist_group("second server")


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return document("https://homeward.example")


def test_anybody_may_read_it(client: Client) -> None:
    answer = client.get("/gateway/v1/openapi.json", headers={"Accept": "text/html"})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["servers"] == [{"url": settings.PUBLIC_BASE_URL}]


def test_it_can_only_be_read(client: Client) -> None:
    answer = client.post("/gateway/v1/openapi.json")

    assert_refused(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD"


def test_a_page_shows_it(client: Client) -> None:
    shown = client.get("/docs/gateway/").content.decode()

    assert 'data-document="/gateway/v1/openapi.json"' in shown
    assert "hwg_" in shown


def test_it_is_openapi_3_1(told: dict[str, Any]) -> None:
    assert told["openapi"].startswith("3.1.")
    validate_schema(told)
    assert_every_schema_is_json_schema(told)
    assert_every_reference_leads_somewhere(told)
    assert_every_operation_says_what_it_is(told)


def test_it_is_made_without_a_warning() -> None:
    GENERATOR_STATS.reset()
    document("https://homeward.example")

    assert not GENERATOR_STATS


def test_every_address_of_the_gateway_is_in_it_with_its_methods(told: dict[str, Any]) -> None:
    found = {
        (method, re.sub(r"<\w+:(\w+)>", r"{\1}", path)) for method, path in offered("gateway/v1/")
    }

    assert {(method, path) for method, path, _ in operations(told)} == found


def test_every_operation_wants_the_key(told: dict[str, Any]) -> None:
    wanted = [{"gatewayKey": []}]
    assert all(operation["security"] == wanted for _, _, operation in operations(told))


def test_its_examples_are_what_it_describes(told: dict[str, Any]) -> None:
    for _, path, operation in operations(told):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for content in (body.get("content", {}).get("application/json", {}) for body in bodies):
            for example in content.get("examples", {}).values():
                component = content["schema"]["$ref"].rpartition("/")[2]
                assert takes(told, component, example["value"]), (path, component)


def test_what_is_sent_and_answered_is_what_it_describes(
    told: dict[str, Any], gateway: Gateway, study: Study
) -> None:
    body = activation(study)

    assert takes(told, "ActivationRequest", body)
    assert takes(told, "Study", gateway.post("/activations", body).json())
    assert takes(told, "ResultRequest", RESULT)
    assert takes(told, "Study", gateway.complete(study).json())
    assert takes(told, "Refusal", gateway.start(study, 99).json())


def test_what_is_played_is_what_it_describes(told: dict[str, Any], db: None) -> None:
    trial = builders.organisation(builders.account(is_test=True))
    body = {"account": trial.account_id, "order": builders.order(chosen=trial).reference}

    assert takes(told, "SimulationRequest", body)
    assert takes(told, "Played", a_gateway(Scope.SIMULATE).post("/simulate", body).json())


def what_is_there(database: Database) -> dict[str, Any]:
    database.change("UPDATE organisations_account SET is_test = true WHERE kind = 'clinic'")
    code = "SELECT activation_code FROM studies_study WHERE reference = 'KNOWN'"
    return {
        "study": str(
            database.value("SELECT public_id FROM studies_study WHERE reference = 'KNOWN'")
        ),
        "activationCode": database.value(code),
        "dateOfBirth": "1980-02-29",
        "order": "PLAYED",
        "account": database.value("SELECT account_id FROM studies_study LIMIT 1"),
        "nightNumber": 1,
        "attemptNumber": 1,
        "startedAt": "2025-03-03T22:05:00Z",
        "completedAt": "2025-03-04T06:12:45Z",
    }


@second_server
@pytest.mark.slow
def test_the_program_does_what_the_document_says(
    website: Website, database: Database, tmp_path: Path
) -> None:
    place(website, database, "KNOWN")
    place(website, database, "PLAYED")
    tally = tmp_path / "tally"

    done = fuzz(
        website,
        f"{website.address}/gateway/v1/openapi.json",
        CONFIGURED,
        HOMEWARD_KEY=database.seed["gateway"],
        HOMEWARD_THERE=json.dumps(what_is_there(database)),
        HOMEWARD_TALLY=str(tally),
    )

    assert done.returncode == 0, done.stdout
    seen = tally.read_text().splitlines()
    assert set(seen) >= REACHED, REACHED - set(seen)
    assert len(seen) > 200
