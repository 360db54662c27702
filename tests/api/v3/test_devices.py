"""Devices and packed kits of API v3: contracts/v3.md sections 3.5, 3.6, 4.14 and 4.15."""

from typing import Any

import pytest

from foundation.models import AccessEntry
from inventory.handing_out import associate_device, disable_readings, link_kit
from inventory.models import Device, PackedKit
from inventory.statuses import DeviceStatus
from orders import packing
from organisations.models import Organisation
from patients.models import Patient
from tests import builders, warehouse
from tests.api.v1.test_statements import counted
from tests.api.v3.calls import Program, assert_refused

D = DeviceStatus
# What these addresses refuse beside what every address does; each is met below.
WORDS = {
    "device_not_found",
    "patient_not_found",
    "packed_kit_not_found",
    "patient_archived",
    "device_not_available_at_site",
    "device_not_with_patient",
    "device_with_another_patient",
    "device_not_at_customer_site",
    "device_is_in_packed_kit",
    "readings_disabled_already",
    "readings_not_disabled",
    "packed_kit_not_packed_at_site",
    "packed_kit_not_with_patient",
    "packed_kit_with_another_patient",
    "packed_kit_not_at_customer_site",
}


@pytest.fixture
def patient(clinic: Organisation) -> Patient:
    return builders.patient(clinic, reference="PAT-1")


@pytest.fixture
def device(clinic: Organisation) -> Device:
    return warehouse.device_at_site(clinic)


def serial(device: Device) -> str:
    return device.identifiers.get().value


def listed(program: Program, query: str) -> list[int]:
    answer = program.get(f"/device?{query}")
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["content"]]


def test_a_device_is_told_exactly(program: Program, device: Device) -> None:
    told = program.get(f"/device/{device.pk}").json()

    events = told.pop("deviceEvents")
    assert [one["type"] for one in events] == [
        *("initiated", "available", "packed", "awaitingShipment"),
        *("shipped", "delivered", "availableAtSite"),
    ]
    assert all(one["eventTimestamp"].endswith("Z") for one in events)
    item = told.pop("item")
    assert (item["id"], item["sku"]) == (device.item_id, device.item.sku)
    assert told == {
        "id": device.pk,
        "currentStatus": "availableAtSite",
        "used": False,
        "site": program.get(f"/site/{device.place_id}").json(),
        "deviceIdentifiers": [{"type": "serial", "value": serial(device)}],
        "disabledReadings": False,
    }
    assert program.get("/device").json()["content"][0] == {
        **told,
        "item": item,
        "deviceEvents": events,
    }


def test_a_device_is_given_to_a_patient_and_taken_back(
    program: Program, device: Device, patient: Patient
) -> None:
    body = {"deviceIdentifier": serial(device), "patientExternalIdentifier": "PAT-1"}

    given = program.patch("/device/associate-patient", body)
    held = program.get(f"/device/{device.pk}").json()
    back = program.patch("/device/disassociate-patient", {**body, "deviceId": device.pk})

    assert (given.status_code, given.content, back.status_code) == (204, b"", 204)
    assert held["currentStatus"] == "withPatient"
    assert held["currentPatient"] == program.get(f"/patient/{patient.pk}").json()
    assert program.get(f"/device/{device.pk}").json()["currentStatus"] == "availableAtSite"


def test_a_device_that_is_with_its_patient_is_given_to_nobody_else(
    program: Program, device: Device, patient: Patient
) -> None:
    """Section 13, check 9."""
    body = {"deviceId": device.pk, "patientId": patient.pk}
    program.patch("/device/associate-patient", body)

    again = program.patch("/device/associate-patient", body)

    assert_refused(again, 400, "device_not_available_at_site")
    unknown = program.get("/device/validate/NOBODY-KNOWS-IT")
    assert (unknown.status_code, unknown.json()) == (200, {"valid": False})
    known = program.get(f"/device/validate/{serial(device)}").json()
    assert known == {"valid": True, "device": program.get(f"/device/{device.pk}").json()}


