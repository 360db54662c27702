"""Pages of a list whose addresses name a row by its public id."""

from typing import Any
from uuid import UUID

from django.db import models

from foundation.keyset import Page
from organisations.visit import Visit


def place_named(visit: Visit, name: str, rows: "models.QuerySet[Any]") -> int | None:
    """Where the page ends or begins. An address nobody made here shows the first page."""
    try:
        named = UUID(visit.request.GET.get(name, ""))
    except ValueError:
        return None
    return rows.filter(public_id=named).values_list("pk", flat=True).first()


def ends_of(page: Page[Any]) -> tuple[str, str]:
    """The public ids after and before which there is more; empty where there is not."""
    by_id = {row.pk: str(row.public_id) for row in page.rows}
    return by_id.get(page.newer, ""), by_id.get(page.older, "")
