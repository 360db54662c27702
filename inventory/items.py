"""Items that their manufacturer brings into the catalogue."""

from dataclasses import dataclass

from django.db import transaction

from foundation.actors import Actor, Permission
from foundation.errors import Forbidden
from foundation.history import sign_history
from foundation.text import crockford
from inventory.models import AccountCatalogue, Item, Manufacturer


@dataclass(frozen=True, kw_only=True)
class ItemWanted:
    """An item as its manufacturer describes it; without a type its devices are not told apart."""

    name: str
    model: str = ""
    identifier_type: str | None = None


@transaction.atomic
def offer_item(wanted: ItemWanted, *, actor: Actor) -> Item:
    """From here on the account's catalogue has the item, which nobody can order until an
    administrator says so: contracts/v3.md section 3.4.

    Raises Forbidden when the account is no manufacturer.
    """
    actor.must(Permission.SEE_CATALOGUE)
    sign_history(actor)
    maker = Manufacturer.objects.filter(account_id=actor.one_account).first()
    if maker is None:
        raise Forbidden
    item = Item.objects.create(
        manufacturer=maker,
        name=wanted.name,
        model=wanted.model,
        sku=f"HWI-{crockford(8)}",
        orderable=False,
        identifier_type=wanted.identifier_type or "",
    )
    AccountCatalogue.objects.create(account_id=actor.one_account, item=item)
    return item
