"""One study, with all that is known about it: what was recorded, as far as it was released, and
what can be done now. The code is for whoever may see the study, as long as it opens something.
"""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from foundation.access import record_shown
from foundation.actors import Permission
from foundation.codes import picture
from foundation.paper import pdf_answer
from orders.models import Order
from orders.views.coming_back import returns_of
from orders.views.tracks import Track, track_of_parcel, track_of_test
from organisations.visit import SHOWS, Visit, staff_page
from studies.commands import why_not_cancelled
from studies.models import Channel, NightAttempt, Study
from studies.reports import report_of
from studies.views import words as study_words

CODE_IS_DEAD = "This study was cancelled, so its code opens nothing any more."


@staff_page(Permission.SEE_STUDIES, methods=SHOWS)
def study_page(visit: Visit, study_id: UUID) -> HttpResponse:
    study = find_study(visit, study_id)
    order = _order_of(visit, study)
    note_shown(visit, study, what="study page", order=order)
    attempts = list(study.attempts.all())
    return visit.page(
        "studies/study.html",
        here="studies",
        back_url=visit.back_to("studies:list"),
        study=study,
        order=order,
        tracks=_tracks(order, study, attempts) if order else [],
        attempts=[study_words.attempt_row(one, study) for one in attempts],
        has_no_valid_night=study_words.has_no_valid_night(study, attempts),
        patient=study_words.patient_rows(study),
        facts=study_words.fact_rows(study),
        reviews=list(study.reviews.order_by("-version")),
        events=study_words.timeline_of(study.events.order_by("-happened_at", "-pk")),
        **study_words.pill_of(study),
        **code_shown(study),
        **_possible(visit, study),
    )


@staff_page(Permission.SEE_STUDIES, methods=SHOWS)
def hand_over(visit: Visit, study_id: UUID) -> HttpResponse:
    """A sheet of paper for the patient: the code, and what to do with it."""
    study = find_study(visit, study_id)
    if not study.has_a_live_code:
        messages.info(visit.request, CODE_IS_DEAD)
        return redirect("studies:study", study.public_id)
    note_shown(visit, study, what="study hand-over")
    return visit.page("studies/hand_over.html", here="studies", study=study, **code_shown(study))


@staff_page(Permission.SEE_STUDIES, methods=SHOWS)
def report(visit: Visit, study_id: UUID, night: int, number: int) -> HttpResponse:
    """The PDF of one attempt, as it came; its name tells nothing of the patient."""
    study = find_study(visit, study_id)
    attempt = study.attempts.filter(night=night, number=number).first()
    if attempt is None:
        raise Http404
    attempt.study = study
    found = report_of(attempt, actor=visit.actor)
    note_shown(visit, study, what="study report")
    name = f"study-{study.pk}-night-{night}-attempt-{number}.pdf"
    answer = pdf_answer(name, bytes(found.content))
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def find_study(visit: Visit, public_id: UUID) -> Study:
    """The study with its people; one that cannot be seen is not there."""
    seen = Study.objects.visible_to(visit.actor).with_its_people()
    found = seen.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def note_shown(visit: Visit, study: Study, *, what: str, order: Order | None = None) -> None:
    """Leave a row in the access log."""
    shown = [(study.account_id, study.patient_id, order.pk if order else None)]
    record_shown(shown, what=what, actor=visit.actor)


def code_shown(study: Study) -> dict[str, Any]:
    """What a page needs to show the code, while it opens something."""
    if not study.has_a_live_code:
        return {}
    return {"code": study.shown_code, "code_picture": picture(study.shown_code)}


def _order_of(visit: Visit, study: Study) -> Order | None:
    if study.channel == Channel.IN_HOUSE or not visit.may(Permission.SEE_ORDERS):
        return None
    seen = Order.objects.visible_to(visit.actor)
    return seen.filter(study=study).first()


def _tracks(order: Order, study: Study, attempts: list[NightAttempt]) -> list[Track]:
    parcel = track_of_parcel(order, order.events.order_by("pk"), returns_of(order))
    return [parcel, track_of_test(study, attempts)]


def _possible(visit: Visit, study: Study) -> dict[str, Any]:
    may_change = visit.may(Permission.CHANGE_STUDIES)
    is_ours = study.channel == Channel.IN_HOUSE
    born = study.patient.date_of_birth
    return {
        "is_locked": study.is_locked and study.has_a_live_code,
        "may_unlock": may_change,
        "may_cancel": may_change and is_ours and why_not_cancelled(study) is None,
        "lacks_birth": born is None and study.has_a_live_code and study.activated_at is None,
        "edit_url": _edit_url(visit, study),
    }


def _edit_url(visit: Visit, study: Study) -> str:
    """Where the patient's record is changed, for who may."""
    may = visit.may(Permission.CHANGE_PATIENTS)
    return reverse("patients:edit", args=[study.patient.public_id]) if may else ""
