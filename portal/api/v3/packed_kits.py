"""Packed kits of API v3, that are given to patients and taken back (contracts/v3.md section 3.5).
The kits of the catalogue are in `catalogue`.
"""

from collections.abc import Callable
from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from inventory import handing_out
from inventory.models import PackedKit
from portal.api.v3 import format as wire
from portal.api.v3.named import PackedKitAndPatientMembers, packed_kit_named, patient_named
from portal.api.v3.values import read
from portal.api.v3.views import V3Endpoint


class Handing(V3Endpoint):
    """An address that gives a packed kit to a patient, or takes it back."""

    fields = {"packed_kit": ("packedKitId",), "patient": ("patientId",)}
    does: ClassVar[Callable[..., PackedKit]]

    def patch(self, request: Request) -> HttpResponse:
        actor = self.caller.actor
        sent = read(self.read(), PackedKitAndPatientMembers)
        packed_kit = packed_kit_named(sent, actor=actor)
        type(self).does(packed_kit, patient_named(sent, actor=actor), actor=actor)
        return wire.nothing()


class Association(Handing):
    """`/api/v3/kit/associate-kit`"""

    does = handing_out.link_kit


class Linking(Association):
    """`/api/v3/kit/link-kit`: nobody has seen which of the two the contract means (section 12,
    row 5).
    """


class Dissociation(Handing):
    """`/api/v3/kit/dissociate-kit`"""

    does = handing_out.unlink_kit
