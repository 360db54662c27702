"""What the edge of the API keeps: answers to be given again, and how much callers have called."""

from django.db import models


class StoredAnswer(models.Model):
    """The answer to a POST, given again when its Idempotency-Key comes again.

    Of key and request only hashes are kept, and an answer holds no patient data.
    """

    caller = models.CharField(max_length=32)
    key_sha256 = models.CharField(max_length=64)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField()
    body = models.TextField()
    stored_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["caller", "key_sha256"], name="idempotency_key_has_one_answer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.status} for {self.caller}"


class CallBucket(models.Model):
    """A caller's token bucket, told by the moment at which it will be full again.

    The table is unlogged: after a crash of the database all buckets are full.
    """

    caller = models.CharField(max_length=128, primary_key=True)
    full_at = models.DateTimeField(db_index=True)
    wait_seconds = models.FloatField(help_text="What the last call had to wait; 0: it passed.")

    def __str__(self) -> str:
        return self.caller
