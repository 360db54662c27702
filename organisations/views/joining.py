"""The pages on which somebody who was invited joins a team. They are open to everybody who has the
link of an e-mail.
"""

from typing import Final

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from foundation.errors import Refusal
from organisations.actors import invited
from organisations.errors import InvitationNotFound
from organisations.invitation_mail import invitation_of
from organisations.invitations import accept_invitation, why_not_accepted
from organisations.models import Invitation
from organisations.team_forms import JoinForm
from organisations.visit import ASKS_AND_ANSWERS

# In the session, which only the server reads.
LINK: Final = "team_invitation"


@never_cache
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the secret out of the address, so that no history, log or page that follows has it."""
    try:
        invitation_of(token)
    except InvitationNotFound as refusal:
        return _dead(request, refusal)
    request.session[LINK] = token
    return redirect("team:join")


@never_cache
@require_http_methods(list(ASKS_AND_ANSWERS))
def join(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; when they will do, the person is a member and signed in."""
    try:
        invitation = invitation_of(request.session.get(LINK, ""))
    except InvitationNotFound as refusal:
        return _dead(request, refusal)
    if request.user.is_authenticated:
        return _signed_in(request, request.user.email, invitation)
    if reason := why_not_accepted(invitation):
        return _dead(request, reason)
    form = JoinForm(request.POST if request.method == "POST" else None, invitation=invitation)
    if form.is_valid():
        return _join(request, form, invitation)
    status = 422 if form.is_bound else 200
    return render(
        request, "team/join.html", {"form": form, "invitation": invitation}, status=status
    )


def _signed_in(request: HttpRequest, email: str, invitation: Invitation) -> HttpResponse:
    """Who has joined by this very invitation is where it led to; others must sign out first."""
    if invitation.accepted_at and email == invitation.email:
        return redirect("home")
    return render(request, "team/signed_in.html", {"invitation": invitation})


def _join(request: HttpRequest, form: JoinForm, invitation: Invitation) -> HttpResponse:
    try:
        user = accept_invitation(
            invitation,
            full_name=form.cleaned_data["full_name"],
            password=form.cleaned_data["password"],
            actor=invited(request, invitation),
        )
    except Refusal as refusal:
        return _dead(request, refusal)
    request.session.pop(LINK, None)
    messages.success(request, f"Welcome. From now on you sign in with {user.email}.")
    answer: HttpResponse = perform_login(request, user, redirect_url="/")
    return answer


def _dead(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The link opens nothing (any more): why, and what to do next."""
    status = 404 if isinstance(refusal, InvitationNotFound) else 410
    return render(request, "team/dead_link.html", {"words": refusal.words}, status=status)
