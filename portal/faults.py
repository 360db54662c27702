"""What is answered where no view could: to people a page, to programs a document of their dialect.

Django calls these for every address, whether a view or a middleware failed. A database that does
not answer is told from other faults: it is nobody's mistake, and trying again helps.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from portal.api import call_log
from portal.api.errors import Refused, edge_problem
from portal.api.gateway import format as gateway
from portal.api.v1 import format as v1
from portal.api.v1 import tokens
from portal.api.v3 import format as v3

RETRY_SECONDS: Final = 5
DIALECTS: Final[Mapping[str, Callable[[Refused, HttpRequest], HttpResponse]]] = {
    "v1": v1.refuse,
    "oauth2": tokens.refuse,
    "api": v3.refuse,
    "gateway": gateway.refuse,
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _told(request, "bad_request") or defaults.bad_request(request, exception)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _told(request, "forbidden") or defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _told(request, "resource_not_found") or defaults.page_not_found(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """Called while the exception is still being handled."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return unavailable(request)
    return _told(request, "internal_error") or defaults.server_error(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The page asks the database for nothing, so it is rendered without the request."""
    headers = {"Retry-After": str(RETRY_SECONDS)}
    told = _told(request, "unavailable", headers=headers)
    return told or HttpResponse(render_to_string("503.html"), status=503, headers=headers)


def dialect_of(request: HttpRequest) -> str:
    """The dialect that this address speaks; empty when it is for people."""
    first = request.path_info.strip("/").partition("/")[0]
    return first if first in DIALECTS else ""


def _told(
    request: HttpRequest, code: str, *, headers: Mapping[str, str] | None = None
) -> HttpResponse | None:
    """The dialect's words for it; None when the address is for people."""
    call_log.note_code(request, code)
    write = DIALECTS.get(dialect_of(request))
    return write(Refused(edge_problem(code), headers=headers), request) if write else None
