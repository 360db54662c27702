"""What is told of studies, by the feed and by webhooks: contracts/v1.md section 4; acceptance lines
6 and 7.
"""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from foundation.models import AccessEntry
from orders import fulfilment
from orders.models import Order, Referral
from orders.referrals import reject_referral
from orders.statuses import Status
from organisations.models import Organisation
from organisations.roles import Scope
from organisations.sensors import EmitOn, SeverityIndex
from portal.api.v1.events import USUAL, WORDS
from portal.api.wordings import WORDINGS
from portal.told_patients import record_told_patients
from studies.commands import cancel_in_house_study
from studies.models import Study
from studies.wanted import Indexes
from tests import builders
from tests.api.calls import Program, example
from tests.api.calls import program as a_program
from tests.api.v1 import episodes
from tests.api.v1.test_statements import counted
from webhooks.models import Delivery, Dialect, WebhookEndpoint, WebhookEvent

pytestmark = pytest.mark.django_db

Opened = Callable[[Organisation], Study]
FAMILIES: dict[str, Opened] = {
    "OrderEvent": episodes.ordered_study,
    "StudyEvent": episodes.in_house_study,
    "ReferralEvent": episodes.referred_study,
}
EVERY_FAMILY = pytest.mark.parametrize("family", FAMILIES)
THE_FOUR = ("ACTIVATED", "ATTEMPT_STARTED", "ATTEMPT_COMPLETED", "FINISHED")


@pytest.fixture
def reader(clinic: Organisation) -> Program:
    return a_program(clinic.account, Scope.EVENTS)


@pytest.fixture
def withheld(clinic: Organisation) -> Organisation:
    clinic.emit_on = EmitOn.REVIEWED
    clinic.save()
    return clinic


def told(reader: Program) -> list[dict[str, Any]]:
    return reader.get("/v1/events?page[size]=100").json()["data"]


def words(events: list[dict[str, Any]]) -> list[str]:
    return [event["attributes"]["event"] for event in events]


def played_through(study: Study) -> None:
    episodes.activated(study)
    episodes.started(study)
    episodes.completed(study)


@EVERY_FAMILY
def test_7_the_four_events_are_told_of_each_family(
    clinic: Organisation, reader: Program, family: str
):
    study = FAMILIES[family](clinic)
    before = len(told(reader))

    played_through(study)

    events = told(reader)[before:]
    assert words(events) == list(THE_FOUR)
    for event in events:
        assert (event["type"], event["attributes"]["reference"]) == (family, study.reference)
        assert event["attributes"]["patientReference"] == study.patient.reference
    assert ["nights" in event["attributes"] for event in events] == [False, True, True, True]
    assert [event["attributes"].get("validNights") for event in events] == [None, None, None, 1]


def test_7_an_event_with_nights_is_that_of_the_contract(clinic: Organisation, reader: Program):
    study = episodes.ordered_study(clinic, "ORD-2025-000123", nights=2)
    episodes.completed(study, is_valid=False)
    episodes.completed(study, attempt=2)

    *_, document = told(reader)

    expected = example("attempt-event")["data"]
    expected["id"] = str(WebhookEvent.objects.latest("pk").message_id)
    expected["attributes"]["patientReference"] = study.patient.reference
    assert document == expected


def test_7_finished_with_no_valid_night_says_so(clinic: Organisation, reader: Program):
    episodes.in_vain(episodes.in_house_study(clinic))

    *_, document = told(reader)

    expected = example("finished-event")["data"]
    assert document["attributes"]["nights"] == expected["attributes"]["nights"]
    assert document["attributes"]["validNights"] == 0
    assert set(document["attributes"]) == set(expected["attributes"])


def test_nights_are_told_as_they_were_then(clinic: Organisation, reader: Program):
    study = episodes.in_house_study(clinic, nights=2)
    episodes.started(study)
    episodes.completed(study)
    episodes.completed(study, night=2)

    statuses = [
        [night["status"] for night in event["attributes"]["nights"]] for event in told(reader)
    ]

    assert statuses == [
        ["IN_PROGRESS", "PENDING"],
        ["VALID", "PENDING"],
        ["VALID", "VALID"],
        ["VALID", "VALID"],
    ]


