"""An account with an organisation, and programs that call for it and for another account; and the
real program, which serves from a database of its own.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from organisations.models import Organisation
from tests import builders
from tests.api.calls import Program
from tests.api.calls import program as a_program
from tests.api.servers import Database, Website, fresh_database, second_server, serving


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


@pytest.fixture(scope="module")
def server(worker_id: str) -> Iterator[Path]:
    """Tests that use it belong to the group "second server", so that there is only one."""
    with second_server(worker_id) as data:
        yield data


@pytest.fixture
def database(server: Path) -> Iterator[Database]:
    with fresh_database(server, "second") as made:
        yield made


@pytest.fixture
def website(database: Database, tmp_path: Path) -> Iterator[Website]:
    with serving(database, tmp_path / "log") as serves:
        yield serves
