"""The page of one order: what it tells, and to whom."""

import re

import pytest
import time_machine

from foundation.actors import Door
from foundation.models import AccessEntry
from inventory.devices import refurbish
from orders import fulfilment
from orders.coming_home import receive_back
from orders.commands import add_note, place_order
from orders.models import Order
from orders.returns import see_return_on_its_way
from orders.statuses import Status
from orders.wanted import KnownSite, LineWanted, OrderWanted, ReturnWanted, ShippingOption
from organisations.models import Organisation
from organisations.roles import Role
from patients.wanted import KnownPatient
from tests import builders, warehouse
from tests.printed import read as printed
from tests.staff.desk import Desk, desk, page_of, queries_of, text_of, title_of


def links(desk: Desk, order: Order) -> set[str]:
    """The pages of changes to which the order's page leads."""
    html = desk.get(page_of(order)).content.decode()
    return set(re.findall(rf'href="{page_of(order)}([a-z-]+)/"', html)) - {"print", "summary"}


def test_the_code_of_a_cancelled_study_is_not_handed_out(clinic: Organisation, staff: Desk):
    order = builders.order(Status.VOIDED, chosen=clinic)
    order.study.refresh_from_db()

    assert order.study.shown_code not in text_of(staff.get(page_of(order)))


def test_everything_about_the_order_is_told(clinic: Organisation, staff: Desk):
    order = builders.order(chosen=clinic, study={"nights": 3}, reference="OUR-1")

    text = text_of(staff.get(page_of(order)))

    for said in (
        "OUR-1",
        "Placed",
        "Test Person",
        "29 February 1980",
        order.patient.reference,
        "07911 123456",
        "1 Test Street",
        "SW1A 1AA",
        clinic.name,
        "Nights 3",
        "Neck sensor",
        "When the result is complete",
        order.study.shown_code,
        "1 × Test Kit",
        "Test Clinic staff, Staff pages",
    ):
        assert said in text
    assert title_of(staff.get(page_of(order))) == "Order OUR-1 – Homeward"


@pytest.mark.parametrize("status", builders.PATHS)
def test_the_status_is_told_in_words(status: Status, clinic: Organisation, staff: Desk):
    order = builders.order(status, chosen=clinic)

    text = text_of(staff.get(page_of(order)))

    assert status.label in text
    assert status.value not in text


def test_the_smartphone_answer_says_who_asked_and_when(clinic: Organisation, staff: Desk):
    order = builders.order(chosen=clinic, study={"phone_needed": True})

    html = staff.get(page_of(order)).content.decode()

    assert "Smartphone in the shipment Yes" in text_of(staff.get(page_of(order)))
    assert re.search(r"By <bdi>Test Clinic staff</bdi>, <time datetime=", html)


def test_a_program_s_smartphone_answer_is_not_recorded(clinic: Organisation, staff: Desk):
    order = builders.order(chosen=clinic, actor=builders.integrator(clinic.account))

    assert "Not recorded (API)" in text_of(staff.get(page_of(order)))
    assert "API v1" in text_of(staff.get(page_of(order)))


def test_the_timeline_is_newest_first_with_times_people_and_reasons(
    clinic: Organisation, staff: Desk
):
    order = builders.order(Status.UNSUCCESSFUL_DELIVERY, chosen=clinic)

    html = staff.get(page_of(order)).content.decode()
    timeline = html.partition('<ol class="timeline">')[2].partition("</ol>")[0]

    titles = re.findall(r"<strong>([^<]+)</strong>", timeline)
    assert titles == [
        "Delivery failed",
        "Shipped",
        "Sent for fulfilment, ready to pack",
        "Order placed",
    ]
    assert timeline.count("<time datetime=") == 4
    assert timeline.count("Test Operator, Admin") == 3
    assert "Because the test says so." in timeline


