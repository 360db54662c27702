"""What is answered where no view could: to people a page, to programs their dialect's document."""

import pytest
from django.test import Client

from tests.api.calls import Program, faults
from tests.api.shapes import assert_refused

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.failing_urls")]

EXPECTED = {
    "broken": (500, "internal_error"),
    "gone": (503, "unavailable"),
    "closed": (503, "unavailable"),
    "denied": (403, "forbidden"),
    "bad": (400, "bad_request"),
    "suspicious": (400, "bad_request"),
    "nowhere": (404, "resource_not_found"),
}


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(("name", "status", "code"), [(k, *v) for k, v in EXPECTED.items()])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "patch"])
def test_below_v1_every_fault_is_in_the_dialect(
    client: Client, method: str, name: str, status: int, code: str
):
    answer = getattr(client, method)(f"/v1/{name}")

    assert_refused(answer, status)
    assert faults(answer) == {(code, None)}
    assert b"patient" not in answer.content
    assert answer.get("Retry-After") == ("5" if status == 503 else None)


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/orders/", "/v1/orders/a/b", "/v1//orders"])
def test_an_unknown_address_is_told_without_a_token(client: Client, path: str):
    assert_refused(client.get(path), 404)
    assert_refused(client.post(path, b"{", content_type="text/plain"), 404)


@pytest.mark.parametrize(
    ("path", "allowed"), [("/v1/orders", "GET, HEAD, POST"), ("/v1/orders/A", "GET, HEAD, PUT")]
)
@pytest.mark.parametrize("method", ["DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_an_unknown_method_is_told_without_a_token(
    client: Client, method: str, path: str, allowed: str
):
    answer = client.generic(method, path)

    assert_refused(answer, 405)
    assert answer["Allow"] == allowed


@pytest.mark.parametrize("name", ["gone", "closed"])
def test_an_outage_is_one_line_of_the_log(
    client: Client, caplog: pytest.LogCaptureFixture, name: str
):
    client.get(f"/v1/{name}")

    (line,) = [record.msg for record in caplog.records if record.name.startswith("django_struct")]
    assert isinstance(line, dict)
    assert (line["event"], line["code"], line["level"]) == ("request_finished", 503, "error")
    assert line["error"].startswith("django.db.utils.")
    assert "exception" not in line
    assert "patient" not in str(line)


def test_a_fault_of_ours_is_logged_with_where_it_happened(
    client: Client, caplog: pytest.LogCaptureFixture
):
    client.get("/v1/broken")

    (line,) = [record.msg for record in caplog.records if record.name.startswith("django_struct")]
    assert isinstance(line, dict)
    assert (line["event"], line["code"]) == ("request_failed", 500)
    assert "in __call__" in line["exception"]


def test_a_statement_that_takes_too_long_is_an_outage(client: Client):
    answer = client.get("/v1/slow")

    assert_refused(answer, 503)


def test_the_token_endpoint_tells_faults_in_the_words_of_its_standard(client: Client):
    answers = {name: client.post(f"/oauth2/{name}") for name in EXPECTED}

    errors = {name: (found.status_code, found.json()["error"]) for name, found in answers.items()}
    assert errors == {
        "broken": (500, "server_error"),
        "gone": (503, "temporarily_unavailable"),
        "closed": (503, "temporarily_unavailable"),
        "denied": (403, "invalid_request"),
        "bad": (400, "invalid_request"),
        "suspicious": (400, "invalid_request"),
        "nowhere": (404, "invalid_request"),
    }


@pytest.mark.parametrize(("name", "status", "code"), [(k, *v) for k, v in EXPECTED.items()])
def test_people_are_told_on_a_page(client: Client, name: str, status: int, code: str):
    answer = client.get(f"/{name}")

    assert answer.status_code == status
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert f"Error {status}" in answer.content.decode()
    assert b"the name of a patient" not in answer.content
    assert answer.get("Retry-After") == ("5" if status == 503 else None)


def test_the_caller_s_request_id_comes_back(client: Client):
    answer = client.get("/v1/nowhere", headers={"X-Request-Id": "call-77"})

    assert answer["X-Request-Id"] == answer.json()["meta"]["requestId"] == "call-77"


@pytest.mark.parametrize("status", [400, 401, 404, 405])
def test_the_same_fault_has_the_same_title(program: Program, client: Client, status: int):
    calls = {
        400: lambda: program.call("POST", "/v1/orders", b"{"),
        401: lambda: client.get("/v1/orders"),
        404: lambda: client.get("/v1/nowhere"),
        405: lambda: client.delete("/v1/orders"),
    }

    errors = [calls[status]().json()["errors"][0] for _ in range(2)]

    assert errors[0]["title"] == errors[1]["title"]
    assert errors[0]["id"] != errors[1]["id"]
