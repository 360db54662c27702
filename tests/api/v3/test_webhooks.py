"""Webhooks of API v3 and the secret of their messages: contracts/v3.md section 3.9."""

import json

import pytest
from django.db import connection

from organisations.models import Account
from organisations.roles import Scope
from portal.api.v3.event_types import TYPES
from tests import builders
from tests.api.v3.calls import Program, assert_refused
from tests.api.v3.calls import program as a_program
from webhooks.models import AccountSecret, WebhookEndpoint

URL = "http://127.0.0.1:9/hooks"
SECRET = "Test-Secret-1"
ORDERS = {"type": "order.status", "url": URL}


def made(program: Program, **members: str) -> int:
    number: int = program.post("/webhook", {**ORDERS, **members}).json()["id"]
    return number


# Webhooks


def test_a_webhook_is_made_and_read(program: Program, account: Account) -> None:
    answer = program.post("/webhook", ORDERS)

    assert answer.status_code == 200
    webhook = WebhookEndpoint.objects.get()
    assert answer.json() == {"id": webhook.pk, **ORDERS}
    assert program.get(f"/webhook/{webhook.pk}").json() == answer.json()
    assert webhook.account_id == account.pk
    assert webhook.kinds == list(TYPES["order_status"].kinds)


@pytest.mark.parametrize("word", [one.word for one in TYPES.values()])
def test_each_of_the_26_types_can_be_asked_for(program: Program, word: str) -> None:
    answer = program.post("/webhook", {"type": word, "url": URL})

    assert (answer.status_code, answer.json()["type"]) == (200, word)


def test_a_type_is_read_in_whatever_case(program: Program) -> None:
    answer = program.post("/webhook", {"type": "ORDER.STATUS_FULL", "url": URL})

    assert answer.json()["type"] == "order.statusFull"


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"type": "order.lost"}, "type"),
        ({"type": None}, "type"),
        ({"type": ["order.status"]}, "type"),
        ({"url": None}, "url"),
        ({"url": ""}, "url"),
        ({"url": "x" * 2001}, "url"),
    ],
)
def test_a_webhook_needs_a_known_type_and_an_address(program, members, field) -> None:
    document = assert_refused(
        program.post("/webhook", {**ORDERS, **members}), 400, "validation_failed"
    )

    assert [error["field"] for error in document["errors"]] == [field]
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("hooks", "address_malformed"),
        ("ftp://example.org/hooks", "address_malformed"),
        ("https://user:word@example.org/hooks", "address_malformed"),
        ("https://169.254.169.254/latest", "address_not_outside"),
        ("https://10.0.0.1/hooks", "address_not_outside"),
    ],
)
def test_an_address_leads_to_a_server_outside(program: Program, url: str, message: str) -> None:
    document = assert_refused(program.post("/webhook", {**ORDERS, "url": url}), 400, message)

    assert [error["field"] for error in document["errors"]] == ["url"]


def test_the_same_type_and_address_twice_are_two_webhooks(program: Program) -> None:
    first, second = made(program), made(program)

    assert first != second
    assert program.get("/webhook").json()["total"] == 2


def test_they_are_listed_by_id_in_pages(program: Program) -> None:
    numbers = [made(program) for _ in range(3)]

    page = program.get("/webhook?size=2&page=2").json()

    assert [one["id"] for one in page["content"]] == numbers[2:]
    assert (page["total"], page["first"], page["last"]) == (3, False, True)


def test_a_webhook_is_moved_to_another_address_and_keeps_its_type(program: Program) -> None:
    number = made(program)

    answer = program.patch(f"/webhook/{number}", {"url": f"{URL}/new", "type": "patient.created"})

    assert answer.status_code == 200
    assert answer.json() == {"id": number, "type": "order.status", "url": f"{URL}/new"}
    assert WebhookEndpoint.objects.get().kinds == list(TYPES["order_status"].kinds)


def test_the_same_address_as_before_is_refused(program: Program) -> None:
    number = made(program)

    document = assert_refused(
        program.patch(f"/webhook/{number}", {"url": URL}), 400, "address_unchanged"
    )

    assert [error["field"] for error in document["errors"]] == ["url"]


@pytest.mark.parametrize("body", [{}, {"url": None}, {"type": "order.status"}])
def test_a_patch_names_an_address(program: Program, body: dict[str, str]) -> None:
    assert_refused(program.patch(f"/webhook/{made(program)}", body), 400, "validation_failed")


