"""Invitations: somebody is asked by e-mail to become a member of an account's team."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from foundation.actors import Actor
from foundation.constraints import SameAccount, unique_in_account
from foundation.history import keep_history
from foundation.ids import public_id
from organisations.models.accounts import Account, Organisation
from organisations.models.people import User
from organisations.roles import CLINIC_ROLES, Role

OPEN = models.Q(accepted_at=None, withdrawn_at=None)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, actor: Actor) -> "InvitationQuerySet":
        return self if actor.sees_all_accounts else self.filter(account_id=actor.account_id)

    def open(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; one that has expired can be sent again."""
        return self.filter(OPEN)


@keep_history("InvitationHistory", ignoring=("nonce",))
class Invitation(models.Model):
    """What an e-mail offers: to join the account's team with these roles.

    Its link is signed over `public_id` and `nonce`, so that neither a copy of this table nor the
    address of a page is enough to make one. A new `nonce` ends the links that were sent before.
    """

    public_id = models.UUIDField(default=public_id, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="invitations")
    email = models.EmailField("e-mail", max_length=254)
    roles = ArrayField(models.CharField(max_length=32, choices=Role.choices))
    all_organisations = models.BooleanField(default=True)
    nonce = models.CharField(max_length=32, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            unique_in_account("invitation_is_found_within_its_account"),
            models.UniqueConstraint(
                fields=["account", "email"], condition=OPEN, name="address_has_one_open_invitation"
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="invited_address_is_lower_case"
            ),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=sorted(CLINIC_ROLES)),
                name="invitation_is_to_the_roles_of_a_clinic",
            ),
            models.CheckConstraint(
                condition=models.Q(roles__len__gte=1), name="invitation_has_a_role"
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(withdrawn_at=None),
                name="invitation_is_not_both_accepted_and_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.account}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()


@keep_history("InvitationOrganisationHistory")
class InvitationOrganisation(models.Model):
    """One organisation of an invitation that is not for all."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, related_name="organisations", db_constraint=False
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="+", db_constraint=False
    )

    class Meta:
        constraints = [
            SameAccount("invitation", name="listed_invitation_is_of_the_same_account"),
            SameAccount("organisation", name="invited_organisation_is_of_the_same_account"),
            models.UniqueConstraint(
                fields=["invitation", "organisation"],
                name="organisation_is_in_the_invitation_already",
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)
