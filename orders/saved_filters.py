"""Filters of the list of orders that somebody keeps under a name. They are nobody else's."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import models, transaction
from django.db.models.functions import Lower

from foundation.actors import Actor, Permission
from foundation.constraints import insert_or_none
from orders.errors import FilterIsEmpty, FilterNameTaken, TooManyFilters
from orders.models import SavedFilter
from organisations.models import User

FILTERS_AT_MOST: Final = 50


def own_filters(actor: Actor) -> models.QuerySet[SavedFilter]:
    own = SavedFilter.objects.filter(user_id=actor.one_user, account_id=actor.one_account)
    return own.order_by("name", "pk")


def find_filter(public_id: UUID, *, actor: Actor) -> SavedFilter | None:
    return own_filters(actor).filter(public_id=public_id).first()


@transaction.atomic
def save_filter(name: str, answers: Mapping[str, str], *, actor: Actor) -> SavedFilter:
    """Keep these answers under the name.

    Raises FilterIsEmpty, FilterNameTaken (whatever the case of the letters) or TooManyFilters.
    """
    actor.must(Permission.SEE_ORDERS)
    if not answers:
        raise FilterIsEmpty
    _one_at_a_time(actor)
    if own_filters(actor).count() >= FILTERS_AT_MOST:
        raise TooManyFilters(most=FILTERS_AT_MOST)
    saved = insert_or_none(
        SavedFilter(
            account_id=actor.one_account,
            user_id=actor.one_user,
            name=name,
            answers=dict(answers),
        )
    )
    if saved is None:
        raise FilterNameTaken(field="name")
    return saved


@transaction.atomic
def rename_filter(saved: SavedFilter, name: str, *, actor: Actor) -> None:
    """Give the filter another name, or raise FilterNameTaken."""
    actor.must(Permission.SEE_ORDERS)
    _one_at_a_time(actor)
    own = SavedFilter.objects.filter(user_id=actor.one_user)
    others = own.exclude(pk=saved.pk).alias(key=Lower("name"))
    if others.filter(key=Lower(models.Value(name))).exists():
        raise FilterNameTaken(field="name")
    own.filter(pk=saved.pk).update(name=name)


def delete_filter(saved: SavedFilter, *, actor: Actor) -> None:
    """Forget the filter; the orders stay what they are."""
    actor.must(Permission.SEE_ORDERS)
    SavedFilter.objects.filter(pk=saved.pk, user_id=actor.one_user).delete()


def _one_at_a_time(actor: Actor) -> None:
    """Whoever has two windows saves in one of them after the other."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.one_user)
