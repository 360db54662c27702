"""docs/api-v3.md says what is true, and its samples do what they say, as they stand there."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse

from orders.lifecycle import advance
from orders.models import Order
from orders.statuses import Status
from organisations.models import Account, Organisation
from portal.api.errors import EDGE
from portal.api.v1.format import status_of
from portal.api.v3.format import camel
from portal.api.v3.schema.document import document
from portal.api.v3.schema.errors import MESSAGES
from tests import builders
from tests.api.documentation import blocks, ran, rows, section
from tests.api.openapi import operations
from tests.api.servers import Database, Website
from tests.api.v3.calls import Program, assert_refused, patient_body
from tests.api.v3.seeded import place

PAGE = (settings.BASE_DIR / "docs" / "api-v3.md").read_text()
README = (settings.BASE_DIR / "README.md").read_text()
PHONES = "SELECT string_agg(phone, ' ' ORDER BY id) FROM patients_patient WHERE email LIKE 'test@%'"
EMAILS = "SELECT count(*) FROM patients_patient WHERE email = 'new@example.org'"
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
    assert used - {"IDENTIFIER", "PATIENT"} == told


@second_server
def test_its_samples_for_the_shell_work_one_after_the_other(
    environment: dict[str, str], database: Database
):
    output = ran(["bash", "-eu", "-o", "pipefail"], "\n".join(blocks("sh", PAGE)), environment)

    assert re.findall(r"HTTP/1.1 (\d+)", output) == ["200", "200", "200"], output
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


# Its catalogue of errors


def test_the_catalogue_has_exactly_the_words_that_v3_can_answer_each_with_its_status():
    listed = [(word.strip("`"), int(status)) for word, status, *_ in rows(section("Errors", PAGE))]

    assert dict(listed) == MESSAGES
    assert len(listed) == len(dict(listed))


def test_each_word_has_a_cause_and_a_cure():
    for row in rows(section("Errors", PAGE)):
        _, _, cause, cure = row
        assert (cause[-1], cure[-1]) == (".", "."), row


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


# What only the domain says, and a call that is answered with it. The rest is the edge's.
CALLS: dict[str, Callable[[Program, Account], HttpResponse]] = {
    "patient_reference_taken": taken,
    "site_not_found": nobodys_site,
    "order_is_voided": voided_before,
    "not_cancellable": sent_before,
}


@pytest.mark.parametrize("word", CALLS)
def test_each_word_of_the_domain_can_be_answered(word: str, program: Program, account: Account):
    assert_refused(CALLS[word](program, account), MESSAGES[word], word)


def test_no_other_word_is_the_domain_s():
    assert set(MESSAGES) - set(EDGE) == set(CALLS)


# Its addresses


def test_the_page_names_no_address_that_does_not_exist():
    paths = set(re.findall(r"`(?:[A-Z]+ )?(/(?:api|docs)/[^`?]*)`", PAGE))

    known = {path for _, path, _ in operations(document("https://homeward.example"))}
    assert paths <= known | {"/api/v3/", "/api/v3/openapi.json", "/docs/v3/"}


def test_what_it_links_to_is_there():
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert (settings.BASE_DIR / "docs" / Path(target)).exists()


def test_it_calls_itself_by_what_it_does():
    assert "implements the documented v3 endpoints" in PAGE
    assert "compatible" not in PAGE
