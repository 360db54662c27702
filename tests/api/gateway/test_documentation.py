"""docs/gateway.md says what is true, and its samples do what they say, as they stand there."""

import os
import re

import pytest
from django.conf import settings

from portal.api.gateway.schema.document import document
from portal.api.gateway.schema.errors import CODES
from studies.models.studies import WRONG_DATES_AT_MOST
from tests.api.documentation import blocks, ran, rows, section
from tests.api.openapi import operations
from tests.api.servers import Database, Website
from tests.api.v3.seeded import place

PAGE = (settings.BASE_DIR / "docs" / "gateway.md").read_text()
CODE = "SELECT activation_code FROM studies_study WHERE reference = 'ORDERED'"
REPORT = "SELECT encode(content, 'escape') FROM studies_attemptreport"
second_server = pytest.mark.xdist_group("second server")


def test_all_that_it_tells_to_export_is_given_to_the_samples() -> None:
    told = set(re.findall(r"([A-Z_]+)=", "".join(blocks("console", PAGE))))

    used = set(re.findall(r"\$([A-Z_]+)", "".join(blocks("sh", PAGE))))
    assert used - {"STUDY", "REPORT"} == told


@second_server
def test_its_samples_work_one_after_the_other(website: Website, database: Database) -> None:
    place(website, database, "ORDERED")
    environment = {
        "PATH": os.environ["PATH"],
        "HOMEWARD_URL": website.address,
        "GATEWAY_KEY": database.seed["gateway"],
        "ACTIVATION_CODE": database.value(CODE),
    }

    output = ran(["bash", "-eu", "-o", "pipefail"], "\n".join(blocks("sh", PAGE)), environment)

    assert re.findall(r"HTTP/1.1 (\d+)", output) == ["200"] * 4, output
    assert '"status":"activated"' in output
    assert '{"nightNumber":1,"attemptNumber":1,"status":"valid"}' in output
    assert database.value(REPORT).startswith("%PDF-1.4\nA report of ours")


def test_it_lists_exactly_the_operations_that_there_are_and_how_each_succeeds() -> None:
    listed = {call.strip("`"): success for call, _, success, _ in rows(section("Operations", PAGE))}

    told = {f"{method.upper()} {path}": one for method, path, one in operations(document(""))}
    assert set(listed) == set(told)
    assert all(listed[call] in told[call]["responses"] for call in told)


def test_it_lists_every_error_with_its_status() -> None:
    listed = {code.strip("`"): int(status) for code, status, _ in rows(section("Errors", PAGE))}

    assert listed == CODES


def test_it_says_after_how_many_wrong_dates_a_study_is_locked() -> None:
    assert WRONG_DATES_AT_MOST == 5
    assert "After the fifth" in section("Locks", PAGE)