def test_what_an_order_waits_for_is_said_with_the_reason(clinic: Organisation, staff: Desk):
    order = builders.order(Status.PENDING_ADDITIONAL_INFORMATION, chosen=clinic)

    text = text_of(staff.get(page_of(order)))

    assert "We need some information from you Because the test says so." in text
    assert "Answer with a note" in text


def test_parcels_are_shown_with_carrier_and_number(clinic: Organisation, staff: Desk):
    order = builders.order(Status.RETURN_ISSUED, chosen=clinic)

    text = text_of(staff.get(page_of(order)))

    assert "Test Post , TP000000001" in text
    assert "On its way home" in text
    assert "Carrier not known" in text


def test_notes_are_shown_once_each(clinic: Organisation, staff: Desk):
    order = builders.order(chosen=clinic, notes=("Ring twice.",))
    add_note(order, "Use the back door.", actor=builders.staff(owner=clinic.account))

    text = text_of(staff.get(page_of(order)))

    assert text.count("Ring twice.") == text.count("Use the back door.") == 1
    assert "Note added" in text


EVERYTHING = {"note", "contact", "address", "cancel"}


@pytest.mark.parametrize(
    ("status", "possible"),
    [
        (Status.ORDER_PLACED, EVERYTHING),
        (Status.ON_HOLD, EVERYTHING),
        (Status.PENDING_ADDITIONAL_INFORMATION, EVERYTHING),
        (Status.RECONFIRM_ADDRESS, {"note", "contact", "cancel", "confirm-address"}),
        (Status.AWAITING_SHIPMENT, {"note", "contact"}),
        (Status.SHIPPED, {"note", "contact"}),
        (Status.DELIVERED, {"note", "contact"}),
        (Status.UNABLE_TO_FULFILL, {"note", "contact"}),
        (Status.VOIDED, {"note", "contact"}),
    ],
)
def test_only_what_is_possible_now_is_offered(status, possible, clinic: Organisation, staff: Desk):
    assert links(staff, builders.order(status, chosen=clinic)) == possible


def test_a_sent_order_asks_to_confirm_its_address_but_not_to_cancel(
    clinic: Organisation, staff: Desk
):
    order = builders.order(Status.UNSUCCESSFUL_DELIVERY, chosen=clinic)
    fulfilment.ask_to_confirm_address(order, reason="Sent back.", actor=builders.operator())

    assert links(staff, order) == {"note", "contact", "confirm-address"}


def test_what_is_no_longer_possible_names_the_rule(clinic: Organisation, staff: Desk):
    order = builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)

    text = text_of(staff.get(page_of(order)))

    assert "sent for fulfilment, so its address can no longer be changed. It was sent on" in text
    assert "sent for fulfilment, so it can no longer be cancelled. It was sent on" in text


@pytest.mark.parametrize("status", [Status.ORDER_PLACED, Status.RECONFIRM_ADDRESS, Status.SHIPPED])
def test_a_clinician_looks_and_changes_nothing(status: Status, clinic: Organisation):
    order = builders.order(status, chosen=clinic)
    clinician = desk(clinic, Role.CLINICIAN)

    text = text_of(clinician.get(page_of(order)))

    assert links(clinician, order) == set()
    assert "can no longer" not in text
    assert order.study.shown_code in text


def test_each_view_is_in_the_access_log(clinic: Organisation, staff: Desk):
    order = builders.order(chosen=clinic)

    staff.get(page_of(order))
    staff.get(page_of(order))

    entries = AccessEntry.objects.filter(what="order page")
    assert [(one.patient_id, one.order_id, one.user_id, one.door) for one in entries] == [
        (order.patient_id, order.pk, staff.user.pk, Door.STAFF)
    ] * 2
    assert all(one.ip_address == "127.0.0.1" for one in entries)


