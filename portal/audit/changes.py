"""Who changed what: the kept versions of all tables as one list, newest first, a page at a time."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value

from foundation.admin.history import Version, Writing, tell
from orders.models import Order
from patients.models import Patient
from portal.audit.subjects import Search
from portal.audit.trails import trails

PAGE_SIZE = 25
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)


@dataclass(frozen=True, order=True)
class Place:
    """Where in the list a version stands: its time, the number of its table, its own number."""

    at: datetime.datetime
    table: int
    number: int

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """Out of an address; None for what nobody made here."""
        parts = text.split(".")
        if len(parts) != 3 or not all(_is_small(part) for part in parts):
            return None
        micros, table, number = (int(part) for part in parts)
        return cls(EPOCH + micros * MICROSECOND, table, number)

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}.{self.table}.{self.number}"


@dataclass(frozen=True)
class Told:
    """One version in words, and the patient and the order that it is about, if any."""

    version: Version
    kept: Any
    patient: Patient | None
    order: Order | None


@dataclass(frozen=True)
class ChangesPage:
    """Versions newest first; `older` is the place to go on from, None at the end."""

    rows: Sequence[Told]
    older: Place | None


def changes_page(search: Search, *, before: Place | None) -> ChangesPage:
    """The newest of what is searched for, or those before a place."""
    places = _places(search, before=before)
    page = places[:PAGE_SIZE]
    older = page[-1] if len(places) > PAGE_SIZE else None
    return ChangesPage(_told(_writings(page)), older)


def _places(search: Search, *, before: Place | None) -> list[Place]:
    """One more than the page holds, in one statement; each table is read along an index."""
    parts = []
    for table, trail in enumerate(trails()):
        found = trail.versions(search)
        if found is not None:
            older = found if before is None else found.filter(_older(before, table))
            parts.append(_newest(older, table))
    if not parts:
        return []
    first, *others = parts
    merged = first.union(*others, all=True).order_by("-pgh_created_at", "-table", "-pgh_id")
    return [Place(*row) for row in merged[: PAGE_SIZE + 1]]


def _newest(found: QuerySet[Any], table: int) -> Any:
    return (
        found.annotate(table=Value(table))
        .order_by("-pgh_created_at", "-pgh_id")
        .values_list("pgh_created_at", "table", "pgh_id")[: PAGE_SIZE + 1]
    )


def _older(place: Place, table: int) -> Q:
    """What comes after this place in the list, of one table."""
    if table < place.table:
        return Q(pgh_created_at__lte=place.at)
    earlier = Q(pgh_created_at__lt=place.at)
    if table > place.table:
        return earlier
    return earlier | Q(pgh_created_at=place.at, pgh_id__lt=place.number)


def _writings(places: Sequence[Place]) -> list[Writing]:
    """The versions at these places, each with the one before it of the same row."""
    found: dict[tuple[int, int], Writing] = {}
    for table in {place.table for place in places}:
        kept = trails()[table].kept
        numbers = [place.number for place in places if place.table == table]
        rows = kept.objects.annotate(past=_past(kept)).in_bulk(numbers)
        past = kept.objects.in_bulk([row.past for row in rows.values() if row.past])
        found |= {(table, pk): Writing(row, past.get(row.past)) for pk, row in rows.items()}
    return [found[place.table, place.number] for place in places]


def _past(kept: Any) -> Subquery:
    same_row = kept.objects.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"))
    return Subquery(same_row.order_by("-pgh_id").values("pgh_id")[:1])


def _told(written: Sequence[Writing]) -> list[Told]:
    by_table = {trail.kept: trail for trail in trails()}
    rows = [(one.now, by_table[type(one.now)]) for one in written]
    orders = Order.objects.select_related("patient").in_bulk(
        {_id(kept, trail.order) for kept, trail in rows} - {None}
    )
    patients = Patient.objects.in_bulk({_id(kept, trail.patient) for kept, trail in rows} - {None})
    told = []
    for version, (kept, trail) in zip(tell(written), rows, strict=True):
        order = orders.get(_id(kept, trail.order))
        its_patient = order.patient if order else None
        patient = patients.get(_id(kept, trail.patient), its_patient)
        told.append(Told(version, kept, patient, order))
    return told


def _id(kept: Any, column: str) -> Any:
    return getattr(kept, column) if column else None


def _is_small(text: str) -> bool:
    """A number that a place can have."""
    return text.isascii() and text.isdecimal() and len(text) <= 17
