"""An auditor searches who saw: by patient, person or program, order and time."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from foundation.actors import Door
from foundation.models import AccessEntry
from orders.statuses import Status
from organisations.roles import OPERATOR_ROLES, Role
from tests import builders
from tests.portal.auditing import (
    AUDITS,
    CHANGED,
    REPORT,
    SAW,
    named,
    reader_of,
    search,
    seen,
    shown_to,
)

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize(("page", "queries"), [(SAW, 17), (CHANGED, 31)])
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
