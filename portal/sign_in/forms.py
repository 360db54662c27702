"""allauth's forms about passwords, in our words. Those about second factors are in
`second_factor_forms`.
"""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.core import context
from django import forms
from django.http import HttpRequest

from portal.sign_in import limits, mail

# By field name: the label, and what is said when nothing was typed.
WORDS = {
    "login": ("Email address", "Enter your email address"),
    "email": ("Email address", "Enter your email address"),
    "password": ("Password", "Enter your password"),
    "oldpassword": ("Current password", "Enter your current password"),
    "password1": ("New password", "Enter a new password"),
    "password2": ("New password again", "Enter the new password again"),
    "code": ("Code", "Enter the code"),
    "name": ("Name", "Enter a name for it"),
}


def put_in_our_words(form: forms.Form) -> None:
    """Labels and messages as everywhere else, and no placeholder that repeats the label."""
    form.use_required_attribute = False
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        if name in WORDS:
            field.label, field.error_messages["required"] = WORDS[name]


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        put_in_our_words(self)


class ForgottenPasswordForm(ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        put_in_our_words(self)

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """The worker sends the mail. For an address that nobody has it is asked to do nothing, so
        that neither the answer nor its duration tells one from the other.
        """
        mail.ask_for_reset(self.users[0].pk if self.users else None)
        return str(self.cleaned_data["email"])


class NewPasswordForm(ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        put_in_our_words(self)

    def save(self) -> None:
        super().save()
        limits.forgive(context.request, self.user.email)


class OtherPasswordForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        put_in_our_words(self)


class FirstPasswordForm(SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        put_in_our_words(self)


class PasswordAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        put_in_our_words(self)
