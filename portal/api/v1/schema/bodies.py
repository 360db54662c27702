"""What a request may hold, as the OpenAPI document tells it: made out of the serializers that read
requests, so that both say the same.
"""

from typing import Any, ClassVar, Final

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import serializers

from portal.api.members import Members
from portal.api.schema import Schema
from portal.api.v1.changes import CHANGEABLE
from portal.api.v1.referral_requests import ReferralAttributes, ReferralResource
from portal.api.v1.serializers import (
    Cancellation,
    ChangeAttributes,
    OrderAttributes,
    OrderResource,
    Resource,
)
from portal.api.v1.study_requests import StudyAttributes, StudyCancellation, StudyResource

ENVELOPED: Final = "The documented form: a JSON:API document."
BARE: Final = "An extension of ours: the attributes themselves, without an envelope."


class EitherForm(serializers.Serializer[Any]):
    """A body with any of these attributes, in the envelope or without it."""

    resource: ClassVar[type[Resource]]
    attributes: ClassVar[tuple[type[Members], ...]]


class NewOrder(EitherForm):
    resource = OrderResource
    attributes = (OrderAttributes,)


class NewStudy(EitherForm):
    resource = StudyResource
    attributes = (StudyAttributes,)


class StudyUpdate(EitherForm):
    resource = StudyResource
    attributes = (StudyCancellation,)


class NewReferral(EitherForm):
    resource = ReferralResource
    attributes = (ReferralAttributes,)


class OrderUpdate(EitherForm):
    resource = OrderResource
    attributes = (Cancellation, ChangeAttributes)


class DescribedForms(OpenApiSerializerExtension):
    target_class = EitherForm
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Schema:
        resource = auto_schema.resolve_serializer(self.target.resource, direction).ref
        attributes = _any_of(
            [auto_schema.resolve_serializer(kind, direction).ref for kind in self.target.attributes]
        )
        return {"anyOf": [_enveloped(resource, attributes), _bare(attributes)]}


class DescribedChange(OpenApiSerializerExtension):
    """Something that can be changed must be there."""

    target_class = ChangeAttributes

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Schema:
        described: Schema = super().map_serializer(auto_schema, direction)
        return {**described, "anyOf": [_holding(*map(str, path)) for path in CHANGEABLE]}


class DescribedStudy(OpenApiSerializerExtension):
    """Nights and sensors stand in `study` or directly among the attributes, not in both."""

    target_class = StudyAttributes

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> Schema:
        described: Schema = super().map_serializer(auto_schema, direction)
        directly = [{"required": [name]} for name in ("nights", "sensors")]
        return {**described, "not": {"required": ["study"], "anyOf": directly}}


def _any_of(schemas: list[Schema]) -> Schema:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _enveloped(resource: Schema, attributes: Schema) -> Schema:
    with_attributes = {
        "type": "object",
        "properties": {"attributes": attributes},
        "required": ["attributes"],
    }
    return {
        "type": "object",
        "title": "Document",
        "description": ENVELOPED,
        "properties": {"data": {"allOf": [resource, with_attributes]}},
        "required": ["data"],
        "not": {"required": ["errors"]},
    }


def _bare(attributes: Schema) -> Schema:
    return {
        "title": "Attributes",
        "description": BARE,
        "allOf": [attributes],
        "not": {"required": ["data"]},
    }


def _holding(name: str, *within: str) -> Schema:
    """An object with the member at the path."""
    inner = {"properties": {name: _holding(*within)}} if within else {}
    return {"required": [name], **inner}
