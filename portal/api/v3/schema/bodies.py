"""What a request of API v3 may hold, as the OpenAPI document tells it: made out of the serializers
that read requests, so that both say the same. To be imported is enough: it names them.
"""

from collections.abc import Mapping
from typing import Any, Final

from drf_spectacular.utils import extend_schema_serializer

from portal.api.members import Members
from portal.api.schema import Schema, object_of, ref
from portal.api.v3 import (
    catalogue,
    named,
    order_requests,
    patients,
    returns,
    sites,
    trials,
    values,
    webhooks,
)

REFERENCE: Final = "Reference"
RETURN: Final = "ReturnRequest"
PATIENT_OF_ORDER: Final = "OrderPatientRequest"
NAMES: Final[Mapping[type[Members], str]] = {
    patients.PatientMembers: "PatientRequest",
    patients.EmailMembers: "EmailRequest",
    sites.SiteMembers: "SiteRequest",
    catalogue.ItemMembers: "ItemRequest",
    webhooks.WebhookMembers: "WebhookRequest",
    webhooks.SecretMembers: "WebhookSecretRequest",
    trials.OrderStatusMembers: "TestOrderStatusRequest",
    trials.WholeOrderMembers: "TestOrderStatusFullRequest",
    trials.AssociationMembers: "TestDeviceAssociationRequest",
    trials.WeightMembers: "TestWeightRequest",
    trials.BloodPressureMembers: "TestBloodPressureRequest",
    trials.BloodGlucoseMembers: "TestBloodGlucoseRequest",
    trials.BloodOxygenMembers: "TestBloodOxygenRequest",
    values.AddressMembers: "AddressRequest",
    values.Named: REFERENCE,
    order_requests.OrderMembers: "OrderRequest",
    order_requests.PatientOfOrder: PATIENT_OF_ORDER,
    order_requests.SiteOfOrder: "OrderSiteRequest",
    order_requests.InlineAddress: "OrderAddressRequest",
    order_requests.ItemLine: "OrderItemRequest",
    order_requests.KitLine: "OrderKitRequest",
    order_requests.NoteMembers: "OrderNoteRequest",
    order_requests.ItemBack: "OrderReturnItemRequest",
    patients.DisenrollMembers: "DisenrollPatientRequest",
    returns.SoMany: "ReturnItemRequest",
    returns.ReturnMembers: RETURN,
}
# Of a PATCH that does something and is no part of a row: null says as little there as elsewhere.
DONE: Final[Mapping[str, type[Members]]] = {
    "DeviceReferenceRequest": named.DeviceMembers,
    "AssociateDeviceRequest": named.DeviceAndPatientMembers,
    "LinkKitRequest": named.PackedKitAndPatientMembers,
}
# Of a PATCH, in which null means something.
PATCHED: Final = "Patched"

for members, name in NAMES.items():
    extend_schema_serializer(component_name=name)(members)


def finished(components: Mapping[str, Schema]) -> dict[str, Schema]:
    """With what serializers cannot say: beside an id, an order's patient is nothing else, and in a
    return nothing may stand that we do not know.
    """
    told = with_nulls(components)
    return {
        **told,
        PATIENT_OF_ORDER: {"anyOf": [ref(REFERENCE), told[PATIENT_OF_ORDER]]},
        RETURN: {**told[RETURN], "additionalProperties": False},
        **{name: _with_nulls(_described(members)) for name, members in DONE.items()},
    }


def with_nulls(components: Mapping[str, Schema]) -> dict[str, Schema]:
    """Where null is the same as leaving a member out, it may stand for whatever may be left out."""
    return {
        name: component if name.startswith(PATCHED) else _with_nulls(component)
        for name, component in components.items()
    }


def _described(members: type[Members]) -> Schema:
    fields: Mapping[str, Any] = members().fields
    optional = tuple(name for name, field in fields.items() if not field.required)
    return object_of({name: one.described() for name, one in fields.items()}, optional=optional)


def _with_nulls(component: Schema) -> Schema:
    required = component.get("required", [])
    properties = {
        name: schema if name in required else _or_null(schema)
        for name, schema in component.get("properties", {}).items()
    }
    return {**component, "properties": properties}


def _or_null(schema: Schema) -> Schema:
    return schema if _takes_null(schema) else {"anyOf": [schema, {"type": "null"}]}


def _takes_null(schema: Schema) -> bool:
    alternatives = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    return "null" in schema.get("type", "") or any(map(_takes_null, alternatives))
