"""The buttons of the sandbox on the pages of a test account's order or study."""

from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from foundation.actors import Permission
from foundation.errors import Forbidden, NotFound, Refusal
from foundation.rows import the_one
from orders.errors import OrderNotFound
from orders.models import Order
from organisations.visit import Visit, staff_page
from portal.sandbox.playing import Until, play
from studies.errors import StudyNotFound
from studies.models import Study

SENDS: Final = ("POST",)


@staff_page(Permission.SIMULATE, methods=SENDS)
def play_order(visit: Visit, order_id: UUID) -> HttpResponse:
    order = the_one(Order.objects.visible_to(visit.actor).filter(public_id=order_id))
    if order is None:
        raise OrderNotFound
    return _play(visit, order, reverse("orders:order", args=[order_id]))


@staff_page(Permission.SIMULATE, methods=SENDS)
def play_study(visit: Visit, study_id: UUID) -> HttpResponse:
    study = the_one(Study.objects.visible_to(visit.actor).filter(public_id=study_id))
    if study is None:
        raise StudyNotFound
    return _play(visit, study, reverse("home"))


def _play(visit: Visit, what: Order | Study, page: str) -> HttpResponse:
    """It is told on the page where the button was what happened."""
    wants_all = visit.request.POST.get("until") == Until.FINISHED
    until = Until.FINISHED if wants_all else Until.NEXT
    try:
        happened = play(what, until=until, actor=visit.actor)
        messages.success(visit.request, " ".join(happened))
    except (Forbidden, NotFound):
        raise
    except Refusal as refusal:
        messages.error(visit.request, refusal.words)
    return redirect(_back(visit.request, otherwise=page))


def _back(request: HttpRequest, *, otherwise: str) -> str:
    """To the page that the button was on, as far as the browser tells."""
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, request.get_host()):
        return otherwise
    return urlsplit(before)._replace(scheme="", netloc="").geturl() or otherwise
