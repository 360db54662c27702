"""Devices and packed kits at an account's sites: contracts/v3.md sections 3.5, 3.6 and 5.4."""

import pytest
from django.db import transaction

from foundation.errors import Forbidden
from inventory import handing_out
from inventory.errors import (
    DeviceIsInPackedKit,
    DeviceNotAtCustomerSite,
    DeviceNotAtThisSite,
    DeviceNotAvailableAtSite,
    DeviceNotFound,
    DeviceNotWithPatient,
    DeviceWithAnotherPatient,
    KitDevicesWrong,
    NotAPlaceForIt,
    PackedKitNotAtCustomerSite,
    PackedKitNotAtSite,
    PackedKitNotFound,
    PackedKitNotWithPatient,
    PackedKitWithAnotherPatient,
    ReadingsDisabledAlready,
    ReadingsNotDisabled,
)
from inventory.models import PackedKit
from inventory.packing import pack_at_site, take_apart_at_site
from inventory.statuses import DeviceStatus, PackedKitStatus
from organisations.models import Organisation
from patients.errors import PatientArchived, PatientNotFound
from patients.models import Patient
from tests import builders
from tests import warehouse as there
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db
D, K = DeviceStatus, PackedKitStatus


@pytest.fixture
def clinic() -> Organisation:
    return builders.organisation()


@pytest.fixture
def patient(clinic: Organisation) -> Patient:
    return builders.patient(clinic)


def told(channel: str) -> list[tuple[str, ...]]:
    rows = WebhookEvent.objects.filter(channel=channel).order_by("pk")
    return [(row.kinds[-1], row.facts) for row in rows]


def test_a_device_is_given_to_a_patient_and_taken_back(
    clinic: Organisation, patient: Patient
) -> None:
    device = there.device_at_site(clinic)
    place = device.place

    given = handing_out.associate_device(device, patient, actor=builders.operator())
    back = handing_out.dissociate_device(device, patient, actor=builders.operator())

    assert (given.status, given.patient, given.place) == (D.WITH_PATIENT, patient, place)
    assert (back.status, back.patient, back.place) == (D.AVAILABLE_AT_SITE, None, place)
    facts = {"device": device.pk, "patient": patient.pk}
    assert told("device") == [("device_associated", facts), ("device_dissociated", facts)]


@pytest.mark.parametrize("status", sorted(set(there.REACHED) - {D.AVAILABLE_AT_SITE}))
def test_only_a_device_that_is_available_at_its_site_is_given(
    clinic: Organisation, patient: Patient, status: DeviceStatus
) -> None:
    device = there.device_in(status, clinic)

    with pytest.raises(DeviceNotAvailableAtSite):
        handing_out.associate_device(device, patient, actor=builders.operator())


def test_a_device_is_given_to_a_patient_of_its_holder_only(clinic: Organisation) -> None:
    device = there.device_at_site(clinic)
    stranger = builders.patient(builders.organisation())
    archived = builders.patient(clinic)
    Patient.objects.filter(pk=archived.pk).update(enrolled=False)

    with pytest.raises(PatientNotFound):
        handing_out.associate_device(device, stranger, actor=builders.operator())
    with pytest.raises(PatientArchived):
        handing_out.associate_device(
            device, Patient.objects.get(pk=archived.pk), actor=builders.operator()
        )


def test_a_device_is_taken_from_the_patient_who_has_it(
    clinic: Organisation, patient: Patient
) -> None:
    device = there.device_at_site(clinic)
    operator = builders.operator()

    with pytest.raises(DeviceNotWithPatient):
        handing_out.dissociate_device(device, patient, actor=operator)
    handing_out.associate_device(device, patient, actor=operator)
    with pytest.raises(DeviceWithAnotherPatient):
        handing_out.dissociate_device(device, builders.patient(clinic), actor=operator)


def test_what_we_sent_to_a_patient_of_no_site_is_sent_back_to_us(clinic: Organisation) -> None:
    device, order = there.device_sent(clinic)
    assert order.patient

    with pytest.raises(DeviceNotAtCustomerSite):
        handing_out.dissociate_device(device, order.patient, actor=builders.operator())


def test_a_stranger_gives_nothing_away(clinic: Organisation, patient: Patient) -> None:
    device, kit = there.device_at_site(clinic), there.kit_at_site(clinic)
    stranger = builders.operator().for_account(builders.account().pk)

    with pytest.raises(DeviceNotFound):
        handing_out.associate_device(device, patient, actor=stranger)
    with pytest.raises(PackedKitNotFound):
        handing_out.link_kit(kit, patient, actor=stranger)
    for command in (handing_out.associate_device, handing_out.dissociate_device):
        with pytest.raises(Forbidden):
            command(device, patient, actor=builders.staff(owner=clinic.account))


