"""What all addresses of API v1 have in common. Each resource has a module of its own: `orders`,
`studies`, `referrals`, `reports`, and `feed` for the events.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from foundation.errors import NotFound
from foundation.text import has_unprintable
from portal.api import errors
from portal.api.endpoints import Endpoint
from portal.api.errors import Path
from portal.api.v1 import format as wire
from portal.api.v1.auth import BearerToken, missing_scope
from studies.errors import ReferenceTaken


class V1Endpoint(Endpoint):
    """`fields` says where the domain's fields are among the attributes that were sent."""

    authentication_classes = [BearerToken]
    fields: Mapping[str, Path] = wire.FIELDS

    def refuse(self, refused: errors.Refused) -> HttpResponse:
        return wire.refuse(refused, self.plain_request, sent=self.document, fields=self.fields)

    def missing_scope(self) -> errors.Refused:
        return missing_scope(self.scope)

    def leave_the_id_to_us(self, sent: str | None, reference: str) -> None:
        """Only the reference may stand there, which does no harm."""
        if sent not in (None, reference):
            words = "The server gives ids; leave it out."
            raise errors.Refused(errors.edge_problem("forbidden", words, path=("data", "id")))


def created(document: Mapping[str, Any]) -> HttpResponse:
    headers = {"Location": document["links"]["self"]}
    return wire.answer({"data": document}, status=201, headers=headers)


def accepted() -> HttpResponse:
    """202, without a body: contracts/v1.md sections 2.2 and 2.4."""
    answer = HttpResponse(status=202)
    del answer["Content-Type"]
    return answer


def conflict(taken: ReferenceTaken, *, there: str) -> errors.Refused:
    """`there` is the address of what has the reference; nothing when v1 does not show it."""
    headers = {"Location": there} if there else {}
    return errors.Refused(errors.domain_problem(taken), headers=headers)


def tidied(reference: str, otherwise: type[NotFound]) -> str:
    """As it was kept: after trimming. What cannot have been kept is not found."""
    if has_unprintable(reference):
        raise otherwise
    return reference.strip()
