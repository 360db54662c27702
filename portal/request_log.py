"""One id for each request, given to logs and answer, and one log line when it is done. Query
strings are not logged: people search for patients in them.
"""

import re
import uuid

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

from portal.logs import describe

SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestLog(RequestMiddleware):
    """The caller's X-Request-Id is kept when it is plain text of at most 64 characters."""

    def prepare(self, request: HttpRequest) -> None:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        chosen = given if SAFE_ID.fullmatch(given) else str(uuid.uuid4())
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
        return f"{request.method} {request.path}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Name the user when the view has asked who it is; asking here would cost a query."""
        user = getattr(request, "_cached_user", None)
        if user and user.pk:
            structlog.contextvars.bind_contextvars(user_id=user.pk)
