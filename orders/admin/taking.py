"""Which steps somebody can take with an order now, and taking one. The steps are in `steps`."""

from django.db import transaction

from foundation.actors import Actor
from orders import lifecycle
from orders.admin.step_forms import StepForm
from orders.admin.steps import STEPS, Step
from orders.models import Order


def offered_steps(order: Order, *, actor: Actor) -> dict[str, list[tuple[str, Step]]]:
    """What this actor can do with the order now: by group, each step with its name."""
    onward = lifecycle.onward(order)
    groups: dict[str, list[tuple[str, Step]]] = {}
    for name, step in STEPS.items():
        if actor.may(step.needs) and step.when(order, onward):
            groups.setdefault(step.group, []).append((name, step))
    return groups


@transaction.atomic
def take_step(step: Step, form: StepForm, *, order: Order, actor: Actor) -> None:
    """Call the step's command with what the form says, unless this very page did so already.

    Raises StepNotPossible, AddressHasChanged, or what the command refuses.
    """
    actor.must(step.needs)
    order = lifecycle.locked(order, actor=actor)
    if not _was_taken(step, form, order=order, actor=actor):
        step.check(order)
        form.check_shown(order, actor=actor)
        step.does(order, **form.arguments, actor=actor)


def _was_taken(step: Step, form: StepForm, *, order: Order, actor: Actor) -> bool:
    """Whether the actor has done just this since the page was opened: the button pressed twice.

    Another answer is not the same step: it was corrected after the browser's "Back".
    """
    if form.says_otherwise(order):
        return False
    since = order.events.filter(
        pk__gt=form.last_seen, actor_user_id=actor.user_id, name__in=step.tells
    ).select_related("note")
    said = form.arguments.get("reason", "")
    return any((event.note.text if event.note else "") == said for event in since)
