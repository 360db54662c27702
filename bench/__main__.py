"""`make bench`: placing orders by API v1 and by API v3 against pgbench writing the same rows, in
turns, and the same for pages of 50 orders; then notifications against bare jobs. Prints ratios, CPU
time and how long callers waited.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlencode

import psutil

from bench import cpu, deliveries, load, pgbench, servers

ROUNDS, SECONDS = 3, 6
PAGE = 50


@dataclass(frozen=True)
class Turn:
    """One round of one side: how many a second, and CPU milliseconds for each."""

    rate: float
    web_ms: float
    postgres_ms: float
    result: load.Result | None = None


@dataclass
class Meter:
    """Measures CPU time around a run."""

    web: psutil.Process
    postgres: Callable[[], float] | None

    def read(self) -> tuple[float, float]:
        return cpu.of_tree(self.web), self.postgres() if self.postgres else 0.0


def main() -> None:
    chosen = _arguments()
    with servers.database() as settings:
        os.environ |= settings
        import django

        django.setup()
        from bench.world import prepare

        bench = prepare()
        _refuse_drift(bench)
        with servers.program(settings) as (port, web):
            token = _token(port, bench)
            _say(
                f"{servers.WORKERS} workers, {servers.THREADS} threads, {load.CONNECTIONS} callers"
            )
            meter = Meter(web, cpu.of_postgres(str(servers.DATA)))
            unique = int(time.time()) * 1_000_000_000
            _compare(
                "POST /v1/orders",
                chosen,
                lambda turn: _by_program(
                    meter, port, lambda who: _posts(bench, token, who), 201, chosen.seconds
                ),
                lambda turn: _by_pgbench(
                    meter, pgbench.CREATE, bench.ids, unique + turn * 100_000_000, chosen.seconds
                ),
            )
            _compare(
                f"GET /v1/orders?page[size]={PAGE}",
                chosen,
                lambda turn: _by_program(meter, port, lambda _: _gets(token), 200, chosen.seconds),
                lambda turn: _by_pgbench(meter, pgbench.PAGE, bench.ids, 0, chosen.seconds),
            )
            _compare_v3(meter, port, bench, chosen, unique + 500_000_000)
        deliveries.compare(bench.organisation.account_id, rounds=chosen.rounds)


def _compare_v3(meter: Meter, port: int, bench: Any, chosen: argparse.Namespace, base: int) -> None:
    """Orders of one item for a known patient, and then a page of them."""
    seconds = chosen.seconds
    _compare(
        "POST /api/v3/order",
        chosen,
        lambda turn: _by_program(meter, port, lambda _: _posts_of_v3(bench), 200, seconds),
        lambda turn: _by_pgbench(
            meter, pgbench.CREATE_V3, bench.ids, base + turn * 100_000_000, seconds
        ),
    )
    page = f"/api/v3/order?size={PAGE}&patientId={bench.patient.pk}"
    _compare(
        f"GET {page}",
        chosen,
        lambda turn: _by_program(
            meter, port, lambda _: _again(_v3(bench, "GET", page)), 200, seconds
        ),
        lambda turn: _by_pgbench(meter, pgbench.PAGE_V3, bench.ids, 0, seconds),
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, flush=True)


def _refuse_drift(bench: Any) -> None:
    """The scripts for pgbench must write what the command writes, or the ratios are lies."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from foundation.actors import Door
    from orders.commands import place_order
    from organisations.actors import actor_for_client, actor_for_key
    from organisations.roles import Scope
    from portal.api import parsing
    from portal.api.v1 import serializers
    from portal.api.v3.order_requests import OrderMembers, order_wanted
    from portal.api.v3.values import read

    name = f"DRIFT-{time.time_ns()}"
    body = parsing.read_json(bench.order(name, name))
    by_v1 = serializers.order_wanted(serializers.read_order(body).attributes, country="GB")
    by_v3 = order_wanted(read(parsing.read_json(bench.order_of_v3()), OrderMembers), country="GB")
    for script, wanted, actor in (
        (
            pgbench.CREATE,
            by_v1,
            actor_for_client(bench.client, scopes=[Scope.ORDERS], door=Door.V1),
        ),
        (pgbench.CREATE_V3, by_v3, actor_for_key(bench.key, door=Door.V3)),
    ):
        with CaptureQueriesContext(connection) as captured:
            place_order(wanted, actor=actor)
        real = pgbench.columns_written([query["sql"] for query in captured])
        ours = pgbench.columns_written(script.read_text().splitlines())
        if real != ours:
            differ = sorted(table for table in real | ours if real.get(table) != ours.get(table))
            raise SystemExit(f"{script.name} no longer writes what place_order writes: {differ}")


