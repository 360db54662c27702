"""The e-mail of an invitation: the link in it, and its words.

The link ends in the invitation's public id, signed with the program's key over the id and the
invitation's nonce. So the worker can make it, no job and no table holds it, and sending again
(another nonce) ends the links that were sent before.
"""

from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.core.signing import BadSignature, Signer
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from foundation.text import one_line
from organisations.errors import InvitationNotFound
from organisations.models import Invitation

SEPARATOR = "."


def token_of(invitation: Invitation) -> str:
    return _signer(invitation).sign(invitation.public_id.hex)


def invitation_of(token: str) -> Invitation:
    """The invitation that this link was made for, open or not; else InvitationNotFound."""
    name, _, _ = token.partition(SEPARATOR)
    try:
        public_id = UUID(hex=name)
    except ValueError:
        raise InvitationNotFound from None
    found = Invitation.objects.filter(public_id=public_id).select_related("account").first()
    if found is None:
        raise InvitationNotFound
    try:
        _signer(found).unsign(token)
    except BadSignature:
        raise InvitationNotFound from None
    return found


def mail_invitation(invitation_id: int) -> None:
    """Send the e-mail, unless the invitation is over by now.

    Done twice, the same link is sent twice, which does no harm.
    """
    invitation = Invitation.objects.select_related("account", "invited_by").get(pk=invitation_id)
    if not invitation.is_open or invitation.is_expired:
        return
    path = reverse("team:open_invitation", args=[token_of(invitation)])
    said = {"invitation": invitation, "link": settings.PUBLIC_BASE_URL + path}
    with timezone.override(invitation.account.time_zone):
        subject = one_line(render_to_string("team/email/invitation_subject.txt", said))
        text = render_to_string("team/email/invitation.txt", said)
    send_mail(subject, text, from_email=None, recipient_list=[invitation.email])


def _signer(invitation: Invitation) -> Signer:
    return Signer(sep=SEPARATOR, salt=f"organisations.invitation.{invitation.nonce}")
