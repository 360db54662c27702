"""The auditor's search: who saw, and who changed what; by patient, person, order and time."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.access import record_shown
from foundation.actors import Door
from foundation.models import AccessEntry
from orders import fulfilment
from orders.commands import add_note, cancel_order
from orders.models import Order
from orders.statuses import Status
from organisations.actors import actor_for_user
from organisations.models import User
from organisations.roles import OPERATOR_ROLES, Role
from patients.models import Patient
from patients.wanted import PersonName
from portal.audit import changes, report
from portal.audit.subjects import HOMEWARD, Search, person_of
from portal.audit.trails import trails
from tests import builders

pytestmark = pytest.mark.django_db

SAW = "/admin/foundation/accessentry/"
CHANGED = f"{SAW}changes/"
REPORT = f"{SAW}report/"
AUDITS = {"access log", "audit search", "changes", "access report as CSV"}


@pytest.fixture
def auditor() -> Client:
    client = Client()
    client.force_login(builders.user(Role.AUDITOR))
    return client


def named(name: str, **members: Any) -> Order:
    recipient = builders.patient_wanted(name=PersonName.split(name), **members)
    return builders.order(recipient=recipient)


def shown_to(reader: Any, order: Order, what: str = "order page") -> None:
    record_shown([(order.account_id, order.patient_id or 0, order.pk)], what=what, actor=reader)


def reader_of(order: Order, **columns: Any) -> Any:
    user = builders.user(Role.CLINIC_STAFF, owner=order.account)
    User.objects.filter(pk=user.pk).update(**columns)
    return actor_for_user(User.objects.get(pk=user.pk), door=Door.STAFF, ip_address="192.0.2.7")


def search(client: Client, page: str, **typed: str) -> HttpResponse:
    """What somebody sees who fills in the form."""
    return client.post(page, typed, follow=True)


def seen(answer: HttpResponse) -> list[tuple[str, str]]:
    """Who saw what, without the auditors' own looking."""
    rows = [row.entry for row in answer.context["rows"]]
    return [(row.actor, row.what) for row in rows if row.what not in AUDITS]


def versions(answer: HttpResponse) -> list[Any]:
    return [row["told"].version for row in answer.context["rows"]]


# Who saw


@pytest.mark.parametrize("typed", ["PAT-W77", "Whitlock", "test whit", "ŵhitlock"])
def test_an_auditor_finds_who_saw_a_patient(auditor: Client, typed: str) -> None:
    order, other = named("Test Whitlock", reference="PAT-W77"), named("Test Other")
    shown_to(reader_of(order, full_name="Rita Reader"), order)
    shown_to(reader_of(other), other)

    answer = search(auditor, SAW, patient=typed)

    assert seen(answer) == [("Rita Reader", "order page")]


@pytest.mark.parametrize("typed", ["rita@test.example", "RITA@test.example", "Rita", "reader"])
def test_an_auditor_finds_whom_a_person_saw(auditor: Client, typed: str) -> None:
    order, other = builders.order(), builders.order()
    shown_to(reader_of(order, full_name="Rita Reader", email="rita@test.example"), order)
    shown_to(reader_of(other, full_name="Somebody Else"), other)

    answer = search(auditor, SAW, person=typed)

    assert seen(answer) == [("Rita Reader", "order page")]


def test_an_auditor_finds_whom_a_program_was_shown_and_by_which_key(auditor: Client) -> None:
    order, other = builders.order(), builders.order()
    program = builders.integrator(order.account)
    shown_to(program, order)
    shown_to(reader_of(other), other)

    answer = search(auditor, SAW, person=program.label)

    assert seen(answer) == [(program.label, "order page")]
    assert f"Key <bdi>{program.label}</bdi>" in answer.content.decode()


def test_an_auditor_finds_who_saw_an_order(auditor: Client) -> None:
    order, other = builders.order(), builders.order()
    for one in (order, other):
        shown_to(reader_of(one, full_name=f"Reader of {one.reference}"), one)

    answer = search(auditor, SAW, order=order.reference.lower())

    assert seen(answer) == [(f"Reader of {order.reference}", "order page")]


