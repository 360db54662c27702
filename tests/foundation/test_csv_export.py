"""A table to download: harmless in a spreadsheet, and exactly what was put in otherwise."""

import csv
import io

import pytest

from foundation.csv_export import csv_answer


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "+44 7911 123456",
        "-2+3",
        "@SUM(1)",
        "\t=1+1",
        "\r=1+1",
        "＝1+1",
        '=HYPERLINK("http://test.example","x")',
    ],
)
def test_what_a_spreadsheet_would_compute_is_shown_as_text(formula: str):
    answer = csv_answer("test.csv", ["A", "B"], [["plain", formula]])

    assert read(answer.content)[1] == ["plain", f"'{formula}"]


@pytest.mark.parametrize(
    "text", ["Test, Person", 'say "hi"', "two\nlines", "ŵëłł", "1=1", " x", ""]
)
def test_other_text_stays_as_it_is(text: str):
    answer = csv_answer("test.csv", ["A", "B"], [[text, "end"]])

    assert read(answer.content)[1] == [text, "end"]


def test_nothing_is_an_empty_cell_and_numbers_stay_numbers():
    answer = csv_answer("test.csv", ["A", "B", "C"], [[None, -3, 1.5]])

    assert read(answer.content)[1] == ["", "-3", "1.5"]


def test_it_is_a_download_that_excel_takes_for_utf_8():
    answer = csv_answer("test.csv", ["A"], [])

    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="test.csv"'
