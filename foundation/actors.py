"""Who acts: built once at the edge from a user, a token or a key, and handed to every command."""

import enum
from dataclasses import dataclass, replace

from django.db import models

from foundation.errors import Forbidden


class Door(models.TextChoices):
    """The way by which a change came in."""

    STAFF = "staff", "Staff pages"
    ADMIN = "admin", "Admin"
    V1 = "v1", "API v1"
    V3 = "v3", "API v3"
    REFERRAL = "referral", "Referral"
    GATEWAY = "gateway", "Gateway"
    SYSTEM = "system", "Homeward"


class Permission(enum.Enum):
    """A verb that somebody may or may not do. Roles and scopes map to these, each in one table."""

    SEE_ORDERS = enum.auto()
    PLACE_ORDERS = enum.auto()
    CHANGE_ORDERS = enum.auto()
    CANCEL_ORDERS = enum.auto()
    CONFIRM_ADDRESSES = enum.auto()
    FULFIL_ORDERS = enum.auto()
    VOID_ORDERS = enum.auto()
    SEE_PATIENTS = enum.auto()
    CHANGE_PATIENTS = enum.auto()
    CHANGE_SITES = enum.auto()
    SEE_STUDIES = enum.auto()
    CHANGE_STUDIES = enum.auto()
    RECORD_RESULTS = enum.auto()
    REVIEW_RESULTS = enum.auto()
    SEND_REFERRALS = enum.auto()
    VERIFY_REFERRALS = enum.auto()
    SIMULATE = enum.auto()
    MANAGE_TEAM = enum.auto()
    MANAGE_INTEGRATIONS = enum.auto()
    SEE_ACCOUNTS = enum.auto()
    CHANGE_ACCOUNTS = enum.auto()
    SEE_CATALOGUE = enum.auto()
    CHANGE_CATALOGUE = enum.auto()
    SEE_STOCK = enum.auto()
    CHANGE_STOCK = enum.auto()
    HAND_OUT_DEVICES = enum.auto()
    SEE_AUDIT = enum.auto()
    CHANGE_USERS = enum.auto()


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who asks, on whose behalf, by which door, and what they may do.

    `account_id` None is the operator, who works for every account and names one with
    `for_account` before a command that needs one. `organisation_ids` None is all of the account's.
    """

    door: Door
    label: str
    permissions: frozenset[Permission]
    account_id: int | None
    organisation_ids: frozenset[int] | None = None
    user_id: int | None = None
    client_id: int | None = None
    key_id: int | None = None
    request_id: str = ""
    ip_address: str | None = None

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def must(self, permission: Permission) -> None:
        """Raise Forbidden unless the actor may do this."""
        if not self.may(permission):
            raise Forbidden

    def for_account(self, account_id: int) -> "Actor":
        """The same operator, now acting for one account; anyone else only for their own."""
        if self.account_id not in (None, account_id):
            raise Forbidden
        return replace(self, account_id=account_id)

    @property
    def one_account(self) -> int:
        """The account acted for, or Forbidden: an operator names one first."""
        if self.account_id is None:
            raise Forbidden
        return self.account_id

    @property
    def one_user(self) -> int:
        """The person who acts, or Forbidden: some things are for people only."""
        if self.user_id is None:
            raise Forbidden
        return self.user_id

    @property
    def sees_all_accounts(self) -> bool:
        return self.account_id is None

    @property
    def sees_all_organisations(self) -> bool:
        return self.organisation_ids is None


# The program itself, in what nobody asked for.
HOMEWARD = Actor(door=Door.SYSTEM, label="Homeward", permissions=frozenset(), account_id=None)
