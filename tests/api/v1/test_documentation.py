"""docs/api-v1.md says what is true, and its samples do what they say, as they stand there."""

import os
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings

from foundation.errors import Refusal
from orders import errors, referral_errors
from patients import errors as patient_errors
from portal.api.errors import EDGE, code_of, status_of
from portal.api.v1.schema.errors import CODES
from portal.api.v1.schema.tokens import COMPONENTS
from studies import errors as study_errors
from tests.api.documentation import blocks, ran, rows, section
from tests.api.servers import Database, Website

PAGE = (settings.BASE_DIR / "docs" / "api-v1.md").read_text()
README = (settings.BASE_DIR / "README.md").read_text()
TOKEN_ERRORS = COMPONENTS["TokenError"]["properties"]["error"]["enum"]
STATUSES = "SELECT string_agg(status, ' ' ORDER BY id) FROM orders_order"
STUDIES = "SELECT string_agg(channel || ' ' || status, ' ' ORDER BY id) FROM studies_study"
CONTACT = "SELECT string_agg(email || ' ' || phone, ' ' ORDER BY id) FROM patients_patient"
second_server = pytest.mark.xdist_group("second server")


@pytest.fixture
def environment(website: Website, database: Database) -> dict[str, str]:
    """What the page tells its reader to export."""
    seed = database.seed
    return {
        "PATH": os.environ["PATH"],
        "HOMEWARD_URL": website.address,
        "CLIENT_ID": seed["client_id"],
        "CLIENT_SECRET": seed["secret"],
        "ORGANISATION": seed["organisation"]["name"],
        "ORGANISATION_REFERENCE": seed["organisation"]["reference"],
    }


def test_it_begins_with_the_question_to_the_patient():
    assert re.match(
        r"# API v1\n\n\*\*Before you send.*ask the patient.*Android or iOS smartphone\.\*\*", PAGE
    )


def test_all_that_it_tells_to_export_is_given_to_the_samples():
    told = set(re.findall(r"([A-Z_]+)=", "".join(blocks("console", PAGE))))

    used = set(re.findall(r"\$([A-Z_]+)", "".join(blocks("sh", PAGE))))
    used |= set(re.findall(r"os\.environ\[.([A-Z_]+).\]", "".join(blocks("python", PAGE))))
    assert used - {"TOKEN", "REFERENCE", "STUDY", "REFERRAL"} == told


@second_server
def test_its_samples_for_the_shell_work_one_after_the_other(
    environment: dict[str, str], database: Database
):
    output = ran(["bash", "-eu", "-o", "pipefail"], "\n".join(blocks("sh", PAGE)), environment)

    statuses = re.findall(r"HTTP/1.1 (\d+)", output)
    assert statuses == ["201", "202", "202", "201", "202", "201"], output
    assert database.value(STATUSES) == "voided"
    assert database.value(STUDIES) == "order cancelled in_house cancelled"
    assert '"status":"received"' in output
    assert re.search(r'"activationCode":"[0-9A-Z]{4}-[0-9A-Z]{4}"', output)
    assert "test@example.org 07911 654321" in str(database.value(CONTACT))


@second_server
def test_its_sample_in_python_works(environment: dict[str, str], database: Database):
    (program,) = blocks("python", PAGE)

    output = ran([sys.executable, "-I", "-"], program, environment)

    assert re.findall(r"^(?:changed|cancelled|in all): (\d+)$", output, re.MULTILINE) == [
        "202",
        "202",
        "1",
    ], output
    assert f"placed, see {environment['HOMEWARD_URL']}/v1/orders/PYTHON-" in output
    assert database.value(STATUSES) == "voided"
    assert database.value(CONTACT) == "new@example.org 07911 123456"


@second_server
def test_the_first_order_of_the_readme_works(environment: dict[str, str], database: Database):
    """There it is the demo's: its address and its organisation."""
    (sample,) = (block for block in blocks("sh", README) if "/v1/orders" in block)
    for demos, ours in (
        ("http://127.0.0.1:8000", environment["HOMEWARD_URL"]),
        ("Sleep Clinic A", environment["ORGANISATION"]),
        ("ORG-A", environment["ORGANISATION_REFERENCE"]),
    ):
        assert demos in sample
        sample = sample.replace(demos, ours)

    output = ran(["bash", "-eu", "-o", "pipefail"], sample, environment)

    assert "HTTP/1.1 201" in output
    assert database.value(STATUSES) == "order_placed"


