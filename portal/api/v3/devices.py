"""Devices of API v3 (contracts/v3.md section 3.6)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpResponse
from rest_framework.request import Request

from foundation.access import record_shown
from foundation.text import has_unprintable, search_key
from inventory import handing_out
from inventory.models import Device, DeviceIdentifier, DeviceQuerySet
from inventory.statuses import DeviceStatus
from portal.api.errors import Problem
from portal.api.v3 import format as wire
from portal.api.v3 import query
from portal.api.v3.catalogue import CLASSES, IDENTIFIERS, READINGS, SIZES
from portal.api.v3.device_documents import device_document, with_devices
from portal.api.v3.format import words_of
from portal.api.v3.named import (
    DeviceAndPatientMembers,
    DeviceMembers,
    device_named,
    patient_named,
)
from portal.api.v3.values import read
from portal.api.v3.views import V3Endpoint

SORTS: Final[Mapping[str, str]] = {
    "deviceId": "pk",
    "itemName": "item__name",
    "itemModel": "item__model",
    "itemSku": "item__sku",
}
STATUSES: Final = words_of(DeviceStatus)


class DeviceEndpoint(V3Endpoint):
    fields = {"device": ("deviceId",), "patient": ("patientId",)}

    @property
    def devices(self) -> DeviceQuerySet:
        return Device.objects.visible_to(self.caller.actor)

    def shown(self, devices: Iterable[Device]) -> None:
        """Leave in the access log who is shown as having one."""
        held = {(one.holder_id, one.patient_id, None) for one in devices if one.patient_id}
        rows = [(account, patient, order) for account, patient, order in held if patient]
        record_shown(sorted(rows), what="API v3", actor=self.caller.actor)


class Devices(DeviceEndpoint):
    """`/api/v3/device`"""

    def get(self, request: Request) -> HttpResponse:
        document, devices = self.page(self._asked, load=self._load, write=device_document)
        self.shown(devices)
        return wire.answer(document)

    def _asked(self, problems: list[Problem]) -> QuerySet[Device]:
        asked = self.plain_request.GET
        rows = self.devices.filter(
            of_the_item(asked, problems),
            of_the_device(asked, problems),
            of_the_patient(asked, problems),
        )
        name = query.text(asked, "patientName", problems)
        if name:
            whole = Concat("patient__first_name_key", Value(" "), "patient__last_name_key")
            rows = rows.alias(whole_name=whole).filter(whole_name__contains=search_key(name))
        return query.sorted_as_asked(rows, asked, problems, among=SORTS)

    def _load(self, numbers: Sequence[int]) -> Iterable[Device]:
        return with_devices(self.devices.filter(pk__in=numbers))


class OneDevice(DeviceEndpoint):
    """`/api/v3/device/{deviceId}`"""

    def get(self, request: Request, device_id: int) -> HttpResponse:
        device = self.find(with_devices(self.devices), device_id)
        self.shown([device])
        return wire.answer(device_document(device))


class Validation(DeviceEndpoint):
    """`/api/v3/device/validate/{deviceIdentifier}`: it answers, and never refuses."""

    def get(self, request: Request, device_identifier: str) -> HttpResponse:
        if has_unprintable(device_identifier):
            return wire.answer({"valid": False})
        known = self.devices.known_as(device_identifier.strip()).order_by("pk")
        device = with_devices(known).first()
        if device is None:
            return wire.answer({"valid": False})
        self.shown([device])
        return wire.answer({"valid": True, "device": device_document(device)})


class Handing(DeviceEndpoint):
    """An address that gives a device to a patient, or takes it back."""

    does: ClassVar[Callable[..., Device]]

    def patch(self, request: Request) -> HttpResponse:
        actor = self.caller.actor
        sent = read(self.read(), DeviceAndPatientMembers)
        device = device_named(sent, actor=actor)
        type(self).does(device, patient_named(sent, actor=actor), actor=actor)
        return wire.nothing()


class Association(Handing):
    """`/api/v3/device/associate-patient`"""

    does = handing_out.associate_device


class Disassociation(Handing):
    """`/api/v3/device/disassociate-patient`"""

    does = handing_out.dissociate_device


class Readings(DeviceEndpoint):
    """An address that switches the readings of a device off, or on."""

    does: ClassVar[Callable[..., Device]]

    def patch(self, request: Request) -> HttpResponse:
        actor = self.caller.actor
        sent = read(self.read(), DeviceMembers)
        type(self).does(device_named(sent, actor=actor), actor=actor)
        return wire.nothing()


class DisablingReadings(Readings):
    """`/api/v3/device/disable-readings`"""

    does = handing_out.disable_readings


class EnablingReadings(Readings):
    """`/api/v3/device/enable-readings`"""

    does = handing_out.enable_readings


def of_the_item(asked: Any, problems: list[Problem]) -> Q:
    """`itemName` and `itemModel` are parts of theirs, `itemSku` is the whole (section 12, 16)."""
    return _having(
        item__in=query.ids(asked, "itemId", problems),
        item__name__icontains=query.text(asked, "itemName", problems),
        item__model__icontains=query.text(asked, "itemModel", problems),
        item__sku__iexact=query.text(asked, "itemSku", problems),
        item__manufacturer__in=query.ids(asked, "manufacturerId", problems),
        item__size__in=query.words(asked, "itemSize", problems, among=SIZES),
        item__item_class__in=query.words(asked, "itemClass", problems, among=CLASSES),
        item__reading_type__in=query.words(asked, "readingType", problems, among=READINGS),
    )


def of_the_device(asked: Any, problems: list[Problem]) -> Q:
    found = _having(
        pk__in=query.ids(asked, "id", problems),
        external_id__in=query.identifiers(asked, "externalIdentifier", problems),
        status__in=query.words(asked, "status", problems, among=STATUSES),
        place__in=query.ids(asked, "siteId", problems),
    )
    identified = _having(
        type=query.word(asked, "identifierType", problems, among=IDENTIFIERS),
        value__in=query.identifiers(asked, "identifier", problems),
    )
    if identified:
        having = DeviceIdentifier.objects.filter(identified)
        found &= Q(pk__in=having.values("device"))
    return found


def of_the_patient(asked: Any, problems: list[Problem]) -> Q:
    return _having(
        patient__in=query.ids(asked, "patientId", problems),
        patient__reference__in=query.identifiers(asked, "patientExternalIdentifier", problems),
        patient__email__iexact=query.text(asked, "patientEmail", problems),
        patient__site__in=query.ids(asked, "patientSiteId", problems),
    )


def _having(**conditions: Any) -> Q:
    """Those conditions that were given."""
    return Q(**{name: given for name, given in conditions.items() if given})
