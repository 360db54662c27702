"""An account with an endpoint, and who manages it."""

from collections.abc import Iterator

import pytest
from django.test import Client

from foundation.admin.keyset_list import KeysetAdmin
from organisations.models import Account, Organisation
from organisations.roles import Role
from tests import builders
from tests.admin.conftest import SignIn
from tests.admin.webhooks.hooks import NOBODY
from webhooks.models import WebhookEndpoint


@pytest.fixture
def clinic(db: None) -> Organisation:
    return builders.organisation()


@pytest.fixture
def account(clinic: Organisation) -> Account:
    return clinic.account


@pytest.fixture
def endpoint(account: Account) -> WebhookEndpoint:
    return builders.endpoint(account, NOBODY).endpoint


@pytest.fixture
def manager(sign_in: SignIn) -> Client:
    return sign_in(Role.ACCOUNT_MANAGER)


@pytest.fixture(scope="module")
def _small_pages() -> Iterator[None]:
    before, KeysetAdmin.list_per_page = KeysetAdmin.list_per_page, 3
    yield
    KeysetAdmin.list_per_page = before
