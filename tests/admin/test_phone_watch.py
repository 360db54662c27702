"""Phone alerts in the admin: who sees which, what a page tells, and what was decided."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.models import AccessEntry
from orders.admin import phone_page
from orders.models import Order, PhoneAlert
from orders.phone_use import watch_phone_use
from organisations.models import Organisation
from organisations.roles import OPERATOR_ROLES, Role
from portal.queues import Queue
from tests import builders
from tests.admin.conftest import SignIn

LIST = "/admin/orders/phonealert/"


@pytest.fixture
def manager(sign_in: SignIn) -> Client:
    return sign_in(Role.ACCOUNT_MANAGER)


@pytest.fixture
def alert(db: None) -> PhoneAlert:
    return builders.phone_alert()


def page_of(alert: PhoneAlert) -> str:
    return f"{LIST}{alert.pk}/change/"


def decision_of(alert: PhoneAlert) -> str:
    return f"{LIST}{alert.pk}/decision/"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", "", answer.content.decode()).split()).replace("&nbsp;", " ")


def queries(client: Client, address: str) -> int:
    """How many the page takes, when the session is known already."""
    client.get(address)
    with CaptureQueriesContext(connection) as taken:
        assert client.get(address).status_code == 200
    return len(taken)


def orders_of(alert: PhoneAlert) -> list[Order]:
    return list(Order.objects.filter(organisation=alert.organisation).order_by("pk"))


# The first page and the list


@pytest.mark.parametrize("role", sorted(OPERATOR_ROLES))
def test_the_first_page_counts_the_alerts_to_be_decided_and_leads_to_them(
    role: Role, sign_in: SignIn, alert: PhoneAlert
) -> None:
    client = sign_in(role)

    queue, count = waiting(client)

    assert count == 1
    assert list(client.get(queue.link).context["cl"].result_list) == [alert]


def test_what_is_decided_or_over_waits_for_nobody(manager: Client, alert: PhoneAlert) -> None:
    over = builders.phone_alert()
    PhoneAlert.objects.filter(pk=over.pk).update(ended_at=timezone.now())
    manager.post(decision_of(alert), {"decision": "We talked to them."})

    assert waiting(manager)[1] == 0


def waiting(client: Client) -> tuple[Queue, int]:
    """The queue of alerts on the first page."""
    queues = client.get("/admin/").context["queues"]
    return next((queue, count) for queue, count in queues if queue.name == "Phone alerts")


def test_the_list_begins_with_what_is_open_and_to_be_decided(manager: Client) -> None:
    over, decided, first, second = (builders.phone_alert() for _ in range(4))
    PhoneAlert.objects.filter(pk=over.pk).update(ended_at=timezone.now())
    manager.post(decision_of(decided), {"decision": "We talked to them."})

    shown = manager.get(LIST).context["cl"].result_list

    assert list(shown) == [second, first, decided, over]


@pytest.mark.parametrize(
    ("state", "found"),
    [("to-decide", ["new"]), ("open", ["new", "decided"]), ("ended", ["over"]), ("x", None)],
)
def test_alerts_are_filtered_by_their_state(
    state: str, found: list[str] | None, manager: Client
) -> None:
    alerts = {name: builders.phone_alert() for name in ("new", "decided", "over")}
    PhoneAlert.objects.filter(pk=alerts["over"].pk).update(ended_at=timezone.now())
    manager.post(decision_of(alerts["decided"]), {"decision": "We talked to them."})

    shown = set(manager.get(f"{LIST}?state={state}").context["cl"].result_list)

    assert shown == {alerts[name] for name in found or alerts}


def test_many_alerts_take_no_more_queries_than_one(manager: Client, alert: PhoneAlert) -> None:
    for_one = queries(manager, LIST)
    for _ in range(6):
        builders.phone_alert()

    assert queries(manager, LIST) <= for_one


# The page of an alert


def test_the_page_tells_the_share_and_the_limit_in_words(
    manager: Client, alert: PhoneAlert
) -> None:
    told = text(manager, page_of(alert))

    assert "2 of 3 study orders asked for a phone: 66.7 %." in told
    assert f"The limit of {alert.account} was 30 % of at least 3 orders." in told
    assert "No order is refused because of this." in told


def test_the_page_lists_the_orders_behind_it_and_who_ticked_the_box(
    manager: Client, alert: PhoneAlert
) -> None:
    with_phone, also_with_phone, without = orders_of(alert)
    assert with_phone.phone_asked_by

    told = text(manager, page_of(alert))

    assert with_phone.reference in told
    assert also_with_phone.reference in told
    assert without.reference not in told
    assert told.count(f"By {with_phone.phone_asked_by}, {timezone.localdate():%-d %B %Y}") == 2


def test_all_study_orders_of_the_period_can_be_listed(manager: Client, alert: PhoneAlert) -> None:
    told = text(manager, f"{page_of(alert)}?orders=all")

    assert all(order.reference in told for order in orders_of(alert))


def test_orders_of_before_and_after_the_period_are_not_behind_it(manager: Client) -> None:
    chosen = builders.organisation(builders.account(phone_share_minimum=3))
    with time_machine.travel(timezone.now() - timedelta(days=31)):
        before = builders.order(chosen=chosen, study={"phone_needed": True})
    alert = builders.phone_alert(chosen)
    after = builders.order(chosen=chosen, study={"phone_needed": True})

    told = text(manager, page_of(alert))

    assert before.reference not in told
    assert after.reference not in told
    assert "In the last 30 days 3 of 4 orders, 75 %." in told


def test_each_person_who_ticked_is_told_with_their_own_share(manager: Client) -> None:
    chosen = builders.organisation(builders.account(phone_share_minimum=3))
    builders.order(chosen=chosen, actor=builders.integrator(chosen.account))
    alert = builders.phone_alert(chosen)
    asker = orders_of(alert)[1].phone_asked_by

    rows = manager.get(page_of(alert)).context["people"]

    told = [(str(row["who"]), row["use"].asked, row["use"].orders) for row in rows]
    assert told == [(str(asker), 2, 3), ("Not recorded (API)", 0, 1)]


def test_the_trend_is_a_plot_with_a_title_and_a_table_of_twelve_weeks(
    manager: Client, alert: PhoneAlert
) -> None:
    answer = manager.get(page_of(alert))

    page = answer.content.decode()
    bars = answer.context["plot"]["bars"]
    assert [bar.use.orders for bar in bars] == [*[0] * 11, 3]
    assert re.search(r'<svg role="img" aria-labelledby="plot-title plot-about"', page)
    assert '<title id="plot-title">' in page
    assert '<desc id="plot-about">' in page
    assert page.count('<rect class="plot-bar') == 1
    assert page.count('<tr><th class="nowrap" scope="row">') == 12


def test_a_bar_is_as_high_as_its_share(manager: Client, alert: PhoneAlert) -> None:
    bar = manager.get(page_of(alert)).context["plot"]["bars"][-1]

    assert bar.height == pytest.approx(phone_page.PLOT_HEIGHT * 2 / 3, abs=0.1)
    assert bar.top + bar.height == pytest.approx(phone_page.PLOT_HEIGHT)
    assert bar.is_above


def test_no_patient_is_on_the_page_or_in_the_access_log(manager: Client, alert: PhoneAlert) -> None:
    page = manager.get(f"{page_of(alert)}?orders=all").content.decode()

    for order in orders_of(alert):
        assert order.patient
        for secret in (order.patient.full_name, order.patient.email, order.patient.reference):
            assert secret
            assert secret not in page
    assert not AccessEntry.objects.exists()


@pytest.mark.parametrize(
    ("role", "leads"), [(Role.ACCOUNT_MANAGER, False), (Role.AUDITOR, True), (Role.OPERATOR, True)]
)
def test_the_references_lead_to_the_orders_for_who_may_see_orders(
    role: Role, leads: bool, sign_in: SignIn, alert: PhoneAlert
) -> None:
    page = sign_in(role).get(page_of(alert)).content.decode()

    assert (f'href="/admin/orders/order/{orders_of(alert)[0].pk}/change/"' in page) == leads


def test_orders_of_others_are_not_behind_it(manager: Client, alert: PhoneAlert) -> None:
    sibling = builders.organisation(alert.account)
    others = [
        builders.order(chosen=sibling, study={"phone_needed": True}),
        builders.order(study={"phone_needed": True}),
    ]

    told = text(manager, f"{page_of(alert)}?orders=all")

    assert not any(order.reference in told for order in others)


def test_more_orders_than_the_page_shows_are_cut_off_in_words(
    manager: Client, alert: PhoneAlert, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_page, "ORDERS_SHOWN_AT_MOST", 1)

    told = text(manager, page_of(alert))

    oldest, newest, _ = orders_of(alert)
    assert "The newest 1 are shown." in told
    assert newest.reference in told
    assert oldest.reference not in told


def test_many_orders_take_no_more_queries_than_few(manager: Client, alert: PhoneAlert) -> None:
    for_few = queries(manager, f"{page_of(alert)}?orders=all")
    chosen = builders.organisation(builders.account(phone_share_minimum=12))
    for _ in range(4):
        actor = builders.staff(owner=chosen.account)
        builders.orders_with_phones(chosen, phones=3, of=3, actor=actor)
    (many,) = watch_phone_use(now=timezone.now())

    assert queries(manager, f"{page_of(many)}?orders=all") <= for_few


def test_an_alert_that_is_over_says_since_when(manager: Client, alert: PhoneAlert) -> None:
    chosen: Organisation = alert.organisation
    actor = builders.staff(owner=chosen.account)
    builders.orders_with_phones(chosen, phones=0, of=5, actor=actor)
    watch_phone_use(now=timezone.now())

    told = text(manager, page_of(alert))

    assert "The share fell back by" in told
    assert "2 of 8 orders of the 30 days before, 25 %." in told


def test_an_alert_that_is_not_there_is_not_found(manager: Client) -> None:
    for address in (f"{LIST}77/change/", f"{LIST}x/change/", f"{LIST}77/decision/"):
        assert manager.get(address).status_code == 404


def test_nothing_can_be_posted_to_the_page_itself(manager: Client, alert: PhoneAlert) -> None:
    assert manager.post(page_of(alert), {"phones": 0}).status_code == 405


def test_hostile_names_are_shown_as_text(manager: Client, alert: PhoneAlert) -> None:
    Organisation.objects.filter(pk=alert.organisation_id).update(name="<script>alert(1)</script>")

    for address in (LIST, page_of(alert), decision_of(alert)):
        assert "<script>alert(1)" not in manager.get(address).content.decode()


# What was decided


@pytest.mark.parametrize("role", sorted(OPERATOR_ROLES))
def test_only_who_may_change_accounts_is_asked_for_a_decision(
    role: Role, sign_in: SignIn, alert: PhoneAlert
) -> None:
    client = sign_in(role)
    may = role in {Role.ACCOUNT_MANAGER, Role.ADMINISTRATOR}

    offered = decision_of(alert) in client.get(page_of(alert)).content.decode()
    answer = client.post(decision_of(alert), {"decision": "We talked to them."})

    assert offered == may
    assert answer.status_code == (302 if may else 403)


def test_a_decision_is_shown_with_who_made_it_and_earlier_ones_stay(
    manager: Client, sign_in: SignIn, alert: PhoneAlert
) -> None:
    for note in ("We talked to them.", "They will ask first."):
        manager.post(decision_of(alert), {"decision": note})
    sign_in(Role.ADMINISTRATOR).post(decision_of(alert), {"decision": "All is well."})

    answer = manager.get(page_of(alert))

    earlier = [kept.decision for kept in answer.context["earlier_decisions"]]
    assert answer.context["alert"].decision == "All is well."
    assert str(answer.context["alert"].decided_by) == "Test Administrator"
    assert earlier == ["They will ask first.", "We talked to them."]


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("", "Write down what was decided"),
        (" \u200b ", "Write down what was decided"),
        ("x" * 2001, "must be 2000 characters or fewer"),
    ],
)
def test_a_decision_that_will_not_do_is_told_beside_its_box(
    note: str, words: str, manager: Client, alert: PhoneAlert
) -> None:
    answer = manager.post(decision_of(alert), {"decision": note})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "There is a problem" in answer.content.decode()


def test_a_decision_pressed_twice_is_one(manager: Client, alert: PhoneAlert) -> None:
    for _ in range(2):
        manager.post(decision_of(alert), {"decision": "We talked to them."})

    assert alert.history.count() == 2
