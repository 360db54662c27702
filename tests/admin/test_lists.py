"""Lists that grow without end: newest first, without OFFSET or COUNT, and searched in secret."""

import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foundation.admin.keyset_list import KeysetAdmin
from foundation.models import AccessEntry
from orders.models import Order
from orders.statuses import Status
from organisations.models import Organisation
from organisations.roles import Role
from patients.wanted import PersonName
from tests import builders
from tests.admin.conftest import SignIn

ORDERS = "/admin/orders/order/"
PATIENTS = "/admin/patients/patient/"
STUDIES = "/admin/studies/study/"
LISTS = (ORDERS, PATIENTS, STUDIES)
DELIVERIES = "/admin/webhooks/delivery/"  # more of it in test_webhooks


@pytest.fixture(scope="module")
def _small_pages() -> Iterator[None]:
    before, KeysetAdmin.list_per_page = KeysetAdmin.list_per_page, 3
    yield
    KeysetAdmin.list_per_page = before


@pytest.fixture
def chosen(db: None) -> Organisation:
    return builders.organisation()


def named(chosen: Organisation, name: str, **members: object) -> Order:
    patient = builders.patient_wanted(name=PersonName.split(name), **members)
    return builders.order(chosen=chosen, recipient=patient)


def shown(client: Client, address: str) -> list[int]:
    return [row.pk for row in client.get(address).context["cl"].result_list]


def searched(client: Client, address: str, text: str) -> list[int]:
    answer = client.post(address, {"search": text})
    return shown(client, answer["Location"])


def link(client: Client, address: str, rel: str) -> str:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', client.get(address).content.decode())
    assert found, f"no {rel} link"
    return address.partition("?")[0] + found[1].replace("&amp;", "&")


@pytest.mark.usefixtures("_small_pages")
@pytest.mark.parametrize("address", LISTS)
def test_pages_go_from_the_newest_to_the_oldest_and_back(
    address: str, operator: Client, chosen: Organisation
) -> None:
    for _ in range(7):
        builders.order(chosen=chosen)
    first = shown(operator, address)

    older = link(operator, address, "next")
    newer = link(operator, older, "prev")

    second = shown(operator, older)
    assert len(first) == len(second) == 3
    assert sorted([*first, *second], reverse=True) == [*first, *second]
    assert shown(operator, newer) == first


@pytest.mark.parametrize("address", [*LISTS, DELIVERIES])
def test_a_list_counts_nothing_and_skips_nothing(
    address: str, administrator: Client, chosen: Organisation
) -> None:
    builders.order(chosen=chosen)

    with CaptureQueriesContext(connection) as queries:
        administrator.get(f"{address}?o=1.2&p=3&all=&_facets=True")

    statements = " ".join(query["sql"] for query in queries)
    assert "OFFSET" not in statements
    assert "COUNT(" not in statements


@pytest.mark.parametrize(("address", "queries"), [(ORDERS, 9), (PATIENTS, 9), (STUDIES, 9)])
def test_many_rows_take_no_more_queries_than_one(
    address: str,
    queries: int,
    operator: Client,
    chosen: Organisation,
    django_assert_max_num_queries: object,
) -> None:
    for _ in range(12):
        builders.order(chosen=chosen)

    with django_assert_max_num_queries(queries):  # type: ignore[operator]
        operator.get(address)


@pytest.mark.parametrize("address", [*LISTS, DELIVERIES])
def test_what_is_searched_for_does_not_stand_in_the_address(
    address: str, administrator: Client, chosen: Organisation
) -> None:
    narrowed = f"account__id__exact={chosen.account_id}"

    answer = administrator.post(f"{address}?{narrowed}", {"search": "Whitl"})

    assert "whitl" not in answer["Location"].lower()
    assert narrowed in answer["Location"]


@pytest.mark.parametrize(
    "text", ["whit", "Whitlock", "test whitlock", "PAT-W", "WHITLOCK TEST", "ŵhit"]
)
@pytest.mark.parametrize("address", [ORDERS, PATIENTS])
def test_a_patient_is_found_by_name_and_by_reference(
    address: str, text: str, operator: Client, chosen: Organisation
) -> None:
    order = named(chosen, "Test Whitlock", reference="PAT-W77")
    named(chosen, "Test Other")

    assert searched(operator, address, text) == [
        order.pk if address == ORDERS else order.patient_id
    ]


