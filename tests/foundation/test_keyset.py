import pytest

from foundation.keyset import newest_among, newest_first, newest_of
from organisations.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids():
    return [Account.objects.create(name=f"Test {n}").pk for n in range(7)][::-1]


def test_pages_walk_down_to_the_oldest_and_back_up_without_a_gap(ids):
    rows = Account.objects.all()

    first = newest_first(rows, size=3)
    second = newest_first(rows, size=3, before=first.older)
    third = newest_first(rows, size=3, before=second.older)
    back = newest_first(rows, size=3, after=third.newer)

    assert [row.pk for page in (first, second, third) for row in page.rows] == ids
    assert (first.newer, third.older) == (None, None)
    assert [row.pk for row in back.rows] == [row.pk for row in second.rows]


def test_a_new_row_does_not_shift_the_pages(ids):
    first = newest_first(Account.objects.all(), size=3)
    Account.objects.create(name="Test late")

    second = newest_first(Account.objects.all(), size=3, before=first.older)

    assert [row.pk for row in second.rows] == ids[3:6]


def test_nothing_is_one_empty_page():
    assert newest_first(Account.objects.none(), size=3).rows == []


def test_pages_of_several_streams_are_those_of_all_their_rows(ids):
    rows = Account.objects.all()
    streams = [rows.filter(pk__in=ids[::2]), rows.filter(pk__in=ids[1::2])]

    for place in ({}, {"before": ids[2]}, {"after": ids[5]}, {"before": ids[-1]}):
        of_all = newest_first(rows, size=3, **place)

        for page in (
            newest_of(streams, rows, size=3, **place),
            newest_among(ids, rows, size=3, **place),
        ):
            assert [row.pk for row in page.rows] == [row.pk for row in of_all.rows]
            assert (page.older, page.newer) == (of_all.older, of_all.newer)


def test_no_stream_is_one_empty_page(ids):
    assert newest_of([], Account.objects.all(), size=3).rows == []
    assert newest_of([Account.objects.none()] * 2, Account.objects.all(), size=3).rows == []


def test_a_stream_without_rows_is_no_matter(ids):
    rows = Account.objects.all()

    page = newest_of([rows.none(), rows, rows.none()], rows, size=3)

    assert [row.pk for row in page.rows] == ids[:3]
