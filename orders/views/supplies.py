"""Ordering items and kits by themselves, for a patient or a site: who it is for, what is sent, the
answers on one page, and the button. The confirmation is that of every order.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from foundation.actors import Permission
from foundation.errors import Forbidden, Refusal
from foundation.forms import StaffForm
from foundation.ids import number_in
from orders.drafts import open_draft, place_draft
from orders.forms import PatientSearchForm, SiteForm
from orders.forms.memory import typed_in
from orders.forms.supplies import MORE_ROWS, ROWS_AT_MOST
from orders.models import OrderDraft
from orders.views import words
from orders.views.answers import Part
from orders.views.patient_step import FOUND_AT_MOST, found_among
from orders.views.patients_record import find_patient
from orders.views.placing import Mend
from orders.views.steps import find_own_draft
from orders.views.supplies_draft import SITES_AT_MOST, Supplies
from orders.wanted import ShippingOption
from organisations.visit import SHOWS, Visit, staff_page
from patients.errors import PatientArchived, PatientNotFound
from patients.models import Patient

SUPPLIES_ORDER = "Supplies order"
# What tells one patient from another.
TELLING = ("Name", "Date of birth", "Your reference")
SAVED = "Your draft is saved for 7 days. You find it here, above your orders."


def supplies_page(
    view: Callable[[Supplies], HttpResponse],
) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """A page over one's own draft. One that became an order shows that order's confirmation."""

    @staff_page(Permission.PLACE_ORDERS)
    @wraps(view)
    def answer(visit: Visit, draft_id: UUID) -> HttpResponse:
        _must_see_all(visit)
        draft = find_own_draft(visit, draft_id)
        if draft.order_id:
            return redirect("orders:placed", draft.public_id)
        try:
            return view(Supplies(visit, draft))
        except OrderDraft.DoesNotExist:  # deleted in another window a moment ago
            raise Http404 from None

    return answer


@staff_page(Permission.PLACE_ORDERS, methods=SHOWS)
def new_supplies(visit: Visit) -> HttpResponse:
    """Open a draft and ask who it is for."""
    _must_see_all(visit)
    return redirect("orders:supplies_recipient", open_draft(actor=visit.actor).public_id)


@staff_page(Permission.PLACE_ORDERS, methods=("POST",))
def supplies_for(visit: Visit, patient_id: UUID) -> HttpResponse:
    """Open a draft for this patient of the register."""
    _must_see_all(visit)
    patient = find_patient(visit, patient_id)
    if not patient.may_order:
        messages.error(visit.request, PatientArchived().words)
        return redirect("patients:patient", patient.public_id)
    supplies = Supplies(visit, open_draft(actor=visit.actor))
    supplies.choose(patient)
    return redirect(supplies.url())


@supplies_page
def recipient(supplies: Supplies) -> HttpResponse:
    """Search for a patient or choose a site."""
    sent = supplies.visit.request.POST
    if "patient" in sent:
        return _choose_patient(supplies, sent["patient"])
    if "to_site" in sent:
        return _choose_site(supplies)
    return _ask_who(supplies, PatientSearchForm(sent if supplies.visit.is_answered else None))


@supplies_page
def contents(supplies: Supplies) -> HttpResponse:
    """The lines and all that is said about them."""
    if supplies.recipient is None:
        return redirect(supplies.url("supplies_recipient"))
    if not supplies.visit.is_answered:
        is_judged = supplies.typed is not None and not supplies.is_unfinished
        return _ask_what(supplies, supplies.form(supplies.typed if is_judged else None))
    sent = supplies.visit.request.POST
    form = supplies.form(sent)
    if "more" in sent:
        return _more_rows(supplies, form)
    supplies = supplies.keep_typed(typed_in(form), is_unfinished=not form.is_valid())
    if "later" in sent:
        return _stop(supplies)
    return (
        redirect(supplies.url("supplies_check")) if form.is_valid() else _ask_what(supplies, form)
    )


@supplies_page
def check(supplies: Supplies) -> HttpResponse:
    """All answers; the button places the order, once."""
    if supplies.recipient is None or supplies.answered is None:
        return redirect(supplies.url())
    sent = supplies.visit.request.POST
    if not supplies.visit.is_answered:
        return _show_answers(supplies)
    if "later" in sent:
        return _stop(supplies)
    if sent.get("seen") != supplies.fingerprint:
        return _show_answers(supplies, has_changed=True)
    try:
        place_draft(supplies.draft, supplies.wanted(), actor=supplies.visit.actor)
    except Forbidden:
        raise
    except Refusal as refusal:
        mends = [Mend(each.words, _where_to_mend(supplies, each)) for each in refusal.each()]
        return _show_answers(supplies, refused=mends)
    return redirect("orders:placed", supplies.draft.public_id)


def _stop(supplies: Supplies) -> HttpResponse:
    messages.success(supplies.visit.request, SAVED)
    return redirect("orders:list")


def _must_see_all(visit: Visit) -> None:
    if not visit.may_order_supplies:
        raise Forbidden


# Who it is for


def _choose_patient(supplies: Supplies, number: str) -> HttpResponse:
    chosen = supplies.patients.filter(pk=number_in(number)).first()
    if chosen and chosen.may_order:
        supplies.choose(chosen)
        return redirect(supplies.url())
    refusal = PatientArchived() if chosen else PatientNotFound()
    return _ask_who(supplies, PatientSearchForm(), refusal=refusal)


def _choose_site(supplies: Supplies) -> HttpResponse:
    sites = _site_form(supplies, supplies.visit.request.POST)
    if not sites.is_valid():
        return _ask_who(supplies, PatientSearchForm(), sites=sites)
    supplies.choose(supplies.sites.get(pk=sites.cleaned_data["site"]))
    return redirect(supplies.url())


def _site_form(supplies: Supplies, data: Any = None) -> SiteForm:
    chosen = {"site": supplies.site.pk} if supplies.site else {}
    named = supplies.sites.order_by("name", "pk")[:SITES_AT_MOST]
    return SiteForm(data, initial=chosen, sites=list(named))


def _ask_who(
    supplies: Supplies,
    form: StaffForm,
    *,
    sites: SiteForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    was_searched = form.is_bound and form.is_valid()
    found = found_among(supplies.patients, form) if was_searched else []
    shown = found[:FOUND_AT_MOST]
    supplies.note_shown(shown, what="patient search")
    sites = sites or _site_form(supplies)
    is_wrong = bool(refusal or form.errors or sites.errors)
    return supplies.visit.page(
        "orders/supplies/recipient.html",
        status=422 if is_wrong else 200,
        here="orders",
        back_url=supplies.url() if supplies.recipient else reverse("orders:list"),
        form=form,
        sites=sites,
        has_sites=supplies.sites.exists(),
        was_searched=was_searched,
        found=shown,
        there_are_more=len(found) > FOUND_AT_MOST,
        refusal=refusal,
    )


# What is sent


def _more_rows(supplies: Supplies, form: StaffForm) -> HttpResponse:
    """Nothing of what was typed is judged yet."""
    typed = typed_in(form)
    rows = len([name for name in typed if name.startswith("what_")])
    more = min(rows + MORE_ROWS, ROWS_AT_MOST)
    supplies.keep_typed({f"what_{more}": "", **typed}, is_unfinished=True)
    return redirect(f"{supplies.url()}#id_what_{min(rows + 1, more)}")


def _ask_what(supplies: Supplies, form: StaffForm) -> HttpResponse:
    patient = supplies.patient if not supplies.site else None
    supplies.note_shown([patient] if patient else [], what="supplies order")
    return supplies.visit.page(
        "orders/supplies/contents.html",
        status=422 if supplies.visit.is_answered else 200,
        here="orders",
        supplies=supplies,
        form=form,
        back_url=supplies.url("supplies_recipient"),
        rows_at_most=ROWS_AT_MOST,
        to_whom=_recipient_rows(supplies),
    )


def _recipient_rows(supplies: Supplies) -> list[words.Row]:
    chosen = supplies.recipient
    assert chosen is not None
    change = {"change_url": supplies.url("supplies_recipient"), "about": "who the order is for"}
    rows: list[words.Row] = [{"name": "Site", "value": str(chosen)}]
    if isinstance(chosen, Patient):
        rows = words.patient_rows(chosen, region=supplies.visit.account.country)
        rows = [row for row in rows if row["name"] in TELLING]
    return [rows[0] | change, *rows[1:], words.address_row(chosen.address)]


# The answers


def _show_answers(
    supplies: Supplies, *, refused: list[Mend] | None = None, has_changed: bool = False
) -> HttpResponse:
    patient = supplies.patient if not supplies.site else None
    supplies.note_shown([patient] if patient else [], what="order check")
    return supplies.visit.page(
        "orders/new/check.html",
        status=422 if refused or has_changed else 200,
        here="orders",
        what=SUPPLIES_ORDER,
        progress=supplies,
        back_url=supplies.url(),
        parts=[
            Part("Who it is for", _recipient_rows(supplies)),
            Part("What is sent", _content_rows(supplies)),
        ],
        refused=refused,
        has_changed=has_changed,
    )


def _content_rows(supplies: Supplies) -> list[words.Row]:
    form = supplies.answered
    assert form is not None
    url, said = supplies.url(), form.cleaned_data
    return [
        {"name": "Lines", "lines": form.said_lines, "change_url": f"{url}#id_what_1"},
        {
            "name": "Shipping",
            "value": ShippingOption(said["shipping"]).label,
            "change_url": f"{url}#id_shipping_0",
        },
        {
            "name": "Your own order numbers",
            "lines": said["external_ids"],
            "none": "None",
            "change_url": f"{url}#id_external_ids",
        },
        {"name": "Note", "value": said["note"], "none": "None", "change_url": f"{url}#id_note"},
    ]


def _where_to_mend(supplies: Supplies, refusal: Refusal) -> str:
    form = supplies.answered
    assert form is not None
    if name := form.field_for(refusal.field):
        return f"{supplies.url()}#id_{name}"
    chosen = supplies.recipient
    if refusal.field == "address" and isinstance(chosen, Patient):
        return reverse("patients:edit", args=[chosen.public_id])
    return supplies.url("supplies_recipient")
