"""People who sign in, and what they are here."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from foundation.actors import Actor
from foundation.constraints import SameAccount, unique_in_account
from foundation.history import keep_history
from foundation.ids import public_id
from organisations.models.accounts import Account, AccountKind, Organisation
from organisations.roles import CLINIC_ROLES, OPERATOR_ROLES, Role


class UserManager(BaseUserManager["User"]):
    """What Django's sign-in machinery asks of a user model's manager."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())

    def create_user(self, email: str, password: str | None = None, **columns: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **columns)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **columns: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **columns)


@keep_history("UserHistory", ignoring=("password", "last_login", "last_seen_at", "shortcuts_on"))
class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address. What they may do is in their membership."""

    email = models.EmailField("e-mail", max_length=254, unique=True)
    full_name = models.CharField(max_length=200)
    is_active = models.BooleanField("active", default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    password_set_at = models.DateTimeField(null=True, editable=False)
    last_seen_at = models.DateTimeField(null=True, editable=False)
    shortcuts_on = models.BooleanField("keyboard shortcuts", default=True, editable=False)
    # Part of every session's signature: a higher number ends the sessions that began before.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        constraints = [
            # With it, the unique rule of the column holds whatever the case somebody types.
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="email_address_is_lower_case"
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def set_password(self, raw_password: str | None) -> None:
        """No history keeps a password, so a new one shows there by its time."""
        super().set_password(raw_password)
        self.password_set_at = timezone.now()

    def get_full_name(self) -> str:
        return self.full_name

    def get_session_auth_hash(self) -> str:
        return f"{super().get_session_auth_hash()}:{self.session_epoch}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for signature in super().get_session_auth_fallback_hash():
            yield f"{signature}:{self.session_epoch}"

    @property
    def seen_at(self) -> datetime | None:
        """When they last signed in or did anything here, to within a few minutes."""
        return max((at for at in (self.last_login, self.last_seen_at) if at), default=None)

    @property
    def is_staff(self) -> bool:
        """Whether the admin opens: for the operator's people only."""
        if not self.is_active:
            return False
        return self.is_superuser or bool(self.roles & OPERATOR_ROLES)

    @property
    def roles(self) -> frozenset[Role]:
        membership = getattr(self, "membership", None)
        return frozenset(Role(role) for role in membership.roles) if membership else frozenset()


# The operator's roles see every account, so none of them may be held in a clinic's.
_ROLES_FIT_THE_ACCOUNT = """
IF (NEW.roles && ARRAY[{operator_roles}]::varchar[]) <> EXISTS (
    SELECT FROM organisations_account WHERE id = NEW.account_id AND kind = '{operator}'
) THEN
    RAISE check_violation USING
        CONSTRAINT = 'membership_roles_fit_the_account',
        MESSAGE = 'membership_roles_fit_the_account';
END IF;
RETURN NEW;
""".format(
    operator_roles=", ".join(f"'{role}'" for role in sorted(OPERATOR_ROLES)),
    operator=AccountKind.OPERATOR,
)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, actor: Actor) -> "MembershipQuerySet":
        return self if actor.sees_all_accounts else self.filter(account_id=actor.account_id)

    def active_managers(self) -> "MembershipQuerySet":
        return self.filter(user__is_active=True, roles__contains=[Role.CLINIC_MANAGER])


@keep_history("MembershipHistory", ignoring=("public_id",))
class Membership(models.Model):
    """What a user is in the one account they belong to, for all its organisations or for some."""

    public_id = models.UUIDField(default=public_id, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="memberships")
    user = models.OneToOneField(User, models.CASCADE, related_name="membership")
    roles = ArrayField(models.CharField(max_length=32, choices=Role.choices))
    all_organisations = models.BooleanField(
        default=True, help_text="Otherwise only those listed below."
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            unique_in_account("membership_is_found_within_its_account"),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=sorted(CLINIC_ROLES))
                | models.Q(roles__contained_by=sorted(OPERATOR_ROLES)),
                name="membership_roles_are_of_one_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(roles__len__gte=1), name="membership_has_a_role"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="membership_roles_fit_the_account",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_ROLES_FIT_THE_ACCOUNT,
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.account}"


@keep_history("MembershipOrganisationHistory")
class MembershipOrganisation(models.Model):
    """One organisation of a membership that is not for all."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    membership = models.ForeignKey(
        Membership, models.CASCADE, related_name="organisations", db_constraint=False
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="+", db_constraint=False
    )

    class Meta:
        constraints = [
            SameAccount("membership", name="listed_membership_is_of_the_same_account"),
            SameAccount("organisation", name="listed_organisation_is_of_the_same_account"),
            models.UniqueConstraint(
                fields=["membership", "organisation"], name="organisation_is_listed_already"
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)
