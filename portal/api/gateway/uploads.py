"""A result that comes with its report: multipart/form-data (RFC 7578), read strictly and in memory.

What a part says of its own type is not believed; the report is looked at by the domain. Nothing is
written to a file, and nothing is done before the last boundary was there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from portal.api import parsing
from portal.api.errors import Refused, edge_problem
from studies.recording import LARGEST_REPORT, LARGEST_REPORT_MB

RESULT: Final = "result"
REPORT: Final = "report"
# Besides the parts themselves: boundaries and the heads of the parts.
ROOM_AROUND: Final = 16 * 1024
LARGEST_UPLOAD: Final = LARGEST_REPORT + parsing.LARGEST_BODY + ROOM_AROUND
MOST_PARTS: Final = 8
BOUNDARY: Final = re.compile(
    r'multipart/form-data\s*;\s*boundary=("?)([0-9A-Za-z\x27()+_,./:=?-]{1,70})\1\s*;?',
    re.ASCII | re.IGNORECASE,
)
# The name comes first, as every program writes it.
DISPOSITION: Final = re.compile(
    rb'content-disposition\s*:\s*form-data\s*;\s*name\s*=\s*("?)(result|report)\1\s*(?:;.*)?',
    re.IGNORECASE,
)
TOO_LARGE: Final = f"The report is larger than {LARGEST_REPORT_MB} MB."
NOT_IN_PARTS: Final = "The body does not consist of the parts that its boundary promises."


@dataclass(frozen=True)
class Upload:
    """`result` is JSON that was not read yet."""

    result: bytes
    report: bytes | None = None


def is_upload(request: HttpRequest) -> bool:
    return _boundary(request) is not None


def read_upload(request: HttpRequest) -> bytes:
    """The whole body, or Refused with 413 or, if it broke off, 400."""
    try:
        return parsing.read_limited(request, most=LARGEST_UPLOAD)
    except Refused as refused:
        raise _in_our_words(refused) from None


def upload_in(body: bytes, request: HttpRequest) -> Upload:
    """The parts of a multipart body, or Refused: a part that we do not know may be a report whose
    name was spelt wrongly.
    """
    parts: dict[str, bytes] = {}
    for name, content in _parts(body, (_boundary(request) or "").encode()):
        if not name or name in parts:
            raise _not_in_parts("Send one part result, and at most one part report.")
        parts[name] = content
    if RESULT not in parts:
        raise _not_in_parts("The part result is missing.")
    if len(parts[RESULT]) > parsing.LARGEST_BODY:
        raise Refused(edge_problem("payload_too_large", path=(RESULT,)))
    if len(parts.get(REPORT, b"")) > LARGEST_REPORT:
        raise Refused(edge_problem("payload_too_large", TOO_LARGE, path=(REPORT,)))
    return Upload(parts[RESULT], parts.get(REPORT))


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each part, in their order. What stands before the first boundary and
    behind the last one means nothing (RFC 2046 section 5.1.1).
    """
    line = b"\r\n--" + boundary
    _, *pieces = (b"\r\n" + body).split(line, MOST_PARTS + 1)
    if not pieces or not pieces[-1].startswith(b"--"):
        raise _not_in_parts(NOT_IN_PARTS)
    for piece in pieces[:-1]:
        padding, begun, rest = piece.partition(b"\r\n")
        head, ended, content = rest.partition(b"\r\n\r\n")
        if padding.strip(b" \t") or not (begun and ended):
            raise _not_in_parts(NOT_IN_PARTS)
        yield _name_in(head), content


def _name_in(head: bytes) -> str:
    """Which of the two it is; empty when it is neither."""
    found = (DISPOSITION.fullmatch(line) for line in head.split(b"\r\n"))
    return next((one[2].decode().lower() for one in found if one), "")


def _boundary(request: HttpRequest) -> str | None:
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    found = BOUNDARY.fullmatch(request.META.get("CONTENT_TYPE", "").strip())
    return found[2] if found and encoding in ("", "identity") else None


def _in_our_words(refused: Refused) -> Refused:
    """What is too large here is not larger than 64 KiB, but than a report may be."""
    is_large = refused.problems[0].code == "payload_too_large"
    return Refused(edge_problem("payload_too_large", TOO_LARGE)) if is_large else refused


def _not_in_parts(message: str) -> Refused:
    return Refused(edge_problem("invalid_document", message))
