"""The log of deliveries: what was posted to an account's endpoints, how each try went, and having
it sent again.
"""

from dataclasses import replace
from typing import Final

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from foundation.errors import Forbidden, Refusal
from foundation.ids import number_in
from orders.models import Order
from organisations.visit import SHOWS, Visit
from portal.developers import looking
from portal.developers.asking import Question, ask, sent
from portal.developers.door import developers_page
from portal.developers.looking import Found
from portal.developers.webhooks import delivery_words, endpoint_words
from portal.developers.webhooks.delivery_forms import DeliveryFilterForm, RedeliverForm
from portal.developers.webhooks.figures import is_behind
from portal.told_patients import record_told_patients
from webhooks.log import REDELIVERED_AT_ONCE, redeliver, redeliver_all, sendable
from webhooks.models import Delivery, WebhookEndpoint
from webhooks.retention import BODIES_ARE_KEPT

ENDPOINTS_AT_MOST: Final = 500
# Each shows an answer of up to 64 KiB.
TRIES_A_PAGE: Final = 20
SO_MANY: Final = (
    f" {REDELIVERED_AT_ONCE:,} are sent at once, the oldest first: narrow the days down for others."
)
NONE_CAN_BE_SENT: Final = (
    "None of these can be sent again: what was sent is kept for"
    f" {BODIES_ARE_KEPT.days} days, and nothing is sent to an endpoint that is paused or removed."
)


@developers_page(methods=SHOWS)
def deliveries(visit: Visit) -> HttpResponse:
    """The newest deliveries, or those before or after the one that the address names."""
    form, asked = _narrowed(visit), visit.request.GET
    found = _find(visit, form)
    again = reverse("developers:redeliver_these")
    return visit.page(
        "developers/deliveries.html",
        here="developers",
        form=form,
        found=found,
        looked_through=looking.LOOKED_THROUGH,
        rows=delivery_words.rows_of(found.rows),
        again_url=looking.with_filters(again, asked) if form.is_filled else "",
        **looking.ways_on(reverse("developers:deliveries"), asked, found),
    )


@developers_page()
def redeliver_these(visit: Visit) -> HttpResponse:
    """Ask whether all that the address asks for is to be sent again, and have it sent."""
    form = _narrowed(visit)
    back = looking.with_filters(reverse("developers:deliveries"), visit.request.GET)
    if form.errors or not form.is_filled:
        return redirect(back)
    once = RedeliverForm(sent(visit))
    many = _how_many(visit, form)

    def send() -> HttpResponse:
        with once.sending(actor=visit.actor) as is_first:
            if is_first:
                _say_how_many(visit, redeliver_all(form.wanted, actor=visit.actor))
        return redirect(back)

    if not many and not visit.is_answered:
        _say_how_many(visit, many)
        return redirect(back)
    return ask(visit, _redeliver_question(form, many, back), once, send)


@developers_page(methods=SHOWS)
def delivery_page(visit: Visit, number: str) -> HttpResponse:
    delivery = _find_one(visit, number)
    asked = visit.request.GET
    tries = looking.look_for(
        Q(), among=delivery.attempts.all(), asked=asked, is_bounded=False, size=TRIES_A_PAGE
    )
    is_purged = delivery.purged_at is not None
    record_told_patients([delivery], what="webhook delivery", actor=visit.actor)
    return visit.page(
        "developers/delivery.html",
        here="developers",
        **delivery_words.line_of(delivery),
        order=_order_of(visit, delivery),
        endpoint_url=_url_of(delivery.endpoint),
        next_try=delivery_words.next_try_of(delivery, is_behind=is_behind(delivery)),
        why_not=delivery_words.why_not_again(delivery),
        message_id=delivery_words.message_id_of(delivery),
        body=delivery_words.body_of(delivery),
        tries=[delivery_words.try_of(one, is_purged=is_purged) for one in tries.rows],
        not_kept=delivery_words.NOT_KEPT,
        back_url=visit.back_to("developers:deliveries"),
        **looking.ways_on(visit.request.path, asked, tries),
    )


@developers_page(methods=("POST",))
def redeliver_one(visit: Visit, number: str) -> HttpResponse:
    delivery = _find_one(visit, number)
    try:
        redeliver(delivery, actor=visit.actor)
    except Forbidden:
        raise
    except Refusal as refusal:
        messages.error(visit.request, refusal.words)
    else:
        messages.success(visit.request, "It is being sent again.")
    return redirect("developers:delivery", delivery.pk)


def _narrowed(visit: Visit) -> DeliveryFilterForm:
    """What the address asks for; another account's endpoint is not there."""
    endpoints = WebhookEndpoint.objects.visible_to(visit.actor).order_by("-pk")
    form = DeliveryFilterForm(visit.request.GET, endpoints=endpoints[:ENDPOINTS_AT_MOST])
    name = visit.request.GET.get("endpoint", "")
    if name and name not in form.endpoints:
        raise Http404
    return form


def _find(visit: Visit, form: DeliveryFilterForm) -> Found[Delivery]:
    """What endpoint or order it was for comes along an index; for the rest is looked."""
    rows = delivery_words.with_what_is_shown(Delivery.objects.visible_to(visit.actor))
    having = Q(pk__in=[])
    if not form.errors:
        wanted = form.wanted
        rows = rows.filter(endpoint=form.chosen) if form.chosen else rows
        rows = rows.filter(reference=wanted.reference) if wanted.reference else rows
        having = replace(wanted, endpoint=None, reference="").having
    is_bounded = bool(having) and not form.errors
    return looking.look_for(having, among=rows, asked=visit.request.GET, is_bounded=is_bounded)


def _find_one(visit: Visit, number: str) -> Delivery:
    """The delivery of this number; another account's is not there."""
    rows = Delivery.objects.visible_to(visit.actor).select_related("endpoint", "event")
    found = rows.filter(pk=number_in(number)).first()
    if found is None:
        raise Http404
    return found


def _order_of(visit: Visit, delivery: Delivery) -> Order | None:
    """The order it tells of."""
    number = delivery.event.facts.get("order")
    return Order.objects.visible_to(visit.actor).filter(pk=number).first() if number else None


def _url_of(endpoint: WebhookEndpoint) -> str:
    return "" if endpoint.removed_at else endpoint_words.address(endpoint)


def _redeliver_question(form: DeliveryFilterForm, many: int, back: str) -> Question:
    how_many = endpoint_words.number_of(
        many,
        at_most=REDELIVERED_AT_ONCE,
        one="delivery is sent again,",
        more="deliveries are sent again,",
    )
    return Question(
        title="Redeliver all of these",
        about=form.words,
        lead=f"{how_many} with the same body and the same message ID as before. What is not kept"
        " any more is left out, and so are endpoints that are paused or removed."
        + SO_MANY
        * (many > REDELIVERED_AT_ONCE),
        button="Redeliver",
        back=back,
    )


def _how_many(visit: Visit, form: DeliveryFilterForm) -> int:
    """How many can be sent again; one more than are sent at once stands for all that are more."""
    fitting = sendable(Delivery.objects.visible_to(visit.actor).filter(form.wanted.having))
    return fitting[: REDELIVERED_AT_ONCE + 1].count()


def _say_how_many(visit: Visit, many: int) -> None:
    if many:
        words = "1 delivery is" if many == 1 else f"{many:,} deliveries are"
        messages.success(visit.request, f"{words} being sent again.")
    else:
        messages.warning(visit.request, NONE_CAN_BE_SENT)
