"""The site's first page: what of a clinic's orders waits for the reader. The operator's people have
the admin instead.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from foundation.actors import Permission
from orders.drafts import unfinished_drafts
from orders.finding import GROUPS, OrderFilter, Selection, StatusGroup
from orders.models import Order, Referral
from orders.phone_use import DAYS_WATCHED, phone_use, watched_since
from orders.statuses import Status
from orders.views.coming_back import count_coming_back
from organisations.visit import SHOWS, Visit, staff_page
from studies.models import Study

COUNTED_AT_MOST: Final = 99


@dataclass(frozen=True, kw_only=True)
class Queue:
    """So many things of one kind, and where they are listed."""

    title: str
    what: str
    found: int
    url: str

    @property
    def count(self) -> str:
        return str(self.found) if self.found <= COUNTED_AT_MOST else f"{COUNTED_AT_MOST}+"


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Orders of these statuses wait for somebody with this permission."""

    title: str
    what: str
    asked_as: Status | StatusGroup
    needs: Permission

    @property
    def statuses(self) -> frozenset[Status]:
        if isinstance(self.asked_as, StatusGroup):
            return GROUPS[self.asked_as]
        return frozenset({self.asked_as})


WAITING: Final = (
    Waiting(
        title="Address to confirm",
        what="They go on when somebody has confirmed where the parcel goes.",
        asked_as=Status.RECONFIRM_ADDRESS,
        needs=Permission.CONFIRM_ADDRESSES,
    ),
    Waiting(
        title="On hold, or information needed",
        what="The reason stands on each order. Answer with a note.",
        asked_as=StatusGroup.HELD,
        needs=Permission.CHANGE_ORDERS,
    ),
    Waiting(
        title="Delivery failed",
        what="Check how the patient is reached and where they live.",
        asked_as=Status.UNSUCCESSFUL_DELIVERY,
        needs=Permission.CHANGE_ORDERS,
    ),
)


@staff_page(Permission.SEE_ORDERS, methods=SHOWS)
def home(visit: Visit) -> HttpResponse:
    """Only what the reader may do something about is counted as waiting for them."""
    seen = Order.objects.visible_to(visit.actor)
    return visit.page(
        "home.html",
        here="home",
        queues=[queue for queue in _queues(visit) if queue.found],
        week=_this_week(visit),
        coming_back=_coming_back(visit),
        phones=phone_use(seen, since=watched_since(timezone.now())),
        days_watched=DAYS_WATCHED,
        limit=visit.account.phone_share_limit,
        minimum=visit.account.phone_share_minimum,
    )


def _queues(visit: Visit) -> Iterator[Queue]:
    if visit.may(Permission.PLACE_ORDERS):
        yield Queue(
            title="Not finished yet",
            what="Drafts that you have begun. They are kept for 7 days.",
            found=_few_of(unfinished_drafts(visit.actor)),
            url=f"{reverse('orders:list')}#drafts",
        )
    yield from _in_line(visit)
    for one in WAITING:
        if visit.may(one.needs):
            asked = OrderFilter(statuses=one.statuses)
            yield _queue(visit, one.title, one.what, asked, status=one.asked_as.value)


def _in_line(visit: Visit) -> Iterator[Queue]:
    """What is not an order yet, or not only one."""
    if visit.may(Permission.REVIEW_RESULTS):
        yield Queue(
            title="Results to review",
            what="Whoever has waited longest comes first.",
            found=_few_of(Study.objects.visible_to(visit.actor).awaiting_review()),
            url=reverse("reviews:list"),
        )
    if visit.may(Permission.VERIFY_REFERRALS):
        yield Queue(
            title="Referrals to verify",
            what="Nothing is sent until somebody has called the patient.",
            found=_few_of(Referral.objects.visible_to(visit.actor).to_verify()),
            url=reverse("referrals:list"),
        )


def _few_of(waiting: QuerySet[Any]) -> int:
    """How many, as far as it is worth counting."""
    return len(waiting.values("pk")[: COUNTED_AT_MOST + 1])


def _this_week(visit: Visit) -> Queue:
    """Since Monday, as the reader's calendar has it."""
    today = timezone.localdate()
    monday = today - datetime.timedelta(days=today.weekday())
    midnight = timezone.make_aware(datetime.datetime.combine(monday, datetime.time.min))
    asked = OrderFilter(placed_from=midnight)
    return _queue(visit, "Orders of this week", "", asked, placed_from=monday.isoformat())


def _coming_back(visit: Visit) -> Queue:
    return Queue(
        title="Coming back",
        what="Devices and kits that are not home yet.",
        found=count_coming_back(visit, at_most=COUNTED_AT_MOST + 1),
        url=reverse("orders:coming_back"),
    )


def _queue(visit: Visit, title: str, what: str, asked: OrderFilter, **answers: str) -> Queue:
    """The orders asked for; `answers` ask for the same in the address of the list."""
    found = Selection(asked, actor=visit.actor).count(at_most=COUNTED_AT_MOST + 1)
    url = f"{reverse('orders:list')}?{urlencode(answers)}"
    return Queue(title=title, what=what, found=found, url=url)
