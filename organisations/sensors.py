"""The sensors a patient can wear, and the modes in which a result is emitted."""

from collections.abc import Iterable

from django.db import models


class Sensor(models.TextChoices):
    NECK = "neck", "Neck sensor"
    OXIMETER = "oximeter", "Oximeter"


class EmitOn(models.TextChoices):
    """When a finished study is announced: with its result, or after a clinician's review."""

    COMPLETE = "complete", "When the result is complete"
    REVIEWED = "reviewed", "When a clinician has reviewed it"


class SeverityIndex(models.TextChoices):
    """Which index says how severe a night is."""

    AHI3 = "ahi3", "AHI3: desaturation of 3%"
    AHI4 = "ahi4", "AHI4: desaturation of 4%"


def in_order(sensors: Iterable[str]) -> list[str]:
    """Each sensor once, in the order of the enum, so that equal sets are equal columns."""
    wanted = set(sensors)
    return [sensor.value for sensor in Sensor if sensor.value in wanted]


def in_words(sensors: Iterable[str]) -> str:
    """Neck sensor and oximeter."""
    first, *rest = (str(Sensor(sensor).label) for sensor in in_order(sensors))
    return " and ".join((first, *(label.lower() for label in rest)))
