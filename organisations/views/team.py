"""The pages about a team: who is in it, what each may do, and switching a sign-in off and on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from foundation.actors import Permission
from foundation.errors import Forbidden, Refusal
from foundation.forms import StaffForm
from organisations.models import Invitation, Membership, Organisation
from organisations.roles import Role
from organisations.second_factor import who_has_one
from organisations.team import (
    change_access,
    deactivate_member,
    find_member,
    is_beyond,
    reactivate_member,
)
from organisations.team_forms import AccessForm, access_of
from organisations.views.team_words import (
    access_facts,
    invitation_rows,
    member_facts,
    member_rows,
)
from organisations.visit import SHOWS, Visit, staff_page

PAGE_SIZE = 50
INVITATIONS_SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a page asks before it is done, how its buttons read, and what is said afterwards."""

    title: str
    text: str
    button: str
    keep: str
    done: str
    is_final: bool = False


SWITCH_OFF = Question(
    title="Switch off the sign-in of {name}?",
    text="They are signed out everywhere at once and cannot sign in again. Their orders and drafts"
    " stay, but for invitations that nobody has accepted yet. You can switch their sign-in on"
    " again at any time.",
    button="Switch off the sign-in",
    keep="Keep it on",
    done="The sign-in of {name} is switched off.",
    is_final=True,
)
SWITCH_ON = Question(
    title="Switch on the sign-in of {name}?",
    text="They can sign in again with the password they had, and may do what is shown here.",
    button="Switch on the sign-in",
    keep="Leave it off",
    done="The sign-in of {name} is switched on.",
)


@staff_page(Permission.MANAGE_TEAM, methods=SHOWS)
def team_list(visit: Visit) -> HttpResponse:
    """Everybody of the account, who can sign in first; on the first page, who is invited too."""
    number = _page_number(visit)
    first = (number - 1) * PAGE_SIZE
    members = list(
        Membership.objects.visible_to(visit.actor)
        .select_related("user")
        .prefetch_related("organisations__organisation")
        .order_by("-user__is_active", "user__full_name", "pk")[first : first + PAGE_SIZE + 1]
    )
    shown, invitations = members[:PAGE_SIZE], _invitations(visit) if number == 1 else []
    return visit.page(
        "team/list.html",
        here="team",
        members=member_rows(shown, second_factor=who_has_one(one.user_id for one in shown)),
        invitations=invitation_rows(invitations, actor=visit.actor),
        is_alone=number == 1 and len(members) == 1 and not invitations,
        previous_url=f"?page={number - 1}" if number > 1 else "",
        next_url=f"?page={number + 1}" if len(members) > PAGE_SIZE else "",
    )


@staff_page(Permission.MANAGE_TEAM)
def member(visit: Visit, member_id: UUID) -> HttpResponse:
    """One person, and the form in which their roles and organisations are changed."""
    found = find_member(member_id, actor=visit.actor)
    form = access_form(visit, AccessForm, initial=access_of(found))
    is_fixed = is_beyond(found, actor=visit.actor)
    if visit.is_answered and not is_fixed and form.is_valid():
        try:
            found = change_access(found, form.wanted, actor=visit.actor)
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return _after_change(visit, found)
    return visit.page(
        "team/member.html",
        here="team",
        member=found,
        facts=member_facts(found, second_factor=who_has_one([found.user_id])),
        access=access_facts(found) if is_fixed else [],
        form=form,
        is_oneself=found.user_id == visit.actor.user_id,
        status=422 if visit.is_answered else 200,
    )


@staff_page(Permission.MANAGE_TEAM)
def deactivate(visit: Visit, member_id: UUID) -> HttpResponse:
    found = find_member(member_id, actor=visit.actor)
    if not found.user.is_active:
        return redirect("team:member", found.public_id)
    return _ask(visit, SWITCH_OFF, found, deactivate_member)


@staff_page(Permission.MANAGE_TEAM)
def reactivate(visit: Visit, member_id: UUID) -> HttpResponse:
    found = find_member(member_id, actor=visit.actor)
    if found.user.is_active:
        return redirect("team:member", found.public_id)
    return _ask(visit, SWITCH_ON, found, reactivate_member)


def access_form(visit: Visit, kind: type[AccessForm], **given: Any) -> Any:
    """The form, which offers what the visitor can give."""
    return kind(
        visit.request.POST if visit.is_answered else None,
        offered=Organisation.objects.visible_to(visit.actor).order_by("name", "pk"),
        may_give_all=visit.actor.sees_all_organisations,
        **given,
    )


def _ask(
    visit: Visit, question: Question, found: Membership, change: Callable[..., Membership]
) -> HttpResponse:
    """Show the question; when it was answered, make the change or show why it cannot be."""
    form = StaffForm(visit.request.POST if visit.is_answered else None)
    if visit.is_answered:
        try:
            change(found, actor=visit.actor)
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(visit.request, question.done.format(name=found.user))
            return redirect("team:list")
    return visit.page(
        "team/question.html",
        here="team",
        question=question,
        asked=question.title.format(name=found.user),
        member=found,
        access=access_facts(found),
        form=form,
        is_oneself=found.user_id == visit.actor.user_id,
        status=422 if visit.is_answered else 200,
    )


def _after_change(visit: Visit, found: Membership) -> HttpResponse:
    """Who has just ceased to be a manager cannot come back to these pages."""
    messages.success(visit.request, f"What {found.user} may do is saved.")
    still_manages = found.user_id != visit.actor.user_id or Role.CLINIC_MANAGER in found.roles
    return redirect("team:member", found.public_id) if still_manages else redirect("home")


def _page_number(visit: Visit) -> int:
    """Which page the address names. An address nobody made here shows the first."""
    named = visit.request.GET.get("page", "")
    return max(1, int(named)) if named.isascii() and named.isdecimal() and len(named) < 5 else 1


def _invitations(visit: Visit) -> list[Invitation]:
    """Those that nobody has accepted yet, newest first."""
    return list(
        Invitation.objects.visible_to(visit.actor)
        .open()
        .select_related("invited_by")
        .prefetch_related("organisations__organisation")
        .order_by("-pk")[:INVITATIONS_SHOWN]
    )
