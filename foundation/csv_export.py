"""Tables to download as CSV. Who may have one, how many rows it has at most, and that it leaves its
mark in the access log, is decided by the page that offers it.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# Excel takes a file for UTF-8 only when it begins with this.
BYTE_ORDER_MARK = "\ufeff"
# With one of these in front a spreadsheet takes what somebody typed for a formula, and runs it;
# the wide ones of East Asian keyboards do as well.
BEGINS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def csv_answer(
    filename: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """A download of these rows, every cell harmless; `filename` never holds patient data.

    It is made as a whole, so that a fault is an error page and not half a file.
    """
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def harmless(cell: object) -> str:
    """The cell as text that a spreadsheet shows and does not compute."""
    if cell is None:
        return ""
    text = str(cell)
    if isinstance(cell, int | float):
        return text
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text
