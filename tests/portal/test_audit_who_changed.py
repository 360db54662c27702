"""An auditor searches who changed: by patient, person or program and order; and what both
searches rest on.
"""

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders import fulfilment
from orders.commands import add_note, cancel_order
from orders.models import Order
from orders.statuses import Status
from organisations.models import User
from patients.models import Patient
from portal.audit import changes
from portal.audit.subjects import HOMEWARD, Search, person_of
from portal.audit.trails import trails
from tests import builders
from tests.portal.auditing import (
    CHANGED,
    reader_of,
    search,
    versions,
)

pytestmark = pytest.mark.django_db


def test_an_auditor_finds_all_that_was_written_about_a_patient(auditor: Client) -> None:
    order = builders.order(Status.SHIPPED, notes=("Ring twice.",))
    builders.order()
    assert order.patient
    order.patient.email = "new@test.example"
    order.patient.save()

    answer = search(auditor, CHANGED, patient=str(order.patient.reference))

    told = versions(answer)
    assert {one.of.rpartition(" ")[0] for one in told} == {
        "patient",
        "patient organisation",
        "order",
        "order line",
        "order note",
        "reservation",
        "shipment",
        "study",
    }
    assert {row["told"].patient for row in answer.context["rows"]} == {order.patient}
    changes_ = [change for one in told if one.what == "Changed" for change in one.changes]
    assert ("E-mail", "new@test.example") in {(one.field, one.after) for one in changes_}


def test_a_version_says_when_who_door_request_and_each_field_before_and_after(
    auditor: Client,
) -> None:
    order = builders.order()
    fulfilment.hold_order(order, reason="Because.", actor=builders.operator())

    answer = search(auditor, CHANGED, order=order.reference)

    held = next(one for one in versions(answer) if one.of == f"order {order.pk}")
    assert (held.what, held.who, held.door) == ("Changed", "Test Operator", "Admin")
    assert ("Status", "Placed", "On hold") in {
        (one.field, one.before, one.after) for one in held.changes
    }
    text = answer.content.decode()
    assert f'href="/admin/orders/order/{order.pk}/history/"' in text
    assert f'href="/admin/patients/patient/{order.patient_id}/change/"' in text


def test_an_auditor_finds_what_was_written_about_an_order_and_its_study(auditor: Client) -> None:
    order = builders.order(Status.VOIDED)
    builders.order()

    told = versions(search(auditor, CHANGED, order=order.reference))

    assert order.study
    assert f"study {order.study.pk}" in {one.of for one in told}
    numbers = {one.of for one in told if one.of.startswith("order ")}
    assert f"order {order.pk}" in numbers
    assert {one.of for one in told if one.of.startswith("patient")} == set()


def test_an_auditor_finds_what_a_person_wrote_wherever_it_was(auditor: Client) -> None:
    order, other = builders.order(), builders.order()
    actor = reader_of(order, full_name="Rita Reader")
    add_note(order, "Rita was here.", actor=actor)
    cancel_order(other, reason="Not Rita.", actor=builders.operator())

    answer = search(auditor, CHANGED, person="Rita Reader")

    assert {one.who for one in versions(answer)} == {"Rita Reader"}
    assert "Rita was here." in answer.content.decode()
    assert "Not Rita." not in answer.content.decode()


def test_an_auditor_finds_what_a_program_wrote(auditor: Client) -> None:
    program = builders.integrator(builders.account())
    chosen = builders.organisation(owner=builders.Account.objects.get(pk=program.account_id))
    order = builders.order(chosen=chosen, actor=program)
    builders.order(chosen=chosen)

    answer = search(auditor, CHANGED, person=program.label, order=order.reference)

    assert {(one.who, one.door) for one in versions(answer)} == {(program.label, "API v1")}
    assert f"order {order.pk}" in {one.of for one in versions(answer)}


def test_changes_are_read_page_by_page_without_a_gap_or_a_repetition(auditor: Client) -> None:
    orders = [builders.order(Status.RETURN_ISSUED) for _ in range(3)]
    order = orders[0]
    for number in range(30):
        Patient.objects.filter(pk=order.patient_id).update(email=f"p{number}@test.example")

    told, address = [], f"{CHANGED}?patient={order.patient_id}"
    while address:
        answer = auditor.get(address)
        told += answer.context["rows"]
        older = answer.context["older"]
        address = f"{CHANGED}?{older}" if older else ""

    kept = [row["told"].kept for row in told]
    places = [(one._meta.label, one.pgh_id) for one in kept]
    assert len(places) == len(set(places)) == everything_about(order)
    times = [one.pgh_created_at for one in kept]
    assert times == sorted(times, reverse=True)


def everything_about(order: Order) -> int:
    """How many kept versions there are, counted table by table."""
    parts = (order.lines, order.notes, order.shipments)
    histories = [order.history, order.patient.history, order.study.history]  # type: ignore[union-attr]
    histories += [part.history for kind in parts for part in kind.all()]
    promised = apps.get_model("orders", "ReservationHistory").objects.filter(order=order)
    histories += [link.history for link in order.patient.organisations.all()]  # type: ignore[union-attr]
    return promised.count() + sum(history.count() for history in histories)


def test_what_is_secret_is_not_told(auditor: Client) -> None:
    order = builders.order()
    assert order.study

    text = search(auditor, CHANGED, order=order.reference).content.decode()

    assert order.study.activation_code not in text
    assert order.study.reference in text


def test_without_a_subject_nothing_is_listed(auditor: Client) -> None:
    builders.order()

    answer = auditor.get(CHANGED)

    assert answer.context["rows"] == []
    assert "Search for a patient, a person or an order" in answer.content.decode()


def test_homeward_itself_can_be_searched_for(auditor: Client) -> None:
    answer = auditor.post(CHANGED, {"person": "homeward"})

    assert answer["Location"] == f"{CHANGED}?person={HOMEWARD.who.replace(':', '%3A')}"


def test_every_tracked_table_that_points_at_a_patient_order_or_study_is_searched() -> None:
    targets = {"patients.Patient": "patient", "orders.Order": "order", "studies.Study": "study"}
    for trail in trails():
        for field in trail.kept.pgh_tracked_model._meta.concrete_fields:
            if field.related_model and field.related_model._meta.label in targets:
                assert getattr(trail, targets[field.related_model._meta.label]), field


@pytest.mark.parametrize("subject", ["patient", "person", "order"])
def test_a_search_reads_the_big_tables_along_indexes(subject: str) -> None:
    order = builders.order()
    searches = {
        "patient": Search(patient=order.patient),
        "person": Search(person=person_of(User.objects.all()[0])),
        "order": Search(order=order),
    }
    with CaptureQueriesContext(connection) as asked:
        changes.changes_page(searches[subject], before=None)

    plan = explained(asked.captured_queries[0]["sql"])

    # Small tables have no other way, so reading them whole is made to look dear.
    assert "Seq Scan" not in plan, plan


def explained(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(row[0] for row in cursor.fetchall())
