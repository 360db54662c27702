"""What somebody may do with an order now, and the rule that is in the way where they may not."""

from dataclasses import dataclass

from foundation.actors import Actor, Permission
from foundation.errors import Refusal
from orders.commands import why_address_stays, why_not_cancelled
from orders.models import Order
from orders.statuses import Status


@dataclass(frozen=True, kw_only=True)
class Possible:
    """Each is a page of its own; a rule is there only for who could do it otherwise."""

    note: bool
    contact: bool
    address: bool
    confirm: bool
    cancel: bool
    address_rule: Refusal | None
    cancel_rule: Refusal | None

    @property
    def address_page(self) -> str:
        """The page on which the address is changed now, if there is one."""
        if self.address:
            return "change_address"
        return "confirm_address" if self.confirm else ""


def possible(order: Order, actor: Actor) -> Possible:
    may_change, may_cancel = (
        actor.may(Permission.CHANGE_ORDERS),
        actor.may(Permission.CANCEL_ORDERS),
    )
    asked = order.status == Status.RECONFIRM_ADDRESS
    address_rule = why_address_stays(order) if may_change and not asked else None
    cancel_rule = why_not_cancelled(order) if may_cancel else None
    return Possible(
        note=may_change,
        contact=may_change and order.patient is not None,
        address=may_change and not asked and address_rule is None,
        confirm=asked and actor.may(Permission.CONFIRM_ADDRESSES),
        cancel=may_cancel and cancel_rule is None,
        address_rule=address_rule,
        cancel_rule=cancel_rule,
    )
