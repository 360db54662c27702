"""`/v1/{orders,studies,referrals}/{reference}/report`: contracts/v1.md, House decisions, Reading
back; acceptance lines 1 and 6.
"""

from collections.abc import Callable

import pytest

from foundation.models import AccessEntry
from organisations.models import Organisation
from organisations.roles import SCOPES_OF_THE_GATEWAY, Scope
from organisations.sensors import EmitOn
from studies.models import Study
from tests import builders
from tests.api.calls import Program, faults
from tests.api.calls import program as a_program
from tests.api.shapes import assert_refused
from tests.api.v1 import episodes

pytestmark = pytest.mark.django_db

Opened = Callable[[Organisation], Study]
WAYS: dict[str, tuple[Opened, Scope]] = {
    "orders/ORD-1": (episodes.ordered_study, Scope.ORDERS),
    "studies/STU-1": (episodes.in_house_study, Scope.STUDIES),
    "referrals/REF-1": (episodes.referred_study, Scope.REFERRALS),
}
EVERY_WAY = pytest.mark.parametrize("way", WAYS)
ANOTHER = episodes.PDF.replace(b"1.7", b"1.6")


def report(program: Program, way: str):
    return program.get(f"/v1/{way}/report")


def opened(clinic: Organisation, way: str) -> tuple[Study, Program]:
    open_study, scope = WAYS[way]
    return open_study(clinic), a_program(clinic.account, scope)


@EVERY_WAY
def test_1_the_report_of_a_valid_night_is_given(clinic: Organisation, way: str):
    study, program = opened(clinic, way)
    episodes.completed(study)

    answer = report(program, way)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content == episodes.PDF
    assert answer["Cache-Control"] == "no-store"
    assert way.rpartition("/")[2] not in answer["Content-Disposition"]


@EVERY_WAY
def test_who_read_it_is_on_record(clinic: Organisation, way: str):
    study, program = opened(clinic, way)
    episodes.completed(study)

    answer = report(program, way)

    entry = AccessEntry.objects.get(what="API v1 report")
    assert (entry.patient_id, entry.account_id) == (study.patient_id, clinic.account_id)
    assert entry.client_id == program.credentials.client.pk
    assert entry.request_id == answer["X-Request-Id"]
    assert (entry.order_id is None) is way.startswith("studies")


@EVERY_WAY
def test_before_there_is_a_valid_night_there_is_no_report(clinic: Organisation, way: str):
    study, program = opened(clinic, way)
    none_yet = report(program, way)
    episodes.completed(study, is_valid=False, report=ANOTHER)

    for answer in (none_yet, report(program, way)):
        assert_refused(answer, 404)
        assert faults(answer) == {("report_not_found", None)}
    assert not AccessEntry.objects.filter(what="API v1 report").exists()


@EVERY_WAY
def test_6_under_reviewed_there_is_none_until_the_review(clinic: Organisation, way: str):
    clinic.emit_on = EmitOn.REVIEWED
    clinic.save()
    study, program = opened(clinic, way)
    episodes.completed(study)

    before = report(program, way)
    episodes.reviewed(study)

    assert_refused(before, 404)
    assert report(program, way).content == episodes.PDF


def test_it_is_that_of_the_latest_valid_attempt(clinic: Organisation):
    study = episodes.in_house_study(clinic, nights=3)
    episodes.completed(study, night=2, report=ANOTHER)
    episodes.completed(study, night=1)
    episodes.completed(study, night=3, is_valid=False)

    assert report(a_program(clinic.account, Scope.STUDIES), "studies/STU-1").content == ANOTHER


def test_a_referral_that_is_not_verified_has_none(clinic: Organisation):
    episodes.referral(clinic)

    answer = report(a_program(clinic.account, Scope.REFERRALS), "referrals/REF-1")

    assert answer.json()["errors"][0]["code"] == "report_not_found"


@EVERY_WAY
def test_each_needs_the_scope_of_its_own_resource(clinic: Organisation, way: str):
    study, _ = opened(clinic, way)
    episodes.completed(study)
    others = set(Scope) - SCOPES_OF_THE_GATEWAY - {WAYS[way][1]}

    assert_refused(report(a_program(clinic.account, *sorted(others)), way), 403)


@EVERY_WAY
def test_by_another_way_it_is_not_found(clinic: Organisation, way: str):
    episodes.completed(opened(clinic, way)[0])
    everything = a_program(clinic.account, *(scope for _, scope in WAYS.values()))
    reference = way.rpartition("/")[2]

    for other in WAYS:
        if other != way:
            assert_refused(report(everything, f"{other.partition('/')[0]}/{reference}"), 404)


@EVERY_WAY
def test_another_account_does_not_find_it(clinic: Organisation, way: str):
    episodes.completed(opened(clinic, way)[0])
    stranger = a_program(builders.organisation().account, WAYS[way][1])

    answer = report(stranger, way)

    assert_refused(answer, 404)
    assert answer.json()["errors"][0]["code"] == "resource_not_found"
