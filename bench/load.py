"""Eight callers that keep their connections and call as fast as they are answered. Sockets of our
own, because a client library would take more time than the program that is measured.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

CONNECTIONS = 8
END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True)
class Result:
    """What was answered in so many seconds; each call's time in milliseconds, sorted."""

    seconds: float
    times: list[float]
    wrong: int

    @property
    def a_second(self) -> float:
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        return self.times[min(len(self.times) - 1, int(len(self.times) * share))]


def run(
    port: int, requests: Callable[[int], Iterator[bytes]], *, status: int, seconds: float
) -> Result:
    """Call for so long; `requests` makes those of one caller, given its number."""
    times: list[list[float]] = [[] for _ in range(CONNECTIONS)]
    wrong = [0] * CONNECTIONS
    together = threading.Barrier(CONNECTIONS + 1)

    def caller(number: int) -> None:
        line = socket.create_connection(("127.0.0.1", port), 30)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made = requests(number)
        together.wait()
        end = time.perf_counter() + seconds
        with line:
            while (start := time.perf_counter()) < end:
                line.sendall(next(made))
                if _answer(line) == status:
                    times[number].append((time.perf_counter() - start) * 1000)
                else:
                    wrong[number] += 1

    callers = [threading.Thread(target=caller, args=[number]) for number in range(CONNECTIONS)]
    for one in callers:
        one.start()
    together.wait()
    began = time.perf_counter()
    for one in callers:
        one.join()
    return Result(
        time.perf_counter() - began, sorted(took for part in times for took in part), sum(wrong)
    )


def _answer(line: socket.socket) -> int:
    """Read one whole answer; its status."""
    got = b""
    while END_OF_HEAD not in got:
        got += _more(line)
    head, _, body = got.partition(END_OF_HEAD)
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    missing = length - len(body)
    while missing > 0:
        missing -= len(_more(line))
    return int(head[9:12])


def _more(line: socket.socket) -> bytes:
    got = line.recv(65536)
    if not got:
        raise ConnectionError("the program hung up")
    return got
