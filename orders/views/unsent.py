"""What somebody was sending to a draft's step when their session had just ended.

It is kept in the sender's own draft as “Save and finish later” keeps it. Nothing is shown, nothing
is ordered, and nobody is chosen.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.http import HttpRequest

from foundation.actors import Actor, Permission
from orders.drafts import find_draft
from orders.forms.memory import typed_in
from orders.models import OrderDraft
from orders.views.progress import Progress
from orders.views.sections import Step
from orders.views.supplies_draft import Supplies
from organisations.models import Account
from organisations.visit import Visit

# By the name of the page: the step whose answers it takes.
TAKEN_BY: Final[Mapping[str, Step]] = {
    "orders:new_patient": Step.PATIENT,
    "orders:address": Step.ADDRESS,
    "orders:organisation": Step.ORGANISATION,
    "orders:study": Step.STUDY,
    "orders:smartphone": Step.SMARTPHONE,
}
SUPPLIES_PAGE: Final = "orders:supplies"


def keep_unsent(request: HttpRequest, *, actor: Actor, page: str, draft_id: UUID | None) -> bool:
    """Whether what was sent to this page is now in the draft.

    `actor` is whose session it was, who may not be signed in any more.
    """
    if page not in (*TAKEN_BY, SUPPLIES_PAGE) or draft_id is None:
        return False
    if not actor.may(Permission.PLACE_ORDERS):
        return False
    if actor.sees_all_accounts:
        return False
    account = Account.objects.get(pk=actor.one_account)
    draft = find_draft(draft_id, actor=actor)
    if draft is None or draft.order_id or draft.account_id != account.pk or not account.is_active:
        return False
    try:
        return _keep_here(Visit(request, actor, account), draft, page)
    except OrderDraft.DoesNotExist:  # deleted in another window a moment ago
        return False


def _keep_here(visit: Visit, draft: OrderDraft, page: str) -> bool:
    if page != SUPPLIES_PAGE:
        return _keep(Progress(visit, draft), TAKEN_BY[page])
    supplies = Supplies(visit, draft)
    if not visit.may_order_supplies or supplies.recipient is None:
        return False
    supplies.keep_typed(typed_in(supplies.form(visit.request.POST)), is_unfinished=True)
    return True


def _keep(progress: Progress, step: Step) -> bool:
    """Only where the page itself would have taken it."""
    is_early = step != Step.PATIENT and progress.missing_before(step)
    if step not in progress.steps or is_early:
        return False
    form = progress.form(step, progress.visit.request.POST)
    before = progress.section(step)
    progress.keep_typed(step, form, settled=before.settled and before.typed == typed_in(form))
    return True
