"""The first page of an integrator, the page of one program, and the page that makes one."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from organisations.program_forms import NewProgramForm
from organisations.roles import Scope
from organisations.visit import SHOWS, Visit
from portal.api.v1 import tokens
from portal.developers import words
from portal.developers.asking import Question, ask, show_once
from portal.developers.door import developers_page
from portal.developers.kinds import CLIENTS, KEYS, Kind
from portal.developers.webhooks.endpoints import lines_of_endpoints

PROGRAMS_AT_MOST: Final = 100


@developers_page(methods=SHOWS)
def start(visit: Visit) -> HttpResponse:
    return visit.page(
        "developers/start.html",
        here="developers",
        clients=_lines(visit, CLIENTS),
        keys=_lines(visit, KEYS),
        endpoints=lines_of_endpoints(visit),
        where=_addresses(),
    )


@developers_page(methods=SHOWS)
def program_page(visit: Visit, name: str, *, kind: Kind) -> HttpResponse:
    program = kind.find(visit, name)
    pages = ("change", "replace", "end_older", "turn_off", "turn_on")
    return visit.page(
        "developers/program.html",
        here="developers",
        kind=kind,
        urls={page: kind.address(program, page) for page in pages},
        facts=words.facts_of(program),
        secrets=words.secrets_of(program),
        has_sample=kind is CLIENTS and Scope.ORDERS in program.scopes,
        **words.line_of(program),
        where=_addresses(),
    )


@developers_page()
def new_program(visit: Visit, *, kind: Kind) -> HttpResponse:
    form = NewProgramForm(visit.request.POST if visit.is_answered else None)
    start = reverse("developers:start")
    question = Question(
        title=f"New {kind.noun}",
        lead="It acts for your whole account, whatever the organisation.",
        button="Create",
        back=start,
    )

    def make() -> HttpResponse:
        return show_once(visit, form, lambda: kind.create(visit, form.said), onward=start)

    return ask(visit, question, form, make)


def _lines(visit: Visit, kind: Kind) -> list[dict[str, Any]]:
    """Its programs, those that work first and then the newest."""
    programs = kind.programs(visit).order_by("-is_active", "-pk")[:PROGRAMS_AT_MOST]
    return [words.line_of(one) for one in programs]


def _addresses() -> dict[str, str]:
    base = settings.PUBLIC_BASE_URL
    return {"base_url": base, "token_url": base + tokens.PATH}
