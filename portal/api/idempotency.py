"""A POST that is sent again with the same Idempotency-Key is answered again, not done again."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portal.api.errors import Refused, edge_problem
from portal.models import StoredAnswer

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=48)
PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")
# What else an answer says is about the moment it is given.
KEPT_HEADERS = ("Cache-Control", "Content-Type", "Location")


def key_of(request: HttpRequest) -> str | None:
    """The key that was sent, None when there is none, or Refused."""
    key = request.headers.get(HEADER)
    if key is not None and not (PRINTABLE.fullmatch(key) and key.strip()):
        raise Refused(edge_problem("idempotency_key_invalid", header=HEADER))
    return key


def once(
    key: str, *, caller: str, fingerprint: str, answer: Callable[[], HttpResponse]
) -> HttpResponse:
    """The stored answer to this key, else what `answer` gives, stored with all it has changed.

    `answer` raises what it refuses, and then nothing is stored. Refused with 409 while another
    request has the key in hand, with 422 when the stored answer is to another request.
    """
    hashed = _sha256(key.encode())
    with transaction.atomic():
        _take_in_hand(caller, hashed)
        stored = StoredAnswer.objects.filter(caller=caller, key_sha256=hashed).first()
        if stored is not None:
            return _given_again(stored, fingerprint)
        response = answer()
        StoredAnswer.objects.create(
            caller=caller,
            key_sha256=hashed,
            request_sha256=fingerprint,
            status=response.status_code,
            headers={name: response[name] for name in KEPT_HEADERS if name in response},
            body=response.content.decode(),
        )
        return response


def fingerprint(request: HttpRequest, body: bytes) -> str:
    """Equal for equal requests: method, path and raw body."""
    return _sha256(f"{request.method} {request.get_full_path()}\n".encode() + body)


def remove_old_answers() -> None:
    """Forget keys after the time for which the documentation promises them."""
    StoredAnswer.objects.filter(stored_at__lt=timezone.now() - KEPT).delete()


def _take_in_hand(caller: str, hashed: str) -> None:
    """Held until the transaction ends, so that nobody sees a key without its answer."""
    number = int.from_bytes(hashlib.sha256(f"{caller} {hashed}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        (got,) = cursor.fetchone()
    if not got:
        problem = edge_problem("idempotency_key_in_use", header=HEADER)
        raise Refused(problem, headers={"Retry-After": "1"})


def _given_again(stored: StoredAnswer, fingerprint: str) -> HttpResponse:
    if stored.request_sha256 != fingerprint:
        raise Refused(edge_problem("idempotency_key_reused", header=HEADER))
    return HttpResponse(
        stored.body,
        status=stored.status,
        headers={**stored.headers, "Idempotent-Replayed": "true"},
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
