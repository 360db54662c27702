import pytest

from foundation.keyset import newest_first
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
