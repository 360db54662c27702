"""A database with a million orders and two hundred thousand patients, copied from one of each that
the commands have made. Not for tests, and not for a database that anybody needs.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from bench.world import Bench
from foundation.actors import Door
from orders.commands import place_order
from orders.models import Order
from orders.statuses import Status
from organisations.actors import actor_for_client
from organisations.models import Organisation
from organisations.roles import Scope
from portal.api import parsing
from portal.api.v1 import serializers
from portal.roles import as_owner

ORDERS, PATIENTS = 1_000_000, 200_000
BATCH = 100_000
ORGANISATIONS = 20
# What happens to orders, in how many of a thousand.
SHARES: dict[Status, int] = {
    Status.DELIVERED: 600,
    Status.RETURN_ISSUED: 200,
    Status.VOIDED: 80,
    Status.SHIPPED: 40,
    Status.AWAITING_SHIPMENT: 30,
    Status.ORDER_PLACED: 30,
    Status.ON_HOLD: 10,
    Status.UNSUCCESSFUL_DELIVERY: 10,
}
SYLLABLES = "ka lo mi ne ru sa to vi wen bar del fin gro hol jan kel lar mon nor pas"


def build(bench: Bench, say: Any) -> None:
    """Fill the database up, unless it is full: all at once, or not at all."""
    if _value("SELECT count(*) FROM orders_order") >= ORDERS:
        return
    began = time.monotonic()
    order = _one_order(bench)
    organisations = _organisations(bench)
    with as_owner(), transaction.atomic(), _without_triggers():
        for start in range(0, PATIENTS, BATCH):
            _copy_patients(order, organisations, start)
            say(f"  {start + BATCH:,} patients after {time.monotonic() - began:.0f} s")
        for start in range(0, ORDERS, BATCH):
            _copy_orders(order, organisations, start)
            say(f"  {start + BATCH:,} orders after {time.monotonic() - began:.0f} s")
    with as_owner():
        _run("VACUUM ANALYZE")


def _one_order(bench: Bench) -> Order:
    name = f"LARGE-{time.time_ns()}"
    body = parsing.read_json(bench.order(name, name))
    wanted = serializers.order_wanted(serializers.read_order(body).attributes, country="GB")
    actor = actor_for_client(bench.client, scopes=[Scope.ORDERS], door=Door.V1)
    return place_order(wanted, actor=actor)


def _organisations(bench: Bench) -> list[int]:
    first = bench.organisation
    for number in range(ORGANISATIONS):
        Organisation.objects.get_or_create(
            account=first.account,
            reference=f"LARGE-{number}",
            defaults={
                "name": f"Large Clinic {number}",
                "product": first.product,
                "clinician": first.clinician,
                "emit_on": first.emit_on,
            },
        )
    large = Organisation.objects.filter(account=first.account, reference__startswith="LARGE-")
    return list(large.values_list("pk", flat=True))


TABLES = (
    "patients_patient",
    "patients_patientorganisation",
    "studies_study",
    "orders_order",
    "orders_orderline",
    "orders_orderevent",
)
HISTORIES = {"patients_patient": "patients_patienthistory", "orders_order": "orders_orderhistory"}


@contextmanager
def _without_triggers() -> Iterator[None]:
    """History is copied too, in whole tables; row by row it would take hours.

    Foreign keys are checked at once: a table with checks to come cannot be altered.
    """
    _run("SET CONSTRAINTS ALL IMMEDIATE")
    for table in (*TABLES, *HISTORIES.values()):
        _run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for table in (*TABLES, *HISTORIES.values()):
        _run(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _copy_patients(order: Order, organisations: list[int], start: int) -> None:
    words = SYLLABLES.split()
    last = "initcap(w[1 + n %% 20] || w[1 + n / 20 %% 20] || w[1 + n / 400 %% 20])"
    first = "initcap(w[1 + n * 7 %% 20] || w[1 + n * 13 / 20 %% 20])"
    key = "(SELECT max(id) FROM patients_patient)"
    _run(
        f"""CREATE TEMP TABLE numbers AS
        SELECT n, {key} + n - %s AS id, {first} AS first, {last} AS last,
               (%s::bigint[])[1 + n %% %s] AS organisation, gen_random_uuid() AS public_id
        FROM generate_series(%s + 1, %s) AS n, (SELECT %s::text[] AS w) AS words""",
        start,
        organisations,
        len(organisations),
        start,
        start + BATCH,
        words,
    )
    _run("ALTER TABLE numbers ADD PRIMARY KEY (id)")
    _copy(
        "patients_patient",
        f"id = {order.patient_id}",
        """'id', id, 'public_id', public_id, 'reference', 'LP-' || n,
        'full_name', first || ' ' || last, 'first_name', first, 'last_name', last,
        'first_name_key', lower(first),
        'last_name_key', lower(last),
        'date_of_birth', date '1930-01-01' + (n::bigint * 7919 % 30000)::int,
        'email', 'p' || n || '@test.example', 'postcode', 'LE' || n % 99 || ' ' || n % 9 || 'AA'""",
    )
    _copy(
        "patients_patientorganisation",
        f"patient_id = {order.patient_id}",
        "'id', nextval(pg_get_serial_sequence('patients_patientorganisation', 'id')),"
        " 'patient_id', id, 'organisation_id', organisation",
    )
    _advance("patients_patient")
    _run("DROP TABLE numbers")


def _copy_orders(order: Order, organisations: list[int], start: int) -> None:
    first = _value("SELECT max(id) FROM patients_patient") - PATIENTS
    _run(
        """CREATE TEMP TABLE numbers AS
        SELECT n, (SELECT max(id) FROM orders_order) + n - %s AS id,
               (SELECT max(id) FROM studies_study) + n - %s AS study,
               %s + 1 + (n::bigint * 7919) %% %s AS patient, n::bigint * 31 %% 1000 AS luck,
               (%s::bigint[])[1 + n %% %s] AS organisation,
               now() - (%s - n) * interval '1 minute' AS at,
               gen_random_uuid() AS public_id, gen_random_uuid() AS other_id
        FROM generate_series(%s + 1, %s) AS n""",
        start,
        start,
        first,
        PATIENTS,
        organisations,
        len(organisations),
        ORDERS,
        start,
        start + BATCH,
    )
    _run("ALTER TABLE numbers ADD COLUMN status text, ADD COLUMN sent bool, ADD COLUMN off bool")
    _run(f"UPDATE numbers SET status = {_status_of('luck')}")
    _run(
        "UPDATE numbers SET off = status = 'voided',"
        " sent = status NOT IN ('voided', 'order_placed', 'on_hold')"
    )
    _copy(
        "studies_study",
        f"id = {order.study_id}",
        """'id', study, 'public_id', other_id, 'reference', 'LO-' || n, 'patient_id', patient,
        'organisation_id', organisation, 'created_at', at,
        'activation_code', lpad(upper(to_hex(n)), 8, 'Z')""",
    )
    _copy(
        "orders_order",
        f"id = {order.pk}",
        """'id', id, 'public_id', public_id, 'reference', 'LO-' || n, 'patient_id', patient,
        'study_id', study, 'organisation_id', organisation, 'placed_at', at, 'status', status,
        'resume_to', CASE WHEN status = 'on_hold' THEN 'order_placed' ELSE '' END,
        'sent_for_fulfilment_at', CASE WHEN sent THEN at END,
        'cancelled_at', CASE WHEN off THEN at END, 'phone_needed', n % 11 = 0,
        'postcode', 'LE' || n % 99 || ' ' || n % 9 || 'AA'""",
    )
    for table, members in {
        "orders_orderline": "'order_id', id",
        "orders_orderevent": "'order_id', id, 'happened_at', at",
    }.items():
        next_id = f"'id', nextval(pg_get_serial_sequence('{table}', 'id')), "
        _copy(table, f"order_id = {order.pk}", next_id + members)
    _advance("studies_study")
    _advance("orders_order")
    _run("DROP TABLE numbers")


def _status_of(luck: str) -> str:
    below, cases = 0, []
    for status, share in SHARES.items():
        below += share
        cases.append(f"WHEN {luck} < {below} THEN '{status.value}'")
    return f"CASE {' '.join(cases)} END"


def _copy(table: str, like: str, members: str) -> None:
    """A row for each number, equal to the one that is found but for these members; and the same
    in its history, if it has one that is large.
    """
    _run(
        f"""INSERT INTO {table} SELECT made.*
        FROM (SELECT jsonb_build_object({members}) AS members FROM numbers) AS many,
        (SELECT * FROM {table} WHERE {like} ORDER BY id LIMIT 1) AS one,
        LATERAL jsonb_populate_record(NULL::{table}, to_jsonb(one) || many.members) AS made"""
    )
    history = HISTORIES.get(table)
    if history is None:
        return
    names = _shared_columns(table, history)
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(f'made."{name}"' for name in names)
    _run(
        f"""INSERT INTO {history} (pgh_created_at, pgh_label, pgh_obj_id, pgh_context, {columns})
        SELECT now(), 'insert', made.id, one.pgh_context, {values}
        FROM numbers JOIN {table} AS made ON made.id = numbers.id,
        LATERAL (SELECT * FROM {history} LIMIT 1) AS one"""
    )


def _shared_columns(table: str, history: str) -> list[str]:
    with connection.cursor() as cursor:
        names = [
            {column.name for column in connection.introspection.get_table_description(cursor, one)}
            for one in (table, history)
        ]
    return sorted(names[0] & names[1])


def _advance(table: str) -> None:
    _run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def _run(statement: str, *numbers: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, numbers or None)


def _value(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
