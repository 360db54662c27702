"""Doing one thing many times at the same moment, each time on a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def at_once(times: int, act: Callable[[int], Result]) -> list[Result]:
    """What `act` gave for each number from 0; all wait until the last one is ready."""
    ready = Barrier(times)

    def one(number: int) -> Result:
        connection.ensure_connection()
        ready.wait(timeout=30)
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))
