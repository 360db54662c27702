"""How much there is: taking in what has arrived, and saying what was counted."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from procrastinate.contrib.django import app

from foundation.actors import Actor, Permission
from foundation.constraints import insert_or_none
from foundation.history import sign_history
from inventory.errors import NotAPlaceForIt, NothingCounted, StockIsPromised
from inventory.models import Item, Stock
from organisations.models import Account, AccountKind, Site


@dataclass(frozen=True, kw_only=True)
class Place:
    """Whose, and where."""

    owner: Account
    site: Site


@transaction.atomic
def take_in(item: Item, place: Place, *, new: int = 0, used: int = 0, actor: Actor) -> Stock:
    """So many more are there, and orders that wait for them are looked at.

    Raises Forbidden, NothingCounted, NotAPlaceForIt.
    """
    actor.must(Permission.CHANGE_STOCK)
    sign_history(actor)
    _check_place(place)
    if new < 0 or used < 0 or not new + used:
        raise NothingCounted(field="new")
    stock = _row(item, place)
    Stock.objects.filter(pk=stock.pk).update(new=F("new") + new, used=F("used") + used)
    _look_at_what_waits()
    return Stock.objects.get(pk=stock.pk)


@transaction.atomic
def count_stock(stock: Stock, *, new: int, used: int, actor: Actor) -> Stock:
    """Somebody has counted: this is what is there. Raises Forbidden, StockIsPromised."""
    actor.must(Permission.CHANGE_STOCK)
    sign_history(actor)
    here = Stock.objects.select_for_update(of=("self",)).get(pk=stock.pk)
    if new + used < here.reserved:
        raise StockIsPromised(field="new", reserved=here.reserved)
    here.new, here.used = new, used
    here.save(update_fields=["new", "used"])
    _look_at_what_waits()
    return here


def locked_stock(item_id: int, owner_id: int, place_id: int | None) -> Stock | None:
    """How many there are, locked until the transaction ends; None where nobody counts them."""
    rows = Stock.objects.select_for_update(of=("self",))
    return rows.filter(item=item_id, owner=owner_id, place=place_id).first()


def take_one_out(stock: Stock, *, used: bool) -> None:
    """One of these is not for orders any more. Raises StockIsPromised when all are promised.

    When the count knows none of that kind, the other kind is one less: somebody counted wrong.
    """
    if stock.free < 1:
        raise StockIsPromised(field="device", reserved=stock.reserved)
    is_used = stock.used > 0 and (used or not stock.new)
    stock.used -= is_used
    stock.new -= not is_used
    stock.save(update_fields=["new", "used"])


def _row(item: Item, place: Place) -> Stock:
    made = insert_or_none(Stock(item=item, owner=place.owner, place=place.site))
    return made or Stock.objects.get(item=item, owner=place.owner, place=place.site)


def _check_place(place: Place) -> None:
    """At the operator's centres lie everybody's; at a site of an account, only its own."""
    is_centre = place.site.account.kind == AccountKind.OPERATOR
    if not is_centre and place.site.account_id != place.owner.pk:
        raise NotAPlaceForIt(field="site")


def _look_at_what_waits() -> None:
    app.configure_task("portal.jobs.supply_waiting_orders").defer()