# What v1 has no way to ask for: supplies and their lines, sites, chosen patients, shipments, steps,
# the question to the patient (the first sentence of the page asks it), notes and reasons.
# Cancelling twice is no error, a program sees all organisations of its account, and renaming a
# patient's reference is for people, as are pages that somebody left open. What is recorded comes by
# another door, and people review it, unlock studies and decide about referrals. Each with its
# kinds.
WHEN_RECORDING = (
    study_errors.AttemptHasAnotherResult,
    study_errors.AttemptNotDue,
    study_errors.CodeNotFound,
    study_errors.DateOfBirthUnknown,
    study_errors.DateOfBirthWrong,
    study_errors.NightNotOrdered,
    study_errors.ReportNotPdf,
    study_errors.ReportTooLarge,
    study_errors.StudyIsCancelled,
    study_errors.StudyIsLocked,
    study_errors.TimeInTheFuture,
    study_errors.TimeTooLongAgo,
    study_errors.TimesOutOfOrder,
)
WHEN_REVIEWING = (
    study_errors.ConclusionMissing,
    study_errors.NotAwaitingReview,
    study_errors.NotReviewedYet,
    study_errors.ReasonForAmendingMissing,
    study_errors.ResultsHaveChanged,
    study_errors.StudyIsNotLocked,
    study_errors.StudyReasonMissing,
    study_errors.TooManyNights,
)
NEVER_MET = (
    errors.AddressHasChanged,
    errors.AddressMissing,
    errors.ContactHasChanged,
    errors.FilterIsEmpty,
    errors.FilterNameTaken,
    errors.OrderIsCancelled,
    errors.OrderIsVoided,
    errors.PhoneAlertNotFound,
    errors.PhoneDecisionMissing,
    errors.ReasonMissing,
    errors.ShipmentIncomplete,
    errors.SmartphoneNotAsked,
    errors.StepNotAllowed,
    errors.TooManyFilters,
    referral_errors.ReferralIsDecided,
    referral_errors.RejectionReasonMissing,
    *WHEN_RECORDING,
    *WHEN_REVIEWING,
    patient_errors.OrganisationMissing,
    patient_errors.PatientHasChanged,
    patient_errors.PatientNotFound,
    patient_errors.PatientOfOthers,
    patient_errors.PatientReferenceTaken,
    study_errors.ReviewHasChanged,
)


def refusals(module: ModuleType) -> set[type[Refusal]]:
    return {
        kind
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, Refusal)
        and kind.__module__ == module.__name__
    }


def met() -> dict[str, int]:
    """Every code that v1 can send, with its status."""
    known = refusals(errors) | refusals(patient_errors)
    known |= refusals(study_errors) | refusals(referral_errors)
    domain = {kind for kind in known if not issubclass(kind, NEVER_MET)}
    edge = {code: status for code, (status, _) in EDGE.items()}
    return edge | {code_of(kind): status_of(kind) for kind in domain}


def test_the_catalogue_has_exactly_the_codes_that_v1_can_send_each_with_its_status():
    listed = [(code.strip("`"), int(status)) for code, status, *_ in rows(section("Errors", PAGE))]

    assert dict(listed) == met()
    assert len(listed) == len(dict(listed))


def test_each_code_has_a_cause_and_a_cure():
    for row in rows(section("Errors", PAGE)):
        _, _, cause, cure = row
        assert (cause[-1], cure[-1]) == (".", "."), row


def test_each_error_of_the_tokens_has_a_cause_and_a_cure():
    listed = {
        error.strip("`"): (cause, cure) for error, _, cause, cure in rows(section("Tokens", PAGE))
    }

    assert sorted(listed) == sorted(TOKEN_ERRORS)
    assert {text[-1] for told in listed.values() for text in told} == {"."}


def test_the_openapi_document_has_the_same_codes():
    assert met() == CODES


def test_every_word_for_ours_in_the_text_leads_to_the_list_of_extensions():
    listed = section("Our extensions", PAGE)

    for name in (
        "`GET /v1/orders/{reference}`",
        "`GET /v1/orders`",
        "`GET /v1/orders/{reference}/report`",
        "`GET /v1/studies/{reference}`",
        "`GET /v1/referrals/{reference}`",
        "`studies:read-code`",
        "`validNights`",
        "`GET /v1/events`",
        "`Idempotency-Key`",
        "`shippingAddress.country`",
        "`X-Request-Id`",
        "`/docs/v1/`",
    ):
        assert name in listed
    assert PAGE.count("*ours*") + PAGE.count("*Ours:*") >= 5


def test_the_page_names_no_address_of_the_api_that_does_not_exist():
    paths = set(re.findall(r"`(?:[A-Z]+ )?(/(?:v1|oauth2|docs)/[^`?]*)`", PAGE))

    assert paths == {
        "/v1/orders",
        "/v1/orders/{reference}",
        "/v1/orders/{reference}/report",
        "/v1/studies",
        "/v1/studies/{reference}",
        "/v1/studies/{reference}/report",
        "/v1/referrals",
        "/v1/referrals/{reference}",
        "/v1/referrals/{reference}/report",
        "/v1/events",
        "/v1/openapi.json",
        "/docs/v1/",
    }


def test_what_it_links_to_is_there():
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        path, _, heading = target.partition("#")
        assert not path or (settings.BASE_DIR / "docs" / Path(path)).exists()
        assert heading.replace("-", " ") in PAGE.lower()
