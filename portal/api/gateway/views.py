"""The addresses of the gateway: what the recording side says of studies, and may ask of them."""

import hashlib
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from organisations.roles import Scope
from portal.api import errors, parsing, throttling
from portal.api.endpoints import Endpoint
from portal.api.gateway import format as wire
from portal.api.gateway import messages, uploads
from portal.api.gateway.auth import BearerKey, missing_scope
from portal.api.throttling import Limit
from studies.activation import activate_study, tidy_code
from studies.models import Study
from studies.recording import complete_attempt, start_attempt

# Of one code, whether there is such a study or not.
GUESSES: Final = Limit(a_minute=10, burst=10)


class GatewayEndpoint(Endpoint):
    """What all addresses of the gateway have in common."""

    authentication_classes = [BearerKey]
    scope = Scope.RECORDINGS

    def refuse(self, refused: errors.Refused) -> HttpResponse:
        return wire.refuse(refused, self.plain_request)

    def missing_scope(self) -> errors.Refused:
        return missing_scope(self.scope)

    def find(self, public_id: UUID) -> Study:
        """The study that an address names, of whatever account: the recording side is for all."""
        seen = Study.objects.visible_to(self.caller.actor)
        found = seen.filter(public_id=public_id).first()
        if found is None:
            raise errors.Refused(errors.edge_problem("resource_not_found"))
        return found


class Activations(GatewayEndpoint):
    """`/gateway/v1/activations`: the patient begins (contracts/v1.md section 6, R12 to R14)."""

    def post(self, request: Request) -> HttpResponse:
        """Without an Idempotency-Key, whose transaction would take back that a wrong date was
        counted; `messageId` makes it safe to send again.
        """
        activation = messages.activation_in(messages.read(self.read(), messages.ActivationMembers))
        throttling.spend(_guesses_at(activation.code), GUESSES)
        study = activate_study(activation, actor=self.caller.actor)
        return wire.answer(wire.study_document(study))


class OneStudy(GatewayEndpoint):
    """`/gateway/v1/studies/{study}`"""

    def get(self, request: Request, study: UUID) -> HttpResponse:
        return wire.answer(wire.study_document(self.find(study)))


class StartedAttempts(GatewayEndpoint):
    """`/gateway/v1/studies/{study}/attempts/started`"""

    def post(self, request: Request, study: UUID) -> HttpResponse:
        start = messages.start_in(messages.read(self.read(), messages.StartMembers))
        attempt = start_attempt(self.find(study), start, actor=self.caller.actor)
        return wire.answer(wire.study_document(attempt.study))


class CompletedAttempts(GatewayEndpoint):
    """`/gateway/v1/studies/{study}/attempts/completed`, with or without a report."""

    def take_body(self) -> bytes:
        request = self.plain_request
        if uploads.is_upload(request):
            return uploads.read_upload(request)
        return parsing.read_body(request)

    def post(self, request: Request, study: UUID) -> HttpResponse:
        sent, report = self._sent()
        result = messages.result_in(messages.read(sent, messages.ResultMembers), report=report)
        attempt = complete_attempt(self.find(study), result, actor=self.caller.actor)
        return wire.answer(wire.study_document(attempt.study))

    def _sent(self) -> tuple[Any, bytes | None]:
        if not uploads.is_upload(self.plain_request):
            return self.read(), None
        upload = uploads.upload_in(self.body, self.plain_request)
        return parsing.read_json(upload.result), upload.report


def _guesses_at(code: str) -> str:
    """One bucket for each code, however it is written; a hash, because a code is a secret."""
    return f"activation:{hashlib.sha256(tidy_code(code).encode()).hexdigest()}"
