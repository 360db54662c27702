"""Sites of API v3: contracts/v3.md section 3.3."""

from typing import Any

import pytest
from pytest_django import Settings

from organisations.models import Account, Site
from tests import builders
from tests.api.v3.calls import ADDRESS, Program, assert_refused

HUGE = ("9223372036854775807", "9223372036854775808", "9" * 30, "9" * 5000)
NORTH = {
    "name": "North",
    "active": False,
    "phoneNumber": "111-222-3333",
    "address": {**ADDRESS, "lineTwo": "Floor 2", "lineThree": "Room 3", "note": "Ring twice"},
}


def site_body(**members: Any) -> dict[str, Any]:
    return {"name": "North", "address": ADDRESS, **members}


@pytest.fixture
def north(program: Program) -> dict[str, Any]:
    made: dict[str, Any] = program.post("/site", NORTH).json()
    return made


def test_a_site_is_made_and_told_as_it_was_sent(program: Program, account: Account) -> None:
    answer = program.post("/site", {**NORTH, "id": 5, "unknown": [1]})

    assert answer.status_code == 200
    site = account.sites.get()
    assert answer.json() == {"id": site.pk, **NORTH}
    assert (site.phone, site.is_active, site.country_code) == ("111-222-3333", False, "US")


def test_a_site_is_active_and_nothing_is_told_of_what_is_not_known(program: Program) -> None:
    made = program.post("/site", site_body(phoneNumber=None)).json()

    assert made == {"id": made["id"], "name": "North", "active": True, "address": ADDRESS}


def test_a_create_answers_201_where_the_setting_says_so(
    program: Program, settings: Settings
) -> None:
    settings.V3_CREATED_STATUS = 201

    assert program.post("/site", site_body()).status_code == 201


def test_the_list_holds_the_account_s_sites_by_id(program: Program, account: Account) -> None:
    made = [builders.site(account, name=f"Site {number}").pk for number in range(3)]
    builders.site(builders.account())

    first, second = program.get("/site?size=2").json(), program.get("/site?size=2&page=2").json()

    assert [one["id"] for one in first.pop("content")] == made[:2]
    assert first == {"page": 1, "size": 2, "total": 3, "first": True, "last": False}
    assert [one["id"] for one in second.pop("content")] == made[2:]
    assert second == {"page": 2, "size": 2, "total": 3, "first": False, "last": True}


def test_a_site_is_fetched_by_its_id(program: Program, north: dict[str, Any]) -> None:
    answer = program.get(f"/site/{north['id']}")

    assert (answer.status_code, answer.json()) == (200, north)


def test_an_address_of_many_lines_is_told_in_three(program: Program, account: Account) -> None:
    site = builders.site(account, address_lines=["1", "2", "3", "4", "5"])

    told = program.get(f"/site/{site.pk}").json()["address"]

    assert (told["lineOne"], told["lineTwo"], told["lineThree"]) == ("1", "2", "3, 4, 5")
    assert told["country"] == "GB"


def test_put_replaces_all_and_answers_nothing(program: Program, north: dict[str, Any]) -> None:
    answer = program.put(f"/site/{north['id']}", site_body(name="South"))

    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Type" not in answer.headers
    now = program.get(f"/site/{north['id']}").json()
    assert now == {"id": north["id"], "name": "South", "active": True, "address": ADDRESS}


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"name": "South"},
        {"active": True},
        {"phoneNumber": "1"},
        {"address": {**ADDRESS, "city": "Leeds"}},
    ],
    ids=lambda sent: " ".join(sent) or "nothing",
)
def test_patch_changes_what_is_sent(
    program: Program, north: dict[str, Any], sent: dict[str, Any]
) -> None:
    answer = program.patch(f"/site/{north['id']}", sent)

    assert (answer.status_code, answer.json()) == (200, {**north, **sent})
    assert program.get(f"/site/{north['id']}").json() == {**north, **sent}


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_a_telephone_number_is_emptied_by_patch(
    program: Program, north: dict[str, Any], empty: str | None
) -> None:
    answer = program.patch(f"/site/{north['id']}", {"phoneNumber": empty})

    assert answer.json() == {name: told for name, told in north.items() if name != "phoneNumber"}


WITHOUT_ZIP = {name: line for name, line in ADDRESS.items() if name != "zipCode"}
WRONG = {
    "no name": ({"name": None}, {"name"}),
    "blank name": ({"name": " "}, {"name"}),
    "long name": ({"name": "a" * 201}, {"name"}),
    "name of control characters": ({"name": "a\x07"}, {"name"}),
    "number for a name": ({"name": 1}, {"name"}),
    "no address": ({"address": None}, {"address"}),
    "address of another kind": ({"address": "12 Test Street"}, {"address"}),
    "no zip code": ({"address": WITHOUT_ZIP}, {"address.zipCode"}),
    "empty address": (
        {"address": {}},
        {f"address.{name}" for name in ("lineOne", "city", "state", "zipCode", "country")},
    ),
    "two of them": ({"address": WITHOUT_ZIP, "active": "yes"}, {"address.zipCode", "active"}),
    "long telephone number": ({"phoneNumber": "1" * 65}, {"phoneNumber"}),
    "long note": ({"address": {**ADDRESS, "note": "a" * 1001}}, {"address.note"}),
}


@pytest.mark.parametrize(("members", "where"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_each_fault_says_where_it_is(
    program: Program, account: Account, method: str, members: dict[str, Any], where: set[str]
) -> None:
    site = builders.site(account)
    path = "/site" if method == "POST" else f"/site/{site.pk}"

    document = assert_refused(program.call(method, path, site_body(**members)), 400)

    assert document["message"] == "validation_failed"
    assert {error["field"] for error in document["errors"]} == where
    assert account.sites.get().name == "Test Site"


@pytest.mark.parametrize("body", [[], None, "text", 1, [{}]])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_what_is_no_object_is_refused(
    program: Program, account: Account, method: str, body: Any
) -> None:
    path = "/site" if method == "POST" else f"/site/{builders.site(account).pk}"
    sent = b"null" if body is None else body

    assert_refused(program.call(method, path, sent), 400, "invalid_document")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
def test_another_account_s_site_is_not_there(
    stranger: Program, account: Account, method: str
) -> None:
    site = builders.site(account)
    body = None if method == "GET" else site_body()

    theirs = stranger.call(method, f"/site/{site.pk}", body)
    nothing = stranger.call(method, f"/site/{site.pk + 1000}", body)

    assert_refused(theirs, 404, "resource_not_found")
    assert theirs.content == nothing.content
    assert Site.objects.get(pk=site.pk).name == "Test Site"


@pytest.mark.parametrize("number", HUGE, ids=len)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
def test_an_id_that_is_too_large_is_not_there(program: Program, method: str, number: str) -> None:
    body = None if method == "GET" else site_body()

    assert_refused(program.call(method, f"/site/{number}", body), 404, "resource_not_found")


def test_a_site_cannot_be_deleted(program: Program, north: dict[str, Any]) -> None:
    assert_refused(program.delete(f"/site/{north['id']}"), 405, "method_not_allowed")


def test_a_request_with_the_same_key_makes_one_site(program: Program, account: Account) -> None:
    first = program.post("/site", site_body(), Idempotency_Key="one")
    again = program.post("/site", site_body(), Idempotency_Key="one")
    other = program.post("/site", site_body(name="South"), Idempotency_Key="one")

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert_refused(other, 422, "idempotency_key_reused")
    assert account.sites.count() == 1
