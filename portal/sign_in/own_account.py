"""The page “Your account”: what people see and change about their own signing in. What is behind
its links is allauth's.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from foundation.actors import Door
from foundation.history import sign_history
from organisations.actors import acting
from organisations.models import User
from portal.sign_in import second_factor, sessions
from portal.sign_in.pages import menu_of

KINDS = Authenticator.Type
Answer = Callable[..., HttpResponse]


@never_cache
@require_safe
@login_required
def own_account(request: HttpRequest) -> HttpResponse:
    """Password, second factor, and where one is signed in."""
    user = reader(request)
    shown = {
        "here": "own account",
        "sessions": sessions.sessions_of(user, request),
        "is_required": second_factor.is_required_of(user),
        **second_factors(user),
        **menu_of(request),
    }
    with their_time(user):
        return render(request, "own_account.html", shown)


def second_factors(user: User) -> dict[str, Any]:
    """What there is of each kind, in one query."""
    rows = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    by_kind = {kind: [row for row in rows if row.type == kind] for kind in KINDS}
    codes = by_kind[KINDS.RECOVERY_CODES]
    return {
        "app": next(iter(by_kind[KINDS.TOTP]), None),
        "passkeys": [(row, row.wrap().name) for row in by_kind[KINDS.WEBAUTHN]],
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
    }


def button(view: Answer) -> Answer:
    """A button of the page. Its address shows nothing, so after signing in one is on the page."""

    @require_POST
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(reverse("own_account"))
        return view(request, *args, **kwargs)

    return answer


@button
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out one other place; what is not one's own is not there."""
    if not sessions.end_session(reader(request), pk=pk):
        raise Http404
    messages.success(request, "That session is ended.")
    return redirect("own_account")


@button
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        sign_history(acting(request, door=Door.ADMIN if request.user.is_staff else Door.STAFF))
        sessions.end_other_sessions(reader(request), request)
    messages.success(request, "You are signed out everywhere else.")
    return redirect("own_account")


@button
def switch_shortcuts(request: HttpRequest) -> HttpResponse:
    """Single keys can be in the way of speech input, so they can be switched off (WCAG 2.1.4)."""
    is_on = request.POST.get("shortcuts") == "on"
    User.objects.filter(pk=reader(request).pk).update(shortcuts_on=is_on)
    messages.success(request, f"Keyboard shortcuts are {'on' if is_on else 'off'}.")
    return redirect("own_account")


def reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "only behind a sign-in"
    return request.user


def their_time(user: User) -> AbstractContextManager[None]:
    membership = getattr(user, "membership", None)
    return timezone.override(membership.account.time_zone if membership else None)
