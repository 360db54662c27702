"""When somebody was last here. Noted at most once in a few minutes, so that pages cost nothing."""

from datetime import timedelta

from django.utils import timezone

from organisations.models import User

NOTED_EVERY = timedelta(minutes=5)


def note_seen(user: User) -> None:
    """Remember that the user is here, unless that was noted a moment ago."""
    now = timezone.now()
    if user.seen_at is None or user.seen_at <= now - NOTED_EVERY:
        User.objects.filter(pk=user.pk).update(last_seen_at=now)
        user.last_seen_at = now
