"""Forms that change rows of the catalogue and of accounts: what they refuse, and how they sign."""

from typing import Any

import pytest
from django.test import Client

from inventory.models import Item, Kit, KitItem, Manufacturer, StudyKit
from organisations.models import Organisation, Site
from organisations.roles import Role
from organisations.sensors import Sensor
from tests import builders
from tests.admin.conftest import SignIn

ORGANISATIONS = "/admin/organisations/organisation/"
KITS = "/admin/inventory/kit/"


@pytest.fixture
def stock_lead(sign_in: SignIn) -> Client:
    return sign_in(Role.STOCK_LEAD)


@pytest.fixture
def manager(sign_in: SignIn) -> Client:
    return sign_in(Role.ACCOUNT_MANAGER)


def organisation(chosen: Organisation, **others: Any) -> dict[str, Any]:
    return {
        "account": chosen.account_id,
        "name": "New Clinic",
        "reference": "NEW-1",
        "product": chosen.product_id,
        "clinician": chosen.clinician_id,
        "emit_on": "complete",
        "default_nights": "2",
        "default_sensors": ["neck"],
        "severity_by": "ahi4",
        "most_repeats": "2",
        "is_active": "on",
        **others,
    }


def kit(*rows: tuple[Any, Any], made: Kit | None = None) -> dict[str, Any]:
    return {
        "name": made.name if made else "New Kit",
        "kit_items-TOTAL_FORMS": len(rows),
        "kit_items-INITIAL_FORMS": 0,
        "kit_items-MIN_NUM_FORMS": 0,
        "kit_items-MAX_NUM_FORMS": 1000,
        **{f"kit_items-{n}-item": item for n, (item, _) in enumerate(rows)},
        **{f"kit_items-{n}-count": count for n, (_, count) in enumerate(rows)},
    }


def errors(answer: Any) -> dict[str, Any]:
    return dict(answer.context["adminform"].form.errors)


def test_an_organisation_is_added_and_signed_for(manager: Client) -> None:
    chosen = builders.organisation()

    answer = manager.post(f"{ORGANISATIONS}add/", organisation(chosen))

    made = Organisation.objects.get(reference="NEW-1")
    signed = made.history.get().pgh_context
    assert answer.status_code == 302
    assert (signed["actor"], signed["door"]) == ("Test Account manager", "admin")


def test_an_organisation_stays_in_its_account(manager: Client) -> None:
    chosen, other = builders.organisation(), builders.account()

    manager.post(f"{ORGANISATIONS}{chosen.pk}/change/", organisation(chosen, account=other.pk))

    before = chosen.account_id
    chosen.refresh_from_db()
    assert (chosen.name, chosen.account_id) == ("New Clinic", before)


@pytest.mark.parametrize(
    ("field", "given", "words"),
    [
        ("default_nights", "31", "at most 7 nights"),
        ("default_nights", "9", "at most 7 nights"),
        ("default_sensors", ["neck", "oximeter"], "Choose sensors that the product uses"),
        ("reference", "", "Enter the reference"),
        ("name", "a\x00b", "hidden character"),
        ("name", "x" * 300, "200 characters or fewer"),
    ],
)
def test_an_organisation_that_cannot_be_is_refused_beside_the_box(
    field: str, given: Any, words: str, manager: Client
) -> None:
    product = builders.product(sensors=[Sensor.NECK], most_nights=7)
    chosen = builders.organisation(product=product)

    answer = manager.post(f"{ORGANISATIONS}add/", organisation(chosen, **{field: given}))

    assert answer.status_code == 422
    assert words in str(errors(answer)[field])


def test_a_clinician_is_one_of_the_account(manager: Client) -> None:
    chosen, other = builders.organisation(), builders.organisation()

    answer = manager.post(
        f"{ORGANISATIONS}add/", organisation(chosen, clinician=other.clinician_id)
    )

    assert answer.status_code == 422
    assert errors(answer)["clinician"] == [f"Choose a clinician of {chosen.account}"]


def test_a_reference_that_is_taken_is_refused(manager: Client) -> None:
    chosen = builders.organisation()

    answer = manager.post(f"{ORGANISATIONS}add/", organisation(chosen, reference=chosen.reference))

    assert answer.status_code == 422
    assert "already exists" in answer.content.decode()


def test_a_kit_is_added_with_its_items(stock_lead: Client) -> None:
    builders.product()
    item = Item.objects.latest("pk")

    answer = stock_lead.post(f"{KITS}add/", kit((item.pk, "3")))

    made = Kit.objects.get(name="New Kit")
    assert answer.status_code == 302
    assert [(one.item, one.count) for one in made.kit_items.all()] == [(item, 3)]


@pytest.mark.parametrize("count", ["0", "-1", "", "x", "9" * 30])
def test_so_many_of_an_item_cannot_be_in_a_kit(count: str, stock_lead: Client) -> None:
    builders.product()
    item = Item.objects.latest("pk")

    answer = stock_lead.post(f"{KITS}add/", kit((item.pk, count)))

    assert answer.status_code == 422
    assert not Kit.objects.filter(name="New Kit").exists()


