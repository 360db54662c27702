from typing import Any

from django.db import connection, migrations

AT_ONCE = 10_000
NEXT = """
SELECT max(id) FROM (
    SELECT id FROM patients_patient WHERE id > %s ORDER BY id LIMIT %s
) AS batch
"""
# A UUIDv7 of the time of registration: a random UUID with these bits of time and version.
GIVE = """
UPDATE patients_patient SET public_id = encode(
    set_bit(set_bit(
        overlay(
            uuid_send(gen_random_uuid())
            PLACING substring(
                int8send(floor(extract(epoch FROM registered_at) * 1000)::bigint) FROM 3
            )
            FROM 1 FOR 6
        ),
    52, 1), 53, 1),
    'hex'
)::uuid
WHERE id > %s AND id <= %s AND public_id IS NULL
"""


def give_public_ids(*_: Any) -> None:
    """So many at a time, each in a transaction of its own; what broke off can be begun again."""
    done = 0
    with connection.cursor() as cursor:
        while last := _last_of_batch(cursor, done):
            cursor.execute(GIVE, [done, last])
            done = last


def _last_of_batch(cursor: Any, done: int) -> int | None:
    cursor.execute(NEXT, [done, AT_ONCE])
    last: int | None = cursor.fetchone()[0]
    return last


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("patients", "0003_patient_public_id"),
    ]

    operations = [
        migrations.RunPython(give_public_ids, migrations.RunPython.noop),
    ]
