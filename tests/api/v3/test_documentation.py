"""docs/api-v3.md says what is true, and its samples do what they say, as they stand there."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse

from inventory.models import AccountCatalogue, Item, Kit, KitItem
from orders.lifecycle import advance
from orders.models import Order
from orders.statuses import Status
from organisations.models import Account, Organisation
from patients.commands import archive_patient
from patients.models import Patient
from portal.api.errors import EDGE
from portal.api.v1.format import status_of
from portal.api.v3.event_types import BY_WORD, TYPES
from portal.api.v3.events import WRITERS, V3Wording
from portal.api.v3.format import WORDS, camel
from portal.api.v3.schema.document import document
from portal.api.v3.schema.errors import MESSAGES
from tests import builders, warehouse
from tests.api.documentation import blocks, ran, rows, section
from tests.api.openapi import operations
from tests.api.servers import Database, Website
from tests.api.v3.calls import Program, assert_refused, patient_body
from tests.api.v3.seeded import place
from tests.api.v3.test_devices import WORDS as WORDS_ABOUT_DEVICES

PAGE = (settings.BASE_DIR / "docs" / "api-v3.md").read_text()
README = (settings.BASE_DIR / "README.md").read_text()
PHONES = "SELECT string_agg(phone, ' ' ORDER BY id) FROM patients_patient WHERE email LIKE 'test@%'"
EMAILS = "SELECT count(*) FROM patients_patient WHERE email = 'new@example.org'"
NOBODY = "http://127.0.0.1:9/hooks"
second_server = pytest.mark.xdist_group("second server")


@pytest.fixture
def environment(website: Website, database: Database) -> dict[str, str]:
    """What the page tells its reader to export; and there is an order."""
    place(website, database, "PLACED-BY-V1")
    return {
        "PATH": os.environ["PATH"],
        "HOMEWARD_URL": website.address,
        "API_KEY": database.seed["key"],
    }


# Its samples


def test_all_that_it_tells_to_export_is_given_to_the_samples():
    told = set(re.findall(r"([A-Z_]+)=", "".join(blocks("console", PAGE))))

    used = set(re.findall(r"\$([A-Z_]+)", "".join(blocks("sh", PAGE))))
    used |= set(re.findall(r"os\.environ\[.([A-Z_]+).\]", "".join(blocks("python", PAGE))))
    assert used - {"IDENTIFIER", "PATIENT", "ITEM"} == told


@second_server
def test_its_samples_for_the_shell_work_one_after_the_other(
    environment: dict[str, str], database: Database
):
    output = ran(["bash", "-eu", "-o", "pipefail"], "\n".join(blocks("sh", PAGE)), environment)

    assert re.findall(r"HTTP/1.1 (\d+)", output) == ["200"] * 4, output
    assert '"currentStatus":"orderPlaced"' in output
    assert "717 555 0199" in database.value(PHONES)


@second_server
def test_its_sample_in_python_works(environment: dict[str, str], database: Database):
    (program,) = blocks("python", PAGE)

    output = ran([sys.executable, "-I", "-"], program, environment)

    assert re.findall(r"^changed: (\d+)$", output, re.MULTILINE) == ["200"], output
    assert re.search(r"^order \d+ is orderPlaced$", output, re.MULTILINE), output
    assert "found: ['new@example.org']" in output
    assert database.value(EMAILS) == 1


@second_server
def test_the_call_of_the_readme_works(environment: dict[str, str]):
    """There it is the demo's address."""
    (sample,) = (block for block in blocks("sh", README) if "/api/v3/" in block)
    assert "http://127.0.0.1:8000" in sample
    sample = sample.replace("http://127.0.0.1:8000", environment["HOMEWARD_URL"])

    output = ran(["bash", "-eu", "-o", "pipefail"], sample, environment)

    assert "HTTP/1.1 200" in output
    assert '"currentStatus":"orderPlaced"' in output


# Its tables


def test_it_lists_exactly_the_operations_that_there_are():
    listed = {call.strip("`") for call, *_ in rows(section("Operations", PAGE))}

    told = operations(document("https://homeward.example"))
    assert listed == {f"{method.upper()} {path}" for method, path, _ in told}


def test_it_says_how_each_operation_succeeds_and_what_can_be_asked_for():
    told = {f"{method.upper()} {path}": one for method, path, one in operations(document(""))}

    for call, words, success in rows(section("Operations", PAGE)):
        operation = told[call.strip("`")]
        assert success in operation["responses"], call
        asked = {one["name"] for one in operation["parameters"] if one["in"] == "query"}
        assert asked - {"page", "size"} <= set(re.findall(r"`(\w+)`", words)), call


