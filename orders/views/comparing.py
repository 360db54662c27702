"""Two patients beside each other, so that people can say whether they are one."""

from orders.views.words import Row


def marked(rows: list[Row], *, beside: list[Row]) -> list[Row]:
    """The rows, each with whether it says something else than its neighbour."""
    return [
        row | {"differs": _said(row) != _said(other)}
        for row, other in zip(rows, beside, strict=True)
    ]


def _said(row: Row) -> object:
    return row.get("lines") or row.get("value") or None
