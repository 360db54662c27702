"""The operation under `/v1/events`, as the OpenAPI document tells it. To be imported is enough."""

from typing import Final

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view

from portal.api.schema import LISTING, in_query, ref
from portal.api.v1 import feed, listing
from portal.api.v1.schema import errors, examples
from portal.api.v1.schema.operations import OURS, PAGE_SIZE

TAG: Final = "Events"
FEED: Final = [
    in_query(
        feed.AFTER,
        {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,40}$"},
        "The place to read on from. Do not make one: follow `links.next`.",
    ),
    in_query(listing.SIZE_OF_A_PAGE, PAGE_SIZE, "How many events a page has."),
]

extend_schema_view(
    get=extend_schema(
        operation_id="listEvents",
        tags=[TAG],
        summary="Read the events",
        description=OURS + "Everything that is told of your orders, in-house studies and "
        "referrals, the oldest first, also what no webhook endpoint of yours has switched on. "
        "`links.next` is there on an empty page too: keep it, and ask again later. No event is "
        "left out and none comes twice. Events are kept for 90 days.",
        parameters=FEED,
        responses={
            200: OpenApiResponse(ref("EventList"), "The next events."),
            **errors.refusals(LISTING),
        },
        examples=[OpenApiExample("A page", examples.EVENTS, response_only=True)],
    ),
)(feed.Events)
