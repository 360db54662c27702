"""What is remembered of an organisation that asked for too many phones. How it comes about stands
in `orders.phone_use`.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import GreaterThan

from foundation.actors import Actor
from foundation.constraints import SameAccount
from foundation.history import keep_history
from orders.models.timeline import NOTE_LENGTH
from organisations.models import Account, Organisation, User


class PhoneAlertQuerySet(models.QuerySet["PhoneAlert"]):
    def visible_to(self, actor: Actor) -> "PhoneAlertQuerySet":
        return self if actor.sees_all_accounts else self.filter(account_id=actor.account_id)

    def still_open(self) -> "PhoneAlertQuerySet":
        """The share has not fallen back since."""
        return self.filter(ended_at=None)

    def to_decide(self) -> "PhoneAlertQuerySet":
        """Those that an account manager should look at."""
        return self.still_open().filter(decided_at=None)


@keep_history("PhoneAlertHistory")
class PhoneAlert(models.Model):
    """One breach: what was counted, by which limits, and what the account manager decided.

    The period counted is from `counted_since` until `opened_at`; the orders in it never change.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_constraint=False
    )
    counted_since = models.DateTimeField()
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField("share fell back", null=True)
    orders = models.PositiveIntegerField("study orders")
    phones = models.PositiveIntegerField("of these with a phone")
    share_limit = models.PositiveSmallIntegerField("limit (%)")
    share_minimum = models.PositiveSmallIntegerField("orders before the share counts")
    mailed_at = models.DateTimeField("e-mail sent", null=True)
    decision = models.TextField(max_length=NOTE_LENGTH, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = PhoneAlertQuerySet.as_manager()

    class Meta:
        constraints = [
            SameAccount("organisation", name="phone_alert_organisation_is_of_the_same_account"),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(ended_at=None),
                name="organisation_has_one_open_phone_alert",
            ),
            models.CheckConstraint(
                condition=Q(orders__gte=F("share_minimum"))
                & Q(phones__lte=F("orders"))
                & Q(GreaterThan(F("phones") * 100, F("orders") * F("share_limit"))),
                name="phone_alert_was_above_its_limits",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by=None, decided_at=None)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="phone_decision_says_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.opened_at:%Y-%m-%d}"
