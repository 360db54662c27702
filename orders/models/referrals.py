"""Patients who were referred: their details are verified before anything is sent."""

import pgtrigger
from django.db import models

from foundation.actors import Actor, Door
from foundation.constraints import SameAccount, unique_in_account
from foundation.history import keep_history
from foundation.ids import public_id
from orders.models.orders import Order
from orders.referral_statuses import ReferralStatus, steps
from organisations.models import Account, ApiClient, Organisation, User
from organisations.models.accounts import MOST_NIGHTS, sensors_field
from patients.models import Patient
from studies.references import REFERENCE_LENGTH

REASON_LENGTH = 2000


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, actor: Actor) -> "ReferralQuerySet":
        if actor.sees_all_accounts:
            return self
        mine = self.filter(account_id=actor.account_id)
        if actor.organisation_ids is None:
            return mine
        return mine.filter(organisation_id__in=actor.organisation_ids)

    def to_verify(self) -> "ReferralQuerySet":
        """Whoever has waited longest first."""
        return self.filter(status=ReferralStatus.RECEIVED).order_by("id")

    def with_its_people(self) -> "ReferralQuerySet":
        """All that a page about referrals shows of each, without a query a row."""
        return self.select_related("account", "organisation", "patient", "order__study")


@keep_history("ReferralHistory")
class Referral(models.Model):
    """What was asked for; once it is verified, it has an order, with a reference of ours."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    public_id = models.UUIDField(default=public_id, editable=False, unique=True)
    reference = models.CharField(max_length=REFERENCE_LENGTH, db_collation="C")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_constraint=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_constraint=False
    )
    nights = models.PositiveSmallIntegerField()
    sensors = sensors_field()
    status = models.CharField(
        max_length=16, choices=ReferralStatus, default=ReferralStatus.RECEIVED
    )
    order = models.OneToOneField(
        Order, models.PROTECT, null=True, related_name="referral", db_constraint=False
    )
    door = models.CharField(max_length=16, choices=Door)
    sent_by = models.CharField(max_length=255)
    sent_by_client = models.ForeignKey(ApiClient, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.CharField(max_length=255, blank=True)
    decided_by_user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField("reason for rejecting", max_length=REASON_LENGTH, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            unique_in_account("referral_is_found_within_its_account"),
            models.UniqueConstraint(
                fields=["account", "reference"], name="referral_reference_is_taken"
            ),
            SameAccount("patient", name="referral_patient_is_of_the_same_account"),
            SameAccount("organisation", name="referral_organisation_is_of_the_same_account"),
            SameAccount("order", name="referral_order_is_of_the_same_account"),
            models.CheckConstraint(
                condition=models.Q(nights__gte=1, nights__lte=MOST_NIGHTS),
                name="referral_nights_are_1_to_30",
            ),
            models.CheckConstraint(
                condition=models.Q(status=ReferralStatus.VERIFIED) ^ models.Q(order=None),
                name="a_verified_referral_has_an_order",
            ),
            models.CheckConstraint(
                condition=models.Q(status=ReferralStatus.REJECTED) ^ models.Q(reason=""),
                name="a_rejected_referral_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="referrals_newest_first"),
            models.Index(
                fields=["account", "id"],
                condition=models.Q(status=ReferralStatus.RECEIVED),
                name="referrals_to_verify",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="referral_takes_legal_steps", field="status", transitions=steps())
        ]

    def __str__(self) -> str:
        return self.reference
