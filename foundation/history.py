"""Who wrote what: every tracked table has a history table filled by triggers, and each history row
says who acted. The reading of patients is recorded in `foundation.access`.
"""

import json
from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import connection, models

from foundation.actors import Actor

Model = TypeVar("Model", bound=type[models.Model])


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
    )
    return keeping


def sign_history(actor: Actor) -> None:
    """Let every history row of this transaction say who acted, by which door, in which request."""
    signature = {
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
