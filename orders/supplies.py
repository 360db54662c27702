"""The rules about what may be ordered by itself, without a study: contracts/v3.md section 8.
Nothing here writes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from foundation.errors import Faults, Refusal
from inventory.models import AccountCatalogue, KitItem
from orders.supplies_errors import (
    CountTooSmall,
    ItemNotFound,
    ItemNotOrderable,
    KitArchived,
    KitItemNotOrderable,
    KitNotFound,
    LinesMissing,
    LoanerKitToSite,
    LoanerKitTwice,
    ReturnsWithLoanerKit,
    ShippingOptionMissing,
    TwoLoanerKits,
)
from orders.wanted import KnownSite, LineWanted, OrderWanted


@dataclass(frozen=True, kw_only=True)
class KitOffered:
    """A kit of the account's catalogue."""

    is_loaner: bool
    is_archived: bool
    can_be_sent: bool


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What the catalogue has of the things that are asked for. An item says if it is orderable."""

    items: Mapping[int, bool]
    kits: Mapping[int, KitOffered]

    def loaners(self, lines: Sequence[LineWanted]) -> list[tuple[int, LineWanted]]:
        """Lines with a loaner kit, each with its place."""
        loaners = {kit for kit, offered in self.kits.items() if offered.is_loaner}
        return [(place, line) for place, line in enumerate(lines) if line.kit_id in loaners]


def offer_of(lines: Sequence[LineWanted], *, account_id: int) -> Offer:
    """In two queries, however many lines."""
    items = {line.item_id for line in lines if line.item_id is not None}
    kits = {line.kit_id for line in lines if line.kit_id is not None}
    entries = AccountCatalogue.objects.filter(
        Q(item__in=items) | Q(kit__in=kits), account_id=account_id
    )
    found = list(
        entries.values_list("item", "item__orderable", "kit", "kit__is_loaner", "kit__is_archived")
    )
    withdrawn = set(
        KitItem.objects.filter(kit__in=kits, item__orderable=False).values_list("kit", flat=True)
        if kits
        else ()
    )
    return Offer(
        items={item: orderable for item, orderable, *_ in found if item is not None},
        kits={
            kit: KitOffered(
                is_loaner=is_loaner, is_archived=is_archived, can_be_sent=kit not in withdrawn
            )
            for _, _, kit, is_loaner, is_archived in found
            if kit is not None
        },
    )


def check_contents(wanted: OrderWanted, lines: Sequence[LineWanted]) -> None:
    """Something goes out or is expected back, or LinesMissing."""
    if not lines and not wanted.returns:
        raise LinesMissing(field="lines")


def check_loaners(wanted: OrderWanted, lines: Sequence[LineWanted], offer: Offer) -> None:
    """One loaner kit at most, for a patient, and nothing else expected back beside it."""
    loaners = offer.loaners(lines)
    if not loaners:
        return
    faults = Faults()
    for fault in _faults_of_loaners(wanted, loaners):
        with faults.gathered():
            raise fault
    faults.raise_any()


def check_label(wanted: OrderWanted) -> None:
    """A label for what comes back is sent by e-mail, or shipped in a way that was chosen."""
    if wanted.returns and not wanted.email_label and wanted.shipping_option is None:
        raise ShippingOptionMissing(field="shipping_option")


def check_lines(lines: Sequence[LineWanted], offer: Offer) -> None:
    """Each line names what the account may order now, at least one of it."""
    faults = Faults()
    for place, line in enumerate(lines):
        with faults.gathered():
            _check_line(line, offer, field=f"lines.{place}")
    faults.raise_any()


def _faults_of_loaners(
    wanted: OrderWanted, loaners: Sequence[tuple[int, LineWanted]]
) -> Iterator[Refusal]:
    if len(loaners) > 1:
        yield TwoLoanerKits(field=f"lines.{loaners[1][0]}.kit")
    for place, line in loaners:
        if line.count > 1:
            yield LoanerKitTwice(field=f"lines.{place}.count")
    if wanted.returns:
        yield ReturnsWithLoanerKit(field="returns")
    if isinstance(wanted.recipient, KnownSite):
        yield LoanerKitToSite(field="recipient")


def _check_line(line: LineWanted, offer: Offer, *, field: str) -> None:
    if line.count < 1:
        raise CountTooSmall(field=f"{field}.count")
    if line.item_id is not None:
        _check_item(line.item_id, offer, field=f"{field}.item")
    if line.kit_id is not None:
        _check_kit(line.kit_id, offer, field=f"{field}.kit")


def _check_item(item: int, offer: Offer, *, field: str) -> None:
    if item not in offer.items:
        raise ItemNotFound(field=field)
    if not offer.items[item]:
        raise ItemNotOrderable(field=field)


def _check_kit(kit: int, offer: Offer, *, field: str) -> None:
    if kit not in offer.kits:
        raise KitNotFound(field=field)
    if offer.kits[kit].is_archived:
        raise KitArchived(field=field)
    if not offer.kits[kit].can_be_sent:
        raise KitItemNotOrderable(field=field)
