"""A forgotten password, and how forms about signing in answer."""

import re

import pytest
from django.core import mail
from django.test import Client, override_settings
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from organisations.models import User
from organisations.roles import Role
from portal.jobs import mail_password_reset
from portal.sign_in.mail import reset_address
from tests import builders
from tests.portal.signing_in import (
    is_signed_in,
    mail_links,
    reset_jobs,
    signed_in,
    try_to_sign_in,
)
from tests.staff.desk import text_of, title_of

pytestmark = pytest.mark.django_db

FORGOTTEN = "/accounts/password/reset/"
NEW = "another horse battery staple"


@pytest.fixture
def person(db: None) -> User:
    return builders.user(Role.CLINIC_STAFF)


def new_password_page(client: Client) -> str:
    link = re.search(r"http://\S+", mail.outbox[-1].body)
    assert link
    answer = client.get(link[0].removeprefix("http://127.0.0.1:8000"), follow=True)
    return str(answer.redirect_chain[-1][0])


def test_a_forgotten_password_is_replaced_by_mail(person: User):
    Client().post(FORGOTTEN, {"email": person.email.upper()})
    mail_links()
    client = Client()

    answer = client.post(
        new_password_page(client), {"password1": NEW, "password2": NEW}, follow=True
    )

    assert mail.outbox[0].to == [person.email]
    assert mail.outbox[0].subject == "Set a new password for Homeward"
    assert "Your password is changed" in text_of(answer)
    assert not is_signed_in(client)
    assert try_to_sign_in(person.email, NEW).status_code == 302
    assert try_to_sign_in(person.email).status_code == 422


def test_it_ends_every_session(person: User):
    clients = [signed_in(person) for _ in range(2)]
    person.refresh_from_db()
    client = Client()
    page = client.get(reset_address(person), follow=True).redirect_chain[-1][0]

    client.post(page, {"password1": NEW, "password2": NEW})

    assert [is_signed_in(one) for one in clients] == [False, False]


def test_the_link_works_once(person: User):
    address = reset_address(person)
    client = Client()
    page = client.get(address, follow=True).redirect_chain[-1][0]
    client.post(page, {"password1": NEW, "password2": NEW})

    answer = Client().get(address, follow=True)

    assert "This link no longer works" in text_of(answer)


def test_nothing_tells_whether_an_address_is_known(person: User, django_assert_num_queries):
    known = Client().post(FORGOTTEN, {"email": person.email}, follow=True)
    unknown = Client().post(FORGOTTEN, {"email": "nobody@test.example"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert text_of(known) == text_of(unknown)
    assert reset_jobs() == [{"user_id": person.pk}, {"user_id": None}]
    mail_links()
    assert len(mail.outbox) == 1


def test_a_job_says_no_address(person: User):
    Client().post(FORGOTTEN, {"email": person.email})

    assert person.email not in str(list(ProcrastinateJob.objects.values()))


def test_nobody_gets_a_mail_who_cannot_sign_in(person: User):
    Client().post(FORGOTTEN, {"email": person.email})
    User.objects.update(is_active=False)

    mail_links()

    assert mail.outbox == []


@override_settings(
    EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=9,
)
def test_a_mail_server_that_is_away_is_no_trouble_of_the_asker(person: User):
    answer = Client().post(FORGOTTEN, {"email": person.email}, follow=True)

    assert "Check your email" in text_of(answer)
    with pytest.raises(ConnectionRefusedError) as failed:
        mail_links()
    wait = mail_password_reset.retry_strategy.get_retry_decision(
        exception=failed.value, job=job_of_try(1)
    )
    assert wait is not None


def job_of_try(attempts: int) -> Job:
    return Job(
        id=1, queue="default", lock=None, queueing_lock=None, task_name="x", attempts=attempts
    )


def test_mails_for_one_address_are_limited(person: User):
    answers = [
        Client(REMOTE_ADDR=f"192.0.2.{number}").post(FORGOTTEN, {"email": person.email})
        for number in range(7)
    ]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
    assert len(reset_jobs()) == 5


def test_a_form_that_is_sent_back_is_422(person: User):
    client = signed_in(person)
    for answer in (
        try_to_sign_in(person.email, "wrong"),
        try_to_sign_in("", ""),
        Client().post(FORGOTTEN, {"email": "no address"}),
        client.post("/accounts/password/change/", {"oldpassword": "wrong"}),
        client.post("/accounts/reauthenticate/", {"password": "wrong"}),
        client.post("/accounts/2fa/totp/activate/", {"code": "1"}),
    ):
        assert answer.status_code == 422
        assert title_of(answer).startswith("Error: ")
        assert "There is a problem" in text_of(answer)
        assert "no-store" in answer["Cache-Control"]


def test_no_page_about_signing_in_is_kept_by_a_browser(person: User):
    for path in ("/accounts/login/", FORGOTTEN, "/accounts/password/change/", "/account/"):
        assert "no-store" in signed_in(person).get(path)["Cache-Control"], path


def test_their_pages_have_everybodys_menu():
    manager = builders.user(Role.CLINIC_MANAGER)

    page = signed_in(manager).get("/accounts/password/change/").content.decode()

    assert manager.membership.account.name in page
    assert 'href="/orders/new/"' in page


@pytest.mark.parametrize("path", ["email/", "confirm-email/", "confirm-email/abc:def/"])
def test_nobody_collects_or_confirms_addresses(person: User, path: str):
    for client in (Client(), signed_in(person)):
        assert client.get(f"/accounts/{path}").status_code == 404


def test_nobody_is_led_to_another_site_after_signing_in(person: User):
    for wanted in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1"):
        answer = try_to_sign_in(person.email, next=wanted)
        assert answer["Location"] == "/"
