"""What a manager does with the members of a team, and who may not be lost by it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from foundation.actors import Actor, Door
from foundation.errors import Forbidden, Refusal, SeveralRefusals
from organisations import team
from organisations.actors import actor_for_user
from organisations.errors import (
    BeyondYourOwn,
    LastManager,
    MemberNotFound,
    OrganisationsMissing,
    OrganisationUnknown,
    RoleNotInClinics,
    RolesMissing,
)
from organisations.invitations import invite
from organisations.models import Account, Invitation, Membership, Organisation, User
from organisations.roles import Role
from organisations.team import change_access, deactivate_member, reactivate_member
from organisations.wanted import AccessWanted
from tests import builders
from tests.api.threads import at_once

pytestmark = pytest.mark.django_db

STAFF, MANAGER, CLINICIAN = Role.CLINIC_STAFF, Role.CLINIC_MANAGER, Role.CLINICIAN
AS_STAFF = AccessWanted(roles=(STAFF,))


@pytest.fixture
def clinic(db: None) -> Organisation:
    return builders.organisation()


@pytest.fixture
def manager(clinic: Organisation) -> Actor:
    """The only one of the account."""
    return builders.manager(owner=clinic.account)


def member(owner: Account, role: Role = STAFF, *organisations: Organisation) -> Membership:
    return builders.user(role, *organisations, owner=owner).membership


def membership_of(actor: Actor) -> Membership:
    return Membership.objects.get(user_id=actor.user_id)


def fresh(row: Membership) -> Membership:
    return Membership.objects.select_related("user").get(pk=row.pk)


def test_a_member_gets_other_roles_and_organisations(clinic: Organisation, manager: Actor):
    row = member(clinic.account)
    wanted = AccessWanted(roles=(CLINICIAN, STAFF), organisation_ids=frozenset({clinic.pk}))

    change_access(row, wanted, actor=manager)

    actor = actor_for_user(row.user, door=Door.STAFF)
    assert fresh(row).roles == [STAFF, CLINICIAN]
    assert actor.organisation_ids == {clinic.pk}


@pytest.mark.parametrize(
    "leaving",
    [
        deactivate_member,
        lambda row, *, actor: change_access(row, AS_STAFF, actor=actor),
    ],
    ids=["switched off", "no manager any more"],
)
def test_who_may_invite_no_more_has_invited_nobody(
    clinic: Organisation, manager: Actor, leaving: Callable[..., Any]
):
    row = member(clinic.account, Role.CLINIC_MANAGER)
    theirs, ours = (
        invite(f"{number}@test.example", AS_STAFF, actor=inviter)
        for number, inviter in enumerate((actor_for_user(row.user, door=Door.STAFF), manager))
    )

    leaving(row, actor=manager)

    assert list(Invitation.objects.open()) == [ours]
    assert theirs.pk != ours.pk


def test_for_all_organisations_none_stays_listed(clinic: Organisation, manager: Actor):
    row = member(clinic.account, STAFF, clinic)

    change_access(row, AS_STAFF, actor=manager)

    assert fresh(row).all_organisations
    assert not row.organisations.exists()


def test_an_organisation_that_stays_listed_keeps_its_row(clinic: Organisation, manager: Actor):
    row = member(clinic.account, STAFF, clinic)
    other = builders.organisation(clinic.account)
    before = row.organisations.get().pk

    change_access(
        row,
        AccessWanted(roles=(STAFF,), organisation_ids=frozenset({clinic.pk, other.pk})),
        actor=manager,
    )

    assert row.organisations.get(organisation=clinic).pk == before
    assert row.organisations.count() == 2


def test_every_change_is_in_the_history_with_who_made_it(clinic: Organisation, manager: Actor):
    row = member(clinic.account)

    change_access(row, AccessWanted(roles=(CLINICIAN,)), actor=manager)
    deactivate_member(row, actor=manager)

    for kept in (row.history.latest("pgh_id"), row.user.history.latest("pgh_id")):
        assert kept.pgh_context["user"] == manager.user_id
    assert row.history.latest("pgh_id").roles == [CLINICIAN]
    assert row.user.history.latest("pgh_id").is_active is False


@pytest.mark.parametrize(
    ("wanted", "refusal", "field"),
    [
        (AccessWanted(roles=()), RolesMissing, "roles"),
        (AccessWanted(roles=(STAFF, Role.OPERATOR)), RoleNotInClinics, "roles"),
        (AccessWanted(roles=(Role.ADMINISTRATOR,)), RoleNotInClinics, "roles"),
        (AccessWanted(roles=("nobody",)), RoleNotInClinics, "roles"),
        (
            AccessWanted(roles=(STAFF,), organisation_ids=frozenset()),
            OrganisationsMissing,
            "organisations",
        ),
        (
            AccessWanted(roles=(STAFF,), organisation_ids=frozenset({0})),
            OrganisationUnknown,
            "organisations",
        ),
    ],
)
def test_what_no_member_can_be_is_refused(
    wanted: AccessWanted, refusal: type[Refusal], field: str, clinic: Organisation, manager: Actor
):
    row = member(clinic.account, CLINICIAN)

    with pytest.raises(refusal) as refused:
        change_access(row, wanted, actor=manager)

    assert refused.value.field == field
    assert fresh(row).roles == [CLINICIAN]


def test_all_that_is_wrong_is_told_at_once(clinic: Organisation, manager: Actor):
    wanted = AccessWanted(roles=(), organisation_ids=frozenset())

    with pytest.raises(SeveralRefusals) as refused:
        change_access(member(clinic.account), wanted, actor=manager)

    assert [one.code for one in refused.value.each()] == ["roles_missing", "organisations_missing"]


def test_an_organisation_of_another_account_is_not_given(clinic: Organisation, manager: Actor):
    elsewhere = builders.organisation()
    wanted = AccessWanted(roles=(STAFF,), organisation_ids=frozenset({elsewhere.pk}))

    with pytest.raises(OrganisationUnknown):
        change_access(member(clinic.account), wanted, actor=manager)


@pytest.mark.parametrize("change", [deactivate_member, reactivate_member])
def test_members_of_another_account_are_not_there(change: Callable[..., Any], manager: Actor):
    with pytest.raises(MemberNotFound):
        change(member(builders.account()), actor=manager)


def test_the_roles_of_another_accounts_members_are_not_changed(manager: Actor):
    with pytest.raises(MemberNotFound):
        change_access(member(builders.account()), AS_STAFF, actor=manager)


@pytest.mark.parametrize("role", [STAFF, CLINICIAN])
def test_only_managers_change_a_team(role: Role, clinic: Organisation):
    actor = actor_for_user(builders.user(role, owner=clinic.account), door=Door.STAFF)
    row = member(clinic.account)

    for change in (deactivate_member, reactivate_member):
        with pytest.raises(Forbidden):
            change(row, actor=actor)
    with pytest.raises(Forbidden):
        change_access(row, AS_STAFF, actor=actor)


def test_the_last_active_manager_stays(clinic: Organisation, manager: Actor):
    row = membership_of(manager)
    switched_off = member(clinic.account, MANAGER)
    deactivate_member(switched_off, actor=manager)
    member(builders.account(), MANAGER)

    with pytest.raises(LastManager, match="last_manager"):
        deactivate_member(row, actor=manager)
    with pytest.raises(LastManager, match="last_manager"):
        change_access(row, AS_STAFF, actor=manager)

    assert fresh(row).user.is_active
    assert fresh(row).roles == [MANAGER]


def test_the_last_manager_may_change_what_else_they_are(clinic: Organisation, manager: Actor):
    row = membership_of(manager)

    change_access(row, AccessWanted(roles=(MANAGER, CLINICIAN)), actor=manager)

    assert fresh(row).roles == [MANAGER, CLINICIAN]


def test_one_of_two_managers_may_give_it_up(clinic: Organisation, manager: Actor):
    member(clinic.account, MANAGER)

    change_access(membership_of(manager), AS_STAFF, actor=manager)

    assert fresh(membership_of(manager)).roles == [STAFF]


def test_somebody_who_is_no_manager_is_switched_off_however_few_managers_there_are(
    clinic: Organisation, manager: Actor
):
    row = member(clinic.account)
    User.objects.filter(pk=manager.user_id).update(is_active=False)

    deactivate_member(row, actor=manager)

    assert not fresh(row).user.is_active


def test_switched_off_twice_is_switched_off_once(clinic: Organisation, manager: Actor):
    row = member(clinic.account)
    deactivate_member(row, actor=manager)
    epoch = fresh(row).user.session_epoch

    deactivate_member(row, actor=manager)

    assert fresh(row).user.session_epoch == epoch


def test_a_manager_of_some_organisations_gives_and_takes_no_others(clinic: Organisation):
    other = builders.organisation(clinic.account)
    actor = builders.manager(clinic)
    own, of_all = member(clinic.account, STAFF, clinic), member(clinic.account)
    of_other = member(clinic.account, STAFF, other)
    for_other = AccessWanted(roles=(STAFF,), organisation_ids=frozenset({other.pk}))

    with pytest.raises(BeyondYourOwn):
        change_access(own, AS_STAFF, actor=actor)
    with pytest.raises(OrganisationUnknown):
        change_access(own, for_other, actor=actor)
    for row in (of_all, of_other):
        with pytest.raises(BeyondYourOwn):
            deactivate_member(row, actor=actor)
    deactivate_member(own, actor=actor)

    assert not fresh(own).user.is_active


Race = Callable[[], tuple[list[str], int]]


@pytest.fixture
def two_managers_demote_each_other(transactional_db: None) -> Race:
    """What each was told, and how many managers are left."""

    def race() -> tuple[list[str], int]:
        account = builders.account()
        actors = [builders.manager(owner=account) for _ in range(2)]
        rows = [membership_of(actor) for actor in reversed(actors)]

        def demote(number: int) -> str:
            try:
                change_access(rows[number], AS_STAFF, actor=actors[number])
            except Refusal as refusal:
                return refusal.code
            return "done"

        told = at_once(2, demote)
        return sorted(told), Membership.objects.active_managers().filter(account=account).count()

    return race


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_demote_each_other_at_once_leave_one(
    two_managers_demote_each_other: Race,
):
    for _ in range(5):
        assert two_managers_demote_each_other() == (["done", "last_manager"], 1)


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_no_manager_may_be_left(
    two_managers_demote_each_other: Race, monkeypatch: pytest.MonkeyPatch
):
    with lingering(monkeypatch):
        assert two_managers_demote_each_other() == (["done", "done"], 0)


@contextmanager
def lingering(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Without the lock, and with time for the other to look at the same state."""
    looked = team._keep_a_manager

    def look_and_linger(**given: Any) -> None:
        looked(**given)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.5)")

    with monkeypatch.context() as patched:
        patched.setattr(team, "lock_team", lambda account_id: None)
        patched.setattr(team, "_keep_a_manager", look_and_linger)
        yield
