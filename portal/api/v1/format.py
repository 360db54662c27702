"""The words and shapes of API v1 (contracts/v1.md sections 1.4, 1.5 and 2): every name that an
answer puts on the wire. What a request may hold is in `serializers`.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse

from orders.models import Order, Referral
from orders.referral_statuses import ReferralStatus as Decided
from orders.statuses import CALLED_OFF
from organisations.sensors import Sensor
from portal.api.errors import Path, Problem, Refused
from studies.models import Study
from studies.statuses import StudyStatus as Progress

ORDER: Final = "order"
STUDY: Final = "study"
REFERRAL: Final = "referral"
ORDERS: Final = "/v1/orders"
STUDIES: Final = "/v1/studies"
REFERRALS: Final = "/v1/referrals"
SENSORS: Final[Mapping[str, Sensor]] = {
    "neck_sensor": Sensor.NECK,
    "oximeter": Sensor.OXIMETER,
}

# Where the domain's fields are among the attributes.
FIELDS: Final[Mapping[str, Path]] = {
    "reference": ("reference",),
    "status": ("status",),
    "organisation": ("organisation",),
    "address": ("shippingAddress",),
    "patient": ("patient",),
    "patient.reference": ("patient", "reference"),
    "patient.date_of_birth": ("patient", "dob"),
    "study.nights": ("study", "nights"),
    "study.sensors": ("study", "sensors"),
}


class OrderStatus(models.TextChoices):
    """What v1 shows of an order's life: contracts/v1.md, House decisions, Order status."""

    CREATED = "created"
    SENT_FOR_FULFILMENT = "sent_for_fulfilment"
    CANCELLED = "cancelled"


_over = models.Q(status__in=sorted(CALLED_OFF))
_sent = models.Q(sent_for_fulfilment_at__isnull=False)

# The same as `status_of`, asked of the database.
HAVING: Final[Mapping[OrderStatus, models.Q]] = {
    OrderStatus.CREATED: ~_over & ~_sent,
    OrderStatus.SENT_FOR_FULFILMENT: ~_over & _sent,
    OrderStatus.CANCELLED: _over,
}


def status_of(order: Order) -> OrderStatus:
    if order.is_called_off:
        return OrderStatus.CANCELLED
    if order.is_sent_for_fulfilment:
        return OrderStatus.SENT_FOR_FULFILMENT
    return OrderStatus.CREATED


# The columns that an order's document is made of.
SHOWN: Final = (
    "public_id",
    "reference",
    "status",
    "placed_at",
    "sent_for_fulfilment_at",
    "cancelled_at",
)


def order_document(order: Order) -> dict[str, Any]:
    """The resource, without anything about the patient."""
    times = {
        "createdAt": order.placed_at,
        "sentForFulfilmentAt": order.sent_for_fulfilment_at,
        "cancelledAt": order.cancelled_at,
    }
    return _resource(ORDER, order, {"status": status_of(order).value, **_known(times)}, of=ORDERS)


class StudyStatus(models.TextChoices):
    """What v1 shows of an in-house study's life: contracts/v1.md, House decisions, Study and
    referral status.
    """

    CREATED = "created"
    ACTIVATED = "activated"
    IN_PROGRESS = "in_progress"
    FINISHED = "finished"
    CANCELLED = "cancelled"


def status_of_study(study: Study) -> StudyStatus:
    """What waits for a review is not finished yet for whoever ordered."""
    if study.is_finished:
        return StudyStatus.FINISHED
    if study.status == Progress.RESULT_READY:
        return StudyStatus.IN_PROGRESS
    return StudyStatus(study.status)


def study_document(study: Study, *, with_code: bool) -> dict[str, Any]:
    """The resource, without anything about the patient; the code while it opens something."""
    times = {
        "createdAt": study.created_at,
        "activatedAt": study.activated_at,
        "finishedAt": study.finished_at,
        "cancelledAt": study.cancelled_at,
    }
    shown = {"status": status_of_study(study).value, **_known(times)}
    if with_code and study.has_a_live_code:
        shown["activationCode"] = study.shown_code
    return _resource(STUDY, study, shown, of=STUDIES)


class ReferralStatus(models.TextChoices):
    """What v1 shows of a referral's life: contracts/v1.md, House decisions, Study and referral
    status.
    """

    RECEIVED = "received"
    VERIFIED = "verified"
    REJECTED = "rejected"
    SENT_FOR_FULFILMENT = "sent_for_fulfilment"
    CANCELLED = "cancelled"


