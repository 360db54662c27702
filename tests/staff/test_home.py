"""The first page: what waits for the reader, how much was ordered, and how often with a phone."""

import re

import pytest
import time_machine

from orders.models import Order
from orders.statuses import Status
from organisations.models import Account, Organisation
from organisations.roles import Role
from portal import home
from tests import builders
from tests.staff.desk import Desk, desk, desk_of_one, queries_of, text_of
from tests.staff.test_order_list import references, site_order


def queues(somebody: Desk) -> dict[str, tuple[str, str]]:
    """By the title of a queue: how many are in it, and where they are listed."""
    html = somebody.get("/").content.decode()
    found = re.findall(
        r'<a href="([^"]*)"><strong class="count">([^<]*)</strong> ([^<]*)</a>', html
    )
    return {title: (count, url.replace("&amp;", "&")) for url, count, title in found}


def counts(somebody: Desk) -> dict[str, str]:
    return {title: count for title, (count, _) in queues(somebody).items()}


WAITING = {
    Status.RECONFIRM_ADDRESS: "Address to confirm",
    Status.ON_HOLD: "On hold, or information needed",
    Status.PENDING_ADDITIONAL_INFORMATION: "On hold, or information needed",
    Status.UNSUCCESSFUL_DELIVERY: "Delivery failed",
}


@pytest.mark.parametrize("status", WAITING)
def test_orders_that_wait_for_the_clinic_are_counted_and_lead_to_the_list(
    status: Status, clinic: Organisation, staff: Desk
):
    waiting = [builders.order(status, chosen=clinic).reference for _ in range(2)]
    builders.order(chosen=clinic)

    count, url = queues(staff)[WAITING[status]]

    assert count == "2"
    assert references(staff, url) == waiting[::-1]


@pytest.mark.parametrize("status", sorted(set(builders.PATHS) - set(WAITING)))
def test_nothing_else_waits_for_the_clinic(status: Status, clinic: Organisation, staff: Desk):
    builders.order(status, chosen=clinic)

    assert set(counts(staff)) == {"Orders of this week"}
    assert "Nothing needs you now" in text_of(staff.get("/"))


def test_held_orders_of_both_kinds_are_one_queue(clinic: Organisation, staff: Desk):
    held = [
        builders.order(status, chosen=clinic).reference
        for status in (Status.ON_HOLD, Status.PENDING_ADDITIONAL_INFORMATION)
    ]

    count, url = queues(staff)["On hold, or information needed"]

    assert (count, references(staff, url)) == ("2", held[::-1])


def test_one_s_own_drafts_are_counted(clinic: Organisation, staff: Desk):
    staff.open_draft()  # nothing was answered yet
    for name in ("One", "Two"):
        staff.post(staff.open_draft() + "patient/new/", {"full_name": name, "later": "yes"})

    assert queues(staff)["Not finished yet"] == ("2", "/orders/#drafts")
    assert 'id="drafts"' in staff.get("/orders/").content.decode()
    assert "Not finished yet" not in counts(desk(clinic))


def test_where_nothing_waits_the_page_says_so(clinic: Organisation, staff: Desk):
    text = text_of(staff.get("/"))

    assert "Nothing needs you now" in text
    assert "What needs you now" not in text
    assert 'href="/orders/new/"' in staff.get("/").content.decode()


def test_what_a_reader_may_not_do_is_not_offered(clinic: Organisation):
    for status in WAITING:
        builders.order(status, chosen=clinic)
    clinician = desk(clinic, Role.CLINICIAN)

    assert counts(clinician) == {"Orders of this week": "4"}
    assert "Nothing needs you now" in text_of(clinician.get("/"))
    assert "/orders/new/" not in clinician.get("/").content.decode()


def test_only_orders_that_one_sees_are_counted(clinic: Organisation):
    builders.order(Status.ON_HOLD, chosen=clinic)
    builders.order(Status.ON_HOLD, chosen=builders.organisation(clinic.account))
    builders.order(Status.ON_HOLD)

    held = "On hold, or information needed"
    assert counts(desk_of_one(clinic)) == {held: "1", "Orders of this week": "1"}
    assert counts(desk(clinic)) == {held: "2", "Orders of this week": "2"}


def test_more_than_99_are_not_counted(
    clinic: Organisation, staff: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(home, "COUNTED_AT_MOST", 3)
    for _ in range(3):
        builders.order(Status.ON_HOLD, chosen=clinic)
    assert counts(staff)["On hold, or information needed"] == "3"

    builders.order(Status.RECONFIRM_ADDRESS, chosen=clinic)

    assert counts(staff)["Orders of this week"] == "3+"


def test_the_week_begins_on_monday_where_the_account_is(clinic: Organisation):
    Account.objects.filter(pk=clinic.account_id).update(time_zone="Asia/Tokyo")
    moments = ("2026-07-12T14:59:59Z", "2026-07-12T15:00:00Z", "2026-07-13T08:00:00Z")
    with time_machine.travel("2026-07-15T03:00:00Z", tick=False):
        reader = desk(clinic)
        orders = [builders.order(chosen=clinic) for _ in moments]
        for order, moment in zip(orders, moments, strict=True):
            Order.objects.filter(pk=order.pk).update(placed_at=moment)

        count, url = queues(reader)["Orders of this week"]

        assert (count, url) == ("2", "/orders/?placed_from=2026-07-13")
        assert references(reader, url) == [order.reference for order in orders[:0:-1]]


def test_the_share_of_phones_is_told_with_its_numbers_and_the_limit(clinic: Organisation):
    Account.objects.filter(pk=clinic.account_id).update(
        phone_share_limit=25, phone_share_minimum=12
    )
    reader = desk(clinic)
    for needed in (True, False, False):
        builders.order(chosen=clinic, study={"phone_needed": needed})

    text = text_of(reader.get("/"))

    assert "33.3 % of test orders ask for a smartphone" in text
    assert "1 of 3 in the last 30 days." in text
    assert "limit is 25 %" in text
    assert "once it has placed 12" in text


def test_only_study_orders_of_the_last_30_days_count_for_the_share(
    clinic: Organisation, staff: Desk
):
    builders.order(chosen=clinic, study={"phone_needed": True})
    old = builders.order(chosen=clinic)
    Order.objects.filter(pk=old.pk).update(placed_at="2020-01-01T00:00:00Z")
    site_order(clinic.account)
    builders.order(study={"phone_needed": False})

    assert "1 of 1 in the last 30 days." in text_of(staff.get("/"))


def test_without_study_orders_there_is_no_share(clinic: Organisation, staff: Desk):
    text = text_of(staff.get("/"))

    assert "No test orders in the last 30 days." in text
    assert "limit is 30 %" in text


def test_home_is_marked_in_the_menu(staff: Desk):
    html = staff.get("/").content.decode()

    assert re.search(r'<a href="/"[^>]* aria-current="page">Home</a>', html)


def test_home_takes_the_same_number_of_queries_however_much_waits(
    clinic: Organisation, staff: Desk
):
    builders.order(chosen=clinic)
    before = queries_of(staff, "/")
    for status in WAITING:
        for _ in range(3):
            builders.order(status, chosen=clinic)

    assert queries_of(staff, "/") == before <= 16
