"""A team: what its members may do, for which organisations, and whether they can sign in.

Whoever is not yet a member is in `organisations.invitations`.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from foundation.actors import Actor, Permission
from foundation.errors import Faults
from foundation.history import sign_history
from organisations.errors import (
    BeyondYourOwn,
    LastManager,
    MemberNotFound,
    OrganisationsMissing,
    OrganisationUnknown,
    RoleNotInClinics,
    RolesMissing,
)
from organisations.models import (
    Account,
    AccountKind,
    Invitation,
    Membership,
    MembershipOrganisation,
    Organisation,
    User,
)
from organisations.roles import CLINIC_ROLES, Role
from organisations.wanted import AccessWanted


@transaction.atomic
def change_access(member: Membership, wanted: AccessWanted, *, actor: Actor) -> Membership:
    """Give the member these roles and organisations instead of what they had.

    Raises LastManager when nobody else could manage the team then.
    """
    actor.must(Permission.MANAGE_TEAM)
    sign_history(actor)
    settled = settle_access(wanted, actor=actor)
    member = _locked(member, actor=actor)
    if Role.CLINIC_MANAGER not in settled.roles:
        _keep_a_manager(besides=member)
        _withdraw_invitations_by(member)
    member.roles = list(settled.roles)
    member.all_organisations = settled.organisation_ids is None
    member.save(update_fields=["roles", "all_organisations"])
    _list_organisations(member, settled.organisation_ids or ())
    return member


@transaction.atomic
def deactivate_member(member: Membership, *, actor: Actor) -> Membership:
    """Switch the member's sign-in off and end all their sessions; what they began stays, but for
    invitations that nobody has accepted yet: by one of their own they could come back.

    Raises LastManager when nobody else could manage the team then.
    """
    actor.must(Permission.MANAGE_TEAM)
    sign_history(actor)
    member = _locked(member, actor=actor)
    _keep_a_manager(besides=member)
    _withdraw_invitations_by(member)
    if member.user.is_active:
        switch_off(member.user)
    return member


@transaction.atomic
def reactivate_member(member: Membership, *, actor: Actor) -> Membership:
    """Let a former member sign in again, as what they were; their old sessions stay ended."""
    actor.must(Permission.MANAGE_TEAM)
    sign_history(actor)
    member = _locked(member, actor=actor)
    User.objects.filter(pk=member.user_id, is_active=False).update(is_active=True)
    member.user.refresh_from_db(fields=["is_active"])
    return member


def _withdraw_invitations_by(member: Membership) -> None:
    """All at once, whoever may see them: `invitations.withdraw_invitation` is for one, by hand."""
    theirs = Invitation.objects.open().filter(invited_by=member.user_id)
    theirs.filter(account_id=member.account_id).update(withdrawn_at=timezone.now())


def switch_off(user: User) -> None:
    """End the user's sessions for good: switched on again, only a new sign-in opens."""
    User.objects.filter(pk=user.pk).update(is_active=False, session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["is_active", "session_epoch"])


def find_member(public_id: UUID, *, actor: Actor) -> Membership:
    """A member of the actor's account, with user; else MemberNotFound."""
    members = Membership.objects.visible_to(actor).select_related("user")
    found = members.filter(public_id=public_id).first()
    if found is None:
        raise MemberNotFound
    return found


def lock_team(account_id: int) -> Account:
    """Hold the account until the transaction ends, so that its team changes one step at a time."""
    return Account.objects.select_for_update(no_key=True).get(pk=account_id)


def lacks_a_manager(account: Account) -> bool:
    """Whether nobody of this clinic can manage its team, so that only the operator can."""
    managers = Membership.objects.active_managers().filter(account=account)
    return account.kind == AccountKind.CLINIC and not managers.exists()


def is_beyond(row: Membership | Invitation, *, actor: Actor) -> bool:
    """Whether it is for organisations that the actor does not work for."""
    if actor.organisation_ids is None:
        return False
    listed = {one.organisation_id for one in row.organisations.all()}
    return row.all_organisations or not listed <= actor.organisation_ids


def settle_access(wanted: AccessWanted, *, actor: Actor) -> AccessWanted:
    """What may be given as it is wanted, roles in their order; or all that is wrong with it."""
    faults = Faults()
    with faults.gathered():
        _check_roles(wanted.roles)
    with faults.gathered():
        _check_organisations(wanted.organisation_ids, actor=actor)
    faults.raise_any()
    return AccessWanted(
        roles=tuple(role for role in Role if role in wanted.roles),
        organisation_ids=wanted.organisation_ids,
    )


def _check_roles(roles: Iterable[str]) -> None:
    if not roles:
        raise RolesMissing(field="roles")
    if not set(roles) <= CLINIC_ROLES:
        raise RoleNotInClinics(field="roles")


def _check_organisations(ids: frozenset[int] | None, *, actor: Actor) -> None:
    if ids is None:
        if not actor.sees_all_organisations:
            raise BeyondYourOwn(field="organisations")
        return
    if not ids:
        raise OrganisationsMissing(field="organisations")
    of_account = Organisation.objects.visible_to(actor).filter(account_id=actor.one_account)
    if of_account.filter(pk__in=ids).count() != len(ids):
        raise OrganisationUnknown(field="organisations")


def _locked(member: Membership, *, actor: Actor) -> Membership:
    """The member as they are now, in a team that nobody else changes meanwhile."""
    lock_team(member.account_id)
    member = find_member(member.public_id, actor=actor)
    if is_beyond(member, actor=actor):
        raise BeyondYourOwn
    return member


def _keep_a_manager(*, besides: Membership) -> None:
    managers = Membership.objects.active_managers().filter(account_id=besides.account_id)
    ids = set(managers.values_list("pk", flat=True))
    if ids == {besides.pk}:
        raise LastManager(field="roles")


def _list_organisations(member: Membership, ids: Iterable[int]) -> None:
    """Rows for these organisations and no others; one that stays keeps its row and history."""
    listed = set(member.organisations.values_list("organisation_id", flat=True))
    member.organisations.exclude(organisation_id__in=ids).delete()
    MembershipOrganisation.objects.bulk_create(
        MembershipOrganisation(
            account_id=member.account_id, membership=member, organisation_id=organisation_id
        )
        for organisation_id in sorted(set(ids) - listed)
    )
