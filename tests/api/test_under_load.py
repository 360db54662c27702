"""The real program under load: many equal orders at once, and a database that goes away.

Nothing here uses the suite's own database: it all happens on a second server.
"""

import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from portal import embedded_postgres
from tests.api.calls import PATIENT, example
from tests.api.servers import Answer, Database, Website, serving

pytestmark = pytest.mark.xdist_group("second server")

ORDERS = "SELECT count(*) FROM orders_order"
EVENTS = "SELECT count(*) FROM orders_orderevent"
STUDIES = "SELECT count(*) FROM studies_study"
LINES = "SELECT count(*) FROM orders_orderline"
PATIENTS = "SELECT count(*) FROM patients_patient"


def order(seed: dict[str, Any], reference: str = "SAME", patient: str = "PAT-77") -> bytes:
    body = example("create-order")
    attributes = body["data"]["attributes"]
    attributes |= {"reference": reference, "organisation": seed["organisation"]}
    attributes["patient"]["reference"] = patient
    return json.dumps(body).encode()


def headers(token: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **more}


def post_at_once(website: Website, times: int, body: bytes, sent: dict[str, str]) -> list[Answer]:
    ready = threading.Barrier(times)

    def one(_: int) -> Answer:
        ready.wait(timeout=30)
        return website.call("POST", "/v1/orders", body, sent)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_of_200_equal_orders_at_once_one_is_placed(database: Database, tmp_path: Path):
    with serving(database, tmp_path / "log") as website:
        sent = headers(website.token(database.seed))

        answers = post_at_once(website, 200, order(database.seed), sent)

    assert Counter(answer.status for answer in answers) == {201: 1, 409: 199}
    (placed,) = (answer for answer in answers if answer.status == 201)
    assert {answer.headers["location"] for answer in answers} == {placed.headers["location"]}
    counted = [database.value(question) for question in (ORDERS, EVENTS, STUDIES, LINES, PATIENTS)]
    assert counted == [1, 1, 1, 1, 1]


def test_control_without_the_constraints_many_are_placed(database: Database, tmp_path: Path):
    database.change("ALTER TABLE orders_order DROP CONSTRAINT order_reference_is_taken")
    database.change("ALTER TABLE studies_study DROP CONSTRAINT study_reference_is_taken")
    with serving(database, tmp_path / "log") as website:
        sent = headers(website.token(database.seed))

        answers = post_at_once(website, 20, order(database.seed), sent)

    assert Counter(answer.status for answer in answers) != {201: 1, 409: 19}
    assert database.value(ORDERS) > 1


def test_what_only_a_real_server_meets(database: Database, tmp_path: Path):
    seed = database.seed
    with serving(database, tmp_path / "log") as website:
        sent = headers(website.token(seed))

        in_chunks = website.call_in_chunks("/v1/orders", order(seed), sent)
        too_large = website.call("POST", "/v1/orders", b"x" * 900_000, sent)
        too_large_in_chunks = website.call_in_chunks("/v1/orders", b"x" * 900_000, sent)
        unwanted = website.call("POST", "/v1/orders", b"x" * 900_000, {"Content-Type": "a/b"})
        strange = [
            website.call("GET", f"/v1/orders/{path}", headers=sent)
            for path in ("%00", "%ff", "a%2Fb", "%2e%2e", "..%2f..%2fetc", "%zz")
        ]
        found = website.call("GET", "/v1/orders/SAME", headers=sent)

    assert (in_chunks.status, found.status) == (201, 200)
    assert in_chunks.headers["location"] == f"{website.address}/v1/orders/SAME"
    assert (too_large.status, too_large_in_chunks.status, unwanted.status) == (413, 413, 401)
    for answer in (too_large, too_large_in_chunks, unwanted, *strange):
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["meta"]["requestId"] == answer.headers["x-request-id"]
    assert {answer.status for answer in strange} == {404}


