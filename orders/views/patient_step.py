"""Placing an order: who it is for, among the patients we know. Somebody new is in `new_patient`."""

from django.http import HttpResponse

from foundation.errors import Refusal
from foundation.forms import StaffForm
from foundation.ids import number_in
from orders.forms import PatientSearchForm
from orders.forms.memory import remembered, typed_in
from orders.views.progress import SEARCH, Progress
from orders.views.sections import Section, Step
from orders.views.steps import draft_page, next_page, show, stop, wants_to_stop
from patients.errors import PatientArchived, PatientNotFound
from patients.models import Patient, PatientQuerySet

FOUND_AT_MOST = 20


@draft_page
def patient(progress: Progress) -> HttpResponse:
    """Search, and choose somebody who was found."""
    sent = progress.visit.request.POST
    if "patient" in sent:
        return choose(progress)
    if not progress.visit.is_answered:
        last = progress.draft.answers.get(SEARCH, {})
        return _show(progress, PatientSearchForm(initial=remembered(PatientSearchForm, last)))
    form = PatientSearchForm(sent)
    if wants_to_stop(progress):
        progress.keep_search(typed_in(form))
        return stop(progress, Step.PATIENT, is_complete=progress.is_answered(Step.PATIENT))
    return _show(progress, form)


def choose(progress: Progress) -> HttpResponse:
    """The order is for this person of the register, if one may see and order for them."""
    number = number_in(progress.visit.request.POST["patient"])
    chosen = visible_patients(progress).filter(pk=number).first()
    if chosen and chosen.may_order:
        return next_page(progress.keep(Step.PATIENT, Section(known=chosen.pk)))
    refusal = PatientArchived() if chosen else PatientNotFound()
    return _show(progress, PatientSearchForm(), refusal=refusal)


def visible_patients(progress: Progress) -> PatientQuerySet:
    patients = Patient.objects.visible_to(progress.visit.actor)
    return patients.filter(account_id=progress.draft.account_id)


def _show(progress: Progress, form: StaffForm, *, refusal: Refusal | None = None) -> HttpResponse:
    was_searched = form.is_bound and form.is_valid()
    found = found_among(visible_patients(progress), form) if was_searched else []
    shown = found[:FOUND_AT_MOST]
    progress.note_shown({*shown, *progress.the_known}, what="patient search")
    return show(
        progress,
        Step.PATIENT,
        form,
        was_searched=was_searched,
        found=shown,
        there_are_more=len(found) > FOUND_AT_MOST,
        chosen=progress.known,
        entered=progress.section(Step.PATIENT).typed,
        refusal=refusal or progress.lost_patient,
        is_refused=refusal is not None,
    )


def found_among(patients: PatientQuerySet, form: StaffForm) -> list[Patient]:
    """By everything that was typed; one more than is shown."""
    said, found = form.cleaned_data, patients
    if said["name"]:
        found = found.named_like(said["name"])
    if said["date_of_birth"]:
        found = found.filter(date_of_birth=said["date_of_birth"])
    if said["reference"]:
        found = found.referenced_like(said["reference"])
    return list(found.order_by("last_name_key", "first_name_key", "pk")[: FOUND_AT_MOST + 1])
