"""Signing in with the provider that the settings name, over real HTTP."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.http import HttpResponse
from django.test import Client, override_settings

from organisations.models import User
from organisations.roles import Role
from portal.sign_in.configuration import providers
from tests import builders
from tests.portal.provider import CLIENT_ID, CLIENT_SECRET, Provider, running
from tests.portal.signing_in import CODE, code_now, has_app, is_signed_in, signed_in
from tests.staff.desk import text_of

pytestmark = pytest.mark.django_db

BEGIN = "/accounts/oidc/organisation/login/"
REFUSED = "You are not signed in"


@pytest.fixture
def person(db: None) -> User:
    return builders.user(Role.CLINIC_STAFF)


@pytest.fixture
def provider(person: User) -> Iterator[Provider]:
    """It knows the person, and our settings know it."""
    knows = {"sub": "42", "email": person.email, "email_verified": True, "name": "Test Person"}
    with running(Provider(knows)) as made, settings_for(made.address):
        yield made


def settings_for(address: str) -> override_settings:
    return override_settings(
        SOCIALACCOUNT_PROVIDERS=providers(
            server_url=address,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            name="Test Trust",
            may_be_unencrypted=True,
        )
    )


def go_there(client: Client, *, wanted: str = "") -> str:
    """The address of the provider's page that the button leads to."""
    answer = client.get(BEGIN + (f"?next={wanted}" if wanted else ""))
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def come_back(client: Client, page: str) -> HttpResponse:
    """What we answer when the provider sends the browser back."""
    back = urlsplit(requests.get(page, allow_redirects=False, timeout=10).headers["Location"])
    assert back.path == f"{BEGIN}callback/"
    return client.get(f"{back.path}?{back.query}")


def sign_in(client: Client | None = None, *, wanted: str = "") -> HttpResponse:
    client = client or Client()
    return come_back(client, go_there(client, wanted=wanted))


def test_without_settings_there_is_no_button_and_no_page():
    assert "Sign in with" not in text_of(Client().get("/accounts/login/")).replace(
        "Sign in with a passkey", ""
    )
    assert Client().get(BEGIN).status_code == 404
    assert Client().get(f"{BEGIN}callback/").status_code == 404


def test_somebody_with_an_account_signs_in(person: User, provider: Provider):
    client = Client()
    page = client.get("/accounts/login/?next=/orders/").content.decode()
    assert f'href="{BEGIN}?next=%2Forders%2F">Sign in with Test Trust' in page

    answer = sign_in(client, wanted="/orders/")

    assert answer["Location"] == "/orders/"
    assert is_signed_in(client)
    linked = SocialAccount.objects.get()
    assert (linked.user, linked.uid) == (person, "42")


def test_the_second_time_it_is_the_same_account(person: User, provider: Provider):
    for _ in range(2):
        client = Client()
        sign_in(client)
        assert is_signed_in(client)

    assert SocialAccount.objects.count() == 1


def test_the_case_of_the_address_does_not_matter(person: User, provider: Provider):
    provider.person["email"] = person.email.upper()
    client = Client()

    sign_in(client)

    assert is_signed_in(client)


def test_we_ask_with_a_proof_key_and_for_no_more_than_we_need(provider: Provider):
    asked = parse_qs(urlsplit(go_there(Client())).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert asked["redirect_uri"] == [f"http://testserver{BEGIN}callback/"]
    assert asked["state"][0]


def test_an_address_cannot_change_what_we_ask_for(provider: Provider):
    page = Client().get(
        BEGIN
        + "?process=connect&scope=admin&auth_params=redirect_uri%3Dhttps%3A%2F%2Fevil.example"
        + "&next=https://evil.example/"
    )["Location"]

    assert "evil" not in page
    assert "admin" not in page


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"email": "nobody@test.example"}, "Nobody signs in here with the email address"),
        ({"email_verified": False}, "did not vouch for an email address of yours"),
        ({"email_verified": None}, "did not vouch for an email address of yours"),
        ({"email_verified": "false"}, "did not vouch for an email address of yours"),
        ({"email": None}, "did not vouch for an email address of yours"),
        ({"email": ["a", "b"]}, "did not vouch for an email address of yours"),
    ],
)
def test_who_is_not_known_or_not_vouched_for_stays_outside(
    provider: Provider, claims: dict[str, object], words: str
):
    provider.person |= claims
    client, users = Client(), User.objects.count()

    answer = sign_in(client)

    assert answer.status_code == 403
    assert REFUSED in text_of(answer)
    assert words in text_of(answer)
    assert not is_signed_in(client)
    assert User.objects.count() == users
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("sub", ["x" * 192, None, ["1"], {}])
def test_a_name_that_is_none_is_refused(provider: Provider, sub: object):
    provider.person["sub"] = sub
    client = Client()

    assert sign_in(client).status_code in {401, 403, 502}
    assert not is_signed_in(client)


def test_who_is_switched_off_stays_outside(person: User, provider: Provider):
    sign_in()
    User.objects.update(is_active=False)
    client = Client()

    assert sign_in(client).status_code == 403
    assert not is_signed_in(client)