def test_a_webhook_that_was_deleted_is_not_there_any_more(program: Program) -> None:
    number = made(program)

    answer = program.delete(f"/webhook/{number}")

    assert (answer.status_code, answer.content) == (204, b"")
    for method, body in (("GET", None), ("PATCH", {"url": f"{URL}/new"}), ("DELETE", None)):
        assert_refused(program.call(method, f"/webhook/{number}", body), 404, "resource_not_found")
    assert program.get("/webhook").json()["total"] == 0


def test_another_accounts_webhook_is_not_there(program: Program, stranger: Program) -> None:
    number = made(program)

    for method, body in (("GET", None), ("PATCH", {"url": f"{URL}/new"}), ("DELETE", None)):
        ours = stranger.call(method, f"/webhook/{number}", body)
        nobodys = stranger.call(method, f"/webhook/{number + 1000}", body)
        assert_refused(ours, 404, "resource_not_found")
        assert ours.content == nobodys.content
    assert program.get("/webhook").json()["total"] == 1


def test_endpoints_of_api_v1_are_not_seen_here(program: Program, account: Account) -> None:
    endpoint = builders.endpoint(account, URL).endpoint

    assert program.get("/webhook").json()["total"] == 0
    for method, body in (("GET", None), ("PATCH", {"url": f"{URL}/new"}), ("DELETE", None)):
        assert_refused(program.call(method, f"/webhook/{endpoint.pk}", body), 404)
    assert WebhookEndpoint.objects.get().removed_at is None


def test_only_a_key_with_the_scope_is_let_in(account: Account) -> None:
    other = a_program(account, Scope.EVENTS)

    for path in ("/webhook", "/webhook/logs", "/webhook-secret"):
        assert_refused(other.get(path), 403, "forbidden")


def test_history_says_which_key_made_a_webhook(program: Program) -> None:
    number = made(program)

    (version,) = WebhookEndpoint.objects.get(pk=number).history.all()
    assert version.pgh_context["who"] == f"key:{program.key.pk}"


# The secret


def test_a_secret_is_set_read_replaced_and_removed(program: Program) -> None:
    assert_refused(program.get("/webhook-secret"), 404, "webhook_secret_not_set")

    for method, secret in (("POST", SECRET), ("PATCH", "Another One")):
        answer = program.call(method, "/webhook-secret", {"secret": secret})
        assert (answer.status_code, answer.json()) == (200, {"secret": secret})
        assert program.get("/webhook-secret").json() == {"secret": secret}

    assert program.delete("/webhook-secret").status_code == 204
    assert_refused(program.get("/webhook-secret"), 404, "webhook_secret_not_set")


def test_a_second_secret_is_a_conflict_and_changes_nothing(program: Program) -> None:
    program.post("/webhook-secret", {"secret": SECRET})

    answer = program.post("/webhook-secret", {"secret": "Another-One"})

    assert_refused(answer, 409, "webhook_secret_is_set")
    assert program.get("/webhook-secret").json() == {"secret": SECRET}


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_what_is_not_set_is_neither_replaced_nor_removed(program: Program, method: str) -> None:
    body = {"secret": SECRET} if method == "PATCH" else None

    answer = program.call(method, "/webhook-secret", body)

    assert_refused(answer, 404, "webhook_secret_not_set")
    assert not AccountSecret.objects.exists()


@pytest.mark.parametrize(
    "secret", ["", " ", "a ", " a", "a\nb", "a\r\nX-Injected: 1", "é", "x" * 256, 7, None]
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_secret_is_what_a_header_can_carry(program: Program, method: str, secret) -> None:
    answer = program.call(method, "/webhook-secret", {"secret": secret})

    assert_refused(answer, 400, "validation_failed")


def test_every_account_has_its_own_secret(program: Program, stranger: Program) -> None:
    program.post("/webhook-secret", {"secret": SECRET})

    assert_refused(stranger.get("/webhook-secret"), 404)
    assert stranger.post("/webhook-secret", {"secret": "Another-One"}).status_code == 200
    stranger.delete("/webhook-secret")
    assert program.get("/webhook-secret").json() == {"secret": SECRET}


def test_a_secret_stands_nowhere_as_it_is(program: Program, caplog) -> None:
    """Neither in its row, nor in its history, nor in any log."""
    program.post("/webhook-secret", {"secret": SECRET}, Idempotency_Key="one")
    program.patch("/webhook-secret", {"secret": SECRET + "2"})

    tables = [name for name in connection.introspection.table_names() if "django" not in name]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT coalesce(json_agg(one)::text, '') FROM \"{table}\" AS one")
            assert SECRET not in cursor.fetchone()[0], table
    assert SECRET not in caplog.text
    assert "Test-Secret" not in json.dumps(list(map(str, caplog.records)))
