"""Items, kits and manufacturers of API v3: contracts/v3.md sections 3.4, 3.5 and 3.11."""

from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from inventory.models import (
    AccountCatalogue,
    IdentifierType,
    Item,
    ItemClass,
    ItemSize,
    Kit,
    KitItem,
    Manufacturer,
    ReadingType,
)
from organisations.models import Account
from tests import builders
from tests.api.v1.test_statements import counted
from tests.api.v3.calls import Program, assert_refused

HUGE = ("9223372036854775807", "9223372036854775808", "9" * 5000)
LIGHT = {"id", "manufacturer", "name", "sku", "orderable"}


def item(owner: Account | None, name: str = "Test Item", **columns: Any) -> Item:
    """In the catalogue of this account, if there is one."""
    columns.setdefault("manufacturer", Manufacturer.objects.get_or_create(name="Test Maker")[0])
    sku = columns.pop("sku", f"SKU {name} {Item.objects.count()}")
    made = Item.objects.create(name=name, sku=sku, **columns)
    if owner:
        AccountCatalogue.objects.create(account=owner, item=made)
    return made


def kit(owner: Account | None, name: str, *items: Item, **columns: Any) -> Kit:
    made = Kit.objects.create(name=name, **columns)
    for number, one in enumerate(items, 1):
        KitItem.objects.create(kit=made, item=one, count=number)
    if owner:
        AccountCatalogue.objects.create(account=owner, kit=made)
    return made


def names(program: Program, path: str) -> list[str]:
    answer = program.get(path)
    assert answer.status_code == 200, answer.content
    return [one["name"] for one in answer.json()["content"]]


@pytest.fixture
def maker(account: Account) -> Manufacturer:
    """The account makes items itself."""
    return Manufacturer.objects.create(name="Own Maker", account=account)


# Items.


def test_an_item_is_told_with_all_that_is_known_of_it(program: Program, account: Account) -> None:
    monitor = item(
        account,
        "Monitor",
        model="M1",
        orderable=False,
        identifier_type=IdentifierType.MAC_ADDRESS,
        item_class=ItemClass.GENERAL_HEALTH,
        class_type="bpMonitor",
        size=ItemSize.EXTRA_LARGE,
        length=Decimal("1.50"),
        width=2,
        height=3,
        dimension_unit="in",
        reading_type=ReadingType.BLOOD_PRESSURE,
        certifications=["CE"],
    )

    told = program.get(f"/item/{monitor.pk}").json()

    assert told == {
        "id": monitor.pk,
        "manufacturer": {"id": monitor.manufacturer_id, "name": "Test Maker"},
        "name": "Monitor",
        "model": "M1",
        "sku": monitor.sku,
        "orderable": False,
        "deviceIdentifierType": "macAddress",
        "itemClass": "generalHealth",
        "itemClassType": "bpMonitor",
        "size": "extraLarge",
        "dimensions": {"length": 1.5, "width": 2.0, "height": 3.0, "unit": "in"},
        "readingType": "bloodPressure",
        "certifications": ["CE"],
        "itemCertifications": ["CE"],
    }
    assert program.get("/item").json()["content"] == [told]


def test_nothing_is_told_of_what_is_not_known(program: Program, account: Account) -> None:
    plain = item(account, size="", length=1)

    told = program.get(f"/item/{plain.pk}").json()

    assert set(told) == LIGHT | {"certifications", "itemCertifications"}


@pytest.fixture
def three(account: Account) -> list[Item]:
    """Told apart by everything that a list can be asked for."""
    other = Manufacturer.objects.create(name="Other Maker")
    return [
        item(account, "Cuff", model="B", sku="S-3", size=ItemSize.SMALL, manufacturer=other),
        item(account, "Band", model="C", sku="S-1", item_class=ItemClass.FAMILY_PLANNING),
        item(account, "Arm cuff", model="A", sku="S-2", reading_type=ReadingType.HEART_RATE),
    ]


FOUND = {
    "": "Cuff, Band, Arm cuff",
    "sort=itemId&sortDescending=true": "Arm cuff, Band, Cuff",
    "sort=itemName": "Arm cuff, Band, Cuff",
    "sort=itemModel": "Arm cuff, Cuff, Band",
    "sort=item_sku": "Band, Arm cuff, Cuff",
    "sort=itemSku&sortDescending=true": "Cuff, Arm cuff, Band",
    "name=CUFF": "Cuff, Arm cuff",
    "name=%25": "",
    "model=a": "Arm cuff",
    "sku=s-1": "Band",
    "sku=S": "",
    "itemSize=small": "Cuff",
    "itemSize=standard&itemSize=SMALL": "Cuff, Band, Arm cuff",
    "itemSize=small,extra_large": "Cuff",
    "itemClass=familyPlanning": "Band",
    "itemClass=FAMILY_PLANNING,cpap": "Band",
    "readingType=heartRate": "Arm cuff",
    "readingType=spo2": "",
    "name=cuff&model=a": "Arm cuff",
    "id=0": "",
    "manufacturerId=9223372036854775807": "",
}


