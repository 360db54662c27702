"""Sites of an account: where orders can go, and where devices can be."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from foundation.actors import Actor, Permission
from foundation.addresses import Address
from foundation.history import sign_history
from organisations.errors import SiteNotFound
from organisations.models import Site


@dataclass(frozen=True, kw_only=True)
class SiteWanted:
    """A site as described by whoever asks."""

    name: str
    address: Address | None
    phone: str = ""
    is_active: bool = True


@transaction.atomic
def create_site(wanted: SiteWanted, *, actor: Actor) -> Site:
    """From here on the account has this site. Raises Forbidden."""
    actor.must(Permission.CHANGE_SITES)
    sign_history(actor)
    site = Site(account_id=actor.one_account)
    _take(site, wanted)
    site.save(force_insert=True)
    return site


@transaction.atomic
def describe_site(
    site: Site, describe: Callable[[SiteWanted], SiteWanted], *, actor: Actor
) -> Site:
    """Make the site as `describe` says, who is told how it is now; nobody comes in between.

    Raises Forbidden, SiteNotFound. Orders keep the address that they were placed with.
    """
    actor.must(Permission.CHANGE_SITES)
    sign_history(actor)
    rows = Site.objects.visible_to(actor).select_for_update(of=("self",))
    here = rows.filter(pk=site.pk).first()
    if here is None:
        raise SiteNotFound(field="site")
    now = SiteWanted(
        name=here.name, address=here.address, phone=here.phone, is_active=here.is_active
    )
    wanted = describe(now)
    if wanted != now:
        _take(here, wanted)
        here.save()
    return here


def _take(site: Site, wanted: SiteWanted) -> None:
    site.name, site.phone, site.is_active = wanted.name, wanted.phone, wanted.is_active
    if wanted.address is not None:
        site.take_address(wanted.address)
