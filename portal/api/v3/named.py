"""Devices, packed kits and patients that a body names, by our id or by an identifier of the
client's (contracts/v3.md sections 3.5 and 3.6).
"""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from django.db.models import Model, QuerySet

from foundation.actors import Actor
from foundation.errors import Invalid
from inventory.errors import DeviceNotFound, PackedKitNotFound
from inventory.models import IDENTIFIER_LENGTH, Device, PackedKit
from patients.errors import PatientNotFound
from patients.models import REFERENCE_LENGTH, Patient
from portal.api.errors import Refused, domain_problem, edge_problem
from portal.api.fields import Text
from portal.api.members import Members
from portal.api.v3.values import Id

Row = TypeVar("Row", bound=Model)

SEVERAL: Final = "Several devices have this identifier. Send deviceId."


class DeviceMembers(Members):
    """DeviceReferenceRequest."""

    deviceId = Id(required=False)
    deviceIdentifier = Text(most=IDENTIFIER_LENGTH, required=False)


class DeviceAndPatientMembers(DeviceMembers):
    """AssociateDeviceRequest."""

    patientId = Id(required=False)
    patientExternalIdentifier = Text(most=REFERENCE_LENGTH, required=False)


class PackedKitAndPatientMembers(Members):
    packedKitId = Id()
    patientId = Id(required=False)
    patientExternalIdentifier = Text(most=REFERENCE_LENGTH, required=False)


def device_named(sent: Mapping[str, Any], *, actor: Actor) -> Device:
    """The one that all that was sent agrees on; Refused when that is none, or several."""
    where = _given(sent, "deviceId", "deviceIdentifier")
    rows = Device.objects.visible_to(actor)
    if "deviceId" in sent:
        rows = rows.filter(pk=sent["deviceId"])
    if "deviceIdentifier" in sent:
        rows = rows.known_as(sent["deviceIdentifier"])
    found = list(rows.order_by("pk")[:2])
    if len(found) > 1:
        raise Refused(edge_problem("validation_failed", SEVERAL, path=(where,)))
    return found[0] if found else _nothing(DeviceNotFound, where)


def patient_named(sent: Mapping[str, Any], *, actor: Actor) -> Patient:
    """As `device_named`; an identifier is one patient's only."""
    where = _given(sent, "patientId", "patientExternalIdentifier")
    rows = Patient.objects.visible_to(actor)
    if "patientId" in sent:
        rows = rows.filter(pk=sent["patientId"])
    if "patientExternalIdentifier" in sent:
        rows = rows.filter(reference=sent["patientExternalIdentifier"])
    return _first(rows) or _nothing(PatientNotFound, where)


def packed_kit_named(sent: Mapping[str, Any], *, actor: Actor) -> PackedKit:
    rows = PackedKit.objects.visible_to(actor).filter(pk=sent["packedKitId"])
    return _first(rows) or _nothing(PackedKitNotFound, "packedKitId")


def _given(sent: Mapping[str, Any], *names: str) -> str:
    """The first of these members that was sent, or Refused: one of them is needed."""
    given = next((name for name in names if name in sent), None)
    if given is None:
        words = f"Send {' or '.join(names)}."
        raise Refused(edge_problem("validation_failed", words, path=(names[0],)))
    return given


def _first(rows: QuerySet[Row]) -> Row | None:
    return rows.order_by("pk").first()


def _nothing(refusal: type[Invalid], where: str) -> Any:
    raise Refused(domain_problem(refusal(), path=(where,)))
