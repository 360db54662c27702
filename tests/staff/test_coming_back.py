"""The list of what is coming back: what it shows, page by page, and to whom."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.models import AccessEntry
from inventory.models import Device
from orders import returns
from orders.expecting import Label
from orders.models import Return
from orders.return_statuses import ENDS, ReturnStatus
from orders.returns import StandaloneReturn
from orders.views.coming_back import WORDS
from orders.wanted import KnownSite, LineWanted, ReturnWanted
from organisations.models import Organisation, Site
from patients.wanted import KnownPatient
from portal.roles import as_owner
from tests import builders, warehouse
from tests.staff.desk import Desk, desk_of_one, queries_of, text_of

PAGE = "/orders/coming-back/"
R = ReturnStatus
# Voided ones beside the one return that there is.
MANY_MORE = """
INSERT INTO orders_return (account_id, public_id, patient_id, status, shipping_option, email_label,
    carrier, tracking_number, placed_at, changed_at)
SELECT account_id, gen_random_uuid(), patient_id, 'voided', shipping_option, email_label, '', '',
    placed_at, changed_at
FROM orders_return, generate_series(1, 5000)
"""


def asked_of_patient(clinic: Organisation) -> tuple[Return, Device]:
    """A device that its patient is asked to send back."""
    device, order = warehouse.device_sent(clinic)
    assert order.patient_id is not None
    return placed(clinic, KnownPatient(order.patient_id), devices=(device.pk,)), device


def placed(clinic: Organisation, sender: KnownPatient | KnownSite, **wanted: object) -> Return:
    asked = StandaloneReturn(
        sender=sender,
        wanted=ReturnWanted(**wanted),  # type: ignore[arg-type]  # the caller knows
        label=Label(by_email=True),
    )
    return returns.place_return(asked, actor=builders.integrator(clinic.account))


@pytest.fixture
def many(clinic: Organisation) -> list[int]:
    """The numbers of 60 returns, newest first."""
    item, where = builders.catalogue_item(clinic.account), builders.site(clinic.account)
    lines = (LineWanted(item_id=item.pk, count=2),)
    made = [placed(clinic, KnownSite(where.pk), items=lines) for _ in range(60)]
    for back in made[::7]:
        returns.wait_for_return(back, actor=builders.operator())
    return [back.pk for back in reversed(made)]


def shown(staff: Desk, address: str = PAGE) -> list[int]:
    """The numbers of the returns, in the order of the page."""
    rows = staff.client.get(address).context["rows"]
    return [row["row"].pk for row in rows]


def way(staff: Desk, rel: str, address: str = PAGE) -> str:
    found = re.search(rf'href="([^"]*)" rel="{rel}"', staff.get(address).content.decode())
    return found[1].replace("&amp;", "&") if found else ""


def test_it_says_what_comes_back_from_whom_and_how_far_it_is(clinic: Organisation, staff: Desk):
    back, device = asked_of_patient(clinic)
    returns.wait_for_return(back, actor=builders.operator())

    text = text_of(staff.get(PAGE))

    for said in ("Test Person", device.identifiers.get().value, "Not sent back yet", "Since"):
        assert said in text
    assert f"/patients/{back.patient.public_id}/" in staff.get(PAGE).content.decode()  # type: ignore[union-attr]


def test_what_was_placed_with_an_order_leads_to_it(clinic: Organisation, staff: Desk):
    where: Site = builders.site(clinic.account)
    order = warehouse.order_of(
        (LineWanted(item_id=builders.catalogue_item(clinic.account).pk, count=1),), site=where
    )
    back = placed(
        clinic,
        KnownSite(where.pk),
        items=(LineWanted(item_id=builders.catalogue_item(clinic.account).pk, count=1),),
    )
    Return.objects.filter(pk=back.pk).update(order=order)

    page = staff.get(PAGE).content.decode()

    assert f"/orders/{order.public_id}/" in page
    assert where.name in page


def test_the_newest_come_first_in_pages_of_25(many: list[int], staff: Desk):
    second_url = way(staff, "next")
    third_url = way(staff, "next", second_url)

    pages = [shown(staff), shown(staff, second_url), shown(staff, third_url)]

    assert [*pages[0], *pages[1], *pages[2]] == many
    assert [len(page) for page in pages] == [25, 25, 10]
    assert shown(staff, way(staff, "prev", third_url)) == pages[1]


@pytest.mark.parametrize("place", ["?before=1", "?after=%00", "?before=%ff", "?show='"])
def test_a_place_nobody_named_is_the_first_page(place: str, many: list[int], staff: Desk):
    assert shown(staff, PAGE + place) == many[:25]


def test_what_is_over_is_shown_when_it_is_asked_for(many: list[int], clinic, staff: Desk):
    over = Return.objects.get(pk=many[0])
    returns.void_return(over, reason="Lost.", actor=builders.operator())

    assert many[0] not in shown(staff)
    assert shown(staff, f"{PAGE}?show=all") == many[:25]
    assert "Called off" in text_of(staff.get(f"{PAGE}?show=all"))
    assert shown(staff, way(staff, "next", f"{PAGE}?show=all")) == many[25:50]


def test_every_status_has_words_of_its_own():
    assert set(WORDS) == set(R)
    assert len({words for words, _ in WORDS.values()}) == len(R)
    assert {R.COMPLETED, R.VOIDED} == ENDS


def test_other_accounts_and_members_for_one_organisation_see_none(
    clinic: Organisation, staff: Desk
):
    asked_of_patient(clinic)
    stranger = Desk(builders.user(builders.Role.CLINIC_STAFF, builders.organisation()))
    member = desk_of_one(clinic)

    assert len(shown(staff)) == 1
    assert (shown(stranger), shown(member)) == ([], [])
    assert "for all its organisations" in text_of(member.get(PAGE))
    assert "coming-back" not in member.get("/orders/").content.decode()


def test_whoever_is_shown_a_patient_is_on_record(clinic: Organisation, staff: Desk):
    back, _ = asked_of_patient(clinic)

    staff.get(PAGE)

    entry = AccessEntry.objects.latest("pk")
    assert (entry.patient_id, entry.what) == (back.patient_id, "coming back")


def test_the_list_is_led_to_from_home_and_from_the_orders(clinic: Organisation, staff: Desk):
    before = staff.get("/").content.decode()
    asked_of_patient(clinic)

    assert PAGE not in before
    assert PAGE in staff.get("/").content.decode()
    assert PAGE in staff.get("/orders/").content.decode()


def test_an_empty_list_says_what_will_be_there(staff: Desk):
    assert "Nothing is on its way back" in text_of(staff.get(PAGE))


def test_the_page_takes_as_many_queries_for_many_as_for_few(clinic: Organisation, staff: Desk):
    asked_of_patient(clinic)
    few = queries_of(staff, PAGE)
    for _ in range(8):
        asked_of_patient(clinic)

    assert queries_of(staff, PAGE) == few <= 16


@pytest.mark.django_db(transaction=True)
def test_among_many_that_are_over_the_few_are_found_along_an_index(
    clinic: Organisation, staff: Desk
):
    asked_of_patient(clinic)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(MANY_MORE)
        cursor.execute("ANALYZE orders_return")

    with CaptureQueriesContext(connection) as queries:
        assert len(shown(staff)) == 1
    (found,) = [one["sql"] for one in queries if "UNION ALL" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + found)
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "Seq Scan" not in plan, plan
    assert "Filter: ((status)" not in plan, plan  # nor through those that are over
