"""The log of calls: what an account's programs asked in the last 30 days, and how it went."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.db import models
from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse

from foundation.keyset import newest_first
from organisations.visit import SHOWS, Visit
from portal.developers.door import developers_page
from portal.developers.forms import CallFilterForm
from portal.developers.kinds import KINDS, AnyProgram, kind_of
from portal.models import ApiCall, ApiCallQuerySet

PAGE_SIZE: Final = 50
PROGRAMS_AT_MOST: Final = 500
# A filter that little fits is not looked for through millions of calls at once.
LOOKED_THROUGH: Final = 50_000
HIGHEST_ID: Final = 2**63 - 1
TONES: Final = {2: "good", 4: "warn", 5: "bad"}


@dataclass(frozen=True)
class Found:
    """A page of calls; `older` and `newer` are the ids to go on from, None at an end.

    It `is_cut` when more calls are there than were looked through.
    """

    rows: list[ApiCall]
    older: int | None
    newer: int | None
    is_cut: bool


@developers_page(methods=SHOWS)
def requests(visit: Visit) -> HttpResponse:
    """The newest calls, or those before or after the one that the address names."""
    asked, programs = visit.request.GET, _programs(visit)
    form = CallFilterForm(asked, programs={name: one.name for name, one in programs.items()})
    having = _made_by(asked, programs) & form.having
    found = _find(ApiCall.objects.visible_to(visit.actor), having, asked)
    names = {(kind_of(one).logged_as, one.pk): one.name for one in programs.values()}
    return visit.page(
        "developers/requests.html",
        here="developers",
        form=form,
        found=found,
        looked_through=LOOKED_THROUGH,
        rows=[_row(call, names) for call in found.rows],
        newer_url=_link(asked, "after", found.newer),
        older_url=_link(asked, "before", found.older),
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


def _find(calls: ApiCallQuerySet, having: models.Q, asked: QueryDict) -> Found:
    after = _place(asked, "after")
    before = None if after else _place(asked, "before")
    end = None
    # All calls are a page at once, and a request id has an index.
    if having and not asked.get("request_id"):
        end = _end_of_look(calls, before=before, after=after)
    if end is not None:
        having &= models.Q(pk__lt=end) if after else models.Q(pk__gt=end)
    page = newest_first(calls.filter(having), size=PAGE_SIZE, before=before, after=after)
    older, newer = page.older, page.newer
    if end is not None and after:
        older, newer = older or after + 1, newer or end - 1
    elif end is not None:
        older, newer = older or end + 1, newer or (before - 1 if before else None)
    is_cut = end is not None and len(page.rows) < PAGE_SIZE
    return Found(list(page.rows), older, newer, is_cut)


def _end_of_look(calls: ApiCallQuerySet, *, before: int | None, after: int | None) -> int | None:
    """The first call that is not looked at any more; None when all are."""
    if after:
        calls = calls.filter(pk__gt=after).order_by("pk")
    else:
        calls = (calls.filter(pk__lt=before) if before else calls).order_by("-pk")
    return calls.values_list("pk", flat=True)[LOOKED_THROUGH : LOOKED_THROUGH + 1].first()


def _place(asked: QueryDict, name: str) -> int | None:
    """Where the page ends or begins. An address nobody made here shows the first page."""
    text = asked.get(name, "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
    return number if 0 < number <= HIGHEST_ID else None


def _link(asked: QueryDict, name: str, place: int | None) -> str:
    if place is None:
        return ""
    query = asked.copy()
    for other in ("before", "after"):
        query.pop(other, None)
    query[name] = str(place)
    return f"{reverse('developers:requests')}?{query.urlencode()}"


def _row(call: ApiCall, names: dict[tuple[str, int], str]) -> dict[str, Any]:
    maker = ("client_id", call.client_id) if call.client_id else ("key_id", call.key_id or 0)
    return {
        "call": call,
        "made_by": names.get(maker, ""),
        "words": f"{call.status} {_phrase(call.status)}".strip(),
        "tone": TONES.get(call.status // 100, "calm"),
    }


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
