"""Changing what the register knows of a patient, archiving them, and taking that back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from foundation.actors import Permission
from foundation.errors import Forbidden, Refusal
from foundation.forms import StaffForm
from foundation.ids import number_in
from orders.forms import PatientChangeForm
from orders.models import Order
from orders.statuses import IN_HAND
from orders.views.patients import note_shown
from orders.views.patients_record import find_patient, record_rows
from orders.views.tracks import both_rows
from organisations.visit import Visit, staff_page
from patients.commands import archive_patient, change_patient, restore_patient
from patients.errors import PatientHasChanged
from patients.models import Patient
from patients.versions import PARTS, as_seen, changed_parts, last_change, version_of

ORDERS_AT_MOST = 20


@staff_page(Permission.CHANGE_PATIENTS)
def edit(visit: Visit, patient_id: UUID) -> HttpResponse:
    """The whole record; whoever was overtaken is told what has changed, and loses nothing."""
    patient = find_patient(visit, patient_id)
    if visit.is_answered:
        return _answer(visit, patient)
    return _show(visit, patient, _form(visit, patient, version_of(patient)))


@staff_page(Permission.CHANGE_PATIENTS)
def archive(visit: Visit, patient_id: UUID) -> HttpResponse:
    """Ask first. Orders in hand go on, so they are listed."""
    patient = find_patient(visit, patient_id)
    if visit.is_answered:
        archive_patient(patient, actor=visit.actor)
        return _done(visit, patient, "The patient is archived. Nothing can be ordered for them.")
    if patient.is_archived:
        return redirect("patients:patient", patient.public_id)
    orders = Order.objects.visible_to(visit.actor).with_its_people()
    in_hand = orders.filter(patient=patient, status__in=IN_HAND).order_by("-pk")
    found = list(in_hand[: ORDERS_AT_MOST + 1])
    note_shown(visit, [patient], what="archive a patient")
    return visit.page(
        "patients/archive.html",
        here="patients",
        patient=patient,
        orders=[both_rows(order) for order in found[:ORDERS_AT_MOST]],
        is_cut=len(found) > ORDERS_AT_MOST,
    )


@staff_page(Permission.CHANGE_PATIENTS)
def restore(visit: Visit, patient_id: UUID) -> HttpResponse:
    patient = find_patient(visit, patient_id)
    if visit.is_answered:
        restore_patient(patient, actor=visit.actor)
        return _done(visit, patient, "The patient is in use again.")
    if not patient.is_archived:
        return redirect("patients:patient", patient.public_id)
    note_shown(visit, [patient], what="restore a patient")
    return visit.page("patients/restore.html", here="patients", patient=patient)


def _answer(visit: Visit, patient: Patient) -> HttpResponse:
    seen = number_in(visit.request.POST.get("seen", ""))
    before = as_seen(patient, seen)
    if before is None:
        return _unknown(visit, patient)
    form = _form(visit, before, seen, sent=visit.request.POST)
    if changed_parts(before, patient):
        return _overtaken(visit, form)
    if form.is_valid():
        try:
            change_patient(patient, form.record, seen=seen, actor=visit.actor)
        except Forbidden:
            raise
        except PatientHasChanged:  # in the meantime
            return _overtaken(visit, form)
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return _done(visit, patient, "The changes are saved.")
    return _show(visit, patient, form)


def _form(visit: Visit, patient: Patient, seen: int, *, sent=None) -> PatientChangeForm:
    country = visit.account.country
    return PatientChangeForm(sent, patient=patient, seen=seen, region=country, country_code=country)


def _overtaken(visit: Visit, form: PatientChangeForm) -> HttpResponse:
    """The record as it is now, with what was typed on top, and beside it what has changed."""
    before, now = form.patient, find_patient(visit, form.patient.public_id)
    version = version_of(now)
    fresh = _form(visit, now, version)
    again = _form(visit, now, version, sent=form.over(fresh))
    again.add_refusal(PatientHasChanged())
    typed = {"address" if name not in PARTS else name for name in form.touched}
    rows = zip(PARTS, record_rows(visit, before), record_rows(visit, now), strict=True)
    changed = set(changed_parts(before, now))
    return _show(
        visit,
        now,
        again,
        differences=[
            {"then": then, "now": is_now, "is_typed": part in typed}
            for part, then, is_now in rows
            if part in changed
        ],
        last_change=last_change(now),
    )


def _unknown(visit: Visit, patient: Patient) -> HttpResponse:
    """Nobody knows what the sender was shown: nothing is taken over unseen."""
    version = version_of(patient)
    typed = {**visit.request.POST.dict(), "seen": str(version)}
    form = _form(visit, patient, version, sent=typed)
    form.add_refusal(PatientHasChanged())
    return _show(visit, patient, form)


def _show(visit: Visit, patient: Patient, form: StaffForm, **shown: object) -> HttpResponse:
    note_shown(visit, [patient], what="change a patient")
    return visit.page(
        "patients/edit.html",
        here="patients",
        patient=patient,
        form=form,
        status=422 if form.errors else 200,
        **shown,
    )


def _done(visit: Visit, patient: Patient, said: str) -> HttpResponse:
    messages.success(visit.request, said)
    return redirect("patients:patient", patient.public_id)
