"""Recording that patients were shown. Written by whoever shows them, in one statement."""

from collections.abc import Iterable

from foundation.actors import Actor
from foundation.models import AccessEntry


def record_shown(
    patients: Iterable[tuple[int, int, int | None]], *, what: str, actor: Actor
) -> None:
    """Leave one row for each (account id, patient id, order id or None) that was shown."""
    AccessEntry.objects.bulk_create(
        AccessEntry(
            account_id=account_id,
            patient_id=patient_id,
            order_id=order_id,
            what=what,
            door=actor.door,
            actor=actor.label[:255],
            user_id=actor.user_id,
            client_id=actor.client_id,
            key_id=actor.key_id,
            ip_address=actor.ip_address,
            request_id=actor.request_id,
        )
        for account_id, patient_id, order_id in patients
    )
