"""Who wrote what: every tracked table has a history table filled by triggers, and each history row
says who acted. The reading of patients is recorded in `foundation.access`.
"""

import json
from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import connection, models
from django.db.models.fields.json import KT

from foundation.actors import Actor, Door

Model = TypeVar("Model", bound=type[models.Model])

# Of a history row: who wrote it, as `who_of` puts it.
WHO = KT("pgh_context__who")


def keep_history(name: str, *, ignoring: tuple[str, ...] = ()) -> Callable[[Model], Model]:
    """Keep each version of the model's rows in a table of this name, whoever writes.

    A change of nothing but `ignoring` leaves no version, and their values are not kept.
    """
    keeping: Callable[[Model], Model] = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=list(ignoring))),
        pghistory.DeleteEvent(),
        model_name=name,
        exclude=list(ignoring) or None,
        obj_field=pghistory.ObjForeignKey(related_name="history"),
        context_field=pghistory.ContextJSONField(),
        append_only=True,
        meta={"indexes": [_by_who(name)]},
    )
    return keeping


def _by_who(name: str) -> models.Index:
    """What somebody wrote is found without reading what everybody wrote."""
    table = name.removesuffix("History").lower()
    return models.Index(WHO, "pgh_created_at", name=f"{table}_by_who")


def sign_history(actor: Actor) -> None:
    """Let every history row of this transaction say who acted, by which door, in which request."""
    signature = {
        "who": who_of(user=actor.user_id, client=actor.client_id, key=actor.key_id),
        "actor": actor.label,
        "door": actor.door.value,
        "user": actor.user_id,
        "client": actor.client_id,
        "key": actor.key_id,
        "request": actor.request_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_metadata', %s, true)", [json.dumps(signature)]
        )


def who_of(*, user: int | None = None, client: int | None = None, key: int | None = None) -> str:
    """The person or program in one word, by which history is searched; Homeward itself else."""
    for kind, number in (("user", user), ("client", client), ("key", key)):
        if number is not None:
            return f"{kind}:{number}"
    return Door.SYSTEM.value
