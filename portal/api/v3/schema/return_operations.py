"""The operations on returns and on what is in stock, as `operations` tells the others."""

from typing import Any, Final

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)

from portal.api.schema import IDEMPOTENCY_KEY, JSON, LISTING, ONCE, WITH_BODY, ref
from portal.api.v3 import inventory, returns
from portal.api.v3.schema import errors, examples, parameters
from portal.api.v3.schema.errors import NAMED
from portal.api.v3.schema.operations import NOTHING

RETURNS, INVENTORY = "Returns", "Inventory"
TAGS: Final = (RETURNS, INVENTORY)
PLACING: Final = """\
From a patient (`patientId`) or from a site (`siteId`): devices that they have, and items that
nobody tells apart. The label is shipped, unless `emailLabel` is true. The only body in which
unknown members are refused.
"""


def _page(what: str, wanted: list[OpenApiParameter], **told: Any) -> Any:
    return extend_schema(
        parameters=wanted,
        responses={
            200: OpenApiResponse(ref(f"Page{what}"), "One page."),
            **errors.refusals(LISTING),
        },
        **told,
    )


extend_schema_view(
    get=_page(
        "Return",
        parameters.RETURNS,
        operation_id="listReturns",
        tags=[RETURNS],
        summary="List returns",
        description="By id.",
    ),
    post=extend_schema(
        operation_id="createReturn",
        tags=[RETURNS],
        summary="Place a return",
        description=PLACING,
        parameters=[IDEMPOTENCY_KEY],
        request={JSON: returns.ReturnMembers},
        responses={
            200: OpenApiResponse(ref("Return"), "It is expected now."),
            **errors.refusals(WITH_BODY, ONCE, domain=errors.RETURNING),
        },
        examples=[
            OpenApiExample("From a patient", examples.NEW_RETURN, request_only=True),
            OpenApiExample("From a site", examples.RETURN_OF_A_SITE, request_only=True),
        ],
    ),
)(returns.Returns)

extend_schema_view(
    get=extend_schema(
        operation_id="fetchReturn",
        tags=[RETURNS],
        summary="Read a return",
        parameters=[parameters.RETURN],
        responses={
            200: OpenApiResponse(ref("Return"), "Here it is."),
            **errors.refusals(NAMED),
        },
        examples=[
            OpenApiExample("Waited for", examples.RETURN, response_only=True, status_codes=[200])
        ],
    ),
    delete=extend_schema(
        operation_id="voidReturn",
        tags=[RETURNS],
        summary="Void a return",
        description="Until it is on its way, and once. It stays, with the status `voided`.",
        parameters=[parameters.RETURN],
        responses={204: NOTHING, **errors.refusals(NAMED, domain=errors.VOIDING_RETURN)},
    ),
)(returns.OneReturn)

for view, told in (
    (
        inventory.Inventory,
        {
            "operation_id": "listInventorySummary",
            "summary": "What there is of each item, over all places",
            "description": "What your account owns anywhere, and what we have for your orders of "
            "the items in your catalogue and in its kits. What is promised to orders is not there "
            "any more.",
        },
    ),
    (
        inventory.CentreInventory,
        {
            "operation_id": "listImpiloInventory",
            "summary": "What there is of each item at each fulfilment centre",
        },
    ),
):
    extend_schema_view(
        get=_page("InventoryRecord", parameters.INVENTORY, tags=[INVENTORY], **told)
    )(view)

extend_schema_view(
    get=_page(
        "InventoryRecord",
        parameters.SITE_INVENTORY,
        operation_id="listSiteInventory",
        tags=[INVENTORY],
        summary="What there is of each item at each site of yours",
        description="Sites without any are left out. Devices that lie there are counted too.",
    ),
)(inventory.SiteInventory)