def test_an_address_given_to_somebody_else_opens_nothing(person: User, provider: Provider):
    sign_in()
    provider.person["sub"] = "43"
    client = Client()

    answer = sign_in(client)

    assert answer.status_code == 403
    assert "belongs to another of its accounts" in text_of(answer)
    assert not is_signed_in(client)


def test_an_account_of_theirs_does_not_follow_to_another_user_of_ours(
    person: User, provider: Provider
):
    sign_in()
    provider.person["email"] = builders.user(Role.CLINIC_MANAGER).email
    client = Client()

    assert sign_in(client).status_code == 403
    assert not is_signed_in(client)


def test_user_information_about_somebody_else_is_refused(provider: Provider):
    provider.token_says = {"sub": "44"}

    assert sign_in().status_code == 403


@pytest.mark.parametrize(
    "claims", [{"aud": "another program"}, {"iss": "https://evil.example"}, {"exp": 1}]
)
def test_a_token_that_is_not_for_us_is_refused(provider: Provider, claims: dict[str, object]):
    provider.token_says = claims
    client = Client()

    answer = sign_in(client)

    assert answer.status_code == 401
    assert REFUSED in text_of(answer)
    assert not is_signed_in(client)


def test_the_second_factor_is_still_asked_for(person: User, provider: Provider):
    has_app(person)
    client = Client()

    assert sign_in(client)["Location"] == CODE
    assert not is_signed_in(client)
    client.post(CODE, {"code": code_now()})
    assert is_signed_in(client)


@override_settings(MFA_REQUIRED_FOR_OPERATORS=True)
def test_an_operator_still_needs_one(provider: Provider):
    provider.person["email"] = builders.user(Role.OPERATOR).email
    client = Client()
    sign_in(client)

    assert client.get("/admin/")["Location"] == "/account/second-factor/"


def test_another_browser_cannot_finish_what_one_began(provider: Provider):
    page = go_there(Client())

    answer = come_back(Client(), page)

    assert answer.status_code == 401


def test_an_answer_counts_once(provider: Provider):
    client = Client()
    back = urlsplit(
        requests.get(go_there(client), allow_redirects=False, timeout=10).headers["Location"]
    )
    client.get(f"{back.path}?{back.query}")

    assert Client().get(f"{back.path}?{back.query}").status_code == 401
    assert client.get(f"{back.path}?{back.query}").status_code == 401


def test_who_stops_on_the_way_is_told_so(provider: Provider):
    client = Client()
    state = parse_qs(urlsplit(go_there(client)).query)["state"][0]

    answer = client.get(f"{BEGIN}callback/?error=access_denied&state={state}", follow=True)

    assert "You stopped on the way." in text_of(answer)


@pytest.mark.parametrize("breaks", [".well-known/openid-configuration"])
def test_a_provider_that_is_broken_is_told_in_words(provider: Provider, breaks: str):
    provider.breaks = breaks

    answer = Client().get(BEGIN)

    assert answer.status_code == 502
    assert "did not answer as it should" in text_of(answer)


@pytest.mark.parametrize("breaks", ["userinfo", "token"])
def test_a_provider_that_breaks_on_the_way_is_told_in_words(provider: Provider, breaks: str):
    client = Client()
    page = go_there(client)
    provider.breaks = breaks

    answer = come_back(client, page)

    assert answer.status_code in {401, 502}
    assert REFUSED in text_of(answer)


def test_a_provider_that_is_away_is_told_in_words():
    with settings_for("http://127.0.0.1:9"):
        answer = Client().get(BEGIN)

    assert answer.status_code == 502
    assert "Try again later" in text_of(answer)


def test_asking_the_provider_is_limited(provider: Provider):
    answers = [Client().get(BEGIN).status_code for _ in range(22)]

    assert answers == [302] * 20 + [429] * 2


def test_signing_in_as_somebody_else_ends_the_session_before(person: User, provider: Provider):
    client = signed_in(builders.user(Role.CLINIC_STAFF))

    sign_in(client)

    assert person.email in client.get("/account/").content.decode()


def test_nobody_opens_an_account_this_way(provider: Provider):
    for path in ("/accounts/3rdparty/", "/accounts/3rdparty/signup/", "/accounts/social/signup/"):
        assert Client().get(path).status_code == 404


# Settings


def test_half_of_the_settings_is_refused():
    with pytest.raises(SystemExit, match=r"^OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are missing: "):
        given(server_url="https://id.example")
    with pytest.raises(SystemExit, match=r"^OIDC_CLIENT_SECRET is missing: "):
        given(server_url="https://id.example", client_id="x")
    with pytest.raises(SystemExit, match="are missing"):
        given(name="Test Trust")


def test_a_provider_without_encryption_is_refused():
    with pytest.raises(SystemExit, match=r"^OIDC_SERVER_URL must begin with https://"):
        given(server_url="http://id.example", client_id="x", client_secret="y")


def given(**settings: str) -> dict[str, object]:
    unset = {"server_url": "", "client_id": "", "client_secret": "", "name": ""}
    return providers(**(unset | settings), may_be_unencrypted=False)
