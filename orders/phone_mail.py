"""The e-mail about an organisation that asks for too many phones: to whom, in which words. It holds
counts and a link, and nobody's name.
"""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from foundation.history import sign_history
from foundation.text import one_line
from orders.models import PhoneAlert
from orders.phone_use import WATCH, PhoneUse
from organisations.models import Account, User
from organisations.roles import Role

logger = logging.getLogger(__name__)


def mail_phone_alert(number: int) -> None:
    """Tell whoever answers for the account, once: a second call finds that it was sent.

    Called outside a transaction. When sending fails, nothing is marked and the error is raised.
    """
    alerts = PhoneAlert.objects.select_related("account__account_manager", "organisation")
    alert = alerts.get(pk=number)
    if alert.mailed_at is not None:
        return
    addresses = who_is_told(alert.account)
    if not addresses:
        logger.warning("Nobody can be told of phone alert %s by e-mail", alert.pk)
        return
    _message(alert, addresses).send()
    with transaction.atomic():
        sign_history(WATCH)
        PhoneAlert.objects.filter(pk=alert.pk).update(mailed_at=timezone.now())


def who_is_told(account: Account) -> list[str]:
    """The account's manager; else all account managers; else the administrators."""
    manager = account.account_manager
    if manager is not None and _working_as(Role.ACCOUNT_MANAGER).filter(pk=manager.pk).exists():
        return [manager.email]
    return [*_working_as(Role.ACCOUNT_MANAGER)] or [*_working_as(Role.ADMINISTRATOR)]


def _working_as(role: Role) -> QuerySet[User, str]:
    in_role = Q(membership__roles__contains=[role])
    if role == Role.ADMINISTRATOR:
        in_role |= Q(is_superuser=True)
    people = User.objects.filter(in_role, is_active=True)
    return people.order_by("email").values_list("email", flat=True)


def _message(alert: PhoneAlert, addresses: list[str]) -> EmailMessage:
    page = reverse("admin:orders_phonealert_change", args=[alert.pk])
    text = render_to_string(
        "orders/mail/phone_alert.txt",
        {
            "alert": alert,
            "use": PhoneUse(asked=alert.phones, orders=alert.orders),
            "link": f"{settings.PUBLIC_BASE_URL}{page}",
        },
    )
    # A name with a line break in it would be refused as part of a header.
    subject = f"{one_line(alert.organisation.name)} asks for many phones"
    return EmailMessage(subject, text, to=addresses)
