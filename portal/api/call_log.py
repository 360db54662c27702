"""The log of calls that programs make: which are written, with what, and for how long. Nothing of
what was sent or answered comes here, and a call never fails because of its log.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from django.db import Error, connection, models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from organisations.models import ApiClient, ApiKey
from portal.api import throttling

KEPT_DAYS: Final = 30
BATCH: Final = 10_000
USE_IS_NOTED_EVERY: Final = timedelta(minutes=1)
ONE_A_MINUTE: Final = throttling.Limit(a_minute=1, burst=1)
PARAMETER: Final = re.compile(r"<(?:\w+:)?(\w+)>")

# One statement in a transaction of its own, whose commit does not wait for the disk: what is lost
# when the database's machine fails are the last moments of a log.
WRITE: Final = """
WITH quiet AS MATERIALIZED (
    SELECT set_config('synchronous_commit', 'off', true)){use}
INSERT INTO portal_apicall
    (account_id, client_id, key_id, at, method, path, status, code, duration_ms, request_id)
SELECT %(account_id)s, %(client_id)s, %(key_id)s,
    clock_timestamp() - %(duration_ms)s * interval '1 millisecond',
    %(method)s, %(path)s, %(status)s, %(code)s, %(duration_ms)s, %(request_id)s
FROM quiet
"""
USE: Final = """,
used AS (UPDATE {table} SET {columns} WHERE id = %(program_id)s)"""

# The oldest are looked at, not searched for: ids grow with time, so that needs no index of its own.
REMOVE: Final = """
DELETE FROM portal_apicall WHERE id IN (
    SELECT id FROM (SELECT id, at FROM portal_apicall ORDER BY id LIMIT %s) AS oldest
    WHERE at < now() - %s * interval '1 day')
"""

log = structlog.get_logger(__name__)


@dataclass
class Call:
    """What becomes known of a call on its way, and only then: who made it.

    `is_counted` when a limit let it pass, so that it cannot come without end; `code` is what it
    was refused with; `noting` are columns of the program that shall say "used just now".
    """

    program: ApiClient | ApiKey
    is_counted: bool = False
    code: str = ""
    noting: tuple[str, ...] = ()


class CallLog:
    """Middleware: writes one row for each call of a known program, when its answer is there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        answer = self.get_response(request)
        call = call_of(request)
        if call is not None:
            duration = time.perf_counter() - began
            _write_if_possible(call, request, status=answer.status_code, duration=duration)
        return answer


def know_caller(
    request: HttpRequest, program: ApiClient | ApiKey, *, used: tuple[str, ...] = ()
) -> Call:
    """From here on the call is this program's.

    `used` are columns of the program that say when something was last used; each is written at
    most once a minute.
    """
    stale = timezone.now() - USE_IS_NOTED_EVERY
    times = {name: getattr(program, name) for name in used}
    noting = tuple(name for name, at in times.items() if at is None or at < stale)
    call = Call(program, noting=noting)
    request._api_call = call  # type: ignore[attr-defined]  # ours, on Django's request
    return call


def call_of(request: HttpRequest) -> Call | None:
    """The call that this request is; None while its caller is not known."""
    return getattr(request, "_api_call", None)


def count_call(request: HttpRequest) -> None:
    """A limit let it pass."""
    call = call_of(request)
    if call is not None:
        call.is_counted = True


def note_code(request: HttpRequest, code: str) -> None:
    """Remember with which problem it was refused."""
    call = call_of(request)
    if call is not None:
        call.code = code


def remove_old_calls() -> None:
    """Forget calls after 30 days, in batches that lock nothing for long."""
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, [BATCH, KEPT_DAYS])
        while cursor.rowcount == BATCH:
            cursor.execute(REMOVE, [BATCH, KEPT_DAYS])


def _write_if_possible(call: Call, request: HttpRequest, *, status: int, duration: float) -> None:
    try:
        if call.is_counted or _is_first_for_a_while(call, status):
            _write(call, request, status=status, duration=duration)
    except Error as error:
        log.warning("api_call_not_logged", error=error)


def _is_first_for_a_while(call: Call, status: int) -> bool:
    """What no limit counts could fill the disk, so one in a minute stands for all of its kind."""
    bucket = f"log:{_table(call.program)}:{call.program.pk}:{status}"
    return throttling.seconds_to_wait(bucket, ONE_A_MINUTE) == 0


def _write(call: Call, request: HttpRequest, *, status: int, duration: float) -> None:
    program = call.program
    is_client = isinstance(program, ApiClient)
    columns = ", ".join(f"{name} = clock_timestamp()" for name in call.noting)
    use = USE.format(table=_table(program), columns=columns) if columns else ""
    values = {
        "account_id": program.account_id,
        "client_id": program.pk if is_client else None,
        "key_id": None if is_client else program.pk,
        "program_id": program.pk,
        "method": str(request.method)[:8],
        "path": _path(request),
        "status": status,
        "code": call.code,
        "duration_ms": round(duration * 1000),
        "request_id": request.META["HTTP_X_REQUEST_ID"],
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE.format(use=use), values)


def _table(program: models.Model) -> str:
    return program._meta.db_table


def _path(request: HttpRequest) -> str:
    """The pattern of the address, as the documentation writes it: /v1/orders/{reference}."""
    found = request.resolver_match
    pattern = PARAMETER.sub(r"{\1}", found.route if found else "")
    return f"/{pattern}"[:255]
