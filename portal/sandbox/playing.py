"""Playing an order or a study of a test account: one step, or all the way."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import Final

from foundation.actors import Actor, Permission
from foundation.errors import Refusal
from orders import fulfilment
from orders.errors import OrderNotFound
from orders.fulfilment import Tracking
from orders.lifecycle import is_for_return_only
from orders.models import Order
from orders.statuses import Status
from organisations.models import Account
from portal.sandbox.errors import NotATestAccount, NothingToPlay
from portal.sandbox.nights import play_study
from studies.errors import StudyNotFound
from studies.models import Study

# What everybody may who takes part: warehouse, carrier, patient, recording side and clinician.
PARTS: Final = frozenset(
    {
        Permission.FULFIL_ORDERS,
        Permission.CONFIRM_ADDRESSES,
        Permission.SEE_STUDIES,
        Permission.RECORD_RESULTS,
        Permission.REVIEW_RESULTS,
    }
)
PARCEL: Final = Tracking("Sandbox Post", "SANDBOX")

Act = tuple[Callable[..., Order], str]
ON_ITS_WAY: Final[Act] = (fulfilment.deliver_order, "The parcel was delivered.")
COMING_BACK: Final[Act] = (fulfilment.start_return, "The kit is on its way home.")
LABELLED: Final[Act] = (fulfilment.email_return_label, "The label went out by e-mail.")
RESUMED: Final[Act] = (fulfilment.resume_order, "The order goes on.")
ONWARD: Final[Mapping[Status, Act]] = {
    Status.ORDER_PLACED: (fulfilment.release_order, "The order was sent for fulfilment."),
    Status.ON_HOLD: RESUMED,
    Status.PENDING_ADDITIONAL_INFORMATION: RESUMED,
    Status.RECONFIRM_ADDRESS: (
        lambda order, *, actor: fulfilment.confirm_address(order, None, actor=actor),
        "The address was confirmed.",
    ),
    Status.AWAITING_SHIPMENT: (
        partial(fulfilment.ship_order, tracking=PARCEL),
        "The parcel was shipped.",
    ),
    Status.SHIPPED: ON_ITS_WAY,
    Status.AVAILABLE_FOR_PICKUP: ON_ITS_WAY,
    Status.UNSUCCESSFUL_DELIVERY: ON_ITS_WAY,
}


class Until(StrEnum):
    NEXT = "next"
    FINISHED = "finished"


def play(what: Order | Study, *, until: Until, actor: Actor) -> list[str]:
    """Do the next thing that would happen, or all that comes, each by the command that does it in
    real life and in a transaction of its own; what happened, in words.

    Raises NotATestAccount, NothingToPlay when nothing happened, and what the first command refuses.
    A later refusal ends the play, and is the last of the words.
    """
    actor.must(Permission.SIMULATE)
    player = _player(what.account_id, actor)
    happened: list[str] = []
    try:
        for words in _scenes(what, player):
            happened.append(words)
            if until is Until.NEXT:
                break
    except Refusal as refusal:
        if not happened:
            raise
        happened.append(refusal.words)
    if not happened:
        raise NothingToPlay(why="it has come to its end")
    return happened


def _player(account_id: int, actor: Actor) -> Actor:
    """One who plays every part, in this account only; it is signed with who asked for it."""
    if not Account.objects.filter(pk=account_id, is_test=True).exists():
        raise NotATestAccount
    asked = actor.for_account(account_id)
    return replace(asked, label=f"Sandbox, for {actor.label}", permissions=PARTS)


def _scenes(what: Order | Study, player: Actor) -> Iterator[str]:
    """One by one, each after looking at how it stands now."""
    while words := _next(what, player):
        yield words


def _next(what: Order | Study, player: Actor) -> str | None:
    if isinstance(what, Study):
        return play_study(_fresh_study(what, player), actor=player)
    return _play_order(_fresh_order(what, player), actor=player)


def _play_order(order: Order, *, actor: Actor) -> str | None:
    """The parcel goes out, the test is done, and what shall come back goes home."""
    status = Status(order.status)
    if order.is_called_off:
        raise NothingToPlay(why="the order was cancelled")
    if status is Status.PENDING_INVENTORY:
        raise NothingToPlay(why="the order waits for stock")
    if status is Status.ORDER_PLACED and is_for_return_only(order):
        return _do(LABELLED, order, actor)
    if status in ONWARD:
        return _do(ONWARD[status], order, actor)
    if order.study and (words := play_study(order.study, actor=actor)):
        return words
    comes_back = order.study is not None or order.returns.exists()
    return _do(COMING_BACK, order, actor) if status is Status.DELIVERED and comes_back else None


def _do(act: Act, order: Order, actor: Actor) -> str:
    command, words = act
    command(order, actor=actor)
    return words


def _fresh_order(order: Order, actor: Actor) -> Order:
    rows = Order.objects.visible_to(actor).select_related(
        "study__patient", "study__organisation__clinician"
    )
    found = rows.filter(pk=order.pk).first()
    if found is None:
        raise OrderNotFound
    return found


def _fresh_study(study: Study, actor: Actor) -> Study:
    found = Study.objects.visible_to(actor).with_its_people().filter(pk=study.pk).first()
    if found is None:
        raise StudyNotFound(field="study")
    return found
