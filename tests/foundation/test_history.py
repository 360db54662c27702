import pytest
from django.db import DatabaseError, transaction

from foundation.access import record_shown
from foundation.models import AccessEntry
from orders.commands import cancel_order
from patients.models import Patient
from tests import builders

pytestmark = pytest.mark.django_db


def test_every_version_of_an_order_is_kept_and_signed_by_who_made_it():
    order = builders.order()
    actor = builders.staff(owner=order.account)

    cancel_order(order, reason="Not needed.", actor=actor)

    versions = order.history.order_by("pgh_id")
    assert [(one.pgh_label, one.status) for one in versions] == [
        ("insert", "order_placed"),
        ("update", "voided"),
    ]
    assert versions[1].pgh_context["user"] == actor.user_id
    assert versions[1].pgh_context["door"] == "staff"


def test_a_write_past_every_command_is_kept_too():
    order = builders.order()

    Patient.objects.filter(pk=order.patient_id).update(email="sneaky@test.example")

    assert order.patient.history.latest("pgh_id").email == "sneaky@test.example"


def test_history_cannot_be_rewritten():
    order = builders.order()

    for write in (
        lambda: order.history.update(status="voided"),
        lambda: order.history.all().delete(),
        lambda: order.events.update(actor="somebody else"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


def test_the_hash_of_a_password_or_secret_is_in_no_history():
    credentials = builders.api_client(builders.account())

    version = credentials.client.history.latest("pgh_id")

    assert not hasattr(version, "client_secret")


def test_a_patient_shown_leaves_a_row_that_names_nobody_but_ids():
    order = builders.order()
    actor = builders.staff(owner=order.account)

    record_shown([(order.account_id, order.patient_id, order.pk)], what="order page", actor=actor)

    entry = AccessEntry.objects.get()
    assert (entry.patient_id, entry.order_id, entry.user_id) == (
        order.patient_id,
        order.pk,
        actor.user_id,
    )
