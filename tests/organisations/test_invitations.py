"""Inviting somebody by e-mail: who can be invited, how long the link works, and that it makes one
member.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from foundation.actors import Actor, Door
from foundation.errors import Forbidden, Refusal
from organisations import invitations
from organisations.actors import actor_for_user
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
    OrganisationUnknown,
    RoleNotInClinics,
    SentJustNow,
    TooManyInvitations,
    WasInTeam,
)
from organisations.invitation_mail import invitation_of, mail_invitation, token_of
from organisations.invitations import (
    MOST_OPEN,
    accept_invitation,
    find_invitation,
    invite,
    send_again,
    withdraw_invitation,
)
from organisations.models import Account, Invitation, Membership, Organisation, User
from organisations.roles import Role
from organisations.team import deactivate_member
from organisations.wanted import AccessWanted
from tests import builders
from tests.api.threads import at_once

pytestmark = pytest.mark.django_db

NEW = "new.colleague@test.example"
AS_STAFF = AccessWanted(roles=(Role.CLINIC_STAFF,))
LINK = re.compile(r"https?://\S+/team/invitations/(\S+)/")


@pytest.fixture
def clinic(db: None) -> Organisation:
    return builders.organisation()


@pytest.fixture
def manager(clinic: Organisation) -> Actor:
    return builders.manager(owner=clinic.account)


def holder(invitation: Invitation) -> Actor:
    """Whoever has the link."""
    return Actor(
        door=Door.STAFF,
        label=invitation.email,
        permissions=frozenset(),
        account_id=invitation.account_id,
    )


def accepted(invitation: Invitation) -> User:
    return accept_invitation(
        invitation,
        full_name="New Colleague",
        password=builders.PASSWORD,
        actor=holder(invitation),
    )


def test_an_invitation_says_who_invited_whom_as_what(clinic: Organisation, manager: Actor):
    wanted = AccessWanted(
        roles=(Role.CLINICIAN, Role.CLINIC_STAFF), organisation_ids=frozenset({clinic.pk})
    )

    made = invite("New.Colleague@Test.example", wanted, actor=manager)

    kept = Invitation.objects.get()
    assert (kept.email, kept.roles) == (NEW, [Role.CLINIC_STAFF, Role.CLINICIAN])
    assert (kept.account_id, kept.invited_by_id) == (clinic.account_id, manager.user_id)
    assert [listed.organisation for listed in kept.organisations.all()] == [clinic]
    assert not kept.all_organisations
    assert kept.expires_at - kept.sent_at == timedelta(days=7)
    assert made.history.get().pgh_context["user"] == manager.user_id


def test_the_job_is_told_the_number_of_the_invitation_and_nothing_else(manager: Actor):
    made = invite(NEW, AS_STAFF, actor=manager)

    job = ProcrastinateJob.objects.get()
    assert job.task_name == "portal.jobs.mail_invitation"
    assert job.args == {"invitation": made.pk}


def test_a_refused_invitation_sends_nothing(manager: Actor):
    with pytest.raises(RoleNotInClinics):
        invite(NEW, AccessWanted(roles=(Role.OPERATOR,)), actor=manager)

    assert not ProcrastinateJob.objects.exists()
    assert not Invitation.objects.exists()


def test_the_email_says_who_invites_where_to_and_until_when(clinic: Organisation, manager: Actor):
    with time_machine.travel("2026-07-01T20:30:00Z", tick=False):
        made = invite(NEW, AS_STAFF, actor=manager)
        mail_invitation(made.pk)

    (message,) = mail.outbox
    assert message.to == [NEW]
    assert message.subject == f"{clinic.account.name} invites you to Homeward"
    assert manager.label in message.body
    assert "8 July 2026, 9:30pm" in message.body  # by the clinic's own clock
    assert LINK.search(message.body)[1] == token_of(made)


def test_a_name_with_a_line_break_makes_no_second_header(clinic: Organisation, manager: Actor):
    Account.objects.filter(pk=clinic.account_id).update(name="Clinic\nBcc: all@test.example")

    mail_invitation(invite(NEW, AS_STAFF, actor=manager).pk)

    (message,) = mail.outbox
    assert "\n" not in message.subject
    assert message.recipients() == [NEW]


def test_what_is_over_is_not_mailed(manager: Actor):
    made = invite(NEW, AS_STAFF, actor=manager)
    withdraw_invitation(made, actor=manager)

    mail_invitation(made.pk)

    assert mail.outbox == []


def test_no_table_holds_the_link(clinic: Organisation, manager: Actor):
    made = invite(NEW, AS_STAFF, actor=manager)
    _, _, signature = token_of(made).partition(".")

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{signature}%"]
            )
            assert cursor.fetchone() == (0,), table


@pytest.mark.parametrize("change", [str.upper, lambda token: token[:-1], lambda token: token + "A"])
def test_another_link_opens_nothing(change: Any, manager: Actor):
    token = token_of(invite(NEW, AS_STAFF, actor=manager))

    assert invitation_of(token).email == NEW
    with pytest.raises(InvitationNotFound):
        invitation_of(change(token))


@pytest.mark.parametrize(
    "token", ["", ".", "1", "%00", "\x00", "x" * 5000, "0" * 32, f"{'0' * 32}.x", "１" * 32 + ".x"]
)
def test_a_link_nobody_made_is_not_found(token: str, db: None):
    with pytest.raises(InvitationNotFound):
        invitation_of(token)


def test_the_link_of_one_invitation_does_not_open_another(clinic: Organisation, manager: Actor):
    one, other = (builders.invitation(clinic.account, actor=manager) for _ in range(2))
    mixed = f"{one.public_id.hex}.{token_of(other).partition('.')[2]}"

    with pytest.raises(InvitationNotFound):
        invitation_of(mixed)


def test_who_accepts_becomes_a_member_as_invited(clinic: Organisation, manager: Actor):
    wanted = AccessWanted(roles=(Role.CLINICIAN,), organisation_ids=frozenset({clinic.pk}))
    made = invite(NEW, wanted, actor=manager)

    user = accepted(made)

    member = Membership.objects.get(user=user)
    actor = actor_for_user(user, door=Door.STAFF)
    assert (user.email, user.full_name) == (NEW, "New Colleague")
    assert user.check_password(builders.PASSWORD)
    assert (member.account_id, member.roles) == (clinic.account_id, [Role.CLINICIAN])
    assert actor.organisation_ids == {clinic.pk}
    assert EmailAddress.objects.get(user=user).verified
    assert not find_open(made)


def test_the_history_says_that_they_came_by_themselves(manager: Actor):
    user = accepted(invite(NEW, AS_STAFF, actor=manager))

    born = user.history.get().pgh_context
    member = user.membership.history.get().pgh_context
    assert (born["actor"], born["user"]) == (NEW, None)
    assert (member["actor"], member["user"]) == (NEW, user.pk)


def find_open(invitation: Invitation) -> bool:
    return Invitation.objects.open().filter(pk=invitation.pk).exists()


def test_an_accepted_invitation_is_used_up(manager: Actor):
    made = invite(NEW, AS_STAFF, actor=manager)
    accepted(made)

    with pytest.raises(InvitationUsed):
        accepted(made)


def test_a_withdrawn_invitation_cannot_be_accepted(manager: Actor):
    made = invite(NEW, AS_STAFF, actor=manager)
    withdraw_invitation(made, actor=manager)

    with pytest.raises(InvitationWithdrawn):
        accepted(made)


def test_after_seven_days_it_is_too_late(manager: Actor):
    with time_machine.travel(timezone.now() - timedelta(days=7, seconds=1), tick=False):
        made = invite(NEW, AS_STAFF, actor=manager)

    with pytest.raises(InvitationExpired):
        accepted(made)
    assert not User.objects.filter(email=NEW).exists()


def test_a_closed_account_takes_nobody_in(clinic: Organisation, manager: Actor):
    made = invite(NEW, AS_STAFF, actor=manager)
    Account.objects.filter(pk=clinic.account_id).update(is_active=False)

    with pytest.raises(AccountClosed):
        accepted(made)


def test_who_came_in_by_another_way_meanwhile_stays_who_they_are(manager: Actor):
    made = invite(NEW, AS_STAFF, actor=manager)
    somebody = User.objects.create_user(NEW, "another password", full_name="Somebody")

    with pytest.raises(AddressInUse):
        accepted(made)

    somebody.refresh_from_db()
    assert somebody.check_password("another password")
    assert not Membership.objects.filter(user=somebody).exists()


def test_the_link_is_for_its_own_account_only(manager: Actor):
    made = invite(NEW, AS_STAFF, actor=manager)
    stranger = holder(builders.invitation(builders.account()))

    with pytest.raises(Forbidden):
        accept_invitation(made, full_name="X", password=builders.PASSWORD, actor=stranger)


def test_sent_again_it_has_a_new_link_and_seven_more_days(manager: Actor):
    with time_machine.travel(timezone.now() - timedelta(days=8), tick=False):
        made = invite(NEW, AS_STAFF, actor=manager)
        first = token_of(made)

    again = send_again(made, actor=manager)

    assert not again.is_expired
    assert invitation_of(token_of(again)) == made
    with pytest.raises(InvitationNotFound):
        invitation_of(first)
    assert ProcrastinateJob.objects.count() == 2
    assert accepted(again).email == NEW


def test_two_presses_send_one_email(manager: Actor):
    made = invite(NEW, AS_STAFF, actor=manager)

    with pytest.raises(SentJustNow):
        send_again(made, actor=manager)

    assert ProcrastinateJob.objects.count() == 1


def test_an_address_has_one_open_invitation(manager: Actor):
    made = invite(NEW, AS_STAFF, actor=manager)

    with pytest.raises(AlreadyInvited) as refused:
        invite(NEW.upper(), AS_STAFF, actor=manager)

    assert (refused.value.field, refused.value.facts) == ("email", {"invitation": made.public_id})


def test_after_it_was_withdrawn_the_address_is_invited_anew(manager: Actor):
    withdraw_invitation(invite(NEW, AS_STAFF, actor=manager), actor=manager)

    assert invite(NEW, AS_STAFF, actor=manager).is_open


def test_two_accounts_may_invite_the_same_address_and_the_first_accepted_counts(manager: Actor):
    first = invite(NEW, AS_STAFF, actor=manager)
    second = invite(NEW, AS_STAFF, actor=builders.manager(owner=builders.account()))

    accepted(second)

    with pytest.raises(AddressInUse):
        accepted(first)


def test_a_member_of_the_team_is_not_invited_again(clinic: Organisation, manager: Actor):
    there = builders.user(Role.CLINICIAN, owner=clinic.account)

    with pytest.raises(AlreadyInTeam) as refused:
        invite(there.email, AS_STAFF, actor=manager)

    assert refused.value.field == "email"


def test_a_former_member_is_switched_on_instead(clinic: Organisation, manager: Actor):
    former = builders.user(Role.CLINICIAN, owner=clinic.account).membership
    deactivate_member(former, actor=manager)

    with pytest.raises(WasInTeam) as refused:
        invite(former.user.email, AS_STAFF, actor=manager)

    assert refused.value.facts == {"member": former.public_id}


@pytest.mark.parametrize("role", [Role.CLINIC_STAFF, Role.OPERATOR])
@pytest.mark.parametrize("is_active", [True, False])
def test_of_an_address_known_elsewhere_nothing_is_told(role: Role, is_active: bool, manager: Actor):
    User.objects.create_user("none@test.example", full_name="Without membership")
    elsewhere = builders.user(role)
    User.objects.filter(pk=elsewhere.pk).update(is_active=is_active)

    words = set()
    for email in (elsewhere.email, "none@test.example"):
        with pytest.raises(AddressNotInvitable) as refused:
            invite(email, AS_STAFF, actor=manager)
        words.add((refused.value.words, tuple(refused.value.facts)))

    assert words == {
        ("This address cannot be invited. Use another one, or ask your account manager.", ())
    }


def test_an_account_has_no_more_than_50_open_invitations(clinic: Organisation, manager: Actor):
    made = [builders.invitation(clinic.account, actor=manager) for _ in range(MOST_OPEN)]
    with pytest.raises(TooManyInvitations, match="too_many") as refused:
        invite(NEW, AS_STAFF, actor=manager)
    assert "50" in refused.value.words

    withdraw_invitation(made[0], actor=manager)

    assert invite(NEW, AS_STAFF, actor=manager).is_open


def test_an_organisation_of_another_account_is_not_offered(manager: Actor):
    foreign = frozenset({builders.organisation().pk})

    with pytest.raises(OrganisationUnknown):
        invite(NEW, AccessWanted(roles=(Role.CLINICIAN,), organisation_ids=foreign), actor=manager)


def test_a_manager_of_some_organisations_invites_for_those_only(clinic: Organisation):
    actor = builders.manager(clinic)

    with pytest.raises(BeyondYourOwn):
        invite(NEW, AS_STAFF, actor=actor)
    only = AccessWanted(roles=(Role.CLINIC_STAFF,), organisation_ids=frozenset({clinic.pk}))
    assert invite(NEW, only, actor=actor).is_open


def test_a_manager_of_some_organisations_leaves_invitations_to_others_alone(
    clinic: Organisation, manager: Actor
):
    actor = builders.manager(clinic)
    to_all = builders.invitation(clinic.account, actor=manager)
    own = builders.invitation(
        clinic.account, actor=manager, organisation_ids=frozenset({clinic.pk})
    )

    for change in (send_again, withdraw_invitation):
        with pytest.raises(BeyondYourOwn):
            change(to_all, actor=actor)
    withdraw_invitation(own, actor=actor)

    assert find_open(to_all)
    assert not find_open(own)


@pytest.mark.parametrize("role", [Role.CLINIC_STAFF, Role.CLINICIAN])
def test_only_managers_invite(role: Role, clinic: Organisation, manager: Actor):
    made = builders.invitation(clinic.account, actor=manager)
    actor = actor_for_user(builders.user(role, owner=clinic.account), door=Door.STAFF)

    with pytest.raises(Forbidden):
        invite(NEW, AS_STAFF, actor=actor)
    for change in (send_again, withdraw_invitation):
        with pytest.raises(Forbidden):
            change(made, actor=actor)


def test_invitations_of_another_account_are_not_there(manager: Actor):
    foreign = builders.invitation(builders.account())

    with pytest.raises(InvitationNotFound):
        find_invitation(foreign.public_id, actor=manager)
    for change in (send_again, withdraw_invitation):
        with pytest.raises(InvitationNotFound):
            change(foreign, actor=manager)


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"roles": []}, "invitation_has_a_role"),
        ({"roles": [Role.OPERATOR]}, "invitation_is_to_the_roles_of_a_clinic"),
        ({"email": "Upper@test.example"}, "invited_address_is_lower_case"),
        (
            {"accepted_at": timezone.now(), "withdrawn_at": timezone.now()},
            "invitation_is_not_both_accepted_and_withdrawn",
        ),
    ],
)
def test_the_database_keeps_the_rules_too(columns: dict[str, Any], rule: str, manager: Actor):
    made = invite(NEW, AS_STAFF, actor=manager)

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Invitation.objects.filter(pk=made.pk).update(**columns)


def accept_at_once(times: int) -> list[str]:
    """What each was told who accepted one invitation at the same moment."""
    made = builders.invitation(builders.account())

    def accept(_: int) -> str:
        try:
            accepted(made)
        except Refusal as refusal:
            return refusal.code
        return "joined"

    told = at_once(times, accept)
    assert User.objects.filter(email=made.email).count() == 1
    assert Membership.objects.filter(user__email=made.email).count() == 1
    return sorted(told)


@pytest.mark.django_db(transaction=True)
def test_accepted_by_many_at_once_it_makes_one_member():
    assert accept_at_once(8) == ["invitation_used"] * 7 + ["joined"]


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_others_are_told_something_else(
    monkeypatch: pytest.MonkeyPatch,
):
    with unlocked(monkeypatch):
        assert accept_at_once(2) == ["address_in_use", "joined"]


@contextmanager
def unlocked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Without the lock, and with time for the other to look at the same state."""

    def look_and_linger(invitation: Invitation) -> Invitation:
        found = Invitation.objects.select_related("account").get(pk=invitation.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.5)")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(invitations, "_locked", look_and_linger)
        yield
