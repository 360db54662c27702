"""What clinicians concluded. Versions are added, never changed."""

import pgtrigger
from django.db import models

from foundation.constraints import SameAccount
from organisations.models import Account, User
from studies.models.studies import Study

CONCLUSION_LENGTH = 10_000
REASON_LENGTH = 2000


class Review(models.Model):
    """One signed version; an amendment is a new one and says why."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    study = models.ForeignKey(
        Study, models.PROTECT, related_name="reviews", db_constraint=False, db_index=False
    )
    version = models.PositiveSmallIntegerField()
    conclusion = models.TextField(max_length=CONCLUSION_LENGTH)
    reason = models.TextField("reason for amending", max_length=REASON_LENGTH, blank=True)
    signed_by = models.CharField(max_length=255)
    signed_by_user = models.ForeignKey(User, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["version"]
        constraints = [
            SameAccount("study", name="review_study_is_of_the_same_account"),
            models.UniqueConstraint(
                fields=["study", "version"], name="study_has_this_version_of_its_review"
            ),
            models.CheckConstraint(
                condition=models.Q(version=1) ^ ~models.Q(reason=""),
                name="an_amended_review_says_why",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="reviews_are_only_added", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"Review {self.version}"