@pytest.mark.parametrize("text", ["OUR-77", "OUR-7", " OUR-77 "])
def test_an_order_is_found_by_its_reference(
    text: str, operator: Client, chosen: Organisation
) -> None:
    order = builders.order(chosen=chosen, reference="OUR-77")
    builders.order(chosen=chosen, reference="OTHER-1")

    assert searched(operator, ORDERS, text) == [order.pk]


def test_our_own_references_are_found_in_small_letters_too(
    operator: Client, chosen: Organisation
) -> None:
    order = builders.order(chosen=chosen)
    builders.order(chosen=chosen)

    assert searched(operator, ORDERS, order.reference.lower()) == [order.pk]


@pytest.mark.parametrize("address", [ORDERS, PATIENTS])
@pytest.mark.parametrize("text", ["\u0301", "´", "%", "_", "'", "\\", "\U0001f600", "<script>"])
def test_odd_text_finds_nobody(
    text: str, address: str, operator: Client, chosen: Organisation
) -> None:
    named(chosen, "Test Whitlock")

    assert searched(operator, address, text) == []


@pytest.mark.parametrize("text", ["Smith\x00", "x" * 201, "\x1b[31m"])
def test_text_that_cannot_be_searched_for_is_refused_in_words(
    text: str, operator: Client, chosen: Organisation
) -> None:
    answer = operator.post(PATIENTS, {"search": text}, follow=True)

    assert answer.status_code == 200
    assert "cannot be searched for" in answer.content.decode()


def test_a_search_is_nobody_elses(operator: Client, sign_in: SignIn, chosen: Organisation) -> None:
    named(chosen, "Test Whitlock")
    named(chosen, "Test Other")
    address = operator.post(PATIENTS, {"search": "whitlock"})["Location"]

    other = sign_in(Role.OPERATOR)

    assert other.get(address).context["cl"].query == ""


def test_who_sees_no_patients_finds_no_orders_by_their_names(
    sign_in: SignIn, chosen: Organisation
) -> None:
    named(chosen, "Test Whitlock", reference="PAT-W77")
    client = sign_in(Role.STOCK_LEAD)

    assert searched(client, ORDERS, "whitlock") == []
    assert searched(client, ORDERS, "PAT-W77") == []


@pytest.mark.parametrize(
    ("status", "found"),
    [
        (Status.ON_HOLD.value, {Status.ON_HOLD}),
        ("paused", {Status.ON_HOLD, Status.RECONFIRM_ADDRESS}),
        ("nonsense", {Status.ON_HOLD, Status.RECONFIRM_ADDRESS, Status.ORDER_PLACED}),
    ],
)
def test_orders_are_filtered_by_status(
    status: str, found: set[Status], operator: Client, chosen: Organisation
) -> None:
    for here in (Status.ORDER_PLACED, Status.ON_HOLD, Status.RECONFIRM_ADDRESS):
        builders.order(here, chosen=chosen)

    rows = operator.get(f"{ORDERS}?status={status}").context["cl"].result_list

    assert {row.status for row in rows} == found


@pytest.mark.parametrize("address", LISTS)
def test_each_patient_on_a_list_leaves_a_row_in_the_access_log(
    address: str, operator: Client, chosen: Organisation
) -> None:
    patients = {builders.order(chosen=chosen).patient_id for _ in range(3)}

    operator.get(address)

    assert set(AccessEntry.objects.values_list("patient_id", flat=True)) == patients
    assert set(AccessEntry.objects.values_list("door", flat=True)) == {"admin"}


def test_hostile_names_are_shown_as_text(operator: Client, chosen: Organisation) -> None:
    named(chosen, "<script>alert(1)</script> \u202eevil")

    for address in (ORDERS, PATIENTS):
        assert "<script>alert(1)" not in operator.get(address).content.decode()


def test_an_empty_list_says_so(operator: Client) -> None:
    assert "No results found" in operator.get(ORDERS).content.decode()
