"""A new in-house study, whose kit the clinic hands over itself: for whom, and what is recorded."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from foundation.actors import Permission
from foundation.errors import Forbidden, Refusal
from orders.forms import InHouseForm, InHouseForSomebodyForm, PatientSearchForm
from orders.forms.memory import remembered
from orders.views.patient_step import FOUND_AT_MOST, found_among
from orders.views.patients import note_shown
from orders.views.patients_record import find_patient
from organisations.models import Organisation
from organisations.visit import Visit, staff_page
from patients.commands import why_reference_is_refused
from patients.errors import PatientArchived, PatientOfOthers, PatientReferenceTaken
from patients.models import Patient
from patients.wanted import KnownPatient, PatientWanted
from studies.commands import create_in_house_study
from studies.models import Study
from studies.wanted import InHouseWanted

ALIKE_AT_MOST = 5
CREATED = "The study is created. Now hand over the activation code."
MADE_ALREADY = (
    "This study was created a moment ago, and here it is. For another one, begin a new study."
)


@staff_page(Permission.CHANGE_STUDIES)
def choose_patient(visit: Visit) -> HttpResponse:
    """Search first: whoever is known keeps one record."""
    if not _organisations(visit):
        return _nothing_to_create_for(visit)
    form = PatientSearchForm(visit.request.POST if visit.is_answered else None)
    seen = Patient.objects.visible_to(visit.actor).filter(account_id=visit.account.pk)
    found = found_among(seen, form) if form.is_valid() else []
    note_shown(visit, found[:FOUND_AT_MOST], what="patient search")
    return visit.page(
        "studies/choose_patient.html",
        here="studies",
        form=form,
        was_searched=form.is_valid(),
        found=found[:FOUND_AT_MOST],
        there_are_more=len(found) > FOUND_AT_MOST,
        status=422 if form.errors else 200,
    )


@staff_page(Permission.CHANGE_STUDIES)
def for_known(visit: Visit, patient_id: UUID) -> HttpResponse:
    """For a patient of the register."""
    patient = find_patient(visit, patient_id)
    organisations = _organisations(visit)
    if not organisations:
        return _nothing_to_create_for(visit)
    if not patient.may_order:
        messages.error(visit.request, PatientArchived().words)
        return redirect("patients:patient", patient.public_id)
    if not visit.is_answered:
        suggested = _only_one_that_knows(patient, organisations)
        return _show(visit, InHouseForm(initial=suggested, organisations=organisations), patient)
    if "change" in visit.request.POST:  # typed for somebody new, who is this one after all
        typed = remembered(InHouseForm, visit.request.POST)
        return _show(visit, InHouseForm(initial=typed, organisations=organisations), patient)
    form = InHouseForm(visit.request.POST, organisations=organisations)
    if not form.is_valid():
        return _show(visit, form, patient)
    return _made_before(visit, form) or _create(visit, form, KnownPatient(patient.pk), patient)


@staff_page(Permission.CHANGE_STUDIES)
def for_somebody(visit: Visit) -> HttpResponse:
    """For somebody who is perhaps new; one who is alike is shown first."""
    organisations = _organisations(visit)
    if not organisations:
        return _nothing_to_create_for(visit)
    sent = visit.request.POST if visit.is_answered else None
    form = InHouseForSomebodyForm(sent, organisations=organisations)
    if not form.is_valid():
        return _show(visit, form)
    if answer := _made_before(visit, form):
        return answer
    alike = _alike(visit, form)
    if alike or not _may_have_the_reference(visit, form):
        return _show(visit, form, alike=alike)
    return _create(visit, form, form.patient)


def _create(
    visit: Visit,
    form: InHouseForm,
    who: PatientWanted | KnownPatient,
    patient: Patient | None = None,
) -> HttpResponse:
    said = form.cleaned_data
    wanted = InHouseWanted(
        terms=form.terms,
        patient=who,
        reference=said["reference"],
        public_id=said["public_id"],
    )
    try:
        study = create_in_house_study(wanted, actor=visit.actor)
    except Forbidden:
        raise
    except Refusal as refusal:
        if answer := _made_before(visit, form):  # by the same page, in this very moment
            return answer
        form.add_refusal(refusal)
        return _show(visit, form, patient)
    messages.success(visit.request, CREATED)
    return redirect("studies:study", study.public_id)


def _show(
    visit: Visit,
    form: InHouseForm,
    patient: Patient | None = None,
    *,
    alike: Sequence[Patient] = (),
) -> HttpResponse:
    """The form; 422 when its answers will not do. Whoever is shown beside it is remembered in it,
    and is not asked about again.
    """
    note_shown(visit, [one for one in (patient, *alike) if one], what="new study")
    if isinstance(form, InHouseForSomebodyForm):
        form.compare_with(alike)
    return visit.page(
        "studies/new.html",
        here="studies",
        form=form,
        patient=patient,
        alike=alike,
        status=422 if form.errors else 200,
    )


def _organisations(visit: Visit) -> list[Organisation]:
    """Those that one may create a study for now."""
    found = Organisation.objects.visible_to(visit.actor).open_for_orders()
    mine = found.filter(account_id=visit.account.pk)
    return list(mine.select_related("account", "product").order_by("name", "pk"))


def _nothing_to_create_for(visit: Visit) -> HttpResponse:
    return visit.page("studies/no_organisation.html", here="studies")


def _only_one_that_knows(
    patient: Patient, organisations: Sequence[Organisation]
) -> dict[str, object]:
    """Chosen beforehand, when the patient is known to just one of these."""
    if len(organisations) == 1:
        return {}
    known = list(patient.organisations.filter(organisation__in=organisations)[:2])
    return {"organisation": known[0].organisation_id} if len(known) == 1 else {}


def _made_before(visit: Visit, form: InHouseForm) -> HttpResponse | None:
    """This very page was sent already, and made this study."""
    seen = Study.objects.visible_to(visit.actor)
    made = seen.filter(public_id=form.cleaned_data["public_id"]).first()
    if made is None:
        return None
    messages.info(visit.request, MADE_ALREADY)
    return redirect("studies:study", made.public_id)


def _alike(visit: Visit, form: InHouseForSomebodyForm) -> list[Patient]:
    """Those who may be the same person and were not yet seen beside this one; whoever has the very
    reference is shown every time.
    """
    wanted = form.patient
    seen = Patient.objects.visible_to(visit.actor).filter(account_id=visit.account.pk)
    alike = seen.resembling(wanted.reference, wanted.name.last, wanted.date_of_birth)
    found = list(alike[: ALIKE_AT_MOST + len(form.seen_beside)])
    if wanted.reference and any(one.reference == wanted.reference for one in found):
        form.add_refusal(PatientReferenceTaken(field="patient.reference"))
        return found[:ALIKE_AT_MOST]
    return [one for one in found if str(one.public_id) not in form.seen_beside][:ALIKE_AT_MOST]


def _may_have_the_reference(visit: Visit, form: InHouseForSomebodyForm) -> bool:
    """One that belongs to somebody unseen is refused; more is not said of them."""
    refusal = why_reference_is_refused(
        form.patient.reference, account_id=visit.account.pk, actor=visit.actor
    )
    if isinstance(refusal, PatientOfOthers):
        form.add_refusal(refusal)
        return False
    return True
