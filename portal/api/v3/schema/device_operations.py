"""The operations on devices and packed kits, as `operations` tells the others."""

from typing import Any, Final

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)

from portal.api.schema import JSON, LISTING, WITH_BODY, ref
from portal.api.v3 import devices, packed_kits
from portal.api.v3.schema import errors, examples, parameters
from portal.api.v3.schema.errors import NAMED
from portal.api.v3.schema.operations import DEVICES, NOTHING, Described, Kinds

ONE_OF_EACH: Final = (
    "One of `deviceId` and `deviceIdentifier` is needed, and one of `patientId` and "
    "`patientExternalIdentifier`; given together they must agree."
)
BY_SERIAL_NUMBER: Final = OpenApiExample(
    "By its serial number", examples.GIVEN_OUT, request_only=True
)
BY_ID: Final = OpenApiExample("By its id", examples.THE_DEVICE, request_only=True)
A_PACKED_KIT: Final = OpenApiExample("A packed kit", examples.THE_KIT, request_only=True)


def _handing(body: str, domain: Kinds, **told: Any) -> Described:
    return extend_schema(
        tags=[DEVICES],
        request={JSON: ref(body)},
        responses={204: NOTHING, **errors.refusals(WITH_BODY, domain=domain)},
        **told,
    )


extend_schema_view(
    get=extend_schema(
        operation_id="listDevices",
        tags=[DEVICES],
        summary="List devices",
        description="What your account owns, and what it has of ours.",
        parameters=parameters.DEVICES,
        responses={
            200: OpenApiResponse(ref("PageDevice"), "One page."),
            **errors.refusals(LISTING),
        },
    ),
)(devices.Devices)

extend_schema_view(
    get=extend_schema(
        operation_id="fetchDevice",
        tags=[DEVICES],
        summary="Read a device",
        parameters=[parameters.DEVICE],
        responses={
            200: OpenApiResponse(ref("Device"), "Here it is."),
            **errors.refusals(NAMED),
        },
        examples=[
            OpenApiExample("At a site", examples.DEVICE, response_only=True, status_codes=[200])
        ],
    ),
)(devices.OneDevice)

extend_schema_view(
    get=extend_schema(
        operation_id="validateDevice",
        tags=[DEVICES],
        summary="Ask whether there is a device with this identifier",
        description="An unknown one is no error.",
        parameters=[parameters.DEVICE_IDENTIFIER],
        responses={
            200: OpenApiResponse(ref("Validation"), "Yes or no."),
            **errors.refusals(),
        },
    ),
)(devices.Validation)

extend_schema_view(
    patch=_handing(
        "AssociateDeviceRequest",
        errors.GIVING_DEVICE,
        operation_id="associateDevice",
        summary="Give a device to a patient",
        description=f"The device is available at a site of yours. {ONE_OF_EACH}",
        examples=[BY_SERIAL_NUMBER],
    ),
)(devices.Association)

extend_schema_view(
    patch=_handing(
        "AssociateDeviceRequest",
        errors.TAKING_DEVICE,
        operation_id="disassociateDevice",
        summary="Take a device back from a patient",
        description="This very patient has it, and it is of a site of yours, where it is available "
        f"again. {ONE_OF_EACH}",
        examples=[BY_SERIAL_NUMBER],
    ),
)(devices.Disassociation)

extend_schema_view(
    patch=_handing(
        "DeviceReferenceRequest",
        errors.DISABLING,
        operation_id="disableReadings",
        summary="Disable the readings of a device",
        description="What it measures is neither kept nor told.",
        examples=[BY_ID],
    ),
)(devices.DisablingReadings)

extend_schema_view(
    patch=_handing(
        "DeviceReferenceRequest",
        errors.ENABLING,
        operation_id="enableReadings",
        summary="Enable the readings of a device",
        description="They were disabled.",
        examples=[BY_ID],
    ),
)(devices.EnablingReadings)

LINKS_KIT: Final = (
    "The kit is packed at a site of yours; all devices in it go with it. One of `patientId` and "
    "`patientExternalIdentifier` is needed."
)

extend_schema_view(
    patch=_handing(
        "LinkKitRequest",
        errors.LINKING,
        operation_id="associateKit",
        summary="Give a packed kit to a patient",
        description=LINKS_KIT,
        examples=[A_PACKED_KIT],
    ),
)(packed_kits.Association)

extend_schema_view(
    patch=_handing(
        "LinkKitRequest",
        errors.LINKING,
        operation_id="linkKit",
        summary="The same, by its other name",
        description=LINKS_KIT,
        examples=[A_PACKED_KIT],
    ),
)(packed_kits.Linking)

extend_schema_view(
    patch=_handing(
        "LinkKitRequest",
        errors.UNLINKING,
        operation_id="dissociateKit",
        summary="Take a packed kit back from a patient",
        description="This very patient has it. It is packed at its site again.",
        examples=[A_PACKED_KIT],
    ),
)(packed_kits.Dissociation)
