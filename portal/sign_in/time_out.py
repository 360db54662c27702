"""When a session ends by itself: some time after the last request, and in any case some time after
signing in. Sessions that people end are in `sessions`.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from foundation.actors import Door
from foundation.client_address import client_address
from orders.views.unsent import keep_unsent
from organisations.actors import actor_for_user
from organisations.models import User
from portal.faults import dialect_of

BEGAN: Final = "signed_in_at"
SEEN: Final = "seen_at"
# A request is noted at most this often, so that nearly all of them write nothing.
NOTED_EVERY_SECONDS: Final = 60
# Asking how long it is until the end is no use of the session, and must not end it either: what
# stands in the window could not be kept any more.
TIME_LEFT, STAY = "time_left", "stay"
PROBES: Final = "/healthz/"


def begin(request: HttpRequest) -> None:
    """Somebody has just signed in."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def seconds_left(session: SessionBase | Mapping[str, Any]) -> int:
    """0 when it is over. A session that was never noted is as if it began now."""
    now = int(time.time())
    idle = session.get(SEEN, now) + settings.SESSION_IDLE_SECONDS - now
    whole = session.get(BEGAN, now) + settings.SESSION_COOKIE_AGE - now
    return max(0, min(idle, whole))


class TimeOut:
    """Ends a session that is over before anything is done with it.

    First, what was being sent to a draft is kept in the sender's own draft, because the session
    still says whose it was. Nothing else is done of what an ended session asks for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Here, because the request has passed the check against forgery by now."""
        if not has_session(request) or not isinstance(request.user, User):
            return
        name = request.resolver_match.view_name if request.resolver_match else ""
        if seconds_left(request.session) and name != TIME_LEFT:
            note(request)
        elif name not in {TIME_LEFT, STAY}:
            end(request, page=name, draft_id=kwargs.get("draft_id"))


def has_session(request: HttpRequest) -> bool:
    """Programs and probes are asked for none, whatever cookies they send: it would be looked up."""
    is_for_people = not dialect_of(request) and not request.path_info.startswith(PROBES)
    return is_for_people and settings.SESSION_COOKIE_NAME in request.COOKIES


def note(request: HttpRequest) -> None:
    """Remember that the session is in use; written at once, beside whatever else the request does
    to it, so that nothing of a request that runs at the same time is lost.
    """
    session, now = request.session, int(time.time())
    every = min(NOTED_EVERY_SECONDS, settings.SESSION_IDLE_SECONDS // 30)
    if BEGAN in session and now - session.get(SEEN, 0) < every:
        return
    session.setdefault(BEGAN, now)
    session[SEEN] = now
    with suppress(UpdateError):  # ended from elsewhere a moment ago
        session.save()
        list_session(request)
    session.modified = False


def list_session(request: HttpRequest) -> None:
    """Put it into the person's list of sessions, or say there that it is in use."""
    columns: dict[str, Any] = {"last_seen_at": timezone.now()}
    if address := client_address(request):
        columns["ip"] = address
    if not UserSession.objects.filter(session_key=request.session.session_key).update(**columns):
        UserSession.objects.create_from_request(request)


def end(request: HttpRequest, *, page: str, draft_id: Any) -> None:
    """From here on nobody is signed in, and the next page says why."""
    user = request.user
    assert isinstance(user, User)
    words = why_ended(request.session)
    if not user.is_staff:
        words += " Your drafts are kept."
    if request.method == "POST" and keep_what_was_sent(request, user, page, draft_id):
        words = words.replace("drafts are kept", "draft is kept, with what you had just typed")
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    request.session.flush()
    request.user = AnonymousUser()
    messages.warning(request, words)


def keep_what_was_sent(request: HttpRequest, user: User, page: str, draft_id: Any) -> bool:
    actor = actor_for_user(
        user,
        door=Door.STAFF,
        request_id=request.META.get("HTTP_X_REQUEST_ID", ""),
        ip_address=client_address(request),
    )
    return keep_unsent(request, actor=actor, page=page, draft_id=draft_id)


def why_ended(session: SessionBase) -> str:
    now = int(time.time())
    if now - session.get(SEEN, now) >= settings.SESSION_IDLE_SECONDS:
        minutes = settings.SESSION_IDLE_SECONDS // 60
        return f"You were signed out after {minutes} minutes without activity."
    return f"You were signed out {settings.SESSION_COOKIE_AGE // 3600} hours after signing in."


@never_cache
@require_safe
def left(request: HttpRequest) -> JsonResponse:
    """For the page's own script, at two addresses: asking at one of them uses the session."""
    seconds = seconds_left(request.session) if request.user.is_authenticated else 0
    return JsonResponse({"seconds": seconds})


def script() -> str:
    """The address of the script that warns; what it must know stands behind the question mark."""
    known: dict[str, str | int] = {
        "idle": settings.SESSION_IDLE_SECONDS,
        "warn": settings.SESSION_WARNING_SECONDS,
        "left": reverse(TIME_LEFT),
        "stay": reverse(STAY),
    }
    return f"{static('time-out.js')}?{urlencode(known)}"
