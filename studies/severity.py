"""How severe the apnoea of a night is, by the number of events in an hour (contracts/v1.md section
6, R16: the general medical convention).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.db import models


class Severity(models.TextChoices):
    NORMAL = "normal", "Normal"
    MILD = "mild", "Mild"
    MODERATE = "moderate", "Moderate"
    SEVERE = "severe", "Severe"


# From so many events in an hour on, the most severe first.
BEGINS_AT: Final[Mapping[Severity, int]] = {
    Severity.SEVERE: 30,
    Severity.MODERATE: 15,
    Severity.MILD: 5,
    Severity.NORMAL: 0,
}


def severity_of(index: Decimal | None) -> Severity | None:
    if index is None:
        return None
    return next(severity for severity, least in BEGINS_AT.items() if index >= least)
