"""What they were working on when they failed is in `SPOKEN_OF`."""

from django.db import connection
from procrastinate.contrib.django import app

SPOKEN_OF = "Mk0900zq"


@app.task
def stumble() -> None:
    raise ValueError(SPOKEN_OF)


@app.task
def write_nonsense() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [SPOKEN_OF])


@app.task
def break_a_rule() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE people (name text CONSTRAINT name_is_taken UNIQUE);"
            f"INSERT INTO people VALUES ('{SPOKEN_OF}'), ('{SPOKEN_OF}')"
        )
