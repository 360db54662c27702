"""One id for each request, given to logs and answer, and one log line when it is done. Of an
address only what we wrote ourselves is logged: in query strings people search for patients, a
reference may be a name, and a link in a letter is a secret.
"""

import re

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch
from django_structlog.middlewares import RequestMiddleware

from foundation.ids import public_id
from portal.logs import describe

SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
# Places in a route for numbers of ours.
OUR_IDS = re.compile(r"<(?:uuid|int):(\w+)>|<path:(object_id)>")


UNKNOWN = "(unknown address)"


def address_of(match: ResolverMatch) -> str:
    """The route, with our own ids in their places and no other word that somebody sent."""

    def filled(place: re.Match[str]) -> str:
        value = str(match.kwargs.get(place[1] or place[2], ""))
        return value if re.fullmatch(r"[0-9a-f-]{1,36}", value) else place[0]

    return "/" + OUR_IDS.sub(filled, match.route)


class RequestLog(RequestMiddleware):
    """The caller's X-Request-Id is kept when it is plain text of at most 64 characters."""

    def prepare(self, request: HttpRequest) -> None:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        chosen = given if SAFE_ID.fullmatch(given) else str(public_id())
        request.META["HTTP_X_REQUEST_ID"] = chosen
        super().prepare(request)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        response.headers["X-Request-Id"] = request.META["HTTP_X_REQUEST_ID"]
        super().handle_response(request, response)

    def _process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A database that does not answer is no fault of the program: its line has no traceback.

        Then the line is the ordinary one, with the status that was answered.
        """
        if isinstance(exception, OperationalError | InterfaceError):
            structlog.contextvars.bind_contextvars(error=describe(exception))
            return
        super()._process_exception(request, exception)

    @classmethod
    def format_request(cls, request: HttpRequest) -> str:
        match: ResolverMatch | None = getattr(request, "resolver_match", None)
        return f"{request.method} {address_of(match) if match else UNKNOWN}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Name the user when the view has asked who it is; asking here would cost a query."""
        user = getattr(request, "_cached_user", None)
        if user and user.pk:
            structlog.contextvars.bind_contextvars(user_id=user.pk)
