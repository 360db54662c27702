"""What all addresses of API v3 have in common (contracts/v3.md section 1)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final, TypeVar

from django.conf import settings
from django.db import models
from django.http import HttpResponse

from foundation.ids import LARGEST_ID
from organisations.roles import Scope
from portal.api import errors
from portal.api.endpoints import Endpoint
from portal.api.errors import Path, Problem, Refused, edge_problem
from portal.api.v3 import format as wire
from portal.api.v3 import paging
from portal.api.v3.auth import KeyHeader

Row = TypeVar("Row", bound=models.Model)
NOT_THERE: Final = "resource_not_found"


class V3Endpoint(Endpoint):
    """`fields` says where the domain's fields are in the body that is sent here."""

    authentication_classes = [KeyHeader]
    scope = Scope.ORDERS
    fields: Mapping[str, Path] = {}
    largest_page: ClassVar[int] = paging.LARGEST_SIZE

    def refuse(self, refused: errors.Refused) -> HttpResponse:
        return wire.refuse(refused, self.plain_request, fields=self.fields)

    def find(self, rows: models.QuerySet[Row], number: int) -> Row:
        """The row that an address names, or the refusal that there is none."""
        found = rows.filter(pk=number).first() if number <= LARGEST_ID else None
        if found is None:
            raise Refused(edge_problem(NOT_THERE))
        return found

    def page(
        self,
        rows: Callable[[list[Problem]], models.QuerySet[Row]],
        *,
        load: Callable[[Sequence[int]], Iterable[Row]],
        write: Callable[[Row], dict[str, Any]],
    ) -> tuple[dict[str, Any], Sequence[Row]]:
        """One page of `rows`, which are given the list of problems to add what is wrong to."""
        problems: list[Problem] = []
        query = self.plain_request.GET
        wanted = paging.read_page(query, problems, largest=self.largest_page)
        asked = rows(problems)
        if problems:
            raise Refused(*problems)
        return paging.page_document(asked, wanted, load=load, write=write)

    def created(self, document: Any) -> HttpResponse:
        """House decisions, Success of a create."""
        return wire.answer(document, status=settings.V3_CREATED_STATUS)
