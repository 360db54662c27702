"""Putting somebody into the register without an order: who they are, and whether we know them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from foundation.actors import Permission
from foundation.dates import read_date
from foundation.errors import Forbidden, Refusal
from foundation.ids import public_id
from foundation.kept_search import kept_search
from orders.forms import RegisterForm
from orders.forms.memory import remembered, typed_in
from orders.views import words
from orders.views.comparing import marked
from orders.views.patients import note_shown
from organisations.models import Organisation
from organisations.visit import Visit, staff_page
from patients.commands import register_patient, why_reference_is_refused
from patients.errors import PatientOfOthers
from patients.models import Patient
from patients.wanted import PatientWanted

ALIKE_AT_MOST = 5


@staff_page(Permission.CHANGE_PATIENTS)
def register(visit: Visit) -> HttpResponse:
    """Take down who the patient is; somebody alike is compared first."""
    organisations = _organisations(visit)
    if not organisations and not visit.actor.sees_all_organisations:
        return visit.page("patients/no_organisation.html", here="patients")
    if not visit.is_answered:
        return _show(visit, _form(visit, organisations, initial=_looked_for(visit)))
    if "change" in visit.request.POST:
        typed = remembered(RegisterForm, visit.request.POST)
        return _show(visit, _form(visit, organisations, initial=typed))
    form = _form(visit, organisations, sent=visit.request.POST)
    if not form.is_valid():
        return _show(visit, form)
    return _sent_before(visit, form) or _judge(visit, form)


def _judge(visit: Visit, form: RegisterForm) -> HttpResponse:
    """A valid form: the reference of somebody unseen is refused, somebody alike is shown."""
    wanted = form.wanted(form.own_address)
    refusal = why_reference_is_refused(
        wanted.reference, account_id=visit.account.pk, actor=visit.actor
    )
    # Somebody who is seen is compared instead.
    if isinstance(refusal, PatientOfOthers):
        form.add_refusal(refusal)
        return _show(visit, form)
    if alike := _alike(visit, form):
        return _compare(visit, form, alike)
    try:
        registered = register_patient(
            wanted,
            organisation=form.chosen,
            public_id=form.cleaned_data["public_id"],
            actor=visit.actor,
        )
    except Forbidden:
        raise
    except Refusal as refused:
        form.add_refusal(refused)
        return _show(visit, form)
    return _there(visit, registered)


def _there(visit: Visit, patient: Patient) -> HttpResponse:
    messages.success(visit.request, "The patient is registered.")
    return redirect("patients:patient", patient.public_id)


def _organisations(visit: Visit) -> list[Organisation]:
    mine = Organisation.objects.visible_to(visit.actor).filter(
        account_id=visit.account.pk, is_active=True
    )
    return list(mine.order_by("name", "pk"))


def _form(visit: Visit, organisations: list[Organisation], *, sent=None, initial=None):
    country = visit.account.country
    return RegisterForm(
        sent, initial=initial, organisations=organisations, region=country, country_code=country
    )


def _looked_for(visit: Visit) -> dict[str, str]:
    """Whom somebody searched for and did not find: typed once is enough."""
    text = kept_search(visit.request)
    if read_date(text):
        return {}
    is_reference = any(char.isdecimal() for char in text)
    return {"reference" if is_reference else "full_name": text}


def _sent_before(visit: Visit, form: RegisterForm) -> HttpResponse | None:
    """This very page was sent already, and made this patient.

    Whoever went back to it and typed something else means a page of its own: nothing of that is
    dropped, and one who is alike is compared as always.
    """
    seen = Patient.objects.visible_to(visit.actor)
    made = seen.filter(public_id=form.cleaned_data["public_id"]).first()
    if made is None:
        return None
    if PatientWanted.of(made) == form.wanted(form.own_address):
        return _there(visit, made)
    form.cleaned_data["public_id"] = public_id()
    return None


def _alike(visit: Visit, form: RegisterForm) -> list[Patient]:
    """Those who may be the same person and were not yet seen beside this one."""
    wanted = form.wanted()
    seen = Patient.objects.visible_to(visit.actor).filter(account_id=visit.account.pk)
    alike = seen.resembling(wanted.reference, wanted.name.last, wanted.date_of_birth)
    found = list(alike[: ALIKE_AT_MOST + len(form.seen_beside)])
    return [one for one in found if str(one.public_id) not in form.seen_beside][:ALIKE_AT_MOST]


def _compare(visit: Visit, form: RegisterForm, alike: list[Patient]) -> HttpResponse:
    """Both records side by side; what was typed goes along unseen."""
    note_shown(visit, alike, what="likely duplicates")
    wanted, region = form.wanted(), visit.account.country
    entered = words.patient_rows(words.described(wanted), region=region)
    compared = form.seen_beside | {str(one.public_id) for one in alike}
    return visit.page(
        "patients/same.html",
        here="patients",
        form=form,
        entered=entered,
        alike=[
            (one, marked(words.patient_rows(one, region=region), beside=entered)) for one in alike
        ],
        is_the_reference=any(one.reference == wanted.reference for one in alike if one.reference),
        typed=typed_in(form) | {"compared": " ".join(sorted(compared))},
    )


def _show(visit: Visit, form: RegisterForm) -> HttpResponse:
    return visit.page(
        "patients/register.html",
        here="patients",
        form=form,
        status=422 if form.errors else 200,
    )
