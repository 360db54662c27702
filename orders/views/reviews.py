"""The clinician's inbox: studies that await review, and the page on which one is reviewed. It shows
who ordered, so it is here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from foundation.access import record_shown
from foundation.actors import Actor, Permission
from foundation.errors import Forbidden, Refusal
from foundation.keyset import in_turn_from
from foundation.paper import pdf_answer
from orders.forms.review import AmendForm, RepeatForm, ReviewForm, SignForm
from orders.models import Order
from orders.views import results
from orders.views.paging import ends_of
from orders.views.plot import plot_of
from organisations.visit import SHOWS, Visit, staff_page
from studies.errors import (
    NotAwaitingReview,
    NotReviewedYet,
    ResultsHaveChanged,
    ReviewHasChanged,
)
from studies.models import Review, Study, StudyEventName, StudyQuerySet
from studies.reports import report_of
from studies.reviewing import amend_review, ask_for_repeat, results_of, sign_review
from studies.statuses import StudyStatus

PAGE_SIZE = 25


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something a reviewer does; `form` asks for it while the study is `during`."""

    name: str
    form: type[ReviewForm]
    during: StudyStatus
    do: Callable[[Study, Any, Actor], object]
    is_done: Callable[[Study, Any, Actor], bool]
    done: str
    leads_on: bool = True


@staff_page(Permission.REVIEW_RESULTS, methods=SHOWS)
def review_list(visit: Visit) -> HttpResponse:
    """Whoever has waited longest first, or those before or after the one that is named."""
    seen = Study.objects.visible_to(visit.actor)
    after, before = (_named(visit, name, seen) for name in ("after", "before"))
    page = in_turn_from(
        seen.awaiting_review().with_its_people(),
        size=PAGE_SIZE,
        ahead=seen.before_in_turn(before).with_its_people() if before else None,
        behind=seen.after_in_turn(after).with_its_people() if after else None,
    )
    record_shown(
        ((study.account_id, study.patient_id, None) for study in page.rows),
        what="review list",
        actor=visit.actor,
    )
    newer, older = ends_of(page)
    return visit.page(
        "reviews/list.html",
        here="reviews",
        studies=page.rows,
        newer_url=f"?before={older}" if older else "",
        older_url=f"?after={newer}" if newer else "",
    )


@csp_replace({"frame-src": [SELF]})  # type: ignore[arg-type]  # its type knows no ids
@staff_page(Permission.REVIEW_RESULTS)
def review_page(visit: Visit, study_id: UUID) -> HttpResponse:
    """Everything about the results on one page, and what can be said about them now."""
    study = find_study(visit, study_id)
    if not visit.is_answered:
        return _show(visit, study)
    act = next((one for one in ACTS if one.name == visit.request.POST.get("act")), None)
    if act is None:
        return _show(visit, study)
    return _answer(visit, study, act)


@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
@staff_page(Permission.REVIEW_RESULTS, methods=SHOWS)
def report(visit: Visit, study_id: UUID, night: int, attempt: int) -> HttpResponse:
    """The PDF of one attempt, under a name that says nothing about the patient."""
    study = find_study(visit, study_id)
    found = study.attempts.filter(night=night, number=attempt).first()
    if found is None:
        raise Http404
    document = report_of(found, actor=visit.actor)
    _note_shown(visit, study, Order.objects.filter(study=study).first(), what="report of a night")
    name = f"report-{study.public_id}-night-{night}-attempt-{attempt}.pdf"
    return pdf_answer(name, bytes(document.content))


def find_study(visit: Visit, public_id: UUID) -> Study:
    """One that cannot be seen is not there."""
    seen = Study.objects.visible_to(visit.actor).with_its_people()
    found = seen.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _named(visit: Visit, name: str, seen: StudyQuerySet) -> Study | None:
    """Where the page ends or begins. One that was reviewed meanwhile shows the first page."""
    try:
        named = UUID(visit.request.GET.get(name, ""))
    except ValueError:
        return None
    return seen.filter(public_id=named, awaits_review_since__isnull=False).first()


def _answer(visit: Visit, study: Study, act: Act) -> HttpResponse:
    form = act.form(visit.request.POST, prefix=act.name)
    if form.is_valid():
        if act.is_done(study, form, visit.actor):  # the button was pressed twice
            return _go_on(visit, study, act)
        try:
            act.do(study, form, visit.actor)
        except Forbidden:
            raise
        except (NotAwaitingReview, NotReviewedYet) as refusal:
            return _show(visit, study, act=act, form=form, overtaken=refusal)
        except ResultsHaveChanged:
            form.look_at(results_of(study))
        except Refusal as refusal:
            _mend(form, refusal, study)
        else:
            return _go_on(visit, study, act)
    else:
        form.look_at(results_of(study))
    return _show(visit, study, act=act, form=form)


def _mend(form: ReviewForm, refusal: Refusal, study: Study) -> None:
    form.add_refusal(refusal)
    if isinstance(refusal, ReviewHasChanged) and isinstance(form, AmendForm):
        form.stand_beside(study.reviews.count())