def status_of_referral(referral: Referral) -> ReferralStatus:
    """Once it is verified, its order tells how it goes on."""
    if referral.order is None:
        return ReferralStatus(referral.status)
    status = status_of(referral.order)
    return (
        ReferralStatus.VERIFIED if status is OrderStatus.CREATED else ReferralStatus(status.value)
    )


def referral_document(referral: Referral) -> dict[str, Any]:
    """The resource, without anything about the patient, and without the reason of a rejection."""
    order = referral.order
    is_verified = referral.status == Decided.VERIFIED
    times = {
        "createdAt": referral.received_at,
        "verifiedAt" if is_verified else "rejectedAt": referral.decided_at,
        "sentForFulfilmentAt": order.sent_for_fulfilment_at if order else None,
        "cancelledAt": order.cancelled_at if order else None,
    }
    shown = {"status": status_of_referral(referral).value, **_known(times)}
    return _resource(REFERRAL, referral, shown, of=REFERRALS)


def _resource(
    type_: str, kept: Order | Study | Referral, shown: Mapping[str, Any], *, of: str
) -> dict[str, Any]:
    return {
        "type": type_,
        "id": str(kept.public_id),
        "attributes": {"reference": kept.reference, **shown},
        "links": {"self": link_to(kept.reference, of=of)},
    }


def _known(times: Mapping[str, datetime | None]) -> dict[str, str]:
    return {name: timestamp(time) for name, time in times.items() if time}


def link_to(reference: str, *, of: str = ORDERS) -> str:
    return f"{settings.PUBLIC_BASE_URL}{of}/{quote(reference, safe='')}"


def link_to_page(parameters: Mapping[str, str], *, of: str = ORDERS) -> str:
    return f"{settings.PUBLIC_BASE_URL}{of}?{urlencode(parameters)}"


def answer(
    document: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    return HttpResponse(
        json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def refuse(
    refused: Refused,
    request: HttpRequest,
    *,
    sent: Any = None,
    fields: Mapping[str, Path] = FIELDS,
) -> HttpResponse:
    """The errors document (section 1.5); pointers name what exists in `sent`, the body if read."""
    return answer(
        {
            "errors": [_error(problem, sent, fields) for problem in refused.problems],
            "meta": {"requestId": request.META.get("HTTP_X_REQUEST_ID", "")},
        },
        status=refused.status,
        headers=refused.headers,
    )


def attributes_path(sent: Any) -> Path:
    """Where the attributes are: a body without `data` is the attributes themselves."""
    return ("data", "attributes") if isinstance(sent, dict) and "data" in sent else ()


def timestamp(time: datetime) -> str:
    """With microseconds, so that it can be given back as a limit of a list."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _error(problem: Problem, sent: Any, fields: Mapping[str, Path]) -> dict[str, Any]:
    error: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "status": str(problem.status),
        "code": problem.code,
        "title": problem.code.replace("_", " ").capitalize(),
        "detail": problem.message,
    }
    if source := _source(problem, sent, fields):
        error["source"] = source
    if problem.reason:
        error["meta"] = {"reason": problem.reason}
    return error


def _source(problem: Problem, sent: Any, fields: Mapping[str, Path]) -> dict[str, str]:
    if problem.parameter:
        return {"parameter": problem.parameter}
    if problem.header:
        return {"header": problem.header}
    if problem.path is None and (sent is None or not problem.field):
        return {}
    path = problem.path if problem.path is not None else _path_of(problem.field, sent, fields)
    return {"pointer": _pointer(path if sent is None else _nearest(path, sent))}


def _path_of(field: str, sent: Any, fields: Mapping[str, Path]) -> Path:
    """The path of the domain's field; a number at its end is a place in a list."""
    name, _, last = field.rpartition(".")
    if not last.isdecimal():
        return (*attributes_path(sent), *fields.get(field, ()))
    path = (*attributes_path(sent), *fields.get(name, ()))
    return (*path, _place(int(last), _at(path, sent)))


def _place(place: int, sensors: Any) -> str | int:
    """Sensors may come as an object; then the wanted ones count in their order."""
    if isinstance(sensors, dict):
        wanted: list[str] = [name for name, yes in sensors.items() if yes]
        return wanted[place]
    return place


def _at(path: Path, sent: Any) -> Any:
    for step in path:
        sent = sent[step] if _has(sent, step) else None
    return sent


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)


def _nearest(path: Path, sent: Any) -> Path:
    """As far along the path as it exists in what was sent."""
    for length, step in enumerate(path):
        if not _has(sent, step):
            return path[:length]
        sent = sent[step]
    return path


def _pointer(path: Path) -> str:
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return "".join(f"/{step}" for step in steps)
