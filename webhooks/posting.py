"""One try: a message is posted to a checked address and its answer read, within one deadline."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import h11
import httpx
from django.conf import settings

from foundation.errors import Refusal
from webhooks.errors import AddressMalformed, AddressNotOutside
from webhooks.models import Fault
from webhooks.receivers import Target, look_up_soon, read_url

SECONDS_IN_ALL: Final = 10
ANSWER_AT_MOST: Final = 64 * 1024
HEADERS_AT_MOST: Final = 16 * 1024
SECRET_HEADERS: Final = frozenset({"authorization", "set-cookie"})
MASK: Final = "•••"
# Of the time that is left, to connect; and as much again to be secure. So there is time for another
# address, and what hangs is closed: the deadline itself would leave it open.
SHARE_TO_CONNECT: Final = 0.45
# Not those that come of them: they say that a connection waits, or broke off.
ABOUT_SECURITY: Final = frozenset({ssl.SSLError, ssl.SSLCertVerificationError})
# The first that fits.
FAULTS: Final[Mapping[type[Exception], Fault]] = {
    AddressNotOutside: Fault.NOT_OUTSIDE,
    AddressMalformed: Fault.NOT_SECURE,
    Refusal: Fault.NAME_UNKNOWN,
    TimeoutError: Fault.TOO_SLOW,
    httpx.TimeoutException: Fault.TOO_SLOW,
    httpx.RemoteProtocolError: Fault.GARBLED,
    httpx.TransportError: Fault.UNREACHABLE,
    OSError: Fault.UNREACHABLE,
}

Headers = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back; either a status or a fault. The body is cut at 64 KiB."""

    status: int | None = None
    fault: Fault | None = None
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    duration_ms: int = 0

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def retry_after(self) -> str:
        named = (value for name, value in self.headers if name.lower() == "retry-after")
        return next(named, "")


class Line:
    """Connections to one receiver, to be used again while the same drain goes on."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport, seconds: float) -> None:
        self._url = url
        self._transport = transport
        self._seconds = seconds

    async def post(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post it and read the answer; whatever goes wrong is a fault, never an exception."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._seconds):
                status, answered, read = await self._exchange(headers, body, began + self._seconds)
            return Answer(status=status, headers=answered, body=read, duration_ms=_ms_since(began))
        except Exception as error:
            fault = _fault_of(error)
            if fault is None:
                raise
            return Answer(fault=fault, duration_ms=_ms_since(began))

    async def _exchange(
        self, headers: Mapping[str, str], body: bytes, ends: float
    ) -> tuple[int, Headers, bytes]:
        target = read_url(self._url)
        addresses = await look_up_soon(target)
        for place, address in enumerate(addresses, start=1):
            request = self._request(target, address, headers, body)
            try:
                return await self._ask(request, left=ends - time.monotonic())
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if place == len(addresses):
                    raise
        raise AddressNotOutside(field="url")

    def _request(
        self, target: Target, address: str, headers: Mapping[str, str], body: bytes
    ) -> httpx.Request:
        """To this checked address, whose certificate is checked against the name."""
        return httpx.Request(
            "POST",
            _at(self._url, target, address),
            headers={**headers, "Host": target.authority},
            content=body,
            extensions={"sni_hostname": target.host},
        )

    async def _ask(self, request: httpx.Request, *, left: float) -> tuple[int, Headers, bytes]:
        timeout = httpx.Timeout(self._seconds, connect=left * SHARE_TO_CONNECT)
        request.extensions["timeout"] = timeout.as_dict()
        async with aclosing(await self._transport.handle_async_request(request)) as answer:
            return (
                answer.status_code,
                kept_headers(answer.headers.multi_items()),
                await _read(answer),
            )


@asynccontextmanager
async def line_to(url: str, *, seconds: float = SECONDS_IN_ALL) -> AsyncIterator[Line]:
    """No second name behind one connection, and nothing from the environment. Redirects and cookies
    are not even read, nor are addresses logged: all of that is a client's, and this is none.
    """
    async with httpx.AsyncHTTPTransport(verify=_authorities(), trust_env=False) as transport:
        yield Line(url, transport, seconds)


@cache
def _authorities() -> ssl.SSLContext:
    """Whom we believe that a certificate is right: the usual ones, and those of the settings."""
    context = httpx.create_ssl_context(trust_env=False)
    if settings.WEBHOOKS_CA_FILE:
        context.load_verify_locations(settings.WEBHOOKS_CA_FILE)
    return context


def _at(url: str, target: Target, address: str) -> str:
    """The same address with the number in the place of the name."""
    host = f"[{address}]" if ":" in address else address
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, f"{host}:{target.port}", parts.path, parts.query, ""))


async def _read(answer: httpx.Response) -> bytes:
    """As it came, not unpacked, and no more of it than is kept."""
    read = bytearray()
    async for piece in answer.aiter_raw():
        read += piece
        if len(read) >= ANSWER_AT_MOST:
            break
    return bytes(read[:ANSWER_AT_MOST])


def kept_headers(
    headers: Sequence[tuple[str, str]], *, also_secret: AbstractSet[str] = frozenset()
) -> Headers:
    """Without secrets, and not more of them than anybody would read."""
    kept, room = [], HEADERS_AT_MOST
    for name, value in headers:
        length = len(name) + len(value)
        if length <= room:
            room -= length
            is_secret = name.lower() in SECRET_HEADERS | also_secret
            kept.append((name, MASK if is_secret else value.replace("\0", "")))
    return kept


def _fault_of(error: Exception) -> Fault | None:
    """None is our own mistake."""
    origins = {type(one) for one in _with_its_causes(error)}
    if origins & ABOUT_SECURITY:
        return Fault.INSECURE
    if isinstance(error, httpx.RemoteProtocolError) and h11.RemoteProtocolError not in origins:
        return Fault.UNREACHABLE  # it hung up without a word, so nothing was found garbled
    return next((fault for kind, fault in FAULTS.items() if isinstance(error, kind)), None)


def _with_its_causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
