"""No log holds what somebody typed: the real program and its worker run as in production, a marker
is typed into every box and sent in every field, header and secret, also where it fails; then all
that they and the database wrote is searched for it.
"""

import itertools
import json
import re
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import pytest

from tests.api.calls import JSON, example
from tests.api.servers import (
    SERVER,
    Database,
    Website,
    fresh_database,
    python,
    second_server,
    serving,
    working,
)
from tests.portal.crawling import Crawler, Page
from tests.portal.failing.jobs import SPOKEN_OF
from tests.portal.failing.urls import PATHS

pytestmark = [pytest.mark.xdist_group("second server"), pytest.mark.slow]

PHONE, DAY, BIRTHDAY = "07911 124863", "1931-07-19", ("19", "7", "1931")
MARKER: Final = re.compile(r"mk\d{4}zq|124863|1931-07-19|LS1 ?4DY", re.IGNORECASE)
SETTINGS: Final = {"DJANGO_SETTINGS_MODULE": "tests.portal.plain_logs"}
# What the application server itself has to say about threads is about the machine.
QUIET_SERVER: Final = (*SERVER[:-1], "error")
JOBS: Final = ("stumble", "write_nonsense", "break_a_rule")
SECONDS: Final = 40

_numbers = itertools.count(1)


def marker() -> str:
    return f"Mk{next(_numbers):04}zq"


def typed_into(kind: str) -> str:
    """Something that a box of this kind takes, and that is found again."""
    mails = {"email": f"{marker()}@marker.example", "url": f"https://{marker()}.example/"}
    others = {"tel": PHONE, "number": "124863", "date": DAY}
    return mails.get(kind) or others.get(kind) or marker()


@dataclass
class Logs:
    """What was written while the program ran."""

    server: str
    worker: str
    database: str
    statuses: set[int] = field(default_factory=set)
    boxes: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def logs(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logs]:
    """Everything happens here; the tests only read."""
    folder = tmp_path_factory.mktemp("logs")
    mails = {"EMAIL_URL": f"filemail://{folder}/mails", **SETTINGS}
    with second_server(worker_id) as data, fresh_database(data, "logged") as database:
        people = json.loads(python(database, "-m", "tests.portal.people"))
        written = data / "log"
        before = written.stat().st_size
        with (
            serving(database, folder / "server", command=QUIET_SERVER, **mails) as website,
            working(database, folder / "worker", **mails),
        ):
            journey = Journey(website, database, people)
            journey.go()
        yield Logs(
            (folder / "server").read_text(),
            (folder / "worker").read_text(),
            written.read_bytes()[before:].decode(errors="replace"),
            journey.statuses,
            journey.boxes,
        )


