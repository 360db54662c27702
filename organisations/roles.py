"""Which role and which scope may do what: the two tables. Nothing else decides it."""

from collections.abc import Iterable

from django.db import models

from foundation.actors import Permission

P = Permission


class Role(models.TextChoices):
    """What somebody does here. The first three work in a clinic, the others for the operator."""

    CLINIC_STAFF = "clinic_staff", "Clinic staff"
    CLINIC_MANAGER = "clinic_manager", "Clinic manager"
    CLINICIAN = "clinician", "Clinician"
    OPERATOR = "operator", "Operator"
    STOCK_LEAD = "stock_lead", "Stock lead"
    ACCOUNT_MANAGER = "account_manager", "Account manager"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"


CLINIC_ROLES = frozenset({Role.CLINIC_STAFF, Role.CLINIC_MANAGER, Role.CLINICIAN})
OPERATOR_ROLES = frozenset(Role) - CLINIC_ROLES

_ORDERING = frozenset(
    {
        P.SEE_ORDERS,
        P.PLACE_ORDERS,
        P.CHANGE_ORDERS,
        P.CANCEL_ORDERS,
        P.CONFIRM_ADDRESSES,
        P.SEE_PATIENTS,
        P.CHANGE_PATIENTS,
        P.SEE_STUDIES,
        P.CHANGE_STUDIES,
        P.VERIFY_REFERRALS,
        P.SIMULATE,
    }
)

MAY: dict[Role, frozenset[P]] = {
    Role.CLINIC_STAFF: _ORDERING,
    Role.CLINIC_MANAGER: _ORDERING | {P.MANAGE_TEAM, P.MANAGE_INTEGRATIONS},
    Role.CLINICIAN: frozenset(
        {
            P.SEE_ORDERS,
            P.SEE_PATIENTS,
            P.SEE_STUDIES,
            P.REVIEW_RESULTS,
        }
    ),
    Role.OPERATOR: _ORDERING
    | {
        P.FULFIL_ORDERS,
        P.VOID_ORDERS,
        P.SEE_CATALOGUE,
        P.SEE_STOCK,
        P.CHANGE_STOCK,
        P.HAND_OUT_DEVICES,
        P.SEE_ACCOUNTS,
    },
    Role.STOCK_LEAD: frozenset(
        {
            P.SEE_ORDERS,
            P.FULFIL_ORDERS,
            P.SEE_CATALOGUE,
            P.CHANGE_CATALOGUE,
            P.SEE_STOCK,
            P.CHANGE_STOCK,
            P.HAND_OUT_DEVICES,
            P.SEE_ACCOUNTS,
        }
    ),
    Role.ACCOUNT_MANAGER: frozenset(
        {
            P.SEE_ACCOUNTS,
            P.CHANGE_ACCOUNTS,
            P.SEE_CATALOGUE,
            P.MANAGE_INTEGRATIONS,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            P.SEE_ORDERS,
            P.SEE_PATIENTS,
            P.SEE_STUDIES,
            P.SEE_ACCOUNTS,
            P.SEE_CATALOGUE,
            P.SEE_STOCK,
            P.SEE_AUDIT,
        }
    ),
    Role.ADMINISTRATOR: frozenset(P) - {P.REVIEW_RESULTS, P.RECORD_RESULTS, P.SEND_REFERRALS},
}


class Scope(models.TextChoices):
    """What an API client or key was granted."""

    ORDERS = "orders", "Place, read and change orders"
    STUDIES = "studies", "Create, read and cancel in-house studies"
    READ_CODES = "studies:read-code", "Read activation codes again"
    REFERRALS = "referrals", "Create and read referrals"
    EVENTS = "events", "Read the event feed"
    RECORDINGS = "recordings", "Say what was activated and recorded"
    SIMULATE = "simulate", "Play test accounts through"


# Whatever a report belongs to, whoever may read that may read it.
GRANTS: dict[Scope, frozenset[P]] = {
    Scope.ORDERS: frozenset(
        {
            P.SEE_ORDERS,
            P.PLACE_ORDERS,
            P.CHANGE_ORDERS,
            P.CANCEL_ORDERS,
            P.SEE_STUDIES,
        }
    ),
    Scope.STUDIES: frozenset({P.SEE_STUDIES, P.CHANGE_STUDIES}),
    Scope.READ_CODES: frozenset(),
    Scope.REFERRALS: frozenset({P.SEND_REFERRALS, P.SEE_STUDIES}),
    Scope.EVENTS: frozenset(),
    Scope.RECORDINGS: frozenset({P.SEE_STUDIES, P.RECORD_RESULTS}),
    Scope.SIMULATE: frozenset({P.SIMULATE}),
}

# The gateway's keys are the operator's; the scopes of both dialects are for everyone else.
SCOPES_OF_THE_GATEWAY = frozenset({Scope.RECORDINGS, Scope.SIMULATE})
SCOPES_OF_CLIENTS = frozenset(Scope) - SCOPES_OF_THE_GATEWAY


def choices_among(scopes: Iterable[Scope]) -> list[tuple[str, str]]:
    """These scopes as forms and documents list them, in the order of the table."""
    granted = set(scopes)
    return [(scope.value, str(scope.label)) for scope in Scope if scope in granted]


# A key of API v3 that may order is let into all of it, and that is more than orders
# (contracts/v3.md, House decisions, Key).
GRANTS_TO_KEYS: dict[Scope, frozenset[P]] = {
    Scope.ORDERS: (GRANTS[Scope.ORDERS] - {P.SEE_STUDIES})
    | {
        P.SEE_PATIENTS,
        P.CHANGE_PATIENTS,
        P.CHANGE_SITES,
        P.SEE_CATALOGUE,
        P.SEE_STOCK,
        P.HAND_OUT_DEVICES,
        P.MANAGE_INTEGRATIONS,
    },
}


def permissions_of(roles: Iterable[str]) -> frozenset[P]:
    return frozenset().union(*(MAY[Role(role)] for role in roles))


def permissions_granted(scopes: Iterable[str]) -> frozenset[P]:
    """Unknown scopes grant nothing: a token may carry one that was since withdrawn."""
    known = {scope.value: scope for scope in Scope}
    return frozenset().union(*(GRANTS[known[scope]] for scope in scopes if scope in known))


def permissions_of_key(scopes: Iterable[str]) -> frozenset[P]:
    """Of a key for API v3."""
    known = {scope.value: granted for scope, granted in GRANTS_TO_KEYS.items()}
    return frozenset().union(*(known[scope] for scope in scopes if scope in known))
