"""Studies in the admin: what their pages tell, and unlocking one."""

import pytest
from django.test import Client

from foundation.models import AccessEntry
from organisations.roles import Role
from organisations.sensors import EmitOn
from studies.models import Study
from tests import builders
from tests.admin.conftest import SignIn
from tests.staff import recorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    return recorded.in_house(builders.organisation(), nights=1, emit_on=EmitOn.REVIEWED)


def page_of(study: Study, page: str = "change") -> str:
    return f"/admin/studies/study/{study.pk}/{page}/"


def read(client: Client, study: Study) -> str:
    return " ".join(client.get(page_of(study)).content.decode().split())


def test_nights_lock_and_timeline_are_told(study: Study, operator: Client) -> None:
    recorded.activated(study)
    recorded.recorded(study, is_valid=False)

    text = read(operator, study)

    for said in (
        study.shown_code,
        "Night 1, attempt 1: Not valid",
        "Night 1, attempt 2: Due",
        "Open: 0 wrong dates of birth of 5",
        "Activated by the patient",
        "Test Gateway, Gateway",
    ):
        assert said in text


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_no_result_is_told_before_its_review(role: Role, study: Study, sign_in: SignIn) -> None:
    recorded.recorded(study)
    client = sign_in(role)

    before = read(client, study)
    recorded.reviewed(study, "Secret conclusion.")
    after = read(client, study)

    assert "the result waits for a review" in before
    for result in ("17.3", "Moderate"):
        assert result not in before
        assert result in after
    assert "Version 1, signed by" in after
    assert "Secret conclusion." not in after


def test_a_locked_study_is_found_and_unlocked_with_a_reason(study: Study, operator: Client) -> None:
    assert "unlock/" not in read(operator, study)
    other = recorded.in_house(study.organisation)
    recorded.locked(study)

    listed = operator.get("/admin/studies/study/?locked=yes").context["cl"].result_list
    offered = read(operator, study)
    empty = operator.post(page_of(study, "unlock"))
    done = operator.post(page_of(study, "unlock"), {"reason": "Asked by telephone."})

    assert list(listed) == [study] != [other]
    assert "Locked: 5 wrong dates of birth of 5" in offered
    assert page_of(study, "unlock") in offered
    assert (empty.status_code, done["Location"]) == (422, page_of(study))
    study.refresh_from_db()
    assert not study.is_locked
    assert "Asked by telephone." in read(operator, study)


def test_a_study_that_is_not_locked_says_so(study: Study, operator: Client) -> None:
    answer = operator.post(page_of(study, "unlock"), {"reason": "Because."})

    assert answer.status_code == 422
    assert "This study is not locked." in answer.content.decode()


def test_who_only_looks_unlocks_nothing(study: Study, sign_in: SignIn) -> None:
    recorded.locked(study)
    auditor = sign_in(Role.AUDITOR)

    assert page_of(study, "unlock") not in read(auditor, study)
    assert auditor.post(page_of(study, "unlock"), {"reason": "Mine."}).status_code == 403


def test_the_dead_code_of_a_cancelled_study_is_not_told(operator: Client) -> None:
    study = builders.order(builders.Status.VOIDED).study
    assert study

    assert study.shown_code not in read(operator, study)


def test_whoever_looks_is_in_the_access_log(study: Study, operator: Client) -> None:
    recorded.locked(study)

    operator.get(page_of(study))
    operator.get(page_of(study, "unlock"))

    shown = AccessEntry.objects.filter(patient_id=study.patient_id)
    assert set(shown.values_list("what", flat=True)) == {"study page", "unlock a study"}
