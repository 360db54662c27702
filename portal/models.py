"""What the edge of the API keeps: answers to be given again, how much callers have called, and a
log of their calls. And the history of a library's table, as its rows are changed by people.
"""

from allauth.mfa.models import Authenticator
from django.db import models
from django.db.models.functions import Now

from foundation.actors import Actor
from foundation.history import keep_history


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


class ApiCallQuerySet(models.QuerySet["ApiCall"]):
    def visible_to(self, actor: Actor) -> "ApiCallQuerySet":
        """Like the programs that made them: for who sees the whole account."""
        if actor.sees_all_accounts:
            return self
        if not actor.sees_all_organisations:
            return self.none()
        return self.filter(account_id=actor.account_id)


class ApiCall(models.Model):
    """One call by a known program, for its owner to find again.

    Nothing of what was sent or answered, and of the path only its pattern: a reference that stands
    in it is chosen by the caller (docs/decisions/0051-two-secrets-and-the-log-of-calls.md).
    No foreign keys: they would cost every call a look at each, and programs stay for ever.
    """

    account_id = models.BigIntegerField()
    client_id = models.BigIntegerField(null=True)
    key_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=255)
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=64, blank=True)
    duration_ms = models.PositiveIntegerField()
    request_id = models.CharField(max_length=64)

    objects = ApiCallQuerySet.as_manager()

    class Meta:
        verbose_name = "API call"
        indexes = [
            models.Index(fields=["account_id", "-id"], name="calls_by_account"),
            models.Index(fields=["account_id", "request_id"], name="calls_by_request"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


# Secrets are not kept, and using a factor is no change of it.
@keep_history("SecondFactorHistory", ignoring=("data", "last_used_at"))
class SecondFactor(Authenticator):
    """The library's table, to know who set a second factor up or took one off."""

    class Meta:
        proxy = True
        verbose_name = "second factor"
