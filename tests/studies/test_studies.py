from itertools import product

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from studies.commands import StudyPlan, cancel_study, open_study
from studies.models import Channel, Study
from studies.statuses import NEXT, StudyStatus
from studies.terms import StudyTerms
from tests import builders

pytestmark = pytest.mark.django_db


def test_a_reference_is_there_once_in_an_account_and_channel():
    order = builders.order(reference="A-1")
    same = _plan(order, Channel.ORDER, "A-1")

    assert open_study(same, patient=order.patient) is None
    assert open_study(_plan(order, Channel.IN_HOUSE, "A-1"), patient=order.patient) is not None


def test_activation_codes_are_eight_unmistakable_characters_shown_in_two_halves():
    study = builders.order().study

    assert not set(study.activation_code) & set("ILOU")
    assert study.shown_code == f"{study.activation_code[:4]}-{study.activation_code[4:]}"


@pytest.mark.parametrize("here", StudyStatus)
def test_cancelling_ends_a_study_unless_it_has_ended(here):
    study = _study_in(here)

    cancel_study(study, actor=builders.operator())

    study.refresh_from_db()
    ended = StudyStatus.CANCELLED in NEXT[here] and here != StudyStatus.RESULT_READY
    assert study.status == (StudyStatus.CANCELLED if ended else here)


@pytest.mark.parametrize(("here", "to"), sorted(product(StudyStatus, StudyStatus)))
def test_the_database_takes_only_the_steps_of_the_table(here, to):
    rows = Study.objects.filter(pk=_study_in(here).pk)

    if to == here or to in NEXT[here]:
        assert rows.update(status=to, awaits_review_since=timezone.now()) == 1
    else:
        with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
            rows.update(status=to)


def _plan(order, channel: Channel, reference: str) -> StudyPlan:
    return StudyPlan(
        terms=StudyTerms(
            organisation=order.organisation,
            nights=1,
            sensors=("neck",),
            emits_on=order.study.emits_on,
        ),
        channel=channel,
        reference=reference,
    )


def _study_in(status: StudyStatus) -> Study:
    """A row that began in this status: the trigger guards changes, not beginnings."""
    order = builders.order()
    study = open_study(_plan(order, Channel.IN_HOUSE, f"IN-{status}"), patient=order.patient)
    Study.objects.filter(pk=study.pk).delete()
    study.pk, study.status, study.awaits_review_since = None, status, timezone.now()
    study.save(force_insert=True)
    return study
