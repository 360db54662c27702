"""`/v1/events`, our extension: everything that v1 tells of, in the order in which it was made
known (contracts/v1.md, House decisions, Events sent by default).
"""

import base64
import binascii
import re
from typing import Any, Final

from django.http import HttpResponse
from rest_framework.request import Request

from organisations.roles import Scope
from portal.api.errors import Refused
from portal.api.v1 import events, listing
from portal.api.v1 import format as wire
from portal.api.v1.views import V1Endpoint
from webhooks.feed import read_feed

AFTER: Final = "after"
EVENTS: Final = "/v1/events"
PLACE: Final = re.compile(rb"e([0-9]{1,18})", re.ASCII)
NO_PLACE: Final = "Follow links.next of the page before; this is no place in the feed."


class Events(V1Endpoint):
    """`/v1/events`"""

    scope = Scope.EVENTS

    def get(self, request: Request) -> HttpResponse:
        after, size = self._asked()
        found = read_feed(
            self.caller.actor.one_account,
            after=after,
            kinds=list(events.WORDS),
            studies_only=True,
            size=size,
        )
        last = found[-1].position if found else after
        assert last is not None
        document: dict[str, Any] = {"data": events.event_documents(found)}
        document["links"] = {"next": self._next(last)}
        return wire.answer(document)

    def _asked(self) -> tuple[int, int]:
        """After which position, and how many; or Refused with every fault."""
        query, problems = self.plain_request.GET, []
        found: dict[str, Any] = {}
        for name, read in {AFTER: position_in, listing.SIZE_OF_A_PAGE: listing.size_in}.items():
            try:
                found[name] = listing.given(name, query, read)
            except ValueError as error:
                problems.append(listing.wrong_parameter(name, str(error)))
        if problems:
            raise Refused(*problems)
        return found[AFTER] or 0, found[listing.SIZE_OF_A_PAGE] or listing.SIZE

    def _next(self, position: int) -> str:
        query = self.plain_request.GET
        size = listing.SIZE_OF_A_PAGE
        asked = {size: query[size]} if size in query else {}
        return wire.link_to_page({**asked, AFTER: cursor_at(position)}, of=EVENTS)


def cursor_at(position: int) -> str:
    """What it is made of is nobody's business: callers follow the link."""
    return base64.urlsafe_b64encode(b"e%d" % position).decode().rstrip("=")


def position_in(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        raise ValueError(NO_PLACE) from None
    place = PLACE.fullmatch(text)
    if place is None or cursor_at(int(place[1])) != cursor:
        raise ValueError(NO_PLACE)
    return int(place[1])