class Journey:
    def __init__(self, website: Website, database: Database, people: dict[str, Any]) -> None:
        self.website, self.database, self.people = website, database, people
        self.statuses: set[int] = set()
        self.boxes: set[str] = set()

    def go(self) -> None:
        self.call_the_api()
        self.ask_for_tokens()
        self.place_an_order_by_form()
        self.fill_in_every_form(self.people["manager"], "/", f"/orders/{self.people['order']}/")
        order = f"/admin/orders/order/{self.people['order_number']}/change/"
        self.fill_in_every_form(self.people["administrator"], "/admin/", order)
        self.fail_in_every_way()
        self.fail_at_work()

    # Programs

    def call_the_api(self) -> None:
        token = self.website.token(self.database.seed)
        body = self.an_order()
        for document in (body, body, self.many_faults(), {marker(): marker()}, marker()):
            self.call("POST", "/v1/orders", token, json.dumps(document))
        self.call("POST", "/v1/orders", token, json.dumps(body), kind=marker())
        self.call("POST", "/v1/orders", token, f'{{"{marker()}": {marker()}')
        self.call("GET", f"/v1/orders?{marker()}={marker()}&after={marker()}", token)
        self.call("GET", f"/v1/orders/{marker()}", token)
        self.call("DELETE", f"/v1/orders/{marker()}", token)
        attributes = body["data"]["attributes"]
        for change in (
            {"patient": {"email": typed_into("email"), "mobileTelephone": PHONE}},
            {"shippingAddress": {**attributes["shippingAddress"], "lines": [marker()]}},
            {"shippingAddress": {marker(): marker()}},
            {"status": marker()},
            {"status": "cancelled", marker(): marker()},
            {"status": "cancelled"},
        ):
            sent = {"data": {"type": "order", "attributes": change}}
            self.call("PUT", f"/v1/orders/{attributes['reference']}", token, json.dumps(sent))
        self.call("POST", "/v1/orders", marker(), json.dumps(body))

    def an_order(self) -> Any:
        """The documented order with markers for all that is free text, and other such values."""
        body = example("create-order")
        attributes = body["data"]["attributes"]
        attributes |= {"reference": marker(), "organisation": self.database.seed["organisation"]}
        attributes["patient"] |= {
            "reference": marker(),
            "name": f"{marker()} {marker()}",
            "dob": DAY,
            "email": typed_into("email"),
            "mobileTelephone": PHONE,
        }
        attributes["shippingAddress"] = {
            "lines": [marker(), marker()],
            "city": marker(),
            "county": marker(),
            "postcode": "LS1 4DY",
        }
        return body

    def many_faults(self) -> Any:
        """A marker in the place of every value that there is."""
        return marked(example("create-order"))

    def call(self, method: str, path: str, token: str, body: str = "", *, kind: str = JSON) -> None:
        sent = {
            "Authorization": f"Bearer {token}",
            "Content-Type": kind,
            "Idempotency-Key": marker(),
            "User-Agent": marker(),
            "Cookie": f"{marker()}={marker()}",
            "X-Forwarded-For": marker(),
            "Accept-Language": marker(),
            "X-Request-Id": f"{marker()} {marker()}",  # not plain, so not kept
            "X-Correlation-Id": marker(),
        }
        answer = self.website.call(method, path, body.encode(), sent)
        self.statuses.add(answer.status)

    def ask_for_tokens(self) -> None:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        basic = b64encode(f"{marker()}:{marker()}".encode()).decode()
        known = self.database.seed["client_id"]
        asks = "grant_type=client_credentials&client_id"
        for body, headers in (
            (f"{asks}={marker()}&client_secret={marker()}", form),
            (f"{asks}={known}&client_secret={marker()}", form),
            (f"grant_type={marker()}", {**form, "Authorization": f"Basic {basic}"}),
            (marker(), {"Authorization": f"Basic {marker()}", "Content-Type": marker()}),
        ):
            answer = self.website.call("POST", "/oauth2/token", body.encode(), headers)
            self.statuses.add(answer.status)
        answer = self.website.call("POST", f"/oauth2/token?client_secret={marker()}")
        self.statuses.add(answer.status)

    # People

    def signed_in(self, email: str) -> httpx.Client:
        """After some tries that fail."""
        client = httpx.Client(
            base_url=self.website.address,
            follow_redirects=True,
            timeout=30,
            headers={"User-Agent": marker()},
            event_hooks={"response": [lambda answer: self.statuses.add(answer.status_code)]},
        )
        sign_in = "/accounts/login/"
        for name, password in (
            (typed_into("email"), marker()),
            (email, marker()),
            (email, self.people["password"]),
        ):
            answer = self.post(client, sign_in, login=name, password=password)
        assert "Sign in" not in answer.text, answer.text
        return client

    def post(self, client: httpx.Client, path: str, **said: str) -> httpx.Response:
        """The form of the page with these answers."""
        page = client.get(path)
        token = Page(page.text).unseen["csrfmiddlewaretoken"]
        return client.post(
            path,
            data={**said, "csrfmiddlewaretoken": token},
            headers={"Referer": str(page.url)},
        )

    def place_an_order_by_form(self) -> None:
        with closing(self.signed_in(self.people["manager"])) as client:
            self.place_an_order_with(client)

    def place_an_order_with(self, client: httpx.Client) -> None:
        draft = str(client.get("/orders/new/").url).partition("#")[0].removesuffix("patient/")
        day, month, year = BIRTHDAY
        born = {"date_of_birth_day": day, "date_of_birth_month": month, "date_of_birth_year": year}
        for page, said in (
            ("patient/", {"name": marker(), "reference": marker()}),
            (
                "patient/new/",
                {
                    **born,
                    "full_name": f"{marker()} {marker()}",
                    "reference": marker(),
                    "email": typed_into("email"),
                    "phone": PHONE,
                    "sex": "female",
                },
            ),
            (
                "address/",
                {**dict.fromkeys(("line_1", "line_2", "city"), marker()), "postcode": "LS1 4DY"},
            ),
            (
                "study/",
                {"nights": "2", "sensors": "neck", "emit_on": "complete", "reference": marker()},
            ),
            ("smartphone/", {"asked": "on"}),
            ("check/", {}),
        ):
            answer = self.post(client, draft + page, **said)
            assert answer.status_code == 200, answer.text
        assert "placed/" in str(answer.url), answer.text
        # Without its token a form is refused, whatever is in it.
        client.post(f"{draft}patient/", data={"name": marker()})

    def fill_in_every_form(self, email: str, *starts: str) -> None:
        with closing(self.signed_in(email)) as client:
            crawler = Crawler(client, typed_into)
            crawler.crawl(*starts, f"/?q={marker()}", "/accounts/password/change/")
            self.boxes |= crawler.filled_in
        with httpx.Client(base_url=self.website.address, follow_redirects=True) as stranger:
            stranger.get(f"/accounts/password/reset/key/1-{marker()}/")
            stranger.get(f"/{marker()}/{marker()}")
            stranger.get("/", headers={"Host": f"{marker()}.example"})
            outside = Crawler(stranger, typed_into)
            outside.crawl("/accounts/login/", "/accounts/password/reset/")
            self.boxes |= outside.filled_in

    # Faults

    def fail_in_every_way(self) -> None:
        for path in PATHS:
            for method, query, body in (
                ("GET", f"?sent={marker()}", b""),
                ("GET", f"?{marker()}", f"sent={marker()}".encode()),
            ):
                answer = self.website.call(method, f"/{path}{query}", body)
                self.statuses.add(answer.status)

    def fail_at_work(self) -> None:
        numbers = [
            self.database.value(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
                f" VALUES ('default', 'tests.portal.failing.jobs.{name}', '{{}}') RETURNING id"
            )
            for name in JOBS
        ]
        unfinished = (
            "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
            f" AND id IN ({', '.join(map(str, numbers))})"
        )
        deadline = time.monotonic() + SECONDS
        while self.database.value(unfinished) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert not self.database.value(unfinished)


