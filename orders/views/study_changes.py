"""The pages on which a study is changed: each asks one question and calls one command."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from foundation.actors import Permission
from foundation.errors import Forbidden, Refusal
from foundation.forms import StaffForm
from orders.forms import CancelStudyForm, UnlockForm
from orders.views.study import find_study, note_shown
from organisations.visit import Visit, staff_page
from studies.commands import cancel_in_house_study, unlock_study, why_not_cancelled
from studies.errors import StudyIsNotLocked
from studies.models import Channel, Study
from studies.statuses import StudyStatus


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a page asks, how its buttons read, and what is said when it is done."""

    title: str
    lead: str
    button: str
    keep: str
    done: str
    is_final: bool = False


UNLOCK = Question(
    title="Unlock the study",
    lead="A wrong date of birth was given five times. Make sure that it is the patient who tries,"
    " and that the date of birth in your register is right.",
    button="Unlock the study",
    keep="Go back",
    done="The study is unlocked. The patient can try again with the same code.",
)
CANCEL = Question(
    title="Cancel the study",
    lead="The activation code stops working at once, and nothing more is recorded. This cannot be"
    " undone.",
    button="Cancel the study",
    keep="Keep the study",
    done="The study is cancelled, and its code works no more.",
    is_final=True,
)
CANCELLED_ALREADY = "The study is cancelled already."


@staff_page(Permission.CHANGE_STUDIES)
def unlock(visit: Visit, study_id: UUID) -> HttpResponse:
    study = find_study(visit, study_id)
    form = UnlockForm(_sent(visit))

    def change() -> None:
        unlock_study(study, reason=form.cleaned_data["reason"], actor=visit.actor)

    if not study.is_locked:
        messages.info(visit.request, StudyIsNotLocked().words)
        return redirect("studies:study", study.public_id)
    return _ask(visit, UNLOCK, study, form, change)


@staff_page(Permission.CHANGE_STUDIES)
def cancel(visit: Visit, study_id: UUID) -> HttpResponse:
    """Only what the clinic hands over itself: the study of an order is cancelled with it."""
    study = find_study(visit, study_id)
    if study.channel != Channel.IN_HOUSE:
        raise Http404
    if study.status == StudyStatus.CANCELLED:
        messages.info(visit.request, CANCELLED_ALREADY)
        return redirect("studies:study", study.public_id)
    form = CancelStudyForm(_sent(visit))

    def change() -> None:
        cancel_in_house_study(study, reason=form.cleaned_data["reason"], actor=visit.actor)

    return _ask(visit, CANCEL, study, form, change, rule=why_not_cancelled(study))


def _ask(
    visit: Visit,
    question: Question,
    study: Study,
    form: StaffForm,
    change: Callable[[], None],
    rule: Refusal | None = None,
) -> HttpResponse:
    """Show the question, or the rule that is in its way; make the change when it was answered."""
    if rule is None and form.is_valid():
        try:
            change()
        except Forbidden:
            raise
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(visit.request, question.done)
            return redirect("studies:study", study.public_id)
    note_shown(visit, study, what=question.title.lower())
    return visit.page(
        "studies/change.html",
        here="studies",
        question=question,
        study=study,
        form=form,
        rule=rule,
        status=422 if visit.is_answered else 200,
    )


def _sent(visit: Visit):
    return visit.request.POST if visit.is_answered else None
