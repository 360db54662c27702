"""The admin's door, and what is not offered behind it."""

from zoneinfo import ZoneInfo

import pytest
from django.contrib import admin
from django.test import Client

from foundation.admin import HouseAdmin
from orders.returns import let_patient_go
from orders.statuses import Status
from organisations.integrations import create_api_key
from organisations.models import Account, AccountKind
from organisations.roles import Role
from portal.queues import OrderQueue
from tests import builders, results, warehouse
from tests.admin.conftest import SignIn
from webhooks.endpoints import send_test_event


@pytest.mark.django_db
def test_a_stranger_is_sent_to_the_one_sign_in(client: Client) -> None:
    answer = client.get("/admin/orders/order/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")


@pytest.mark.django_db
def test_the_admin_takes_no_passwords_of_its_own(client: Client) -> None:
    user = builders.user(Role.ADMINISTRATOR)

    answer = client.post("/admin/login/", {"username": user.email, "password": builders.PASSWORD})

    assert answer.status_code == 302
    assert "_auth_user_id" not in client.session


def test_signing_out_ends_at_the_sign_in(administrator: Client) -> None:
    answer = administrator.post("/admin/logout/")

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert "_auth_user_id" not in administrator.session


def test_a_password_is_changed_where_everybody_changes_theirs(administrator: Client) -> None:
    answer = administrator.get("/admin/password_change/")

    assert answer["Location"] == "/accounts/password/change/"


def test_every_page_is_one_of_the_house() -> None:
    strange = [page for page in admin.site._registry.values() if not isinstance(page, HouseAdmin)]

    assert strange == []


@pytest.mark.parametrize(
    "address",
    [
        "/admin/search/?s=smith",
        "/admin/autocomplete/?term=s&app_label=orders&model_name=order&field_name=patient",
    ],
)
def test_nothing_is_searched_for_in_an_address(address: str, administrator: Client) -> None:
    assert administrator.get(address).status_code == 404


def test_no_way_leads_to_an_object_outside_the_admin(administrator: Client) -> None:
    assert administrator.get("/admin/r/1/1/").status_code == 404


def test_every_page_of_everything_opens(administrator: Client) -> None:
    order = builders.order()
    builders.phone_alert()
    builders.api_client(order.account)
    builders.site(order.account)
    builders.catalogue_item(order.account)
    create_api_key(account_id=order.account_id, name="Test", actor=builders.administrator())
    endpoint = builders.endpoint(order.account, "http://127.0.0.1:9/hooks").endpoint
    send_test_event(endpoint, actor=builders.administrator())
    clinic = builders.organisation(order.account)
    kit = warehouse.kit_with_patient(clinic)
    assert kit.patient is not None
    let_patient_go(kit.patient, create_returns=True, actor=builders.manager(owner=order.account))
    results.referral(clinic)
    administrator.get("/admin/orders/order/")

    for model in admin.site._registry:
        row = model._default_manager.order_by("pk").first()
        assert row, model
        page = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}"
        assert administrator.get(f"{page}/change/").status_code == 200, page
        kept = 200 if hasattr(model, "history") else 404
        assert administrator.get(f"{page}/history/").status_code == kept, page


def test_pages_tell_the_time_of_the_operators_clock(operator: Client) -> None:
    Account.objects.filter(kind=AccountKind.OPERATOR).update(time_zone="Asia/Tokyo")
    order = builders.order()
    there = order.placed_at.astimezone(ZoneInfo("Asia/Tokyo"))

    text = operator.get(f"/admin/orders/order/{order.pk}/change/").content.decode()

    assert f"{there:%-d %B %Y}, {there:%-I:%M}{there:%p}".lower() in text.lower()


def test_the_first_page_counts_what_waits(operator: Client) -> None:
    chosen = builders.organisation()
    for status in (Status.ORDER_PLACED, Status.ORDER_PLACED, Status.AWAITING_SHIPMENT):
        builders.order(status, chosen=chosen)
    builders.order(Status.ON_HOLD, chosen=chosen)
    builders.order(Status.RECONFIRM_ADDRESS, chosen=chosen)
    results.referral(chosen)
    results.study_to_review(chosen)

    queues = operator.get("/admin/").context["queues"]

    assert {queue.name: count for queue, count in queues} == {
        "To release": 3,
        "Ready to pack": 1,
        "Paused": 2,
        "Not delivered": 0,
        "Referrals to verify": 1,
        "Results to review": 1,
        "Phone alerts": 0,
    }


def test_each_number_leads_to_the_orders_it_counts(operator: Client) -> None:
    chosen = builders.organisation()
    for status in (Status.ORDER_PLACED, Status.AWAITING_SHIPMENT, Status.ON_HOLD):
        builders.order(status, chosen=chosen)

    for queue, count in operator.get("/admin/").context["queues"]:
        shown = operator.get(queue.link).context["cl"].result_list
        assert len(shown) == count
        if isinstance(queue, OrderQueue):
            assert {order.status for order in shown} <= set(queue.statuses)


def test_who_sees_no_orders_is_not_told_how_many_there_are(sign_in: SignIn) -> None:
    queues = sign_in(Role.ACCOUNT_MANAGER).get("/admin/").context["queues"]

    assert [queue.name for queue, _ in queues] == ["Phone alerts", "Endpoints in trouble"]


def test_the_numbers_take_one_query_for_each_kind_of_thing(
    operator: Client, sign_in: SignIn, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        operator.get("/admin/")

    administrator = sign_in(Role.ADMINISTRATOR)
    # The endpoints in trouble, and the work in the background: its load, its runs and the backlog.
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        administrator.get("/admin/")
