"""Getting a token, and what a token is good for: contracts/v1.md section 1.2."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken

from organisations.integrations import replace_client_secret
from organisations.models import ApiClient, Organisation
from organisations.roles import Scope
from tests import builders
from tests.api.calls import Program, faults
from tests.api.calls import program as a_program
from tests.api.shapes import assert_refused

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def credentials(clinic: Organisation) -> builders.Credentials:
    return builders.api_client(clinic.account, Scope.ORDERS, Scope.STUDIES)


def ask(
    fields: dict[str, str] | bytes, *, content_type: str = FORM, **headers: str
) -> HttpResponse:
    body = urlencode(fields).encode() if isinstance(fields, dict) else fields
    return Client().generic(
        "POST", "/oauth2/token", body, content_type=content_type, headers=headers
    )


def in_body(credentials: builders.Credentials, **fields: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": credentials.client.client_id,
        "client_secret": credentials.secret,
        **fields,
    }


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def assert_oauth_error(answer: HttpResponse, status: int, error: str) -> None:
    """RFC 6749 section 5.2."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
    assert answer["Cache-Control"] == "no-store"
    document = answer.json()
    assert document["error"] == error
    assert set(document) <= {"error", "error_description", "request_id"}


def test_credentials_in_the_body_get_a_token_for_an_hour(credentials: builders.Credentials):
    answer = ask(in_body(credentials))

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert (answer["Cache-Control"], answer["Pragma"]) == ("no-store", "no-cache")
    document = answer.json()
    assert document.pop("access_token")
    assert document == {"token_type": "Bearer", "expires_in": 3600, "scope": "orders studies"}


@pytest.mark.parametrize("scheme", ["Basic", "basic"])
def test_credentials_in_the_header_get_one_too(credentials: builders.Credentials, scheme: str):
    header = basic(credentials.client.client_id, credentials.secret).replace("Basic", scheme)

    answer = ask({"grant_type": "client_credentials"}, Authorization=header)

    assert answer.status_code == 200


def test_only_the_scope_that_is_asked_for_is_given(credentials: builders.Credentials):
    answer = ask(in_body(credentials, scope="studies"))

    assert answer.json()["scope"] == "studies"
    token = Program(credentials, answer.json()["access_token"])
    assert_refused(token.get("/v1/orders"), 403)


@pytest.mark.parametrize(
    "scope", ["events", "orders events", "nonsense", "Orders", "orders,studies"]
)
def test_a_scope_the_client_does_not_have_is_refused(credentials: builders.Credentials, scope: str):
    assert_oauth_error(ask(in_body(credentials, scope=scope)), 400, "invalid_scope")


@pytest.mark.parametrize(
    "grant", ["password", "authorization_code", "refresh_token", "implicit", "x" * 1000]
)
def test_there_is_no_other_grant(credentials: builders.Credentials, grant: str):
    answer = ask(in_body(credentials, grant_type=grant, username="a", password="b"))

    assert_oauth_error(answer, 400, "unsupported_grant_type")


def test_without_a_grant_the_request_is_invalid(credentials: builders.Credentials):
    fields = in_body(credentials)
    del fields["grant_type"]

    assert_oauth_error(ask(fields), 400, "invalid_request")


@pytest.mark.parametrize(
    "wrong",
    [{"client_secret": "wrong"}, {"client_secret": ""}, {"client_id": "nobody"}, {"client_id": ""}],
)
def test_wrong_credentials_get_nothing(credentials: builders.Credentials, wrong: dict[str, str]):
    answer = ask(in_body(credentials, **wrong))

    assert_oauth_error(answer, 401, "invalid_client")
    assert answer["WWW-Authenticate"].startswith("Basic")
    assert not AccessToken.objects.exists()


def test_a_secret_that_was_replaced_gets_nothing(credentials: builders.Credentials):
    replaced = replace_client_secret(credentials.client, actor=builders.administrator())

    assert_oauth_error(ask(in_body(credentials)), 401, "invalid_client")
    assert ask(in_body(builders.Credentials(*replaced))).status_code == 200


def test_a_client_that_is_off_gets_nothing(credentials: builders.Credentials):
    ApiClient.objects.update(is_active=False)

    assert_oauth_error(ask(in_body(credentials)), 401, "invalid_client")


def test_credentials_sent_both_ways_are_refused(credentials: builders.Credentials):
    header = basic(credentials.client.client_id, credentials.secret)

    assert_oauth_error(ask(in_body(credentials), Authorization=header), 400, "invalid_request")


def test_the_token_itself_is_not_kept(credentials: builders.Credentials):
    sent = ask(in_body(credentials)).json()["access_token"]

    kept = AccessToken.objects.get()
    assert kept.token == ""
    assert sent not in kept.token_checksum


@pytest.mark.parametrize("method", ["get", "put", "delete", "options", "head"])
def test_a_token_is_only_posted_for(method: str):
    answer = getattr(Client(), method)("/oauth2/token")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer["Content-Type"] == "application/json"


