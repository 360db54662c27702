"""The staff form's memory: what was answered so far, and the one order it becomes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone

from foundation.actors import Actor, Permission
from orders.commands import place_order
from orders.models import Order, OrderDraft
from orders.wanted import OrderWanted
from studies.references import our_reference

KEPT_FOR = timedelta(days=7)


def open_draft(*, actor: Actor) -> OrderDraft:
    """A new draft, with the reference its order will have unless another is typed."""
    actor.must(Permission.PLACE_ORDERS)
    return OrderDraft.objects.create(
        account_id=actor.one_account, user_id=actor.one_user, reference=our_reference()
    )


def find_draft(public_id: UUID, *, actor: Actor) -> OrderDraft | None:
    """Only one's own: a half-answered form is nobody else's business."""
    return (
        OrderDraft.objects.filter(public_id=public_id, user_id=actor.one_user)
        .select_related("order", "account")
        .first()
    )


def unfinished_drafts(actor: Actor) -> models.QuerySet[OrderDraft]:
    """One's own with answers that became no order yet, newest first."""
    own = OrderDraft.objects.filter(user_id=actor.one_user, account_id=actor.one_account)
    return own.filter(order=None).exclude(answers={}).order_by("-changed_at")


def keep_answers(draft: OrderDraft, *, actor: Actor, **sections: dict[str, Any]) -> None:
    """Replace these sections of the answers, leaving the others; not once an order was placed.

    Raises OrderDraft.DoesNotExist when it was deleted, or is somebody else's.
    """
    actor.must(Permission.PLACE_ORDERS)
    with transaction.atomic():
        own = OrderDraft.objects.select_for_update(of=("self",)).filter(user_id=actor.one_user)
        kept = own.get(pk=draft.pk)
        if kept.order_id is None:
            kept.answers = {**kept.answers, **sections}
            kept.save(update_fields=["answers", "changed_at"])
        draft.answers, draft.order_id = kept.answers, kept.order_id


@transaction.atomic
def place_draft(draft: OrderDraft, wanted: OrderWanted, *, actor: Actor) -> Order:
    """Place the draft's order; a second time, whoever presses, it is the same order."""
    actor.must(Permission.PLACE_ORDERS)
    kept = OrderDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if kept.order is not None:
        return kept.order
    order = place_order(
        wanted, actor=actor.for_account(kept.account_id), our_reference=kept.reference
    )
    kept.order = order
    kept.answers = {}  # the order holds them now; nothing of the patient stays behind
    kept.save(update_fields=["order", "answers", "changed_at"])
    return order


def delete_draft(draft: OrderDraft, *, actor: Actor) -> None:
    """Forget one's own answers; the order that a draft became stays what it is."""
    actor.must(Permission.PLACE_ORDERS)
    OrderDraft.objects.filter(pk=draft.pk, user_id=actor.one_user, order=None).delete()


def forget_old_drafts() -> int:
    """Delete drafts that nobody has touched for seven days; returns how many."""
    deleted, _ = OrderDraft.objects.filter(changed_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted
