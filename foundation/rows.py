"""Rows of which there can be only one."""

from typing import TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


def the_one(rows: models.QuerySet[Row]) -> Row | None:
    """The row that some unique rule lets be there once; None when there is none.

    `first()` would sort by the primary key, and Django takes long to write that down.
    """
    return next(iter(rows[:1]), None)
