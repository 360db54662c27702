"""What every request is given on its way in and out, wherever it goes."""

import uuid

import pytest
from django.test import Client

ADMIN_POLICY = {"script-src 'self' 'unsafe-eval'", "style-src 'self' 'unsafe-inline'"}


def test_the_callers_request_id_is_given_back(client: Client) -> None:
    response = client.get("/healthz/live", headers={"X-Request-Id": "abc-123_4.5"})

    assert response.headers["X-Request-Id"] == "abc-123_4.5"


@pytest.mark.parametrize("given", [None, "", "two words", "line\nbreak", "x" * 65, "<b>", "ż"])
def test_without_a_plain_one_it_is_made(client: Client, given: str | None) -> None:
    headers = {} if given is None else {"X-Request-Id": given}

    response = client.get("/healthz/live", headers=headers)

    assert uuid.UUID(response.headers["X-Request-Id"])


def test_an_unknown_address_has_a_request_id_too(client: Client) -> None:
    response = client.get("/no-such-page")

    assert response.status_code == 404
    assert uuid.UUID(response.headers["X-Request-Id"])


def policy(client: Client, path: str) -> set[str]:
    return set(client.get(path).headers["Content-Security-Policy"].split("; "))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/healthz/live", "/no-such-page", "/admins"])
def test_nothing_inline_and_nothing_foreign_is_allowed(client: Client, path: str) -> None:
    assert policy(client, path) == {
        "default-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/no-such-page/"])
def test_the_admins_theme_may_evaluate_expressions_and_set_styles(
    client: Client, path: str
) -> None:
    assert policy(client, path) > ADMIN_POLICY
    assert "default-src 'self'" in policy(client, path)


@pytest.mark.django_db
def test_nobody_signs_up(client: Client) -> None:
    response = client.post(
        "/accounts/signup/", {"email": "new@example.org", "password1": "correct horse battery"}
    )

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_the_admins_sign_in_is_everyones(client: Client) -> None:
    response = client.get("/admin/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/accounts/login/")
