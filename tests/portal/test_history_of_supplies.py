"""What programs write through API v3 of webhooks, returns and devices, and operators of the same in
the admin, leaves history that says who, by which door and in which request.
"""

from collections.abc import Callable
from typing import Any, Final

import pytest
from django.http import HttpResponse

from inventory.handing_out import associate_device
from organisations.models import Organisation
from organisations.roles import Role
from patients.models import Patient
from tests import builders, warehouse
from tests.api.v3.calls import Program
from tests.api.v3.calls import program as a_program
from tests.portal.writing import Act, check_is_signed, signed, start
from tests.staff.desk import Desk

# One transaction for each request, as in life: a signature ends with its transaction.
pytestmark = pytest.mark.django_db(transaction=True)

RECEIVER: Final = "http://127.0.0.1:9/hooks"
# What is there before: the address of the call behind its first part, and what is said.
Before = Callable[[Organisation, Program], tuple[str, Any]]


def by_program(method: str, path: str, before: Before) -> Act:
    def act() -> tuple[str, str, HttpResponse]:
        clinic = builders.organisation()
        program = a_program(clinic.account)
        rest, body = before(clinic, program)
        start()
        return signed(program.key), "v3", program.call(method, path + rest, body)

    return act


def by_operator(page: str, before: Callable[[Organisation], tuple[str, dict[str, Any]]]) -> Act:
    def act() -> tuple[str, str, HttpResponse]:
        where, said = before(builders.organisation())
        desk = Desk(builders.user(Role.OPERATOR))
        start()
        return signed(desk.user), "admin", desk.post(f"/admin/inventory/{where}{page}", said)

    return act


def nothing(clinic: Organisation, program: Program) -> tuple[str, Any]:
    return "", {"type": "order.status", "url": RECEIVER}


def a_webhook(clinic: Organisation, program: Program) -> tuple[str, Any]:
    number = program.post("/webhook", {"type": "order.status", "url": RECEIVER}).json()["id"]
    return f"/{number}", {"url": f"{RECEIVER}/2"}


def no_secret(clinic: Organisation, program: Program) -> tuple[str, Any]:
    return "", {"secret": "Test-Secret-1"}


def a_secret(clinic: Organisation, program: Program) -> tuple[str, Any]:
    program.post("/webhook-secret", {"secret": "Test-Secret-1"})
    return "", {"secret": "Test-Secret-2"}


def what_comes_back(clinic: Organisation, program: Program) -> tuple[str, Any]:
    device, order = warehouse.device_sent(clinic)
    return "", {"patientId": order.patient_id, "returnDevices": [{"id": device.pk}]}


def a_return(clinic: Organisation, program: Program) -> tuple[str, Any]:
    _, body = what_comes_back(clinic, program)
    return f"/{program.post('/return', body).json()['id']}", None


def a_device(clinic: Organisation, program: Program) -> tuple[str, Any]:
    device = warehouse.device_at_site(clinic)
    return "", {"deviceId": device.pk, "patientId": builders.patient(clinic).pk}


def a_device_with_somebody(clinic: Organisation, program: Program) -> tuple[str, Any]:
    device, patient = given(clinic)
    return "", {"deviceId": device, "patientId": patient.pk}


def a_kit(clinic: Organisation, program: Program) -> tuple[str, Any]:
    kit = warehouse.kit_at_site(clinic)
    return "", {"packedKitId": kit.pk, "patientId": builders.patient(clinic).pk}


def given(clinic: Organisation) -> tuple[int, Patient]:
    device, patient = warehouse.device_at_site(clinic), builders.patient(clinic)
    associate_device(device, patient, actor=builders.operator())
    return device.pk, patient


def to_give(clinic: Organisation) -> tuple[str, dict[str, Any]]:
    device = warehouse.device_at_site(clinic)
    return f"device/{device.pk}/", {"patient": builders.patient(clinic).pk}


def with_somebody(clinic: Organisation) -> tuple[str, dict[str, Any]]:
    return f"device/{given(clinic)[0]}/", {}


def to_pack(clinic: Organisation) -> tuple[str, dict[str, Any]]:
    device = warehouse.device_at_site(clinic)
    kit = warehouse.device_kit(clinic.account, device.item)
    serial = device.identifiers.get().value
    said = {"once": "a", "site": device.place_id, "kit": kit.pk, "identifiers": serial}
    return "packedkit/", said


ACTS: Final[dict[str, Act]] = {
    "webhook": by_program("POST", "/webhook", nothing),
    "webhook moved": by_program("PATCH", "/webhook", a_webhook),
    "webhook removed": by_program("DELETE", "/webhook", a_webhook),
    "secret": by_program("POST", "/webhook-secret", no_secret),
    "secret changed": by_program("PATCH", "/webhook-secret", a_secret),
    "secret removed": by_program("DELETE", "/webhook-secret", a_secret),
    "return": by_program("POST", "/return", what_comes_back),
    "return voided": by_program("DELETE", "/return", a_return),
    "device given": by_program("PATCH", "/device/associate-patient", a_device),
    "device taken": by_program("PATCH", "/device/disassociate-patient", a_device_with_somebody),
    "readings disabled": by_program("PATCH", "/device/disable-readings", a_device),
    "kit given": by_program("PATCH", "/kit/link-kit", a_kit),
    "admin gives": by_operator("give/", to_give),
    "admin takes": by_operator("take-back/", with_somebody),
    "admin asks": by_operator("ask-back/", with_somebody),
    "admin disables readings": by_operator("no-readings/", with_somebody),
    "admin packs": by_operator("add/", to_pack),
}


@pytest.mark.parametrize("name", ACTS)
def test_a_write_is_signed_with_who_door_and_request(name: str) -> None:
    check_is_signed(ACTS[name])
