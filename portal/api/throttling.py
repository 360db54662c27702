"""How often a caller may call: a token bucket in PostgreSQL, so that it is right across processes
and machines.
"""

import math
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from portal.api.errors import Refused, edge_problem
from portal.models import CallBucket

# One statement, outside any transaction: a call that fails later has been made all the same.
# The bucket is full at `full_at`; a call moves that on by `pace`, and must not move it further
# than a whole bucket into the future.
SPEND = """
INSERT INTO portal_callbucket AS bucket (caller, full_at, wait_seconds)
VALUES (%(caller)s, now() + %(pace)s * interval '1 second', 0)
ON CONFLICT (caller) DO UPDATE SET
    full_at = CASE WHEN {wait} <= 0
        THEN greatest(bucket.full_at, now()) + %(pace)s * interval '1 second'
        ELSE bucket.full_at END,
    wait_seconds = greatest({wait}, 0)
RETURNING wait_seconds
""".format(wait="extract(epoch FROM bucket.full_at - now()) + %(pace)s - %(whole)s")


GIVE_BACK = """
UPDATE portal_callbucket SET full_at = full_at - %(pace)s * interval '1 second'
WHERE caller = %(caller)s
"""


@dataclass(frozen=True)
class Limit:
    """So many calls a minute in the long run, and so many at once; 0 a minute is no limit."""

    a_minute: int
    burst: int

    @property
    def pace(self) -> float:
        """Seconds for one more call."""
        return 60 / self.a_minute

    @property
    def whole(self) -> float:
        return self.pace * max(self.burst, 1)


def spend(caller: str, limit: Limit) -> None:
    """Count one call, or Refused with 429 and Retry-After in whole seconds."""
    wait = seconds_to_wait(caller, limit)
    if wait > 0:
        raise Refused(
            edge_problem("rate_limited"), headers={"Retry-After": str(max(1, math.ceil(wait)))}
        )


def seconds_to_wait(caller: str, limit: Limit) -> float:
    """Count one call and answer 0, or count nothing and answer how long it will be too many."""
    if not limit.a_minute:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(SPEND, {"caller": caller, "pace": limit.pace, "whole": limit.whole})
        (wait,) = cursor.fetchone()
    return float(wait)


def give_back(caller: str, limit: Limit) -> None:
    """A call that was counted is not counted after all."""
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, {"caller": caller, "pace": limit.pace})


def remove_full_buckets() -> None:
    """A full bucket is as good as none; whoever asks for tokens with made-up ids leaves many."""
    CallBucket.objects.filter(full_at__lt=timezone.now()).delete()
