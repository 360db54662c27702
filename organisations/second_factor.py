"""Who has more than a password to sign in with."""

from collections.abc import Iterable
from typing import Any, Final

from django.apps import apps

APP: Final = "allauth.mfa"
# Recovery codes stand in for one of these and are not a factor by themselves.
KINDS: Final = ("totp", "webauthn")


def who_has_one(user_ids: Iterable[int]) -> frozenset[int] | None:
    """Of these users, those with a second factor; None where nobody can have one."""
    if not apps.is_installed(APP):
        return None
    authenticators: Any = apps.get_app_config("mfa").get_model("Authenticator")
    kept = authenticators.objects.filter(user_id__in=list(user_ids))
    return frozenset(kept.filter(type__in=KINDS).values_list("user_id", flat=True))
