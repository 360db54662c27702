"""The operations of the gateway, as its OpenAPI document tells them. To be imported is enough: it
writes on the views what drf-spectacular reads there.
"""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
    extend_schema_view,
)

from portal.api.gateway import messages, simulating, uploads, views
from portal.api.gateway.auth import BearerKey
from portal.api.gateway.schema import errors, examples
from portal.api.gateway.schema.errors import NAMED
from portal.api.schema import JSON, WITH_BODY, in_path, ref
from studies.recording import LARGEST_REPORT_MB

KEY: Final = "gatewayKey"
STUDIES, SANDBOX = "Studies", "Sandbox"
TAGS: Final = (STUDIES, SANDBOX)
MULTIPART: Final = "multipart/form-data"
RESULT: Final = "ResultRequest"
UPLOAD: Final = {
    "type": "object",
    "properties": {
        uploads.RESULT: ref(RESULT),
        uploads.REPORT: {
            "type": "string",
            "contentMediaType": "application/pdf",
            "description": f"A PDF of at most {LARGEST_REPORT_MB} MB.",
        },
    },
    "required": [uploads.RESULT],
}
ACTIVATING: Final = """\
The patient has typed or scanned the code and said when they were born. It may be sent again and
again: each new `messageId` is an activation that is told, the same one changes nothing. It may come
after the kit has come home.

A wrong date of birth is refused and counted: after five the study is locked until somebody of the
clinic unlocks it. A code is tried at most 10 times a minute, whether there is such a study or not.
"""
STARTING: Final = """\
A recording began, at `startedAt`; that may be long ago, and the result may have come before. The
same sent again changes nothing.
"""
COMPLETING: Final = """\
A recording was processed. Each index is optional. With a report it is `multipart/form-data`: a part
`result` with the JSON, and a part `report` with the PDF, which is kept byte for byte.

The same sent again changes nothing; another result of the same attempt is refused. A night that is
not valid is due again, as often as the organisation has settled.
"""
SIMULATING: Final = """\
For test accounts only: do the next thing that would happen to an order (`order`) or to an in-house
study (`study`) of the account, by its reference, or with `until` set to `finished` all that comes.
Each step is the real one, and notifications are really sent.
"""
STUDY: Final = in_path("study", {"type": "string", "format": "uuid"}, "The study's UUID.")


class BearerScheme(OpenApiAuthenticationExtension):
    """Every operation wants a key; what the scheme is, `document` says."""

    target_class = BearerKey
    name = KEY

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


for members, name in {
    messages.ActivationMembers: "ActivationRequest",
    messages.StartMembers: "StartRequest",
    messages.IndexMembers: "IndexesRequest",
    messages.ResultMembers: RESULT,
    messages.SimulationMembers: "SimulationRequest",
}.items():
    extend_schema_serializer(component_name=name)(members)


def _sent(name: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value, request_only=True, media_type=JSON)


DONE: Final = {200: OpenApiResponse(ref("Study"), "As the study is now.")}
AS_IT_IS: Final = OpenApiExample(
    "Activated", examples.STUDY, response_only=True, status_codes=[200]
)

extend_schema_view(
    post=extend_schema(
        operation_id="recordActivation",
        tags=[STUDIES],
        summary="Say that the patient has begun",
        description=ACTIVATING,
        request={JSON: messages.ActivationMembers},
        responses={**DONE, **errors.refusals(WITH_BODY, domain=errors.ACTIVATING)},
        examples=[_sent("With a code and a date of birth", examples.ACTIVATION), AS_IT_IS],
    )
)(views.Activations)

extend_schema_view(
    get=extend_schema(
        operation_id="readRecordedStudy",
        tags=[STUDIES],
        summary="Read how far a study has come",
        parameters=[STUDY],
        responses={**DONE, **errors.refusals(NAMED)},
        examples=[AS_IT_IS],
    )
)(views.OneStudy)

extend_schema_view(
    post=extend_schema(
        operation_id="recordStart",
        tags=[STUDIES],
        summary="Say that a recording began",
        description=STARTING,
        parameters=[STUDY],
        request={JSON: messages.StartMembers},
        responses={**DONE, **errors.refusals(WITH_BODY, NAMED, domain=errors.STARTING)},
        examples=[_sent("The first night", examples.START)],
    )
)(views.StartedAttempts)

extend_schema_view(
    post=extend_schema(
        operation_id="recordResult",
        tags=[STUDIES],
        summary="Hand in the result of a recording",
        description=COMPLETING,
        parameters=[STUDY],
        request={JSON: messages.ResultMembers, MULTIPART: UPLOAD},
        responses={**DONE, **errors.refusals(WITH_BODY, NAMED, domain=errors.COMPLETING)},
        examples=[_sent("A valid night", examples.RESULT)],
    )
)(views.CompletedAttempts)

extend_schema_view(
    post=extend_schema(
        operation_id="simulate",
        tags=[SANDBOX],
        summary="Play an order or a study of a test account",
        description=SIMULATING,
        request={JSON: messages.SimulationMembers},
        responses={
            200: OpenApiResponse(ref("Played"), "What happened, and how it stands now."),
            **errors.refusals(WITH_BODY, domain=errors.SIMULATING),
        },
        examples=[
            _sent("The next step", examples.SIMULATION),
            OpenApiExample("Activated", examples.PLAYED, response_only=True, status_codes=[200]),
        ],
    )
)(simulating.Simulations)
