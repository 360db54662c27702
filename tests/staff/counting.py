"""How many queries a page takes."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.staff.desk import Desk


def queries(who: Desk, path: str, data: dict[str, str] | None = None) -> int:
    """Of the page shown, or of the answers sent to it."""
    with CaptureQueriesContext(connection) as asked:
        who.get(path) if data is None else who.post(path, data)
    return len(asked)
