"""Narrowing the list of orders down by an address in plain words, and keeping that under a name."""

import re
from urllib.parse import quote

import pytest

from orders.finding import GROUPS, StatusGroup
from orders.models import Order, SavedFilter
from orders.saved_filters import FILTERS_AT_MOST
from orders.statuses import Status
from organisations.models import Account, Organisation
from organisations.roles import Role
from tests import builders
from tests.staff.desk import Desk, desk, desk_of_one, queries_of, text_of, title_of
from tests.staff.test_order_list import references
from tests.staff.texts import HOSTILE


def placed_on(day: str, chosen: Organisation) -> str:
    """The reference of an order that was placed at that time."""
    order = builders.order(chosen=chosen)
    Order.objects.filter(pk=order.pk).update(placed_at=day)
    return order.reference


@pytest.fixture
def of_each_status(clinic: Organisation) -> dict[Status, str]:
    return {status: builders.order(status, chosen=clinic).reference for status in builders.PATHS}


def test_each_status_is_asked_for_by_its_name(of_each_status: dict[Status, str], staff: Desk):
    for status, reference in of_each_status.items():
        assert references(staff, f"/orders/?status={status}") == [reference]


@pytest.mark.parametrize("group", StatusGroup)
def test_several_statuses_are_asked_for_together(
    group: StatusGroup, of_each_status: dict[Status, str], staff: Desk
):
    wanted = [of_each_status[status] for status in builders.PATHS if status in GROUPS[group]]

    answer = staff.get(f"/orders/?status={group}")

    assert references(staff, f"/orders/?status={group}") == wanted[::-1]
    assert f"Status: {group.label} Remove the filter status" in text_of(answer)


def test_what_needs_action_is_what_waits_for_the_clinic():
    assert GROUPS[StatusGroup.NEEDS_ACTION] == {
        Status.ON_HOLD,
        Status.PENDING_ADDITIONAL_INFORMATION,
        Status.RECONFIRM_ADDRESS,
        Status.UNSUCCESSFUL_DELIVERY,
    }


def test_tests_and_supplies_are_asked_for_by_their_kind(clinic: Organisation, staff: Desk):
    test, supplies = builders.order(chosen=clinic), builders.supplies_order(clinic.account)
    held = builders.order(Status.ON_HOLD, chosen=clinic)

    assert references(staff, "/orders/?kind=supplies") == [supplies.reference]
    assert references(staff, "/orders/?kind=test") == [held.reference, test.reference]
    assert references(staff, "/orders/?kind=test&status=on_hold") == [held.reference]
    assert references(staff, "/orders/?kind=supplies&status=on_hold") == []
    assert references(staff, f"/orders/?kind=supplies&organisation={clinic.reference}") == []
    assert "Kind: Supplies Remove the filter kind" in text_of(staff.get("/orders/?kind=supplies"))


def test_who_sees_no_supplies_is_not_asked_about_them(clinic: Organisation):
    builders.supplies_order(clinic.account)
    order = builders.order(chosen=clinic)
    member = desk_of_one(clinic)

    assert 'name="kind"' not in member.get("/orders/").content.decode()
    assert references(member, "/orders/?kind=supplies") == [order.reference]
    assert "left out: kind" in text_of(member.get("/orders/?kind=supplies"))


def test_an_organisation_is_asked_for_by_its_reference(clinic: Organisation, staff: Desk):
    other = builders.organisation(clinic.account, reference="A & B/ü")
    mine, theirs = builders.order(chosen=clinic), builders.order(chosen=other)

    assert references(staff, f"/orders/?organisation={clinic.reference}") == [mine.reference]
    address = f"/orders/?organisation={quote(other.reference)}"
    assert references(staff, address) == [theirs.reference]


def test_a_product_is_asked_for(clinic: Organisation, staff: Desk):
    sister = builders.organisation(clinic.account, product=clinic.product)
    other = builders.organisation(clinic.account)
    orders = [builders.order(chosen=one).reference for one in (clinic, sister, other)]

    assert references(staff, f"/orders/?product={clinic.product_id}") == orders[1::-1]
    assert references(staff, f"/orders/?product={other.product_id}") == orders[2:]
    both = f"/orders/?product={other.product_id}&organisation={clinic.reference}"
    assert references(staff, both) == []