def test_what_is_searched_for_together_must_all_be_so(auditor: Client) -> None:
    order = named("Test Whitlock")
    shown_to(reader_of(order, full_name="Rita Reader"), order)
    shown_to(reader_of(order, full_name="Somebody Else"), order)

    answer = search(auditor, SAW, patient="Whitlock", person="Rita", order=order.reference)

    assert seen(answer) == [("Rita Reader", "order page")]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [(0, 0, 1), (0, None, 1), (None, 0, 1), (1, None, 0), (None, -1, 0), (-2, -1, 0)],
)
@pytest.mark.parametrize("with_patient", [True, False])
def test_a_time_can_be_searched_for(
    auditor: Client, since: int | None, until: int | None, found: int, with_patient: bool
) -> None:
    order = builders.order()
    shown_to(reader_of(order), order)
    query = f"?patient={order.patient_id}&" if with_patient else "?"
    query += "&".join(
        f"{name}={timezone.localdate() + timedelta(days=days)}"
        for name, days in (("since", since), ("until", until))
        if days is not None
    )

    assert len(seen(auditor.get(SAW + query))) == found


def test_a_row_says_who_what_when_from_where_and_in_which_request(auditor: Client) -> None:
    order = named("Test Whitlock", reference="PAT-W77")
    reader = reader_of(order, full_name="Rita Reader", email="rita@test.example")
    shown_to(reader, order)

    text = auditor.get(SAW).content.decode()

    for told in (
        "Rita Reader",
        "rita@test.example",
        "order page",
        "Staff pages",
        "Test Whitlock",
        "PAT-W77",
        order.reference,
        "192.0.2.7",
        f'href="/admin/patients/patient/{order.patient_id}/change/"',
        f'href="/admin/orders/order/{order.pk}/change/"',
    ):
        assert told in text, told


@pytest.mark.parametrize("page", [SAW, CHANGED])
def test_what_is_typed_is_in_no_address(auditor: Client, page: str) -> None:
    order = named("Test Whitlock", reference="PAT-W77")

    answer = auditor.post(page, {"patient": "Whitlock", "order": order.reference})

    assert answer["Location"] == f"{page}?patient={order.patient_id}&order={order.pk}"


def test_of_several_who_are_meant_one_is_chosen_and_all_that_were_shown_are_on_record(
    auditor: Client,
) -> None:
    orders = [named("Test Whitlock"), named("Anna Whitlock")]

    answer = auditor.post(SAW, {"patient": "Whitlock", "since": "2020-01-01"})

    links = re.findall(r'href="\?([^"]+)"><bdi>[^<]*Whitlock', answer.content.decode())
    patients = {order.patient_id for order in orders}
    assert {link.replace("&amp;", "&") for link in links} == {
        f"patient={number}&since=2020-01-01" for number in patients
    }
    entries = AccessEntry.objects.filter(what="audit search")
    assert {entry.patient_id for entry in entries} == patients


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"patient": "Nobody"}, "No patient is found"),
        ({"person": "Nobody"}, "Nobody is found"),
        ({"order": "HW-NOTHING"}, "No order is found"),
        ({"since": "31 February"}, "From must be a real date"),
        ({"until": "0001-01-01"}, "To must be a real date"),
        ({"since": "2025-02-01", "until": "2025-01-01"}, "To is before From"),
        ({"patient": "x\x00"}, "hidden character"),
    ],
)
@pytest.mark.parametrize("page", [SAW, CHANGED])
def test_what_cannot_be_found_is_said(
    auditor: Client, page: str, typed: dict[str, str], words: str
) -> None:
    answer = auditor.post(page, typed)

    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "patient=77",
        "patient=x",
        "patient=" + "9" * 40,
        "person=user:77",
        "person=user:x",
        "person=x",
        "person=client:" + "9" * 40,
        "order=77",
        "since=x",
        "until=2025-13-01",
        "until=9999-12-31",
        "since=0001-01-01",
    ],
)
@pytest.mark.parametrize("page", [SAW, CHANGED, REPORT])
def test_an_address_that_names_nothing_is_not_found(auditor: Client, page: str, query: str) -> None:
    assert auditor.get(f"{page}?{query}").status_code == 404


@pytest.mark.parametrize(
    "before", ["x", "1.2", "9" * 17 + ".0.0", "-1.2.3", "1.99.5", "1.0." + "9" * 9]
)
def test_a_place_that_nobody_made_breaks_nothing(auditor: Client, before: str) -> None:
    order = builders.order()

    answer = auditor.get(f"{CHANGED}?patient={order.patient_id}&before={before}")

    assert answer.status_code == 200


