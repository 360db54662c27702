"""Somebody at the admin, by role."""

from collections.abc import Callable

import pytest
from django.test import Client

from organisations.roles import Role
from tests import builders

SignIn = Callable[[Role], Client]


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """A client of somebody new who has this role."""

    def as_role(role: Role) -> Client:
        client = Client()
        client.force_login(builders.user(role))
        return client

    return as_role


@pytest.fixture
def operator(sign_in: SignIn) -> Client:
    return sign_in(Role.OPERATOR)


@pytest.fixture
def administrator(sign_in: SignIn) -> Client:
    return sign_in(Role.ADMINISTRATOR)
