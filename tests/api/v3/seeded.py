"""What tests ask of the real program that serves from the seed of `tests.api.seed`."""

import json
from typing import Any

from tests.api.calls import example
from tests.api.servers import Database, Website
from tests.api.v3.calls import BASE, HEADER, JSON


def ask(website: Website, database: Database, method: str, path: str, body: Any = None) -> Any:
    """What API v3 answers, whatever it is. Paths begin behind /api/v3."""
    headers = {HEADER: database.seed["key"], "Content-Type": JSON}
    sent = b"" if body is None else json.dumps(body).encode()
    return website.call(method, BASE + path, sent, headers).json()


def place(website: Website, database: Database, reference: str) -> None:
    """Place an order by API v1: v3 shows it too."""
    body = example("create-order")
    body["data"]["attributes"] |= {
        "reference": reference,
        "organisation": database.seed["organisation"],
    }
    headers = {"Authorization": f"Bearer {website.token(database.seed)}", "Content-Type": JSON}
    answer = website.call("POST", "/v1/orders", json.dumps(body).encode(), headers)
    assert answer.status == 201, answer
