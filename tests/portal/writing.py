"""Acts that write, and what history they leave."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from foundation.history import who_of
from organisations.models import ApiKey, User
from portal.audit.trails import trails

# What is there before, and the request that writes: who, by which door, and the answer.
Act = Callable[[], tuple[str, str, HttpResponse]]


def check_is_signed(act: Act) -> None:
    """All that the act wrote says who, by which door and in which request."""
    who, door, answer = act()

    written = since_start()
    assert answer.status_code in (200, 201, 202, 204, 302), answer.content
    assert written, "nothing was written"
    request = answer["X-Request-Id"]
    for version in written:
        found = version.pgh_context or {}
        told = {key: found.get(key) for key in ("who", "door", "request")}
        assert told == {"who": who, "door": door, "request": request}, version
        assert found["actor"]


def signed(who: Any) -> str:
    if isinstance(who, ApiKey):
        return who_of(key=who.pk)
    return who_of(user=who.pk) if isinstance(who, User) else who_of(client=who.pk)


_before: dict[Any, int] = {}


def start() -> None:
    """From now on versions count."""
    for trail in trails():
        _before[trail.kept] = newest(trail.kept)


def since_start() -> list[Any]:
    return [
        version
        for trail in trails()
        for version in trail.kept.objects.filter(pgh_id__gt=_before[trail.kept])
    ]


def newest(kept: Any) -> int:
    found: int | None = kept.objects.order_by("-pgh_id").values_list("pgh_id", flat=True).first()
    return found or 0