def test_a_rule_of_the_database_is_said_as_a_sentence(stock_lead: Client) -> None:
    builders.product()
    item = Item.objects.latest("pk")

    answer = stock_lead.post(f"{KITS}add/", kit((item.pk, "0")))

    assert "Kit item count is at least 1" in answer.content.decode()


def test_boxes_in_a_table_say_their_column_and_row(stock_lead: Client) -> None:
    builders.product()

    text = stock_lead.get(f"{KITS}{Kit.objects.latest('pk').pk}/change/").content.decode()

    for label in ("Item, row 1", "Count, row 1", "Item, new row", "Count, new row"):
        assert f'aria-label="{label}"' in text


def test_sensors_are_kept_in_one_order_however_they_come(stock_lead: Client) -> None:
    product = builders.product()
    StudyKit.objects.filter(product=product).delete()
    given = {
        "product": product.pk,
        "sensors": ["oximeter", "neck", "neck"],
        "kit": Kit.objects.latest("pk").pk,
    }

    stock_lead.post("/admin/inventory/studykit/add/", given)

    assert StudyKit.objects.get(product=product).sensors == ["neck", "oximeter"]


@pytest.mark.parametrize(
    ("lines", "kept"), [("1 Road\r\n\r\n  Flat  2 ", ["1 Road", "Flat 2"]), ("1 Road", ["1 Road"])]
)
def test_the_lines_of_a_sites_address_are_typed_as_lines(
    lines: str, kept: list[str], manager: Client
) -> None:
    site = builders.site(builders.account())
    given = {"name": "Desk", "address_lines": lines, "city": "Leeds", "is_active": "on"}

    answer = manager.post(f"/admin/organisations/site/{site.pk}/change/", given)

    assert answer.status_code == 302
    assert Site.objects.get(pk=site.pk).address_lines == kept


def test_seven_lines_are_too_many(manager: Client) -> None:
    site = builders.site(builders.account())
    given = {"name": "Desk", "address_lines": "\n".join("abcdefg"), "is_active": "on"}

    answer = manager.post(f"/admin/organisations/site/{site.pk}/change/", given)

    assert answer.status_code == 422
    assert errors(answer)["address_lines"] == ["Enter 6 lines or fewer"]


def test_who_only_reads_finds_words_and_no_boxes(sign_in: SignIn) -> None:
    chosen = builders.organisation(default_sensors=list(Sensor))

    text = sign_in(Role.OPERATOR).get(f"{ORGANISATIONS}{chosen.pk}/change/").content.decode()

    assert "Neck sensor, Oximeter" in text
    assert 'name="reference"' not in text


@pytest.mark.parametrize(
    "page",
    [
        "organisations/organisation",
        "organisations/clinician",
        "organisations/site",
        "organisations/account",
        "organisations/product",
        "inventory/item",
        "inventory/kit",
        "inventory/studykit",
        "inventory/accountcatalogue",
    ],
)
def test_many_rows_take_no_more_queries_than_one(
    page: str, administrator: Client, django_assert_max_num_queries: object
) -> None:
    for _ in range(6):
        chosen = builders.organisation()
        builders.site(chosen.account)
        builders.catalogue_item(chosen.account)

    with django_assert_max_num_queries(11):  # type: ignore[operator]
        assert administrator.get(f"/admin/{page}/").status_code == 200


def test_a_kit_of_many_items_takes_no_more_queries_than_one_of_few(
    stock_lead: Client, django_assert_max_num_queries: object
) -> None:
    maker = Manufacturer.objects.create(name="Test Maker of many")
    made = Kit.objects.create(name="Test Kit of many")
    for number in range(12):
        item = Item.objects.create(manufacturer=maker, name=f"Item {number}", sku=f"MANY-{number}")
        KitItem.objects.create(kit=made, item=item)

    with django_assert_max_num_queries(9):  # type: ignore[operator]
        stock_lead.get(f"{KITS}{made.pk}/change/")


@pytest.mark.parametrize(
    ("field", "given", "words"),
    [
        ("country", "XX", "two letters"),
        ("time_zone", "Europe/Nowhere", "name of a time zone"),
        ("time_zone", "../../etc/passwd", "name of a time zone"),
        ("phone_share_limit", "101", "100"),
    ],
)
def test_an_account_that_nothing_could_work_with_is_refused(
    field: str, given: str, words: str, manager: Client
) -> None:
    account = builders.account()
    answered = {
        "name": "New",
        "country": "gb",
        "time_zone": "Europe/London",
        "phone_share_limit": "30",
        "phone_share_minimum": "20",
        field: given,
    }

    answer = manager.post(f"/admin/organisations/account/{account.pk}/change/", answered)

    assert answer.status_code == 422
    assert words in str(errors(answer)[field])


def test_who_manages_an_account_is_an_account_manager(manager: Client) -> None:
    account = builders.account()
    other = builders.user(Role.OPERATOR)

    page = manager.get(f"/admin/organisations/account/{account.pk}/change/")
    offered = page.context["adminform"].form.fields["account_manager"].queryset

    assert offered.filter(membership__roles=["account_manager"]).exists()
    assert other not in offered