def test_a_page_takes_the_same_number_of_queries_however_much_happened(
    clinic: Organisation, staff: Desk
):
    order = builders.order(Status.RETURN_ISSUED, chosen=clinic, notes=("One", "Two"))
    before = queries_of(staff, page_of(order))

    for number in range(10):
        add_note(order, f"Note {number}", actor=builders.staff(owner=clinic.account))

    assert queries_of(staff, page_of(order)) == before <= 16


def test_what_is_printed_is_all_of_it_without_buttons(clinic: Organisation, staff: Desk):
    order = builders.order(Status.SHIPPED, chosen=clinic, notes=("Ring twice.",))

    answer = staff.get(page_of(order, "print/"))

    for said in (
        order.reference,
        "Test Person",
        order.patient.reference,
        "1 Test Street",
        "Neck sensor",
        "1 × Test Kit",
        "Test Post , TP000000001",
        "Ring twice.",
        "Test Clinic staff, Staff pages",
        f"by {staff.user.email}",
    ):
        assert said in text_of(answer)
    assert "Change" not in text_of(answer)
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    assert "<form" not in main
    assert "Shipped" in text_of(answer)


def test_printing_is_in_the_access_log(clinic: Organisation, staff: Desk):
    order = builders.order(chosen=clinic)

    staff.get(page_of(order, "print/"))

    entry = AccessEntry.objects.get(what="order print")
    assert (entry.patient_id, entry.order_id) == (order.patient_id, order.pk)
    assert entry.user_id == staff.user.pk


def test_the_order_leads_to_what_is_printed(clinic: Organisation, staff: Desk):
    order = builders.order(chosen=clinic)

    assert f'href="{page_of(order)}print/"' in staff.get(page_of(order)).content.decode()


def test_the_order_leads_to_its_summary_which_is_in_the_access_log(
    clinic: Organisation, staff: Desk
):
    order = builders.order(chosen=clinic)
    assert f'href="{page_of(order)}summary/"' in staff.get(page_of(order)).content.decode()

    answer = staff.get(page_of(order, "summary/"))

    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == f'inline; filename="order-{order.pk}.pdf"'
    assert order.reference in printed(answer.content).words
    entry = AccessEntry.objects.get(what="order summary")
    assert (entry.patient_id, entry.order_id) == (order.patient_id, order.pk)
    assert entry.user_id == staff.user.pk


def test_times_are_told_in_words_too(clinic: Organisation, staff: Desk):
    with time_machine.travel("2026-07-01T08:00:00Z", tick=False):
        order = builders.order(chosen=clinic)
    with time_machine.travel("2026-07-01T08:00:30Z", tick=False):
        assert "1 July 2026, 9:00am Just now · Test Clinic staff, Staff pages" in text_of(
            staff.get(page_of(order))
        )
    with time_machine.travel("2026-07-01T08:10:00Z", tick=False):
        assert "1 July 2026, 9:00am 10 minutes ago · Test Clinic staff, Staff pages" in text_of(
            staff.get(page_of(order))
        )


BLOCKED = {
    Status.PENDING_ADDITIONAL_INFORMATION: ("Answer with a note.", "Your colleagues answer"),
    Status.ON_HOLD: ("The fulfilment team lets it go on.", "The fulfilment team lets it go on."),
    Status.RECONFIRM_ADDRESS: ("until you have confirmed", "until one of your colleagues has"),
    Status.UNSUCCESSFUL_DELIVERY: ("The fulfilment team decides", "The fulfilment team decides"),
    Status.UNABLE_TO_FULFILL: ("Place a new order if", "Nothing more happens with it."),
}


@pytest.mark.parametrize("status", BLOCKED)
def test_a_blocked_order_says_what_is_needed_and_by_whom(status: Status, clinic: Organisation):
    order = builders.order(status, chosen=clinic)
    readers = (desk(clinic), desk(clinic, Role.CLINICIAN))

    for reader, said in zip(readers, BLOCKED[status], strict=True):
        assert said in text_of(reader.get(page_of(order)))
    assert "Place a new order" not in text_of(readers[1].get(page_of(order)))