def test_each_precondition_has_its_word(
    program: Program, clinic: Organisation, patient: Patient
) -> None:
    free, held, in_kit = warehouse.devices_at_site(clinic, 3)
    operator, other = builders.operator(), builders.patient(clinic)
    sent, order = warehouse.device_sent(clinic)
    associate_device(held, patient, actor=operator)
    kit = link_kit(warehouse.kit_of(in_kit), patient, actor=operator)
    packed, of_order = warehouse.kit_packed(clinic)
    warehouse.delivered(of_order)

    met = set()

    def refused(path: str, word: str, field: str, **body: Any) -> None:
        met.add(word)
        answer = program.patch(path, body)
        document = assert_refused(answer, 400, word)
        assert document["errors"][0]["field"] == field, (word, document)

    away, patient_id = "/device/disassociate-patient", {"patientId": patient.pk}
    refused(away, "device_not_with_patient", "deviceId", deviceId=free.pk, **patient_id)
    refused(away, "device_with_another_patient", "patientId", deviceId=held.pk, patientId=other.pk)
    refused(away, "device_is_in_packed_kit", "deviceId", deviceId=in_kit.pk, **patient_id)
    refused(
        *(away, "device_not_at_customer_site", "deviceId"),
        deviceId=sent.pk,
        patientId=order.patient_id,
    )
    link, unlink = "/kit/link-kit", "/kit/dissociate-kit"
    refused(link, "packed_kit_not_packed_at_site", "packedKitId", packedKitId=kit.pk, **patient_id)
    refused(
        *(unlink, "packed_kit_with_another_patient", "patientId"),
        packedKitId=kit.pk,
        patientId=other.pk,
    )
    refused(
        *(unlink, "packed_kit_not_at_customer_site", "packedKitId"),
        packedKitId=packed.pk,
        patientId=of_order.patient_id,
    )
    on = "/device/enable-readings"
    refused(on, "readings_not_disabled", "deviceId", deviceId=free.pk)
    disable_readings(free, actor=operator)
    refused("/device/disable-readings", "readings_disabled_already", "deviceId", deviceId=free.pk)
    Patient.objects.filter(pk=other.pk).update(enrolled=False)
    refused(
        *("/device/associate-patient", "patient_archived", "patientId"),
        deviceId=free.pk,
        patientId=other.pk,
    )
    on_its_way = warehouse.kit_at_site(clinic).pk
    refused(
        unlink, "packed_kit_not_with_patient", "packedKitId", packedKitId=on_its_way, **patient_id
    )
    busy = "device_not_available_at_site"
    refused("/device/associate-patient", busy, "deviceId", deviceId=held.pk, **patient_id)
    assert met == {word for word in WORDS if not word.endswith("not_found")}


def test_what_is_named_is_there_and_agrees(
    program: Program, stranger: Program, clinic: Organisation, patient: Patient
) -> None:
    one, other = warehouse.devices_at_site(clinic, 2)
    kit = warehouse.kit_at_site(clinic)
    path, whom = "/device/associate-patient", {"patientId": patient.pk}
    named = {"deviceId": one.pk}

    for body, word, field in (
        ({**whom, "deviceId": 0}, "device_not_found", "deviceId"),
        ({**whom, "deviceIdentifier": "NOBODY"}, "device_not_found", "deviceIdentifier"),
        ({**whom, **named, "deviceIdentifier": serial(other)}, "device_not_found", "deviceId"),
        ({**named, "patientId": 0}, "patient_not_found", "patientId"),
        (
            {**named, **whom, "patientExternalIdentifier": "PAT-2"},
            *("patient_not_found", "patientId"),
        ),
        (whom, "validation_failed", "deviceId"),
        (named, "validation_failed", "patientId"),
        ({**named, "patientId": None}, "validation_failed", "patientId"),
    ):
        document = assert_refused(program.patch(path, body), 400, word)
        assert document["errors"][0]["field"] == field, body
    assert_refused(stranger.patch(path, {**named, **whom}), 400, "device_not_found")
    link = "/kit/associate-kit"
    assert_refused(program.patch(link, {**whom, "packedKitId": 0}), 400, "packed_kit_not_found")
    assert_refused(program.patch(link, whom), 400, "validation_failed")
    body = {**whom, "packedKitId": kit.pk}
    assert_refused(stranger.patch(link, body), 400, "packed_kit_not_found")


