"""Placing an order step by step: opening a draft, going on with it, and the steps that are one
question each. Nothing is ordered here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from foundation.actors import Permission
from foundation.forms import StaffForm
from orders.drafts import delete_draft, find_draft, open_draft
from orders.models import OrderDraft
from orders.views.progress import Progress
from orders.views.sections import SUPPLIES, Step
from organisations.models import Organisation
from organisations.visit import SHOWS, Visit, staff_page


@dataclass(frozen=True)
class Question:
    """What a step's page asks."""

    title: str
    lead: str = ""


QUESTIONS: dict[Step, Question] = {
    Step.PATIENT: Question("Who is the order for?"),
    Step.ADDRESS: Question("Where should the kit go?"),
    Step.ORGANISATION: Question("Which organisation is ordering?"),
    Step.STUDY: Question("Which test?"),
    Step.SMARTPHONE: Question(
        "Does the patient have a smartphone?",
        "Most patients record the test with their own phone. Ask before you answer.",
    ),
}


def draft_page(
    view: Callable[[Progress], HttpResponse],
) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """A page over one's own draft. One that became an order shows that order's confirmation."""

    @staff_page(Permission.PLACE_ORDERS)
    @wraps(view)
    def answer(visit: Visit, draft_id: UUID) -> HttpResponse:
        draft = find_own_draft(visit, draft_id)
        if draft.order_id:
            return redirect("orders:placed", draft.public_id)
        try:
            return view(Progress(visit, draft))
        except OrderDraft.DoesNotExist:  # deleted in another window a moment ago
            raise Http404 from None

    return answer


def find_own_draft(visit: Visit, draft_id: UUID) -> OrderDraft:
    """Begun for the account that one works in now, or not there."""
    draft = find_draft(draft_id, actor=visit.actor)
    if draft is None or draft.account_id != visit.account.pk:
        raise Http404
    return draft


@staff_page(Permission.PLACE_ORDERS, methods=SHOWS)
def new_order(visit: Visit) -> HttpResponse:
    """Open a draft and ask for the patient; say so at once when nothing could be ordered."""
    mine = Organisation.objects.visible_to(visit.actor).open_for_orders()
    if not mine.exists():
        return visit.page("orders/new/no_organisation.html", here="new order")
    return to_question("patient", open_draft(actor=visit.actor))


@draft_page
def go_on(progress: Progress) -> HttpResponse:
    """To the first step that has no right answer yet; of a supplies order, to its form."""
    if SUPPLIES in progress.draft.answers:
        return redirect("orders:supplies", progress.draft.public_id)
    return next_page(progress)


@draft_page
def discard(progress: Progress) -> HttpResponse:
    visit = progress.visit
    if visit.is_answered:
        delete_draft(progress.draft, actor=visit.actor)
        messages.success(visit.request, "The draft is deleted.")
        return redirect("orders:list")
    return visit.page("orders/new/delete.html", here="orders", draft=progress.draft)


def question(step: Step) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """The page of a step that is one form."""

    @draft_page
    def page(progress: Progress) -> HttpResponse:
        if step not in progress.steps or progress.missing_before(step):
            return next_page(progress)
        if not progress.visit.is_answered:
            return show(progress, step, progress.shown(step))
        form = progress.form(step, progress.visit.request.POST)
        if wants_to_stop(progress):
            progress.keep_typed(step, form)
            return stop(progress, step, is_complete=form.is_valid())
        if form.is_valid():
            return next_page(progress.keep_typed(step, form))
        return show(progress, step, form)

    return page


address = question(Step.ADDRESS)
organisation = question(Step.ORGANISATION)
study = question(Step.STUDY)
smartphone = question(Step.SMARTPHONE)


def next_page(progress: Progress) -> HttpResponse:
    return to_question(page_of(progress), progress.draft)


def to_question(page: str, draft: OrderDraft) -> HttpResponse:
    """The keyboard goes on from the question, past the menu that was passed a page ago."""
    return redirect(f"{reverse(f'orders:{page}', args=[draft.public_id])}#step")


def page_of(progress: Progress) -> str:
    """The page to go on with: a new patient who was begun is finished first."""
    step = progress.first_missing
    if step == Step.PATIENT and progress.section(step).typed:
        return "new_patient"
    return step.value if step else "check"


def wants_to_stop(progress: Progress) -> bool:
    return "later" in progress.visit.request.POST


def stop(progress: Progress, step: Step, *, is_complete: bool) -> HttpResponse:
    """Back to the orders; what was typed is kept, right or wrong."""
    words = "Your draft is saved for 7 days. You find it here, above your orders."
    if not is_complete:
        words += f" “{QUESTIONS[step].title}” is not complete yet."
    messages.success(progress.visit.request, words)
    return redirect("orders:list")


def show(
    progress: Progress,
    step: Step,
    form: StaffForm,
    *,
    template: str = "",
    is_refused: bool = False,
    **shown: Any,
) -> HttpResponse:
    """The step's page; 422 when what was just sent will not do."""
    if step == Step.ADDRESS:
        progress.note_shown(progress.the_known, what="order address")
    is_wrong = is_refused or (progress.visit.is_answered and bool(form.errors))
    given = {"question": QUESTIONS[step], "form": form, "is_refused": is_refused}
    return progress.visit.page(
        template or f"orders/new/{step.value}.html",
        status=422 if is_wrong else 200,
        **(given | where(progress, step) | shown),
    )


def where(progress: Progress, step: Step) -> dict[str, Any]:
    """Which step this is of how many; checking the answers is the last."""
    steps = progress.steps
    place = steps.index(step)
    return {
        "here": "new order",
        "progress": progress,
        "draft": progress.draft,
        "step": place + 1,
        "segments": [number <= place for number in range(len(steps) + 1)],
        "back_url": progress.url(steps[place - 1]) if place else "",
    }
