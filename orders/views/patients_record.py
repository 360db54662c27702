"""One patient: what the register knows, their orders, and beside somebody who may be the same."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from foundation.actors import Permission
from foundation.errors import NotFound
from foundation.keyset import Page, newest_first
from foundation.templatetags.words import day
from orders.drafts import open_draft, unfinished_drafts
from orders.models import Order, OrderDraft
from orders.views import words
from orders.views.comparing import marked
from orders.views.paging import ends_of, place_named
from orders.views.patients import note_shown
from orders.views.progress import Progress
from orders.views.sections import Section, Step
from orders.views.steps import next_page
from orders.views.tracks import both_rows
from organisations.models import Organisation
from organisations.visit import SHOWS, Visit, staff_page
from patients.errors import PatientArchived
from patients.models import Patient
from studies.models import Study
from studies.views.words import line_of

ORDERS_PAGE = 10
TWINS_AT_MOST = 5
STUDIES_AT_MOST = 20


@staff_page(Permission.SEE_PATIENTS, methods=SHOWS)
def patient_page(visit: Visit, patient_id: UUID) -> HttpResponse:
    patient = find_patient(visit, patient_id)
    twins = _twins(visit, patient)
    note_shown(visit, [patient, *twins], what="patient page")
    orders = _orders(visit, patient)
    newer, older = ends_of(orders)
    return visit.page(
        "patients/patient.html",
        back_url=visit.back_to("patients:list"),
        here="patients",
        patient=patient,
        age=patient.age_on(timezone.localdate()),
        facts=record_rows(visit, patient),
        register=_register_rows(visit, patient),
        twins=twins,
        orders=[both_rows(order) for order in orders.rows],
        studies=_in_house(visit, patient),
        may_create_studies=visit.may(Permission.CHANGE_STUDIES),
        may_change=visit.may(Permission.CHANGE_PATIENTS),
        newer_url=f"?after={newer}#orders" if newer else "",
        older_url=f"?before={older}#orders" if older else "",
    )


@staff_page(Permission.SEE_PATIENTS, methods=SHOWS)
def compare(visit: Visit, patient_id: UUID, other_id: UUID) -> HttpResponse:
    """Both records side by side; which one goes on is for people to say."""
    pair = [find_patient(visit, patient_id), find_patient(visit, other_id)]
    if pair[0] == pair[1]:
        raise NotFound
    note_shown(visit, pair, what="likely duplicates")
    facts = [record_rows(visit, one) for one in pair]
    return visit.page(
        "patients/compare.html",
        here="patients",
        patient=pair[0],
        sides=[
            {"patient": one, "rows": marked(mine, beside=others)}
            for one, mine, others in zip(pair, facts, reversed(facts), strict=True)
        ],
        may_change=visit.may(Permission.CHANGE_PATIENTS),
    )


@staff_page(Permission.PLACE_ORDERS, methods=("POST",))
def order_for(visit: Visit, patient_id: UUID) -> HttpResponse:
    """Begin an order for this patient. One begun a moment ago, with nothing else in it, is it."""
    patient = find_patient(visit, patient_id)
    if not patient.may_order:
        messages.error(visit.request, PatientArchived().words)
        return redirect("patients:patient", patient.public_id)
    if not Organisation.objects.visible_to(visit.actor).open_for_orders().exists():
        return redirect("orders:new")
    chosen = Section(known=patient.pk)
    progress = Progress(visit, _draft(visit, chosen))
    return next_page(progress.keep(Step.PATIENT, chosen))


def find_patient(visit: Visit, public_id: UUID) -> Patient:
    """One who cannot be seen is not there."""
    found = Patient.objects.visible_to(visit.actor).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def record_rows(visit: Visit, patient: Patient) -> list[words.Row]:
    """What people change about a patient, in the order of the form."""
    rows = words.patient_rows(patient, region=visit.account.country)
    return [*rows, words.address_row(patient.address)]


def _twins(visit: Visit, patient: Patient) -> list[Patient]:
    """Others in use who may be this person; of somebody archived it was decided already."""
    if patient.is_archived:
        return []
    seen = Patient.objects.visible_to(visit.actor).filter(account_id=patient.account_id)
    alike = seen.resembling(patient.reference, patient.last_name, patient.date_of_birth)
    return list(alike.filter(archived_at=None).exclude(pk=patient.pk)[:TWINS_AT_MOST])


def _register_rows(visit: Visit, patient: Patient) -> list[words.Row]:
    mine = Organisation.objects.visible_to(visit.actor).filter(account_id=patient.account_id)
    known_to = mine.filter(pk__in=patient.organisations.values("organisation"))
    return [
        {
            "name": "Known to",
            "lines": list(known_to.order_by("name").values_list("name", flat=True)),
            "none": "No organisation",
        },
        {"name": "Registered", "value": day(patient.registered_at)},
    ]


def _orders(visit: Visit, patient: Patient) -> Page[Order]:
    """Those that the reader may see, newest first."""
    orders = Order.objects.visible_to(visit.actor).filter(patient=patient)
    return newest_first(
        orders.with_its_people(),
        size=ORDERS_PAGE,
        before=place_named(visit, "before", orders),
        after=place_named(visit, "after", orders),
    )


def _in_house(visit: Visit, patient: Patient) -> list[words.Row]:
    """The newest studies whose kits were handed over: those of orders stand with these."""
    if not visit.may(Permission.SEE_STUDIES):
        return []
    seen = Study.objects.visible_to(visit.actor).in_house().filter(patient=patient)
    return [line_of(one) for one in seen.with_its_people().order_by("-pk")[:STUDIES_AT_MOST]]


def _draft(visit: Visit, chosen: Section) -> OrderDraft:
    only_chosen = {Step.PATIENT.value: chosen.to_keep()}
    begun = unfinished_drafts(visit.actor).filter(answers=only_chosen).first()
    return begun or open_draft(actor=visit.actor)