def test_what_is_null_beside_what_names_it_is_as_good_as_left_out(
    program: Program, clinic: Organisation, patient: Patient
) -> None:
    """Many clients write every member of AssociateDeviceRequest."""
    device, kit = warehouse.device_at_site(clinic), warehouse.kit_at_site(clinic)
    whom = {"patientId": patient.pk, "patientExternalIdentifier": None}
    which = {"deviceId": device.pk, "deviceIdentifier": None}

    answers = [
        program.patch("/device/associate-patient", {**which, **whom}),
        program.patch("/device/disassociate-patient", {**which, **whom}),
        program.patch("/device/disable-readings", which),
        program.patch("/device/enable-readings", which),
        program.patch("/kit/associate-kit", {"packedKitId": kit.pk, **whom}),
        program.patch("/kit/dissociate-kit", {"packedKitId": kit.pk, **whom}),
    ]

    assert [answer.status_code for answer in answers] == [204] * len(answers)


@pytest.mark.parametrize("path", ["/kit/associate-kit", "/kit/link-kit"])
def test_a_kit_is_linked_and_unlinked(
    program: Program, clinic: Organisation, patient: Patient, path: str
) -> None:
    kit = warehouse.kit_at_site(clinic)
    body = {"packedKitId": kit.pk, "patientExternalIdentifier": "PAT-1"}

    linked = program.patch(path, body)
    held = PackedKit.objects.get(pk=kit.pk).patient
    unlinked = program.patch("/kit/dissociate-kit", body)

    assert (linked.status_code, unlinked.status_code, held) == (204, 204, patient)
    assert PackedKit.objects.get(pk=kit.pk).patient is None


def test_readings_are_disabled_and_enabled(program: Program, device: Device) -> None:
    off = program.patch("/device/disable-readings", {"deviceIdentifier": serial(device)})
    told = program.get(f"/device/{device.pk}").json()
    on = program.patch("/device/enable-readings", {"deviceId": device.pk})

    assert (off.status_code, told["disabledReadings"], on.status_code) == (204, True, 204)
    assert not Device.objects.get(pk=device.pk).readings_disabled


def test_devices_are_found_by_all_that_the_contract_knows(
    program: Program, clinic: Organisation, patient: Patient
) -> None:
    at_site, held = warehouse.devices_at_site(clinic, 2)
    associate_device(held, patient, actor=builders.operator())
    Device.objects.filter(pk=held.pk).update(external_id="EXT-1")
    other = warehouse.device(warehouse.device_item(clinic.account), owner=clinic.account)
    both = [at_site.pk, held.pk]
    site = builders.site(clinic.account)
    Patient.objects.filter(pk=patient.pk).update(site=site)
    patient.refresh_from_db()

    for query, found in {
        f"id={held.pk},{other.pk}": [held.pk, other.pk],
        "externalIdentifier=EXT-1": [held.pk],
        f"identifier={serial(held)}": [held.pk],
        f"identifier={serial(held)}&identifierType=imei": [],
        "identifierType=SERIAL": [*both, other.pk],
        "status=withPatient": [held.pk],
        "status=WITH_PATIENT&status=available": [held.pk, other.pk],
        f"itemId={at_site.item_id}": both,
        "itemName=monitor": [*both, other.pk],
        "itemModel=nothing": [],
        f"itemSku={other.item.sku.lower()}": [other.pk],
        f"manufacturerId={other.item.manufacturer_id}": [*both, other.pk],
        "itemSize=standard": [*both, other.pk],
        "itemClass=wearable": [],
        "readingType=weight": [],
        f"siteId={at_site.place_id}": both,
        f"patientId={patient.pk}": [held.pk],
        "patientExternalIdentifier=PAT-1": [held.pk],
        f"patientEmail={patient.email.upper()}": [held.pk],
        "patientName=pERSon": [held.pk],
        f"patientSiteId={site.pk}": [held.pk],
        "sort=deviceId&sortDescending=true": [other.pk, held.pk, at_site.pk],
        "sort=itemSku": [*both, other.pk],
    }.items():
        assert listed(program, query) == found, query


