"""Users, what they are here, and for which organisations."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from organisations.models import Account, Membership, Organisation, User
from organisations.roles import Role
from tests import builders
from tests.admin.conftest import SignIn
from tests.portal.signing_in import mail_links

USERS = "/admin/organisations/user/"
MEMBERSHIPS = "/admin/organisations/membership/"


@pytest.fixture
def clinic(db: None) -> Account:
    return builders.account()


def person(account: Account, *roles: Role, **others: Any) -> dict[str, Any]:
    return {
        "email": "New.Person@Test.Example",
        "full_name": "New Person",
        "password": "",
        "password_again": "",
        "membership-TOTAL_FORMS": "1",
        "membership-INITIAL_FORMS": "0",
        "membership-MIN_NUM_FORMS": "1",
        "membership-MAX_NUM_FORMS": "1",
        "membership-0-account": account.pk,
        "membership-0-roles": [role.value for role in roles],
        "membership-0-all_organisations": "on",
        **others,
    }


def listed(membership: Membership, *rows: Organisation) -> dict[str, Any]:
    """The form of a membership, with these organisations on it."""
    return {
        "roles": membership.roles,
        "organisations-TOTAL_FORMS": len(rows),
        "organisations-INITIAL_FORMS": 0,
        "organisations-MIN_NUM_FORMS": 0,
        "organisations-MAX_NUM_FORMS": 1000,
        **{
            f"organisations-{n}-organisation": getattr(row, "pk", row) for n, row in enumerate(rows)
        },
        **{f"organisations-{n}-membership": membership.pk for n in range(len(rows))},
    }


def test_somebody_new_has_no_password_until_they_set_one(
    administrator: Client, clinic: Account
) -> None:
    answer = administrator.post(f"{USERS}add/", person(clinic, Role.CLINIC_MANAGER))

    user = User.objects.get(email="new.person@test.example")
    assert answer.status_code == 302
    assert not user.has_usable_password()
    assert (user.membership.account, user.membership.roles) == (clinic, ["clinic_manager"])


def test_a_password_given_twice_is_set(administrator: Client, clinic: Account) -> None:
    words = {"password": "a long test password", "password_again": "a long test password"}

    administrator.post(f"{USERS}add/", person(clinic, Role.CLINIC_STAFF, **words))

    assert User.objects.get(email="new.person@test.example").check_password(words["password"])


def test_somebody_without_a_password_is_sent_a_link_to_set_one(
    administrator: Client, clinic: Account
) -> None:
    administrator.post(f"{USERS}add/", person(clinic, Role.CLINIC_MANAGER))

    Client().post("/accounts/password/reset/", {"email": "new.person@test.example"})
    mail_links()

    assert [message.to for message in mail.outbox] == [["new.person@test.example"]]


@pytest.mark.parametrize(
    ("password", "again", "field"),
    [
        ("a long test password", "another long one", "password_again"),
        ("a long test password", "", "password_again"),
        ("12345678", "12345678", "password"),
        ("new.person", "new.person", "password"),
    ],
)
def test_a_password_that_will_not_do_is_refused_beside_its_box(
    password: str, again: str, field: str, administrator: Client, clinic: Account
) -> None:
    given = person(clinic, Role.CLINIC_STAFF, password=password, password_again=again)

    answer = administrator.post(f"{USERS}add/", given)

    assert answer.status_code == 422
    assert field in answer.context["adminform"].form.errors
    assert password not in answer.content.decode()


@pytest.mark.parametrize(
    ("is_clinic", "roles"),
    [
        (True, [Role.OPERATOR]),
        (True, [Role.CLINIC_STAFF, Role.AUDITOR]),
        (False, [Role.CLINIC_STAFF]),
        (False, [Role.OPERATOR, Role.CLINICIAN]),
    ],
)
def test_roles_of_the_other_kind_are_refused_beside_their_boxes(
    is_clinic: bool, roles: list[Role], administrator: Client, clinic: Account
) -> None:
    account = clinic if is_clinic else builders.operator_account()

    answer = administrator.post(f"{USERS}add/", person(account, *roles))

    (form,) = answer.context["inline_admin_formsets"][0].formset.forms
    assert answer.status_code == 422
    assert "choose only" in str(form.errors["roles"])
    assert not User.objects.filter(email="new.person@test.example").exists()


def test_nobody_is_added_without_being_something_here(
    administrator: Client, clinic: Account
) -> None:
    given = person(clinic) | {"membership-0-account": "", "membership-0-all_organisations": ""}

    answer = administrator.post(f"{USERS}add/", given)

    assert answer.status_code == 422


def test_an_address_that_is_taken_is_refused_whatever_its_case(
    administrator: Client, clinic: Account
) -> None:
    builders.user(Role.CLINIC_STAFF)
    taken = User.objects.get(membership__roles=["clinic_staff"]).email.upper()

    answer = administrator.post(f"{USERS}add/", person(clinic, Role.CLINIC_STAFF, email=taken))

    assert answer.status_code == 422
    assert "email" in answer.context["adminform"].form.errors


def test_another_address_is_the_only_one_that_opens(administrator: Client) -> None:
    user = builders.user(Role.CLINIC_STAFF)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    membership = user.membership
    given = person(
        membership.account,
        Role.CLINIC_STAFF,
        email="other@test.example",
        is_active="on",
        **{
            "membership-INITIAL_FORMS": "1",
            "membership-0-id": membership.pk,
            "membership-0-user": user.pk,
        },
    )

    answer = administrator.post(f"{USERS}{user.pk}/change/", given)

    user.refresh_from_db()
    assert (answer.status_code, user.email) == (302, "other@test.example")
    assert not EmailAddress.objects.filter(user=user).exists()


def test_a_password_is_set_for_somebody_and_ends_their_sessions(administrator: Client) -> None:
    user = builders.user(Role.CLINIC_STAFF)
    theirs = Client()
    theirs.force_login(user)
    given = {"password": "a long test password", "password_again": "a long test password"}

    answer = administrator.post(f"{USERS}{user.pk}/password/", given)

    user.refresh_from_db()
    assert answer.status_code == 302
    assert user.check_password("a long test password")
    assert theirs.get("/accounts/password/change/").status_code == 302


def test_two_different_passwords_change_nothing(administrator: Client) -> None:
    user = builders.user(Role.CLINIC_STAFF)
    given = {"password": "a long test password", "password_again": "another"}

    answer = administrator.post(f"{USERS}{user.pk}/password/", given)

    user.refresh_from_db()
    assert answer.status_code == 422
    assert user.check_password(builders.PASSWORD)


def test_only_who_changes_users_sets_passwords(sign_in: SignIn) -> None:
    user = builders.user(Role.CLINIC_STAFF)

    assert sign_in(Role.AUDITOR).get(f"{USERS}{user.pk}/password/").status_code == 403


def test_a_membership_lists_organisations_of_its_account(administrator: Client) -> None:
    chosen = builders.organisation()
    membership = builders.user(Role.CLINIC_STAFF, owner=chosen.account).membership

    answer = administrator.post(f"{MEMBERSHIPS}{membership.pk}/change/", listed(membership, chosen))

    membership.refresh_from_db()
    assert answer.status_code == 302
    assert not membership.all_organisations
    assert [one.organisation for one in membership.organisations.all()] == [chosen]


def test_an_organisation_of_another_account_is_not_listed(administrator: Client) -> None:
    membership = builders.user(Role.CLINIC_STAFF).membership

    answer = administrator.post(
        f"{MEMBERSHIPS}{membership.pk}/change/", listed(membership, builders.organisation())
    )

    assert answer.status_code == 422
    assert not membership.organisations.exists()


def test_a_membership_for_some_organisations_names_one(administrator: Client) -> None:
    membership = builders.user(Role.CLINIC_STAFF).membership

    answer = administrator.post(f"{MEMBERSHIPS}{membership.pk}/change/", listed(membership))

    assert answer.status_code == 422
    assert "List at least one organisation" in answer.content.decode()


@pytest.mark.parametrize("page", [USERS, MEMBERSHIPS])
def test_many_people_take_no_more_queries_than_one(
    page: str, administrator: Client, django_assert_max_num_queries: object
) -> None:
    for _ in range(10):
        builders.user(Role.CLINIC_STAFF)

    with django_assert_max_num_queries(10):  # type: ignore[operator]
        administrator.get(page)


def user_page(user: User, **others: Any) -> dict[str, Any]:
    """The form of somebody who is in a clinic already, as it was shown."""
    membership = user.membership
    shown = {
        "email": user.email,
        "full_name": user.full_name,
        "is_active": "on",
        "membership-TOTAL_FORMS": "1",
        "membership-INITIAL_FORMS": "1",
        "membership-MIN_NUM_FORMS": "1",
        "membership-MAX_NUM_FORMS": "1",
        "membership-0-id": membership.pk,
        "membership-0-user": user.pk,
        "membership-0-roles": membership.roles,
        "membership-0-all_organisations": "on",
    }
    return shown | others


def test_nobody_is_left_with_a_list_of_no_organisations(administrator: Client) -> None:
    user = builders.user(Role.CLINIC_STAFF)
    given = user_page(user) | {"membership-0-all_organisations": ""}

    answer = administrator.post(f"{USERS}{user.pk}/change/", given)

    assert answer.status_code == 422
    assert "list organisations on the page of the membership" in answer.content.decode()
    assert Membership.objects.get(user=user).all_organisations


def test_nobody_begins_with_a_list_of_no_organisations(
    administrator: Client, clinic: Account
) -> None:
    given = person(clinic, Role.CLINIC_STAFF) | {"membership-0-all_organisations": ""}

    answer = administrator.post(f"{USERS}add/", given)

    assert answer.status_code == 422
    assert not User.objects.filter(email="new.person@test.example").exists()


def test_who_has_listed_organisations_keeps_them_on_the_page_of_the_user(
    administrator: Client,
) -> None:
    user = builders.user(Role.CLINIC_STAFF, builders.organisation())
    given = user_page(user, full_name="Other Name") | {"membership-0-all_organisations": ""}

    answer = administrator.post(f"{USERS}{user.pk}/change/", given)

    user.refresh_from_db()
    assert (answer.status_code, user.full_name) == (302, "Other Name")


def test_an_administrator_may_leave_a_clinic_without_manager_and_is_told(
    administrator: Client,
) -> None:
    user = builders.user(Role.CLINIC_MANAGER)
    words = f"{user.membership.account} has no active manager"

    off = administrator.post(
        f"{USERS}{user.pk}/change/", user_page(user, is_active=""), follow=True
    )
    on = administrator.post(f"{USERS}{user.pk}/change/", user_page(user), follow=True)
    demoted = administrator.post(
        f"{MEMBERSHIPS}{user.membership.pk}/change/",
        listed(user.membership) | {"roles": ["clinic_staff"], "all_organisations": "on"},
        follow=True,
    )

    told = [words in answer.content.decode() for answer in (off, on, demoted)]
    assert told == [True, False, True]


def test_switched_off_and_on_in_the_admin_old_sessions_stay_ended(administrator: Client) -> None:
    user = builders.user(Role.CLINIC_STAFF)
    theirs = Client()
    theirs.force_login(user)

    for is_active in ("", "on"):
        administrator.post(f"{USERS}{user.pk}/change/", user_page(user, is_active=is_active))

    assert User.objects.get(pk=user.pk).is_active
    assert theirs.get("/accounts/password/change/").status_code == 302


def test_the_operators_own_account_needs_no_clinic_manager(administrator: Client) -> None:
    user = builders.user(Role.OPERATOR)

    answer = administrator.post(f"{USERS}{user.pk}/change/", user_page(user), follow=True)

    assert "no active manager" not in answer.content.decode()


def test_somebody_who_is_nothing_here_can_be_saved_all_the_same(administrator: Client) -> None:
    root = User.objects.create_superuser("root@test.example", full_name="Root")
    given = {
        "email": root.email,
        "full_name": "Other Name",
        "is_active": "on",
        "membership-TOTAL_FORMS": "0",
        "membership-INITIAL_FORMS": "0",
    }

    assert administrator.post(f"{USERS}{root.pk}/change/", given).status_code == 302