FORMS: dict[str, bytes] = {
    "empty": b"",
    "NUL": b"grant_type=client_credentials&client_id=a%00&client_secret=b",
    "raw NUL": b"\x00=\x00",
    "NUL in a name": b"a%00b=c",
    "not utf-8": b"grant_type=client_credentials&client_id=%ff&client_secret=%fe",
    "raw bytes": b"\xff\xfe=\x80",
    "lone surrogate": b"client_id=%ed%a0%80&grant_type=client_credentials",
    "percent": b"client_id=%&client_secret=%zz&grant_type=%",
    "only signs": b"&&&===;;;",
    "line break": b"grant_type=client_credentials&client_id=a%0d%0aX-A:b&client_secret=c",
    "twice": b"grant_type=client_credentials&grant_type=client_credentials",
    "client twice": b"grant_type=client_credentials&client_id=a&client_id=b&client_secret=c",
    "list": b"grant_type[]=client_credentials&client_id[]=a",
    "many fields": b"&".join(b"a%d=b" % number for number in range(5000)),
    "60 KB id": b"grant_type=client_credentials&client_id=" + b"a" * 60_000 + b"&client_secret=b",
    "60 KB secret": b"grant_type=client_credentials&client_id=a&client_secret=" + b"b" * 60_000,
    "60 KB scope": b"grant_type=client_credentials&client_id=a&scope=" + b"+c" * 30_000,
    "json": b'{"grant_type": "client_credentials"}',
    "url as id": b"grant_type=client_credentials&client_id=https://example.org/c&client_secret=b",
    "resource": b"grant_type=client_credentials&client_id=a&client_secret=b&resource=https://x",
    "assertion": b"grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=x",
    "sql": b"grant_type=client_credentials&client_id='+or+1=1--&client_secret='",
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_no_form_breaks_it(name: str):
    answer = ask(FORMS[name])

    assert answer.status_code in (400, 401), answer.content
    assert_oauth_error(answer, answer.status_code, answer.json()["error"])


def test_a_form_of_more_than_64_kib_is_too_large():
    assert_oauth_error(ask(b"a=" + b"b" * 70_000), 413, "invalid_request")


@pytest.mark.parametrize(
    "kind",
    [
        "application/json", "multipart/form-data", "multipart/form-data; boundary=x", "text/plain",
        "*/*", "", "application/x-www-form-urlencoded; charset=bogus",
        "application/x-www-form-urlencoded; charset=utf-16", "\x00", "é",
    ],
)  # fmt: skip
def test_only_a_form_is_taken(credentials: builders.Credentials, kind: str):
    assert_oauth_error(ask(in_body(credentials), content_type=kind), 400, "invalid_request")


@pytest.mark.parametrize(
    "header",
    [
        "Basic", "Basic ", "Basic !", "Basic é", "Basic YQ", "Basic YQ==", "Basic /w==",
        "Basic " + "A" * 5000, "Basic YQBiOmM=", "Bearer abc", "Digest x", "x", "Basic OjE6Mg==",
        basic("%00", "b"), basic("%ff", "%"), basic("a" * 3000, "b"), basic("", ""),
        basic(":", ":"),
    ],
)  # fmt: skip
def test_no_header_breaks_it(header: str):
    answer = ask({"grant_type": "client_credentials"}, Authorization=header)

    assert_oauth_error(answer, 401, "invalid_client")


@pytest.mark.parametrize("query", ["x=1", "%00", "client_id=a&client_secret=b", "=", "a&b", "%ff"])
def test_nothing_is_read_from_the_address(credentials: builders.Credentials, query: str):
    answer = Client().post(
        f"/oauth2/token?{query}", urlencode(in_body(credentials)), content_type=FORM
    )

    assert_oauth_error(answer, 400, "invalid_request")


def test_its_address_can_be_discovered():
    answer = Client().get("/.well-known/openid-configuration")

    assert answer["Content-Type"] == "application/json"
    assert answer.json()["token_endpoint"] == "http://127.0.0.1:8000/oauth2/token"
    assert answer.json()["grant_types_supported"] == ["client_credentials"]


def test_a_token_ends_after_an_hour(program: Program):
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert program.get("/v1/orders").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert_refused(program.get("/v1/orders"), 401)


def switch_the_client_off(client: ApiClient) -> None:
    client.is_active = False
    client.save()


def close_the_account(client: ApiClient) -> None:
    client.account.is_active = False
    client.account.save()


def take_the_scope_away(client: ApiClient) -> None:
    client.scopes = [Scope.STUDIES]
    client.save()


@pytest.mark.parametrize(
    ("withdraw", "status"),
    [(switch_the_client_off, 401), (close_the_account, 401), (take_the_scope_away, 403)],
)
def test_what_is_withdrawn_ends_at_once(
    program: Program, withdraw: Callable[[ApiClient], Any], status: int
):
    assert program.get("/v1/orders").status_code == 200

    withdraw(program.credentials.client)

    assert_refused(program.get("/v1/orders"), status)


def test_a_missing_scope_is_named(clinic: Organisation):
    answer = a_program(clinic.account, Scope.STUDIES).get("/v1/orders")

    assert_refused(answer, 403)
    assert faults(answer) == {("forbidden", None)}
    assert answer["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="orders"'


def test_a_token_in_the_address_is_not_looked_at(program: Program):
    answer = Client().get(f"/v1/orders?access_token={program.token}")

    assert_refused(answer, 401)


def test_use_is_noted_at_most_once_a_minute(program: Program):
    def used() -> Any:
        program.credentials.client.refresh_from_db()
        return program.credentials.client.last_used_at

    program.get("/v1/orders")
    first = used()
    program.get("/v1/orders")
    second = used()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        program.get("/v1/orders")

    assert first is not None
    assert second == first
    assert used() > first