@pytest.mark.parametrize(("query", "found"), FOUND.items(), ids=FOUND)
def test_items_are_found_as_asked(
    program: Program, three: list[Item], query: str, found: str
) -> None:
    assert ", ".join(names(program, f"/item?{query}")) == found


def test_items_are_found_by_ids(program: Program, three: list[Item]) -> None:
    cuff, band, _ = three

    assert names(program, f"/item?id={band.pk}&id={cuff.pk}") == ["Cuff", "Band"]
    assert names(program, f"/item?manufacturerId={cuff.manufacturer_id},1") == ["Cuff"]


WRONG_QUERIES = {
    "/item": {
        "id": ("x", "-1", "9223372036854775808"),
        "manufacturerId": ("x", "9" * 400),
        "name": ("%00", "a" * 256),
        "model": ("%00", "a&model=b"),
        "sku": ("%00",),
        "itemSize": ("huge", "%00", "small,huge"),
        "itemClass": ("x", "general-health"),
        "readingType": ("x",),
        "sort": ("name", "pk", "-itemId"),
        "sortDescending": ("x",),
    },
    "/kit": {"itemId": ("x", "-1", "1,2", "9223372036854775808", "%00"), "archived": ("x", "1")},
}


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        (path, name, value)
        for path, sent in WRONG_QUERIES.items()
        for name, values in sent.items()
        for value in values
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    program: Program, path: str, name: str, value: str
) -> None:
    document = assert_refused(program.get(f"{path}?{name}={value}"), 400, "validation_failed")

    assert {error["field"] for error in document["errors"]} == {name}


def test_never_more_than_100_items_are_told(program: Program, account: Account) -> None:
    for number in range(101):
        item(account, f"Item {number}")

    page = program.get("/item?size=250").json()

    assert (len(page["content"]), page["size"], page["total"]) == (100, 100, 101)


def test_only_what_is_in_the_account_s_catalogue_is_there(
    program: Program, stranger: Program, account: Account
) -> None:
    mine, nobody_s = item(account, "Mine"), item(None, "Nobody's")
    bundle, other = kit(account, "Bundle", nobody_s), kit(None, "Other")

    assert names(program, "/item") == ["Mine"]
    assert names(program, "/kit") == ["Bundle"]
    assert names(stranger, "/item") == names(stranger, "/kit") == []
    for caller, path in (
        (program, f"/item/{nobody_s.pk}"),
        (program, f"/kit/{other.pk}"),
        (stranger, f"/item/{mine.pk}"),
        (stranger, f"/kit/{bundle.pk}"),
    ):
        answer = caller.get(path)
        nothing = caller.get(f"{path}000")
        assert_refused(answer, 404, "resource_not_found")
        assert answer.content == nothing.content


@pytest.mark.parametrize("number", HUGE, ids=len)
@pytest.mark.parametrize("what", ["item", "kit", "manufacturer"])
def test_an_id_that_is_too_large_is_not_there(program: Program, what: str, number: str) -> None:
    assert_refused(program.get(f"/{what}/{number}"), 404, "resource_not_found")


# Items that a manufacturer offers.


def test_a_manufacturer_offers_an_item_that_nobody_can_order_yet(
    program: Program, stranger: Program, account: Account, maker: Manufacturer
) -> None:
    body = {"name": "Patch", "model": "P1", "deviceIdentifierType": "MAC_ADDRESS", "id": 5}

    answer = program.post("/item", {**body, "sku": "MINE", "orderable": True})

    assert answer.status_code == 200
    made = Item.objects.get(name="Patch")
    assert answer.json() == {
        "id": made.pk,
        "manufacturer": {"id": maker.pk, "name": "Own Maker"},
        "name": "Patch",
        "model": "P1",
        "sku": made.sku,
        "orderable": False,
        "deviceIdentifierType": "macAddress",
        "size": "standard",
        "certifications": [],
        "itemCertifications": [],
    }
    assert made.sku not in ("MINE", "")
    assert program.get(f"/item/{made.pk}").json() == answer.json()
    assert_refused(stranger.get(f"/item/{made.pk}"), 404)
    assert not AccountCatalogue.objects.on_offer_to(account.pk).filter(item=made).exists()


def test_a_create_answers_201_where_the_setting_says_so(
    program: Program, maker: Manufacturer, settings: Settings
) -> None:
    settings.V3_CREATED_STATUS = 201

    assert program.post("/item", {"name": "Patch"}).status_code == 201