@pytest.mark.parametrize(
    ("before", "back"),
    [
        (
            "http://testserver/orders/?status=on_hold&before=1",
            "/orders/?status=on_hold&amp;before=1",
        ),
        ("http://testserver/orders/", "/orders/"),
        ("http://testserver/patients/?show=all", "/orders/"),
        ("https://elsewhere.example/orders/?status=on_hold", "/orders/"),
        ("", "/orders/"),
    ],
)
def test_the_way_back_leads_to_the_list_as_it_was(staff: Desk, clinic, before: str, back: str):
    order = builders.order(chosen=clinic)

    answer = staff.client.get(page_of(order), headers={"Referer": before})

    assert f'<a href="{back}">← Orders</a>' in answer.content.decode()


def test_what_comes_back_is_told_with_its_way_home(clinic: Organisation, staff: Desk) -> None:
    kit = warehouse.kit_with_patient(clinic)
    assert kit.patient is not None
    item = builders.catalogue_item(clinic.account)
    wanted = OrderWanted(
        recipient=KnownPatient(kit.patient.pk),
        contents=(),
        email_label=True,
        returns=ReturnWanted(packed_kits=(kit.pk,), items=(LineWanted(item_id=item.pk, count=3),)),
    )
    order = place_order(wanted, actor=builders.integrator(clinic.account))
    fulfilment.email_return_label(order, actor=builders.operator())
    tracking = fulfilment.Tracking("Test Post", "BACK-1")
    see_return_on_its_way(order.returns.get(), tracking=tracking, actor=builders.operator())

    for page in (page_of(order), f"{page_of(order)}print/"):
        shown = text_of(staff.get(page))
        assert "What comes back" in shown
        assert f"3 × {item.name}" in shown
        assert str(kit.kit) in shown
        assert "BACK-1" in shown
        assert "On its way" in shown


def test_all_of_a_supplies_order_is_told(clinic: Organisation, staff: Desk) -> None:
    site = builders.site(clinic.account)
    item = builders.catalogue_item(clinic.account)
    kit = warehouse.device_kit(clinic.account, builders.catalogue_item(clinic.account))
    wanted = OrderWanted(
        recipient=KnownSite(site.pk),
        contents=(LineWanted(item_id=item.pk, count=3), LineWanted(kit_id=kit.pk, count=2)),
        external_ids=("PO-1", "PO-2"),
        shipping_option=ShippingOption.OVERNIGHT,
        notes=("To the back door.",),
    )
    order = place_order(wanted, actor=builders.integrator(clinic.account))

    for page in (page_of(order), f"{page_of(order)}print/"):
        shown = text_of(staff.get(page))
        for said in (
            *(site.name, "PO-1", "PO-2", "Overnight", "To the back door."),
            *(f"3 × {item}", f"2 × {kit}"),
        ):
            assert said in shown, said


def test_what_was_packed_is_told_with_what_is_in_it_and_where_it_is(
    clinic: Organisation, staff: Desk
) -> None:
    packed, order = warehouse.kit_packed(clinic)
    serial = packed.contents.get().device.identifiers.get().value

    before = text_of(staff.get(page_of(order)))
    warehouse.delivered(order)
    after = text_of(staff.get(page_of(order)))

    for shown in (before, after):
        assert f"{packed.kit}, packed as {packed.pk}" in shown
        assert serial in shown
    assert "With the patient" not in before
    assert "With the patient" in after


def test_a_device_that_came_home_says_nothing_of_who_has_it_now(
    clinic: Organisation, staff: Desk
) -> None:
    device, order = warehouse.device_sent(clinic)
    receive_back(device, builders.centre(), actor=builders.operator())
    refurbish(device, actor=builders.operator())

    shown = text_of(staff.get(page_of(order)))

    assert device.identifiers.get().value in shown
    assert "Came back" in shown
    assert "Being made ready" not in shown
