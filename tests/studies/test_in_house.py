"""Line 1: in-house studies, their codes and their cancelling."""

import pytest

from foundation.errors import Forbidden
from patients.errors import AnotherDateOfBirth
from patients.models import Patient
from patients.wanted import PatientWanted
from studies.commands import cancel_in_house_study, create_in_house_study
from studies.errors import CodeNotFound, OrganisationNotFound, ReferenceTaken, StudyNotCancellable
from studies.models import Channel, StudyEventName
from studies.statuses import StudyStatus
from studies.wanted import InHouseWanted
from tests import builders, studying
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db


def test_a_study_in_house_takes_over_what_its_organisation_settled():
    chosen = builders.organisation(severity_by="ahi4", most_repeats=1, enough_nights=2)

    study = studying.in_house(chosen, nights=3, reference="STU-1")

    assert (study.channel, study.reference, study.status) == (
        Channel.IN_HOUSE,
        "STU-1",
        StudyStatus.CREATED,
    )
    assert (study.severity_by, study.most_repeats, study.enough_nights) == ("ahi4", 1, 2)
    assert [event.name for event in study.events.all()] == [StudyEventName.CREATED]


def test_what_the_organisation_settles_later_changes_no_study_that_is_there():
    study = studying.in_house(settings={"most_repeats": 1})

    study.organisation.most_repeats = 5
    study.organisation.save()

    study.refresh_from_db()
    assert study.most_repeats == 1


def test_a_patient_without_a_name_is_called_by_the_reference_until_somebody_gives_it():
    chosen = builders.organisation()
    study = studying.in_house(chosen)
    reference = study.patient.reference
    assert study.patient.full_name == reference

    wanted = builders.patient_wanted(reference=reference)
    builders.order(chosen=chosen, recipient=wanted)

    study.patient.refresh_from_db()
    assert study.patient.full_name == "Test Person"


def test_a_study_in_house_does_not_take_a_known_name_away():
    chosen = builders.organisation()
    known = builders.patient(chosen, reference="PAT-77")
    wanted = _wanted(chosen, reference="PAT-77", born=known.date_of_birth)

    create_in_house_study(wanted, actor=builders.staff(owner=chosen.account))

    known.refresh_from_db()
    assert known.full_name == "Test Person"


def test_another_date_of_birth_is_probably_another_person():
    chosen = builders.organisation()
    builders.patient(chosen, reference="PAT-78")
    wanted = _wanted(chosen, reference="PAT-78", born=studying.BORN.replace(day=28))

    with pytest.raises(AnotherDateOfBirth):
        create_in_house_study(wanted, actor=builders.staff(owner=chosen.account))


def test_a_second_study_with_the_same_reference_is_a_conflict():
    study = studying.in_house(reference="STU-1")

    with pytest.raises(ReferenceTaken):
        studying.in_house(study.organisation, reference="STU-1")

    assert Patient.objects.filter(account=study.account).count() == 1


def test_an_order_and_a_study_may_have_the_same_reference():
    order = builders.order(reference="SAME-1")

    assert studying.in_house(order.organisation, reference="SAME-1").pk


def test_another_accounts_organisation_is_not_found():
    chosen, other = builders.organisation(), builders.organisation()

    with pytest.raises(OrganisationNotFound):
        create_in_house_study(_wanted(other), actor=builders.staff(owner=chosen.account))


def test_a_clinician_opens_no_study():
    chosen = builders.organisation()

    with pytest.raises(Forbidden):
        create_in_house_study(_wanted(chosen), actor=studying.clinician(chosen))


def test_a_cancelled_study_is_told_once_and_its_code_dies_at_once():
    study = studying.in_house()
    actor = builders.staff(owner=study.account)

    cancel_in_house_study(study, actor=actor)
    cancel_in_house_study(study, actor=actor)

    studying.refreshed(study, StudyStatus.CANCELLED)
    told = WebhookEvent.objects.filter(channel=Channel.IN_HOUSE, reference=study.reference)
    assert [event.kinds for event in told] == [["called_off"]]
    with pytest.raises(CodeNotFound):
        studying.activate(study)


def test_a_study_that_is_being_recorded_may_still_be_cancelled():
    study = studying.in_house()
    studying.start(study)

    cancel_in_house_study(study, actor=builders.staff(owner=study.account))

    studying.refreshed(study, StudyStatus.CANCELLED)


def test_under_complete_a_study_with_enough_results_is_finished_and_not_cancelled_any_more():
    study = studying.with_results()

    with pytest.raises(StudyNotCancellable):
        cancel_in_house_study(study, actor=builders.staff(owner=study.account))


def test_under_reviewed_a_study_that_awaits_its_review_may_be_cancelled():
    study = studying.with_results(studying.withheld())

    cancel_in_house_study(study, actor=builders.staff(owner=study.account))

    studying.refreshed(study, StudyStatus.CANCELLED)
    assert study.awaits_review_since is None


def test_a_code_is_read_whatever_its_case_and_its_hyphen():
    study = studying.in_house()
    spelt = f" {study.activation_code[:4].lower()} - {study.activation_code[4:].lower()} "

    assert studying.activate(study, code=spelt).status == StudyStatus.ACTIVATED


def _wanted(chosen, *, reference="PAT-1", born=studying.BORN) -> InHouseWanted:
    return InHouseWanted(
        terms=builders.terms(chosen),
        patient=PatientWanted.without_name(reference=reference, date_of_birth=born),
    )