def marked(document: Any) -> Any:
    if isinstance(document, dict):
        return {name: marked(value) for name, value in document.items()}
    return [marked(value) for value in document] if isinstance(document, list) else marker()


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("which", ["server", "worker", "database"])
def test_nothing_that_was_typed_or_sent_is_in_a_log(logs: Logs, which: str) -> None:
    text: str = getattr(logs, which)

    found = [line[:2000] for line in text.splitlines() if MARKER.search(line)]

    assert found == []


def test_each_line_of_server_and_worker_is_json_and_of_a_request_says_which(logs: Logs) -> None:
    told = [*lines(logs.server), *lines(logs.worker)]

    assert told
    assert [
        line for line in told if not {"event", "level", "logger", "timestamp"} <= set(line)
    ] == []
    about_requests = [line for line in lines(logs.server) if "request" in line or "code" in line]
    assert len(about_requests) > 100
    assert [line for line in about_requests if not line.get("request_id")] == []


def test_the_faults_were_met_and_told(logs: Logs) -> None:
    """Else nothing would have been tried."""
    assert logs.statuses >= {200, 201, 202, 400, 401, 403, 404, 405, 409, 415, 422, 500, 503}
    told = logs.server + logs.worker
    for words in ("ZeroDivisionError", "OperationalError", "is_taken", "name_is_taken", "22P02"):
        assert words in told, words
    assert SPOKEN_OF not in told
    assert len(logs.boxes) > 60, sorted(logs.boxes)
