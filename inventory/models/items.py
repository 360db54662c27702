"""One thing that can lie in a parcel, what it is, and who makes it."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models

from foundation.history import keep_history
from organisations.models import Account


@keep_history("ManufacturerHistory")
class Manufacturer(models.Model):
    name = models.CharField(max_length=200, unique=True)
    account = models.OneToOneField(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The account that is this manufacturer, and may offer items of its own.",
    )

    def __str__(self) -> str:
        return self.name


class IdentifierType(models.TextChoices):
    """By what a device of an item is told from others."""

    SERIAL = "serial", "Serial number"
    IMEI = "imei", "IMEI"
    ICCID = "iccid", "ICCID"
    MAC_ADDRESS = "mac_address", "MAC address"
    SIM_CARD_NUMBER = "sim_card_number", "SIM card number"


class ItemSize(models.TextChoices):
    STANDARD = "standard"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    EXTRA_LARGE = "extra_large"


class ItemClass(models.TextChoices):
    WEARABLE = "wearable"
    GLUCOSE = "glucose"
    MISCELLANEOUS = "miscellaneous"
    CIRCULATORY = "circulatory"
    PACKAGING = "packaging"
    LAB = "lab"
    BODY = "body"
    FAMILY_PLANNING = "family_planning"
    CPAP = "cpap", "CPAP"
    CONNECTIVITY = "connectivity"
    GENERAL_HEALTH = "general_health"
    SERVICE = "service"
    THERMOMETER = "thermometer"
    POWER = "power"
    RESPIRATORY = "respiratory"
    INFO = "info"


class ReadingType(models.TextChoices):
    """What a device of an item measures."""

    BLOOD_PRESSURE = "blood_pressure"
    BLOOD_GLUCOSE = "blood_glucose"
    CONTINUOUS_BLOOD_GLUCOSE = "continuous_blood_glucose"
    SPO2 = "spo2", "SpO2"
    WEIGHT = "weight"
    TEMPERATURE = "temperature"
    HEART_RATE = "heart_rate"
    HEART_RATE_VARIABILITY = "heart_rate_variability"
    PEAK_FLOW = "peak_flow"
    SLEEP_MAT_ACTIVITY = "sleep_mat_activity"
    SLEEP_MAT_DURATION = "sleep_mat_duration"


class DimensionUnit(models.TextChoices):
    INCH = "in", "inches"
    CENTIMETRE = "cm", "centimetres"


def _measure() -> "models.DecimalField[Any, Any]":
    return models.DecimalField(
        max_digits=8, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )


@keep_history("ItemHistory")
class Item(models.Model):
    """One thing that can lie in a parcel."""

    manufacturer = models.ForeignKey(Manufacturer, models.PROTECT, related_name="items")
    name = models.CharField(max_length=200)
    model = models.CharField(max_length=200, blank=True)
    sku = models.CharField("SKU", max_length=64, unique=True)
    orderable = models.BooleanField(default=True)
    is_the_phone = models.BooleanField(
        "is the smartphone",
        default=False,
        help_text="Sent along when a study order asks for a smartphone.",
    )
    identifier_type = models.CharField(
        "devices are told apart by",
        max_length=32,
        choices=IdentifierType,
        blank=True,
        help_text="Empty when nobody counts them one by one.",
    )
    item_class = models.CharField("class", max_length=32, choices=ItemClass, blank=True)
    class_type = models.CharField(
        "type within the class", max_length=64, blank=True, help_text="Like bpMonitor."
    )
    size = models.CharField(max_length=16, choices=ItemSize, default=ItemSize.STANDARD, blank=True)
    length = _measure()
    width = _measure()
    height = _measure()
    dimension_unit = models.CharField(
        "unit of length, width and height", max_length=2, choices=DimensionUnit, default="cm"
    )
    reading_type = models.CharField("measures", max_length=32, choices=ReadingType, blank=True)
    certifications = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        help_text="With commas between them.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_the_phone"],
                condition=models.Q(is_the_phone=True),
                name="one_item_is_the_phone",
            )
        ]

    def __str__(self) -> str:
        return self.name
