"""A manager's pages about invitations: invite a colleague, send it again, withdraw it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from foundation.actors import Permission
from foundation.errors import Forbidden, NotFound, Refusal
from organisations.errors import BeyondYourOwn
from organisations.invitations import (
    find_invitation,
    invite,
    send_again,
    withdraw_invitation,
)
from organisations.team_forms import ALL, InviteForm
from organisations.views.team import access_form
from organisations.views.team_words import access_facts
from organisations.visit import Visit, staff_page

OVER = "This invitation is not open any more."


@staff_page(Permission.MANAGE_TEAM)
def invite_colleague(visit: Visit) -> HttpResponse:
    """Ask whom to invite; where the address is known already, show the way to that person."""
    form = access_form(visit, InviteForm, initial={"reach": ALL})
    known: dict[str, object] = {}
    if visit.is_answered and form.is_valid():
        try:
            made = invite(form.cleaned_data["email"], form.wanted, actor=visit.actor)
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_refusal(refusal)
            known = refusal.facts
        else:
            messages.success(visit.request, f"The invitation is on its way to {made.email}.")
            return redirect("team:list")
    return visit.page(
        "team/invite.html",
        here="team",
        form=form,
        known_member=known.get("member"),
        known_invitation=known.get("invitation"),
        status=422 if visit.is_answered else 200,
    )


@staff_page(Permission.MANAGE_TEAM, methods=("POST",))
def send_once_more(visit: Visit, invitation_id: UUID) -> HttpResponse:
    try:
        found = find_invitation(invitation_id, actor=visit.actor)
        send_again(found, actor=visit.actor)
    except Forbidden:
        raise
    except NotFound:
        messages.info(visit.request, OVER)
    except Refusal as refusal:
        messages.warning(visit.request, refusal.words)
    else:
        messages.success(visit.request, f"The invitation is on its way to {found.email} again.")
    return redirect("team:list")


@staff_page(Permission.MANAGE_TEAM)
def withdraw(visit: Visit, invitation_id: UUID) -> HttpResponse:
    """Ask whether it is meant, then end the invitation; one that cannot be ended leads to the
    list.
    """
    try:
        found = find_invitation(invitation_id, actor=visit.actor)
        if visit.is_answered:
            withdraw_invitation(found, actor=visit.actor)
    except NotFound:
        messages.info(visit.request, OVER)
        return redirect("team:list")
    except BeyondYourOwn as refusal:
        messages.warning(visit.request, refusal.words)
        return redirect("team:list")
    if visit.is_answered:
        messages.success(visit.request, f"The invitation to {found.email} is withdrawn.")
        return redirect("team:list")
    return visit.page(
        "team/withdraw.html", here="team", invitation=found, access=access_facts(found)
    )
