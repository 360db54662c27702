"""What the recording side may send, as it is read: every value with its bounds."""

import datetime
import math
import re
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Final

from foundation.ids import LARGEST_ID
from portal.api.errors import Refused, edge_problem
from portal.api.fields import DateOfBirth, Number, Text, Value, Word, Words, YesOrNo
from portal.api.members import Members, faults_in
from portal.sandbox.playing import Until
from studies.models.attempts import LARGEST_INDEX
from studies.references import REFERENCE_LENGTH
from studies.wanted import Activation, AttemptResult, AttemptStart, Indexes

CODE_LENGTH: Final = 32
LARGEST_NUMBER: Final = 100
HUNDREDTH: Final = Decimal("0.01")
# What a number may be off that was computed in binary and written out.
NOISE: Final = 1e-9
MOMENT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
MICROSECONDS: Final = 7


class Moment(Value):
    """RFC 3339 with Z or an offset; parts of a microsecond are cut off."""

    default_error_messages: ClassVar[Words] = {
        "invalid": "This must be a timestamp of RFC 3339, with Z or an offset.",
    }

    def described(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time", "pattern": f"^{MOMENT.pattern}$"}

    def to_internal_value(self, data: Any) -> datetime.datetime:
        found = MOMENT.fullmatch(data) if isinstance(data, str) else None
        if found is None:
            self.fail("invalid")
        text = found[1] + (found[2] or "")[:MICROSECONDS] + found[3]
        try:
            return datetime.datetime.fromisoformat(text.upper()).astimezone(datetime.UTC)
        except (ValueError, OverflowError):
            self.fail("invalid")


class MessageId(Value):
    default_error_messages: ClassVar[Words] = {"invalid": "This must be a UUID."}

    def described(self) -> dict[str, Any]:
        return {"type": "string", "format": "uuid", "pattern": f"^{UUID.pattern}$"}

    def to_internal_value(self, data: Any) -> uuid.UUID:
        if not isinstance(data, str) or not UUID.fullmatch(data):
            self.fail("invalid")
        return uuid.UUID(data)


class Index(Value):
    """Events in an hour of sleep, to a hundredth."""

    default_error_messages: ClassVar[Words] = {
        "invalid": "This must be a number.",
        "range": f"This must be from 0 to {LARGEST_INDEX}.",
        "decimals": "This must have two decimals at most.",
    }

    def described(self) -> dict[str, Any]:
        return {
            "type": "number",
            "minimum": 0,
            "maximum": float(LARGEST_INDEX),
            "multipleOf": float(HUNDREDTH),
        }

    def to_internal_value(self, data: Any) -> Decimal:
        if type(data) not in (int, float) or not math.isfinite(data):
            self.fail("invalid")
        if not 0 <= data <= math.ceil(LARGEST_INDEX):
            self.fail("range")
        value = Decimal(repr(data)).quantize(HUNDREDTH)
        if value > LARGEST_INDEX:
            self.fail("range")
        if abs(float(value) - data) > NOISE:
            self.fail("decimals")
        return value


class NightNumber(Number):
    """The study says how many there are; this is only what can be a number of one."""

    def __init__(self) -> None:
        super().__init__(least=1, most=LARGEST_NUMBER)


class ActivationMembers(Members):
    activationCode = Text(most=CODE_LENGTH)
    dateOfBirth = DateOfBirth()
    messageId = MessageId()
    occurredAt = Moment(required=False)


class StartMembers(Members):
    nightNumber = NightNumber()
    attemptNumber = NightNumber()
    startedAt = Moment()


class IndexMembers(Members):
    ahi3 = Index(required=False)
    ahi4 = Index(required=False)
    odi3 = Index(required=False)
    odi4 = Index(required=False)


class SimulationMembers(Members):
    """Which account, and an order or an in-house study of it."""

    default_error_messages: ClassVar[Words] = {
        "one": "Send order or study, and only one of them.",
    }

    account = Number(least=1, most=LARGEST_ID)
    order = Text(most=REFERENCE_LENGTH, required=False)
    study = Text(most=REFERENCE_LENGTH, required=False)
    until = Word(Until, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("order" in attrs) is ("study" in attrs):
            self.fail("one")
        return attrs


class ResultMembers(Members):
    nightNumber = NightNumber()
    attemptNumber = NightNumber()
    startedAt = Moment(required=False)
    completedAt = Moment()
    valid = YesOrNo()
    indexes = IndexMembers(required=False)


def read(document: Any, members: type[Members]) -> dict[str, Any]:
    """What was sent, valid in itself, or Refused with every fault. Unknown members are ignored."""
    if not isinstance(document, dict):
        raise Refused(edge_problem("invalid_document", "The body must be an object."))
    serializer = members(data=document)
    if not serializer.is_valid():
        faults = faults_in(serializer.errors)
        problems = (
            edge_problem("validation_failed", str(words), path=path) for path, words in faults
        )
        raise Refused(*problems)
    valid: dict[str, Any] = serializer.validated_data
    return valid


def activation_in(sent: Mapping[str, Any]) -> Activation:
    return Activation(
        code=sent["activationCode"],
        date_of_birth=sent["dateOfBirth"],
        message=sent["messageId"],
        happened_at=sent.get("occurredAt"),
    )


def start_in(sent: Mapping[str, Any]) -> AttemptStart:
    return AttemptStart(
        night=sent["nightNumber"], attempt=sent["attemptNumber"], started_at=sent["startedAt"]
    )


def result_in(sent: Mapping[str, Any], *, report: bytes | None) -> AttemptResult:
    return AttemptResult(
        night=sent["nightNumber"],
        attempt=sent["attemptNumber"],
        started_at=sent.get("startedAt"),
        completed_at=sent["completedAt"],
        is_valid=sent["valid"],
        indexes=Indexes(**sent.get("indexes", {})),
        report=report,
    )
