"""What is in stock, in three views: contracts/v3.md section 3.7."""

from typing import Any

from inventory.models import AccountCatalogue, Item, Kit, KitItem, Stock
from orders.commands import place_order
from orders.wanted import KnownSite, LineWanted, OrderWanted
from organisations.models import Account, Organisation
from tests import builders
from tests import warehouse as there
from tests.api.v1.test_statements import counted
from tests.api.v3.calls import Program, assert_refused


def page(program: Program, path: str) -> dict[str, Any]:
    answer = program.get(path)
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def rows(program: Program, path: str) -> list[tuple[int, int, int]]:
    return [
        (row["item"]["id"], row["newCount"], row["usedCount"])
        for row in page(program, path)["content"]
    ]


def in_stock(account: Account, *, new: int = 0, used: int = 0) -> Item:
    item = builders.catalogue_item(account)
    Stock.objects.filter(item=item).update(new=new, used=used)
    return item


def test_the_summary_has_one_row_an_item_over_all_places(
    program: Program, account: Account
) -> None:
    item = in_stock(account, new=5, used=2)
    site = builders.site(account)
    Stock.objects.create(item=item, place=site, owner=account, new=1)

    assert rows(program, "/inventory") == [(item.pk, 6, 2)]
    assert "site" not in page(program, "/inventory")["content"][0]


def test_centres_and_own_sites_are_told_apart(program: Program, account: Account) -> None:
    item = in_stock(account, new=5, used=2)
    site = builders.site(account)
    Stock.objects.create(item=item, place=site, owner=account, new=1)

    assert rows(program, "/inventory/impilo") == [(item.pk, 5, 2)]
    assert rows(program, "/inventory/site") == [(item.pk, 1, 0)]
    (here,) = page(program, f"/inventory/site?siteId={site.pk}")["content"]
    assert here["site"]["id"] == site.pk
    assert rows(program, "/inventory/site?siteId=0") == []


def test_what_is_promised_is_not_there_any_more(program: Program, account: Account) -> None:
    item = in_stock(account, new=5, used=2)
    lines = (LineWanted(item_id=item.pk, count=3),)
    wanted = OrderWanted(recipient=KnownSite(builders.site(account).pk), contents=lines)

    place_order(wanted, actor=builders.integrator(account))

    assert rows(program, "/inventory") == [(item.pk, 4, 0)]


def test_items_inside_of_kits_of_the_catalogue_are_counted(
    program: Program, account: Account
) -> None:
    item = in_stock(builders.account(), new=5)
    kit = Kit.objects.create(name="Test Kit")
    KitItem.objects.create(kit=kit, item=item)
    AccountCatalogue.objects.create(account=account, kit=kit)

    assert rows(program, "/inventory/impilo") == [(item.pk, 5, 0)]


def test_what_others_own_or_may_order_is_not_shown(program: Program, account: Account) -> None:
    other = builders.account()
    theirs = in_stock(other, new=5)
    mine = in_stock(account, new=1)
    Stock.objects.create(item=mine, place=builders.centre(), owner=other, new=50)
    Stock.objects.create(item=mine, place=builders.site(other), owner=other, new=50)

    assert rows(program, "/inventory") == [(mine.pk, 1, 0)]
    assert rows(program, f"/inventory?itemId={theirs.pk}") == []
    assert rows(program, "/inventory/site") == []


def test_an_own_site_without_any_has_no_row(program: Program, account: Account) -> None:
    item = in_stock(account)
    Stock.objects.create(item=item, place=builders.site(account), owner=account)

    assert rows(program, "/inventory/impilo") == [(item.pk, 0, 0)]
    assert rows(program, "/inventory/site") == []


def test_devices_at_a_site_are_in_its_inventory(program: Program, clinic: Organisation) -> None:
    device = there.device_at_site(clinic)

    (row,) = page(program, "/inventory/site")["content"]

    assert row["site"]["id"] == device.place_id
    assert row["item"]["id"] == device.item_id
    assert (row["newCount"], row["usedCount"]) == (1, 0)


def test_it_comes_in_pages(program: Program, account: Account) -> None:
    items = [in_stock(account, new=1) for _ in range(3)]

    second = page(program, "/inventory?page=2&size=2")
    past = page(program, "/inventory?page=9&size=2")

    assert [row["item"]["id"] for row in second["content"]] == [items[2].pk]
    assert (second["total"], second["first"], second["last"]) == (3, False, True)
    assert (past["content"], past["total"], past["last"]) == ([], 3, True)
    assert page(program, "/inventory?size=9999")["size"] == 100


def test_wrong_parameters_are_refused(program: Program) -> None:
    for name in ("itemId", "page", "size"):
        told = assert_refused(program.get(f"/inventory/site?{name}=x"), 400, "validation_failed")
        assert [error["field"] for error in told["errors"]] == [name]


def test_it_costs_the_same_however_many_rows(program: Program, account: Account) -> None:
    costs = set()
    for _ in range(2):
        for _ in range(5):
            in_stock(account, new=1)
        with counted() as statements:
            page(program, "/inventory/impilo")
        costs.add(len(statements))

    assert len(costs) == 1