def _token(port: int, bench: Any) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": bench.client.client_id,
        "client_secret": bench.secret,
    }
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = servers.call(port, "POST", "/oauth2/token", urlencode(form).encode(), kind)
    if answer.status != 200:
        raise SystemExit(f"No token: {answer.status}")
    return str(json.loads(answer.body)["access_token"])


def _posts(bench: Any, token: str, caller: int) -> Iterator[bytes]:
    for number in count():
        name = f"{time.time_ns()}-{caller}-{number}"
        body = bench.order(name, name)
        yield _request("POST", "/v1/orders", token, body)


def _gets(token: str) -> Iterator[bytes]:
    return _again(_request("GET", "/v1/orders?" + urlencode({"page[size]": PAGE}), token))


def _posts_of_v3(bench: Any) -> Iterator[bytes]:
    return _again(_v3(bench, "POST", "/api/v3/order", bench.order_of_v3()))


def _again(request: bytes) -> Iterator[bytes]:
    while True:
        yield request


def _v3(bench: Any, method: str, path: str, body: bytes = b"") -> bytes:
    return _call(method, path, {"Impilo-API-Key": bench.whole_key}, body)


def _request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    return _call(method, path, {"Authorization": f"Bearer {token}"}, body)


def _call(method: str, path: str, credentials: dict[str, str], body: bytes) -> bytes:
    headers = {
        "Host": "127.0.0.1",
        **credentials,
        **servers.FROM_PROXY,
        **({"Content-Type": "application/json", "Content-Length": len(body)} if body else {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def _by_program(
    meter: Meter, port: int, requests: Callable[[int], Iterator[bytes]], status: int, seconds: int
) -> Turn:
    before = meter.read()
    result = load.run(port, requests, status=status, seconds=seconds)
    if result.wrong:
        raise SystemExit(f"{result.wrong} answers had another status than {status}.")
    return _turn(result.a_second, len(result.times), before, meter.read(), result)


def _by_pgbench(meter: Meter, script: Any, ids: dict[str, int], base: int, seconds: int) -> Turn:
    before = meter.read()
    rate = pgbench.run(script, os.environ["DATABASE_URL"], seconds=seconds, base=base, ids=ids)
    return _turn(rate, rate * seconds, before, meter.read())


def _turn(
    rate: float,
    done: float,
    before: tuple[float, float],
    after: tuple[float, float],
    result: load.Result | None = None,
) -> Turn:
    web, postgres = ((end - start) * 1000 / done for start, end in zip(before, after, strict=True))
    return Turn(rate, web, postgres, result)


def _compare(
    name: str,
    chosen: argparse.Namespace,
    program: Callable[[int], Turn],
    database: Callable[[int], Turn],
) -> None:
    """In turns, so that what else the machine does hits both sides; the first turn warms up."""
    _say(f"\n{name}")
    program(0)
    database(0)
    turns = [(program(turn), database(turn)) for turn in range(1, chosen.rounds + 1)]
    for ours, theirs in turns:
        ratio = ours.rate / theirs.rate
        _say(f"  {ours.rate:7.0f}/s   pgbench {theirs.rate:7.0f}/s   ratio {ratio:.3f}")
    ratio = statistics.median(ours.rate / theirs.rate for ours, theirs in turns)
    web = statistics.median(ours.web_ms for ours, _ in turns)
    postgres = statistics.median(ours.postgres_ms for ours, _ in turns)
    alone = statistics.median(theirs.postgres_ms for _, theirs in turns)
    times = sorted(took for ours, _ in turns if ours.result for took in ours.result.times)
    p50, p95, p99 = (times[int(len(times) * share)] for share in (0.5, 0.95, 0.99))
    _say(f"  ratio to pgbench {ratio:.3f} (median of {chosen.rounds})")
    _say(
        f"  CPU for each: web {web:.2f} ms, PostgreSQL {postgres:.2f} ms; pgbench's {alone:.2f} ms"
    )
    _say(f"  callers waited: p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms")


if __name__ == "__main__":
    main()
