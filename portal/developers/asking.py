"""Pages that ask for what one command needs, and the page that shows a secret."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from foundation.errors import Forbidden, Refusal
from foundation.forms import StaffForm
from foundation.once import OnceForm
from organisations.visit import Visit

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


class Shown(NamedTuple):
    """What it is called, where its page is, and what its owner can read here for the last time:
    (name, value), in order.
    """

    name: str
    url: str
    parts: list[tuple[str, str]]


class NoForm(StaffForm):
    """A page with nothing but its button."""


def sent(visit: Visit) -> QueryDict | None:
    """What the form of the page was filled in with."""
    return visit.request.POST if visit.is_answered else None


def go_back(visit: Visit, question: Question, done: str) -> HttpResponse:
    """To where the question leads back to, where it is said what was done."""
    messages.success(visit.request, done)
    return redirect(question.back)


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
    return visit.page("developers/secret.html", here="developers", **shown._asdict())
