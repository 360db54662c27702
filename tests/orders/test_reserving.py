"""What an order is promised of the stock, from one fulfilment centre, and what becomes of it."""

from unittest.mock import patch

import pytest
from django.db import IntegrityError, models

from inventory.models import Item, Kit, KitItem, Stock
from inventory.stocktaking import Place, take_in
from orders import fulfilment, waiting
from orders.commands import cancel_order, place_order
from orders.models import Order, OrderEvent, Reservation
from orders.statuses import Status
from orders.supplies_errors import StockMissing
from orders.wanted import KnownSite, LineWanted, OrderWanted
from organisations.models import Account, Site
from tests import builders
from tests.api.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return builders.account()


@pytest.fixture
def item(account: Account) -> Item:
    """In the account's catalogue, and nowhere in stock."""
    made = builders.catalogue_item(account)
    Stock.objects.all().delete()
    return made


def place(account: Account, *lines: LineWanted) -> Order:
    wanted = OrderWanted(recipient=KnownSite(builders.site(account).pk), contents=lines)
    return place_order(wanted, actor=builders.integrator(account))


def there(item: Item, *, site: Site | None = None, owner: Account | None = None, **counts: int):
    here = site or builders.centre()
    return Stock.objects.create(
        item=item, place=here, owner=owner or builders.operator_account(), **counts
    )


def counts(stock: Stock) -> tuple[int, int, int]:
    stock.refresh_from_db()
    return stock.new, stock.used, stock.reserved


def test_an_order_is_promised_what_it_needs(account: Account, item: Item) -> None:
    stock = there(item, new=5)

    order = place(account, LineWanted(item_id=item.pk, count=3))

    assert counts(stock) == (5, 0, 3)
    assert list(order.reservations.values_list("stock", "count")) == [(stock.pk, 3)]


def test_what_is_inside_of_kits_is_promised_too(account: Account, item: Item) -> None:
    stock = there(item, new=10)
    kit = Kit.objects.create(name="Test Kit of many")
    KitItem.objects.create(kit=kit, item=item, count=2)
    account.catalogue.create(kit=kit)

    place(account, LineWanted(kit_id=kit.pk, count=3), LineWanted(item_id=item.pk, count=1))

    assert counts(stock) == (10, 0, 7)


def test_a_supplies_order_is_refused_when_there_is_too_little(account: Account, item: Item) -> None:
    stock = there(item, new=2)

    with pytest.raises(StockMissing):
        place(account, LineWanted(item_id=item.pk, count=3))

    assert counts(stock) == (2, 0, 0)
    assert not Order.objects.exists()


def test_one_centre_must_have_it_all(account: Account, item: Item) -> None:
    other = builders.catalogue_item(account)
    Stock.objects.all().delete()
    there(item, new=5)
    there(other, new=5, site=builders.site(builders.operator_account(), name="Second centre"))

    with pytest.raises(StockMissing):
        place(account, LineWanted(item_id=item.pk, count=1), LineWanted(item_id=other.pk, count=1))


def test_stock_of_a_customers_site_and_of_a_closed_centre_sends_nothing(
    account: Account, item: Item
) -> None:
    there(item, new=5, site=builders.site(account), owner=account)
    closed = builders.site(builders.operator_account(), name="Closed", is_active=False)
    there(item, new=5, site=closed)

    with pytest.raises(StockMissing):
        place(account, LineWanted(item_id=item.pk, count=1))


def test_an_account_takes_its_own_stock_first_and_nobody_elses(
    account: Account, item: Item
) -> None:
    common, own = there(item, new=5), there(item, new=5, owner=account)
    theirs = there(item, new=50, owner=builders.account())

    place(account, LineWanted(item_id=item.pk, count=4))
    place(account, LineWanted(item_id=item.pk, count=4))
    with pytest.raises(StockMissing):
        place(account, LineWanted(item_id=item.pk, count=4))

    assert [counts(one)[2] for one in (own, common, theirs)] == [4, 4, 0]


