"""Asking somebody into a team: invite, send again, withdraw, accept.

The e-mail and its link are in `organisations.invitation_mail`, what members are in
`organisations.team`.
"""

import secrets
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from foundation.actors import Actor, Permission
from foundation.constraints import insert_or_none
from foundation.errors import Refusal
from foundation.history import sign_history
from organisations.errors import (
    AccountClosed,
    AddressInUse,
    AddressNotInvitable,
    AlreadyInTeam,
    AlreadyInvited,
    BeyondYourOwn,
    InvitationExpired,
    InvitationNotFound,
    InvitationUsed,
    InvitationWithdrawn,
    SentJustNow,
    TooManyInvitations,
    WasInTeam,
)
from organisations.models import (
    Invitation,
    InvitationOrganisation,
    Membership,
    MembershipOrganisation,
    User,
)
from organisations.team import is_beyond, lock_team, settle_access
from organisations.wanted import AccessWanted

VALID_FOR = timedelta(days=7)
SENT_AGAIN_AFTER = timedelta(minutes=2)
MOST_OPEN = 50


@transaction.atomic
def invite(email: str, wanted: AccessWanted, *, actor: Actor) -> Invitation:
    """Ask whoever reads this address to join the actor's account as `wanted`, by an e-mail that
    the worker sends.
    """
    actor.must(Permission.MANAGE_TEAM)
    sign_history(actor)
    settled = settle_access(wanted, actor=actor)
    lock_team(actor.one_account)
    _refuse_too_many(actor.one_account)
    _refuse_known(email.lower(), account_id=actor.one_account)
    invitation = _insert(email.lower(), settled, actor=actor)
    _mail(invitation)
    return invitation


@transaction.atomic
def send_again(invitation: Invitation, *, actor: Actor) -> Invitation:
    """Send the e-mail once more, with a new link for another seven days; older links end."""
    actor.must(Permission.MANAGE_TEAM)
    sign_history(actor)
    invitation = _locked_open(invitation, actor=actor)
    now = timezone.now()
    if invitation.sent_at > now - SENT_AGAIN_AFTER:
        raise SentJustNow
    invitation.nonce = secrets.token_hex(16)
    invitation.sent_at, invitation.expires_at = now, now + VALID_FOR
    invitation.save(update_fields=["nonce", "sent_at", "expires_at"])
    _mail(invitation)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, actor: Actor) -> Invitation:
    """End the invitation: its link opens nothing from now on."""
    actor.must(Permission.MANAGE_TEAM)
    sign_history(actor)
    invitation = _locked_open(invitation, actor=actor)
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    return invitation


@transaction.atomic
def accept_invitation(
    invitation: Invitation, *, full_name: str, password: str, actor: Actor
) -> User:
    """Make whoever holds the link a user and a member of the team, once.

    The link is their permission; the caller has checked it (`invitation_mail.invitation_of`).
    Raises what `why_not_accepted` says, or AddressInUse.
    """
    actor = actor.for_account(invitation.account_id)
    sign_history(actor)
    invitation = _locked(invitation)
    if refusal := why_not_accepted(invitation):
        raise refusal
    user = User(email=invitation.email, full_name=full_name)
    user.set_password(password)
    if insert_or_none(user) is None:
        raise AddressInUse
    sign_history(replace(actor, user_id=user.pk))  # from here on it is they who write
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    _make_member(user, invitation)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    return user


def why_not_accepted(invitation: Invitation) -> Refusal | None:
    """What keeps the invitation from being accepted now; None when nothing does."""
    if invitation.accepted_at:
        return InvitationUsed()
    if invitation.withdrawn_at:
        return InvitationWithdrawn()
    if invitation.is_expired:
        return InvitationExpired()
    return None if invitation.account.is_active else AccountClosed()


def find_invitation(public_id: UUID, *, actor: Actor) -> Invitation:
    """An open invitation of the actor's account; else InvitationNotFound."""
    invitations = Invitation.objects.visible_to(actor).open()
    found = invitations.select_related("account", "invited_by").filter(public_id=public_id).first()
    if found is None:
        raise InvitationNotFound
    return found


def _refuse_too_many(account_id: int) -> None:
    if Invitation.objects.open().filter(account_id=account_id).count() >= MOST_OPEN:
        raise TooManyInvitations(most=MOST_OPEN)


def _refuse_known(email: str, *, account_id: int) -> None:
    """Of an address that signs in elsewhere no more is told than that it cannot be invited."""
    user = User.objects.filter(email=email).select_related("membership").first()
    if user is None:
        return
    member = getattr(user, "membership", None)
    if member is None or member.account_id != account_id:
        raise AddressNotInvitable(field="email")
    if user.is_active:
        raise AlreadyInTeam(field="email", member=member.public_id)
    raise WasInTeam(field="email", member=member.public_id)


def _insert(email: str, settled: AccessWanted, *, actor: Actor) -> Invitation:
    """The invitation's rows, or AlreadyInvited: the constraint decides."""
    now = timezone.now()
    invitation = Invitation(
        account_id=actor.one_account,
        email=email,
        roles=list(settled.roles),
        all_organisations=settled.organisation_ids is None,
        nonce=secrets.token_hex(16),
        invited_by_id=actor.one_user,
        sent_at=now,
        expires_at=now + VALID_FOR,
    )
    if insert_or_none(invitation) is None:
        there = Invitation.objects.open().get(account_id=invitation.account_id, email=email)
        raise AlreadyInvited(field="email", invitation=there.public_id)
    InvitationOrganisation.objects.bulk_create(
        InvitationOrganisation(
            account_id=invitation.account_id,
            invitation=invitation,
            organisation_id=organisation_id,
        )
        for organisation_id in sorted(settled.organisation_ids or ())
    )
    return invitation


def _make_member(user: User, invitation: Invitation) -> None:
    member = Membership.objects.create(
        account_id=invitation.account_id,
        user=user,
        roles=invitation.roles,
        all_organisations=invitation.all_organisations,
    )
    MembershipOrganisation.objects.bulk_create(
        MembershipOrganisation(
            account_id=member.account_id,
            membership=member,
            organisation_id=listed.organisation_id,
        )
        for listed in invitation.organisations.order_by("pk")
    )


def _mail(invitation: Invitation) -> None:
    """The job is told which invitation, and makes the link itself: arguments are no secrets."""
    app.configure_task("portal.jobs.mail_invitation").defer(invitation=invitation.pk)


def _locked_open(invitation: Invitation, *, actor: Actor) -> Invitation:
    found = _locked(find_invitation(invitation.public_id, actor=actor))
    if not found.is_open:
        raise InvitationNotFound
    if is_beyond(found, actor=actor):
        raise BeyondYourOwn
    return found


def _locked(invitation: Invitation) -> Invitation:
    """As it is now, and stays until the transaction ends."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("account")
    return rows.get(pk=invitation.pk)