@pytest.mark.parametrize("empty", [None, "", " "])
def test_a_model_may_be_empty(program: Program, maker: Manufacturer, empty: str | None) -> None:
    made = program.post("/item", {"name": "Patch", "model": empty}).json()

    assert not {"model", "deviceIdentifierType"} & set(made)


def test_who_makes_nothing_may_offer_nothing(
    program: Program, stranger: Program, maker: Manufacturer
) -> None:
    before = Item.objects.count()

    assert_refused(stranger.post("/item", {"name": "Patch"}), 403, "forbidden")

    assert Item.objects.count() == before


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, {"name"}),
        ({"name": " "}, {"name"}),
        ({"name": "a" * 201, "model": "a" * 201}, {"name", "model"}),
        ({"name": "Patch", "deviceIdentifierType": "barcode"}, {"deviceIdentifierType"}),
        ({"name": "Patch", "deviceIdentifierType": 1}, {"deviceIdentifierType"}),
    ],
)
def test_each_fault_says_where_it_is(
    program: Program, maker: Manufacturer, body: dict[str, Any], where: set[str]
) -> None:
    before = Item.objects.count()

    document = assert_refused(program.post("/item", body), 400, "validation_failed")

    assert {error["field"] for error in document["errors"]} == where
    assert Item.objects.count() == before


def test_a_request_with_the_same_key_makes_one_item(program: Program, maker: Manufacturer) -> None:
    first = program.post("/item", {"name": "Patch"}, Idempotency_Key="one")
    again = program.post("/item", {"name": "Patch"}, Idempotency_Key="one")

    assert again.content == first.content
    assert maker.items.count() == 1


# Kits.


def test_a_kit_is_told_with_its_items_in_the_light_form(program: Program, account: Account) -> None:
    cuff, band = item(None, "Cuff", model="B"), item(None, "Band", reading_type="weight")
    made = kit(account, "Starter", cuff, band, is_loaner=True)

    told = program.get(f"/kit/{made.pk}").json()

    maker = {"id": cuff.manufacturer_id, "name": "Test Maker"}
    light = {"manufacturer": maker, "orderable": True}
    first = {"id": cuff.pk, "name": "Cuff", "model": "B", "sku": cuff.sku, **light}
    second = {"id": band.pk, "name": "Band", "sku": band.sku, **light}
    assert told == {
        "id": made.pk,
        "name": "Starter",
        "archived": False,
        "kitItems": [{"item": first, "count": 1}, {"item": second, "count": 2}],
    }
    assert program.get("/kit").json()["content"] == [told]


def test_a_kit_without_items_has_an_empty_list(program: Program, account: Account) -> None:
    made = kit(account, "Empty")

    assert program.get(f"/kit/{made.pk}").json()["kitItems"] == []


def test_kits_are_found_by_item_and_by_whether_they_are_archived(
    program: Program, account: Account
) -> None:
    cuff, band = item(None, "Cuff"), item(None, "Band")
    kit(account, "Both", cuff, band)
    kit(account, "Old", cuff, is_archived=True)
    kit(account, "None")

    assert names(program, "/kit") == ["Both", "Old", "None"]
    assert names(program, f"/kit?itemId={cuff.pk}") == ["Both", "Old"]
    assert names(program, f"/kit?itemId={band.pk}&archived=TRUE") == []
    assert names(program, "/kit?archived=true") == ["Old"]
    assert names(program, "/kit?archived=false") == ["Both", "None"]
    assert names(program, "/kit?itemId=0") == []


# Manufacturers.


def test_manufacturers_are_everybody_s(program: Program, maker: Manufacturer) -> None:
    told = program.get("/manufacturer").json()["content"]

    assert {"id": maker.pk, "name": "Own Maker"} in told
    assert [one["id"] for one in told] == sorted(one["id"] for one in told)
    assert program.get(f"/manufacturer/{maker.pk}").json() == {"id": maker.pk, "name": "Own Maker"}
    assert_refused(program.get("/manufacturer/0"), 404, "resource_not_found")


# What it costs.


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize(("path", "statements"), [("/item", 6), ("/kit", 9), ("/manufacturer", 6)])
def test_a_list_costs_the_same_however_long_it_is(
    program: Program, account: Account, path: str, statements: int, rows: int
) -> None:
    for number in range(rows):
        maker = Manufacturer.objects.create(name=f"Maker {number}")
        made = item(account, f"Item {number}", manufacturer=maker)
        kit(account, f"Kit {number}", made, builders.catalogue_item(account))
    program.get(path)

    with counted() as found:
        content = program.get(f"{path}?size=250").json()["content"]

    assert len(content) >= rows
    assert len(found) == statements, found