def _go_on(visit: Visit, study: Study, act: Act) -> HttpResponse:
    """To the study that comes next in turn, or comes first; to the inbox when none waits."""
    messages.success(visit.request, act.done)
    if not act.leads_on:
        return redirect("reviews:review", study.public_id)
    following = _next_of(visit, study) or _waiting(visit).first()
    if following is None:
        return redirect("reviews:list")
    return redirect("reviews:review", following.public_id)


def _waiting(visit: Visit) -> StudyQuerySet:
    return Study.objects.visible_to(visit.actor).awaiting_review()


def _next_of(visit: Visit, study: Study) -> Study | None:
    if study.awaits_review_since is None:
        return _waiting(visit).first()
    return Study.objects.visible_to(visit.actor).after_in_turn(study).first()


def _one_before(visit: Visit, study: Study) -> Study | None:
    if study.awaits_review_since is None:
        return None
    return Study.objects.visible_to(visit.actor).before_in_turn(study).last()


def _show(
    visit: Visit,
    study: Study,
    *,
    act: Act | None = None,
    form: ReviewForm | None = None,
    overtaken: Refusal | None = None,
) -> HttpResponse:
    """The study as it is now, with what its reader typed."""
    if visit.is_answered:
        study = find_study(visit, study.public_id)
    order = Order.objects.filter(study=study).first()
    _note_shown(visit, study, order, what="review page")
    attempts = list(study.attempts.all())
    reviews = results.review_rows(study)
    return visit.page(
        "reviews/review.html",
        status=422 if visit.is_answered else 200,
        here="reviews",
        back_url=visit.back_to("reviews:list"),
        study=study,
        tone=results.tone_of(study),
        rows=results.result_rows(study, attempts),
        has_valid=any(one.is_valid for one in attempts),
        has_results=any(one.has_result for one in attempts),
        plot=plot_of(attempts),
        report=results.shown_report(study, attempts),
        patient=results.patient_rows(study),
        facts=results.study_rows(study, order),
        order=order,
        reviews=reviews,
        form=None if overtaken else form,
        forms=_forms(study, len([one for one in attempts if one.has_result]), reviews, act, form),
        overtaken=overtaken,
        decision=results.decision_of(study) if overtaken else None,
        typed=form.typed if overtaken and form else [],
        before_url=_url(_one_before(visit, study)),
        after_url=_url(_next_of(visit, study), but=study),
    )


def _forms(
    study: Study, seen: int, reviews: list[dict[str, Any]], act: Act | None, sent: Any
) -> dict[str, ReviewForm]:
    """Those that can be sent now, by the name of their act; one that was sent, as it was."""
    last: Review | None = reviews[0]["review"] if reviews else None
    begun: dict[str, Any] = {"seen": seen}
    if last:
        begun |= {"version": last.version, "conclusion": last.conclusion}
    return {
        one.name: sent if one is act else one.form(initial=begun, prefix=one.name)
        for one in ACTS
        if one.during == study.status
    }


def _url(study: Study | None, *, but: Study | None = None) -> str:
    if study is None or study == but:
        return ""
    return reverse("reviews:review", args=[study.public_id])


def _note_shown(visit: Visit, study: Study, order: Order | None, *, what: str) -> None:
    shown = [(study.account_id, study.patient_id, order.pk if order else None)]
    record_shown(shown, what=what, actor=visit.actor)


def _sign(study: Study, form: SignForm, actor: Actor) -> object:
    conclusion = form.cleaned_data["conclusion"]
    return sign_review(study, conclusion=conclusion, seen=form.results_seen, actor=actor)


def _repeat(study: Study, form: RepeatForm, actor: Actor) -> object:
    reason = form.cleaned_data["reason"]
    return ask_for_repeat(study, reason=reason, seen=form.results_seen, actor=actor)


def _amend(study: Study, form: AmendForm, actor: Actor) -> object:
    return amend_review(
        study,
        conclusion=form.cleaned_data["conclusion"],
        reason=form.cleaned_data["reason"],
        seen=form.results_seen,
        version=form.version_seen,
        actor=actor,
    )


def _is_signed(study: Study, form: ReviewForm, actor: Actor) -> bool:
    """Whether the last version says just this, signed by the same person."""
    said = {name: form.cleaned_data[name] for name in form.says}
    last = study.reviews.order_by("-version").first()
    return (
        last is not None
        and last.signed_by_user_id == actor.user_id
        and all(getattr(last, name) == text for name, text in said.items())
    )


def _is_asked(study: Study, form: RepeatForm, actor: Actor) -> bool:
    if study.status != StudyStatus.IN_PROGRESS:
        return False
    asked = study.events.filter(name=StudyEventName.REPEAT_ASKED, actor_user_id=actor.user_id)
    last = asked.order_by("-pk").first()
    return last is not None and last.note == form.cleaned_data["reason"]


ACTS = (
    Act(
        name="sign",
        form=SignForm,
        during=StudyStatus.RESULT_READY,
        do=_sign,
        is_done=_is_signed,
        done="The review is signed.",
    ),
    Act(
        name="repeat",
        form=RepeatForm,
        during=StudyStatus.RESULT_READY,
        do=_repeat,
        is_done=_is_asked,
        done="Another night is asked for.",
    ),
    Act(
        name="amend",
        form=AmendForm,
        during=StudyStatus.FINISHED,
        do=_amend,
        is_done=_is_signed,
        done="The review is amended.",
        leads_on=False,
    ),
)
