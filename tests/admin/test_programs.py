"""API clients and keys: made by commands, their secrets shown once."""

import hashlib
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from foundation.errors import Forbidden
from foundation.once import OnceForm
from organisations.models import Account, ApiClient, ApiKey
from organisations.roles import Role
from tests import builders
from tests.admin.conftest import SignIn

CLIENTS = "/admin/organisations/apiclient/"
KEYS = "/admin/organisations/apikey/"


@pytest.fixture
def account(db: None) -> Account:
    return builders.account()


@pytest.fixture
def manager(sign_in: SignIn) -> Client:
    return sign_in(Role.ACCOUNT_MANAGER)


def new_client(account: Account, **others: Any) -> dict[str, Any]:
    return {
        "account": account.pk,
        "name": "Test program",
        "scopes": ["orders"],
        "once": "the-page",
        **others,
    }


def shown(answer: Any) -> list[str]:
    return re.findall(r"<code>([^<]+)</code>", answer.content.decode())


def token_status(client_id: str, secret: str) -> int:
    sent = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    form = "application/x-www-form-urlencoded"
    return Client().post("/oauth2/token", urlencode(sent), content_type=form).status_code


def test_a_client_is_made_and_its_secret_opens_the_api(manager: Client, account: Account) -> None:
    answer = manager.post(f"{CLIENTS}add/", new_client(account))

    client_id, secret = shown(answer)
    assert token_status(client_id, secret) == 200
    made = ApiClient.objects.get()
    assert (made.account, made.name, made.scopes) == (account, "Test program", ["orders"])


def test_a_secret_is_shown_once_and_kept_nowhere(manager: Client, account: Account) -> None:
    answer = manager.post(f"{CLIENTS}add/", new_client(account))

    made, secret = ApiClient.objects.get(), shown(answer)[1]
    assert "no-store" in answer["Cache-Control"]
    assert secret not in made.client_secret
    for page in (CLIENTS, f"{CLIENTS}{made.pk}/change/", f"{CLIENTS}{made.pk}/history/"):
        text = manager.get(page).content.decode()
        assert secret not in text
        assert made.client_secret not in text
    assert all(secret not in str(one.get_decoded()) for one in Session.objects.all())


def test_sending_the_form_again_makes_no_second_client(manager: Client, account: Account) -> None:
    once = manager.get(f"{CLIENTS}add/").context["form"]["once"].value()

    first, second = (
        manager.post(f"{CLIENTS}add/", new_client(account, once=once)) for _ in range(2)
    )

    assert (first.status_code, second.status_code) == (200, 302)
    assert ApiClient.objects.count() == 1


def test_a_page_without_its_mark_makes_nothing(manager: Client, account: Account) -> None:
    answer = manager.post(f"{CLIENTS}add/", new_client(account, once=""))

    assert answer.status_code == 422
    assert "Something is missing from this page. Open it again." in answer.content.decode()
    assert not ApiClient.objects.exists()


def test_the_mark_of_somebody_elses_page_is_another(sign_in: SignIn, account: Account) -> None:
    for _ in range(2):
        sign_in(Role.ACCOUNT_MANAGER).post(f"{CLIENTS}add/", new_client(account, once="same"))

    assert ApiClient.objects.count() == 2


def test_a_page_whose_command_failed_can_be_sent_again(db: None) -> None:
    form, actor = OnceForm({"once": "the-page"}), builders.operator()
    assert form.is_valid()
    with pytest.raises(Forbidden), form.sending(actor=actor):
        raise Forbidden

    tries = []
    for _ in range(2):
        with form.sending(actor=actor) as is_first:
            tries.append(is_first)

    assert tries == [True, False]


def test_another_secret_ends_the_old_one(manager: Client, account: Account) -> None:
    client_id, old = shown(manager.post(f"{CLIENTS}add/", new_client(account)))
    made = ApiClient.objects.get()
    page = f"{CLIENTS}{made.pk}/secret/"
    assert manager.get(page).status_code == 200

    _, new = shown(manager.post(page, {"once": "another", "overlap": "none"}))

    assert token_status(client_id, old) == 401
    assert token_status(client_id, new) == 200


def test_with_an_overlap_both_secrets_work_until_the_older_one_is_ended(
    manager: Client, account: Account
) -> None:
    client_id, old = shown(manager.post(f"{CLIENTS}add/", new_client(account)))
    page = f"{CLIENTS}{ApiClient.objects.get().pk}/"
    _, new = shown(manager.post(f"{page}secret/", {"once": "another", "overlap": "week"}))
    assert [token_status(client_id, one) for one in (old, new)] == [200, 200]

    refused = manager.post(f"{page}secret/", {"once": "a-third", "overlap": "week"})
    manager.post(f"{page}end-older-secret/")

    assert refused.status_code == 422
    assert "end the older one first" in refused.content.decode()
    assert [token_status(client_id, one) for one in (old, new)] == [401, 200]


def test_a_replaced_secret_is_shown_once(manager: Client, account: Account) -> None:
    manager.post(f"{CLIENTS}add/", new_client(account))
    page = f"{CLIENTS}{ApiClient.objects.get().pk}/"
    once = {"once": "another", "overlap": "week"}

    first, second = (manager.post(f"{page}secret/", once) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 302)
    assert second["Location"] == f"{page}change/"


