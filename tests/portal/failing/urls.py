"""The program's addresses, and some that fail while they handle what was sent."""

from collections.abc import Callable

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal import urls

handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500

ERRORS = (ZeroDivisionError, OperationalError, PermissionDenied, BadRequest, SuspiciousOperation)


def fails(error: type[Exception]) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise error(_sent(request))

    return view


def asks_nonsense(request: HttpRequest) -> HttpResponse:
    """The value is in the database's own message."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [_sent(request)])
    raise AssertionError("that was no number")


def breaks_a_rule(request: HttpRequest) -> HttpResponse:
    """The value is in the statement, and in what the database tells besides its message."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE people (name text CONSTRAINT is_taken UNIQUE)")
        cursor.execute("INSERT INTO people VALUES (%s), (%s)", [_sent(request)] * 2)
    raise AssertionError("the name was taken")


def _sent(request: HttpRequest) -> str:
    return str(request.POST.get("sent") or request.GET.get("sent"))


VIEWS = {error.__name__: fails(error) for error in ERRORS} | {
    "nonsense": asks_nonsense,
    "rule": breaks_a_rule,
}
PATHS = [f"{prefix}fail/{name}" for prefix in ("", "v1/", "oauth2/") for name in VIEWS]
urlpatterns = [path(one, VIEWS[one.rpartition("/")[2]]) for one in PATHS] + urls.urlpatterns
