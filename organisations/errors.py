"""Why a change to a team, an invitation, a program or a site is refused."""

from foundation.errors import Conflict, Invalid, NotFound


class MemberNotFound(NotFound):
    code = "member_not_found"
    message = "There is no such person in your team."


class InvitationNotFound(NotFound):
    code = "invitation_not_found"
    message = "Use the link in the newest email, or ask the manager of your clinic for another one."


class RolesMissing(Invalid):
    code = "roles_missing"
    message = "Choose at least one role."


class RoleNotInClinics(Invalid):
    code = "role_not_in_clinics"
    message = "Choose only roles of a clinic."


class OrganisationsMissing(Invalid):
    code = "organisations_missing"
    message = "Choose at least one organisation, or all of them."


class OrganisationUnknown(Invalid):
    code = "organisation_unknown"
    message = "Choose organisations of your account."


class BeyondYourOwn(Invalid):
    """Somebody for some organisations only may neither give nor take away more than those."""

    code = "beyond_your_own"
    message = "You can manage access only to the organisations that you work for yourself."


class LastManager(Invalid):
    code = "last_manager"
    message = "Your account needs an active manager. Make somebody else a manager first."


class AlreadyInTeam(Conflict):
    code = "already_in_team"
    message = "This person is already in your team."


class WasInTeam(Conflict):
    """`member` is the public id of the membership that can be switched on again."""

    code = "was_in_team"
    message = "This person was in your team before. Switch their sign-in on again instead."


class AlreadyInvited(Conflict):
    """`invitation` is the public id of the one that is open."""

    code = "already_invited"
    message = "This address has an invitation already. Send that one again, or withdraw it."


class AddressNotInvitable(Invalid):
    """It signs in elsewhere; where, is nobody's business here."""

    code = "address_not_invitable"
    message = "This address cannot be invited. Use another one, or ask your account manager."


class TooManyInvitations(Invalid):
    code = "too_many_invitations"
    message = "An account can have {most} open invitations at most. Withdraw some first."


class InvitationUsed(Invalid):
    code = "invitation_used"
    message = "This invitation has been accepted already. Sign in instead."


class InvitationWithdrawn(Invalid):
    code = "invitation_withdrawn"
    message = "This invitation was withdrawn. Ask the manager of your clinic."


class InvitationExpired(Invalid):
    code = "invitation_expired"
    message = "This invitation has expired. Ask the manager of your clinic to send it again."


class SentJustNow(Invalid):
    code = "sent_just_now"
    message = "It was sent a moment ago. Wait a few minutes before you send it again."


class AccountClosed(Invalid):
    code = "account_closed"
    message = "This account is closed. Ask your account manager."


class AddressInUse(Conflict):
    """Somebody came to sign in with the address after it was invited."""

    code = "address_in_use"
    message = "Somebody signs in with this address already. Ask the manager of your clinic."


class ExpiryHasPassed(Invalid):
    code = "expiry_has_passed"
    message = "Choose a day that has not passed, or switch it off to stop it now."


class NothingGranted(Invalid):
    code = "nothing_granted"
    message = "Grant at least one scope."


class ScopesDoNotFit(Invalid):
    code = "scopes_do_not_fit"
    message = "A key for the gateway has scopes of the gateway only, and nothing else has any."


class GatewayIsTheOperators(Invalid):
    code = "gateway_is_the_operators"
    message = "A key for the gateway belongs to the operator. Choose the operator's account."


class TwoSecretsWork(Conflict):
    code = "two_secrets_work"
    message = "Two secrets work already: end the older one first, or let both stop at once."


class SiteNotFound(Invalid):
    code = "site_not_found"
    message = "There is no such site."
