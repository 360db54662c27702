"""The mail with which somebody sets a new password. The worker sends it: whoever asks is answered
at once, and a mail server that is away loses nothing.
"""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from procrastinate.contrib.django import app

from organisations.models import User


def ask_for_reset(user_id: int | None) -> None:
    """Have a link mailed to this person; to nobody, when an unknown address was typed."""
    app.configure_task("portal.jobs.mail_password_reset").defer(user_id=user_id)


def mail_reset(user_id: int | None) -> None:
    """Only to who can sign in; the link works once, and until the password changes."""
    user = User.objects.filter(pk=user_id or 0, is_active=True).first()
    if user is None:
        return
    words = {"password_reset_url": reset_address(user)}
    EmailMessage(
        subject=render_to_string("account/email/password_reset_key_subject.txt", words).strip(),
        body=render_to_string("account/email/password_reset_key_message.txt", words),
        to=[user.email],
    ).send()


def reset_address(user: User) -> str:
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.PUBLIC_BASE_URL + reverse("account_reset_password_from_key", kwargs=key)