def test_filters_join(clinic: Organisation, staff: Desk):
    other = builders.organisation(clinic.account)
    held = [builders.order(Status.ON_HOLD, chosen=one).reference for one in (clinic, other)]
    builders.order(chosen=clinic)

    address = f"/orders/?status=on_hold&organisation={other.reference}"
    assert references(staff, address) == [held[1]]


def test_days_are_those_of_the_account(clinic: Organisation):
    Account.objects.filter(pk=clinic.account_id).update(time_zone="Asia/Tokyo")
    reader = desk(clinic)
    early = placed_on("2026-06-30T14:59:59Z", clinic)  # 23:59 of 30 June in Tokyo
    first = placed_on("2026-06-30T15:00:00Z", clinic)
    last = placed_on("2026-07-01T14:59:59Z", clinic)
    late = placed_on("2026-07-01T15:00:00Z", clinic)

    one_day = "/orders/?placed_from=2026-07-01&placed_to=2026-07-01"
    assert references(reader, one_day) == [last, first]
    assert references(reader, "/orders/?placed_from=2026-07-01") == [late, last, first]
    assert references(reader, "/orders/?placed_to=2026-07-01") == [last, first, early]
    assert references(reader, "/orders/?placed_from=1/7/2026") == [late, last, first]
    assert references(reader, "/orders/?placed_from=2027-01-01") == []


def test_orders_that_were_dated_by_hand_are_found_all_the_same(clinic: Organisation, staff: Desk):
    days = ["2026-05-20", "2026-01-10", "2026-05-30", "2025-03-01", "2026-05-25"]
    orders = {day: placed_on(f"{day}T12:00:00Z", clinic) for day in days}

    for first in days:
        wanted = [orders[day] for day in reversed(days) if day >= first]
        assert references(staff, f"/orders/?placed_from={first}") == wanted
        wanted = [orders[day] for day in reversed(days) if day <= first]
        assert references(staff, f"/orders/?placed_to={first}") == wanted


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ("status=nowhere", "status"),
        ("status=", ""),
        ("organisation=NOBODY", "organisation"),
        ("product=0", "product"),
        ("product=99999999999999999999", "product"),
        ("placed_from=yesterday", "placed from"),
        ("placed_from=2026-02-31", "placed from"),
        ("placed_to=9999-12-31", "placed up to"),
        ("placed_to=0001-01-01", "placed up to"),
        ("placed_from=2026-07-02&placed_to=2026-07-01", "placed up to"),
        ("unheard=of&status=nowhere&status=order_placed", ""),
        ("search=WORD", ""),
    ],
)
def test_what_means_nothing_is_left_out_and_said(
    parameters: str, field: str, clinic: Organisation, staff: Desk
):
    order = builders.order(chosen=clinic)
    Order.objects.filter(pk=order.pk).update(placed_at="2026-07-02T12:00:00Z")

    answer = staff.get(f"/orders/?{parameters}")

    assert answer.status_code == 200
    assert references(staff, f"/orders/?{parameters}") == [order.reference]
    said = f"Not every filter was understood, so these are left out: {field}."
    assert (said in text_of(answer)) == bool(field)
    assert not title_of(answer).startswith("Error")


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(
    "name", ["status", "organisation", "product", "placed_from", "placed_to", "search", "before"]
)
def test_nothing_in_an_address_is_a_fault(kind: str, name: str, clinic: Organisation, staff: Desk):
    text = quote(HOSTILE[kind], errors="surrogatepass")

    for page in ("/orders/", "/orders/export/", "/orders/filters/new/"):
        assert staff.get(f"{page}?{name}={text}").status_code in (200, 302, 400)