def test_looking_at_the_log_of_a_patient_is_on_record_itself(auditor: Client) -> None:
    order = builders.order()
    shown_to(reader_of(order), order)

    for page in (SAW, CHANGED, REPORT):
        auditor.get(f"{page}?patient={order.patient_id}")

    looked = AccessEntry.objects.filter(patient_id=order.patient_id, door=Door.ADMIN)
    assert {entry.what for entry in looked} == AUDITS
    assert {entry.actor for entry in looked} == {"Test Auditor"}


@pytest.mark.parametrize("role", sorted(OPERATOR_ROLES))
def test_only_auditors_and_administrators_search(role: Role) -> None:
    order = builders.order()
    client = Client()
    client.force_login(builders.user(role))

    found = {client.get(f"{page}?patient={order.patient_id}").status_code for page in PAGES}

    assert found == ({200} if role in (Role.AUDITOR, Role.ADMINISTRATOR) else {403})


PAGES = (SAW, CHANGED, REPORT)


def test_the_log_is_read_page_by_page_and_back(auditor: Client) -> None:
    order = builders.order()
    reader = reader_of(order)
    for number in range(120):
        shown_to(reader, order, what=f"page {number}")
    address = f"{SAW}?person=user:{reader.user_id}"

    pages, links = [], []
    while address:
        answer = auditor.get(address)
        links.append(address)
        pages.append([what for _, what in seen(answer)])
        older = answer.context["older"]
        address = f"{SAW}?{older}" if older else ""

    assert [what for page in pages for what in page] == [f"page {n}" for n in range(119, -1, -1)]
    assert [len(page) for page in pages] == [50, 50, 20]
    newer = auditor.get(links[2]).context["newer"]
    assert [what for _, what in seen(auditor.get(f"{SAW}?{newer}"))] == pages[1]


