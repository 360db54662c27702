"""Every piece of the staff pages in every state, on one page: to look at, and to measure. From here
one also gets to the pages that are shown when something went wrong.

Nothing here is about anybody. It is for everybody who can sign in.
"""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orders.statuses import Status
from orders.views.words import TONES
from portal import styleguide_samples as samples
from portal.sign_in.pages import menu_of

PROBLEMS: Final = {
    "400": "A request that made no sense",
    "403": "Not allowed",
    "403_csrf": "A form that has expired",
    "404": "No such page",
    "429": "Too many requests",
    "500": "A fault of ours",
    "503": "No database",
}


@require_safe
@login_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """The page; with `?wrong` its form is shown as it looks after wrong answers."""
    wrong = "wrong" in request.GET
    form = (
        samples.SampleForm(samples.WRONG_ANSWERS)
        if wrong
        else samples.SampleForm(initial=samples.RIGHT_ANSWERS)
    )
    pieces = {
        "form": form,
        "facts": samples.FACTS,
        "events": samples.EVENTS,
        "statuses": [(TONES[status], status.label) for status in Status],
        "rows": samples.ROWS,
        "actions": samples.ACTIONS,
        "segments": [True, True, False, False, False],
        "samples": samples.MESSAGES,
        "queues": samples.QUEUES,
        "notes": samples.NOTES,
        "two_records": samples.TWO_RECORDS,
        "problems": PROBLEMS,
    }
    return render(request, "styleguide.html", pieces | menu_of(request))


@require_safe
@login_required
def show_problem(request: HttpRequest, problem: str) -> HttpResponse:
    """The page for that problem, as it looks; the status says that nothing went wrong."""
    if problem not in PROBLEMS:
        raise Http404
    return render(request, f"{problem}.html")
