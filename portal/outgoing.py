"""What the settings say about sending notifications, checked before anything starts. Nothing here
needs Django, because the settings read it.
"""

import ipaddress
from collections.abc import Iterable
from pathlib import Path
from typing import Final

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
THIS_MACHINE: Final = ("127.0.0.0/8", "::1/128")


def networks(name: str, texts: Iterable[str], *, default: Iterable[str] = ()) -> list[Network]:
    """The networks named in the environment, or the default; SystemExit for what is none."""
    named = [text.strip() for text in texts if text.strip()] or default
    try:
        return [ipaddress.ip_network(text) for text in named]
    except ValueError:
        raise SystemExit(
            f"{name} must be networks like 10.1.0.0/16, with commas between."
        ) from None


def readable(name: str, path: str) -> str:
    """The file's path, or nothing when none is named; SystemExit when it is not there."""
    if path and not Path(path).is_file():
        raise SystemExit(f"{name} names a file that is not there: {path}")
    return path