def test_an_account_sees_only_its_own(program: Program, stranger: Program, device: Device) -> None:
    assert stranger.get("/device").json()["total"] == 0
    assert_refused(stranger.get(f"/device/{device.pk}"), 404)
    assert stranger.get(f"/device/validate/{serial(device)}").json() == {"valid": False}


def test_who_has_a_device_was_shown(program: Program, clinic: Organisation) -> None:
    device, order = warehouse.device_sent(clinic)
    before = AccessEntry.objects.count()

    program.get("/device")
    program.get(f"/device/{device.pk}")
    program.get(f"/device/validate/{serial(device)}")

    shown = AccessEntry.objects.order_by("pk")[before:]
    assert [row.patient_id for row in shown] == [order.patient_id] * 3


@pytest.mark.parametrize("rows", [1, 12])
def test_a_list_of_devices_costs_the_same_however_many_they_are(
    program: Program, clinic: Organisation, patient: Patient, rows: int
) -> None:
    for one in warehouse.devices_at_site(clinic, rows):
        associate_device(one, patient, actor=builders.operator())
    program.get("/device")

    with counted() as statements:
        assert len(program.get("/device").json()["content"]) == rows

    # The count, the ids and the devices; the key, the limit, the access log, the log of calls.
    assert len(statements) == 3 + 4, statements


# In orders.


def test_an_order_tells_its_devices_and_its_packed_kits(
    program: Program, clinic: Organisation
) -> None:
    device, order = warehouse.device_sent(clinic)
    kit, of_kit = warehouse.kit_packed(clinic)
    in_kit = kit.contents.get().device

    told = program.get(f"/order/{order.pk}").json()
    told_of_kit = program.get(f"/order/{of_kit.pk}").json()

    assert told["devices"] == [program.get(f"/device/{device.pk}").json()]
    assert (told["packedKits"], told_of_kit["devices"]) == ([], [])
    assert told_of_kit["packedKits"] == [
        {
            "id": kit.pk,
            "kit": program.get(f"/kit/{kit.kit_id}").json(),
            "currentStatus": "packed",
            "devices": [program.get(f"/device/{in_kit.pk}").json()],
        }
    ]


@pytest.mark.parametrize("rows", [1, 5])
def test_orders_with_devices_cost_no_more_statements(
    program: Program, clinic: Organisation, rows: int
) -> None:
    for _ in range(rows):
        _, order = warehouse.kit_packed(clinic)
        warehouse.delivered(order)
        warehouse.device_sent(clinic)
    program.get("/order")

    with counted() as statements:
        found = program.get("/order?size=250").json()["content"]

    assert len(found) == 2 * rows
    # 6 of its own; and the key, the limit, the access log and the log of calls.
    assert len(statements) == 6 + 4, statements


def test_whoever_has_a_device_of_a_site_order_was_shown_too(
    program: Program, clinic: Organisation, patient: Patient
) -> None:
    device, order = warehouse.device_sent(clinic, to_site=True)
    associate_device(device, patient, actor=builders.operator())
    before = AccessEntry.objects.count()

    program.get(f"/order/{order.pk}")

    shown = AccessEntry.objects.order_by("pk")[before:]
    assert [(row.patient_id, row.order_id) for row in shown] == [(patient.pk, order.pk)]


def test_a_packed_device_is_the_accounts_to_see(program: Program, clinic: Organisation) -> None:
    made = warehouse.device(warehouse.device_item(clinic.account))
    order = warehouse.order_for_devices(clinic, made)
    before = listed(program, "")

    packing.assign_device(order, made, actor=builders.operator())

    assert (before, listed(program, "")) == ([], [made.pk])