def test_a_kit_is_linked_and_unlinked_with_all_its_devices(
    clinic: Organisation, patient: Patient
) -> None:
    kit = there.kit_at_site(clinic)
    device = kit.contents.get().device
    operator = builders.operator()

    linked = handing_out.link_kit(kit, patient, actor=operator)
    given = there.fresh(device)
    with pytest.raises(DeviceIsInPackedKit):
        handing_out.dissociate_device(device, patient, actor=operator)
    unlinked = handing_out.unlink_kit(kit, patient, actor=operator)
    back = there.fresh(device)

    assert (linked.status, linked.patient, given.patient) == (K.WITH_PATIENT, patient, patient)
    assert (unlinked.status, unlinked.patient) == (K.PACKED_AT_SITE, None)
    assert (back.status, back.patient) == (D.PACKED_AT_SITE, None)
    kinds = [kind for kind, _ in told("packed_kit")]
    assert kinds[-2:] == ["packed_kit_linked", "packed_kit_unlinked"]
    assert told("packed_kit")[-1][1] == {
        "packed_kit": kit.pk,
        "device": None,
        "patient": patient.pk,
    }


def test_a_kit_is_linked_at_its_site_and_unlinked_from_who_has_it(
    clinic: Organisation, patient: Patient
) -> None:
    kit, operator = there.kit_at_site(clinic), builders.operator()

    with pytest.raises(PackedKitNotWithPatient):
        handing_out.unlink_kit(kit, patient, actor=operator)
    with pytest.raises(PatientNotFound):
        handing_out.link_kit(kit, builders.patient(), actor=operator)
    handing_out.link_kit(kit, patient, actor=operator)
    with pytest.raises(PackedKitNotAtSite):
        handing_out.link_kit(kit, patient, actor=operator)
    with pytest.raises(PackedKitWithAnotherPatient):
        handing_out.unlink_kit(kit, builders.patient(clinic), actor=operator)


def test_a_kit_that_we_sent_to_a_patient_of_no_site_is_not_unlinked(clinic: Organisation) -> None:
    kit, order = there.kit_packed(clinic)
    there.delivered(order)
    assert order.patient

    with pytest.raises(PackedKitNotAtCustomerSite):
        handing_out.unlink_kit(kit, order.patient, actor=builders.operator())


def test_a_kit_is_packed_at_a_site_out_of_what_is_there(clinic: Organisation) -> None:
    device = there.device_at_site(clinic)
    elsewhere = there.device_at_site(clinic)
    kit = there.device_kit(clinic.account, device.item)
    operator = builders.operator()
    assert device.place

    for refusal, place, devices in (
        (NotAPlaceForIt, builders.centre(), [device.pk]),
        (DeviceNotAtThisSite, device.place, [elsewhere.pk]),
        (KitDevicesWrong, device.place, []),
    ):
        with pytest.raises(refusal), transaction.atomic():
            pack_at_site(kit, place, devices, actor=operator)
    packed = pack_at_site(kit, device.place, [device.pk], actor=operator)

    assert (packed.status, packed.place) == (K.PACKED_AT_SITE, device.place)
    assert packed.holder == clinic.account
    assert there.fresh(device).status == D.PACKED_AT_SITE
    assert PackedKit.objects.count() == 1


def test_a_kit_is_taken_apart_at_its_site(clinic: Organisation, patient: Patient) -> None:
    kit = there.kit_at_site(clinic)
    device = kit.contents.get().device

    assert take_apart_at_site(kit, actor=builders.operator()).status == K.VOIDED
    given = handing_out.associate_device(device, patient, actor=builders.operator())

    assert given.patient == patient
    with pytest.raises(PackedKitNotAtSite):
        take_apart_at_site(kit, actor=builders.operator())


def test_readings_are_disabled_once_and_enabled_once(clinic: Organisation) -> None:
    device, operator = there.device_at_site(clinic), builders.operator()

    with pytest.raises(ReadingsNotDisabled):
        handing_out.enable_readings(device, actor=operator)
    assert handing_out.disable_readings(device, actor=operator).readings_disabled
    with pytest.raises(ReadingsDisabledAlready):
        handing_out.disable_readings(device, actor=operator)
    assert not handing_out.enable_readings(device, actor=operator).readings_disabled
