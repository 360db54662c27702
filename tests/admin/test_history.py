"""The history of a row: who, when, by which door, and each field before and after."""

from typing import Any

import pytest
from django.test import Client

from foundation.admin.history import SHOWN_AT_MOST, Change, Version
from foundation.models import AccessEntry
from inventory.models import Item, Kit, KitItem
from orders import fulfilment
from orders.models import Order
from orders.statuses import Status
from organisations.models import Account
from organisations.roles import Role
from tests import builders
from tests.admin.conftest import SignIn


def versions(client: Client, row: Any) -> list[Version]:
    meta = row._meta
    answer = client.get(f"/admin/{meta.app_label}/{meta.model_name}/{row.pk}/history/")
    assert answer.status_code == 200
    return list(answer.context["versions"])


def test_an_order_tells_who_moved_it_by_which_door_and_from_where(administrator: Client) -> None:
    order = builders.order()
    fulfilment.hold_order(order, reason="Because.", actor=builders.operator())

    held, placed = (one for one in versions(administrator, order) if not one.of)

    assert (held.what, held.who, held.door) == ("Changed", "Test Operator", "Admin")
    assert Change("Status", "Placed", "On hold") in held.changes
    assert (placed.what, placed.who, placed.door) == (
        "Created",
        "Test Clinic staff",
        "Staff pages",
    )


def test_an_order_tells_of_its_lines_notes_and_parcels_too(administrator: Client) -> None:
    order = builders.order(Status.SHIPPED, notes=("Ring twice.",))

    told = versions(administrator, order)

    parts = (order.lines.get(), order.notes.get(), order.shipments.get())
    expected = {f"{part._meta.verbose_name} {part.pk}" for part in parts}
    assert {one.of for one in told} == {"", *expected}


def test_a_patient_tells_to_which_organisations_they_are_known(administrator: Client) -> None:
    order = builders.order()
    assert order.patient

    told = versions(administrator, order.patient)

    link = order.patient.organisations.get()
    assert {one.of for one in told} == {"", f"{link._meta.verbose_name} {link.pk}"}


def test_what_a_row_points_at_is_told_by_name(administrator: Client) -> None:
    chosen = builders.organisation()
    other = builders.product()
    chosen.product, before = other, chosen.product
    chosen.save()

    assert versions(administrator, chosen)[0].changes == [
        Change("Product", before.name, other.name)
    ]


def test_columns_of_several_choices_and_of_yes_or_no_are_told_in_words(
    administrator: Client,
) -> None:
    account = builders.account(sensors=["neck"])
    account.sensors, account.is_active = ["neck", "oximeter"], False
    account.save()

    assert versions(administrator, account)[0].changes == [
        Change("Sensors", "Neck sensor", "Neck sensor, Oximeter"),
        Change("Active", "Yes", "No"),
    ]


def test_a_kit_tells_of_its_items_too_even_of_those_taken_out(administrator: Client) -> None:
    builders.product()
    kit, item = Kit.objects.latest("pk"), Item.objects.latest("pk")
    row = KitItem.objects.get(kit=kit, item=item)
    row.count = 5
    row.save()
    number = row.pk
    row.delete()

    removed, changed, *_ = versions(administrator, kit)

    assert (removed.what, removed.of) == ("Removed", f"kit item {number}")
    assert changed.changes == [Change("Count", "1", "5")]


def test_what_is_secret_is_not_told(administrator: Client) -> None:
    order = builders.order()
    assert order.study

    told = str(versions(administrator, order.study))

    assert order.study.activation_code not in told
    assert order.study.reference in told


def test_a_client_tells_nothing_of_the_library_that_keeps_it(administrator: Client) -> None:
    client = builders.api_client(builders.account()).client

    (made,) = versions(administrator, client)

    told = {one.field for one in made.changes}
    assert {"Name", "Client ID", "Scopes", "Account"} <= told
    assert not told & {"Algorithm", "Hash client secret", "Redirect uris", "Client type", "Created"}


def test_what_nobody_signed_is_told_as_that(administrator: Client) -> None:
    account = builders.account()

    assert [one.who for one in versions(administrator, account)] == ["Not recorded"]


def test_the_history_of_a_patient_leaves_a_row_in_the_access_log(administrator: Client) -> None:
    patient = builders.order().patient
    assert patient

    versions(administrator, patient)

    entry = AccessEntry.objects.get()
    assert (entry.patient_id, entry.what) == (patient.pk, "patient history")


@pytest.mark.parametrize(("changes", "queries"), [(3, 13), (SHOWN_AT_MOST + 5, 13)])
def test_a_long_history_takes_no_more_queries_and_ends_somewhere(
    changes: int,
    queries: int,
    administrator: Client,
    django_assert_max_num_queries: object,
) -> None:
    account = builders.account()
    for number in range(changes):
        Account.objects.filter(pk=account.pk).update(name=f"Test Account {number} again")

    with django_assert_max_num_queries(queries):  # type: ignore[operator]
        told = versions(administrator, account)

    assert len(told) == min(changes + 1, SHOWN_AT_MOST)


def test_an_orders_history_takes_few_queries(
    administrator: Client, django_assert_max_num_queries: object
) -> None:
    order = builders.order(Status.RETURN_ISSUED)

    with django_assert_max_num_queries(24):  # type: ignore[operator]
        versions(administrator, order)

    assert Order.objects.count() == 1


def test_a_membership_tells_which_organisations_were_listed(administrator: Client) -> None:
    chosen = builders.organisation()
    membership = builders.user(Role.CLINIC_STAFF, chosen).membership
    membership.organisations.get().delete()

    removed, listed, _ = versions(administrator, membership)

    assert (removed.what, listed.what) == ("Removed", "Created")
    assert Change("Organisation", "(empty)", chosen.name) in listed.changes


def test_an_auditor_is_led_from_a_patient_to_who_saw_them(sign_in: SignIn) -> None:
    patient, other = builders.order().patient_id, builders.order().patient_id
    auditor = sign_in(Role.AUDITOR)
    auditor.get("/admin/patients/patient/")

    log = auditor.get(f"/admin/patients/patient/{patient}/seen-by/", follow=True)

    assert {row.entry.patient_id for row in log.context["rows"]} == {patient}
    assert AccessEntry.objects.filter(patient_id=other).exists()


def test_who_may_not_audit_is_not_led_there(sign_in: SignIn) -> None:
    patient = builders.order().patient_id
    operator = sign_in(Role.OPERATOR)

    assert operator.get(f"/admin/patients/patient/{patient}/seen-by/").status_code == 403
    assert (
        "seen-by" not in operator.get(f"/admin/patients/patient/{patient}/change/").content.decode()
    )
