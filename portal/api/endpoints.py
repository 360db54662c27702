"""The way in that all dialects share: what is checked before a view does its work, and in what
order (contracts/v1.md, House decisions, Check order).
"""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.http import HttpRequest, HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from organisations.roles import Scope
from portal.api import call_log, errors, idempotency, parsing, throttling
from portal.api.callers import Caller

WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class Endpoint(APIView):
    """One address of a dialect, which says how a caller is recognised and a refusal is written.

    A view finds the caller in `self.caller` and what was sent, once read, in `self.document`.
    """

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    permission_classes = []
    throttle_classes = []
    parser_classes = []
    renderer_classes = [JSONRenderer]

    scope: ClassVar[Scope]
    caller: Caller
    body: bytes = b""
    document: Any = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self._know_the_method()
        self.caller = cast(Caller, request.user)
        if self.scope not in self.caller.scopes:
            raise self.missing_scope()
        throttling.spend(self.caller.name, self.caller.limit)
        call_log.count_call(self.plain_request)
        if request.method in WITH_BODY:
            self.body = self.take_body()

    def take_body(self) -> bytes:
        """The bytes that were sent, if they are of a kind and size that this address takes."""
        return parsing.read_body(self.plain_request)

    def read(self) -> Any:
        """The document that was sent."""
        self.document = parsing.read_json(self.body)
        return self.document

    def answer_once(self, answer: Callable[[], HttpResponse]) -> HttpResponse:
        """What a POST does, done once for each Idempotency-Key, if it came with one."""
        request = self.plain_request
        key = idempotency.key_of(request)
        if key is None:
            return answer()
        return idempotency.once(
            key,
            caller=self.caller.name,
            fingerprint=idempotency.fingerprint(request, self.body),
            answer=answer,
        )

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        """Faults of ours go on to `portal.faults`, which tells and logs them."""
        refused = errors.refused(exc)
        if refused is None:
            raise exc
        call_log.note_code(self.plain_request, refused.problems[0].code)
        return self.refuse(refused)

    def refuse(self, refused: errors.Refused) -> HttpResponse:
        raise NotImplementedError

    def missing_scope(self) -> errors.Refused:
        return errors.Refused(errors.edge_problem("forbidden"))

    @property
    def plain_request(self) -> HttpRequest:
        request: HttpRequest = self.request._request
        return request

    def _know_the_method(self) -> None:
        method = str(self.request.method)
        if method.lower() not in self.http_method_names or method not in self.allowed_methods:
            raise errors.Refused(
                errors.edge_problem("method_not_allowed"),
                headers={"Allow": ", ".join(self.allowed_methods)},
            )
