"""The drill of docs/deployment.md, with its own commands: back up, restore into a new server,
compare every table, and start the program on the copy.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from orders.statuses import Status
from patients.wanted import PersonName
from portal import embedded_postgres
from portal.embedded_postgres import Addresses
from tests import builders, databases, postgres_programs
from tests.api.calls import program as a_program
from tests.api.servers import Database, serving
from tests.deploy import guide

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
HASH = (
    "SELECT count(*), md5(string_agg(hash, '' ORDER BY hash))"
    " FROM (SELECT md5(t::text) AS hash FROM {} AS t) AS rows"
)
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"
TRIGGERS = (
    "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger"
    " WHERE NOT tgisinternal ORDER BY 1, 2"
)
RIGHTS = (
    "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
    " WHERE grantee = 'homeward_app' ORDER BY 1, 2"
)


@dataclass(frozen=True)
class Empty:
    """A new server, on which nothing of ours has been made."""

    superuser: str
    becoming: Addresses

    @property
    def socket_folder(self) -> str:
        return parse_qs(urlsplit(self.superuser).query)["host"][0]


@pytest.fixture
def new_server() -> Iterator[Empty]:
    data = settings.VAR_DIR / f"postgres-second-{os.getpid()}"
    with embedded_postgres.running(data, durable=False) as addresses:
        owner = urlsplit(addresses.owner)
        superuser = f"postgresql://postgres@/postgres?{owner.query}"
        tell(
            superuser,
            "DROP DATABASE homeward",
            "DROP ROLE homeward_owner",
            "DROP ROLE homeward_app",
        )
        yield Empty(superuser, addresses)
    for leftover in data.parent.glob(f"{data.name}*"):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()


def tell(address: str, *statements: str) -> None:
    with psycopg.connect(address, autocommit=True) as server:
        for statement in statements:
            server.execute(statement)  # type: ignore[call-overload]


def ask(address: str, question: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(address, autocommit=True) as server:
        return server.execute(question).fetchall()


def tables(address: str) -> dict[str, tuple[Any, ...]]:
    """How many rows each has, and a hash of all of them."""
    names = [row[0] for row in ask(address, TABLES)]
    return {name: ask(address, sql.SQL(HASH).format(sql.Identifier(name)))[0] for name in names}


@pytest.mark.django_db(transaction=True)
def test_a_restored_backup_equals_the_original_and_the_program_starts_on_it(
    new_server: Empty, tmp_path: Path
) -> None:
    clinic = builders.organisation()
    for status in (Status.ORDER_PLACED, Status.SHIPPED, Status.VOIDED):
        somebody = builders.patient_wanted(name=PersonName.split("Zoë Łukasz 𝔘̈"))
        builders.order(status, chosen=clinic, recipient=somebody)
    api = a_program(clinic.account)
    original = databases.address_of_the_owner()
    shell = {
        "PATH": f"{Path(sys.executable).parent}:{postgres_programs.FOLDER}:{os.environ['PATH']}",
        "BACKUP": str(tmp_path / "homeward.dump"),
        "PGHOST": new_server.socket_folder,
        "OWNER_PASSWORD": "owner's",
        "PROGRAM_PASSWORD": "program's",
    }
    copy = new_server.becoming

    guide.run(guide.script("backup"), {**shell, "DATABASE_OWNER_URL": original})
    guide.run(guide.script("roles"), shell)
    addresses = {"DATABASE_URL": copy.program, "DATABASE_OWNER_URL": copy.owner}
    migrating = {"SECRET_KEY": settings.SECRET_KEY, "DEBUG": "1"}
    guide.run(guide.script("restore"), {**shell, **addresses, **migrating})

    assert tables(copy.owner) == tables(original)
    assert tables(original)["orders_order"][0] == 3
    for question in (SEQUENCES, TRIGGERS):
        assert ask(copy.owner, question) == ask(original, question)
    assert ask(copy.owner, RIGHTS) == ask(original, RIGHTS) != []
    with serving(Database(copy.program, copy.owner, {}), tmp_path / "log") as website:
        assert website.call("GET", "/healthz/ready").status == 200
        token = website.token(
            {"client_id": api.credentials.client.client_id, "secret": api.credentials.secret}
        )
        listed = website.call("GET", "/v1/orders", headers={"Authorization": f"Bearer {token}"})
    assert len(listed.json()["data"]) == 3


@pytest.mark.django_db(transaction=True)
def test_the_role_of_the_program_cannot_empty_a_restored_table(new_server: Empty) -> None:
    """Control of the drill: rights are compared, so a copy without them would be noticed."""
    guide.run(
        guide.script("roles"),
        {
            "PATH": f"{postgres_programs.FOLDER}:{os.environ['PATH']}",
            "PGHOST": new_server.socket_folder,
            "OWNER_PASSWORD": "owner's",
            "PROGRAM_PASSWORD": "program's",
        },
    )
    tell(new_server.becoming.owner, "CREATE TABLE kept (one int)")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        tell(new_server.becoming.program, "TRUNCATE kept")
