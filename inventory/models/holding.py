"""Who owns a device or a packed kit, who holds it, and where it is."""

from typing import Self, TypeVar

from django.db import models

from foundation.actors import Actor
from organisations.models import Account, Site
from patients.models import Patient

IDENTIFIER_LENGTH = 64

Row = TypeVar("Row", bound=models.Model)


class HeldQuerySet(models.QuerySet[Row]):
    def visible_to(self, actor: Actor) -> Self:
        """Those that the account owns or holds; they know no organisation, so members for some
        only do not see them.
        """
        if actor.sees_all_accounts:
            return self
        if not actor.sees_all_organisations:
            return self.none()
        return self.filter(
            models.Q(owner_id=actor.account_id) | models.Q(holder_id=actor.account_id)
        )


class Held(models.Model):
    """What goes out and comes home. Its owner may be the operator while an account holds it for an
    order, a patient or a site: the patient is always the holder's, and these are else ordinary
    foreign keys (DESIGN section 6).

    While it is on its way or with a patient, the place is the patient's site, if there is one.
    """

    owner = models.ForeignKey(Account, models.PROTECT, related_name="+")
    holder = models.ForeignKey(Account, models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        Patient, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    place = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+")
    external_id = models.CharField("external id", max_length=IDENTIFIER_LENGTH, blank=True)

    class Meta:
        abstract = True
