"""Placing an order for somebody new: who they are, and whether we know them after all."""

from django.http import HttpResponse
from django.urls import reverse

from foundation.actors import Permission
from foundation.forms import StaffForm
from orders.forms import PatientForm
from orders.forms.memory import typed_in
from orders.views import words
from orders.views.comparing import marked
from orders.views.patient_step import choose, visible_patients
from orders.views.progress import Progress
from orders.views.sections import Step
from orders.views.steps import (
    Question,
    draft_page,
    next_page,
    show,
    stop,
    to_question,
    wants_to_stop,
)
from patients.commands import why_reference_is_refused
from patients.errors import PatientOfOthers
from patients.models import Patient
from patients.wanted import PatientWanted

ALIKE_AT_MOST = 5
NEW = Question("New patient")
SAME = Question("Is it one of these people?")


@draft_page
def new_patient(progress: Progress) -> HttpResponse:
    """Take down who the patient is; one who was compared already is not compared again."""
    if not progress.visit.is_answered:
        return _show(progress, progress.shown(Step.PATIENT))
    form = progress.form(Step.PATIENT, progress.visit.request.POST)
    assert isinstance(form, PatientForm)
    before = progress.section(Step.PATIENT)
    is_settled = before.settled and before.typed == typed_in(form)
    if wants_to_stop(progress):
        progress.keep_typed(Step.PATIENT, form, settled=is_settled)
        return stop(progress, Step.PATIENT, is_complete=is_settled)
    if form.is_valid():
        _check_reference(progress, form)
    if not form.is_valid():
        return _show(progress, form)
    if is_settled or not _alike(progress, form.wanted()):
        return next_page(progress.keep_typed(Step.PATIENT, form, settled=True))
    progress.keep_typed(Step.PATIENT, form)
    return to_question("same_patient", progress.draft)


@draft_page
def same_patient(progress: Progress) -> HttpResponse:
    """Show the new patient beside those known who may be the same."""
    if "patient" in progress.visit.request.POST:
        return choose(progress)
    form = progress.answered(Step.PATIENT)
    if not isinstance(form, PatientForm):
        return next_page(progress)
    wanted = form.wanted()
    alike = _alike(progress, wanted)
    region = progress.visit.account.country
    rows = words.patient_rows(words.described(wanted), region=region)
    is_the_reference = any(one.reference == wanted.reference for one in alike if one.reference)
    if not alike or (progress.visit.is_answered and not is_the_reference):
        return next_page(progress.keep_typed(Step.PATIENT, form, settled=True))
    progress.note_shown(alike, what="likely duplicates")
    return show(
        progress,
        Step.PATIENT,
        form,
        template="orders/new/same_patient.html",
        question=SAME,
        back_url=progress.url(Step.PATIENT),
        entered=rows,
        alike=[(one, marked(words.patient_rows(one, region=region), beside=rows)) for one in alike],
        may_restore=progress.visit.may(Permission.CHANGE_PATIENTS),
        is_the_reference=is_the_reference,
        is_refused=progress.visit.is_answered,
    )


def _show(progress: Progress, form: StaffForm) -> HttpResponse:
    return show(
        progress,
        Step.PATIENT,
        form,
        template="orders/new/new_patient.html",
        question=NEW,
        back_url=reverse("orders:patient", args=[progress.draft.public_id]),
    )


def _alike(progress: Progress, wanted: PatientWanted) -> list[Patient]:
    assert wanted.date_of_birth is not None, "the form asks for it"
    patients = visible_patients(progress)
    alike = patients.resembling(wanted.reference, wanted.name.last, wanted.date_of_birth)
    return list(alike[:ALIKE_AT_MOST])


def _check_reference(progress: Progress, form: PatientForm) -> None:
    """One that belongs to somebody unseen is refused now, not at the end; whoever is seen is
    compared.
    """
    refusal = why_reference_is_refused(
        form.wanted().reference, account_id=progress.draft.account_id, actor=progress.visit.actor
    )
    if isinstance(refusal, PatientOfOthers):
        form.add_refusal(refusal)
