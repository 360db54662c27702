"""The test triggers of API v3 (contracts/v3.md section 3.10): each has what it names sent to the
caller's own webhooks of that type, and answers 201 without a body.
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.http import HttpResponse
from rest_framework.request import Request

from orders.models import EXTERNAL_ID_LENGTH
from orders.statuses import Status
from portal.api.fields import Number, Text, Value, Words
from portal.api.members import Members
from portal.api.v3 import format as wire
from portal.api.v3 import made_up
from portal.api.v3.event_types import TYPES
from portal.api.v3.events import envelope
from portal.api.v3.format import words_of
from portal.api.v3.order_requests import Several
from portal.api.v3.values import Id, Spelling, TextOrNothing, read
from portal.api.v3.views import V3Endpoint
from webhooks.models import WebhookEvent
from webhooks.trials import try_out

STATUSES: Final = words_of(Status)
MOST_IDS: Final = 20
NUMBER_LENGTH: Final = 64
LARGEST_MEASURE: Final = 10_000


class Measure(Value):
    """A number that is measured, with or without decimals."""

    default_error_messages: ClassVar[Words] = {
        "invalid": "This must be a number.",
        "range": f"This must be from 0 to {LARGEST_MEASURE}.",
    }

    def described(self) -> dict[str, Any]:
        return {"type": "number", "minimum": 0, "maximum": LARGEST_MEASURE}

    def to_internal_value(self, data: Any) -> float:
        if type(data) not in (int, float):
            self.fail("invalid")
        if not (math.isfinite(data) and 0 <= data <= LARGEST_MEASURE):
            self.fail("range")
        return float(data)


class Count(Number):
    """A number that is measured in whole ones."""

    def __init__(self) -> None:
        super().__init__(least=0, most=LARGEST_MEASURE, required=False)


class OrderStatusMembers(Members):
    orderStatusName = Spelling(STATUSES)
    externalOrderIds = Several(Text(most=EXTERNAL_ID_LENGTH), most=MOST_IDS)
    orderId = Id(required=False)


class WholeOrderMembers(Members):
    orderId = Id(required=False)
    externalOrderIds = Several(Text(most=EXTERNAL_ID_LENGTH), most=MOST_IDS)
    patientId = Id(required=False)
    orderStatus = Spelling(STATUSES, required=False)
    trackingNumber = TextOrNothing(most=NUMBER_LENGTH)


class AssociationMembers(Members):
    patientId = Id(required=False)
    deviceId = Id(required=False)
    deviceIdentifier = TextOrNothing(most=NUMBER_LENGTH)


class WeightMembers(Members):
    patientId = Id(required=False)
    weight = Measure(required=False)


class BloodPressureMembers(Members):
    patientId = Id(required=False)
    systolic = Count()
    diastolic = Count()
    heartRate = Count()


class BloodGlucoseMembers(Members):
    patientId = Id(required=False)
    glucose = Count()


class BloodOxygenMembers(Members):
    patientId = Id(required=False)
    bloodOxygen = Count()
    heartRate = Count()


class Trial(V3Endpoint):
    """What is read, and which webhooks are sent something."""

    members: ClassVar[type[Members]]
    told_as: ClassVar[str]

    def post(self, request: Request) -> HttpResponse:
        sent, told_as = read(self.read(), self.members), self.told_as

        def body(event: WebhookEvent) -> bytes:
            payload = made_up.WRITERS[told_as](event, sent)
            return envelope(event, told_as, TYPES[told_as].word, payload)

        try_out(told_as, body, actor=self.caller.actor)
        return wire.nothing(status=201)


class OrderStatusTrial(Trial):
    """`/api/v3/test/order-status-webhook`"""

    members, told_as = OrderStatusMembers, "order_status"


class WholeOrderTrial(Trial):
    """`/api/v3/test/order-status-full-webhook`"""

    members, told_as = WholeOrderMembers, "order_status_full"


class AssociationTrial(Trial):
    """`/api/v3/test/device-association-created`"""

    members, told_as = AssociationMembers, "device_associated"


class DissociationTrial(Trial):
    """`/api/v3/test/device-association-removed`"""

    members, told_as = AssociationMembers, "device_dissociated"


class WeightTrial(Trial):
    """`/api/v3/test/weight-webhook`"""

    members, told_as = WeightMembers, "reading_weight"


class BloodPressureTrial(Trial):
    """`/api/v3/test/blood-pressure-webhook`"""

    members, told_as = BloodPressureMembers, "reading_blood_pressure"


class BloodGlucoseTrial(Trial):
    """`/api/v3/test/blood-glucose-webhook`"""

    members, told_as = BloodGlucoseMembers, "reading_blood_glucose"


class BloodOxygenTrial(Trial):
    """`/api/v3/test/blood-oxygen-webhook`"""

    members, told_as = BloodOxygenMembers, "reading_blood_oxygen"


TRIALS: Final[Mapping[str, type[Trial]]] = {
    "order-status-webhook": OrderStatusTrial,
    "order-status-full-webhook": WholeOrderTrial,
    "device-association-created": AssociationTrial,
    "device-association-removed": DissociationTrial,
    "weight-webhook": WeightTrial,
    "blood-pressure-webhook": BloodPressureTrial,
    "blood-glucose-webhook": BloodGlucoseTrial,
    "blood-oxygen-webhook": BloodOxygenTrial,
}
