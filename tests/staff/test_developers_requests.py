"""The page of the log of calls: newest first, page by page, narrowed down by the address, and only
one's own account's.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from organisations.models import Account, ApiClient, ApiKey, Organisation
from organisations.roles import Role
from portal.developers import looking
from portal.models import ApiCall
from tests import builders
from tests.api.calls import program as a_program
from tests.staff.desk import Desk, desk, text_of

PAGE = "/developers/requests/"


@pytest.fixture
def manager(clinic: Organisation) -> Desk:
    return desk(clinic, Role.CLINIC_MANAGER)


@pytest.fixture
def client(clinic: Organisation) -> ApiClient:
    return builders.api_client(clinic.account).client


@pytest.fixture
def key(clinic: Organisation) -> ApiKey:
    return builders.api_key(clinic.account)


def calls(
    owner: Account, number: int = 1, *, by: ApiClient | ApiKey | None = None, **columns: Any
) -> list[str]:
    """The ids of so many calls, newest first."""
    column = {"client_id": by.pk} if isinstance(by, ApiClient) else {"key_id": by and by.pk}
    usual = {
        "account_id": owner.pk,
        "method": "GET",
        "path": "/v1/orders",
        "status": 200,
        "duration_ms": 12,
        "at": timezone.now(),
        **column,
        **columns,
    }
    begun = ApiCall.objects.count()
    ids = [f"call-{begun + place}" for place in range(number)]
    ApiCall.objects.bulk_create(ApiCall(**{"request_id": one, **usual}) for one in ids)
    return ids[::-1]


def found(manager: Desk, query: str = "") -> list[str]:
    answer = manager.get(f"{PAGE}{query}")
    assert answer.status_code == 200
    return [row["call"].request_id for row in answer.context["rows"]]


def way(manager: Desk, rel: str, query: str = "") -> str:
    html = manager.get(f"{PAGE}{query}").content.decode()
    link = re.search(rf'href="{PAGE}([^"]*)" rel="{rel}"', html)
    return link[1].replace("&amp;", "&") if link else ""


def test_a_real_call_is_found_by_its_request_id(clinic: Organisation, manager: Desk):
    program = a_program(clinic.account)
    answer = program.get("/v1/orders/nothing")

    text = text_of(manager.get(f"{PAGE}?request_id={answer['X-Request-Id']}"))

    for said in (
        "GET /v1/orders/{reference}",
        "404 Not Found",
        "resource_not_found",
        program.credentials.client.name,
        answer["X-Request-Id"],
        "just now",
        " ms",
    ):
        assert said in text
    assert "/oauth2/token" not in text


def test_the_newest_come_first_in_pages_of_50(clinic: Organisation, manager: Desk):
    newest_first = calls(clinic.account, 120)

    second, third = way(manager, "next"), way(manager, "next", way(manager, "next"))

    assert found(manager) + found(manager, second) + found(manager, third) == newest_first
    assert found(manager, way(manager, "prev", third)) == found(manager, second)
    assert (way(manager, "prev"), way(manager, "next", third)) == ("", "")


def test_a_filter_goes_along_to_the_next_page(clinic: Organisation, manager: Desk):
    posts = calls(clinic.account, 60, method="POST")
    calls(clinic.account, 60)

    next_page = way(manager, "next", "?method=POST")

    assert "method=POST" in next_page
    assert found(manager, next_page) == posts[50:]


def test_each_filter_finds_what_it_says(
    clinic: Organisation, client: ApiClient, key: ApiKey, manager: Desk
):
    (mine,) = calls(clinic.account, by=client, method="POST", status=201)
    (refused,) = calls(clinic.account, by=key, status=404)
    (failed,) = calls(clinic.account, by=client, status=500)

    for query, expected in {
        "": [failed, refused, mine],
        f"?program={client.client_id}": [failed, mine],
        f"?program={key.prefix}": [refused],
        "?method=POST": [mine],
        "?status=2": [mine],
        "?status=4": [refused],
        "?status=5": [failed],
        f"?request_id={refused}": [refused],
        f"?request_id=+{refused}+": [refused],
        "?request_id=call": [],
        f"?program={client.client_id}&status=5&method=GET": [failed],
        f"?program={client.client_id}&status=4": [],
    }.items():
        assert found(manager, query) == expected, query


@pytest.mark.parametrize(
    "query",
    [
        "?status=9", "?status=%00", "?method=<b>", "?request_id=%00", "?request_id=" + "x" * 5000,
        "?request_id=%ff",
    ],
)  # fmt: skip
def test_a_filter_nobody_can_choose_finds_nothing(query: str, clinic: Organisation, manager: Desk):
    calls(clinic.account)

    assert found(manager, query) == []
    assert "No such calls" in text_of(manager.get(PAGE + query))


@pytest.mark.parametrize(
    "query",
    [
        "?before=x", "?before=0", "?before=-1", "?before=", "?before=" + "9" * 19,
        "?before=" + "9" * 40, "?after=%D9%A1", "?after=%00", "?nonsense=1", "?before=%ff",
    ],
)  # fmt: skip
def test_a_place_nobody_named_is_the_first_page(query: str, clinic: Organisation, manager: Desk):
    assert found(manager, query) == calls(clinic.account, 0)
    newest_first = calls(clinic.account, 3)

    assert found(manager, query) == newest_first


@pytest.fixture
def _short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "LOOKED_THROUGH", 10)


@pytest.mark.usefixtures("_short_looks")
def test_what_is_rare_is_looked_for_piece_by_piece(clinic: Organisation, manager: Desk):
    (oldest,) = calls(clinic.account, status=500)
    calls(clinic.account, 25)
    (newest,) = calls(clinic.account, status=500)

    pages, query, steps = [], "?status=5", 0
    while query and steps < 5:
        pages.append(found(manager, query))
        text = text_of(manager.get(PAGE + query))
        query, steps = further_back(manager, query), steps + 1

    assert pages == [[newest], [], [oldest]]
    assert "looked through" not in text


@pytest.mark.usefixtures("_short_looks")
def test_looking_piece_by_piece_leads_back_as_well(clinic: Organisation, manager: Desk):
    (oldest,) = calls(clinic.account, status=500)
    calls(clinic.account, 15)
    second = further_back(manager, "?status=5")

    assert found(manager, second) == [oldest]
    assert found(manager, way(manager, "prev", second)) == []
    assert found(manager, "?status=2") == found(manager)[:10]


def further_back(manager: Desk, query: str) -> str:
    html = manager.get(PAGE + query).content.decode()
    link = re.search(rf'href="{PAGE}([^"]*)"[^>]*>(?:Older →|Look further back)</a>', html)
    return link[1].replace("&amp;", "&") if link else ""


@pytest.mark.usefixtures("_short_looks")
def test_every_call_is_on_some_page_whatever_the_sizes(
    clinic: Organisation, manager: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(looking, "PAGE_SIZE", 3)
    wanted = []
    for status in (200, 500, 500, 200, 500, 500, 500, 200, 200, 500, 200, 500) * 3:
        made = calls(clinic.account, status=status)
        wanted = (made if status == 500 else []) + wanted

    seen: list[str] = []
    query = "?status=5"
    while query:
        seen += found(manager, query)
        query = further_back(manager, query)

    assert seen == wanted


def test_another_accounts_calls_are_not_there(clinic: Organisation, manager: Desk):
    other = builders.account()
    theirs = builders.api_client(other).client
    (foreign,) = calls(other, by=theirs)
    own = "own"
    calls(clinic.account, request_id=own)

    assert found(manager) == [own]
    assert found(manager, f"?request_id={foreign}") == []
    assert manager.get(f"{PAGE}?program={theirs.client_id}").status_code == 404
    assert manager.get(f"{PAGE}?program=nobody").status_code == 404
    assert theirs.name not in text_of(manager.get(PAGE))


def test_times_are_told_by_the_accounts_clock_and_by_how_long_ago(
    clinic: Organisation, manager: Desk
):
    at = datetime(2031, 7, 1, 16, 10, 5, tzinfo=UTC)
    calls(clinic.account, at=at)

    with time_machine.travel(at + timedelta(hours=3)):
        manager.client.force_login(manager.user)
        answer = manager.get(PAGE)

    assert "3 hours ago 1 July 2031, 5:10:05pm" in text_of(answer)
    assert 'datetime="2031-07-01T16:10:05.000+00:00"' in answer.content.decode()


def test_without_calls_the_page_says_when_there_will_be_some(manager: Desk):
    assert "You see them here as soon as one of your programs calls." in text_of(manager.get(PAGE))


def test_the_page_of_a_program_leads_to_its_calls(client: ApiClient, manager: Desk):
    html = manager.get(f"/developers/clients/{client.client_id}/").content.decode()

    assert f'href="{PAGE}?program={client.client_id}"' in html


def test_a_page_takes_the_same_number_of_queries_however_full_it_is(
    clinic: Organisation, client: ApiClient, manager: Desk, django_assert_num_queries: Any
):
    calls(clinic.account, by=client)
    manager.get(PAGE)
    with django_assert_num_queries(8):
        manager.get(PAGE)

    for _ in range(5):
        calls(clinic.account, 20, by=builders.api_client(clinic.account).client)

    with django_assert_num_queries(8):
        manager.get(PAGE)
