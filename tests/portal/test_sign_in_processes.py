"""Limits on signing in hold across processes: two real servers over one database."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.api.servers import Answer, Database, Website, fresh_database, second_server, serving

pytestmark = pytest.mark.xdist_group("second server")

SIGN_IN = "/accounts/login/"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def database(worker_id: str) -> Iterator[Database]:
    with second_server(worker_id) as data, fresh_database(data, "signing_in") as made:
        yield made


def try_to_sign_in(website: Website, name: str) -> Answer:
    """By the form, as a browser does; the password is wrong."""
    page = website.call("GET", SIGN_IN)
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
    assert token
    sent = {"csrfmiddlewaretoken": token[1].decode(), "login": name, "password": "wrong"}
    cookie = page.headers["set-cookie"].partition(";")[0]
    headers = {"Content-Type": FORM, "Cookie": cookie, "Referer": website.address + SIGN_IN}
    return website.call("POST", SIGN_IN, urlencode(sent).encode(), headers)


def test_tries_are_counted_across_processes(database: Database, tmp_path: Path):
    with serving(database, tmp_path / "a") as one, serving(database, tmp_path / "b") as two:
        tries = [try_to_sign_in(website, "a@test.example") for website in (one, two, one, two, one)]
        at_one, at_two = (try_to_sign_in(website, "a@test.example") for website in (one, two))
        other = try_to_sign_in(two, "b@test.example")

    assert [answer.status for answer in (*tries, at_one, at_two, other)] == [422] * 8
    assert not [answer for answer in (*tries, other) if b"Too many tries" in answer.body]
    assert b"Too many tries" in at_one.body
    assert b"Too many tries" in at_two.body
