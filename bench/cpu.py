"""CPU time, in seconds, of a process and all it started, and of PostgreSQL."""

import contextlib
from collections.abc import Callable

import psutil


def of_tree(root: psutil.Process) -> float:
    spent = 0.0
    for process in (root, *root.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            spent += times.user + times.system + times.children_user + times.children_system
    return spent


def of_postgres(port_or_socket: str) -> Callable[[], float] | None:
    """How to ask for the time of the server whose data lies here; None when it runs elsewhere."""
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] == "postgres" and port_or_socket in " ".join(
            process.info["cmdline"] or []
        ):
            return lambda process=process: of_tree(process)
    return None