@pytest.mark.parametrize(("page", "queries"), [(SAW, 17), (CHANGED, 30)])
def test_many_rows_take_no_more_queries_than_one(
    auditor: Client,
    page: str,
    queries: int,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    orders = [builders.order(Status.RETURN_ISSUED, notes=("Ring twice.",)) for _ in range(8)]
    reader = reader_of(orders[0])
    for order in orders:
        shown_to(reader, order)
        shown_to(builders.integrator(order.account), order)

    for query in ("", f"patient={orders[0].patient_id}", f"order={orders[0].pk}"):
        with django_assert_max_num_queries(queries):
            assert auditor.get(f"{page}?{query}").status_code == 200


# The report


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


# Who changed


def test_an_auditor_finds_all_that_was_written_about_a_patient(auditor: Client) -> None:
    order = builders.order(Status.SHIPPED, notes=("Ring twice.",))
    builders.order()
    assert order.patient
    order.patient.email = "new@test.example"
    order.patient.save()

    answer = search(auditor, CHANGED, patient=str(order.patient.reference))

    told = versions(answer)
    assert {one.of.rpartition(" ")[0] for one in told} == {
        "patient",
        "patient organisation",
        "order",
        "order line",
        "order note",
        "shipment",
        "study",
    }
    assert {row["told"].patient for row in answer.context["rows"]} == {order.patient}
    changes_ = [change for one in told if one.what == "Changed" for change in one.changes]
    assert ("E-mail", "new@test.example") in {(one.field, one.after) for one in changes_}


def test_a_version_says_when_who_door_request_and_each_field_before_and_after(
    auditor: Client,
) -> None:
    order = builders.order()
    fulfilment.hold_order(order, reason="Because.", actor=builders.operator())

    answer = search(auditor, CHANGED, order=order.reference)

    held = next(one for one in versions(answer) if one.of == f"order {order.pk}")
    assert (held.what, held.who, held.door) == ("Changed", "Test Operator", "Admin")
    assert ("Status", "Placed", "On hold") in {
        (one.field, one.before, one.after) for one in held.changes
    }
    text = answer.content.decode()
    assert f'href="/admin/orders/order/{order.pk}/history/"' in text
    assert f'href="/admin/patients/patient/{order.patient_id}/change/"' in text


def test_an_auditor_finds_what_was_written_about_an_order_and_its_study(auditor: Client) -> None:
    order = builders.order(Status.VOIDED)
    builders.order()

    told = versions(search(auditor, CHANGED, order=order.reference))

    assert order.study
    assert f"study {order.study.pk}" in {one.of for one in told}
    numbers = {one.of for one in told if one.of.startswith("order ")}
    assert f"order {order.pk}" in numbers
    assert {one.of for one in told if one.of.startswith("patient")} == set()


def test_an_auditor_finds_what_a_person_wrote_wherever_it_was(auditor: Client) -> None:
    order, other = builders.order(), builders.order()
    actor = reader_of(order, full_name="Rita Reader")
    add_note(order, "Rita was here.", actor=actor)
    cancel_order(other, reason="Not Rita.", actor=builders.operator())

    answer = search(auditor, CHANGED, person="Rita Reader")

    assert {one.who for one in versions(answer)} == {"Rita Reader"}
    assert "Rita was here." in answer.content.decode()
    assert "Not Rita." not in answer.content.decode()


def test_an_auditor_finds_what_a_program_wrote(auditor: Client) -> None:
    program = builders.integrator(builders.account())
    chosen = builders.organisation(owner=builders.Account.objects.get(pk=program.account_id))
    order = builders.order(chosen=chosen, actor=program)
    builders.order(chosen=chosen)

    answer = search(auditor, CHANGED, person=program.label, order=order.reference)

    assert {(one.who, one.door) for one in versions(answer)} == {(program.label, "API v1")}
    assert f"order {order.pk}" in {one.of for one in versions(answer)}


def test_changes_are_read_page_by_page_without_a_gap_or_a_repetition(auditor: Client) -> None:
    orders = [builders.order(Status.RETURN_ISSUED) for _ in range(3)]
    order = orders[0]
    for number in range(30):
        Patient.objects.filter(pk=order.patient_id).update(email=f"p{number}@test.example")

    told, address = [], f"{CHANGED}?patient={order.patient_id}"
    while address:
        answer = auditor.get(address)
        told += answer.context["rows"]
        older = answer.context["older"]
        address = f"{CHANGED}?{older}" if older else ""

    kept = [row["told"].kept for row in told]
    places = [(one._meta.label, one.pgh_id) for one in kept]
    assert len(places) == len(set(places)) == everything_about(order)
    times = [one.pgh_created_at for one in kept]
    assert times == sorted(times, reverse=True)


def everything_about(order: Order) -> int:
    """How many kept versions there are, counted table by table."""
    parts = (order.lines, order.notes, order.shipments)
    histories = [order.history, order.patient.history, order.study.history]  # type: ignore[union-attr]
    histories += [part.history for kind in parts for part in kind.all()]
    histories += [link.history for link in order.patient.organisations.all()]  # type: ignore[union-attr]
    return sum(history.count() for history in histories)


def test_what_is_secret_is_not_told(auditor: Client) -> None:
    order = builders.order()
    assert order.study

    text = search(auditor, CHANGED, order=order.reference).content.decode()

    assert order.study.activation_code not in text
    assert order.study.reference in text


def test_without_a_subject_nothing_is_listed(auditor: Client) -> None:
    builders.order()

    answer = auditor.get(CHANGED)

    assert answer.context["rows"] == []
    assert "Search for a patient, a person or an order" in answer.content.decode()


def test_homeward_itself_can_be_searched_for(auditor: Client) -> None:
    answer = auditor.post(CHANGED, {"person": "homeward"})

    assert answer["Location"] == f"{CHANGED}?person={HOMEWARD.who.replace(':', '%3A')}"


# What it rests on


def test_every_tracked_table_that_points_at_a_patient_order_or_study_is_searched() -> None:
    targets = {"patients.Patient": "patient", "orders.Order": "order", "studies.Study": "study"}
    for trail in trails():
        for field in trail.kept.pgh_tracked_model._meta.concrete_fields:
            if field.related_model and field.related_model._meta.label in targets:
                assert getattr(trail, targets[field.related_model._meta.label]), field


@pytest.mark.parametrize("subject", ["patient", "person", "order"])
def test_a_search_reads_the_big_tables_along_indexes(subject: str) -> None:
    order = builders.order()
    searches = {
        "patient": Search(patient=order.patient),
        "person": Search(person=person_of(User.objects.all()[0])),
        "order": Search(order=order),
    }
    with CaptureQueriesContext(connection) as asked:
        changes.changes_page(searches[subject], before=None)

    plan = explained(asked.captured_queries[0]["sql"])

    # Small tables have no other way, so reading them whole is made to look dear.
    assert "Seq Scan" not in plan, plan


def explained(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(row[0] for row in cursor.fetchall())
