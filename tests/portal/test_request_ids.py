"""Whatever goes wrong, the answer shows the number under which the logs know the request."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from organisations.roles import Role
from tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.failing_urls")]

FAULTS = {
    "broken": 500,
    "gone": 503,
    "closed": 503,
    "denied": 403,
    "bad": 400,
    "suspicious": 400,
    "nowhere": 404,
}


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(("name", "status"), FAULTS.items())
def test_an_error_page_shows_the_number_of_the_request(
    client: Client, name: str, status: int
) -> None:
    answer = client.get(f"/{name}")

    assert answer.status_code == status
    assert shown_on(answer) == answer["X-Request-Id"]


def test_the_page_of_a_form_that_expired_shows_it() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "somebody"})

    assert answer.status_code == 403
    assert shown_on(answer) == answer["X-Request-Id"]


def test_the_page_of_too_many_tries_shows_it(client: Client) -> None:
    for _ in range(40):
        answer = client.post("/accounts/password/reset/", {"email": "somebody@test.example"})
        if answer.status_code == 429:
            break

    assert answer.status_code == 429
    assert shown_on(answer) == answer["X-Request-Id"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/admin/nowhere/", 404),
        ("/admin/orders/order/77/change/", 404),
        ("/admin/organisations/user/add/", 403),
        ("/styleguide/nowhere/", 404),
    ],
)
def test_an_error_of_the_admin_shows_it(client: Client, path: str, status: int) -> None:
    client.force_login(builders.user(Role.OPERATOR))

    answer = client.get(path)

    assert answer.status_code == status
    assert shown_on(answer) == answer["X-Request-Id"]


@pytest.mark.parametrize("path", ["/orders/", "/orders/new/"])
def test_whom_the_staff_pages_turn_away_is_shown_it(client: Client, path: str) -> None:
    nobody = builders.user(Role.CLINIC_STAFF)
    nobody.membership.delete()
    client.force_login(type(nobody).objects.get(pk=nobody.pk))

    answer = client.get(path)

    assert answer.status_code == 403
    assert shown_on(answer) == answer["X-Request-Id"]


@pytest.mark.parametrize("name", [*FAULTS, "orders", "orders/A"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_error_of_the_api_tells_it(client: Client, method: str, name: str) -> None:
    answer = client.generic(method, f"/v1/{name}")

    assert answer.status_code >= 400
    assert answer.json()["meta"]["requestId"] == answer["X-Request-Id"]


@pytest.mark.parametrize("path", [*FAULTS, "token"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_error_of_the_token_endpoint_tells_it(client: Client, method: str, path: str) -> None:
    answer = client.generic(method, f"/oauth2/{path}")

    assert answer.status_code >= 400
    assert answer.json()["request_id"] == answer["X-Request-Id"]


def test_a_wrong_secret_is_told_with_it(client: Client) -> None:
    asked = "grant_type=client_credentials&client_id=nobody&client_secret=wrong"
    answer = client.post("/oauth2/token", asked, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 401
    assert answer.json()["request_id"] == answer["X-Request-Id"]


def test_the_callers_own_number_is_the_one_that_is_shown(client: Client) -> None:
    page = client.get("/nowhere", headers={"X-Request-Id": "call-77"})
    api = client.get("/v1/nowhere", headers={"X-Request-Id": "call-77"})

    assert shown_on(page) == "call-77"
    assert api.json()["meta"]["requestId"] == "call-77"


def shown_on(answer: HttpResponse) -> str:
    found = re.search(r'number: <span class="reference">([^<]+)<', answer.content.decode())
    return found[1] if found else ""
