"""The log of calls: what an account's programs asked in the last 30 days, and how it went."""

from typing import Any, Final

from django.db import models
from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse

from organisations.visit import SHOWS, Visit
from portal.developers import looking, words
from portal.developers.door import developers_page
from portal.developers.forms import CallFilterForm
from portal.developers.kinds import KINDS, AnyProgram, kind_of
from portal.models import ApiCall

PROGRAMS_AT_MOST: Final = 500
TONES: Final = {2: "good", 4: "warn", 5: "bad"}


@developers_page(methods=SHOWS)
def requests(visit: Visit) -> HttpResponse:
    """The newest calls, or those before or after the one that the address names."""
    asked, programs = visit.request.GET, _programs(visit)
    form = CallFilterForm(asked, programs={name: one.name for name, one in programs.items()})
    having = _made_by(asked, programs) & form.having
    found = looking.look_for(
        having,
        among=ApiCall.objects.visible_to(visit.actor),
        asked=asked,
        # All calls are a page at once, and a request id has an index.
        is_bounded=bool(having) and not asked.get("request_id"),
    )
    names = {(kind_of(one).logged_as, one.pk): one.name for one in programs.values()}
    return visit.page(
        "developers/requests.html",
        here="developers",
        form=form,
        found=found,
        looked_through=looking.LOOKED_THROUGH,
        rows=[_row(call, names) for call in found.rows],
        **looking.ways_on(reverse("developers:requests"), asked, found),
    )


def _programs(visit: Visit) -> dict[str, AnyProgram]:
    """All that the account has, by what addresses call them."""
    return {
        kind.name_of(one): one
        for kind in KINDS
        for one in kind.programs(visit).order_by("-pk")[:PROGRAMS_AT_MOST]
    }


def _made_by(asked: QueryDict, programs: dict[str, AnyProgram]) -> models.Q:
    """Those of the program that the address names; another account's is not there."""
    name = asked.get("program", "")
    if not name:
        return models.Q()
    if name not in programs:
        raise Http404
    return models.Q((kind_of(programs[name]).logged_as, programs[name].pk))


def _row(call: ApiCall, names: dict[tuple[str, int], str]) -> dict[str, Any]:
    maker = ("client_id", call.client_id) if call.client_id else ("key_id", call.key_id or 0)
    return {
        "call": call,
        "made_by": names.get(maker, ""),
        "words": words.of_status(call.status),
        "tone": TONES.get(call.status // 100, "calm"),
    }
