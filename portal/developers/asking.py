"""Pages that ask for what one command needs, and the page that shows a secret."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from foundation.errors import Forbidden, Refusal
from foundation.forms import StaffForm
from foundation.once import OnceForm
from organisations.visit import Visit
from portal.developers import words
from portal.developers.kinds import Shown

MADE_ALREADY: Final = (
    "It was made already, and its secret was shown then. If nobody saw it, replace the secret."
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a page asks, how its button reads, and where it leads back to."""

    title: str
    button: str
    back: str
    lead: str = ""
    about: str = ""
    is_final: bool = False


def ask(
    visit: Visit, question: Question, form: StaffForm, does: Callable[[], HttpResponse]
) -> HttpResponse:
    """Show the question; when it was answered do it, and say on the form what was refused."""
    if form.is_valid():
        try:
            return does()
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_refusal(refusal)
    return visit.page(
        "developers/question.html",
        here="developers",
        question=question,
        form=form,
        status=422 if form.errors else 200,
    )


def show_once(
    visit: Visit, form: OnceForm, make: Callable[[], Shown], *, onward: str
) -> HttpResponse:
    """Make it and show its secret; a page that is sent again leads onward and makes nothing."""
    with form.sending(actor=visit.actor) as is_first:
        if is_first:
            return _secret_page(visit, make())
    messages.warning(visit.request, MADE_ALREADY)
    return redirect(onward)


def _secret_page(visit: Visit, shown: Shown) -> HttpResponse:
    """Staff pages are kept by no browser and no proxy; this one is kept by nobody at all."""
    return visit.page(
        "developers/secret.html",
        here="developers",
        parts=shown.parts,
        **words.line_of(shown.program),
    )
