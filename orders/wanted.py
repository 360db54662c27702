"""What must be known before an order can be placed or changed. Every door fills one of these."""

from dataclasses import dataclass
from typing import Final

from django.db import models

from foundation.addresses import Address
from foundation.phones import Phone
from patients.wanted import KnownPatient, PatientWanted
from studies.wanted import TermsWanted

LARGEST_COUNT: Final = 2**31 - 1


class ShippingOption(models.TextChoices):
    STANDARD = "standard", "Standard"
    OVERNIGHT = "overnight", "Overnight"


@dataclass(frozen=True)
class KnownSite:
    id: int


@dataclass(frozen=True, kw_only=True)
class StudyWanted:
    """`phone_asked` says that whoever orders asked the patient about a smartphone; programs that
    order by API have promised to, and it is not recorded for them. With a `referral` the study is
    known by the referral's reference.
    """

    terms: TermsWanted
    phone_needed: bool = False
    phone_asked: bool = False
    referral: str | None = None


@dataclass(frozen=True, kw_only=True)
class LineWanted:
    """So many of an item or of a kit, by id; exactly one of the two."""

    count: int
    item_id: int | None = None
    kit_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReturnWanted:
    """What is expected back: devices and packed kits by id, and so many of other items."""

    devices: tuple[int, ...] = ()
    packed_kits: tuple[int, ...] = ()
    items: tuple[LineWanted, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.devices or self.packed_kits or self.items)


NOTHING_BACK = ReturnWanted()


@dataclass(frozen=True, kw_only=True)
class OrderWanted:
    """`address` None is the recipient's own; `reference` None is one of ours. An order without a
    study may have no lines, if something is expected back.
    """

    recipient: PatientWanted | KnownPatient | KnownSite
    contents: StudyWanted | tuple[LineWanted, ...]
    address: Address | None = None
    reference: str | None = None
    external_ids: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    shipping_option: ShippingOption | None = None
    email_label: bool = False
    returns: ReturnWanted = NOTHING_BACK


@dataclass(frozen=True, kw_only=True)
class OrderChange:
    """What shall be different. None leaves a thing as it is; cancelling wins over the rest."""

    cancel: bool = False
    address: Address | None = None
    email: str | None = None
    phone: Phone | None = None
    reason: str = ""
