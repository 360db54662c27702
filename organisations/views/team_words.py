"""How members and invitations read on the pages of a team."""

from collections.abc import Iterable
from typing import Any

from foundation.actors import Actor
from foundation.templatetags.words import moment
from organisations.models import Invitation, Membership
from organisations.roles import Role
from organisations.team import is_beyond

Row = dict[str, Any]


def member_rows(
    members: Iterable[Membership], *, second_factor: frozenset[int] | None
) -> list[Row]:
    return [
        {
            "member": member,
            "roles": roles_in_words(member.roles),
            "organisations": organisations_in_words(member),
            "words": _state(member)[0],
            "tone": _state(member)[1],
            "factor": _factor(member, second_factor),
        }
        for member in members
    ]


def invitation_rows(invitations: Iterable[Invitation], *, actor: Actor) -> list[Row]:
    return [
        {
            "invitation": invitation,
            "roles": roles_in_words(invitation.roles),
            "organisations": organisations_in_words(invitation),
            "is_beyond": is_beyond(invitation, actor=actor),
        }
        for invitation in invitations
    ]


def member_facts(member: Membership, *, second_factor: frozenset[int] | None) -> list[Row]:
    facts = [
        {"name": "Email address", "value": member.user.email},
        {"name": "Sign-in", "value": _state(member)[0]},
        {"name": "Last seen", "value": moment(member.user.seen_at), "none": "Never"},
    ]
    if factor := _factor(member, second_factor):
        facts.append({"name": "Second step", "value": factor})
    return facts


def access_facts(row: Membership | Invitation) -> list[Row]:
    return [
        {"name": "Role", "value": roles_in_words(row.roles)},
        {"name": "Organisations", "value": organisations_in_words(row)},
    ]


def roles_in_words(roles: Iterable[str]) -> str:
    """Clinic staff and clinician."""
    held = set(roles)
    first, *rest = (str(role.label) for role in Role if role in held)
    return " and ".join((first, *(label[:1].lower() + label[1:] for label in rest)))


def organisations_in_words(row: Membership | Invitation) -> str:
    if row.all_organisations:
        return "All organisations"
    names = sorted(listed.organisation.name for listed in row.organisations.all())
    return ", ".join(names) or "None"


def _state(member: Membership) -> tuple[str, str]:
    return ("Active", "good") if member.user.is_active else ("Switched off", "calm")


def _factor(member: Membership, second_factor: frozenset[int] | None) -> str:
    if second_factor is None:
        return ""
    return "On" if member.user_id in second_factor else "Not set up"
