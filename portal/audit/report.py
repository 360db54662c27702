"""The access report: all that the access log knows of one patient, as a table to download."""

import datetime
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from django.db import models
from django.http import HttpResponse

from foundation.csv_export import csv_answer
from foundation.models import AccessEntry
from patients.models import Patient
from portal.audit.entries import Told, told

READ_AT_ONCE = 1_000
MOST_ROWS = 100_000
CUT_SHORT = f"Only the newest {MOST_ROWS} rows are in this file. Choose a shorter time for the rest"


def access_report(entries: models.QuerySet[AccessEntry], *, patient: Patient) -> HttpResponse:
    """Newest first, each time in UTC and in the clinic's own zone.

    The file is named after the patient's number: names of files stay behind in many places.
    """
    zone = ZoneInfo(patient.account.time_zone)
    header = [
        "Time (UTC)",
        f"Time ({zone.key})",
        "Who",
        "Email address",
        "Role today",
        "Door",
        "What was shown",
        "Patient",
        "Order",
        "From address",
        "By key",
        "Request",
    ]
    return csv_answer(f"access-report-{patient.pk}.csv", header, _rows(entries, zone))


def _rows(entries: models.QuerySet[AccessEntry], zone: ZoneInfo) -> Iterator[Sequence[object]]:
    count = 0
    for batch in _batches(entries):
        for row in told(batch):
            if count == MOST_ROWS:
                yield [CUT_SHORT]
                return
            count += 1
            yield _cells(row, zone)


def _batches(entries: models.QuerySet[AccessEntry]) -> Iterator[list[AccessEntry]]:
    """So many at a time that memory stays small and each statement short."""
    batch = list(entries.order_by("-pk")[:READ_AT_ONCE])
    while batch:
        yield batch
        batch = list(entries.filter(pk__lt=batch[-1].pk).order_by("-pk")[:READ_AT_ONCE])


def _cells(row: Told, zone: ZoneInfo) -> list[object]:
    entry = row.entry
    return [
        _time(entry.shown_at, datetime.UTC),
        _time(entry.shown_at, zone),
        entry.actor,
        row.user.email if row.user else "",
        row.roles,
        entry.get_door_display(),
        entry.what,
        (row.patient and row.patient.reference) or f"number {entry.patient_id}",
        (row.order and row.order.reference) or entry.order_id,
        entry.ip_address,
        row.key,
        entry.request_id,
    ]


def _time(moment: datetime.datetime, zone: datetime.tzinfo) -> str:
    """In a form that spreadsheets take for a time."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
