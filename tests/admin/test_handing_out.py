"""Devices and packed kits at the sites of accounts, in the admin: packed there, given to patients,
taken back, and asked for.
"""

import pytest
from django.test import Client

from foundation.models import AccessEntry
from inventory.handing_out import associate_device
from inventory.models import Device, PackedKit
from inventory.statuses import DeviceStatus, PackedKitStatus
from orders.models import Return
from organisations.models import Organisation
from organisations.roles import Role
from patients.models import Patient
from tests import builders, warehouse
from tests.admin.conftest import SignIn

D, K = DeviceStatus, PackedKitStatus
PACK = "/admin/inventory/packedkit/add/"


@pytest.fixture
def clinic(db: None) -> Organisation:
    return builders.organisation()


@pytest.fixture
def patient(clinic: Organisation) -> Patient:
    return builders.patient(clinic)


def page(row: Device | PackedKit, name: str = "change") -> str:
    kind = "device" if isinstance(row, Device) else "packedkit"
    return f"/admin/inventory/{kind}/{row.pk}/{name}/"


def serial_of(device: Device) -> str:
    return device.identifiers.get().value


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.STOCK_LEAD])
def test_a_kit_is_packed_at_a_site(sign_in: SignIn, clinic: Organisation, role: Role) -> None:
    device = warehouse.device_at_site(clinic)
    kit = warehouse.device_kit(clinic.account, device.item)
    said = {
        "once": "a-page",
        "site": device.place_id,
        "kit": kit.pk,
        "identifiers": serial_of(device),
        "external_id": "CASE-7",
    }

    answer = sign_in(role).post(PACK, said)

    packed = PackedKit.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, page(packed))
    assert (packed.status, packed.external_id) == (K.PACKED_AT_SITE, "CASE-7")
    assert warehouse.fresh(device).status == D.PACKED_AT_SITE


def test_a_kit_is_packed_once_however_often_the_page_is_sent(
    operator: Client, clinic: Organisation
) -> None:
    kit = warehouse.device_kit(clinic.account, builders.catalogue_item(clinic.account))
    said = {"once": "a-page", "site": builders.site(clinic.account).pk, "kit": kit.pk}

    answers = [operator.post(PACK, said).status_code for _ in range(2)]

    assert (answers, PackedKit.objects.count()) == ([302, 302], 1)


def test_what_cannot_be_packed_is_said_beside_its_field(
    operator: Client, clinic: Organisation
) -> None:
    device, elsewhere = warehouse.device_at_site(clinic), warehouse.device_at_site(clinic)
    kit = warehouse.device_kit(clinic.account, device.item)
    said = {"once": "a-page", "site": device.place_id, "kit": kit.pk}

    assert operator.get(PACK).status_code == 200
    for wrong, field in (
        ({"site": ""}, "site"),
        ({"site": builders.centre().pk}, "site"),
        ({"kit": ""}, "kit"),
        ({"identifiers": "NOBODY"}, "identifiers"),
        ({"identifiers": serial_of(elsewhere)}, "identifiers"),
        ({"identifiers": ""}, "identifiers"),
    ):
        answer = operator.post(PACK, {**said, **wrong})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field]), wrong

    assert not PackedKit.objects.exists()


def test_a_device_is_given_to_the_patient_who_was_found_and_taken_back(
    operator: Client, clinic: Organisation, patient: Patient
) -> None:
    device = warehouse.device_at_site(clinic)

    found = operator.post(page(device, "give"), {"find": patient.full_name, "look": "1"})
    given = operator.post(page(device, "give"), {"find": "", "patient": patient.pk})
    with_them = warehouse.fresh(device)
    asked = text(operator, page(device, "take-back"))
    taken = operator.post(page(device, "take-back"))

    assert (found.status_code, given.status_code, taken.status_code) == (200, 302, 302)
    assert f'value="{patient.pk}"' in found.content.decode()
    assert (with_them.status, with_them.patient) == (D.WITH_PATIENT, patient)
    assert patient.full_name in asked
    assert warehouse.fresh(device).status == D.AVAILABLE_AT_SITE


def test_a_packed_kit_is_given_and_taken_back_with_all_that_is_in_it(
    operator: Client, clinic: Organisation, patient: Patient
) -> None:
    kit = warehouse.kit_at_site(clinic)

    operator.post(page(kit, "give"), {"patient": patient.pk})
    inside = kit.contents.get().device
    given = PackedKit.objects.get()
    operator.post(page(kit, "take-back"))

    assert (given.status, given.patient, inside.patient) == (K.WITH_PATIENT, patient, patient)
    assert PackedKit.objects.get().status == K.PACKED_AT_SITE
    assert "take-back" not in text(operator, page(inside))


