"""Where a message may be sent. Whoever runs an account chooses the address, so it must lead out of
our own network: never to a neighbour, to this machine, or to what tells programs who they are.

Names are looked up by a pool of their own, so that dead ones keep nobody else waiting.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from webhooks.errors import AddressMalformed, AddressNotFound, AddressNotOutside
from webhooks.models.endpoints import URL_LENGTH

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# What `is_global` lets through in one version of Python or another, although nobody's receiver is
# there or another network lies behind it. Of IPv6 only 2000::/3 belongs to the internet.
NOT_FOR_RECEIVERS: Final[Sequence[Network]] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
        "::/3",  # IPv4 in other clothes, NAT64
        "4000::/2",
        "8000::/1",  # private, link-local, multicast
        "2001::/23",  # Teredo and its like
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)
PORTS: Final = {"https": 443, "http": 80}
LOOKUPS: Final = ThreadPoolExecutor(max_workers=64, thread_name_prefix="lookup")
SECONDS_TO_LOOK_UP: Final = 5


@dataclass(frozen=True)
class Target:
    """An address taken apart. `host` is the name that certificates are checked against."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """As the Host header names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def read_url(url: str) -> Target:
    """The address in its parts, or AddressMalformed. Plain HTTP is for demos only."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, _ascii(parts.hostname or "")
    except ValueError:
        raise AddressMalformed(field="url") from None
    is_fit = (
        parts.scheme in PORTS
        and (parts.scheme == "https" or settings.WEBHOOKS_MAY_BE_PLAIN)
        and host
        and port != 0
        and not (parts.username or parts.password or parts.fragment or "@" in parts.netloc)
        and len(url) <= URL_LENGTH
        and (parts.path + parts.query).isascii()
        and url.isprintable()
        and not set(url) & set(' \\<>"`{}|^')
    )
    if not is_fit:
        raise AddressMalformed(field="url")
    return Target(parts.scheme, host, port or PORTS[parts.scheme])


def _ascii(host: str) -> str:
    """As certificates name it. ValueError when it is no name of a server, or another one's by newer
    rules than these (straße is not strasse any more).
    """
    name = host if host.isascii() else host.encode("idna").decode()
    if not host.isascii() and name.encode().decode("idna") != host:
        raise ValueError(host)
    if len(name) > 253 or any(len(label) > 63 for label in name.split(".")):
        raise ValueError(host)
    return name


def is_outside(ip: str) -> bool:
    """Whether a receiver may be there; an IPv4 address inside of an IPv6 one counts as itself."""
    address: Address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if _is_in(address, settings.WEBHOOKS_MAY_GO_TO):
        return True
    return address.is_global and not _is_in(address, NOT_FOR_RECEIVERS)


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(net.version == address.version and address in net for net in networks)


def look_up(target: Target) -> list[str]:
    """Every address under this name, by one lookup and each of them checked.

    Raises AddressNotFound, AddressNotOutside. May take as long as name servers let it.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressNotFound(field="url") from None
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not addresses:
        raise AddressNotFound(field="url")
    if not all(map(is_outside, addresses)):
        raise AddressNotOutside(field="url")
    return addresses


async def look_up_soon(target: Target) -> list[str]:
    """The same, without holding anybody else up."""
    return await asyncio.get_running_loop().run_in_executor(LOOKUPS, look_up, target)


def check_url(url: str) -> None:
    """Refuse what could not be sent to now: AddressMalformed, AddressNotFound, AddressNotOutside.

    Not within a transaction: it asks name servers.
    """
    try:
        LOOKUPS.submit(look_up, read_url(url)).result(timeout=SECONDS_TO_LOOK_UP)
    except TimeoutError:
        raise AddressNotFound(field="url") from None
