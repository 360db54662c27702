"""The developers' pages: API clients and keys made, changed, replaced, ended and switched off by a
manager, each secret shown once.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from organisations.models import ApiClient, ApiKey, Organisation
from organisations.models.machines import Secret
from organisations.roles import Role, Scope
from tests import builders
from tests.api.calls import Program, token_for
from tests.staff.desk import Desk, desk, desk_of_one, hidden_of, shown, text_of, title_of

START = "/developers/"
CLIENT = {"name": "Our system", "scopes": ["orders"]}


@pytest.fixture
def manager(clinic: Organisation) -> Desk:
    return desk(clinic, Role.CLINIC_MANAGER)


def make(manager: Desk, kind: str = "clients", **others: Any) -> HttpResponse:
    once = hidden_of(manager.get(f"{START}{kind}/new/"), "once")
    return manager.post(f"{START}{kind}/new/", {**CLIENT, "once": once, **others})


def replace(manager: Desk, page: str, overlap: str = "week") -> HttpResponse:
    once = hidden_of(manager.get(f"{page}secret/"), "once")
    return manager.post(f"{page}secret/", {"overlap": overlap, "once": once})


def page_of(program: Any) -> str:
    if isinstance(program, ApiClient):
        return f"{START}clients/{program.client_id}/"
    return f"{START}keys/{program.prefix}/"


def token_status(client_id: str, secret: str) -> int:
    sent = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    form = "application/x-www-form-urlencoded"
    return Client().post("/oauth2/token", urlencode(sent), content_type=form).status_code


@pytest.fixture(params=["client", "key"])
def program(request: pytest.FixtureRequest, clinic: Organisation) -> Any:
    if request.param == "key":
        return builders.api_key(clinic.account)
    return builders.api_client(clinic.account).client


def test_a_client_is_made_and_its_secret_opens_the_api(clinic: Organisation, manager: Desk):
    client_id, secret = shown(make(manager))

    made = ApiClient.objects.get()
    assert token_status(client_id, secret) == 200
    assert (made.account, made.name, made.scopes) == (clinic.account, "Our system", ["orders"])
    assert made.history.latest("pgh_id").pgh_context["user"] == manager.user.pk


def test_a_key_is_made_and_its_secret_opens_it(clinic: Organisation, manager: Desk):
    (whole,) = shown(make(manager, "keys"))

    made, (prefix, _, secret) = ApiKey.objects.get(), whole.partition(".")
    assert (made.account, made.prefix, made.purpose) == (clinic.account, prefix, "v3")
    assert made.which_secret(secret) is Secret.PRESENT


@pytest.mark.parametrize("kind", ["clients", "keys"])
def test_a_secret_is_shown_once_and_kept_nowhere(kind: str, manager: Desk):
    answer = make(manager, kind)
    secret = shown(answer)[-1].rpartition(".")[2]
    made = (ApiClient if kind == "clients" else ApiKey).objects.get()
    replaced = replace(manager, page_of(made))
    fresh = shown(replaced)[-1].rpartition(".")[2]

    assert all("no-store" in one["Cache-Control"] for one in (answer, replaced))
    for page in (START, page_of(made), f"{page_of(made)}change/", f"{page_of(made)}secret/"):
        html = manager.get(page).content.decode()
        assert secret not in html
        assert fresh not in html
    assert all(secret not in str(one.get_decoded()) for one in Session.objects.all())


@pytest.mark.parametrize("kind", ["clients", "keys"])
def test_pressing_twice_makes_one(kind: str, manager: Desk):
    once = hidden_of(manager.get(f"{START}{kind}/new/"), "once")

    answers = [
        manager.client.post(f"{START}{kind}/new/", {**CLIENT, "once": once}, follow=True)
        for _ in range(2)
    ]

    assert (ApiClient if kind == "clients" else ApiKey).objects.count() == 1
    assert len(shown(answers[0])) > 0
    assert "It was made already, and its secret was shown then." in text_of(answers[1])


def test_pressing_twice_replaces_a_secret_once(program: Any, manager: Desk):
    page = page_of(program)
    once = hidden_of(manager.get(f"{page}secret/"), "once")

    answers = [manager.post(f"{page}secret/", {"overlap": "week", "once": once}) for _ in range(2)]

    secret = shown(answers[0])[-1].rpartition(".")[2]
    program.refresh_from_db()
    assert answers[1]["Location"] == page
    assert program.which_secret(secret) is Secret.PRESENT


def test_a_replaced_secret_works_on_for_a_week_unless_it_is_ended(manager: Desk):
    client_id, old = shown(make(manager))
    page = page_of(ApiClient.objects.get())
    assert 'value="week" ' in manager.get(f"{page}secret/").content.decode()

    _, new = shown(replace(manager, page))
    both = [token_status(client_id, one) for one in (old, new)]
    text = text_of(manager.get(page))
    manager.post(f"{page}end-older-secret/")

    assert both == [200, 200]
    assert "Two secrets work" in text
    assert "Works until" in text
    assert [token_status(client_id, one) for one in (old, new)] == [401, 200]
    assert "Two secrets work" not in text_of(manager.get(page))


def test_a_third_secret_is_refused_and_says_what_to_do(program: Any, manager: Desk):
    replace(manager, page_of(program))

    answer = replace(manager, page_of(program))

    assert answer.status_code == 422
    assert title_of(answer).startswith("Error: ")
    assert text_of(answer).count("Two secrets work already: end the older one first") == 2
    assert len(shown(replace(manager, page_of(program), "none"))) > 0


def test_each_secret_says_when_it_was_last_used(manager: Desk):
    client_id, old = shown(make(manager))
    page = page_of(ApiClient.objects.get())
    token_status(client_id, old)
    replace(manager, page)

    text = text_of(manager.get(page))

    assert re.search(r"Present Drawn [^.]* Not used yet", text)
    assert re.search(r"Older Works until [^.]* Last used \d", text)


def test_an_older_secret_that_is_not_there_cannot_be_ended(program: Any, manager: Desk):
    for answer in (
        manager.get(f"{page_of(program)}end-older-secret/"),
        manager.post(f"{page_of(program)}end-older-secret/"),
    ):
        assert answer["Location"] == page_of(program)


def test_off_means_off_and_pressing_twice_does_not_switch_it_on(program: Any, manager: Desk):
    page = page_of(program)

    states = []
    for way in ("off", "off", "on"):
        assert manager.post(f"{page}{way}/")["Location"] == page
        program.refresh_from_db()
        states.append((program.is_active, "Switched off" in text_of(manager.get(page))))

    assert states == [(False, True), (False, True), (True, False)]


def test_name_scopes_and_last_day_are_changed(program: Any, manager: Desk):
    last_day = {"expires_on_day": "1", "expires_on_month": "July", "expires_on_year": "2031"}
    with time_machine.travel(datetime(2031, 6, 1, 12, tzinfo=UTC)):
        manager.client.force_login(manager.user)
        answer = manager.post(
            f"{page_of(program)}change/",
            {"name": "Other", "scopes": ["orders", "events"], **last_day},
        )
        text = text_of(manager.get(page_of(program)))

    program.refresh_from_db()
    assert answer["Location"] == page_of(program)
    assert (program.name, program.scopes) == ("Other", ["orders", "events"])
    # The day ends where the account is: in summer London is an hour ahead.
    assert program.expires_at == datetime(2031, 7, 1, 23, tzinfo=UTC)
    assert "after 1 July 2031" in text


def test_what_a_client_may_besides_counts_from_its_next_token_and_the_page_says_so(
    clinic: Organisation, manager: Desk
):
    credentials = builders.api_client(clinic.account, Scope.STUDIES)
    token, client = token_for(credentials), credentials.client
    key = builders.api_key(clinic.account)
    said = {"name": client.name, "scopes": ["studies", "orders"]}

    told = [text_of(manager.get(f"{page_of(one)}change/")) for one in (client, key)]
    manager.post(f"{page_of(client)}change/", said)

    assert ["counts from its next token" in text for text in told] == [True, False]
    calls = [Program(credentials, one).get("/v1/orders") for one in (token, token_for(credentials))]
    assert [call.status_code for call in calls] == [403, 200]


def test_a_form_left_alone_leaves_the_end_to_the_minute(program: Any, manager: Desk):
    end = timezone.now() + timedelta(days=3, hours=5)
    type(program).objects.update(expires_at=end)
    page = f"{page_of(program)}change/"
    form = manager.get(page).context["form"]
    day = form.initial["expires_on"]

    manager.post(
        page,
        {
            "name": program.name,
            "scopes": program.scopes,
            "expires_on_day": day.day,
            "expires_on_month": day.month,
            "expires_on_year": day.year,
        },
    )

    program.refresh_from_db()
    assert program.expires_at == end


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": ""}, "Enter a name for the program"),
        ({"name": "x" * 201}, "Name must be 200 characters or fewer"),
        ({"name": "a\x00b"}, "hidden character"),
        ({"scopes": []}, "Select at least one thing that it may do"),
        ({"scopes": ["everything"]}, "Select what it may do from the list"),
        ({"expires_on_day": "1"}, "Last day must include a month and year"),
        (
            {"expires_on_day": "1", "expires_on_month": "1", "expires_on_year": "2001"},
            "Choose a day that has not passed",
        ),
        (
            {"expires_on_day": "31", "expires_on_month": "12", "expires_on_year": "9999"},
            "Last day must be within the next 10 years",
        ),
        ({"once": ""}, "Something is missing from this page. Open it again."),
        ({"once": "a b\n"}, "Something is missing from this page. Open it again."),
    ],
)
@pytest.mark.parametrize("kind", ["clients", "keys"])
def test_what_will_not_do_is_told_and_makes_nothing(
    kind: str, said: dict[str, Any], words: str, manager: Desk
):
    answer = make(manager, kind, **said)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not (ApiClient if kind == "clients" else ApiKey).objects.exists()


def test_a_page_whose_answers_would_not_do_can_be_sent_again(manager: Desk):
    page = f"{START}clients/new/"
    once = hidden_of(manager.get(page), "once")
    past = {"expires_on_day": "1", "expires_on_month": "1", "expires_on_year": "2001"}
    refused = manager.post(page, {**CLIENT, **past, "once": once})

    answer = manager.post(page, {**CLIENT, "once": hidden_of(refused, "once")})

    assert len(shown(answer)) == 2


def test_the_first_page_says_where_to_call_and_what_to_ask_first(manager: Desk):
    make(manager)

    answer = manager.get(START)

    text = text_of(answer)
    assert "asked the patient whether they have an Android or iOS smartphone" in text
    assert "http://127.0.0.1:8000/oauth2/token" in text
    assert ApiClient.objects.get().client_id in text
    assert "No API keys yet" in text
    assert f'href="{START}requests/"' in answer.content.decode()


def test_the_page_of_a_client_has_a_sample_with_its_id_and_no_secret(manager: Desk):
    client_id, secret = shown(make(manager))

    html = manager.get(page_of(ApiClient.objects.get())).content.decode()

    assert f'-u "{client_id}:$CLIENT_SECRET"' in html.replace("&quot;", '"')
    assert secret not in html


def test_last_use_is_shown(program: Any, manager: Desk):
    assert "Last used Not yet" in text_of(manager.get(page_of(program)))
    type(program).objects.update(last_used_at=timezone.now() - timedelta(minutes=5))

    assert "5 minutes ago" in text_of(manager.get(START))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "Works"),
        ({"is_active": False}, "Switched off"),
        ({"expires_at": timezone.now() - timedelta(minutes=1)}, "Expired"),
        ({"expires_at": timezone.now() + timedelta(days=2)}, "Expires soon"),
    ],
    ids=["works", "off", "expired", "soon"],
)
def test_the_state_is_told_in_words(
    columns: dict[str, Any], words: str, program: Any, manager: Desk
):
    type(program).objects.filter(pk=program.pk).update(**{"is_active": True, **columns})

    for page in (START, page_of(program)):
        assert words in text_of(manager.get(page))


PAGES = ["", "change/", "secret/", "end-older-secret/", "off/", "on/"]


@pytest.mark.parametrize("page", PAGES)
def test_another_accounts_programs_are_not_there(page: str, program: Any):
    stranger = desk(builders.organisation(), Role.CLINIC_MANAGER)
    before = type(program).objects.values().get()

    answers = [stranger.get(page_of(program) + page)]
    if page:
        sent = {**CLIENT, "once": "once", "overlap": "none"}
        answers.append(stranger.post(page_of(program) + page, sent))

    assert {answer.status_code for answer in answers} == {404}
    assert type(program).objects.values().get() == before
    assert program.name not in text_of(stranger.get(START))


def test_a_manager_of_one_organisation_has_no_say_over_the_account(
    clinic: Organisation, program: Any
):
    manager = desk_of_one(clinic, Role.CLINIC_MANAGER)

    for page in (START, f"{START}clients/new/", f"{START}requests/", page_of(program)):
        assert manager.get(page).status_code == 403
    assert "Developers" not in manager.get("/orders/").content.decode()


@pytest.mark.parametrize("name", ["0", "x" * 300, "hw3_00000000", "a%00b", "..", "%C3%A9"])
@pytest.mark.parametrize("kind", ["clients", "keys"])
def test_a_program_nobody_has_is_not_found(kind: str, name: str, manager: Desk):
    assert manager.get(f"{START}{kind}/{name}/").status_code == 404


def test_the_first_page_takes_the_same_number_of_queries_however_many_there_are(
    clinic: Organisation, manager: Desk, django_assert_num_queries: Any
):
    builders.api_client(clinic.account)
    builders.api_key(clinic.account)
    manager.get(START)
    with django_assert_num_queries(8):
        manager.get(START)
    for _ in range(10):
        builders.api_client(clinic.account)
        builders.api_key(clinic.account)

    with django_assert_num_queries(8):
        manager.get(START)


def test_the_page_of_one_takes_few_queries(
    program: Any, manager: Desk, django_assert_max_num_queries: Any
):
    manager.get(START)

    with django_assert_max_num_queries(6):
        manager.get(page_of(program))
