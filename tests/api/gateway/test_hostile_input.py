"""Whatever is sent, the answer is a 4xx in the gateway's own shape and nothing is done."""

from collections.abc import Iterable
from typing import Any, Final

import pytest
from django.http import HttpResponse
from django.test import Client

from studies.models import Study
from tests.api import hostile
from tests.api.gateway.calls import (
    BASE,
    JSON,
    RESULT,
    Gateway,
    activation,
    all_there_is,
    assert_refused,
)

START: Final = {"nightNumber": 1, "attemptNumber": 1, "startedAt": "2025-03-03T22:05:00Z"}
# Every address that takes a body: what is sent there when all is well.
WRITES: Final = (
    "/activations",
    "/studies/{study}/attempts/started",
    "/studies/{study}/attempts/completed",
    "/simulate",
)
# An index may be a fraction, and nothing else may.
FINE: Final = ("indexes/", ": fraction")

each_write = pytest.mark.parametrize("write", WRITES)


def body_for(write: str, study: Study) -> dict[str, Any]:
    if write == "/activations":
        return activation(study)
    if write == "/simulate":
        return {"account": study.account_id, "order": study.reference, "until": "finished"}
    return dict(START if write.endswith("started") else RESULT)


def path_of(write: str, study: Study) -> str:
    return write.format(study=study.public_id)


def check(cases: Iterable[tuple[str, HttpResponse]], *statuses: int) -> None:
    for name, answer in cases:
        assert answer.status_code in (statuses or range(400, 500)), (name, answer.content[:500])
        assert_refused(answer, answer.status_code)


@each_write
def test_what_is_no_document_is_refused(gateway: Gateway, study: Study, write: str) -> None:
    before = all_there_is()
    path = path_of(write, study)

    check((name, gateway.post(path, body)) for name, body in hostile.BODIES.items())

    assert all_there_is() == before


@each_write
def test_every_value_is_looked_at(gateway: Gateway, study: Study, write: str) -> None:
    before = all_there_is()
    path, body = path_of(write, study), body_for(write, study)

    cases = hostile.spoiled(body, hostile.VALUES)
    wrong = [(name, one) for name, one in cases if not all(part in name for part in FINE)]
    check((name, gateway.post(path, spoilt)) for name, spoilt in wrong)

    assert all_there_is() == before


@each_write
def test_strange_texts_break_nothing(gateway: Gateway, study: Study, write: str) -> None:
    before = all_there_is()
    path, body = path_of(write, study), body_for(write, study)

    cases = hostile.spoiled(body, hostile.TEXTS)
    # What is there to be played belongs to no test account.
    statuses = (400, 403, 404) if write == "/simulate" else (400, 404)
    check(((name, gateway.post(path, spoilt)) for name, spoilt in cases), *statuses)

    assert all_there_is() == before


@pytest.mark.parametrize(
    "moment",
    [
        "2025-03-03", "2025-03-03T22:05:00", "2025-03-03 22:05:00Z", "2025-02-30T00:00:00Z",
        "2025-03-03T24:01:00Z", "2025-03-03T22:05:60Z", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00", "2025-03-03T22:05:00+99:00", "2025-03-03T22:05:00.1234567890Z",
        "２０２５-03-03T22:05:00Z", "1741039500", 1741039500, "", "0000-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused(gateway: Gateway, study: Study, moment: object) -> None:
    assert_refused(gateway.start(study, startedAt=moment), 400)
    assert_refused(gateway.complete(study, completedAt=moment), 400)
    assert_refused(gateway.activate(study, occurredAt=moment), 400)


@pytest.mark.parametrize("moment", ["2025-03-03t22:05:00z", "2025-03-03T22:05:00.123456789+01:00"])
def test_a_moment_may_be_written_in_many_ways(gateway: Gateway, study: Study, moment: str) -> None:
    assert gateway.start(study, startedAt=moment).status_code == 200


def test_every_address_below_the_gateway_answers_in_its_shape(gateway: Gateway) -> None:
    for beginning in ("/", "/studies/", "/activations/", "/activations?", "/simulate/"):
        paths = [beginning + ending for ending in hostile.ENDINGS]

        check((path, gateway.get(path)) for path in paths)


@each_write
def test_only_json_is_taken(gateway: Gateway, study: Study, write: str) -> None:
    path, body = path_of(write, study), body_for(write, study)
    # In parts a result may come.
    kinds = [kind for kind in hostile.CONTENT_TYPES if kind != "multipart/form-data; boundary=x"]

    check(((kind, gateway.post(path, body, content_type=kind)) for kind in kinds), 415)


KEYS: Final = (
    *hostile.AUTHORIZATIONS,
    "Bearer hwg_",
    "Bearer hwg_00000000.",
    "Bearer hwg_00000000." + "a" * 43,
    "Bearer hwg_00000000." + "a" * 60_000,
    "Bearer hwg_0000000０." + "a" * 43,
    "Bearer hwg_00000000.\x00" + "a" * 42,
    "Bearer hwg_00000000." + "a" * 43 + "\nX: 1",
)


def test_only_a_key_is_let_in(db: None) -> None:
    for sent in KEYS:
        answer = Client().post(
            f"{BASE}/activations", "{}", content_type=JSON, headers={"Authorization": sent}
        )

        assert_refused(answer, 401, "unauthenticated")
        assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", ["X-Request-Id", "Accept", "Cookie", "Host"])
@pytest.mark.parametrize("value", ["\x00", "é" * 100, "a" * 5000, "<b>", "\x1b[31m"])
def test_other_headers_break_nothing(gateway: Gateway, study: Study, name: str, value: str) -> None:
    answer = gateway.call("GET", f"/studies/{study.public_id}", **{name: value})

    if name == "Host":
        assert_refused(answer, 400)
    else:
        assert answer.status_code == 200
        assert value not in answer["X-Request-Id"]