@pytest.mark.django_db
def test_it_says_what_v1_shows_of_each_status(clinic: Organisation):
    listed = dict(rows(section("One order in v1 and in v3", PAGE).split("### Status")[1]))

    assert list(listed) == [f"`{camel(status.value)}`" for status in LIFE]
    for status in LIFE:
        order = an_order(status, clinic)
        assert listed[f"`{camel(status.value)}`"].startswith(f"`{status_of(order).value}`")


def an_order(status: Status, clinic: Organisation) -> Order:
    """Placed orders wait for stock when somebody says so, which is no story of its own."""
    if status != Status.PENDING_INVENTORY:
        return builders.order(status, chosen=clinic)
    return advance(builders.order(chosen=clinic), status, actor=builders.operator()).order


# In the order of the page.
LIFE = (
    Status.ORDER_PLACED,
    Status.PENDING_INVENTORY,
    Status.PENDING_ADDITIONAL_INFORMATION,
    Status.ON_HOLD,
    Status.RECONFIRM_ADDRESS,
    Status.AWAITING_SHIPMENT,
    Status.SHIPPED,
    Status.AVAILABLE_FOR_PICKUP,
    Status.UNSUCCESSFUL_DELIVERY,
    Status.DELIVERED,
    Status.RETURN_ISSUED,
    Status.UNABLE_TO_FULFILL,
    Status.VOIDED,
)


# Its words about webhooks


def test_each_type_that_it_lists_is_one_and_its_pauses_are_those_of_the_program():
    webhooks = section("Webhooks", PAGE)
    listed = set(re.findall(r"`([a-zA-Z]+\.[a-zA-Z]+)`", webhooks))

    assert listed <= set(BY_WORD)
    told = {one for row in rows(webhooks) for one in re.findall(r"`(\w+\.\w+)`", row[0])}
    assert told == {TYPES[name].word for name in WRITERS}
    assert "after 15, 30 and 60 minutes" in webhooks
    assert [pause.total_seconds() / 60 for pause in V3Wording.pauses] == [15, 30, 60]


# Its catalogue of errors


def test_the_catalogue_has_exactly_the_words_that_v3_can_answer_each_with_its_status():
    listed = [(word.strip("`"), int(status)) for word, status, *_ in rows(section("Errors", PAGE))]

    assert dict(listed) == MESSAGES
    assert len(listed) == len(dict(listed))


def test_each_word_has_a_cause_and_a_cure():
    for row in rows(section("Errors", PAGE)):
        _, _, cause, cure = row
        assert (cause[-1], cure[-1]) == (".", "."), row


NOTHING = WORDS["lines_missing"]
LABEL = WORDS["shipping_option_missing"]
NOT_ORDERABLE = WORDS["items_not_orderable"]


def taken(program: Program, account: Account) -> HttpResponse:
    program.post("/patient", patient_body(externalIdentifier="P-1"))
    return program.post("/patient", patient_body(externalIdentifier="P-1"))


def nobodys_site(program: Program, account: Account) -> HttpResponse:
    return program.post("/patient", patient_body(site={"id": 0}))


def voided_before(program: Program, account: Account) -> HttpResponse:
    order = builders.order(Status.VOIDED, chosen=builders.organisation(account))
    return program.delete(f"/order/{order.pk}")


def sent_before(program: Program, account: Account) -> HttpResponse:
    order = builders.order(Status.AWAITING_SHIPMENT, chosen=builders.organisation(account))
    return program.delete(f"/order/{order.pk}")


def ordered(program: Program, account: Account, *items: Any, **members: Any) -> HttpResponse:
    """An order for a patient of the account, with these lines of items."""
    body = {"patient": {"id": somebody(account).pk}, "orderItems": list(items), **members}
    return program.post("/order", body)


def somebody(account: Account) -> Patient:
    return builders.patient(builders.organisation(account))


def line(account: Account, *, count: int = 1, **columns: Any) -> dict[str, Any]:
    item = builders.catalogue_item(account)
    Item.objects.filter(pk=item.pk).update(**(columns or {"name": item.name}))
    return {"item": {"id": item.pk}, "count": count}


