"""The log of what was posted to webhooks (contracts/v3.md sections 3.9 and 4.17)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import OuterRef, Q, Subquery
from django.http import HttpResponse, QueryDict
from rest_framework.request import Request

from portal.api.errors import Problem
from portal.api.v3 import format as wire
from portal.api.v3 import query
from portal.api.v3.documents import Document
from portal.api.v3.event_types import BY_WORD, TYPES
from portal.api.v3.format import told
from portal.api.v3.views import V3Endpoint
from portal.told_patients import record_told_patients
from webhooks.models import Attempt, Delivery, Dialect
from webhooks.models.deliveries import DeliveryQuerySet

# As many tries as anybody has asked for.
MOST_TRIES: Final = 30_000
STATUSES: Final = (100, 599)
LAST_TRY: Final = Attempt.objects.filter(delivery=OuterRef("pk"), number=OuterRef("tries"))


class WebhookLogs(V3Endpoint):
    """`/api/v3/webhook/logs`"""

    @property
    def deliveries(self) -> DeliveryQuerySet:
        """What was owed to webhooks of this dialect, removed ones too."""
        return Delivery.objects.visible_to(self.caller.actor).filter(
            account=self.caller.actor.one_account, endpoint__dialect=Dialect.V3
        )

    def get(self, request: Request) -> HttpResponse:
        document, deliveries = self.page(self._asked, load=self._load, write=log_document)
        record_told_patients(deliveries, what="API v3", actor=self.caller.actor)
        return wire.answer(document)

    def _asked(self, problems: list[Problem]) -> DeliveryQuerySet:
        having = log_filter(self.plain_request.GET, problems)
        return with_last_try(self.deliveries).filter(having).order_by("pk")

    def _load(self, numbers: Sequence[int]) -> Iterable[Delivery]:
        rows = with_last_try(self.deliveries).select_related("endpoint", "event")
        return rows.filter(pk__in=numbers)


def with_last_try(deliveries: DeliveryQuerySet) -> DeliveryQuerySet:
    return deliveries.annotate(
        last_status=Subquery(LAST_TRY.values("status")),
        last_retry_at=Subquery(LAST_TRY.filter(number__gt=1).values("began_at")),
    )


def log_filter(asked: QueryDict, problems: list[Problem]) -> Q:
    """A delivery was retried one time less than it was tried."""
    least, most = STATUSES
    most_retries = query.number(asked, "retryAttemptsMax", problems, least=0, most=MOST_TRIES)
    having = {
        "endpoint__told_as": query.word(asked, "webhookType", problems, among=BY_WORD),
        "tries__gt": query.number(asked, "retryAttemptsMin", problems, least=0, most=MOST_TRIES),
        "tries__lte": None if most_retries is None else most_retries + 1,
        "last_status__in": query.numbers(
            asked, "lastResponseStatus", problems, least=least, most=most
        ),
        "last_retry_at__gte": query.moment(asked, "startLastRetryTimestamp", problems),
        "last_retry_at__lt": query.moment(asked, "endLastRetryTimestamp", problems),
        "owed_at__gte": query.moment(asked, "startTimestamp", problems),
        "owed_at__lt": query.moment(asked, "endTimestamp", problems),
    }
    return Q(**{name: given for name, given in having.items() if given})


def log_document(delivery: Any) -> Document:
    """Of one from `with_last_try`. What is not written yet or not kept any more is left out."""
    body = delivery.body
    return told(
        {
            "id": delivery.pk,
            "webhookId": delivery.endpoint_id,
            "webhookType": TYPES[delivery.endpoint.told_as].word,
            "webhookUrl": delivery.endpoint.url,
            "payload": bytes(body).decode() if body is not None else None,
            "createTimestamp": exact(delivery.owed_at),
            "lastResponseStatus": delivery.last_status,
            "retryAttempts": max(delivery.tries - 1, 0),
            "lastRetryTimestamp": exact(delivery.last_retry_at),
        }
    )


def exact(time: datetime | None) -> str | None:
    """UTC, to the millisecond, as nowhere else (section 12, row 28)."""
    if time is None:
        return None
    here = time.astimezone(UTC)
    return f"{here:%Y-%m-%dT%H:%M:%S}.{here.microsecond // 1000:03d}Z"
