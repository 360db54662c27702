"""Times that the recording side gives: its clocks are not ours."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils import timezone

from studies.errors import TimeInTheFuture, TimesOutOfOrder, TimeTooLongAgo

# A phone's clock may be fast by so much.
LEEWAY: Final = timedelta(minutes=10)
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)


def check_moment(moment: datetime | None, *, field: str) -> None:
    """Raises TimeInTheFuture, TimeTooLongAgo."""
    if moment is None:
        return
    if moment > timezone.now() + LEEWAY:
        raise TimeInTheFuture(field=field)
    if moment < EARLIEST:
        raise TimeTooLongAgo(field=field)


def check_order(began: datetime | None, completed: datetime) -> None:
    """Raises TimesOutOfOrder."""
    if began is not None and began > completed:
        raise TimesOutOfOrder(field="completed_at")