def kit_line(account: Account, *, count: int = 1, orderable: bool = True, **columns: Any) -> Any:
    kit = Kit.objects.create(name=f"Kit {Kit.objects.count()}", **columns)
    item = builders.catalogue_item(account)
    Item.objects.filter(pk=item.pk).update(orderable=orderable)
    KitItem.objects.create(kit=kit, item=item)
    AccountCatalogue.objects.create(account=account, kit=kit)
    return {"kit": {"id": kit.pk}, "count": count}


def without_recipient(program: Program, account: Account) -> HttpResponse:
    return program.post("/order", {"orderItems": [line(account)]})


def for_nobody(program: Program, account: Account) -> HttpResponse:
    return program.post("/order", {"patient": {"id": 0}, "orderItems": [line(account)]})


def for_somebody_archived(program: Program, account: Account) -> HttpResponse:
    patient = somebody(account)
    archive_patient(patient, actor=builders.staff(owner=account))
    return program.post("/order", {"patient": {"id": patient.pk}, "orderItems": [line(account)]})


def for_another_person(program: Program, account: Account) -> HttpResponse:
    clinic = builders.organisation(account)
    builders.patient(clinic, reference="P-1")
    other = patient_body(externalIdentifier="P-1", dateOfBirth="1999-01-01")
    return program.post("/order", {"patient": other, "orderItems": [line(account)]})


def to_nowhere(program: Program, account: Account) -> HttpResponse:
    patient = builders.patient(builders.organisation(account), address=None)
    return program.post("/order", {"patient": {"id": patient.pk}, "orderItems": [line(account)]})


def loaner_to_a_site(program: Program, account: Account) -> HttpResponse:
    site = {"id": builders.site(account).pk}
    return program.post("/order", {"site": site, "orderKits": [kit_line(account, is_loaner=True)]})


def loaners(program: Program, account: Account, *counts: int, **members: Any) -> HttpResponse:
    kits = [kit_line(account, is_loaner=True, count=count) for count in counts]
    return ordered(program, account, orderKits=kits, **members)


def label_of_no_kind(program: Program, account: Account) -> HttpResponse:
    return ordered(program, account, returnItems=[line(account)])


def moved_nowhere(program: Program, account: Account) -> HttpResponse:
    made = program.post("/webhook", {"type": "order.status", "url": NOBODY}).json()
    return program.patch(f"/webhook/{made['id']}", {"url": NOBODY})


def with_address(url: str) -> Callable[[Program, Account], HttpResponse]:
    return lambda program, account: program.post("/webhook", {"type": "order.status", "url": url})


def a_second_secret(program: Program, account: Account) -> HttpResponse:
    program.post("/webhook-secret", {"secret": "one"})
    return program.post("/webhook-secret", {"secret": "two"})


def no_secret(program: Program, account: Account) -> HttpResponse:
    return program.get("/webhook-secret")


def coming_back(program: Program, patient: int | None, **back: Any) -> HttpResponse:
    return program.post("/order", {"patient": {"id": patient}, "emailLabel": True, **back})


def without_email(program: Program, account: Account) -> HttpResponse:
    silent = builders.patient(builders.organisation(account), email="")
    return coming_back(program, silent.pk, returnItems=[line(account)])


def kit_of_somebody_else(program: Program, account: Account) -> HttpResponse:
    kit = warehouse.kit_with_patient(builders.organisation(account))
    return coming_back(program, somebody(account).pk, returnPackedKits=[{"id": kit.pk}])


def device_inside_of_a_kit(program: Program, account: Account) -> HttpResponse:
    kit = warehouse.kit_with_patient(builders.organisation(account))
    inside = kit.contents.get().device_id
    back = {"returnPackedKits": [{"id": kit.pk}], "returnDevices": [{"id": inside}]}
    return coming_back(program, kit.patient_id, **back)


def device_of_somebody_else(program: Program, account: Account) -> HttpResponse:
    device, _ = warehouse.device_sent(builders.organisation(account))
    return coming_back(program, somebody(account).pk, returnDevices=[{"id": device.pk}])


def device_expected(program: Program, account: Account) -> HttpResponse:
    device, order = warehouse.device_sent(builders.organisation(account))
    back = {"patientId": order.patient_id, "returnDevices": [{"id": device.pk}]}
    program.post("/return", back)
    return program.post("/return", back)


def kit_expected(program: Program, account: Account) -> HttpResponse:
    kit = warehouse.kit_with_patient(builders.organisation(account))
    coming_back(program, kit.patient_id, returnPackedKits=[{"id": kit.pk}])
    return coming_back(program, kit.patient_id, returnPackedKits=[{"id": kit.pk}])