def test_whoever_looks_for_a_patient_is_recorded_and_finds_those_of_the_account(
    operator: Client, clinic: Organisation, patient: Patient
) -> None:
    device = warehouse.device_at_site(clinic)
    stranger = builders.patient(builders.organisation())
    before = AccessEntry.objects.count()

    found = operator.post(page(device, "give"), {"find": patient.full_name, "look": "1"})
    shown = set(AccessEntry.objects.order_by("pk")[before:].values_list("patient_id", flat=True))
    nobody = operator.post(page(device, "give"), {"find": "Nobody Whatsoever", "look": "1"})
    refused = operator.post(page(device, "give"), {"find": "", "patient": stranger.pk})

    assert shown == {patient.pk}
    assert f'value="{stranger.pk}"' not in found.content.decode()
    assert "Nobody is found" in nobody.content.decode()
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["find"])


def test_who_gets_it_must_be_chosen_and_may_get_it(
    operator: Client, clinic: Organisation, patient: Patient
) -> None:
    device = warehouse.device_at_site(clinic)
    gone = builders.patient(clinic)
    Patient.objects.filter(pk=gone.pk).update(enrolled=False)

    unchosen = operator.post(page(device, "give"), {"find": patient.full_name})
    archived = operator.post(page(device, "give"), {"patient": gone.pk})

    for answer in (unchosen, archived):
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["patient"])
    assert warehouse.fresh(device).status == D.AVAILABLE_AT_SITE


def test_a_stock_lead_gives_nothing_to_patients_whom_they_do_not_see(
    sign_in: SignIn, clinic: Organisation, patient: Patient
) -> None:
    device = warehouse.device_at_site(clinic)
    lead = sign_in(Role.STOCK_LEAD)

    assert lead.get(page(device, "give")).status_code == 403
    associate_device(device, patient, actor=builders.operator())
    assert lead.post(page(device, "take-back")).status_code == 302


def test_what_is_with_somebody_is_asked_for_and_expected_back(
    operator: Client, clinic: Organisation
) -> None:
    device, order = warehouse.device_sent(clinic)
    kit = warehouse.kit_at_site(clinic)

    assert operator.get(page(device, "ask-back")).status_code == 200
    answer = operator.post(page(device, "ask-back"), {"email_label": "on"})
    again = operator.post(page(device, "ask-back"), {})
    operator.post(page(kit, "ask-back"), {})

    of_patient, of_site = Return.objects.order_by("pk")
    assert answer.headers["Location"] == f"/admin/orders/return/{of_patient.pk}/change/"
    assert again.status_code == 422
    assert (of_patient.patient_id, of_patient.email_label) == (order.patient_id, True)
    assert of_patient.devices.get().device == device
    assert (of_site.site, of_site.packed_kits.get().packed_kit) == (kit.place, kit)


def test_readings_are_disabled_and_enabled(operator: Client, clinic: Organisation) -> None:
    device = warehouse.device_at_site(clinic)

    assert operator.get(page(device, "no-readings")).status_code == 200
    operator.post(page(device, "no-readings"))
    disabled = warehouse.fresh(device).readings_disabled
    shown = text(operator, page(device))
    operator.post(page(device, "readings"))

    assert disabled
    assert "/no-readings/" not in shown
    assert not warehouse.fresh(device).readings_disabled


def test_buttons_that_would_change_nothing_are_not_there(
    operator: Client, clinic: Organisation
) -> None:
    here = warehouse.device_in(D.AVAILABLE, clinic)
    at_site = warehouse.device_at_site(clinic)
    sent, _ = warehouse.device_sent(clinic)
    in_kit = warehouse.kit_at_site(clinic).contents.get().device

    offered = {
        row.pk: {
            name for name in ("give", "take-back", "ask-back") if f"/{row.pk}/{name}/" in shown
        }
        for row in (here, at_site, sent, in_kit)
        for shown in [text(operator, page(row))]
    }

    assert offered == {
        here.pk: set(),
        at_site.pk: {"give", "ask-back"},
        sent.pk: {"ask-back"},
        in_kit.pk: set(),
    }
