"""Second factors: what of them is ours, and the door that is closed to operators without one. The
forms are in `second_factor_forms`.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Final

import qrcode
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from foundation.sealing import Unreadable, seal, unseal
from organisations.models import User
from portal.sign_in.time_out import has_session

log = logging.getLogger(__name__)

PURPOSE: Final = "portal.sign_in.second_factor"
FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# The ways to a second factor, for whoever has none.
SET_UP: Final = frozenset({"mfa_activate_totp", "mfa_add_webauthn"})
# What an operator may open at any time: how to show a second factor, and the way out.
OPEN: Final = frozenset(
    {
        "second_factor",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "account_reauthenticate",
        "account_logout",
        "admin:logout",
        "help",
        "time_left",
        "stay",
    }
)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": (
            "You need a second factor for your work here. Add another one before you remove this"
        ),
        "cannot_generate_recovery_codes": (
            "Recovery codes stand in for a second factor. Set one up first"
        ),
        "incorrect_code": "That did not work. Check the code, or try again with the next one",
    }

    def encrypt(self, text: str) -> str:
        return seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """What no key of the settings opens is as good as a secret that nobody knows."""
        try:
            return unseal(encrypted_text, purpose=PURPOSE)
        except Unreadable:
            log.exception("A second factor cannot be read: SECRET_KEY_FALLBACKS misses a key.")
            return generate_totp_secret()

    def build_totp_svg(self, url: str) -> str:
        """As markup for the page: a picture by address would need a hole in our own policy."""
        code = qrcode.QRCode(border=4)
        code.add_data(url)
        code.make(fit=True)
        rows = code.get_matrix()
        dots = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x in ones(row))
        return render_to_string("mfa/totp/code.svg", {"size": len(rows), "dots": dots})

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Recovery codes may go at any time; of the factors an operator keeps one."""
        if authenticator.type not in FACTORS or not is_required_of(authenticator.user):
            return True
        return factors_of(authenticator.user).exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(
        self,
        user: AbstractBaseUser,
        type: Authenticator.Type,  # noqa: A002 - allauth's name
    ) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {number + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": "Homeward"}


def ones(row: list[bool]) -> Iterator[int]:
    return (x for x, is_dark in enumerate(row) if is_dark)


def factors_of(user: Any) -> Any:
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS)


def is_required_of(user: Any) -> bool:
    """Of whoever may open the admin, when the settings say so."""
    return settings.MFA_REQUIRED_FOR_OPERATORS and isinstance(user, User) and user.is_staff


def was_shown(request: HttpRequest) -> bool:
    """This very session was begun with a second factor, or has set one up: another one, begun with
    the password alone, is not let in by it.
    """
    user = request.user
    records = get_authentication_records(request, user if isinstance(user, User) else None)
    return any(record.get("method") == "mfa" for record in records)


class SecondFactorDoor:
    """Closes everything to an operator without a second factor, but the way to one; and the way to
    another one, until there is proof of the first.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not has_session(request):
            return None
        name = name_of(request)
        if name in OPEN or not is_required_of(request.user):
            return None
        if factors_of(request.user).exists():
            return None if was_shown(request) else ask_for_it(request)
        return None if name in SET_UP else redirect("second_factor")


def name_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def ask_for_it(request: HttpRequest) -> HttpResponse:
    """There is a second factor, but this session has not shown it."""
    has_app = factors_of(request.user).filter(type=Authenticator.Type.TOTP).exists()
    page = reverse("mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn")
    return redirect(f"{page}?{urlencode({'next': request.get_full_path()})}")


@never_cache
@require_safe
@login_required
def why(request: HttpRequest) -> HttpResponse:
    """Why nothing else opens, and the two ways on."""
    if not is_required_of(request.user) or factors_of(request.user).exists():
        return redirect("own_account")
    return render(request, "mfa/required.html")
