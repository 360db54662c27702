"""Where somebody is signed in, and ending it there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from organisations.models import User
from portal.sign_in.time_out import seconds_left

SHOWN_AT_MOST: Final = 50
# The first that is found in what a browser says of itself names it: many claim to be others too.
BROWSERS: Final = {
    r"\bEdgA?(iOS)?/": "Edge",
    r"\bOPR/": "Opera",
    r"\bSamsungBrowser/": "Samsung Internet",
    r"\b(Firefox|FxiOS)/": "Firefox",
    r"\b(Headless)?Chrome/|\bCriOS/": "Chrome",
    r"\bSafari/": "Safari",
}
SYSTEMS: Final = {
    r"\biPhone\b": "iPhone",
    r"\biPad\b": "iPad",
    r"\bAndroid\b": "Android",
    r"\bWindows\b": "Windows",
    r"\bCrOS\b": "ChromeOS",
    r"\bMacintosh\b|\bMac OS X\b": "Mac",
    r"\bLinux\b": "Linux",
}


@dataclass(frozen=True)
class SignedIn:
    """One session, as its owner would tell it from the others."""

    pk: int
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_this_one: bool


def sessions_of(user: User, request: HttpRequest) -> list[SignedIn]:
    """This one first, then those used most lately; only such as would still be let in."""
    listed = UserSession.objects.filter(user=user).order_by("-last_seen_at")[:SHOWN_AT_MOST]
    alive = keys_alive(user, [one.session_key for one in listed])
    this = request.session.session_key
    shown = [signed_in(one, this) for one in listed if one.session_key in alive]
    return sorted(shown, key=lambda one: not one.is_this_one)


def keys_alive(user: User, keys: Iterable[str]) -> set[str]:
    """Those not ended, not over, and not signed with an earlier password."""
    now = timezone.now()
    rows = Session.objects.filter(session_key__in=list(keys), expire_date__gt=now)
    mine = user.get_session_auth_hash()
    return {row.session_key for row in rows if is_alive(row.get_decoded(), mine)}


def is_alive(data: dict[str, Any], signature: str) -> bool:
    return data.get(HASH_SESSION_KEY) == signature and seconds_left(data) > 0


def signed_in(one: UserSession, this: str | None) -> SignedIn:
    return SignedIn(
        pk=one.pk,
        device=device_in_words(one.user_agent),
        address=one.ip,
        began_at=one.created_at,
        seen_at=one.last_seen_at,
        is_this_one=one.session_key == this,
    )


def device_in_words(user_agent: str) -> str:
    """ "Chrome on Windows", as far as the browser says so."""
    browser, system = first_of(BROWSERS, user_agent), first_of(SYSTEMS, user_agent)
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "A browser that does not say which"


def first_of(names: dict[str, str], text: str) -> str:
    return next((name for pattern, name in names.items() if re.search(pattern, text)), "")


def end_session(user: User, *, pk: int) -> bool:
    """Whether there was such a session of theirs; it is over now."""
    found = UserSession.objects.filter(user=user, pk=pk).first()
    if found is None:
        return False
    Session.objects.filter(session_key=found.session_key).delete()
    found.delete()
    return True


def forget_ended_sessions() -> None:
    """Of a session that nobody could use any more, the list need not know the address."""
    long_ago = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    keys = Session.objects.values("session_key")
    UserSession.objects.filter(last_seen_at__lt=long_ago).exclude(session_key__in=keys).delete()


def end_other_sessions(user: User, request: HttpRequest) -> None:
    """All but this one, those on no list too: what was signed before this moment is not let in."""
    this = request.session.session_key
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    others = UserSession.objects.filter(user=user).exclude(session_key=this)
    Session.objects.filter(session_key__in=others.values("session_key")).delete()
    others.delete()
    update_session_auth_hash(request, user)  # this one goes on, under another key
    new_key = request.session.session_key
    UserSession.objects.filter(session_key=this).update(session_key=new_key)
