"""Finding an order by what somebody remembers of it; what is typed stays out of the address."""

import re
from dataclasses import replace

import pytest
from django.http import HttpResponse

from foundation.addresses import Address
from foundation.kept_search import KEPT_AT_MOST
from orders import finding
from orders.models import Order
from orders.statuses import Status
from organisations.models import Organisation
from patients.wanted import KnownPatient, PersonName
from tests import builders
from tests.staff.desk import Desk, desk, desk_of_one, text_of
from tests.staff.test_order_list import references, way


def named(
    chosen: Organisation,
    name: str,
    *,
    order: str | None = None,
    reference: str | None = None,
    address: Address = builders.ADDRESS,
) -> Order:
    patient = builders.patient_wanted(name=PersonName.split(name), reference=reference)
    return builders.order(chosen=chosen, recipient=patient, address=address, reference=order)


def searched(somebody: Desk, text: str, address: str = "/orders/") -> HttpResponse:
    answer = somebody.post(address, {"search": text})
    assert answer.status_code == 302
    return somebody.get(answer["Location"])


def found(somebody: Desk, text: str, address: str = "/orders/") -> list[str]:
    answer = somebody.post(address, {"search": text})
    return references(somebody, answer["Location"])


def living_at(postcode: str) -> Address:
    return replace(builders.ADDRESS, postcode=postcode)


@pytest.fixture
def whitlock(clinic: Organisation) -> Order:
    """Among orders of other people."""
    order = named(
        clinic,
        "Thérèse Ann Whitlock",
        reference="PAT-W77",
        address=living_at("LS1 4DY"),
        order="ORD-W9",
    )
    for _ in range(3):
        builders.order(chosen=clinic)
    return order


@pytest.mark.parametrize(
    "text",
    [
        "ORD-W9",
        "ORD-W",
        "ord-w9",
        "  ORD-W9  ",
        "Whitlock",
        "whit",
        "WHIT THER",
        "therese whitlock",
        "Thérèse",
        "PAT-W77",
        "pat-w7",
        "LS1 4DY",
        "ls14dy",
        "LS1",
        "ls1-4",
    ],
)
def test_an_order_is_found_by_what_is_remembered_of_it(text: str, whitlock: Order, staff: Desk):
    assert found(staff, text) == [whitlock.reference]


@pytest.mark.parametrize("text", ["hitlock", "W9", "4DY", "Whitlock Smith", "%", "_", "ORD_W9", "́"])
def test_what_nothing_begins_with_finds_nothing(text: str, whitlock: Order, staff: Desk):
    answer = searched(staff, text)

    assert "No orders match" in text_of(answer)
    assert "Clear filters" in text_of(answer)


def test_our_own_reference_is_found_as_it_is_read_out(clinic: Organisation, staff: Desk):
    order = builders.order(chosen=clinic)
    builders.order(chosen=clinic)

    assert found(staff, order.reference) == [order.reference]
    assert found(staff, order.reference.lower()) == [order.reference]


def test_what_is_searched_for_does_not_stand_in_any_address(whitlock: Order, staff: Desk):
    answer = staff.post("/orders/?status=order_placed", {"search": "Whitlock"})

    assert re.fullmatch(r"/orders/\?status=order_placed&search=[0-9A-Z]{10}", answer["Location"])
    html = staff.get(answer["Location"]).content.decode()
    assert not re.search(r'(href|action)="[^"]*whitlock', html, re.IGNORECASE)
    assert 'value="Whitlock"' in html


def test_a_search_is_nobody_else_s(whitlock: Order, clinic: Organisation, staff: Desk):
    link = staff.post("/orders/", {"search": "Whitlock"})["Location"]

    answer = desk(clinic).get(link)

    assert "The search in this address is not yours" in text_of(answer)
    assert "Whitlock" not in text_of(answer).partition("Reference Patient")[0]
    assert "No orders match" not in text_of(answer)


def test_the_last_searches_can_be_returned_to(whitlock: Order, staff: Desk):
    first = staff.post("/orders/", {"search": "Whitlock"})["Location"]
    second = staff.post("/orders/", {"search": "Test"})["Location"]

    assert references(staff, first) == [whitlock.reference]
    assert len(references(staff, second)) == 3
    for _ in range(KEPT_AT_MOST):
        staff.post("/orders/", {"search": "Test"})
    assert "too old" in text_of(staff.get(first))


