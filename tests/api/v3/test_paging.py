"""Pages of every list: contracts/v3.md section 1.1."""

import pytest

from organisations.models import Account, Site
from tests import builders
from tests.api.v3.calls import Program, assert_refused

LISTS = ("/order", "/patient", "/site", "/item", "/kit", "/manufacturer")
# What the lists of items answer with at most is less.
CAPS = {"/item": 100}


def sites(owner: Account, how_many: int) -> list[int]:
    made = Site.objects.bulk_create(
        Site(account=owner, name="Test Site", **builders.ADDRESS.as_columns())
        for _ in range(how_many)
    )
    return [one.pk for one in made]


# Manufacturers are everybody's, so there are some.
@pytest.mark.parametrize("path", [path for path in LISTS if path != "/manufacturer"])
def test_an_empty_list_is_the_first_and_last_page(program: Program, path: str) -> None:
    answer = program.get(path)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {
        "content": [],
        "page": 1,
        "size": 15,
        "total": 0,
        "first": True,
        "last": True,
    }


@pytest.mark.parametrize("path", LISTS)
def test_more_than_the_largest_size_is_lowered_to_it(program: Program, path: str) -> None:
    sizes = [
        program.get(f"{path}?size={size}").json()["size"] for size in (99, 100, 251, 2**31 - 1)
    ]

    cap = CAPS.get(path, 250)
    assert sizes == [min(size, cap) for size in (99, 100, 251, 2**31 - 1)]


def test_sixteen_are_a_page_of_fifteen_and_one_more(program: Program, account: Account) -> None:
    made = sites(account, 16)

    first, second = program.get("/site").json(), program.get("/site?page=2").json()

    assert [one["id"] for one in first.pop("content")] == made[:15]
    assert first == {"page": 1, "size": 15, "total": 16, "first": True, "last": False}
    assert [one["id"] for one in second.pop("content")] == made[15:]
    assert second == {"page": 2, "size": 15, "total": 16, "first": False, "last": True}


def test_a_full_last_page_is_the_last_one(program: Program, account: Account) -> None:
    sites(account, 4)

    assert program.get("/site?size=2&page=2").json()["last"] is True


def test_never_more_than_250_are_told(program: Program, account: Account) -> None:
    sites(account, 251)

    page = program.get("/site?size=1000").json()

    assert (len(page["content"]), page["size"], page["total"]) == (250, 250, 251)
    assert (page["first"], page["last"]) == (True, False)


@pytest.mark.parametrize("page", [2, 1000, 2**31 - 1])
def test_a_page_past_the_end_is_empty_and_the_last(
    program: Program, account: Account, page: int
) -> None:
    sites(account, 1)

    assert program.get(f"/site?page={page}&size=250").json() == {
        "content": [],
        "page": page,
        "size": 250,
        "total": 1,
        "first": False,
        "last": True,
    }


WRONG = ("0", "-1", "1.0", "1e2", "0x1", "ten", "%00", "２", "99999999999", "9" * 400, "1 2", "+1")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("name", ["page", "size"])
def test_what_is_no_number_of_a_page_is_refused(program: Program, path: str, name: str) -> None:
    for value in WRONG:
        sent = value.replace("+", "%2B").replace(" ", "%20")

        document = assert_refused(program.get(f"{path}?{name}={sent}"), 400, "validation_failed")

        assert [error["field"] for error in document["errors"]] == [name], value


def test_what_is_given_twice_is_refused(program: Program) -> None:
    document = assert_refused(program.get("/site?page=1&page=2"), 400)

    assert [error["field"] for error in document["errors"]] == ["page"]


def test_all_that_is_wrong_is_told_at_once(program: Program) -> None:
    document = assert_refused(program.get("/patient?page=0&size=x&sort=x&id=x&archived=x"), 400)

    where = [error["field"] for error in document["errors"]]
    assert sorted(where) == ["archived", "id", "page", "size", "sort"]


def test_white_space_and_nothing_are_the_default(program: Program) -> None:
    page = program.get("/site?page=&size=%20").json()

    assert (page["page"], page["size"]) == (1, 15)
