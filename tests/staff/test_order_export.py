"""The orders that the list shows, as a table to download: what is in it, and who is on record."""

import csv
import io

import pytest
import time_machine

from foundation.actors import Door
from foundation.models import AccessEntry
from orders.models import Order
from orders.statuses import Status
from orders.views import export, listing
from organisations.models import Account, Organisation
from organisations.roles import Role
from patients.wanted import PersonName
from tests import builders
from tests.staff.desk import Desk, desk, desk_of_one, queries_of, text_of
from tests.staff.test_order_list import references, site_order

EXPORT = "/orders/export/"


def rows(somebody: Desk, address: str = EXPORT) -> list[dict[str, str]]:
    answer = somebody.get(address)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def exported(somebody: Desk, address: str = EXPORT) -> list[str]:
    return [row["Reference"] for row in rows(somebody, address)]


def test_everything_about_an_order_is_in_its_row(clinic: Organisation):
    Account.objects.filter(pk=clinic.account_id).update(time_zone="Asia/Tokyo")
    order = builders.order(Status.AWAITING_SHIPMENT, chosen=clinic, study={"phone_needed": True})
    Order.objects.filter(pk=order.pk).update(placed_at="2026-07-01T20:30:00Z")

    assert rows(desk(clinic)) == [
        {
            "Reference": order.reference,
            "Status": "Ready to pack",
            "Placed": "2026-07-02 05:30",
            "Organisation": clinic.name,
            "Product": clinic.product.name,
            "Patient or site": "Test Person",
            "Patient reference": order.patient.reference,
            "Date of birth": "1980-02-29",
            "Postcode": "SW1A 1AA",
            "Patient asked about a smartphone": "Yes",
            "Smartphone in the shipment": "Yes",
        }
    ]


def test_what_was_not_asked_is_not_answered(clinic: Organisation, staff: Desk):
    supplies = site_order(clinic.account)

    (row,) = rows(staff)

    assert row["Reference"] == supplies.reference
    assert row["Patient or site"] == "Test Site"
    assert {row[name] for name in ("Organisation", "Product", "Date of birth")} == {""}
    assert row["Smartphone in the shipment"] == row["Patient asked about a smartphone"] == ""


@pytest.mark.parametrize("name", ["=1+1", "+SUM(A1)", "-2", '@HYPERLINK("x")'])
def test_a_name_that_is_a_formula_is_harmless(name: str, clinic: Organisation, staff: Desk):
    patient = builders.patient_wanted(name=PersonName.split(name), reference=f"={name}")
    builders.order(chosen=clinic, recipient=patient)

    (row,) = rows(staff)

    assert row["Patient or site"] == f"'{name}"
    assert row["Patient reference"] == f"'={name}"


def test_it_holds_what_the_list_shows_of_all_pages_newest_first(clinic: Organisation, staff: Desk):
    actor = builders.staff(owner=clinic.account)
    held = [builders.order(Status.ON_HOLD, chosen=clinic, actor=actor) for _ in range(30)]
    builders.order(chosen=clinic)
    wanted = [order.reference for order in reversed(held)]

    page = staff.get(f"/orders/?status=on_hold&before={held[10].public_id}").content.decode()

    assert f'href="{EXPORT}?status=on_hold">Download as CSV</a>' in page
    assert exported(staff, f"{EXPORT}?status=on_hold") == wanted
    assert len(exported(staff)) == 31


def test_a_search_is_exported_too(clinic: Organisation, staff: Desk):
    wanted = builders.order(chosen=clinic, reference="OUR-1")
    builders.order(chosen=clinic, reference="OTHER-1")
    link = staff.post("/orders/", {"search": "OUR"})["Location"]

    assert exported(staff, link.replace("/orders/", EXPORT)) == [wanted.reference]


@pytest.mark.parametrize(
    "asked", ["?search=TOOOLD1234&status=order_placed", "?status=nowhere", "?placed_from=someday"]
)
def test_an_address_that_means_less_than_it_says_exports_nothing(
    asked: str, clinic: Organisation, staff: Desk
):
    builders.order(chosen=clinic)

    answer = staff.get(f"{EXPORT}{asked}")

    assert answer["Location"] == f"/orders/{asked}"
    assert "notice warn" in staff.get(answer["Location"]).content.decode()
    assert not AccessEntry.objects.filter(what="order export").exists()


def test_nobody_exports_orders_of_others(clinic: Organisation):
    mine = builders.order(chosen=clinic)
    neighbour = builders.order(chosen=builders.organisation(clinic.account))
    builders.order()

    assert exported(desk_of_one(clinic)) == [mine.reference]
    assert exported(desk(clinic, Role.CLINICIAN)) == [neighbour.reference, mine.reference]


def test_each_patient_exported_is_in_the_access_log(clinic: Organisation, staff: Desk):
    orders = [builders.order(chosen=clinic) for _ in range(3)]
    site_order(clinic.account)

    staff.get(EXPORT)

    entries = AccessEntry.objects.filter(what="order export", user_id=staff.user.pk)
    assert {(one.patient_id, one.order_id, one.door) for one in entries} == {
        (order.patient_id, order.pk, Door.STAFF) for order in orders
    }


@time_machine.travel("2026-07-01T23:30:00Z", tick=False)
def test_its_name_says_the_day_and_nothing_of_anybody(clinic: Organisation):
    reader = desk(clinic)
    link = reader.post("/orders/", {"search": "Whitlock"})["Location"]

    answer = reader.get(link.replace("/orders/", EXPORT))

    assert answer["Content-Disposition"] == 'attachment; filename="orders-2026-07-02.csv"'
    assert "no-store" in answer["Cache-Control"]


def test_the_page_says_when_not_everything_fits(
    clinic: Organisation, staff: Desk, monkeypatch: pytest.MonkeyPatch
):
    for module in (export, listing):
        monkeypatch.setattr(module, "EXPORTED_AT_MOST", 26)
    actor = builders.staff(owner=clinic.account)
    for _ in range(26):
        builders.order(chosen=clinic, actor=actor)
    assert "the file holds the newest" not in text_of(staff.get("/orders/"))

    newest = builders.order(chosen=clinic)

    assert "the file holds the newest 26." in text_of(staff.get("/orders/"))
    assert len(exported(staff)) == 26
    assert exported(staff)[0] == newest.reference == references(staff)[0]


def test_it_takes_the_same_number_of_queries_however_much_is_in_it(
    clinic: Organisation, staff: Desk
):
    builders.order(chosen=clinic)
    before = queries_of(staff, EXPORT)

    for _ in range(12):
        builders.order(chosen=clinic)

    assert queries_of(staff, EXPORT) == before <= 12
