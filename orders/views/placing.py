"""Placing an order: the answers on one page, the button, and the confirmation."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect

from foundation.actors import Permission
from foundation.errors import Forbidden, Refusal
from orders.drafts import place_draft
from orders.views.answers import parts_of
from orders.views.order import find_order, note_shown
from orders.views.progress import Progress
from orders.views.sections import Step
from orders.views.steps import draft_page, find_own_draft, next_page, stop, wants_to_stop
from organisations.visit import SHOWS, Visit, staff_page


@dataclass(frozen=True)
class Mend:
    """Something the domain would not do, and the page and box to mend it in."""

    words: str
    url: str


@draft_page
def check(progress: Progress) -> HttpResponse:
    """All answers; the button places the order, once."""
    if progress.first_missing:
        return next_page(progress)
    if not progress.visit.is_answered:
        return _show(progress)
    if wants_to_stop(progress):
        return stop(progress, Step.SMARTPHONE, is_complete=True)
    if progress.visit.request.POST.get("seen", progress.fingerprint) != progress.fingerprint:
        return _show(progress, has_changed=True)
    try:
        place_draft(progress.draft, progress.wanted(), actor=progress.visit.actor)
    except Forbidden:
        raise
    except Refusal as refusal:
        return _show(progress, refused=_remember(progress, refusal))
    return redirect("orders:placed", progress.draft.public_id)


@staff_page(Permission.PLACE_ORDERS, methods=SHOWS)
def placed(visit: Visit, draft_id: UUID) -> HttpResponse:
    """The confirmation, however often it is asked for, as long as one may see the order."""
    draft = find_own_draft(visit, draft_id)
    if draft.order is None:
        return redirect("orders:go_on", draft.public_id)
    order = find_order(visit, draft.order.public_id)
    note_shown(visit, order, what="order confirmation")
    return visit.page("orders/new/placed.html", here="new order", order=order)


def _show(
    progress: Progress, *, refused: list[Mend] | None = None, has_changed: bool = False
) -> HttpResponse:
    progress.note_shown(progress.the_known, what="order check")
    return progress.visit.page(
        "orders/new/check.html",
        status=422 if refused or has_changed else 200,
        here="new order",
        progress=progress,
        draft=progress.draft,
        step=len(progress.steps) + 1,
        segments=[True] * (len(progress.steps) + 1),
        back_url=progress.url(progress.steps[-1]),
        parts=parts_of(progress),
        refused=refused,
        has_changed=has_changed,
    )


def _remember(progress: Progress, refusal: Refusal) -> list[Mend]:
    """Put each thing refused beside the answer it is about, and say where that is."""
    beside: dict[Step, list[tuple[str, str]]] = {}
    mends = []
    for each in refusal.each():
        step, name = _place_of(progress, each)
        if step and name:
            beside.setdefault(step, []).append((name, each.words))
        mends.append(Mend(each.words, _url(progress, step, name)))
    progress.remember_refused(beside)
    return mends


def _place_of(progress: Progress, refusal: Refusal) -> tuple[Step | None, str]:
    for step in progress.steps:
        name = progress.form(step).field_for(refusal.field)
        if name and not (step == Step.PATIENT and progress.known):
            return step, name
    return (Step.PATIENT, "") if refusal.field.startswith("patient") else (None, "")


def _url(progress: Progress, step: Step | None, name: str) -> str:
    if step is None:
        return ""
    return progress.url(step) + (f"#id_{name}" if name else "")