def raw(path: str, body: bytes, sent: dict[str, str]) -> bytes:
    """A POST as it stands on the wire."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in sent.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.mark.parametrize("path", ["/v1/orders", "/v1/nothing"])
def test_who_sends_slowly_without_a_token_holds_nobody_up(
    database: Database, tmp_path: Path, path: str
):
    slow = raw(path, b"{", {"Content-Type": "a/b", "Content-Length": "5000"})
    with serving(database, tmp_path / "log") as website, ExitStack() as held:
        for _ in range(40):
            held.enter_context(website.said(slow))
        began = time.monotonic()

        answers = [website.call("GET", "/healthz/live").status for _ in range(20)]

        assert answers == [200] * 20
        assert time.monotonic() - began < 10


def test_a_refusal_reaches_who_has_sent_a_body(database: Database, tmp_path: Path):
    body = b"x" * 50_000
    with serving(database, tmp_path / "log") as website:
        sent = headers(website.token(database.seed))
        for _ in range(20):
            nobody = website.call("POST", "/v1/orders", body, {"Content-Type": "a/b"})
            wrong_kind = website.call("POST", "/v1/orders", body, sent | {"Content-Type": "a/b"})
            asked = website.call("POST", "/oauth2/token?a=b", body)
            too_large = website.call("POST", "/oauth2/token", body * 18)

            statuses = [answer.status for answer in (nobody, wrong_kind, asked, too_large)]
            assert statuses == [401, 415, 400, 413]


def test_an_order_that_was_cut_off_is_not_placed(database: Database, tmp_path: Path):
    body = order(database.seed)
    with serving(database, tmp_path / "log") as website:
        sent = headers(website.token(database.seed))
        longer = sent | {"Content-Length": str(len(body) + 50)}
        chunk = f"{len(body):x}\r\n".encode() + body[:-50]
        chunked = sent | {"Transfer-Encoding": "chunked"}

        whole_but_short = website.status_after(raw("/v1/orders", body, longer))
        within_a_chunk = website.status_after(raw("/v1/orders", chunk, chunked))

    assert (whole_but_short, within_a_chunk) == (400, 400)
    assert database.value(ORDERS) == 0


@dataclass
class Load:
    """Programs that order one after another until they are told to stop."""

    website: Website
    seed: dict[str, Any]
    token: str
    stop: threading.Event = field(default_factory=threading.Event)
    answers: dict[str, Answer] = field(default_factory=dict)

    def run(self, program: int) -> None:
        number = 0
        while not self.stop.is_set():
            number += 1
            reference = f"P{program}-{number}"
            body = order(self.seed, reference, f"PAT-{reference}")
            self.answers[reference] = self.website.call(
                "POST", "/v1/orders", body, headers(self.token)
            )
            if self.answers[reference].status == 503:
                time.sleep(0.02)

    def of(self, *statuses: int) -> set[str]:
        found = dict(self.answers)
        return {name for name, answer in found.items() if answer.status in statuses}

    def wait_for(self, status: int, *, more: int) -> None:
        """Until so many more answers of this status have come."""
        wanted = len(self.of(status)) + more
        deadline = time.monotonic() + 30
        while len(self.of(status)) < wanted:
            assert time.monotonic() < deadline, Counter(a.status for a in self.answers.values())
            time.sleep(0.05)


def test_an_outage_of_the_database_is_survived(server: Path, database: Database, tmp_path: Path):
    with serving(database, tmp_path / "log") as website, ThreadPoolExecutor(4) as pool:
        load = Load(website, database.seed, website.token(database.seed))
        running = [pool.submit(load.run, program) for program in range(4)]
        try:
            load.wait_for(201, more=20)
            embedded_postgres.stop(server)
            load.wait_for(503, more=20)
            during = {path: website.call(*path.split(), headers=SIGNED_IN) for path in DURING}
            with embedded_postgres.running(server, durable=False):
                load.wait_for(201, more=20)
                load.stop.set()
                for one in running:
                    one.result()
                repeated = repeat(load)
        finally:
            load.stop.set()
    assert_nothing_is_half_done(database, load, repeated)
    assert_everybody_was_told(load, during)
    assert_no_patient_is_in(website.log.read_text())


DURING = (
    "GET /v1/orders",
    "POST /oauth2/token",
    "GET /accounts/login/",
    "GET /healthz/live",
    "GET /healthz/ready",
    "GET /v1/nothing",
)
SIGNED_IN = {"Cookie": "sessionid=0123456789abcdef0123456789abcdef"}


def repeat(load: Load) -> dict[str, int]:
    """Every order that was not answered with 201, once more: what a careful caller does."""
    return {
        name: load.website.call(
            "POST", "/v1/orders", order(load.seed, name, f"PAT-{name}"), headers(load.token)
        ).status
        for name in load.of(503)
    }


def assert_nothing_is_half_done(database: Database, load: Load, repeated: dict[str, int]) -> None:
    assert set(repeated.values()) <= {201, 409}
    everything = len(load.answers)
    counted = [database.value(question) for question in (ORDERS, EVENTS, STUDIES, LINES, PATIENTS)]
    assert counted == [everything] * 5


def assert_everybody_was_told(load: Load, during: dict[str, Answer]) -> None:
    assert load.of(201, 503) == set(load.answers)
    for name in load.of(503):
        assert_unavailable(load.answers[name])
        assert load.answers[name].json()["errors"][0]["code"] == "unavailable"
    # Without a token nothing is looked up.
    assert during["GET /v1/orders"].status == 401
    assert during["GET /v1/nothing"].status == 404
    assert_unavailable(during["POST /oauth2/token"])
    assert during["POST /oauth2/token"].json()["error"] == "temporarily_unavailable"
    page = during["GET /accounts/login/"]
    assert (page.status, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert int(page.headers["retry-after"]) >= 1
    assert during["GET /healthz/live"].status == 200
    assert during["GET /healthz/ready"].status == 503


def assert_unavailable(answer: Answer) -> None:
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"]


def assert_no_patient_is_in(log: str) -> None:
    assert "OperationalError" in log
    for told in PATIENT:
        assert told not in log