def test_a_study_order_waits_for_stock_and_is_never_refused() -> None:
    clinic = builders.organisation()
    Stock.objects.all().delete()

    order = builders.order(chosen=clinic)

    assert order.status == Status.PENDING_INVENTORY
    assert [event.name for event in order.events.order_by("pk")] == [
        "order_placed",
        "pending_inventory",
    ]


def test_who_came_first_gets_what_arrives_first() -> None:
    clinic = builders.organisation()
    Stock.objects.all().delete()
    first, second = builders.order(chosen=clinic), builders.order(chosen=clinic)
    item = first.lines.get().kit.kit_items.get().item
    centre = builders.centre()

    take_in(item, Place(owner=centre.account, site=centre), new=1, actor=builders.operator())
    supplied = waiting.supply_waiting_orders()

    assert supplied == 1
    assert [Order.objects.get(pk=one.pk).status for one in (first, second)] == [
        Status.ORDER_PLACED,
        Status.PENDING_INVENTORY,
    ]
    assert OrderEvent.objects.filter(order=first).latest("pk").actor == "Homeward"


def test_what_is_called_off_is_free_again(account: Account, item: Item) -> None:
    stock = there(item, new=5)
    orders = [place(account, LineWanted(item_id=item.pk, count=1)) for _ in range(3)]

    cancel_order(orders[0], reason="", actor=builders.integrator(account))
    fulfilment.give_up_order(orders[1], reason="Why not.", actor=builders.operator())
    fulfilment.void_order(orders[2], reason="Why not.", actor=builders.operator())

    assert counts(stock) == (5, 0, 0)
    assert not Reservation.objects.exists()


def test_what_is_shipped_has_left_and_used_ones_go_first(account: Account, item: Item) -> None:
    stock = there(item, new=5, used=2)
    order = place(account, LineWanted(item_id=item.pk, count=3))
    operator = builders.operator()

    fulfilment.release_order(order, actor=operator)
    before = counts(stock)
    fulfilment.ship_order(order, tracking=builders.PARCEL, actor=operator)

    assert before == (5, 2, 3)
    assert counts(stock) == (4, 0, 0)


def test_a_replacement_needs_stock_of_its_own(account: Account, item: Item) -> None:
    stock = there(item, new=1)
    order = place(account, LineWanted(item_id=item.pk, count=1))
    operator = builders.operator()
    fulfilment.release_order(order, actor=operator)
    fulfilment.ship_order(order, tracking=builders.PARCEL, actor=operator)
    fulfilment.deliver_order(order, actor=operator)

    with pytest.raises(StockMissing):
        fulfilment.replace_shipment(order, reason="It was broken.", actor=operator)
    Stock.objects.filter(pk=stock.pk).update(new=1)
    fulfilment.replace_shipment(order, reason="It was broken.", actor=operator)

    assert counts(stock) == (1, 0, 1)


@pytest.mark.django_db(transaction=True)
def test_of_six_orders_for_the_last_one_one_wins() -> None:
    assert sum(race()) == 1
    stock = Stock.objects.get()
    assert (stock.new, stock.reserved) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_more_than_one_believes_to_have_it() -> None:
    """The control: the constraint refuses what the lock would have prevented."""
    with patch.object(models.QuerySet, "select_for_update", lambda rows, **_: rows):
        outcomes = race()

    assert None in outcomes


def race() -> list[bool | None]:
    """Whether each of six got the last one; None when the database refused it in the end."""
    owner = builders.account()
    item = builders.catalogue_item(owner)
    Stock.objects.update(new=1)
    site, actor = builders.site(owner), builders.integrator(owner)
    wanted = OrderWanted(
        recipient=KnownSite(site.pk), contents=(LineWanted(item_id=item.pk, count=1),)
    )

    def one(number: int) -> bool | None:
        try:
            place_order(wanted, actor=actor)
        except StockMissing:
            return False
        except IntegrityError:
            return None
        return True

    return at_once(6, one)
