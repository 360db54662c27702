"""Values of API v1 requests that come as arrays: the lines of an address and the sensors."""

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from rest_framework import serializers

from foundation.addresses import LINE_LENGTH, LINES_AT_MOST
from foundation.text import shows_nothing
from organisations.sensors import Sensor
from portal.api.fields import CONTROLS, AnyField, Text, Value, Word, Words, YesOrNo
from portal.api.v1.format import SENSORS

MOST_NAMES: Final = 20
# The one that is part of every study.
NECK: Final = next(name for name, sensor in SENSORS.items() if sensor is Sensor.NECK)


class Lines(Value):
    """Address lines; empty ones are left out."""

    default_error_messages: ClassVar[Words] = {
        "invalid": "This must be an array of strings.",
        "count": f"This must have 1 to {LINES_AT_MOST} lines that are not empty.",
    }

    def described(self) -> dict[str, Any]:
        """Empty lines do not count, so the bound is not one of the array's length."""
        return {
            "type": "array",
            "items": {
                "type": "string",
                "maxLength": LINE_LENGTH,
                "pattern": f"^[^{CONTROLS}]*$",
            },
            "contains": {"type": "string", "pattern": r"\S"},
            "minContains": 1,
            "maxContains": LINES_AT_MOST,
        }

    def to_internal_value(self, data: Any) -> tuple[str, ...]:
        if not isinstance(data, list):
            self.fail("invalid")
        sent = [(place, line) for place, line in enumerate(data) if not _is_blank(line)]
        if not 1 <= len(sent) <= LINES_AT_MOST:
            self.fail("count")
        return tuple(_each_valid(sent, Text(most=LINE_LENGTH)))


class Sensors(Value):
    """An array of sensors' names, or an object of names and booleans."""

    default_error_messages: ClassVar[Words] = {
        "invalid": "This must be an array of sensors' names.",
        "count": f"This must have 1 to {MOST_NAMES} sensors.",
        "twice": "This must have each sensor once.",
    }

    def described(self) -> dict[str, Any]:
        array = {
            "type": "array",
            "items": Word(SENSORS).described(),
            "contains": {"const": NECK},
            "uniqueItems": True,
        }
        by_name = {
            "type": "object",
            "properties": {name: {"type": "boolean"} for name in SENSORS} | {NECK: {"const": True}},
            "required": [NECK],
            "additionalProperties": False,
        }
        return {"anyOf": [array, by_name]}

    def to_internal_value(self, data: Any) -> tuple[Sensor, ...]:
        if not isinstance(data, list | dict):
            self.fail("invalid")
        if len(data) > MOST_NAMES:
            self.fail("count")
        names = (
            _wanted(data) if isinstance(data, dict) else _each_valid(enumerate(data), Word(SENSORS))
        )
        if not names:
            self.fail("count")
        if len(set(names)) < len(names):
            self.fail("twice")
        return tuple(SENSORS[name] for name in names)


def _wanted(members: dict[str, Any]) -> list[str]:
    """The names that are true; one that is no sensor is an error whatever it is."""
    _, unknown = _tried(zip(members, members, strict=True), Word(SENSORS))
    _, unclear = _tried(members.items(), YesOrNo())
    wrong = {
        name: unknown.get(name, []) + unclear.get(name, [])
        for name in members
        if name in unknown or name in unclear
    }
    if wrong:
        raise serializers.ValidationError(wrong)
    return [name for name, yes in members.items() if yes]


def _is_blank(line: Any) -> bool:
    return isinstance(line, str) and shows_nothing(line)


def _each_valid(values: Iterable[tuple[Any, Any]], field: AnyField) -> list[Any]:
    """Each value as the field reads it, or an error that tells by key or place what is wrong."""
    found, wrong = _tried(values, field)
    if wrong:
        raise serializers.ValidationError(wrong)
    return found


def _tried(
    values: Iterable[tuple[Any, Any]], field: AnyField
) -> tuple[list[Any], dict[Any, list[Any]]]:
    """What is valid as the field reads it, and what is wrong by key or place."""
    found, wrong = [], {}
    for key, value in values:
        try:
            found.append(field.run_validation(value))
        except serializers.ValidationError as error:
            wrong[key] = list(error.detail)
    return found, wrong
