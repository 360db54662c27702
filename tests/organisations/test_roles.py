import pytest
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction

from foundation.actors import Door, Permission
from foundation.errors import Forbidden
from organisations.actors import actor_for_client, actor_for_user
from organisations.integrations import (
    create_api_client,
    create_api_key,
    replace_client_secret,
)
from organisations.models import ApiKey, Membership, User
from organisations.roles import CLINIC_ROLES, MAY, Role, Scope
from tests import builders

P = Permission


def test_every_role_has_its_row_in_the_table():
    assert set(MAY) == set(Role)


@pytest.mark.parametrize("role", sorted(CLINIC_ROLES))
def test_no_clinic_role_moves_parcels_or_reads_the_audit(role):
    assert not MAY[role] & {P.FULFIL_ORDERS, P.VOID_ORDERS, P.SEE_AUDIT, P.CHANGE_ACCOUNTS}


def test_an_account_manager_sees_no_patient():
    assert not MAY[Role.ACCOUNT_MANAGER] & {P.SEE_PATIENTS, P.SEE_ORDERS, P.SEE_STUDIES}


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_the_admin_opens_for_the_operators_people_only(role):
    assert builders.user(role).is_staff is (role not in CLINIC_ROLES)


@pytest.mark.django_db
def test_someone_switched_off_may_do_nothing():
    user = builders.user(Role.ADMINISTRATOR)
    user.is_active = False
    user.save()

    assert actor_for_user(user, door=Door.ADMIN).permissions == frozenset()
    assert not user.is_staff


@pytest.mark.django_db
def test_clinic_and_operator_roles_do_not_mix():
    user = builders.user(Role.OPERATOR)

    with (
        pytest.raises(IntegrityError, match="membership_roles_are_of_one_kind"),
        transaction.atomic(),
    ):
        Membership.objects.filter(user=user).update(roles=[Role.CLINIC_STAFF, Role.OPERATOR])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("has", "takes"), [(Role.CLINIC_STAFF, Role.ADMINISTRATOR), (Role.OPERATOR, Role.CLINICIAN)]
)
def test_an_operators_role_is_held_in_the_operators_account_only(has, takes):
    user = builders.user(has)

    with (
        pytest.raises(IntegrityError, match="membership_roles_fit_the_account"),
        transaction.atomic(),
    ):
        Membership.objects.filter(user=user).update(roles=[takes])


@pytest.mark.django_db
def test_e_mail_addresses_are_unique_whatever_their_case():
    User.objects.create_user("Test@Test.example", full_name="Test")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("test@test.EXAMPLE", full_name="Test")


@pytest.mark.django_db
def test_a_scope_counts_only_while_the_client_has_it():
    client = builders.api_client(builders.account(), Scope.ORDERS).client
    client.scopes = []

    actor = actor_for_client(client, scopes=[Scope.ORDERS], door=Door.V1)

    assert not actor.may(P.PLACE_ORDERS)


@pytest.mark.django_db
def test_a_client_secret_is_kept_as_a_hash_and_replacing_it_ends_the_old_one():
    made = builders.api_client(builders.account())

    renewed, fresh = replace_client_secret(made.client, actor=builders.administrator())

    renewed.refresh_from_db()
    assert fresh not in renewed.client_secret
    assert check_password(fresh, renewed.client_secret)
    assert not check_password(made.secret, renewed.client_secret)


@pytest.mark.django_db
def test_a_new_secret_or_password_shows_in_the_history_by_its_time():
    client = builders.api_client(builders.account()).client
    user = builders.user(Role.CLINIC_STAFF)
    before = client.history.count(), user.history.count()

    replace_client_secret(client, actor=builders.administrator())
    user.set_password("another horse battery")
    user.save()

    assert (client.history.count(), user.history.count()) == (before[0] + 1, before[1] + 1)


@pytest.mark.django_db
def test_a_key_is_kept_as_a_prefix_and_a_hash():
    made = create_api_key(
        account_id=builders.account().pk, name="Test", actor=builders.administrator()
    )

    prefix, _, secret = made.whole.partition(".")
    kept = ApiKey.objects.get()
    assert (kept.prefix, len(secret)) == (prefix, 43)
    assert prefix.startswith("hw3_")
    assert secret not in kept.secret_sha256


@pytest.mark.django_db
@pytest.mark.parametrize("make", [create_api_client, create_api_key])
def test_a_manager_makes_credentials_for_their_own_account_only(make):
    manager = actor_for_user(builders.user(Role.CLINIC_MANAGER), door=Door.STAFF)
    more = {"scopes": [Scope.ORDERS]} if make is create_api_client else {}

    with pytest.raises(Forbidden):
        make(account_id=builders.account().pk, name="Test", actor=manager, **more)