def test_a_key_is_made_and_only_its_hash_is_kept(manager: Client, account: Account) -> None:
    answer = manager.post(
        f"{KEYS}add/",
        {
            "account": account.pk,
            "name": "Test key",
            "purpose": "v3",
            "scopes": ["orders"],
            "once": "the-page",
        },
    )

    (whole,), made = shown(answer), ApiKey.objects.get()
    prefix, _, secret = whole.partition(".")
    assert "no-store" in answer["Cache-Control"]
    assert made.prefix == prefix
    assert made.secret_sha256 == hashlib.sha256(secret.encode()).hexdigest()
    for page in (KEYS, f"{KEYS}{made.pk}/change/", f"{KEYS}{made.pk}/history/"):
        text = manager.get(page).content.decode()
        assert secret not in text
        assert made.secret_sha256 not in text


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        ("account", "Select the account"),
        ("name", "Enter a name for the program"),
        ("scopes", "Select at least one thing that it may do"),
    ],
)
def test_what_is_missing_is_told_beside_its_box(
    left_out: str, words: str, manager: Client, account: Account
) -> None:
    given = {name: value for name, value in new_client(account).items() if name != left_out}

    answer = manager.post(f"{CLIENTS}add/", given)

    assert answer.status_code == 422
    assert answer.context["form"].errors[left_out] == [words]
    assert not ApiClient.objects.exists()


def test_a_client_is_switched_off_and_on_and_signed_for(manager: Client, account: Account) -> None:
    made = builders.api_client(account)
    page = f"{CLIENTS}{made.client.pk}/"
    assert "Its next call is refused" in manager.get(f"{page}off/").content.decode()

    states = []
    for way in ("off", "off", "on"):
        manager.post(f"{page}{way}/")
        states.append(ApiClient.objects.get().is_active)

    assert states == [False, False, True]
    written = made.client.history.latest("pgh_id")
    assert written.pgh_context["actor"] == "Test Account manager"


def test_a_client_is_changed_by_the_command(manager: Client, account: Account) -> None:
    made = builders.api_client(account).client
    page = f"{CLIENTS}{made.pk}/what-it-may/"
    last_day = {"expires_on_day": "31", "expires_on_month": "12", "expires_on_year": "2019"}
    said = {"name": "Other", "scopes": ["studies"]}

    refused = manager.post(page, {**said, **last_day})
    saved = manager.post(page, said)

    assert refused.status_code == 422
    assert "Choose a day that has not passed" in refused.content.decode()
    made.refresh_from_db()
    assert (saved.status_code, made.name, made.scopes) == (302, "Other", ["studies"])


def test_limits_are_changed_on_the_page_and_nothing_else(manager: Client, account: Account) -> None:
    made = builders.api_client(account).client
    given = {"name": "Other", "scopes": ["studies"], "calls_a_minute": "60", "burst": "6"}

    manager.post(f"{CLIENTS}{made.pk}/change/", given)

    before = (made.name, made.scopes, made.is_active)
    made.refresh_from_db()
    assert (made.calls_a_minute, made.burst) == (60, 6)
    assert (made.name, made.scopes, made.is_active) == before


@pytest.mark.parametrize("filter_", ["client_secret__startswith=p", "secret_sha256__startswith=0"])
def test_secrets_cannot_be_guessed_by_filters(
    filter_: str, manager: Client, account: Account
) -> None:
    for page in (CLIENTS, KEYS):
        assert manager.get(f"{page}?{filter_}").status_code == 400


def test_who_may_not_manage_programs_makes_none(sign_in: SignIn, account: Account) -> None:
    client = sign_in(Role.OPERATOR)

    assert client.post(f"{CLIENTS}add/", new_client(account)).status_code == 403
    assert not ApiClient.objects.exists()


def new_key(account: Account, **others: Any) -> dict[str, Any]:
    return {**new_client(account), "purpose": "gateway", "scopes": ["recordings"], **others}


def test_a_key_for_the_gateway_is_made_for_the_operator(manager: Client) -> None:
    answer = manager.post(f"{KEYS}add/", new_key(builders.operator_account()))

    (whole,) = shown(answer)
    made = ApiKey.objects.get()
    assert whole.startswith(f"{made.prefix}.")
    assert (made.prefix[:4], made.purpose, made.scopes) == ("hwg_", "gateway", ["recordings"])


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ({}, "A key for the gateway belongs to the operator"),
        ({"purpose": "v3"}, "has scopes of the gateway only"),
    ],
)
def test_a_key_for_the_gateway_is_nobody_else_s(
    manager: Client, account: Account, others: dict[str, Any], told: str
) -> None:
    answer = manager.post(f"{KEYS}add/", new_key(account, **others))

    assert told in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_a_client_is_not_offered_what_only_the_gateway_does(manager: Client) -> None:
    assert "recordings" not in manager.get(f"{CLIENTS}add/").content.decode()
    assert "recordings" in manager.get(f"{KEYS}add/").content.decode()
