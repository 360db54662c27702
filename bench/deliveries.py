"""How many notifications one worker sends in a second to receivers that answer in 20 ms, beside a
bare loop of jobs that do nothing but the same POST; in turns, each draining what lay there before.
"""

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil

from bench import cpu, servers

MESSAGES, ENDPOINTS = 1500, 5
SECONDS_AT_MOST = 120
# Plain HTTP on this machine is for demos only.
ONLY_HERE = {"DEBUG": "1"}


@dataclass(frozen=True)
class Sent:
    """How many a second arrived, and the worker's CPU milliseconds for each."""

    rate: float
    worker_ms: float


def compare(account_id: int, *, rounds: int) -> None:
    """Prints each round and the medians."""
    print(f"\nNotifications to {ENDPOINTS} endpoints, {MESSAGES} at a time", flush=True)
    turns = []
    for turn in range(rounds + 1):
        ours, bare = _ours(account_id, turn), _bare()
        if turn:  # the first one warms up
            turns.append((ours, bare))
            ratio = ours.rate / bare.rate
            print(
                f"  {ours.rate:7.0f}/s   bare jobs {bare.rate:7.0f}/s   ratio {ratio:.2f}",
                flush=True,
            )
    ratio = statistics.median(ours.rate / bare.rate for ours, bare in turns)
    best = max(ours.rate for ours, _ in turns)
    ours_ms = statistics.median(ours.worker_ms for ours, _ in turns)
    bare_ms = statistics.median(bare.worker_ms for _, bare in turns)
    print(f"  ratio to bare jobs {ratio:.2f} (median of {rounds}); most {best:.0f}/s")
    print(
        f"  CPU of the worker for each: {ours_ms:.2f} ms; bare jobs' {bare_ms:.2f} ms", flush=True
    )


def _ours(account_id: int, turn: int) -> Sent:
    with _receiver() as port:
        endpoints = _endpoints(account_id, port)
        _write_events(account_id, endpoints, turn)
        sent = _measure([sys.executable, "manage.py", "worker"], port)
        _remove(endpoints)
    return sent


def _bare() -> Sent:
    from procrastinate.contrib.django import app

    task = app.configure_task("bench.bare.post", queue="bench")
    app.job_manager.batch_defer_jobs([task.make_new_job(number=one) for one in range(MESSAGES)])
    with _receiver() as port:
        address = f"http://127.0.0.1:{port}/"
        return _measure([sys.executable, "-m", "bench.bare", address], port)


def _endpoints(account_id: int, port: int) -> list[Any]:
    from django.conf import settings

    from bench.world import MAKER
    from portal.api.wordings import WORDINGS
    from webhooks.endpoints import EndpointWanted, create_endpoint
    from webhooks.models import Dialect

    settings.WEBHOOKS_MAY_BE_PLAIN = True
    wording = WORDINGS[Dialect.V1]
    return [
        create_endpoint(
            EndpointWanted(
                url=f"http://127.0.0.1:{port}/{number}", dialect=Dialect.V1, kinds=("shipped",)
            ),
            account_id=account_id,
            wording=wording,
            actor=MAKER,
        ).endpoint
        for number in range(ENDPOINTS)
    ]


def _write_events(account_id: int, endpoints: list[Any], turn: int) -> None:
    """Each for one of the endpoints, of an order of its own."""
    from django.utils import timezone

    from orders.models import Order
    from webhooks.recording import News, record

    order = Order.objects.filter(account_id=account_id).latest("pk").pk
    for number in range(MESSAGES):
        news = News(
            channel="order",
            reference=f"BENCH-{time.time_ns()}-{turn}",
            kinds=("shipped",),
            is_of_a_study=True,
            facts={"order": order, "study": None},
            happened_at=timezone.now(),
        )
        record(news, account_id=account_id, only=[endpoints[number % ENDPOINTS].pk])


def _remove(endpoints: list[Any]) -> None:
    from bench.world import MAKER
    from webhooks.endpoints import remove_endpoint

    for endpoint in endpoints:
        remove_endpoint(endpoint, actor=MAKER)


def _measure(command: list[str], port: int) -> Sent:
    """Run the program until all messages have arrived."""
    process = psutil.Popen(
        command,
        cwd=servers.ROOT,
        env={**os.environ, **ONLY_HERE},
        stdout=subprocess.DEVNULL,
        stderr=(servers.ROOT / "var" / "bench-worker.log").open("wb"),
    )
    try:
        end = time.monotonic() + SECONDS_AT_MOST
        while (counted := _counted(port))["messages"] < MESSAGES:
            if time.monotonic() > end:
                raise SystemExit(f"Only {counted['messages']} arrived: see var/bench-worker.log.")
            time.sleep(0.2)
        spent = cpu.of_tree(process) if process.is_running() else 0.0
        return Sent((MESSAGES - 1) / counted["seconds"], spent * 1000 / MESSAGES)
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def _receiver() -> Iterator[int]:
    port = servers.free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.receiver", str(port)], cwd=servers.ROOT
    )
    try:
        time.sleep(0.5)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _counted(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/count", timeout=10) as answer:
        return dict(json.load(answer))
