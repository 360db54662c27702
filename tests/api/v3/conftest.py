"""A clinic with a key, and somebody else's."""

import pytest

from organisations.models import Account, Organisation
from tests import builders
from tests.api.v3.calls import Program
from tests.api.v3.calls import program as a_program


@pytest.fixture
def clinic(db: None) -> Organisation:
    return builders.organisation()


@pytest.fixture
def account(clinic: Organisation) -> Account:
    return clinic.account


@pytest.fixture
def program(account: Account) -> Program:
    return a_program(account)


@pytest.fixture
def stranger(db: None) -> Program:
    """A program of another account."""
    return a_program(builders.account())
