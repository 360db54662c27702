"""A date of birth typed in three boxes, and the words for every way to get it wrong."""

import datetime

import pytest
import time_machine

from foundation.dates import DateOfBirthField
from foundation.forms import StaffForm
from tests.staff.texts import HARMLESS, HOSTILE

TODAY = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)


class Birth(StaffForm):
    born = DateOfBirthField()
    missing = {"born": "Enter the patient's date of birth"}


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=False):
        yield


def birth(day="", month="", year=""):
    return Birth({"born_day": day, "born_month": month, "born_year": year})


def wrong_parts(form):
    html = str(form)
    inputs = html.split("<input")[1:]
    return [part.split('name="born_')[1].split('"')[0] for part in inputs if "aria-invalid" in part]


@pytest.mark.parametrize("month", ["3", "03", "Mar", "mar", "MAR", "Mar.", "March", "march", " 3 "])
def test_a_month_may_be_a_number_or_a_name(month):
    form = birth("27", month, "1980")

    assert form.is_valid()
    assert form.cleaned_data["born"] == datetime.date(1980, 3, 27)


@pytest.mark.parametrize(("typed", "month"), [("sept", 9), ("june", 6), ("jul", 7), ("dec", 12)])
def test_a_month_may_be_cut_short_after_three_letters(typed, month):
    form = birth("1", typed, "1990")

    assert form.is_valid()
    assert form.cleaned_data["born"].month == month


@pytest.mark.parametrize(
    ("day", "month", "year", "words", "parts"),
    [
        ("", "", "", "Enter the patient's date of birth", ["day", "month", "year"]),
        ("  ", "\t", "", "Enter the patient's date of birth", ["day", "month", "year"]),
        ("", "3", "1980", "Date of birth must include a day", ["day"]),
        ("27", "", "1980", "Date of birth must include a month", ["month"]),
        ("27", "3", "", "Date of birth must include a year", ["year"]),
        ("27", "", "", "Date of birth must include a month and year", ["month", "year"]),
        ("32", "3", "1980", "Date of birth must have a day from 1 to 31", ["day"]),
        ("0", "3", "1980", "Date of birth must have a day from 1 to 31", ["day"]),
        ("-1", "3", "1980", "Date of birth must have a day from 1 to 31", ["day"]),
        ("27.5", "3", "1980", "Date of birth must have a day from 1 to 31", ["day"]),
        ("9" * 10_000, "3", "1980", "Date of birth must have a day from 1 to 31", ["day"]),
        ("²", "3", "1980", "Date of birth must have a day from 1 to 31", ["day"]),
        (
            "27",
            "13",
            "1980",
            "Date of birth must have a month from 1 to 12, or its name, like March",
            ["month"],
        ),
        (
            "27",
            "ma",
            "1980",
            "Date of birth must have a month from 1 to 12, or its name, like March",
            ["month"],
        ),
        (
            "27",
            "marchy",
            "1980",
            "Date of birth must have a month from 1 to 12, or its name, like March",
            ["month"],
        ),
        (
            "27",
            "3",
            "80",
            "Date of birth must have a year with four digits, like 1980",
            ["year"],
        ),
        (
            "27",
            "3",
            "19800",
            "Date of birth must have a year with four digits, like 1980",
            ["year"],
        ),
        ("31", "2", "1980", "Date of birth must be a real date", ["day"]),
        ("30", "2", "1980", "Date of birth must be a real date", ["day"]),
        ("29", "2", "1981", "Date of birth must be a real date", ["day"]),
        ("31", "April", "1981", "Date of birth must be a real date", ["day"]),
        ("1", "1", "2027", "Date of birth must be in the past", ["year"]),
        ("22", "11", "2026", "Date of birth must be in the past", ["day", "month", "year"]),
        ("21", "11", "2026", "Date of birth must be in the past", ["day", "month", "year"]),
        (
            "20",
            "11",
            "1906",
            "Date of birth must be within the last 120 years. Check the year",
            ["year"],
        ),
        (
            "1",
            "1",
            "0001",
            "Date of birth must be within the last 120 years. Check the year",
            ["year"],
        ),
    ],
)
def test_what_is_wrong_is_said_and_only_that_is_marked(day, month, year, words, parts):
    form = birth(day, month, year)

    assert form.errors == {"born": [words]}
    assert wrong_parts(form) == parts
    assert form["born"].problems[0].target == f"id_born_{parts[0]}"


def test_two_wrong_parts_are_both_told_each_with_its_own_link():
    form = birth("40", "3", "80")

    assert [problem.target for problem in form["born"].problems] == ["id_born_day", "id_born_year"]


@pytest.mark.parametrize(("day", "year"), [("20", "2026"), ("21", "1906")])
def test_yesterday_and_120_years_ago_are_taken(day, year):
    assert birth(day, "11", year).is_valid()


def test_a_leap_day_is_taken():
    form = birth("29", "Feb", "1980")

    assert form.is_valid()
    assert form.cleaned_data["born"] == datetime.date(1980, 2, 29)


@pytest.mark.parametrize("text", [*HOSTILE.values(), *HARMLESS.values(), "x" * 10_000])
@pytest.mark.parametrize("part", ["day", "month", "year"])
def test_any_other_text_is_refused_and_kept(part, text):
    form = birth(**{"day": "27", "month": "3", "year": "1980", part: text})

    assert not form.is_valid()
    assert text in form["born"].value()


def test_boxes_that_were_not_sent_are_empty_ones():
    assert Birth({}).errors == {"born": ["Enter the patient's date of birth"]}


def test_an_optional_date_may_be_left_out():
    class Maybe(StaffForm):
        born = DateOfBirthField(required=False)

    form = Maybe({"born_day": "", "born_month": "", "born_year": ""})

    assert form.is_valid()
    assert form.cleaned_data["born"] is None


def test_a_known_date_fills_the_boxes():
    html = str(Birth(initial={"born": datetime.date(1980, 3, 27)}))

    assert all(f'value="{part}"' in html for part in ("27", "3", "1980"))


def test_a_date_changes_only_when_another_one_is_typed():
    known = {"born": datetime.date(1980, 3, 27)}
    same, other = (
        Birth({"born_day": day, "born_month": "Mar", "born_year": "1980"}, initial=known)
        for day in ("27", "28")
    )

    assert not same.has_changed()
    assert other.has_changed()


def test_each_box_has_a_label_and_the_group_a_legend():
    html = str(Birth())

    assert "<legend" in html
    assert all(f'<label for="id_born_{part}">' in html for part in ("day", "month", "year"))
    assert 'aria-describedby="id_born_helptext"' in html
