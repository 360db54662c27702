"""The access log: who was shown which patient. Writes are in the history tables instead."""

import pgtrigger
from django.db import models

from foundation.actors import Door


class AccessEntry(models.Model):
    """One patient was shown to somebody. Ids only, no foreign keys: it outlives what it names."""

    account_id = models.BigIntegerField()
    patient_id = models.BigIntegerField()
    order_id = models.BigIntegerField(null=True)
    what = models.CharField(max_length=64)
    door = models.CharField(max_length=16, choices=Door.choices)
    actor = models.CharField(max_length=255)
    user_id = models.BigIntegerField(null=True)
    client_id = models.BigIntegerField(null=True)
    key_id = models.BigIntegerField(null=True)
    ip_address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    shown_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "access log"
        triggers = [
            pgtrigger.Protect(
                name="entries_are_only_added", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
        indexes = [
            models.Index(fields=["patient_id", "-id"], name="access_by_patient"),
            models.Index(fields=["user_id", "-id"], name="access_by_user"),
            *(
                models.Index(
                    fields=[f"{what}_id", "-id"],
                    name=f"access_by_{what}",
                    condition=models.Q((f"{what}_id__isnull", False)),
                )
                for what in ("order", "client", "key")
            ),
            models.Index(fields=["shown_at"], name="access_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.what} by {self.actor}"
