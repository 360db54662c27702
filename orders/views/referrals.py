"""Patients who were referred: the queue to verify, the page of one, and what is decided there."""

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.errors import Forbidden, Refusal
from foundation.forms import StaffForm
from foundation.keyset import Page, in_turn_from, newest_first
from foundation.templatetags.words import moment
from orders.forms.referral import RejectForm, VerifyForm
from orders.models import Referral
from orders.models.referrals import ReferralQuerySet
from orders.referral_errors import ReferralIsDecided
from orders.referral_statuses import ReferralStatus
from orders.referrals import reject_referral, verify_referral
from orders.views import words
from orders.views.paging import ends_of, place_named
from organisations.sensors import in_words
from organisations.visit import SHOWS, Visit, staff_page

PAGE_SIZE: Final = 25
TONES: Final[dict[ReferralStatus, str]] = {
    ReferralStatus.RECEIVED: "warn",
    ReferralStatus.VERIFIED: "good",
    ReferralStatus.REJECTED: "bad",
}
VERIFIED: Final = "The details are verified and the order is placed."
REJECTED: Final = "The referral is rejected. Nothing will be sent."


@staff_page(Permission.VERIFY_REFERRALS, methods=SHOWS)
def referral_list(visit: Visit) -> HttpResponse:
    """Those to verify, the longest wait first; those that were decided newest first."""
    asked = _asked(visit)
    page = _page(visit, asked)
    record_shown(
        ((one.account_id, one.patient_id, one.order_id) for one in page.rows),
        what="referral list",
        actor=visit.actor,
    )
    return visit.page(
        "referrals/list.html",
        here="referrals",
        asked=asked,
        is_queue=asked == ReferralStatus.RECEIVED,
        referrals=page.rows,
        tone=TONES[asked],
        choices=[{"words": one.label, "url": _url(one), "is_on": one == asked} for one in TONES],
        **_ways(asked, page),
    )


@staff_page(Permission.VERIFY_REFERRALS)
def referral_page(visit: Visit, referral_id: UUID) -> HttpResponse:
    """What was sent, and the form that confirms it and so places the order."""
    referral = find_referral(visit, referral_id)
    if referral.status != ReferralStatus.RECEIVED:
        return _decided(visit, referral) if visit.is_answered else _show(visit, referral, None)
    sent = visit.request.POST if visit.is_answered else None
    form = VerifyForm(sent, referral=referral, country=visit.account.country)
    if visit.is_answered and form.is_valid():
        try:
            verified = verify_referral(referral, form.verified, actor=visit.actor)
        except Forbidden:
            raise
        except ReferralIsDecided:
            return _decided(visit, referral)
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return _decided(visit, verified)
    return _show(visit, referral, form)


@staff_page(Permission.VERIFY_REFERRALS)
def reject(visit: Visit, referral_id: UUID) -> HttpResponse:
    referral = find_referral(visit, referral_id)
    if referral.status != ReferralStatus.RECEIVED:
        return _decided(visit, referral)
    form = RejectForm(visit.request.POST if visit.is_answered else None)
    if visit.is_answered and form.is_valid():
        try:
            reject_referral(referral, reason=form.cleaned_data["reason"], actor=visit.actor)
        except Forbidden:
            raise
        except ReferralIsDecided:
            return _decided(visit, referral)
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return _decided(visit, referral)
    _note_shown(visit, referral, what="reject a referral")
    return visit.page(
        "referrals/reject.html",
        here="referrals",
        referral=referral,
        form=form,
        status=422 if visit.is_answered else 200,
    )


def find_referral(visit: Visit, public_id: UUID) -> Referral:
    """One that cannot be seen is not there."""
    seen = Referral.objects.visible_to(visit.actor).with_its_people()
    found = seen.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _asked(visit: Visit) -> ReferralStatus:
    """A status that there is not shows what waits."""
    named = visit.request.GET.get("status", "")
    return ReferralStatus(named) if named in ReferralStatus else ReferralStatus.RECEIVED


def _page(visit: Visit, asked: ReferralStatus) -> Page[Referral]:
    seen = Referral.objects.visible_to(visit.actor)
    before, after = (place_named(visit, name, seen) for name in ("before", "after"))
    people: ReferralQuerySet = seen.with_its_people()
    if asked != ReferralStatus.RECEIVED:
        decided = people.filter(status=asked)
        return newest_first(decided, size=PAGE_SIZE, before=before, after=after)
    waiting = people.to_verify()
    return in_turn_from(
        waiting,
        size=PAGE_SIZE,
        ahead=waiting.filter(pk__lt=before) if before else None,
        behind=waiting.filter(pk__gt=after) if after else None,
    )


def _ways(asked: ReferralStatus, page: Page[Referral]) -> dict[str, Any]:
    """The addresses of the pages before and after; a queue is read the other way round."""
    newer, older = ends_of(page)
    to_newer = _url(asked, after=newer) if newer else ""
    to_older = _url(asked, before=older) if older else ""
    if asked == ReferralStatus.RECEIVED:
        return {"newer_url": to_older, "older_url": to_newer}
    return {"newer_url": to_newer, "older_url": to_older}


def _url(status: ReferralStatus, **place: str) -> str:
    asked = place if status == ReferralStatus.RECEIVED else {"status": status.value, **place}
    return f"{reverse('referrals:list')}?{urlencode(asked)}" if asked else reverse("referrals:list")


def _decided(visit: Visit, referral: Referral) -> HttpResponse:
    """Say who decided, when it was not the reader, and lead to what became of it."""
    referral = find_referral(visit, referral.public_id)
    is_verified = referral.status == ReferralStatus.VERIFIED
    if referral.decided_by_user_id == visit.actor.user_id:
        messages.success(visit.request, VERIFIED if is_verified else REJECTED)
    else:
        told = f"{_words(referral)} {'This is its order.' if is_verified else ''}"
        messages.info(visit.request, told.strip())
    if referral.order is None:
        return redirect("referrals:referral", referral.public_id)
    return redirect("orders:order", referral.order.public_id)


def _words(referral: Referral) -> str:
    done = referral.get_status_display().lower()
    return f"This referral was {done} already, by {referral.decided_by}."


def _show(visit: Visit, referral: Referral, form: StaffForm | None) -> HttpResponse:
    _note_shown(visit, referral, what="referral page")
    return visit.page(
        "referrals/referral.html",
        status=422 if visit.is_answered else 200,
        here="referrals",
        back_url=visit.back_to("referrals:list"),
        referral=referral,
        tone=TONES[ReferralStatus(referral.status)],
        form=form,
        patient=words.patient_rows(referral.patient, region=visit.account.country),
        facts=_facts(referral),
    )


def _facts(referral: Referral) -> list[dict[str, Any]]:
    decided = [
        {"name": referral.get_status_display(), "value": moment(referral.decided_at)},
        {"name": "By", "value": referral.decided_by},
    ]
    return [
        {"name": "Organisation", "value": referral.organisation.name},
        {"name": "Nights", "value": referral.nights},
        {"name": "Sensors", "value": in_words(referral.sensors)},
        {"name": "Received", "value": moment(referral.received_at)},
        {"name": "Sent by", "value": referral.sent_by},
        *(decided if referral.decided_at else []),
    ]


def _note_shown(visit: Visit, referral: Referral, *, what: str) -> None:
    shown = [(referral.account_id, referral.patient_id, referral.order_id)]
    record_shown(shown, what=what, actor=visit.actor)
