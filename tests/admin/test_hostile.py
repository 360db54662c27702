"""Addresses that nobody's button makes: never a page of 500."""

import pytest
from django.apps import apps
from django.test import Client

from tests import builders
from webhooks.endpoints import send_test_event

QUERIES = [
    "q=%00",
    "q=" + "x" * 5000,
    "search=%00",
    "search=nobody",
    "before=x",
    "before=" + "9" * 40,
    "before=-1",
    "after=%D9%A1",
    "after=" + "9" * 19,
    "p=x",
    "p=" + "9" * 30,
    "p=-1",
    "o=x.y",
    "o=" + "9" * 30,
    "e=1",
    "all=1",
    "_facets=1",
    "_popup=1",
    "_to_field=password",
    "status=%00",
    "status__exact=%00",
    "account__id__exact=%00",
    "account__id__exact=" + "9" * 40,
    "account__id__exact=x",
    "door__exact=%00",
    "is_active__exact=%00",
    "enrolled__exact=maybe",
    "password__startswith=a",
    "membership__user__password__startswith=a",
    "account__account_manager__password__gt=a",
    "endpoint__secret__gt=a",
    "state=%00",
    "endpoint=x",
    "endpoint=" + "9" * 40,
    "account=" + "9" * 40,
    "nonsense=1",
    "patient=%00",
    "patient=" + "9" * 40,
    "patient=x",
    "%00=1",
    "%ff%fe=%ff",
]
ADDRESSES = [
    "change/?_to_field=x",
    "change/?_changelist_filters=%00",
    "change/?_changelist_filters=a%3Db%26before%3D1",
    "history/?p=x",
]


# One of each kind: kept by key, with filters by column and by what is pointed at, made by a form
# of ours, with a table inside.
LISTS = [
    "/admin/orders/order/",
    "/admin/patients/patient/",
    "/admin/foundation/accessentry/",
    "/admin/organisations/organisation/",
    "/admin/organisations/user/",
    "/admin/organisations/apiclient/",
    "/admin/inventory/kit/",
    "/admin/webhooks/webhookendpoint/",
    "/admin/webhooks/delivery/",
]


@pytest.fixture
def _something(db: None) -> None:
    order = builders.order()
    builders.api_client(order.account)
    builders.site(order.account)
    builders.catalogue_item(order.account)
    endpoint = builders.endpoint(order.account, "http://127.0.0.1:9/hooks").endpoint
    send_test_event(endpoint, actor=builders.administrator())


@pytest.mark.usefixtures("_something")
@pytest.mark.parametrize("query", QUERIES)
def test_no_list_breaks_on_an_odd_query(query: str, administrator: Client) -> None:
    answers = {page: administrator.get(f"{page}?{query}").status_code for page in LISTS}

    assert set(answers.values()) <= {200, 302, 400, 404}, answers


@pytest.mark.parametrize(
    "guess",
    [
        "organisations/organisation/?account__account_manager__password__gt=a",
        "organisations/user/?membership__account__account_manager__password__gt=a",
        "orders/order/?account__name__startswith=T",
    ],
)
def test_a_filter_tells_nothing_else_of_what_it_points_at(
    guess: str, administrator: Client
) -> None:
    assert administrator.get(f"/admin/{guess}").status_code == 400


@pytest.mark.usefixtures("_something")
@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 40, "%00", "1.5", "_2F", "a%2Fb"])
def test_no_page_breaks_on_an_odd_number(number: str, administrator: Client) -> None:
    for page in LISTS:
        for name in ("change/", "history/"):
            answer = administrator.get(f"{page}{number}/{name}", follow=False)
            assert answer.status_code in (301, 302, 400, 403, 404), f"{page}{number}/{name}"


@pytest.mark.usefixtures("_something")
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_breaks_on_an_odd_query(address: str, administrator: Client) -> None:
    for page in ("orders/order", "organisations/account", "organisations/apiclient"):
        number = apps.get_model(page.replace("/", ".")).objects.values_list("pk", flat=True)[0]
        answer = administrator.get(f"/admin/{page}/{number}/{address}")
        assert answer.status_code in (200, 302, 400, 404), page


@pytest.mark.usefixtures("_something")
@pytest.mark.parametrize(
    "sent",
    [
        {"name": "\x00", "email": "\x00", "full_name": "\x00", "roles": "\x00"},
        {"name": "x" * 100_000},
        {"account": "9" * 40, "product": "x", "kit": "\x00", "item": "-1"},
        {"sensors": ["liver"], "scopes": ["everything"], "roles": ["emperor"]},
        {"_saveasnew": "1", "_popup": "1", "_to_field": "id"},
        {"csrfmiddlewaretoken": "\x00"},
        {"url": "\x00", "kinds": "\x00", "dialect": "v9", "bearer": "\x00", "once": "\x00"},
    ],
)
def test_no_form_breaks_on_odd_answers(sent: dict[str, object], administrator: Client) -> None:
    for page in LISTS:
        answer = administrator.post(f"{page}add/", sent)
        assert answer.status_code in (302, 400, 403, 422), page


@pytest.mark.parametrize("address", ["/admin/nowhere/", "/admin/orders/", "/admin/jsi18n/"])
def test_other_addresses_of_the_admin_answer(address: str, administrator: Client) -> None:
    assert administrator.get(address).status_code in (200, 404)


def test_no_number_is_too_long_for_the_page_of_an_order(administrator: Client):
    answer = administrator.get(f"/admin/orders/order/{'9' * 5000}/change/")

    assert answer.status_code == 404
