"""What each role sees in the admin, and what it may add and change: the whole table."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse

from foundation.actors import Door
from organisations.actors import actor_for_user
from organisations.roles import CLINIC_ROLES, OPERATOR_ROLES, Role
from tests import builders
from tests.admin.conftest import SignIn

OPERATOR, STOCK, MANAGER = Role.OPERATOR, Role.STOCK_LEAD, Role.ACCOUNT_MANAGER
AUDITOR, ADMIN = Role.AUDITOR, Role.ADMINISTRATOR
EVERYBODY = {OPERATOR, STOCK, MANAGER, AUDITOR, ADMIN}
NOBODY: set[Role] = set()

# Model: who sees it, who adds to it, who changes it.
TABLE: dict[str, tuple[set[Role], set[Role], set[Role]]] = {
    "orders.Order": ({OPERATOR, STOCK, AUDITOR, ADMIN}, {OPERATOR, ADMIN}, NOBODY),
    "orders.Return": ({OPERATOR, STOCK, AUDITOR, ADMIN}, NOBODY, NOBODY),
    "patients.Patient": ({OPERATOR, AUDITOR, ADMIN}, NOBODY, NOBODY),
    "orders.PhoneAlert": (EVERYBODY, NOBODY, {MANAGER, ADMIN}),
    "orders.Referral": ({OPERATOR, AUDITOR, ADMIN}, NOBODY, NOBODY),
    "studies.Study": ({OPERATOR, AUDITOR, ADMIN}, NOBODY, NOBODY),
    "organisations.Account": (EVERYBODY, {MANAGER, ADMIN}, {MANAGER, ADMIN}),
    "organisations.Organisation": (EVERYBODY, {MANAGER, ADMIN}, {MANAGER, ADMIN}),
    "organisations.Clinician": (EVERYBODY, {MANAGER, ADMIN}, {MANAGER, ADMIN}),
    "organisations.Site": (EVERYBODY, {MANAGER, ADMIN}, {MANAGER, ADMIN}),
    "organisations.Product": (EVERYBODY, {STOCK, ADMIN}, {STOCK, ADMIN}),
    "inventory.Manufacturer": (EVERYBODY, {STOCK, ADMIN}, {STOCK, ADMIN}),
    "inventory.Item": (EVERYBODY, {STOCK, ADMIN}, {STOCK, ADMIN}),
    "inventory.Kit": (EVERYBODY, {STOCK, ADMIN}, {STOCK, ADMIN}),
    "inventory.StudyKit": (EVERYBODY, {STOCK, ADMIN}, {STOCK, ADMIN}),
    "inventory.AccountCatalogue": (EVERYBODY, {STOCK, ADMIN}, {STOCK, ADMIN}),
    "inventory.Stock": ({OPERATOR, STOCK, AUDITOR, ADMIN}, {OPERATOR, STOCK, ADMIN}, NOBODY),
    "inventory.Device": ({OPERATOR, STOCK, AUDITOR, ADMIN}, {OPERATOR, STOCK, ADMIN}, NOBODY),
    "inventory.PackedKit": ({OPERATOR, STOCK, AUDITOR, ADMIN}, {OPERATOR, STOCK, ADMIN}, NOBODY),
    "organisations.User": ({AUDITOR, ADMIN}, {ADMIN}, {ADMIN}),
    "organisations.Membership": ({AUDITOR, ADMIN}, NOBODY, {ADMIN}),
    "organisations.ApiClient": ({MANAGER, ADMIN}, {MANAGER, ADMIN}, {MANAGER, ADMIN}),
    "organisations.ApiKey": ({MANAGER, ADMIN}, {MANAGER, ADMIN}, {MANAGER, ADMIN}),
    "webhooks.WebhookEndpoint": ({MANAGER, ADMIN}, {MANAGER, ADMIN}, NOBODY),
    "webhooks.Delivery": ({MANAGER, ADMIN}, NOBODY, NOBODY),
    "foundation.AccessEntry": ({AUDITOR, ADMIN}, NOBODY, NOBODY),
}
ROLES = sorted(OPERATOR_ROLES)


def page(model: str, name: str, *args: object) -> str:
    meta = apps.get_model(model)._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{name}", args=args)


def status(client: Client, address: str) -> int:
    return client.get(address).status_code


def test_the_table_tells_of_every_page_there_is() -> None:
    registered = {model._meta.label for model in admin.site._registry}

    assert registered == set(TABLE)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_and_adds_what_the_table_says(role: Role, sign_in: SignIn) -> None:
    client = sign_in(role)

    seen = {model for model in TABLE if status(client, page(model, "changelist")) == 200}
    added = {model for model in TABLE if status(client, page(model, "add")) == 200}

    assert seen == {model for model, (sees, _, _) in TABLE.items() if role in sees}
    assert added == {model for model, (_, adds, _) in TABLE.items() if role in adds}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_a_role_changes_what_the_table_says_and_deletes_nothing(
    role: Role, rf: RequestFactory
) -> None:
    request = rf.get("/admin/")
    request.user = builders.user(role)
    pages = {model: admin.site.get_model_admin(apps.get_model(model)) for model in TABLE}

    changed = {model for model, one in pages.items() if one.has_change_permission(request)}
    deleted = {model for model, one in pages.items() if one.has_delete_permission(request)}

    assert changed == {model for model, (_, _, changes) in TABLE.items() if role in changes}
    assert deleted == set()


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_does_not_see_it_cannot_reach_by_a_guessed_address(
    role: Role, sign_in: SignIn
) -> None:
    client = sign_in(role)
    hidden = [model for model, (sees, _, _) in TABLE.items() if role not in sees]

    answers = {
        status(client, page(model, name, 1)) for model in hidden for name in ("change", "history")
    }

    assert answers <= {403}


@pytest.mark.parametrize("role", sorted(CLINIC_ROLES))
def test_the_people_of_clinics_do_not_get_in(role: Role, sign_in: SignIn) -> None:
    client = sign_in(role)

    answer = client.get("/admin/", follow=True)

    assert answer.status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_the_first_page_leads_only_to_what_the_role_sees(role: Role, sign_in: SignIn) -> None:
    text = sign_in(role).get("/admin/").content.decode()

    for model, (sees, _, __) in TABLE.items():
        assert (f'href="{page(model, "changelist")}"' in text) == (role in sees), model


@pytest.mark.django_db
def test_somebody_switched_off_may_do_nothing() -> None:
    user = builders.user(Role.ADMINISTRATOR)
    user.is_active = False

    assert actor_for_user(user, door=Door.ADMIN).permissions == frozenset()
    assert not user.is_staff


@pytest.mark.parametrize(
    "model", ["orders.order", "patients.patient", "organisations.organisation"]
)
@pytest.mark.django_db
def test_no_page_reads_rows_that_its_reader_may_not_see(model: str) -> None:
    mine, _ = builders.order(), builders.order()
    assert mine.organisation
    request = RequestFactory().get("/admin/")
    request.user = builders.user(Role.CLINIC_STAFF, mine.organisation)
    kind = apps.get_model(model)

    rows = admin.site.get_model_admin(kind).get_queryset(request)

    own = {"order": mine, "patient": mine.patient, "organisation": mine.organisation}
    assert list(rows) == [own[model.partition(".")[2]]]