def test_nothing_typed_shows_everything(whitlock: Order, staff: Desk):
    assert staff.post("/orders/?status=order_placed", {"search": " "})["Location"] == (
        "/orders/?status=order_placed"
    )


@pytest.mark.parametrize("text", ["a\x00b", "a" * 201])
def test_what_cannot_be_searched_for_is_refused_in_words(text: str, staff: Desk):
    answer = staff.client.post("/orders/", {"search": text}, follow=True)

    assert "That cannot be searched for" in text_of(answer)


def test_a_search_and_filters_are_kept_over_pages_and_each_can_be_taken_off(
    clinic: Organisation, staff: Desk
):
    actor = builders.staff(owner=clinic.account)
    wanted = [
        builders.order(chosen=clinic, actor=actor, reference=f"SAME-{number:02}").reference
        for number in range(60)
    ]
    builders.order(chosen=clinic, reference="OTHER-1")
    first = staff.post("/orders/?status=order_placed", {"search": "SAME-"})["Location"]

    second = way(staff, "next", first).replace("&amp;", "&")
    third = way(staff, "next", second).replace("&amp;", "&")
    back = way(staff, "prev", third).replace("&amp;", "&")

    pages = [references(staff, page) for page in (first, second, third)]
    assert [one for page in pages for one in page] == wanted[::-1]
    assert references(staff, back) == pages[1]
    text = text_of(staff.get(third))
    assert "Found by SAME- Remove the search" in text
    assert "Status: Placed Remove the filter status" in text


def test_a_page_of_a_search_counts_and_skips_nothing(
    whitlock: Order, staff: Desk, django_assert_max_num_queries
):
    link = staff.post("/orders/", {"search": "Whit"})["Location"]
    staff.get(link)

    with django_assert_max_num_queries(20) as queries:
        staff.get(link)

    statements = " ".join(query["sql"] for query in queries.captured_queries)
    assert "OFFSET" not in statements
    assert "COUNT(" not in statements


def test_orders_of_others_are_not_found(whitlock: Order, clinic: Organisation):
    elsewhere = named(
        builders.organisation(), "Test Whitlock", order="ORD-W9", address=living_at("LS1 4DY")
    )
    neighbour = builders.organisation(clinic.account)
    next_door = named(neighbour, "Nora Whitlock", order="ORD-W8", address=living_at("LS1 4DZ"))

    for text in ("Whitlock", "ORD-W", "LS1"):
        assert found(desk_of_one(clinic), text) == [whitlock.reference]
        assert found(desk_of_one(neighbour), text) == [next_door.reference]
        assert len(found(desk(clinic), text)) == 2
        assert found(desk(elsewhere.organisation), text) == [elsewhere.reference]


def test_all_orders_of_a_patient_are_found_newest_first(clinic: Organisation, staff: Desk):
    first = named(clinic, "Test Whitlock", reference="PAT-1")
    again = builders.order(chosen=clinic, recipient=KnownPatient(first.patient_id))

    assert found(staff, "Whitlock") == [again.reference, first.reference]


def test_where_too_many_begin_alike_the_page_says_so(
    clinic: Organisation, staff: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(finding, "LOOKED_THROUGH", 3)
    monkeypatch.setattr(finding, "FEW", 3)
    for number in range(5):
        builders.order(chosen=clinic, reference=f"MANY-{number}")
    held = builders.order(Status.ON_HOLD, chosen=clinic, reference="MANY")

    answer = searched(staff, "MANY")

    assert "only some were looked through" in text_of(answer)
    assert found(staff, "MANY") == ["MANY-4", "MANY-3", "MANY-2"]
    of_few = searched(staff, "MANY", "/orders/?status=on_hold")
    assert held.reference in text_of(of_few)
    assert "only some were looked through" not in text_of(of_few)
    assert "only some were looked through" not in text_of(searched(staff, "MANY-1"))


def test_an_order_is_found_by_the_number_its_client_gave_it(clinic: Organisation, staff: Desk):
    order = builders.order(chosen=clinic, external_ids=("PO-2026-77", "Case 9"))
    builders.order(chosen=clinic)
    elsewhere = builders.order(external_ids=("PO-2026-77",))

    for text in ("PO-2026-77", "po-2026-77", "Case 9", " Case  9 "):
        assert found(staff, text) == [order.reference], text
    assert found(staff, "PO-2026") == []
    assert elsewhere.reference not in found(staff, "PO-2026-77")
