"""When a failed try is made again (contracts/v1.md, House decisions, Retries)."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

# Never earlier than promised; later by up to a tenth, so that not everybody comes at once.
JITTER: Final = 0.1
# Who asks for more than this is asked again anyway.
LONGEST_WAIT: Final = timedelta(days=1)
SECONDS_AT_MOST: Final = int(LONGEST_WAIT.total_seconds())
GIVES_UP_AFTER: Final = timedelta(days=5)


def next_try(
    pauses: Sequence[timedelta], *, tries: int, now: datetime, not_before: datetime | None
) -> datetime | None:
    """When to try again after so many tries that failed; None when that was the last one."""
    if tries > len(pauses):
        return None
    due = now + pauses[tries - 1] * (1 + random.uniform(0, JITTER))  # noqa: S311 - no secret
    return max(due, not_before) if not_before else due


def retry_after(text: str, *, now: datetime) -> datetime | None:
    """The moment that a Retry-After asks for, in seconds or as a date; None when it asks for none
    that is to come. Not further away than a day.
    """
    text = text.strip()
    if text.isascii() and text.isdecimal():
        figures = text.lstrip("0") or "0"
        is_huge = len(figures) > len(str(SECONDS_AT_MOST))
        asked = now + timedelta(seconds=SECONDS_AT_MOST if is_huge else int(figures))
    else:
        try:
            asked = parsedate_to_datetime(text)
        except (ValueError, TypeError, OverflowError):
            return None
        asked = asked if asked.tzinfo else asked.replace(tzinfo=UTC)
    return min(asked, now + LONGEST_WAIT) if asked > now else None
