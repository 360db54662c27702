"""From which address a request came, as far as our own proxies can be believed."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Behind so many proxies of ours it is that many from the right; None when it is no address."""
    count = settings.TRUSTED_PROXY_COUNT
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    text = forwarded[-count] if 0 < count <= len(forwarded) else ""
    try:
        return str(ipaddress.ip_address((text or request.META.get("REMOTE_ADDR", "")).strip()))
    except ValueError:
        return None