def test_an_organisation_of_others_is_no_filter(clinic: Organisation):
    neighbour = builders.organisation(clinic.account)
    builders.order(chosen=neighbour)
    mine = builders.order(chosen=clinic)
    reader = desk_of_one(clinic)

    for address in (
        f"/orders/?organisation={neighbour.reference}",
        f"/orders/?product={neighbour.product_id}",
    ):
        assert references(reader, address) == [mine.reference]
        assert neighbour.name not in text_of(reader.get(address))


def test_only_what_there_is_a_choice_in_is_offered(clinic: Organisation, staff: Desk):
    assert 'name="organisation"' not in staff.get("/orders/").content.decode()

    builders.organisation(clinic.account, product=clinic.product)

    html = staff.get("/orders/").content.decode()
    assert 'name="organisation"' in html
    assert 'name="product"' not in html


def test_each_filter_can_be_taken_off_and_all_together(clinic: Organisation, staff: Desk):
    builders.order(Status.ON_HOLD, chosen=clinic)

    html = staff.get("/orders/?status=on_hold&placed_from=2020-01-01&x=1").content.decode()

    assert 'href="/orders/?placed_from=2020-01-01">Remove' in html
    assert 'href="/orders/?status=on_hold">Remove' in html
    assert 'href="/orders/">Clear all' in html


def test_where_nothing_matches_the_filters_can_be_cleared(clinic: Organisation, staff: Desk):
    builders.order(chosen=clinic)

    answer = staff.get("/orders/?status=voided")

    assert "No orders match" in text_of(answer)
    assert "No orders yet" not in text_of(answer)
    assert '<a class="button" href="/orders/">Clear filters</a>' in answer.content.decode()


def test_drafts_stand_above_everything_but_not_above_a_selection(clinic: Organisation, staff: Desk):
    staff.post(staff.open_draft() + "patient/new/", {"full_name": "Test Late", "later": "yes"})

    assert "Not finished yet" in text_of(staff.get("/orders/"))
    assert "Not finished yet" not in text_of(staff.get("/orders/?status=on_hold"))


# Saved filters

NEW = "/orders/filters/new/?status=on_hold&placed_from=2026-01-01"


def save(somebody: Desk, name: str, address: str = NEW) -> SavedFilter:
    answer = somebody.post(address, {"name": name})
    assert answer.status_code == 302, text_of(answer)
    return SavedFilter.objects.get(user=somebody.user, name=name)


def page(saved: SavedFilter, name: str = "") -> str:
    return f"/orders/filters/{saved.public_id}/{name}"


def test_a_filter_is_saved_and_opened_by_name(clinic: Organisation, staff: Desk):
    held = builders.order(Status.ON_HOLD, chosen=clinic)
    builders.order(chosen=clinic)

    saved = save(staff, "Held this year")

    html = staff.get("/orders/").content.decode()
    assert f'<a href="{page(saved)}"><bdi>Held this year</bdi></a>' in html
    opened = staff.get(page(saved))["Location"]
    assert opened == "/orders/?status=on_hold&placed_from=2026-01-01"
    assert references(staff, opened) == [held.reference]


def test_what_was_searched_for_is_never_saved(clinic: Organisation, staff: Desk):
    searched = staff.post("/orders/?status=on_hold", {"search": "Whitlock"})["Location"]
    html = staff.get(searched).content.decode()
    link = re.search(r'href="([^"]*)">Save these filters', html)

    assert link[1] == "/orders/filters/new/?status=on_hold"
    saved = save(staff, "Held", f"{NEW}&{searched.partition('?')[2]}")
    assert saved.answers == {"status": "on_hold", "placed_from": "2026-01-01"}


def test_what_means_nothing_is_not_saved(clinic: Organisation, staff: Desk):
    saved = save(staff, "Held", "/orders/filters/new/?status=on_hold&product=9&x=y")

    assert saved.answers == {"status": "on_hold"}


def test_nothing_is_saved_where_nothing_is_filtered(clinic: Organisation, staff: Desk):
    answer = staff.post("/orders/filters/new/?search=WORD", {"name": "Everything"})

    assert answer.status_code == 422
    assert "Choose at least one filter first" in text_of(answer)
    assert "Save these filters" not in text_of(staff.get("/orders/"))


