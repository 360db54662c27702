"""A small report for a night that nobody recorded: a real PDF, which says what it is."""

from pathlib import Path
from typing import Final

from django.conf import settings

from foundation import paper
from studies.models import NightAttempt, Study
from studies.wanted import Indexes

TEMPLATE: Final = Path(settings.BASE_DIR, "templates", "sandbox_report.typ")


def report_of(study: Study, attempt: NightAttempt, indexes: Indexes) -> bytes:
    """One page, without anything about a patient."""
    measured = {
        name.upper(): str(value)
        for name, value in indexes.as_columns().items()
        if value is not None
    }
    told = {
        "reference": study.reference,
        "night": str(attempt.night),
        "attempt": str(attempt.number),
        "rows": [{"name": name, "value": value} for name, value in measured.items()],
    }
    return paper.pdf(TEMPLATE, told, pictures={}, named=f"sandbox report of study {study.pk}")