def too_many_back(program: Program, account: Account) -> HttpResponse:
    item = builders.catalogue_item(account).pk
    most = {"id": item, "count": 2**31 - 1}
    body = {"patientId": somebody(account).pk, "returnItems": [most, {"id": item}]}
    return program.post("/return", body)


def return_voided_before(program: Program, account: Account) -> HttpResponse:
    body = {
        "patientId": somebody(account).pk,
        "returnItems": [{"id": builders.catalogue_item(account).pk}],
    }
    made = program.post("/return", body).json()
    program.delete(f"/return/{made['id']}")
    return program.delete(f"/return/{made['id']}")


# What only the domain says, and a call that is answered with it. The rest is the edge's.
CALLS: dict[str, Callable[[Program, Account], HttpResponse]] = {
    "patient_reference_taken": taken,
    "site_not_found": nobodys_site,
    NOTHING: ordered,
    "patient or site required": without_recipient,
    "patient_not_found": for_nobody,
    "patient_archived": for_somebody_archived,
    "patient_mismatch": for_another_person,
    "address_missing": to_nowhere,
    "max_one_loaner_kit": lambda program, account: loaners(program, account, 1, 1),
    "qty_over_one_loaner_kit": lambda program, account: loaners(program, account, 2),
    "no_returns_with_loaner_kit": lambda program, account: loaners(
        program, account, 1, emailLabel=True, returnItems=[line(account)]
    ),
    "no_loaner_kit_to_site": loaner_to_a_site,
    LABEL: label_of_no_kind,
    "item_not_found": lambda program, account: ordered(program, account, {"item": {"id": 0}}),
    NOT_ORDERABLE: lambda program, account: ordered(
        program, account, line(account, orderable=False)
    ),
    "kit_not_found": lambda program, account: ordered(
        program, account, orderKits=[{"kit": {"id": 0}}]
    ),
    "kit_archived": lambda program, account: ordered(
        program, account, orderKits=[kit_line(account, is_archived=True)]
    ),
    "item_not_orderable": lambda program, account: ordered(
        program, account, orderKits=[kit_line(account, orderable=False)]
    ),
    "insufficient_inventory": lambda program, account: ordered(
        program, account, line(account, count=2**31 - 1)
    ),
    "email_required_for_label": without_email,
    "return_packed_kit_not_with_recipient": kit_of_somebody_else,
    WORDS["return_device_in_kit"]: device_inside_of_a_kit,
    "return_device_not_with_recipient": device_of_somebody_else,
    "return_device_expected_already": device_expected,
    "return_packed_kit_expected_already": kit_expected,
    "return_item_count_invalid": too_many_back,
    "return_of_nothing": lambda program, account: program.post(
        "/return", {"patientId": somebody(account).pk}
    ),
    "return_not_voidable": return_voided_before,
    "order_is_voided": voided_before,
    "not_cancellable": sent_before,
    "address_malformed": with_address("hooks.example.org"),
    "address_not_found": with_address("https://nobody.invalid/hooks"),
    "address_not_outside": with_address("https://10.0.0.1/hooks"),
    "address_unchanged": moved_nowhere,
    "webhook_secret_is_set": a_second_secret,
    "webhook_secret_not_set": no_secret,
}


@pytest.mark.parametrize("word", CALLS)
def test_each_word_of_the_domain_can_be_answered(word: str, program: Program, account: Account):
    assert_refused(CALLS[word](program, account), MESSAGES[word], word)


def test_no_other_word_is_the_domain_s():
    assert set(MESSAGES) - set(EDGE) == set(CALLS) | WORDS_ABOUT_DEVICES


# Its addresses


def test_the_page_names_no_address_that_does_not_exist():
    paths = set(re.findall(r"`(?:[A-Z]+ )?(/(?:api|docs)/[^`?]*)`", PAGE))

    known = {path for _, path, _ in operations(document("https://homeward.example"))}
    assert paths <= known | {"/api/v3/", "/api/v3/openapi.json", "/docs/v3/"}


def test_what_it_links_to_is_there():
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        page, _, heading = target.partition("#")
        linked = settings.BASE_DIR / "docs" / Path(page)
        assert linked.exists()
        assert (
            not heading or f"\n## {heading.replace('-', ' ').capitalize()}\n" in linked.read_text()
        )


def test_it_calls_itself_by_what_it_does():
    assert "implements the documented v3 endpoints" in PAGE
    assert "compatible" not in PAGE
