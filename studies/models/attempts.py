"""Attempts at the nights of a study, what was measured in them, and their reports."""

from decimal import Decimal

import pgtrigger
from django.db import models

from foundation.constraints import SameAccount, unique_in_account
from foundation.history import keep_history
from organisations.models import Account
from organisations.models.accounts import MOST_NIGHTS
from organisations.sensors import SeverityIndex
from studies.models.studies import Study
from studies.severity import Severity, severity_of
from studies.statuses import HAS_RESULT, AttemptStatus, attempt_steps

INDEX_NAMES = ("ahi3", "ahi4", "odi3", "odi4")
LARGEST_INDEX = Decimal("999.99")


def _index(name: str) -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(name, max_digits=5, decimal_places=2, null=True)


@keep_history("NightAttemptHistory")
class NightAttempt(models.Model):
    """One try at one night; both are numbered from 1.

    `began_at` and `completed_at` are the recording side's times. From `released_at` on the result
    may leave: at once, or with `reviewed` when a review has spoken of it.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    study = models.ForeignKey(
        Study, models.PROTECT, related_name="attempts", db_constraint=False, db_index=False
    )
    night = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField("attempt")
    status = models.CharField(max_length=16, choices=AttemptStatus, default=AttemptStatus.PENDING)
    ahi3, ahi4, odi3, odi4 = _index("AHI3"), _index("AHI4"), _index("ODI3"), _index("ODI4")
    began_at = models.DateTimeField(null=True)
    start_told_at = models.DateTimeField(null=True, editable=False)
    completed_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True, editable=False)
    has_report = models.BooleanField("report", default=False, editable=False)

    # A list of changes does not ask whether a result was released.
    secret_in_history = INDEX_NAMES

    class Meta:
        ordering = ["night", "number"]
        constraints = [
            unique_in_account("attempt_is_found_within_its_account"),
            SameAccount("study", name="attempt_study_is_of_the_same_account"),
            models.UniqueConstraint(
                fields=["study", "night", "number"], name="night_has_this_attempt_already"
            ),
            models.CheckConstraint(
                condition=models.Q(night__gte=1, night__lte=MOST_NIGHTS, number__gte=1),
                name="attempt_is_at_a_night_of_30",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=sorted(HAS_RESULT), completed_at__isnull=False)
                | (~models.Q(status__in=sorted(HAS_RESULT)) & models.Q(completed_at=None)),
                name="attempt_with_a_result_says_since_when",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="attempt_takes_legal_steps", field="status", transitions=attempt_steps()
            )
        ]

    def __str__(self) -> str:
        return f"Night {self.night}, attempt {self.number}"

    @property
    def has_result(self) -> bool:
        return self.status in HAS_RESULT

    @property
    def is_valid(self) -> bool:
        return self.status == AttemptStatus.VALID

    @property
    def is_released(self) -> bool:
        return self.released_at is not None

    @property
    def indexes(self) -> dict[str, Decimal]:
        """Those that there are, by name."""
        found = {name: getattr(self, name) for name in INDEX_NAMES}
        return {name: value for name, value in found.items() if value is not None}

    def severity_by(self, index: SeverityIndex) -> Severity | None:
        """Only a valid night has one, and only if the index was measured."""
        return severity_of(self.indexes.get(index.value)) if self.is_valid else None


class AttemptReport(models.Model):
    """The PDF of an attempt, in a table of its own: whoever lists attempts does not read it."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    attempt = models.OneToOneField(
        NightAttempt, models.PROTECT, related_name="report", db_constraint=False
    )
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            SameAccount("attempt", name="report_attempt_is_of_the_same_account"),
        ]
        triggers = [pgtrigger.ReadOnly(name="report_stays_as_it_came")]

    def __str__(self) -> str:
        return f"Report of attempt {self.attempt_id}"
