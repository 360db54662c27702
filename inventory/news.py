"""What of the life of devices and packed kits is news for others, and in which of our words."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.db import models
from django.utils import timezone

from inventory.models import Device, PackedKit
from webhooks.recording import News, record_each

DEVICES: Final = "device"
PACKED_KITS: Final = "packed_kit"


class DeviceTurn(models.TextChoices):
    ASSOCIATED = "device_associated", "Device given to a patient"
    DISSOCIATED = "device_dissociated", "Device taken from a patient"


class PackedKitTurn(models.TextChoices):
    STARTED = "packed_kit_started", "Packing a kit begun"
    PACKED = "packed_kit_packed", "Kit packed"
    LINKED = "packed_kit_linked", "Packed kit given to a patient"
    UNLINKED = "packed_kit_unlinked", "Packed kit taken from a patient"
    VOIDED = "packed_kit_voided", "Packed kit taken apart"


def tell_of_devices(
    devices: Iterable[Device], turn: DeviceTurn, *, patient_id: int, account_id: int
) -> None:
    """Make known to the account what came to be true of these devices and this patient."""
    facts = ({"device": device.pk, "patient": patient_id} for device in devices)
    record_each([_news(DEVICES, "device", turn, one) for one in facts], account_id=account_id)


def tell_of_packed_kits(
    packed_kits: Iterable[PackedKit],
    turn: PackedKitTurn,
    *,
    account_id: int,
    patient_id: int | None = None,
) -> None:
    """The same of packed kits. A kit is told of as a whole, so no device is named."""
    facts = (
        {"packed_kit": packed_kit.pk, "device": None, "patient": patient_id}
        for packed_kit in packed_kits
    )
    record_each(
        [_news(PACKED_KITS, "packed_kit", turn, one) for one in facts], account_id=account_id
    )


def _news(
    channel: str, about: str, turn: models.TextChoices, facts: Mapping[str, int | None]
) -> News:
    return News(
        channel=channel,
        reference=str(facts[about]),
        kinds=(str(turn.value),),
        is_of_a_study=False,
        facts=facts,
        happened_at=timezone.now(),
    )