@pytest.mark.parametrize(
    ("by", "indexes", "expected"),
    [
        (
            SeverityIndex.AHI4,
            Indexes(ahi3=Decimal(5), ahi4=Decimal("4.99")),
            {"severity": "NORMAL", "indexes": {"ahi3": 5.0, "ahi4": 4.99}},
        ),
        (SeverityIndex.AHI3, Indexes(odi3=Decimal(30)), {"indexes": {"odi3": 30.0}}),
        (SeverityIndex.AHI3, Indexes(), {}),
        (
            SeverityIndex.AHI3,
            Indexes(ahi3=Decimal(30)),
            {"severity": "SEVERE", "indexes": {"ahi3": 30.0}},
        ),
    ],
)
def test_what_was_not_measured_is_absent(
    clinic: Organisation,
    reader: Program,
    by: SeverityIndex,
    indexes: Indexes,
    expected: dict[str, Any],
):
    clinic.severity_by = by
    clinic.save()
    episodes.completed(episodes.in_house_study(clinic), indexes=indexes)

    (night,) = told(reader)[-1]["attributes"]["nights"]

    assert night == {"nightNumber": 1, "attemptNumber": 1, "status": "VALID", **expected}


def test_an_invalid_attempt_has_no_result(clinic: Organisation, reader: Program):
    episodes.completed(episodes.in_house_study(clinic), is_valid=False)

    first, _ = told(reader)[-1]["attributes"]["nights"]

    assert set(first) == {"nightNumber", "attemptNumber", "status"}


def test_each_activation_is_told(clinic: Organisation, reader: Program):
    study = episodes.in_house_study(clinic)
    episodes.activated(study)
    episodes.activated(study)

    assert words(told(reader)) == ["ACTIVATED", "ACTIVATED"]


def test_it_occurred_when_it_happened_and_not_when_we_heard(clinic: Organisation, reader: Program):
    episodes.activated(episodes.in_house_study(clinic))

    (event,) = told(reader)

    assert datetime.fromisoformat(event["attributes"]["occurredAt"]) == episodes.EVENING


def test_a_kit_that_came_home_first_is_told_in_the_order_in_which_it_was_heard(
    clinic: Organisation, reader: Program
):
    order = builders.order(Status.RETURN_ISSUED, chosen=clinic, reference="ORD-1")
    assert order.study
    episodes.activated(order.study)

    assert words(told(reader)) == [
        "SENT_FOR_FULFILMENT",
        "SHIPPED",
        "DELIVERED",
        "RETURNED",
        "ACTIVATED",
    ]


def test_a_cancelled_in_house_study_is_told(clinic: Organisation, reader: Program):
    study = episodes.in_house_study(clinic)
    cancel_in_house_study(study, actor=builders.staff(owner=clinic.account))

    (event,) = told(reader)

    assert (event["type"], words([event])) == ("StudyEvent", ["CANCELLED"])


def test_7_a_referral_is_told_from_its_verification_to_its_end(
    clinic: Organisation, reader: Program
):
    order = episodes.verified(episodes.referral(clinic))
    fulfilment.release_order(order, actor=builders.operator())
    fulfilment.give_up_order(order, reason="Lost.", actor=builders.operator())

    events = told(reader)

    assert words(events) == ["VERIFIED", "SENT_FOR_FULFILMENT", "CANCELLED"]
    assert {event["type"] for event in events} == {"ReferralEvent"}
    assert {event["attributes"]["reference"] for event in events} == {"REF-1"}
    patient = Order.objects.get().patient
    assert patient
    assert {event["attributes"]["patientReference"] for event in events} == {patient.reference}


def test_a_rejected_referral_is_told_without_the_reason(clinic: Organisation, reader: Program):
    staff = builders.staff(owner=clinic.account)
    reject_referral(episodes.referral(clinic), reason="Secret words.", actor=staff)

    (event,) = told(reader)

    assert (event["type"], words([event])) == ("ReferralEvent", ["REJECTED"])
    assert event["attributes"]["patientReference"] == Referral.objects.get().patient.reference
    assert "Secret" not in json.dumps(event)


# What a review has to release


