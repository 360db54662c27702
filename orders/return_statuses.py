"""The statuses of a return and the legal steps between them (contracts/v3.md section 5.2).

A return is *asked for*. Its label goes *out to the recipient*, unless that came by e-mail; then it
is *waited for*, *on its way*, *here*, *being received* and *done*. Until it is on its way it can be
*voided*.
"""

from django.db import models


class ReturnStatus(models.TextChoices):
    RMA_PLACED = "rma_placed", "Asked for"
    OUTBOUND = "outbound", "Label on its way to the recipient"
    PENDING_RETURN = "pending_return", "Waited for"
    IN_TRANSIT = "in_transit", "On its way"
    ARRIVED = "arrived", "Here"
    RECEIVING = "receiving", "Being received"
    COMPLETED = "completed", "Done"
    VOIDED = "voided", "Voided"


R = ReturnStatus

ENDS = frozenset({R.COMPLETED, R.VOIDED})
# From then on it is on its way.
BEFORE_IT_LEAVES = frozenset({R.RMA_PLACED, R.OUTBOUND, R.PENDING_RETURN})

NEXT: dict[ReturnStatus, frozenset[ReturnStatus]] = {
    R.RMA_PLACED: frozenset({R.OUTBOUND, R.PENDING_RETURN, R.VOIDED}),
    R.OUTBOUND: frozenset({R.PENDING_RETURN, R.VOIDED}),
    R.PENDING_RETURN: frozenset({R.IN_TRANSIT, R.VOIDED}),
    R.IN_TRANSIT: frozenset({R.ARRIVED}),
    R.ARRIVED: frozenset({R.RECEIVING}),
    R.RECEIVING: frozenset({R.COMPLETED}),
    R.COMPLETED: frozenset(),
    R.VOIDED: frozenset(),
}


def steps() -> list[tuple[str, str]]:
    """Every legal step, as the database's own guard wants them."""
    return sorted((here.value, to.value) for here, onward in NEXT.items() for to in onward)
