"""An account with an organisation, and programs that call for it and for another account."""

import pytest

from organisations.models import Organisation
from tests import builders
from tests.api.calls import Program
from tests.api.calls import program as a_program


@pytest.fixture
def clinic() -> Organisation:
    return builders.organisation()


@pytest.fixture
def program(clinic: Organisation) -> Program:
    return a_program(clinic.account)


@pytest.fixture
def stranger() -> Program:
    """The program of another account."""
    return a_program(builders.organisation().account)
