"""The list of orders: what it shows, page by page, and to whom."""

import re
from uuid import uuid4

import pytest
import time_machine

from foundation.models import AccessEntry
from orders.commands import place_order
from orders.models import Order
from orders.statuses import Status
from orders.wanted import KnownSite, LineWanted, OrderWanted
from organisations.models import Account, Organisation
from organisations.roles import Role
from tests import builders
from tests.staff.desk import Desk, desk, desk_of_one, page_of, queries_of, text_of


def references(desk: Desk, address: str = "/orders/") -> list[str]:
    html = desk.get(address).content.decode()
    return re.findall(r'class="reference"[^>]*>([^<]+)</a>', html)


def way(desk: Desk, rel: str, address: str = "/orders/") -> str:
    html = desk.get(address).content.decode()
    found = re.search(rf'href="([^"]*)" rel="{rel}"', html)
    return found[1] if found else ""


@pytest.fixture
def many(clinic: Organisation) -> list[str]:
    """The references of 60 orders, newest first."""
    actor = builders.staff(owner=clinic.account)
    for number in range(60):
        builders.order(chosen=clinic, actor=actor, reference=f"ORD-{number:02}")
    return [f"ORD-{number:02}" for number in reversed(range(60))]


def test_an_order_is_shown_with_its_patient_status_and_author(clinic: Organisation, staff: Desk):
    order = builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)

    text = text_of(staff.get("/orders/"))

    for said in (
        order.reference,
        "Test Person",
        clinic.name,
        "Ready to pack",
        "by Test Clinic staff",
    ):
        assert said in text


def test_the_newest_come_first_in_pages_of_25(many: list[str], staff: Desk):
    first = references(staff)
    second_url = way(staff, "next")
    second = references(staff, second_url)
    third = references(staff, way(staff, "next", second_url))

    assert first + second + third == many
    assert [len(page) for page in (first, second, third)] == [25, 25, 10]


def test_the_way_back_leads_to_the_same_page(many: list[str], staff: Desk):
    second_url = way(staff, "next")
    third_url = way(staff, "next", second_url)

    back = way(staff, "prev", third_url)

    assert references(staff, back) == references(staff, second_url)
    assert way(staff, "prev") == ""
    assert way(staff, "next", third_url) == ""


def test_ids_in_addresses_are_public_ones(many: list[str], staff: Desk):
    assert re.fullmatch(r"/orders/\?before=[0-9a-f-]{36}", way(staff, "next"))


@pytest.mark.parametrize("address", ["?before=1", "?before=", "?after=%00", "?before=%ff&after='"])
def test_a_place_nobody_named_is_the_first_page(address, many: list[str], staff: Desk):
    assert references(staff, f"/orders/{address}") == many[:25]


def test_a_place_in_another_account_is_the_first_page(many: list[str], staff: Desk):
    foreign = builders.order()

    for place in (foreign.public_id, uuid4()):
        assert references(staff, f"/orders/?before={place}") == many[:25]


def test_a_page_takes_the_same_number_of_queries_however_full_it_is(
    clinic: Organisation, staff: Desk
):
    builders.order(chosen=clinic)
    for number in range(2):
        staff.post(staff.open_draft() + "patient/new/", {"full_name": f"{number}", "later": "yes"})
    before = queries_of(staff, "/orders/")

    for _ in range(12):
        builders.order(chosen=clinic)

    assert queries_of(staff, "/orders/") == before <= 14


def test_everybody_shown_is_in_the_access_log(clinic: Organisation, staff: Desk):
    orders = [builders.order(chosen=clinic) for _ in range(3)]

    staff.get("/orders/")

    entries = AccessEntry.objects.filter(what="order list", user_id=staff.user.pk)
    assert {entry.order_id for entry in entries} == {order.pk for order in orders}
    assert {entry.patient_id for entry in entries} == {order.patient_id for order in orders}


def test_without_orders_the_list_says_what_to_do(staff: Desk, clinic: Organisation):
    assert "No orders yet" in text_of(staff.get("/orders/"))
    assert 'href="/orders/new/"' in staff.get("/orders/").content.decode()

    clinician = desk(clinic, Role.CLINICIAN).get("/orders/")
    assert "No orders yet" in text_of(clinician)
    assert 'href="/orders/new/"' not in clinician.content.decode()


def test_an_organisation_s_people_see_its_orders_only(clinic: Organisation):
    mine = builders.order(chosen=clinic)
    builders.order(chosen=builders.organisation(clinic.account))
    builders.order()

    assert references(desk_of_one(clinic)) == [mine.reference]


def test_an_order_for_a_site_is_listed_by_the_site(clinic: Organisation, staff: Desk):
    supplies = site_order(clinic.account)

    assert "Test Site" in text_of(staff.get("/orders/"))
    assert staff.get(page_of(supplies)).status_code == 200


def test_times_are_those_of_the_account(clinic: Organisation):
    Account.objects.filter(pk=clinic.account_id).update(time_zone="Asia/Tokyo")
    with time_machine.travel("2026-07-01T20:30:00Z", tick=False):
        order = builders.order(chosen=clinic)
        Order.objects.filter(pk=order.pk).update(placed_at="2026-07-01T20:30:00Z")
        html = desk(clinic).get("/orders/").content.decode()

    assert '<time datetime="2026-07-01T20:30:00Z">2 July 2026, 5:30am</time>' in html


def site_order(account: Account) -> Order:
    site, item = builders.site(account), builders.catalogue_item(account)
    wanted = OrderWanted(
        recipient=KnownSite(site.pk), contents=(LineWanted(item_id=item.pk, count=2),)
    )
    return place_order(wanted, actor=builders.staff(owner=account))
