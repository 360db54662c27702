"""Strict JSON: what is not a UTF-8 document of ordinary size and depth is refused here, so that
nothing behind has to be afraid of it.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Protocol

from django.http import HttpRequest

from portal.api.errors import Path, Problem, Refused, edge_problem

LARGEST_BODY = 64 * 1024
LARGEST_DROPPED = 1024 * 1024
DEEPEST = 32
LARGEST_NUMBER = 2**53 - 1
MOST_TOLD = 20

MEDIA_TYPE = re.compile(
    r'application/json\s*(;\s*charset\s*=\s*("utf-8"|utf-8)\s*)?;?', re.IGNORECASE
)
# Text that no column keeps, or that no other program reads back as it was sent.
UNUSABLE = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")

TOO_DEEP = f"The body is nested more than {DEEPEST} levels deep."
OUT_OF_RANGE = "A number is out of range."
UNUSABLE_NAME = "The name of a member has a character that cannot be kept."
UNUSABLE_TEXT = "A text has a character that cannot be kept."


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Twice:
    """Stands where an object had two members of one name."""

    def __init__(self, name: str) -> None:
        self.name = name


def read_body(request: HttpRequest) -> bytes:
    """The bytes of what must be a JSON body, or Refused with 415 or 413."""
    if _stream(request) is not None and not _is_json(request):
        raise Refused(edge_problem("unsupported_media_type", header="Content-Type"))
    return read_limited(request)


def read_limited(
    request: HttpRequest, *, most: int = LARGEST_BODY, drop_rest: bool = True
) -> bytes:
    """The bytes of the body, empty when there is none, or Refused with 413 or, if cut off, 400.

    `drop_rest` holds a thread while the caller sends on: only for callers who are known.
    """
    stream = _stream(request)
    if stream is None:
        return b""
    try:
        body = _read(stream, most + 1)
    except OSError:
        raise _ended_too_soon() from None
    if len(body) > most:
        if drop_rest:
            _drop_rest(stream)
        raise Refused(edge_problem("payload_too_large"))
    if len(body) < _announced(request):
        raise _ended_too_soon()
    return body


def _drop_rest(stream: Readable) -> None:
    """Read on for a while: a caller that is still sending does not look for the answer."""
    with suppress(OSError):  # the caller has gone
        _read(stream, LARGEST_DROPPED)


def _announced(request: HttpRequest) -> int:
    """How many bytes the caller said would come; 0 when it did not say."""
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if length.isascii() and length.isdecimal() else 0


def _ended_too_soon() -> Refused:
    return Refused(edge_problem("bad_request", "The body ended too soon."))


def read_json(body: bytes) -> Any:
    """The document in the body, or Refused with all that makes it unusable."""
    document = _loaded(_decoded(body))
    problems = list(_found_in(document, ()))[:MOST_TOLD]
    if problems:
        raise Refused(*problems)
    return document


def _stream(request: HttpRequest) -> Readable | None:
    """What holds the body; None when nothing was sent. Django itself does not read chunked ones."""
    if request.META.get("CONTENT_LENGTH") not in (None, "", "0"):
        return request
    if request.META.get("wsgi.input_terminated") and "HTTP_TRANSFER_ENCODING" in request.META:
        chunks: Readable = request.META["wsgi.input"]
        return chunks
    return None


def _is_json(request: HttpRequest) -> bool:
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "")
    return encoding.strip().lower() in ("", "identity") and bool(
        MEDIA_TYPE.fullmatch(request.META.get("CONTENT_TYPE", "").strip())
    )


def _read(stream: Readable, size: int) -> bytes:
    parts = []
    while size > 0 and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _decoded(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_json("not_utf8", f"The body is not UTF-8 (byte {error.start}).") from None
    if text.startswith("\ufeff"):
        raise _not_json("byte_order_mark", "The body must not begin with a byte order mark.")
    return text


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _not_json("syntax", f"The body is not valid JSON ({where}).") from None
    except RecursionError:
        raise _not_json("too_deep", TOO_DEEP) from None
    except ValueError:  # an integer of thousands of digits, NaN or Infinity
        raise _not_json("number", OUT_OF_RANGE) from None


def _object(members: list[tuple[str, Any]]) -> dict[str, Any] | _Twice:
    found = dict(members)
    if len(found) == len(members):
        return found
    seen: set[str] = set()
    for name, _ in members:
        if name in seen:
            return _Twice(name)
        seen.add(name)
    raise AssertionError("fewer members than pairs, and none twice")


def _constant(name: str) -> None:
    raise ValueError("JSON has neither NaN nor Infinity")


def _not_json(reason: str, message: str) -> Refused:
    return Refused(edge_problem("invalid_json", message, reason=reason))


def _found_in(value: Any, path: Path) -> Iterator[Problem]:
    if len(path) > DEEPEST:
        yield _problem("too_deep", TOO_DEEP, path[:1])
    elif isinstance(value, dict):
        yield from _found_in_object(value, path)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _found_in(inner, (*path, place))
    else:
        yield from _found_in_scalar(value, path)


def _found_in_object(members: dict[str, Any], path: Path) -> Iterator[Problem]:
    for name, inner in members.items():
        if UNUSABLE.search(name):
            yield _problem("character", UNUSABLE_NAME, path)
        else:
            yield from _found_in(inner, (*path, name))


def _found_in_scalar(value: Any, path: Path) -> Iterator[Problem]:
    if isinstance(value, _Twice):
        within = () if UNUSABLE.search(value.name) else (value.name,)
        yield _problem("twice", "A member is given twice.", (*path, *within))
    elif isinstance(value, str) and UNUSABLE.search(value):
        yield _problem("character", UNUSABLE_TEXT, path)
    elif isinstance(value, int | float) and abs(value) > LARGEST_NUMBER:
        yield _problem("number", OUT_OF_RANGE, path)


def _problem(reason: str, message: str, path: Path) -> Problem:
    return edge_problem("invalid_json", message, reason=reason, path=path)
