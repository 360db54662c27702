"""The operations of API v3, as the OpenAPI document tells them. To be imported is enough: it writes
on the views what drf-spectacular reads there.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)

from foundation.errors import Refusal
from portal.api.members import Members
from portal.api.schema import IDEMPOTENCY_KEY, JSON, LISTING, ONCE, WITH_BODY, ref
from portal.api.v3 import catalogue, orders, patients, sites
from portal.api.v3.auth import KeyHeader
from portal.api.v3.order_requests import OrderMembers
from portal.api.v3.schema import errors, examples, parameters
from portal.api.v3.schema.errors import NAMED

KEY: Final = "key"
ORDERS, PATIENTS, SITES, CATALOGUE = "Orders", "Patients", "Sites", "Catalogue"
DEVICES: Final = "Devices"
TAGS: Final = (ORDERS, PATIENTS, SITES, CATALOGUE, DEVICES)
PDF: Final = "application/pdf"
FILE: Final = {"type": "string", "contentMediaType": PDF}
NOTHING: Final = OpenApiResponse(description="Done; without a body.")

Kinds = Iterable[type[Refusal]]
Described = Callable[[Any], Any]


class KeyScheme(OpenApiAuthenticationExtension):
    """Every operation wants a key; what the scheme is, `document` says."""

    target_class = KeyHeader
    name = KEY

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey"}


def _listing(what: str, words: str, wanted: list[OpenApiParameter], **told: Any) -> Described:
    """A page of `what`, a component."""
    return extend_schema(
        description=words,
        parameters=wanted,
        responses={
            200: OpenApiResponse(ref(f"Page{what}"), "One page."),
            **errors.refusals(LISTING),
        },
        **told,
    )


def _reading(what: str, parameter: OpenApiParameter, **told: Any) -> Described:
    return extend_schema(
        parameters=[parameter],
        responses={200: OpenApiResponse(ref(what), "Here it is."), **errors.refusals(NAMED)},
        **told,
    )


def _creating(what: str, body: type[Members], *, domain: Kinds = (), **told: Any) -> Described:
    return extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request={JSON: body},
        responses={
            200: OpenApiResponse(ref(what), "It is there now."),
            **errors.refusals(WITH_BODY, ONCE, domain=domain),
        },
        **told,
    )


def _changing(
    parameter: OpenApiParameter,
    body: type[Members],
    done: dict[int, OpenApiResponse],
    *,
    domain: Kinds = (),
    **told: Any,
) -> Described:
    return extend_schema(
        parameters=[parameter],
        request={JSON: body},
        responses={**done, **errors.refusals(WITH_BODY, NAMED, domain=domain)},
        **told,
    )


def _sent(name: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value, request_only=True)


def _answered(name: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value, response_only=True, status_codes=[200])


CHANGED_PATIENT: Final = {200: OpenApiResponse(ref("Patient"), "As the patient is now.")}
CHANGED_SITE: Final = {200: OpenApiResponse(ref("Site"), "As the site is now.")}
PLACING: Final = """\
For a `patient` or for a `site`, and for only one of them: of a site and of somebody registered
already only the `id` counts; without an `id` the patient is registered with the order. An
`externalIdentifier` that is known is the same patient.

What shall come back (`returnDevices`, `returnItems`, `returnPackedKits`) is with the patient or at
the site; the return is placed with the order. Its label is shipped with `shippingOption`, or sent
by e-mail with `emailLabel`.

