"""The operations under `/v1/studies` and `/v1/referrals`, as the OpenAPI document tells them. To be
imported is enough.
"""

from typing import Final

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view

from portal.api.schema import IDEMPOTENCY_KEY, JSON, ONCE, WITH_BODY, ref
from portal.api.v1 import referrals, reports, studies
from portal.api.v1.schema import errors, examples
from portal.api.v1.schema.bodies import NewReferral, NewStudy, StudyUpdate
from portal.api.v1.schema.operations import (
    ABOUT_REPORTS,
    ACCEPTED,
    OURS,
    PDF,
    REFERENCE,
    REPORT,
)

STUDIES: Final = "In-house studies"
REFERRALS: Final = "Referrals"

extend_schema_view(
    post=extend_schema(
        operation_id="createStudy",
        tags=[STUDIES],
        summary="Create an in-house study",
        description="The clinic itself hands over the kit, and gives the patient the "
        "`activationCode` of the answer, best as a QR code. A second study with the same reference "
        "is answered with 409 and the `Location` of the first, without the code: send an "
        "`Idempotency-Key` to be able to ask again.",
        parameters=[IDEMPOTENCY_KEY],
        request={JSON: NewStudy},
        responses={
            201: OpenApiResponse(ref("StudyDocument"), "The study is created."),
            **errors.refusals(WITH_BODY, ONCE, domain=errors.CREATING),
        },
        examples=[
            OpenApiExample("A study", examples.STUDY, request_only=True),
            OpenApiExample(
                "Created", examples.STUDY_CREATED, response_only=True, status_codes=[201]
            ),
        ],
    ),
)(studies.Studies)

extend_schema_view(
    get=extend_schema(
        operation_id="readStudy",
        tags=[STUDIES],
        summary="Read an in-house study",
        description=OURS + "As it is now. The code is shown again to clients with the scope "
        "`studies:read-code` only.",
        parameters=[REFERENCE],
        responses={
            200: OpenApiResponse(ref("StudyDocument"), "The study."),
            **errors.refusals(domain=errors.READING_STUDIES),
        },
        examples=[OpenApiExample("A study", examples.STUDY_FINISHED, response_only=True)],
    ),
    patch=extend_schema(
        operation_id="cancelStudy",
        tags=[STUDIES],
        summary="Cancel an in-house study",
        description="Until the study is finished; its code is dead at once. Nothing else can be "
        "changed. Cancelling twice is accepted.",
        parameters=[REFERENCE],
        request={JSON: StudyUpdate},
        responses={202: ACCEPTED, **errors.refusals(WITH_BODY, domain=errors.CANCELLING)},
        examples=[OpenApiExample("Cancel", examples.STUDY_CANCELLATION, request_only=True)],
    ),
)(studies.OneStudy)

extend_schema_view(
    get=extend_schema(
        operation_id="readReportOfStudy",
        tags=[STUDIES],
        summary="Read the report of an in-house study",
        description=ABOUT_REPORTS,
        parameters=[REFERENCE],
        responses={
            (200, PDF): REPORT,
            **errors.refusals(domain=(*errors.READING_STUDIES, *errors.READING_REPORTS)),
        },
    ),
)(reports.StudyReport)

extend_schema_view(
    post=extend_schema(
        operation_id="createReferral",
        tags=[REFERRALS],
        summary="Refer a patient",
        description="Somebody asks the patient for the address and whether they have a smartphone, "
        "and then places the order. A referral cannot be changed. Organisation, address, `emitOn` "
        "and `requiresPhone` are ignored when they are sent.",
        parameters=[IDEMPOTENCY_KEY],
        request={JSON: NewReferral},
        responses={
            201: OpenApiResponse(ref("ReferralDocument"), "The referral is received."),
            **errors.refusals(WITH_BODY, ONCE, domain=errors.REFERRING),
        },
        examples=[
            OpenApiExample("A referral", examples.REFERRAL, request_only=True),
            OpenApiExample(
                "Received", examples.REFERRAL_RECEIVED, response_only=True, status_codes=[201]
            ),
        ],
    ),
)(referrals.Referrals)

extend_schema_view(
    get=extend_schema(
        operation_id="readReferral",
        tags=[REFERRALS],
        summary="Read a referral",
        description=OURS + "As it is now, with how its order goes on.",
        parameters=[REFERENCE],
        responses={
            200: OpenApiResponse(ref("ReferralDocument"), "The referral."),
            **errors.refusals(domain=errors.READING_REFERRALS),
        },
        examples=[OpenApiExample("A referral", examples.REFERRAL_RECEIVED, response_only=True)],
    ),
)(referrals.OneReferral)

extend_schema_view(
    get=extend_schema(
        operation_id="readReportOfReferral",
        tags=[REFERRALS],
        summary="Read the report of a referral",
        description=ABOUT_REPORTS,
        parameters=[REFERENCE],
        responses={
            (200, PDF): REPORT,
            **errors.refusals(domain=(*errors.READING_REFERRALS, *errors.READING_REPORTS)),
        },
    ),
)(reports.ReferralReport)
