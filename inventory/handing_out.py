"""What an account does with the devices and packed kits at its own sites: gives them to patients
and takes them back (contracts/v3.md sections 3.5, 3.6 and 5.4).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction

from foundation.actors import Actor, Permission
from foundation.history import sign_history
from inventory import lifecycle
from inventory.errors import (
    DeviceIsInPackedKit,
    DeviceNotAtCustomerSite,
    DeviceNotAvailableAtSite,
    DeviceNotWithPatient,
    DeviceWithAnotherPatient,
    PackedKitNotAtCustomerSite,
    PackedKitNotAtSite,
    PackedKitNotWithPatient,
    PackedKitWithAnotherPatient,
    ReadingsDisabledAlready,
    ReadingsNotDisabled,
)
from inventory.models import Device, PackedDevice, PackedKit
from inventory.news import DeviceTurn, PackedKitTurn, tell_of_devices, tell_of_packed_kits
from inventory.statuses import DeviceStatus, PackedKitStatus
from patients.errors import PatientArchived, PatientNotFound
from patients.models import Patient

NOBODY: Final[Mapping[str, Any]] = {"patient": None}


@transaction.atomic
def associate_device(device: Device, patient: Patient, *, actor: Actor) -> Device:
    """The patient has the device from here on.

    Raises DeviceNotFound, DeviceNotAvailableAtSite, DeviceNotAtCustomerSite, PatientNotFound,
    PatientArchived.
    """
    actor.must(Permission.HAND_OUT_DEVICES)
    sign_history(actor)
    device = lifecycle.locked_device(device, actor=actor)
    if device.status != DeviceStatus.AVAILABLE_AT_SITE:
        raise DeviceNotAvailableAtSite(field="device", status=device.get_status_display())
    if not device.is_at_a_customers_site:
        raise DeviceNotAtCustomerSite(field="device")
    _check_patient(patient, device)
    return _give([device.pk], patient, actor=actor)[0]


@transaction.atomic
def dissociate_device(device: Device, patient: Patient | None, *, actor: Actor) -> Device:
    """The device that this patient has is at its site again.

    Raises DeviceNotFound, DeviceNotWithPatient, DeviceWithAnotherPatient, DeviceNotAtCustomerSite,
    DeviceIsInPackedKit.
    """
    actor.must(Permission.HAND_OUT_DEVICES)
    sign_history(actor)
    device = lifecycle.locked_device(device, actor=actor)
    if device.status != DeviceStatus.WITH_PATIENT:
        raise DeviceNotWithPatient(field="device", status=device.get_status_display())
    if patient is None or device.patient_id != patient.pk:
        raise DeviceWithAnotherPatient(field="patient")
    if not device.is_at_a_customers_site:
        raise DeviceNotAtCustomerSite(field="device")
    if PackedDevice.objects.filter(device=device, left_at=None).exists():
        raise DeviceIsInPackedKit(field="device")
    return _take_back([device.pk], patient, to=DeviceStatus.AVAILABLE_AT_SITE, actor=actor)[0]


@transaction.atomic
def link_kit(packed_kit: PackedKit, patient: Patient, *, actor: Actor) -> PackedKit:
    """The patient has the kit, and all devices in it.

    Raises PackedKitNotFound, PackedKitNotAtSite, PackedKitNotAtCustomerSite, PatientNotFound,
    PatientArchived.
    """
    actor.must(Permission.HAND_OUT_DEVICES)
    sign_history(actor)
    here = lifecycle.locked_packed_kit(packed_kit, actor=actor)
    if here.status != PackedKitStatus.PACKED_AT_SITE:
        raise PackedKitNotAtSite(field="packed_kit", status=here.get_status_display())
    if not here.is_at_a_customers_site:
        raise PackedKitNotAtCustomerSite(field="packed_kit")
    _check_patient(patient, here)
    _give(lifecycle.devices_in([here.pk]), patient, actor=actor)
    moved = lifecycle.advance_packed_kits(
        [here.pk], PackedKitStatus.WITH_PATIENT, actor=actor, and_then={"patient": patient}
    )
    _tell(moved, PackedKitTurn.LINKED, patient)
    return moved[0]


@transaction.atomic
def unlink_kit(packed_kit: PackedKit, patient: Patient | None, *, actor: Actor) -> PackedKit:
    """The kit that this patient has is at its site again, still packed.

    Raises PackedKitNotFound, PackedKitNotWithPatient, PackedKitWithAnotherPatient,
    PackedKitNotAtCustomerSite.
    """
    actor.must(Permission.HAND_OUT_DEVICES)
    sign_history(actor)
    here = lifecycle.locked_packed_kit(packed_kit, actor=actor)
    if here.status != PackedKitStatus.WITH_PATIENT:
        raise PackedKitNotWithPatient(field="packed_kit", status=here.get_status_display())
    if patient is None or here.patient_id != patient.pk:
        raise PackedKitWithAnotherPatient(field="patient")
    if not here.is_at_a_customers_site:
        raise PackedKitNotAtCustomerSite(field="packed_kit")
    inside = lifecycle.devices_in([here.pk])
    _take_back(inside, patient, to=DeviceStatus.PACKED_AT_SITE, actor=actor)
    moved = lifecycle.advance_packed_kits(
        [here.pk], PackedKitStatus.PACKED_AT_SITE, actor=actor, and_then=NOBODY
    )
    _tell(moved, PackedKitTurn.UNLINKED, patient)
    return moved[0]


@transaction.atomic
def disable_readings(device: Device, *, actor: Actor) -> Device:
    """What the device measures is neither kept nor told. Raises ReadingsDisabledAlready."""
    actor.must(Permission.HAND_OUT_DEVICES)
    sign_history(actor)
    device = lifecycle.locked_device(device, actor=actor)
    if device.readings_disabled:
        raise ReadingsDisabledAlready(field="device")
    return _readings(device, are_disabled=True)


@transaction.atomic
def enable_readings(device: Device, *, actor: Actor) -> Device:
    """What the device measures is kept again. Raises ReadingsNotDisabled."""
    actor.must(Permission.HAND_OUT_DEVICES)
    sign_history(actor)
    device = lifecycle.locked_device(device, actor=actor)
    if not device.readings_disabled:
        raise ReadingsNotDisabled(field="device")
    return _readings(device, are_disabled=False)


def _check_patient(patient: Patient, given: Device | PackedKit) -> None:
    if patient.account_id != given.holder_id:
        raise PatientNotFound(field="patient")
    if not patient.may_order:
        raise PatientArchived(field="patient")


def _give(devices: Sequence[int], patient: Patient, *, actor: Actor) -> list[Device]:
    moved = lifecycle.advance_devices(
        devices, DeviceStatus.WITH_PATIENT, actor=actor, and_then={"patient": patient}
    )
    tell_of_devices(
        moved, DeviceTurn.ASSOCIATED, patient_id=patient.pk, account_id=patient.account_id
    )
    return moved


def _take_back(
    devices: Sequence[int], patient: Patient, *, to: DeviceStatus, actor: Actor
) -> list[Device]:
    moved = lifecycle.advance_devices(devices, to, actor=actor, and_then=NOBODY)
    tell_of_devices(
        moved, DeviceTurn.DISSOCIATED, patient_id=patient.pk, account_id=patient.account_id
    )
    return moved


def _tell(packed_kits: list[PackedKit], turn: PackedKitTurn, patient: Patient) -> None:
    tell_of_packed_kits(packed_kits, turn, account_id=patient.account_id, patient_id=patient.pk)


def _readings(device: Device, *, are_disabled: bool) -> Device:
    device.readings_disabled = are_disabled
    device.save(update_fields=["readings_disabled"])
    return device