Everything is sent from one place: when none has it all, the order is refused. A `count` that you
leave out is 1. `externalOrderIds` need not be unique: send an `Idempotency-Key` to be safe against
ordering twice.
"""
REPLACING: Final = "What you leave out is emptied."
PATCHING: Final = "What you leave out stays as it is; null empties what may be empty."
# Answered with the status that is set for it.
CREATING: Final = frozenset(
    {"createOrder", "createReturn", "createPatient", "createSite", "createItem"}
)

extend_schema_view(
    get=_listing(
        "Order",
        "Every order of your account, whatever way it was placed, by id.",
        parameters.ORDERS,
        operation_id="listOrders",
        tags=[ORDERS],
        summary="List orders",
    ),
    post=_creating(
        "Order",
        OrderMembers,
        domain=errors.PLACING,
        operation_id="createOrder",
        tags=[ORDERS],
        summary="Place an order",
        description=PLACING,
        examples=[
            _sent("Items and kits for a patient", examples.NEW_ORDER),
            _sent("Items for somebody new", examples.ORDER_OF_SOMEBODY_NEW),
            _sent("Items for a site", examples.ORDER_OF_A_SITE),
            _answered("Placed", examples.PLACED),
        ],
    ),
)(orders.Orders)

extend_schema_view(
    get=_reading(
        "Order",
        parameters.ORDER,
        operation_id="fetchOrder",
        tags=[ORDERS],
        summary="Read an order",
        examples=[_answered("Shipped", examples.ORDER)],
    ),
    delete=extend_schema(
        operation_id="voidOrder",
        tags=[ORDERS],
        summary="Void an order",
        description="Until the order is sent for fulfilment (`awaitingShipment`), and once. It "
        "stays, with the status `voided`.",
        parameters=[parameters.ORDER],
        responses={204: NOTHING, **errors.refusals(NAMED, domain=errors.VOIDING)},
    ),
)(orders.OneOrder)

extend_schema_view(
    get=extend_schema(
        operation_id="createOrderSummary",
        tags=[ORDERS],
        summary="Print an order",
        description="One page of paper (PDF): who it is for, the address, the lines with a barcode "
        "each (Code 128 of the SKU, or `KIT-` and the id of a kit), the notes, and a QR code of "
        "the order's reference. What does not fit is counted. A character that cannot be printed "
        "stands as its number, like `[U+674E]`. Refusals are JSON, as everywhere.",
        parameters=[parameters.ORDER],
        responses={
            (200, PDF): OpenApiResponse(FILE, "The page."),
            **errors.refusals(NAMED),
        },
    ),
)(orders.OrderSummary)

extend_schema_view(
    get=_listing(
        "Patient",
        "Archived ones too, unless you say otherwise. Unknown parameters are ignored.",
        parameters.PATIENTS,
        operation_id="listPatients",
        tags=[PATIENTS],
        summary="List patients",
    ),
    post=_creating(
        "Patient",
        patients.PatientMembers,
        domain=errors.DESCRIBING,
        operation_id="createPatient",
        tags=[PATIENTS],
        summary="Register a patient",
        description="`externalIdentifier` is yours to choose, and nobody else's in your account. "
        "`site` needs only its `id`.",
        examples=[
            _sent("A patient", examples.NEW_PATIENT),
            _answered("Registered", examples.PATIENT),
        ],
    ),
)(patients.Patients)

extend_schema_view(
    get=_reading(
        "Patient",
        parameters.PATIENT,
        operation_id="fetchPatient",
        tags=[PATIENTS],
        summary="Read a patient",
    ),
    put=_changing(
        parameters.PATIENT,
        patients.PatientMembers,
        CHANGED_PATIENT,
        domain=errors.DESCRIBING,
        operation_id="updatePatient",
        tags=[PATIENTS],
        summary="Describe a patient anew",
        description=REPLACING,
        examples=[_sent("A patient", examples.NEW_PATIENT)],
    ),
    patch=_changing(
        parameters.PATIENT,
        patients.PatientMembers,
        CHANGED_PATIENT,
        domain=errors.DESCRIBING,
        operation_id="patchPatient",
        tags=[PATIENTS],
        summary="Change a patient",
        description=PATCHING,
        examples=[_sent("Another e-mail address", examples.ANOTHER_EMAIL)],
    ),
)(patients.OnePatient)

extend_schema_view(
    post=extend_schema(
        operation_id="disenrollPatient",
        tags=[PATIENTS],
        summary="Disenroll a patient",
        description="Nothing can be ordered for them any more. `archive` archives them too; "
        "`createReturns` places a return of all devices and packed kits that they have.",
        parameters=[parameters.PATIENT],
        request={JSON: patients.DisenrollMembers},
        responses={
            201: OpenApiResponse(description="Done; without a body."),
            **errors.refusals(WITH_BODY, NAMED),
        },
        examples=[_sent("All comes back", {"archive": True, "createReturns": True})],
    ),
)(patients.DisenrolledPatient)

extend_schema_view(
    get=_reading(
        "Patient",
        parameters.IDENTIFIER,
        operation_id="fetchPatientByIdentifier",
        tags=[PATIENTS],
        summary="Read the patient with this externalIdentifier",
    ),
)(patients.PatientByIdentifier)

extend_schema_view(
    post=extend_schema(
        operation_id="fetchPatientByEmail",
        tags=[PATIENTS],
        summary="Find a patient by e-mail address",
        description="The whole address, in whatever case; of several patients, the first.",
        request={JSON: patients.EmailMembers},
        responses={
            200: OpenApiResponse(ref("Patient"), "Here it is."),
            **errors.refusals(WITH_BODY, NAMED),
        },
        examples=[_sent("An address", {"email": "test@example.org"})],
    ),
)(patients.PatientByEmail)

extend_schema_view(
    get=_listing(
        "Site",
        "Sites of your account, by id.",
        parameters.PAGE,
        operation_id="listSites",
        tags=[SITES],
        summary="List sites",
    ),
    post=_creating(
        "Site",
        sites.SiteMembers,
        operation_id="createSite",
        tags=[SITES],
        summary="Add a site",
        examples=[_sent("A site", examples.NEW_SITE), _answered("Added", examples.SITE)],
    ),
)(sites.Sites)

extend_schema_view(
    get=_reading(
        "Site", parameters.SITE, operation_id="fetchSite", tags=[SITES], summary="Read a site"
    ),
    put=_changing(
        parameters.SITE,
        sites.SiteMembers,
        {204: NOTHING},
        operation_id="updateSite",
        tags=[SITES],
        summary="Describe a site anew",
        description=REPLACING + " Left out, `active` is true.",
        examples=[_sent("A site", examples.NEW_SITE)],
    ),
    patch=_changing(
        parameters.SITE,
        sites.SiteMembers,
        CHANGED_SITE,
        operation_id="patchSite",
        tags=[SITES],
        summary="Change a site",
        description=PATCHING,
        examples=[_sent("Close it", examples.CLOSED)],
    ),
)(sites.OneSite)

extend_schema_view(
    get=_listing(
        "ItemDetailed",
        "The items of your catalogue.",
        parameters.ITEMS,
        operation_id="listItems",
        tags=[CATALOGUE],
        summary="List items",
    ),
    post=_creating(
        "ItemDetailed",
        catalogue.ItemMembers,
        operation_id="createItem",
        tags=[CATALOGUE],
        summary="Offer an item",
        description="Only for accounts that are manufacturers. Nobody can order it until an "
        "administrator says so.",
        examples=[_sent("An item", examples.NEW_ITEM)],
    ),
)(catalogue.Items)

extend_schema_view(
    get=_reading(
        "ItemDetailed",
        parameters.ITEM,
        operation_id="fetchItem",
        tags=[CATALOGUE],
        summary="Read an item",
    ),
)(catalogue.OneItem)

extend_schema_view(
    get=_listing(
        "Kit",
        "The kits of your catalogue, by id, with what is in them.",
        parameters.KITS,
        operation_id="listKits",
        tags=[CATALOGUE],
        summary="List kits",
    ),
)(catalogue.Kits)

extend_schema_view(
    get=_reading(
        "Kit",
        parameters.KIT,
        operation_id="fetchKit",
        tags=[CATALOGUE],
        summary="Read a kit",
        examples=[_answered("A kit", examples.KIT)],
    ),
)(catalogue.OneKit)

extend_schema_view(
    get=_listing(
        "Manufacturer",
        "Every manufacturer, by id.",
        parameters.PAGE,
        operation_id="listManufacturers",
        tags=[CATALOGUE],
        summary="List manufacturers",
    ),
)(catalogue.Manufacturers)

extend_schema_view(
    get=_reading(
        "Manufacturer",
        parameters.MANUFACTURER,
        operation_id="fetchManufacturer",
        tags=[CATALOGUE],
        summary="Read a manufacturer",
    ),
)(catalogue.OneManufacturer)
