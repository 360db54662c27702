"""The page of an order in the admin: everything about it, nothing to edit."""

import pytest
from django.test import Client

from foundation.models import AccessEntry
from orders.commands import add_note, place_order
from orders.models import Order
from orders.statuses import Status
from orders.wanted import KnownSite, LineWanted, OrderWanted
from organisations.roles import Role
from patients.wanted import PersonName
from tests import builders
from tests.admin.conftest import SignIn
from tests.printed import read as printed


def page(order: Order) -> str:
    return f"/admin/orders/order/{order.pk}/change/"


def read(client: Client, order: Order) -> str:
    return client.get(page(order)).content.decode()


def test_the_page_tells_everything_about_an_order(operator: Client) -> None:
    order = builders.order(Status.SHIPPED, study={"nights": 3, "phone_needed": True})
    assert order.patient
    assert order.study

    text = read(operator, order)

    for words in (
        order.reference,
        "Shipped",
        order.patient.full_name,
        "29 February 1980",
        "07911 123456",
        "1 Test Street",
        str(order.account),
        str(order.organisation),
        "Neck sensor",
        order.study.shown_code,
        "Placed",
        "Test Clinic staff",
        "Staff pages",
        "TP000000001",
        "1 × Test Kit",
        "Sent for fulfilment, ready to pack",
    ):
        assert words in text


def test_who_asked_about_the_smartphone_is_told(operator: Client) -> None:
    order = builders.order(study={"phone_needed": True})

    text = " ".join(read(operator, order).split())

    assert "By <bdi>Test Clinic staff</bdi>" in text
    assert "Not recorded (API)" not in text


def test_of_a_program_the_smartphone_question_is_not_recorded(operator: Client) -> None:
    chosen = builders.organisation()
    order = builders.order(chosen=chosen, actor=builders.integrator(chosen.account))

    assert "Not recorded (API)" in read(operator, order)


def test_notes_and_reasons_are_read_on_the_page(operator: Client) -> None:
    order = builders.order(Status.ON_HOLD, notes=("Ring twice.",))
    add_note(order, "They rang.", actor=builders.operator())

    text = read(operator, order)

    for words in ("Ring twice.", "They rang.", "Because the test says so."):
        assert words in text


def test_an_order_to_a_site_has_a_page_too(operator: Client) -> None:
    account = builders.account()
    item = builders.catalogue_item(account)
    site = builders.site(account)
    wanted = OrderWanted(
        recipient=KnownSite(site.pk), contents=(LineWanted(item_id=item.pk, count=4),)
    )
    order = place_order(wanted, actor=builders.operator(account))

    text = read(operator, order)

    assert "4 × Test Item" in text
    assert f'href="/admin/organisations/site/{site.pk}/change/"' in text
    assert not AccessEntry.objects.exists()


def test_who_only_packs_sees_what_is_on_the_parcel(sign_in: SignIn) -> None:
    order = builders.order(Status.AWAITING_SHIPMENT)
    assert order.patient
    assert order.study
    assert order.patient.reference

    text = read(sign_in(Role.STOCK_LEAD), order)

    assert order.patient.full_name in text
    assert "1 Test Street" in text
    for hidden in (
        "29 February 1980",
        "07911",
        order.patient.email,
        order.patient.reference,
        order.study.shown_code,
        "/admin/patients/",
    ):
        assert hidden not in text


def test_reading_an_order_leaves_a_row_in_the_access_log(operator: Client) -> None:
    order = builders.order()

    operator.get(page(order), headers={"X-Request-Id": "the-request"})

    entry = AccessEntry.objects.get()
    assert (entry.patient_id, entry.order_id, entry.what) == (
        order.patient_id,
        order.pk,
        "order page",
    )
    assert (entry.door, entry.actor, entry.ip_address, entry.request_id) == (
        "admin",
        "Test Operator",
        "127.0.0.1",
        "the-request",
    )


def test_nothing_of_an_order_is_edited_field_by_field(administrator: Client) -> None:
    order = builders.order()

    answer = administrator.post(page(order), {"status": "delivered", "reference": "MINE"})

    before = (order.status, order.reference)
    order.refresh_from_db()
    assert answer.status_code == 405
    assert (order.status, order.reference) == before


def test_an_order_is_not_deleted(administrator: Client) -> None:
    order = builders.order()

    answer = administrator.post(f"/admin/orders/order/{order.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 403
    assert Order.objects.filter(pk=order.pk).exists()


def test_hostile_text_is_shown_as_text(operator: Client) -> None:
    patient = builders.patient_wanted(name=PersonName.split('Test "><script>alert(1)</script>'))
    order = builders.order(recipient=patient, notes=("<img src=x onerror=alert(1)>",))

    text = read(operator, order)

    assert "<script>alert(1)" not in text
    assert "<img src=x" not in text


@pytest.mark.parametrize("number", ["0", "999999", "9" * 40, "x", "1%00", "-1", "١"])
def test_an_order_that_is_not_there_is_not_found(number: str, operator: Client) -> None:
    builders.order()

    assert operator.get(f"/admin/orders/order/{number}/change/").status_code == 404


def test_a_long_story_takes_no_more_queries_than_a_short_one(
    operator: Client, django_assert_max_num_queries: object
) -> None:
    order = builders.order(Status.RETURN_ISSUED, study={"phone_needed": True})
    for number in range(10):
        add_note(order, f"Note {number}", actor=builders.operator())

    with django_assert_max_num_queries(15):  # type: ignore[operator]
        operator.get(page(order))


def test_the_page_leads_to_the_summary_which_is_in_the_access_log(operator: Client) -> None:
    order = builders.order()
    address = f"/admin/orders/order/{order.pk}/summary/"
    assert f'href="{address}"' in read(operator, order)

    answer = operator.get(address)

    assert answer["Content-Type"] == "application/pdf"
    assert order.reference in printed(answer.content).words
    entry = AccessEntry.objects.get(what="order summary")
    assert (entry.patient_id, entry.order_id) == (order.patient_id, order.pk)
    assert operator.post(address).status_code == 405
    assert operator.get("/admin/orders/order/0/summary/").status_code == 404
