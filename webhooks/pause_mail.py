"""The e-mail about an endpoint that is not sent to any more: to whom, in which words. It holds an
address of the clinic's own and a link, and nobody's name.
"""

import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string

from organisations.models import User
from organisations.roles import Role
from webhooks.models import Delivery, WebhookEndpoint

logger = logging.getLogger(__name__)


def mail_pause(number: int) -> None:
    """Tell the managers of the clinic why nothing is sent, unless it is sent to again."""
    endpoint = WebhookEndpoint.objects.select_related("account").get(pk=number)
    if endpoint.is_open or endpoint.removed_at is not None:
        return
    addresses = who_is_told(endpoint)
    if not addresses:
        logger.warning("Nobody can be told of the paused endpoint %s by e-mail", endpoint.pk)
        return
    text = render_to_string(
        "webhooks/mail/paused.txt",
        {
            "endpoint": endpoint,
            "host": urlsplit(endpoint.url).hostname,
            "waiting": Delivery.objects.waiting().filter(endpoint=endpoint).count(),
            "link": f"{settings.PUBLIC_BASE_URL}/developers/webhooks/{endpoint.public_id}/",
        },
    )
    EmailMessage("Your webhook endpoint is paused", text, to=addresses).send()


def who_is_told(endpoint: WebhookEndpoint) -> list[str]:
    """The clinic's managers who may resume it; else those who answer for its account."""
    people = User.objects.filter(is_active=True).order_by("email")
    managers = people.filter(
        membership__account=endpoint.account_id,
        membership__roles__contains=[Role.CLINIC_MANAGER],
        membership__all_organisations=True,
    )
    answering = people.filter(
        Q(pk=endpoint.account.account_manager_id)
        | Q(membership__roles__contains=[Role.ADMINISTRATOR])
    )
    found = list(managers.values_list("email", flat=True))
    return found or list(answering.values_list("email", flat=True))
