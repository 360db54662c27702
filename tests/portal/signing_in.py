"""Browsers without a screen that sign in as people do, and the codes of an authenticator app."""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from organisations.models import User
from portal.jobs import mail_password_reset
from tests import builders

SIGN_IN = "/accounts/login/"
CODE = "/accounts/2fa/authenticate/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def try_to_sign_in(
    name: str, password: str = builders.PASSWORD, *, at: str = "192.0.2.1", **facts: Any
) -> HttpResponse:
    """One try from this address, in a browser of its own unless one is given."""
    client = facts.pop("client", None) or Client()
    page = SIGN_IN + (f"?next={facts['next']}" if "next" in facts else "")
    return client.post(page, {"login": name, "password": password}, REMOTE_ADDR=at)


def signed_in(user: User, **headers: str) -> Client:
    """By the form; with the code of the app, if the person has one."""
    client = Client(headers=headers)
    answer = try_to_sign_in(user.email, client=client)
    assert answer.status_code == 302, answer.content
    if answer["Location"] == CODE:
        answer = client.post(CODE, {"code": code_now()})
        assert answer.status_code == 302, answer.content
    return client


def has_app(user: User) -> User:
    """The person has set an authenticator app up, and got recovery codes."""
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def code_now(secret: str = SECRET, *, steps: int = 0) -> str:
    """What the app shows; so many steps of 30 seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def recovery_codes(user: User) -> list[str]:
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    codes: list[str] = row.wrap().get_unused_codes()
    return codes


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def reset_jobs() -> list[dict[str, Any]]:
    """The arguments of the jobs that mail a link for a new password."""
    found = ProcrastinateJob.objects.filter(task_name="portal.jobs.mail_password_reset")
    return list(found.values_list("args", flat=True))


def mail_links() -> None:
    """What the worker does with those jobs."""
    for given in reset_jobs():
        mail_password_reset(**given)
