"""The access report of one patient, as a patient may ask for it."""

import csv
import io
from datetime import timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from foundation.models import AccessEntry
from portal.audit import report
from tests import builders
from tests.portal.auditing import (
    AUDITS,
    REPORT,
    SAW,
    named,
    reader_of,
    shown_to,
)

pytestmark = pytest.mark.django_db


def lines(answer: HttpResponse) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_an_access_report_for_one_patient_is_csv(auditor: Client) -> None:
    order, other = named("Test Whitlock", reference="PAT-W77"), builders.order()
    reader = reader_of(order, full_name="Rita Reader", email="rita@test.example")
    shown_to(reader, order)
    shown_to(builders.integrator(order.account), order, what="something")
    shown_to(reader_of(other, full_name="Somebody Else"), other)
    assert (
        "Export access report" in auditor.get(f"{SAW}?patient={order.patient_id}").content.decode()
    )

    answer = auditor.get(f"{REPORT}?patient={order.patient_id}")

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == (
        f'attachment; filename="access-report-{order.patient_id}.csv"'
    )
    header, *rows = lines(answer)
    told = [dict(zip(header, row, strict=True)) for row in rows]
    (row,) = (one for one in told if one["Who"] == "Rita Reader")
    when = AccessEntry.objects.get(user_id=reader.user_id).shown_at
    assert row == {
        "Time (UTC)": when.strftime("%Y-%m-%d %H:%M:%S"),
        "Time (Europe/London)": when.astimezone(ZoneInfo("Europe/London")).strftime(
            "%Y-%m-%d %H:%M:%S"
        ),
        "Who": "Rita Reader",
        "Email address": "rita@test.example",
        "Role today": "Clinic staff",
        "Door": "Staff pages",
        "What was shown": "order page",
        "Patient": "PAT-W77",
        "Order": order.reference,
        "From address": "192.0.2.7",
        "By key": "",
        "Request": "",
    }
    (by_key,) = (one for one in told if one["By key"])
    assert (by_key["Door"], by_key["Who"]) == ("API v1", by_key["By key"])
    assert "Somebody Else" not in {one["Who"] for one in told}
    assert {one["What was shown"] for one in told} == {"order page", "something", *AUDITS} - {
        "changes"
    }


def test_a_report_has_every_row_whatever_is_read_at_once(auditor: Client) -> None:
    order = builders.order()
    reader = reader_of(order)
    for number in range(20):
        shown_to(reader, order, what=f"page {number}")

    with patch.object(report, "READ_AT_ONCE", 3):
        _, *rows = lines(auditor.get(f"{REPORT}?patient={order.patient_id}"))

    assert [row[6] for row in rows[1:]] == [f"page {number}" for number in range(19, -1, -1)]


def test_a_report_that_is_cut_short_says_so(auditor: Client) -> None:
    order = builders.order()
    for _ in range(5):
        shown_to(reader_of(order), order)

    with patch.object(report, "MOST_ROWS", 3):
        _, *rows = lines(auditor.get(f"{REPORT}?patient={order.patient_id}"))

    assert len(rows) == 4
    assert rows[-1] == [report.CUT_SHORT]


def test_a_report_of_a_time_has_only_its_rows(auditor: Client) -> None:
    order = builders.order()
    shown_to(reader_of(order), order)
    tomorrow = timezone.localdate() + timedelta(days=1)

    _, *rows = lines(auditor.get(f"{REPORT}?patient={order.patient_id}&since={tomorrow}"))

    assert rows == []


def test_no_cell_of_a_report_is_a_formula(auditor: Client) -> None:
    order = named("Test Whitlock", reference="=PAT()")
    shown_to(reader_of(order, full_name='=HYPERLINK("x")'), order)

    _, *rows = lines(auditor.get(f"{REPORT}?patient={order.patient_id}"))

    assert ['\'=HYPERLINK("x")', "'=PAT()"] in [[row[2], row[7]] for row in rows]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_there_is_no_report_of_everybody(auditor: Client) -> None:
    assert auditor.get(REPORT).status_code == 404
    assert "Export access report" not in auditor.get(SAW).content.decode()
