"""Who orders and who works here: accounts and organisations, people, machines."""

from organisations.models.accounts import (
    Account,
    AccountKind,
    Clinician,
    Organisation,
    Product,
    Site,
)
from organisations.models.invitations import Invitation, InvitationOrganisation
from organisations.models.machines import ApiClient, ApiKey, KeyPurpose
from organisations.models.people import Membership, MembershipOrganisation, User

__all__ = [
    "Account",
    "AccountKind",
    "ApiClient",
    "ApiKey",
    "Clinician",
    "Invitation",
    "InvitationOrganisation",
    "KeyPurpose",
    "Membership",
    "MembershipOrganisation",
    "Organisation",
    "Product",
    "Site",
    "User",
]