@EVERY_FAMILY
def test_6_under_reviewed_no_result_is_told_and_finished_only_after_the_review(
    withheld: Organisation, reader: Program, family: str
):
    study = FAMILIES[family](withheld)
    before = len(told(reader))
    played_through(study)

    unreviewed = told(reader)[before:]
    episodes.reviewed(study)
    *again, finished = told(reader)[before:]

    assert words(unreviewed) == list(THE_FOUR[:3])
    for secret in ("severity", "indexes", "9.1", "MILD"):
        assert secret not in json.dumps(unreviewed)
    assert again == unreviewed  # also when it is written after the review
    assert words([finished]) == ["FINISHED"]
    (night,) = finished["attributes"]["nights"]
    assert (night["severity"], night["indexes"]["ahi3"]) == ("MILD", 9.1)


def test_6_a_body_that_is_written_after_the_review_says_no_more_than_the_event(
    withheld: Organisation,
):
    endpoint, _ = builders.endpoint(withheld.account, "http://127.0.0.1:9/hooks")
    study = episodes.in_house_study(withheld)
    episodes.completed(study)
    episodes.reviewed(study)

    events = WebhookEvent.objects.filter(channel="in_house").order_by("pk")
    bodies = WORDINGS[Dialect.V1].bodies(list(events), endpoint)

    completed, finished = (json.loads(body)["data"]["attributes"] for body in bodies)
    assert completed["nights"] == [{"nightNumber": 1, "attemptNumber": 1, "status": "VALID"}]
    assert finished["nights"][0]["severity"] == "MILD"


# What it costs, and who sees it


@pytest.mark.parametrize("many", [1, 5])
def test_a_page_of_events_of_every_kind_costs_the_same_however_many_there_are(
    clinic: Organisation, reader: Program, many: int
):
    for number in range(many):
        for family, opened in FAMILIES.items():
            played_through(opened(clinic, f"{family}-{number}"))
    told(reader)

    with counted() as statements:
        events = told(reader)

    assert len(events) == many * 13
    # Token, throttle, whether there are new ones, the page, what is spoken of (4), the log.
    assert len(statements) == 8, statements


def test_who_is_shown_such_a_body_is_on_record(clinic: Organisation):
    endpoint, _ = builders.endpoint(clinic.account, "http://127.0.0.1:9/hooks")
    study = episodes.in_house_study(clinic)
    episodes.activated(study)
    referral = episodes.referral(clinic)
    staff = builders.staff(owner=clinic.account)
    reject_referral(referral, reason="Not for us.", actor=staff)
    Delivery.objects.update(body=b"{}")

    record_told_patients(
        Delivery.objects.filter(endpoint=endpoint).select_related("event"),
        what="deliveries",
        actor=staff,
    )

    shown = AccessEntry.objects.filter(what="deliveries").values_list("patient_id", flat=True)
    assert sorted(shown) == sorted([study.patient_id, referral.patient_id])


# What endpoints are told


def test_verified_and_rejected_are_told_when_switched_on_and_the_four_by_default():
    assert {WORDS[kind] for kind in USUAL} == {*THE_FOUR, "SENT_FOR_FULFILMENT", "CANCELLED"}
    assert set(WORDS.values()) - {WORDS[kind] for kind in USUAL} == {
        "SHIPPED",
        "DELIVERED",
        "RETURNED",
        "VERIFIED",
        "REJECTED",
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["sent_for_fulfilment", "called_off"], [*USUAL[4:], *USUAL[:4]]),
        (
            ["sent_for_fulfilment", "called_off", "shipped", "finished"],
            ["sent_for_fulfilment", "called_off", "shipped", "finished", *USUAL[:3]],
        ),
        (["sent_for_fulfilment"], ["sent_for_fulfilment"]),
        (["shipped"], ["shipped"]),
    ],
)
def test_endpoints_that_were_told_of_all_that_was_usual_still_are(
    clinic: Organisation, before: list[str], after: list[str]
):
    builders.endpoint(clinic.account, "http://127.0.0.1:9/hooks")
    WebhookEndpoint.objects.update(kinds=before)
    migration = import_module("webhooks.migrations.0003_usual_kinds_of_studies")

    with connection.cursor() as cursor:
        cursor.execute(migration.TELL)

    assert WebhookEndpoint.objects.get().kinds == after
