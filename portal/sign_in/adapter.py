"""allauth's sign-in with our words, our counts and our mail. Second factors are in
`second_factor`, signing in elsewhere in `single_sign_on`.
"""

import time
from typing import Any, ClassVar, Final

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from foundation.actors import Door
from foundation.client_address import client_address
from foundation.history import sign_history
from organisations.actors import actor_for_user
from portal.sign_in import limits, time_out

# Who signed in this lately is not asked for the password again.
JUST_NOW_SECONDS: Final = 5 * 60
WAYS: Final = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class AccountAdapter(DefaultAccountAdapter):
    """Nobody opens an account for themselves; clinics and the operator do."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is switched off. Ask the manager of your clinic",
        "email_password_mismatch": "The email address or the password is wrong. Check both",
        "enter_current_password": "That is not your current password. Try again",
        "incorrect_password": "That is not your password. Try again",
        "invalid_login": "The email address or the password is wrong. Check both",
        "rate_limited": "Too many tries. Wait a few minutes, then try again",
        "too_many_login_attempts": "Too many tries to sign in. Wait a few minutes, then try again",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if not limits.may_try(request, credentials.get("email", "")):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user = super().authenticate(request, **credentials)
        if user:
            limits.did_succeed(request, credentials.get("email", ""))
        return user

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        time_out.begin(request)

    def set_password(self, user: Any, password: str) -> None:
        """Whoever sets their own is who the history names, signed in or by a letter."""
        actor = actor_for_user(
            user,
            door=Door.ADMIN if user.is_staff else Door.STAFF,
            request_id=self.request.META.get("HTTP_X_REQUEST_ID", ""),
            ip_address=client_address(self.request),
        )
        with transaction.atomic():
            sign_history(actor)
            super().set_password(user, password)

    def is_reauthentication_required(self, *, app: str) -> bool:
        began = self.request.session.get(time_out.BEGAN, 0)
        if time.time() - began < JUST_NOW_SECONDS:
            return False
        return bool(super().is_reauthentication_required(app=app))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": WAYS[method["id"]]} for method in methods]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("own_account")
