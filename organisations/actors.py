"""Turning a signed-in user or an API client into an Actor."""

from django.http import HttpRequest

from foundation.actors import Actor, Door
from foundation.client_address import client_address
from organisations.models import ApiClient, ApiKey, Invitation, Membership, User
from organisations.roles import (
    OPERATOR_ROLES,
    SCOPES_OF_CLIENTS,
    SCOPES_OF_THE_GATEWAY,
    Role,
    permissions_granted,
    permissions_of,
    permissions_of_key,
)
from organisations.seen import note_seen


def actor_for_user(
    user: User, *, door: Door, request_id: str = "", ip_address: str | None = None
) -> Actor:
    """Someone without a membership may do nothing, and a superuser what an administrator may."""
    membership = Membership.objects.filter(user=user).prefetch_related("organisations").first()
    roles = set(membership.roles) if membership else set()
    if user.is_superuser:
        roles.add(Role.ADMINISTRATOR)
    works_for_operator = user.is_superuser or bool(roles & OPERATOR_ROLES)
    return Actor(
        door=door,
        label=str(user),
        permissions=permissions_of(roles) if user.is_active else frozenset(),
        account_id=None if works_for_operator else (membership.account_id if membership else 0),
        organisation_ids=_listed(membership),
        user_id=user.pk,
        request_id=request_id,
        ip_address=ip_address,
    )


def acting(request: HttpRequest, *, door: Door) -> Actor:
    """Whoever is signed in, made once for each request, and noted as seen."""
    kept: Actor | None = getattr(request, "_acting", None)
    if kept is None or kept.door != door:
        assert isinstance(request.user, User), "only behind a sign-in"
        kept = actor_for_user(
            request.user,
            door=door,
            request_id=request.META.get("HTTP_X_REQUEST_ID", ""),
            ip_address=client_address(request),
        )
        request._acting = kept  # type: ignore[attr-defined]  # ours, on Django's request
        note_seen(request.user)
    return kept


def invited(request: HttpRequest, invitation: Invitation) -> Actor:
    """Whoever holds the link of an invitation: nobody here yet, with no other permission."""
    return Actor(
        door=Door.STAFF,
        label=invitation.email,
        permissions=frozenset(),
        account_id=invitation.account_id,
        request_id=request.META.get("HTTP_X_REQUEST_ID", ""),
        ip_address=client_address(request),
    )


def _listed(membership: Membership | None) -> frozenset[int] | None:
    if membership is None or membership.all_organisations:
        return None
    return frozenset(listed.organisation_id for listed in membership.organisations.all())


def actor_for_client(
    client: ApiClient,
    *,
    scopes: list[str],
    door: Door,
    request_id: str = "",
    ip_address: str | None = None,
) -> Actor:
    """Scopes count only while the client still has them, whatever the token says."""
    return Actor(
        door=door,
        label=client.name or client.client_id,
        permissions=permissions_granted(SCOPES_OF_CLIENTS & set(scopes) & set(client.scopes)),
        account_id=client.account_id,
        client_id=client.pk,
        request_id=request_id,
        ip_address=ip_address,
    )


def actor_for_gateway(key: ApiKey, *, request_id: str = "", ip_address: str | None = None) -> Actor:
    """Whoever holds a key of the gateway speaks of the studies of every account."""
    return Actor(
        door=Door.GATEWAY,
        label=key.name,
        permissions=permissions_granted(SCOPES_OF_THE_GATEWAY & set(key.scopes)),
        account_id=None,
        key_id=key.pk,
        request_id=request_id,
        ip_address=ip_address,
    )


def actor_for_key(
    key: ApiKey, *, door: Door, request_id: str = "", ip_address: str | None = None
) -> Actor:
    """Whoever holds a key acts for its whole account."""
    return Actor(
        door=door,
        label=key.name,
        permissions=permissions_of_key(key.scopes),
        account_id=key.account_id,
        key_id=key.pk,
        request_id=request_id,
        ip_address=ip_address,
    )
