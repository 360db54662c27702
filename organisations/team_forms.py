"""What is asked about members of a team: who is invited, what they may do, and their password."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from django import forms

from foundation.fields import EmailField, PlainTextField
from foundation.forms import StaffForm
from organisations.models import Invitation, Membership, Organisation, User
from organisations.passwords import why_not_this
from organisations.roles import Role
from organisations.wanted import AccessWanted

NAME_LENGTH: Final = 200
# Far more than anybody types; hashing a longer one would only keep the server busy.
PASSWORD_LENGTH: Final = 1000
ALL, LISTED = "all", "listed"
WHAT_ROLES_DO: Final = {
    Role.CLINIC_STAFF: "orders tests for patients and follows them",
    Role.CLINIC_MANAGER: "does what staff do, and looks after the team, API clients and keys",
    Role.CLINICIAN: "sees patients and orders, and reviews results",
}


class AccessForm(StaffForm):
    """Roles, and for which of the `offered` organisations.

    Who works for some organisations only can give no more than those, and is not asked about all.
    """

    roles = forms.MultipleChoiceField(
        label="Role",
        choices=[(role.value, f"{role.label}: {WHAT_ROLES_DO[role]}") for role in WHAT_ROLES_DO],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Select roles from the list"},
    )
    reach = forms.ChoiceField(
        label="For which organisations?",
        choices=[
            (ALL, "All of them, and those that are added later"),
            (LISTED, "Only those that you select below"),
        ],
        widget=forms.RadioSelect,
    )
    organisations = forms.TypedMultipleChoiceField(
        coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    missing: ClassVar[Mapping[str, str]] = {
        "roles": "Select at least one role",
        "reach": "Select for which organisations",
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {
        "roles": "roles",
        "organisations": "organisations",
    }
    says_optional: ClassVar[bool] = False

    def __init__(
        self, *args: Any, offered: Iterable[Organisation], may_give_all: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.pk, f"{one.name} ({one.reference})") for one in offered]
        listed = self.fields["organisations"]
        listed.choices = choices  # type: ignore[attr-defined]
        if not may_give_all:
            del self.fields["reach"]
            listed.label = "For which organisations?"

    @property
    def wanted(self) -> AccessWanted:
        """What a valid form says."""
        said = self.cleaned_data
        return AccessWanted.of(
            roles=said["roles"],
            is_for_all=said.get("reach") == ALL,
            organisation_ids=said["organisations"],
        )


class InviteForm(AccessForm):
    """Whom to invite, and as what."""

    email = EmailField(help_text="We send the invitation there, and they sign in with it")

    field_order = ["email", "roles", "reach", "organisations"]
    missing: ClassVar[Mapping[str, str]] = {
        **AccessForm.missing,
        "email": "Enter the email address of your colleague",
    }
    refusal_fields: ClassVar[Mapping[str, str]] = {**AccessForm.refusal_fields, "email": "email"}


class JoinForm(StaffForm):
    """The name and the first password of somebody who was invited."""

    full_name = PlainTextField(
        label="Your full name",
        max_length=NAME_LENGTH,
        widget=forms.TextInput({"autocomplete": "name"}),
        help_text="It stands beside what you do here",
    )
    password = forms.CharField(
        label="New password",
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="8 characters or more, and nothing that is easy to guess",
    )
    again = forms.CharField(
        label="New password again",
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    missing: ClassVar[Mapping[str, str]] = {
        "full_name": "Enter your full name",
        "password": "Enter a new password",
        "again": "Enter the new password again",
    }

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        password, again = said.get("password"), said.get("again")
        if password and again and password != again:
            self.add_error("again", "Both passwords must be the same")
        if password:
            who = User(email=self.invitation.email, full_name=said.get("full_name", ""))
            for problem in why_not_this(password, user=who):
                self.add_error("password", problem)
        return said


def access_of(row: Membership | Invitation) -> dict[str, Any]:
    """What the form shows at first for a member as they are."""
    return {
        "roles": row.roles,
        "reach": ALL if row.all_organisations else LISTED,
        "organisations": [one.organisation_id for one in row.organisations.all()],
    }
