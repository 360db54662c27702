"""Who looks."""

import pytest
from django.test import Client

from organisations.roles import Role
from tests import builders


@pytest.fixture
def auditor() -> Client:
    client = Client()
    client.force_login(builders.user(Role.AUDITOR))
    return client
