"""The program's addresses, and some that fail as a programmer or a database might let them."""

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal import urls

handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


class Fails:
    def __init__(self, error: type[Exception]) -> None:
        self.error = error

    def __call__(self, request: HttpRequest) -> HttpResponse:
        raise self.error("the name of a patient")


def times_out(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 10; SELECT pg_sleep(2)")
    raise AssertionError("the statement should have been cancelled")


ERRORS = {
    "broken": ZeroDivisionError,
    "gone": OperationalError,
    "closed": InterfaceError,
    "denied": PermissionDenied,
    "bad": BadRequest,
    "suspicious": SuspiciousOperation,
}

urlpatterns = [
    path(f"{prefix}{name}", Fails(error))
    for prefix in ("v1/", "oauth2/", "")
    for name, error in ERRORS.items()
]
urlpatterns += [path("v1/slow", times_out), *urls.urlpatterns]
