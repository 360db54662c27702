"""The operations under `/v1/orders`, as the OpenAPI document tells them. To be imported is enough:
it writes on the views what drf-spectacular reads there.
"""

from typing import Any, Final, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)

from portal.api.endpoints import Endpoint
from portal.api.schema import (
    IDEMPOTENCY_KEY,
    JSON,
    LISTING,
    ONCE,
    WITH_BODY,
    in_path,
    in_query,
    ref,
)
from portal.api.v1 import listing, orders, reports
from portal.api.v1.auth import BearerToken
from portal.api.v1.format import OrderStatus
from portal.api.v1.schema import errors, examples
from portal.api.v1.schema.bodies import NewOrder, OrderUpdate

OURS: Final = "**An extension of ours.** "


CLIENT: Final = "client"


class ClientToken(OpenApiAuthenticationExtension):
    """Which scope an operation wants; what the scheme is, `document` says."""

    target_class = BearerToken
    name = CLIENT

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[Any]]:
        endpoint = cast(Endpoint, auto_schema.view)
        return {CLIENT: [endpoint.scope.value]}

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "oauth2"}


REFERENCE: Final = in_path(
    "reference",
    {"type": "string", "minLength": 1},
    "The reference given in the beginning, percent-encoded.",
)
MOMENT: Final = {
    "anyOf": [
        {"type": "string", "format": "date"},
        {"type": "string", "format": "date-time", "pattern": r"^[^.]*(\.[0-9]{1,9})?[^.]*$"},
    ]
}
PAGE_SIZE: Final = {
    "type": "integer",
    "minimum": 1,
    "maximum": listing.LARGEST_SIZE,
    "default": listing.SIZE,
}
FILTERS: Final = [
    in_query(listing.SIZE_OF_A_PAGE, PAGE_SIZE, "How many orders a page has."),
    in_query(
        listing.AFTER,
        {"type": "string", "format": "uuid"},
        "Do not make one: follow `links.next`.",
    ),
    in_query(
        "filter[status]",
        {"type": "string", "enum": OrderStatus.values},
        "Only orders with this status.",
    ),
    in_query(
        "filter[created_from]",
        MOMENT,
        "Only orders created then or later. A date is its midnight in UTC.",
    ),
    in_query("filter[created_to]", MOMENT, "Only orders created before."),
]

PDF: Final = "application/pdf"
REPORT: Final = OpenApiResponse({"type": "string", "contentMediaType": PDF}, "The report.")
ABOUT_REPORTS: Final = (
    OURS + "The PDF of the latest valid attempt, once it is released: when results wait for a "
    "review, after that. Until then 404 `report_not_found`. Refusals are JSON, as everywhere."
)
ACCEPTED: Final = OpenApiResponse(description="Accepted; without a body and a Content-Type.")

extend_schema_view(
    post=extend_schema(
        operation_id="placeOrder",
        tags=["Orders"],
        summary="Place an order",
        description="An at-home test: a kit is sent to the patient and taken back. **First ask the "
        "patient whether they have an Android or iOS smartphone;** set `requiresPhone` only when "
        "they have neither. A second order with the same reference is answered with 409 and the "
        "`Location` of the first, equal or not, so after a lost answer you may send it again.",
        parameters=[IDEMPOTENCY_KEY],
        request={JSON: NewOrder},
        responses={
            201: OpenApiResponse(ref("OrderDocument"), "The order is placed."),
            **errors.refusals(WITH_BODY, ONCE, domain=errors.PLACING),
        },
        examples=[
            OpenApiExample("An order", examples.ORDER, request_only=True),
            OpenApiExample("Placed", examples.PLACED, response_only=True, status_codes=[201]),
        ],
    ),
    get=extend_schema(
        operation_id="listStudyOrders",
        tags=["Orders"],
        summary="List orders",
        description=OURS
        + "Every study order of your account, the newest first. Unknown parameters "
        "are ignored.",
        parameters=FILTERS,
        responses={
            200: OpenApiResponse(ref("OrderList"), "One page of orders."),
            **errors.refusals(LISTING),
        },
    ),
)(orders.Orders)

extend_schema_view(
    get=extend_schema(
        operation_id="readOrder",
        tags=["Orders"],
        summary="Read an order",
        description=OURS + "What the answer to placing it showed, as it is now.",
        parameters=[REFERENCE],
        responses={
            200: OpenApiResponse(ref("OrderDocument"), "The order."),
            **errors.refusals(domain=errors.READING),
        },
        examples=[OpenApiExample("An order", examples.PLACED, response_only=True)],
    ),
    put=extend_schema(
        operation_id="changeOrder",
        tags=["Orders"],
        summary="Change or cancel an order",
        description="Until the order is sent for fulfilment it can be cancelled and its address "
        "changed; e-mail address and telephone number can be changed at any time. What you leave "
        "out stays as it is, and what you send as it is counts as not sent. When `status` is "
        "`cancelled`, everything else is ignored. Cancelling twice is accepted.",
        parameters=[REFERENCE],
        request={JSON: OrderUpdate},
        responses={202: ACCEPTED, **errors.refusals(WITH_BODY, domain=errors.CHANGING)},
        examples=[
            OpenApiExample("Cancel", examples.CANCELLATION, request_only=True),
            OpenApiExample("Another telephone number", examples.CONTACT, request_only=True),
            OpenApiExample("Another address", examples.ADDRESS, request_only=True),
        ],
    ),
)(orders.OneOrder)

extend_schema_view(
    get=extend_schema(
        operation_id="readReportOfOrder",
        tags=["Orders"],
        summary="Read the report of an order",
        description=ABOUT_REPORTS,
        parameters=[REFERENCE],
        responses={
            (200, PDF): REPORT,
            **errors.refusals(domain=(*errors.READING, *errors.READING_REPORTS)),
        },
    ),
)(reports.OrderReport)
