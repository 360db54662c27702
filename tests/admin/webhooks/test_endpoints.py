"""Webhook endpoints: made and changed by commands, secrets shown once."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from organisations.integrations import Overlap
from organisations.models import Account
from tests import builders
from tests.admin.webhooks.hooks import (
    DELIVERIES,
    ENDPOINTS,
    NOBODY,
    SEALED,
    buttons,
    listed,
    new_endpoint,
    page_of,
    shown,
    told,
    words,
)
from tests.webhooks.receiver import receiving
from tests.webhooks.working import work
from webhooks.endpoints import (
    pause_endpoint,
    remove_endpoint,
    replace_endpoint_secret,
)
from webhooks.models import Delivery, WebhookEndpoint
from webhooks.secrets import bearer_of


def test_an_endpoint_is_made_for_the_account_and_signs_with_the_secret_shown(
    manager: Client, account: Account
) -> None:
    answer = manager.post(f"{ENDPOINTS}add/", new_endpoint(account, bearer="abc.def"))

    made = WebhookEndpoint.objects.get()
    (secret,) = shown(answer)
    assert secret.startswith("whsec_")
    assert (made.account, made.url, made.kinds) == (account, NOBODY, ["shipped"])
    assert bearer_of(made) == "abc.def"
    assert made.history.get().pgh_context["actor"] == "Test Account manager"


@pytest.mark.django_db(transaction=True)
def test_what_is_posted_can_be_verified_by_the_secret_that_was_shown(manager: Client) -> None:
    clinic = builders.organisation()
    with receiving() as receiver:
        wanted = new_endpoint(clinic.account, url=receiver.address, kinds=["sent_for_fulfilment"])
        (secret,) = shown(manager.post(f"{ENDPOINTS}add/", wanted))
        told(clinic)
        work()

    (posted,) = receiver.posted
    assert posted.verified_by(secret)["data"]["attributes"]["event"] == "SENT_FOR_FULFILMENT"


def test_a_secret_is_shown_once_and_the_sealed_columns_never(
    manager: Client, account: Account
) -> None:
    answer = manager.post(f"{ENDPOINTS}add/", new_endpoint(account, bearer="abc.def"))
    made, (secret,) = WebhookEndpoint.objects.get(), shown(answer)
    replace_endpoint_secret(made, overlap=Overlap.A_WEEK, actor=builders.administrator())
    made.refresh_from_db()

    assert "no-store" in answer["Cache-Control"]
    hidden = {secret, "abc.def", *(getattr(made, column) for column in SEALED)}
    assert len(hidden) == 5
    for page in (ENDPOINTS, page_of(made), page_of(made, "history"), page_of(made, "bearer")):
        text = words(manager, page)
        assert not [one for one in hidden if one in text], page
    assert all(secret not in str(one.get_decoded()) for one in Session.objects.all())


def test_sending_the_form_again_makes_no_second_endpoint(manager: Client, account: Account) -> None:
    once = manager.get(f"{ENDPOINTS}add/?dialect=v1").context["form"]["once"].value()

    first, second = (
        manager.post(f"{ENDPOINTS}add/", new_endpoint(account, once=once)) for _ in range(2)
    )

    assert (first.status_code, second.status_code) == (200, 302)
    assert WebhookEndpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("account", "", "Select the account"),
        ("url", "", "Enter the whole address, beginning with https://"),
        ("url", "hooks.example.org", "Enter the whole address, beginning with https://."),
        ("url", "https://user:word@example.org/", "Enter the whole address"),
        ("url", "https://10.0.0.1/hooks", "leads to no server on the internet"),
        ("url", "https://nowhere.invalid/hooks", "No server was found under this name"),
        ("url", "https://example.org/\x00", "hidden character"),
        ("url", "https://example.org/\ud800", "hidden character"),
        ("url", "https://example.org/" + "x" * 100_000, "2000 characters or fewer"),
        ("kinds", [], "Choose at least one kind of event"),
        ("kinds", ["everything", "\x00"], "Select the events from the list"),
        ("bearer", "two words", "only letters, figures"),
        ("bearer", "x\x00", "hidden character"),
        ("once", "\x00", "Open it again"),
        ("dialect", "", "Choose the API"),
    ],
)
def test_what_will_not_do_is_told_beside_its_box(
    field: str, given: Any, said: str, manager: Client, account: Account
) -> None:
    answers = urlencode(new_endpoint(account, **{field: given}), True, errors="surrogatepass")

    answer = manager.post(
        f"{ENDPOINTS}add/", answers, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 422
    assert said in str(answer.context["form"].errors[field])
    assert not WebhookEndpoint.objects.exists()


def test_address_and_events_are_changed_by_the_command(
    manager: Client, endpoint: WebhookEndpoint
) -> None:
    page = page_of(endpoint, "what-is-told")
    asked = manager.get(page).context["form"]

    refused = manager.post(page, {"url": "https://10.0.0.1/", "kinds": ["shipped"]})
    saved = manager.post(page, {"url": f"{NOBODY}/2", "kinds": ["shipped", "delivered"]})

    assert asked["url"].value() == NOBODY
    assert "leads to no server" in str(refused.context["form"].errors["url"])
    endpoint.refresh_from_db()
    assert (saved.status_code, endpoint.url) == (302, f"{NOBODY}/2")
    assert endpoint.kinds == ["shipped", "delivered"]


def test_with_an_overlap_two_secrets_work_until_the_older_one_is_ended(
    manager: Client, endpoint: WebhookEndpoint
) -> None:
    page = page_of(endpoint, "secret")
    (new,) = shown(manager.post(page, {"once": "first", "overlap": "week"}))
    endpoint.refresh_from_db()
    assert endpoint.older_secret_works
    assert "Works until" in words(manager, page_of(endpoint))

    refused = manager.post(page, {"once": "second", "overlap": "week"})
    manager.post(page_of(endpoint, "end-older-secret"))

    assert new.startswith("whsec_")
    assert "end the older one first" in str(refused.context["form"].errors["overlap"])
    endpoint.refresh_from_db()
    assert not endpoint.older_secret_works


def test_a_replaced_secret_is_shown_once(manager: Client, endpoint: WebhookEndpoint) -> None:
    once = {"once": "another", "overlap": "none"}

    first, second = (manager.post(page_of(endpoint, "secret"), once) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 302)
    assert second["Location"] == page_of(endpoint)


def test_a_bearer_token_is_set_and_taken_away(manager: Client, endpoint: WebhookEndpoint) -> None:
    page = page_of(endpoint, "bearer")
    tokens = []

    for token in ("abc.def", ""):
        manager.post(page, {"bearer": token})
        endpoint.refresh_from_db()
        tokens.append(bearer_of(endpoint))
    refused = manager.post(page, {"bearer": "ä"})

    assert tokens == ["abc.def", ""]
    assert "only letters, figures" in str(refused.context["form"].errors["bearer"])


def test_an_endpoint_is_paused_resumed_and_removed(
    manager: Client, endpoint: WebhookEndpoint
) -> None:
    states = []
    for way in ("pause", "resume", "remove"):
        assert manager.get(page_of(endpoint, way)).status_code == 200
        assert manager.post(page_of(endpoint, way))["Location"] == page_of(endpoint)
        endpoint.refresh_from_db()
        states.append((endpoint.paused_at is not None, endpoint.removed_at is not None))

    assert states == [(True, False), (False, False), (False, True)]


@pytest.mark.django_db(transaction=True)
def test_a_test_event_is_sent(manager: Client) -> None:
    with receiving() as receiver:
        endpoint = builders.endpoint(builders.account(), receiver.address).endpoint
        answer = manager.post(page_of(endpoint, "test"))
        work()

    assert len(receiver.posted) == 1
    assert "Test event" in words(manager, answer["Location"])
    assert "100\N{NO-BREAK SPACE}% of one try" in words(manager, page_of(endpoint))
    log = manager.get(page_of(endpoint, "deliveries"))["Location"]
    assert listed(manager, log) == [Delivery.objects.get().pk]


def test_only_buttons_that_would_change_something_are_offered(
    manager: Client, endpoint: WebhookEndpoint
) -> None:
    boss = builders.administrator()
    usual = {"test", "deliveries", "what-is-told", "bearer", "secret", "pause", "remove"}
    assert buttons(manager, endpoint) == usual
    replace_endpoint_secret(endpoint, overlap=Overlap.A_WEEK, actor=boss)
    assert buttons(manager, endpoint) == {*usual, "end-older-secret"}
    pause_endpoint(endpoint, actor=boss)
    assert buttons(manager, endpoint) == {*usual, "end-older-secret", "resume"} - {"pause", "test"}
    remove_endpoint(endpoint, actor=boss)
    assert buttons(manager, endpoint) == {"deliveries"}


@pytest.mark.parametrize(
    ("way", "given"),
    [
        ("test", {}),
        ("what-is-told", {"url": NOBODY, "kinds": ["shipped"]}),
        ("bearer", {"bearer": "abc"}),
        ("secret", {"once": "x", "overlap": "none"}),
        ("pause", {}),
        ("resume", {}),
        ("remove", {}),
    ],
)
def test_what_comes_too_late_is_refused_in_words(
    way: str, given: dict[str, Any], manager: Client, endpoint: WebhookEndpoint
) -> None:
    remove_endpoint(endpoint, actor=builders.administrator())

    answer = manager.post(page_of(endpoint, way), given)

    assert answer.status_code == 422
    assert "There is no such webhook endpoint." in answer.content.decode()


def test_nothing_is_sent_to_a_paused_endpoint_and_that_is_said(
    manager: Client, endpoint: WebhookEndpoint
) -> None:
    pause_endpoint(endpoint, actor=builders.administrator())

    answer = manager.post(page_of(endpoint, "test"))

    assert answer.status_code == 422
    assert "resume it first" in answer.content.decode()


def test_the_list_tells_the_state_in_words_and_is_filtered_by_it(
    manager: Client, account: Account
) -> None:
    boss = builders.administrator()
    unused, failing, paused, removed = (
        builders.endpoint(account, f"{NOBODY}/{number}").endpoint for number in range(4)
    )
    WebhookEndpoint.objects.filter(pk=failing.pk).update(failing_since=timezone.now())
    pause_endpoint(paused, actor=boss)
    remove_endpoint(removed, actor=boss)

    text = words(manager, ENDPOINTS)

    for state in ("No event sent yet", "Failing since", "Paused by hand", "Removed"):
        assert state in text
    found = {
        state: set(listed(manager, f"{ENDPOINTS}?state={state}"))
        for state in ("trouble", "active", "failing", "paused", "removed", "nonsense")
    }
    assert found == {
        "trouble": {failing.pk, paused.pk},
        "active": {unused.pk},
        "failing": {failing.pk},
        "paused": {paused.pk},
        "removed": {removed.pk},
        "nonsense": {one.pk for one in (unused, failing, paused, removed)},
    }


def test_endpoints_are_found_by_address_and_account(manager: Client) -> None:
    mine, other = (
        builders.endpoint(builders.account(name=name), f"{NOBODY}/{path}").endpoint
        for name, path in (("Test Northern", "red"), ("Test Southern", "blue"))
    )

    assert listed(manager, f"{ENDPOINTS}?q=/red") == [mine.pk]
    assert listed(manager, f"{ENDPOINTS}?q=southern") == [other.pk]


@pytest.mark.parametrize("column", SEALED)
def test_sealed_columns_cannot_be_guessed_by_filters(
    column: str, manager: Client, endpoint: WebhookEndpoint
) -> None:
    for guess in (f"{ENDPOINTS}?{column}__gt=a", f"{DELIVERIES}?endpoint__{column}__gt=a"):
        assert manager.get(guess).status_code == 400


def test_an_endpoints_history_tells_who_changed_what(
    manager: Client, endpoint: WebhookEndpoint
) -> None:
    manager.post(page_of(endpoint, "pause"))

    text = words(manager, page_of(endpoint, "history"))

    assert "Test Account manager" in text
    assert "Paused by hand" in text


def test_an_endpoint_of_api_v3_is_made_for_one_type(manager: Client, account: Account) -> None:
    wanted = new_endpoint(account, dialect="v3", kinds=[], told_as="order_status_full")

    manager.post(f"{ENDPOINTS}add/", wanted)

    made = WebhookEndpoint.objects.get()
    assert (made.dialect, made.told_as) == ("v3", "order_status_full")
    assert "Status of an order, all of it (order.statusFull)" in words(manager, page_of(made))
