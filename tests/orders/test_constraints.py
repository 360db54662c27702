"""What the database refuses, whoever writes."""

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.constraints import SameAccount
from orders.commands import add_note
from orders.models import Order, OrderEvent, OrderLine, OrderNote, Shipment
from orders.statuses import Status
from organisations.sensors import EmitOn
from patients.models import Patient, PatientOrganisation
from studies.commands import StudyPlan, open_study
from studies.models import Channel, Study
from studies.terms import StudyTerms
from tests import builders

pytestmark = pytest.mark.django_db

ROOMS = {"orders", "studies", "inventory", "patients", "organisations"}


def refused(by: str, act) -> None:
    with pytest.raises(IntegrityError, match=by), transaction.atomic():
        act()


@pytest.mark.parametrize(
    ("model", "column", "constraint"),
    [
        (Order, "patient_id", "order_patient_is_of_the_same_account"),
        (Order, "organisation_id", "order_organisation_is_of_the_same_account"),
        (Order, "study_id", "order_study_is_of_the_same_account"),
        (Study, "patient_id", "study_patient_is_of_the_same_account"),
        (Study, "organisation_id", "study_organisation_is_of_the_same_account"),
        (OrderLine, "order_id", "line_order_is_of_the_same_account"),
        (OrderNote, "order_id", "note_order_is_of_the_same_account"),
        (Shipment, "order_id", "shipment_order_is_of_the_same_account"),
        (PatientOrganisation, "patient_id", "linked_patient_is_of_the_same_account"),
        (PatientOrganisation, "organisation_id", "linked_organisation_is_of_the_same_account"),
    ],
)
def test_no_row_points_into_another_account(model, column, constraint):
    mine = builders.order(Status.ON_HOLD) if model is OrderNote else builders.order(Status.SHIPPED)
    theirs = builders.order()
    spare = _study_without_an_order(theirs)
    foreign = {
        "patient_id": theirs.patient_id,
        "organisation_id": theirs.organisation_id,
        "study_id": spare.pk,
        "order_id": theirs.pk,
    }[column]
    row = model.objects.filter(account=mine.account).first()

    refused(constraint, lambda: model.objects.filter(pk=row.pk).update(**{column: foreign}))


def test_a_site_of_another_account_is_refused():
    order, site = builders.order(), builders.site(builders.account())

    refused(
        "order_site_is_of_the_same_account",
        lambda: Order.objects.filter(pk=order.pk).update(site=site, patient=None, study=None),
    )


def test_an_order_goes_to_a_patient_or_a_site_never_both_and_never_neither():
    order = builders.order()
    site = builders.site(order.account)
    rows = Order.objects.filter(pk=order.pk)

    refused("order_goes_to_a_patient_or_a_site", lambda: rows.update(site=site))
    refused("order_goes_to_a_patient_or_a_site", lambda: rows.update(patient=None, study=None))


def test_a_line_is_an_item_or_a_kit_and_counts_at_least_one():
    line = builders.order().lines.get()
    rows = OrderLine.objects.filter(pk=line.pk)

    refused("line_is_an_item_or_a_kit", lambda: rows.update(item=builders.phone_item()))
    refused("line_count_is_at_least_1", lambda: rows.update(count=0))


def test_a_reference_and_an_activation_code_are_there_once():
    clinic = builders.organisation()
    first, second = builders.order(chosen=clinic), builders.order(chosen=clinic)

    refused(
        "order_reference_is_taken",
        lambda: Order.objects.filter(pk=second.pk).update(reference=first.reference),
    )
    refused(
        "activation_code",
        lambda: Study.objects.filter(pk=second.study_id).update(
            activation_code=first.study.activation_code
        ),
    )


def test_a_patient_reference_is_there_once_in_an_account():
    clinic = builders.organisation()
    first, second = builders.order(chosen=clinic), builders.order(chosen=clinic)

    refused(
        "patient_reference_is_taken",
        lambda: Patient.objects.filter(pk=second.patient_id).update(
            reference=first.patient.reference
        ),
    )


def test_an_orders_times_and_places_fit_its_status():
    order = builders.order(Status.AWAITING_SHIPMENT)
    rows = Order.objects.filter(pk=order.pk)

    refused("order_that_was_sent_says_since_when", lambda: rows.update(sent_for_fulfilment_at=None))
    refused(
        "order_resumes_where_it_can",
        lambda: rows.update(status=Status.ON_HOLD, resume_to=Status.DELIVERED),
    )
    refused("order_address_has_at_most_6_lines", lambda: rows.update(address_lines=["line"] * 7))


def test_an_event_points_at_no_other_accounts_note():
    add_note(theirs := builders.order(), "Test.", actor=builders.staff(owner=theirs.account))
    mine = builders.order()

    refused(
        "event_note_is_of_the_same_account",
        lambda: OrderEvent.objects.create(
            account=mine.account,
            order=mine,
            name="note_added",
            note=theirs.notes.get(),
            door="staff",
            happened_at=timezone.now(),
        ),
    )


ACROSS_ACCOUNTS = {"account", "placed_by_user", "placed_by_client", "placed_by_key"}
ACROSS_ACCOUNTS |= {"phone_asked_by", "author_user", "actor_user", "user", "account_manager"}
ACROSS_ACCOUNTS |= {"manufacturer", "owner", "holder", "place", "sent_by_client"}


def test_every_link_between_two_tables_of_an_account_stays_in_it():
    """Whatever is not listed above and points at a row with an account has a composite key."""
    loose = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.split(".")[0] in ROOMS and not hasattr(model, "pgh_obj")
        for field in model._meta.concrete_fields
        if field.is_relation
        and field.name not in ACROSS_ACCOUNTS
        and any(other.name == "account" for other in field.related_model._meta.concrete_fields)
        and not any(
            isinstance(one, SameAccount) and one.field == field.name
            for one in model._meta.constraints
        )
    ]

    assert loose == []


def _study_without_an_order(order: Order) -> Study:
    plan = StudyPlan(
        terms=StudyTerms(
            organisation=order.organisation,
            nights=1,
            sensors=("neck",),
            emits_on=EmitOn.COMPLETE,
        ),
        channel=Channel.IN_HOUSE,
        reference="STU-1",
    )
    return open_study(plan, patient=order.patient)
