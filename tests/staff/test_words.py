"""Dates, times and numbers as they read on a page, and the pages for when something went wrong."""

import datetime

import pytest
import structlog
from django.template.loader import render_to_string
from django.utils import timezone

from foundation.templatetags.words import clock, day, moment, phone

AT = datetime.datetime(2026, 7, 1, 16, 10, tzinfo=datetime.UTC)
PROBLEMS = ["400", "403", "403_csrf", "404", "429", "500", "503"]


def test_times_read_as_people_say_them_where_they_are():
    with timezone.override("Europe/London"):
        assert day(AT) == "1 July 2026"
        assert clock(AT) == "5:10pm"
        assert moment(AT) == ('<time datetime="2026-07-01T16:10:00Z">1 July 2026, 5:10pm</time>')


def test_a_date_is_the_same_everywhere():
    with timezone.override("America/New_York"):
        assert day(datetime.date(1980, 3, 27)) == "27 March 1980"


def test_nothing_reads_as_nothing():
    assert day(None) == clock(None) == moment(None) == ""


def test_a_phone_number_reads_as_at_home_or_with_its_country():
    assert phone("+447911123456") == "07911 123456"
    assert phone("+12015550123") == "+1 201-555-0123"
    assert phone("as given") == "as given"


@pytest.mark.parametrize("page", PROBLEMS)
def test_a_problem_page_needs_nothing_and_shows_a_way_on_and_the_request(page):
    with structlog.contextvars.bound_contextvars(request_id="demo-<1>"):
        html = render_to_string(f"{page}.html")

    assert 'href="/"' in html
    assert "demo-&lt;1&gt;" in html
    assert "<h1>" in html


@pytest.mark.parametrize("page", PROBLEMS)
def test_no_page_has_a_script_or_a_style_inside(page):
    html = render_to_string(f"{page}.html")

    assert "<style" not in html
    assert "style=" not in html
    assert all("src=" in script for script in html.split("<script")[1:])
