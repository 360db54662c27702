"""allauth's forms about second factors, in our words and with our counts."""

from collections.abc import Callable
from typing import Any, Final

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.cache import cache

from portal.sign_in import limits
from portal.sign_in.forms import put_in_our_words

CODE_BOX: Final = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "width-10"}
LONGEST_NAME: Final = 60
LONGEST_CREDENTIAL: Final = 100_000
NO_CREDENTIAL: Final = "That was no passkey of yours. Try again, or use another way"


def counted(user_id: int, judge: Callable[[], Any]) -> Any:
    """What `judge` finds right; a wrong answer is counted, and after too many none is looked at."""
    if not limits.may_try_second_factor(user_id):
        raise get_account_adapter().validation_error("rate_limited")
    found = judge()
    limits.second_factor_was_right(user_id)
    return found


def use_up(user_id: int, code: str) -> None:
    """A code works once, for as long as any clock would take it."""
    steps = 2 * app_settings.TOTP_TOLERANCE + 1
    key = f"second-factor:{user_id}:{normalize_user_code(code)}"
    if not cache.add(key, 1, timeout=steps * app_settings.TOTP_PERIOD):
        raise get_adapter().validation_error("incorrect_code")


class CountedCode(BaseAuthenticateForm):
    """A code of the app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        put_in_our_words(self)
        self.fields["code"].widget.attrs |= CODE_BOX

    def clean_code(self) -> str:
        code = str(counted(self.user.pk, super().clean_code))
        if self.authenticator.type == Authenticator.Type.TOTP:
            use_up(self.user.pk, code)
        return code


class CodeForm(CountedCode, AuthenticateForm):
    """When signing in."""


class CodeAgainForm(CountedCode, ReauthenticateForm):
    """Before something that needs it again."""


class AppSetUpForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        put_in_our_words(self)
        self.fields["code"].label = "Code that the app shows"
        self.fields["code"].widget.attrs |= CODE_BOX

    def clean_code(self) -> str:
        """Who sets an app up has shown in this session that they have it."""
        code = str(counted(self.user.pk, super().clean_code))
        use_up(self.user.pk, code)
        record_authentication(context.request, self.user, "mfa", type=Authenticator.Type.TOTP)
        return code


class CredentialField(forms.JSONField):
    """What a browser says of a passkey. Whatever else comes is as wrong as a wrong code."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(error_messages={"required": NO_CREDENTIAL, "invalid": NO_CREDENTIAL})

    def to_python(self, value: Any) -> Any:
        if len(value or "") > LONGEST_CREDENTIAL or "\\u0000" in (value or ""):
            raise forms.ValidationError(NO_CREDENTIAL)
        try:
            return super().to_python(value)
        except RecursionError:
            raise forms.ValidationError(NO_CREDENTIAL) from None

    def bound_data(self, data: Any, initial: Any) -> None:
        """What was sent is not shown again: it would be of no use a second time."""


def without_crash(judge: Callable[[], Any]) -> Any:
    """The library that reads what a browser sends raises all sorts of things at what no browser
    sends.
    """
    try:
        return judge()
    except forms.ValidationError:
        raise
    except (AttributeError, LookupError, TypeError, ValueError, AssertionError) as fault:
        raise forms.ValidationError(NO_CREDENTIAL) from fault


class PasskeySetUpForm(AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        put_in_our_words(self)
        self.fields["name"] = forms.CharField(
            label="Name for this passkey",
            required=False,
            max_length=LONGEST_NAME,
            help_text="For example, Work laptop",
        )
        self.fields["passwordless"] = forms.BooleanField(
            label="Sign in with it alone, without a password",
            required=False,
            help_text="It will then ask for your fingerprint, face or PIN each time",
        )
        self.fields["credential"] = CredentialField()

    def clean(self) -> dict[str, Any]:
        """Who sets a passkey up has shown in this session that they have it."""
        said: dict[str, Any] = without_crash(super().clean)
        if not self.errors:
            kind = Authenticator.Type.WEBAUTHN
            record_authentication(context.request, self.user, "mfa", type=kind)
        return said


class PasskeyNameForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].max_length = LONGEST_NAME
        put_in_our_words(self)


class PasskeyForm(AuthenticateWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField()

    def clean_credential(self) -> Any:
        return without_crash(super().clean_credential)


class PasskeyAgainForm(ReauthenticateWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField()

    def clean_credential(self) -> Any:
        return without_crash(super().clean_credential)


class PasskeySignInForm(LoginWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField()

    def clean_credential(self) -> Any:
        return without_crash(super().clean_credential)