@pytest.mark.parametrize("again", ["Held", "held", " HELD "])
def test_a_name_is_used_once_by_each_user(again: str, clinic: Organisation, staff: Desk):
    save(staff, "Held")
    other = save(staff, "Other")

    refused = (
        staff.post(NEW, {"name": again}),
        staff.post(page(other, "rename/"), {"name": again}),
    )

    for answer in refused:
        assert answer.status_code == 422
        assert text_of(answer).count("You already have a filter with this name.") == 2
        assert title_of(answer).startswith("Error: ")
    save(desk(clinic), "Held")


@pytest.mark.parametrize("name", ["", "  ", "a" * 61, "a\x00"])
def test_a_name_must_do(name: str, staff: Desk):
    answer = staff.post(NEW, {"name": name})

    assert answer.status_code == 422
    assert not SavedFilter.objects.exists()


def test_a_filter_is_renamed(staff: Desk):
    saved = save(staff, "Held")

    for name in ("held", "Waiting"):
        answer = staff.post(page(saved, "rename/"), {"name": name})

        assert answer["Location"] == "/orders/filters/"
        saved.refresh_from_db()
        assert saved.name == name


def test_a_filter_is_deleted_after_a_question(staff: Desk):
    saved = save(staff, "Held")

    assert "Delete the filter “ Held ”?" in text_of(staff.get(page(saved, "delete/")))
    assert SavedFilter.objects.exists()
    answer = staff.client.post(page(saved, "delete/"), follow=True)

    assert "No saved filters yet" in text_of(answer)
    assert not SavedFilter.objects.exists()


def test_there_are_no_more_than_50(staff: Desk):
    for number in range(FILTERS_AT_MOST):
        save(staff, f"Filter {number:02}")

    answer = staff.post(NEW, {"name": "One more"})

    assert answer.status_code == 422
    assert "You have 50 saved filters. Delete one first." in text_of(answer)
    text = text_of(staff.get("/orders/"))
    assert "Filter 05 All 50 saved filters" in text
    assert "Filter 49" in text_of(staff.get("/orders/filters/"))


def test_a_saved_filter_is_nobody_else_s(clinic: Organisation, staff: Desk):
    saved = save(staff, "Held")
    colleague = desk(clinic, Role.CLINIC_MANAGER)

    for name in ("", "rename/", "delete/"):
        assert colleague.get(page(saved, name)).status_code == 404
    assert colleague.post(page(saved, "rename/"), {"name": "Mine"}).status_code == 404
    assert colleague.post(page(saved, "delete/")).status_code == 404
    assert "Held" not in text_of(colleague.get("/orders/filters/"))
    saved.refresh_from_db()
    assert saved.name == "Held"


def test_a_filter_for_what_is_gone_shows_the_rest(clinic: Organisation, staff: Desk):
    gone = builders.organisation(clinic.account)
    saved = save(staff, "Gone", f"/orders/filters/new/?organisation={gone.reference}")
    Organisation.objects.filter(pk=gone.pk).update(reference="NEW-NAME")

    answer = staff.get(staff.get(page(saved))["Location"])

    assert answer.status_code == 200
    assert "left out: organisation." in text_of(answer)


def test_a_clinician_filters_and_saves_too(clinic: Organisation):
    reader = desk(clinic, Role.CLINICIAN)

    saved = save(reader, "Held")

    assert reader.get(page(saved))["Location"].startswith("/orders/?")


def test_a_selection_takes_the_same_number_of_queries_however_much_is_in_it(
    clinic: Organisation, staff: Desk
):
    address = "/orders/?status=paused&placed_from=2026-01-01&placed_to=2099-12-31"
    builders.order(Status.ON_HOLD, chosen=clinic)
    before = queries_of(staff, address)

    for number in range(9):
        save(staff, f"Filter {number}")
        builders.order(Status.RECONFIRM_ADDRESS, chosen=clinic)

    assert queries_of(staff, address) == before <= 16
