from datetime import date

import pytest
from django.db import IntegrityError, transaction

from foundation.actors import Door
from foundation.errors import Forbidden, SeveralRefusals
from inventory.models import Kit, StudyKit
from orders.commands import place_order
from orders.errors import (
    AddressMissing,
    NoKitServes,
    SmartphoneNotAsked,
)
from orders.models import Order, OrderEvent
from orders.statuses import Status
from orders.supplies_errors import (
    CountTooSmall,
    ItemNotFound,
    ItemNotOrderable,
    LinesMissing,
)
from orders.wanted import KnownSite, LineWanted, OrderWanted
from organisations.actors import actor_for_user
from organisations.errors import SiteNotFound
from organisations.roles import Role
from organisations.sensors import EmitOn, Sensor
from patients.models import Patient
from studies.errors import (
    NeckSensorMissing,
    NightsMissing,
    NightsOutOfRange,
    OrganisationNotFound,
    ReferenceMalformed,
    ReferenceMissing,
    ReferenceReserved,
    ReferenceTaken,
    ReferenceTooLong,
    SensorNotEntitled,
    SensorNotInProduct,
    SensorsMissing,
)
from studies.models import Channel, Study
from studies.wanted import OrganisationNamed
from tests import builders

pytestmark = pytest.mark.django_db


def test_an_order_brings_its_patient_study_lines_and_one_event():
    clinic = builders.organisation()

    order = place_order(
        builders.order_wanted(clinic, reference="A-1"), actor=builders.staff(owner=clinic.account)
    )

    assert (order.status, order.reference, order.door) == (Status.ORDER_PLACED, "A-1", "staff")
    assert [event.name for event in order.events.all()] == ["order_placed"]
    assert [(line.kit is not None, line.count) for line in order.lines.all()] == [(True, 1)]
    assert order.study.channel == Channel.ORDER
    assert order.study.reference == "A-1"
    assert order.study.patient == order.patient
    assert len(order.study.activation_code) == 8


def test_a_smartphone_adds_its_line_and_the_record_of_who_asked_and_when():
    clinic = builders.organisation()
    phone = builders.phone_item()
    actor = builders.staff(owner=clinic.account)

    order = place_order(builders.order_wanted(clinic, study={"phone_needed": True}), actor=actor)

    assert phone in [line.item for line in order.lines.all()]
    assert order.phone_needed
    assert order.phone_asked_by_id == actor.user_id
    assert order.phone_asked_at is not None


def test_a_smartphone_is_never_a_reason_to_refuse_even_when_none_is_set_up():
    clinic = builders.organisation()

    order = builders.order(chosen=clinic, study={"phone_needed": True})

    assert order.phone_needed
    assert order.lines.count() == 1


def test_staff_must_confirm_that_they_asked_about_a_smartphone():
    clinic = builders.organisation()

    with pytest.raises(SmartphoneNotAsked):
        place_order(
            builders.order_wanted(clinic, study={"phone_asked": False}),
            actor=builders.staff(owner=clinic.account),
        )


def test_a_program_is_not_asked_and_nothing_is_recorded_for_it():
    clinic = builders.organisation()

    order = place_order(
        builders.order_wanted(clinic, study={"phone_asked": False}),
        actor=builders.integrator(clinic.account),
    )

    assert (order.phone_asked_by, order.phone_asked_at) == (None, None)


def test_the_database_holds_the_smartphone_question_whatever_the_code_does():
    order = builders.order()

    with (
        pytest.raises(IntegrityError, match="staff_study_order_records_the_smartphone_question"),
        transaction.atomic(),
    ):
        Order.objects.filter(pk=order.pk).update(phone_asked_by=None)


def test_a_second_order_with_the_same_reference_is_refused_and_leaves_nothing():
    clinic = builders.organisation()
    builders.order(chosen=clinic, reference="A-1")

    with pytest.raises(ReferenceTaken):
        builders.order(chosen=clinic, reference="A-1")

    assert (Order.objects.count(), Study.objects.count(), OrderEvent.objects.count()) == (1, 1, 1)
    assert Patient.objects.count() == 1


def test_a_reference_stays_taken_after_a_cancel():
    clinic = builders.organisation()
    builders.order(Status.VOIDED, chosen=clinic, reference="A-1")

    with pytest.raises(ReferenceTaken):
        builders.order(chosen=clinic, reference="A-1")


def test_references_are_compared_exactly_and_belong_to_one_account():
    clinic, elsewhere = builders.organisation(), builders.organisation()

    references = {
        builders.order(chosen=clinic, reference="A-1").reference,
        builders.order(chosen=clinic, reference="a-1").reference,
        builders.order(chosen=elsewhere, reference="A-1").reference,
    }

    assert references == {"A-1", "a-1"}


@pytest.mark.parametrize(
    ("reference", "refusal"),
    [
        ("", ReferenceMissing),
        ("   ", ReferenceMissing),
        ("x" * 129, ReferenceTooLong),
        ("a/b", ReferenceMalformed),
        (".", ReferenceMalformed),
        ("..", ReferenceMalformed),
        ("a\tb", ReferenceMalformed),
        ("a\x00b", ReferenceMalformed),
        ("HW-1", ReferenceReserved),
        ("hw-1", ReferenceReserved),
        (" Hw-1", ReferenceReserved),
    ],
)
def test_a_reference_that_cannot_be_is_refused(reference, refusal):
    with pytest.raises(refusal):
        builders.order(reference=reference)


def test_an_order_without_a_reference_gets_one_of_ours():
    reference = builders.order().reference

    assert reference.startswith("HW-")
    assert len(reference) == 13


def test_what_is_left_out_comes_from_the_organisation_and_is_frozen():
    clinic = builders.organisation(
        default_nights=3,
        default_sensors=[Sensor.NECK, Sensor.OXIMETER],
        emit_on=EmitOn.REVIEWED,
    )

    study = builders.order(chosen=clinic, study={"nights": None, "sensors": None}).study
    clinic.emit_on = EmitOn.COMPLETE
    clinic.save()
    study.refresh_from_db()

    assert (study.nights, study.sensors, study.emits_on) == (3, ["neck", "oximeter"], "reviewed")


def test_what_the_order_says_wins_over_the_organisation():
    clinic = builders.organisation(default_nights=3, emit_on=EmitOn.REVIEWED)

    study = builders.order(chosen=clinic, study={"emit_on": EmitOn.COMPLETE}).study

    assert (study.nights, study.emits_on) == (2, "complete")


@pytest.mark.parametrize(
    ("study", "refusal", "field"),
    [
        ({"nights": None}, NightsMissing, "study.nights"),
        ({"nights": 0}, NightsOutOfRange, "study.nights"),
        ({"nights": 31}, NightsOutOfRange, "study.nights"),
        ({"sensors": None}, SensorsMissing, "study.sensors"),
        ({"sensors": ()}, SensorsMissing, "study.sensors"),
        ({"sensors": (Sensor.OXIMETER,)}, NeckSensorMissing, "study.sensors"),
    ],
)
def test_a_study_that_cannot_be_is_refused_beside_its_field(study, refusal, field):
    with pytest.raises(refusal) as refused:
        builders.order(study=study)

    assert refused.value.field == field


def test_a_sensor_the_account_may_not_use_is_refused_and_named_by_its_place():
    clinic = builders.organisation(builders.account(sensors=[Sensor.NECK]))

    with pytest.raises(SensorNotEntitled) as refused:
        builders.order(chosen=clinic, study={"sensors": (Sensor.NECK, Sensor.OXIMETER)})

    assert refused.value.field == "study.sensors.1"


def test_a_sensor_the_product_cannot_use_is_refused():
    clinic = builders.organisation(product=builders.product(sensors=[Sensor.NECK]))

    with pytest.raises(SensorNotInProduct):
        builders.order(chosen=clinic, study={"sensors": (Sensor.NECK, Sensor.OXIMETER)})


def test_sensors_that_no_kit_serves_are_refused():
    clinic = builders.organisation()
    clinic.product.sensors = list(Sensor)
    clinic.product.save()
    StudyKit.objects.filter(product=clinic.product).delete()

    with pytest.raises(NoKitServes):
        builders.order(chosen=clinic)


def test_all_faults_of_a_study_are_told_at_once():
    with pytest.raises(SeveralRefusals) as refused:
        builders.order(study={"nights": 99, "sensors": (Sensor.OXIMETER,)})

    assert [each.code for each in refused.value.each()] == [
        "nights_out_of_range",
        "neck_sensor_missing",
    ]


@pytest.mark.parametrize(
    ("name", "reference"),
    [("Test Clinic", "WRONG"), ("Wrong", "ORG"), ("test clinic", "ORG"), ("Test Clinic", "org")],
)
def test_an_organisation_is_found_only_by_its_own_name_and_reference(name, reference):
    clinic = builders.organisation(name="Test Clinic", reference="ORG")

    with pytest.raises(OrganisationNotFound):
        builders.order(chosen=clinic, study={"organisation": OrganisationNamed(name, reference)})


def test_an_organisation_of_another_account_is_not_found():
    mine, theirs = builders.organisation(), builders.organisation()

    with pytest.raises(OrganisationNotFound):
        place_order(builders.order_wanted(theirs), actor=builders.integrator(mine.account))


def test_staff_of_one_organisation_cannot_order_for_another_of_the_account():
    account = builders.account()
    mine, other = builders.organisation(account), builders.organisation(account)

    with pytest.raises(OrganisationNotFound):
        place_order(builders.order_wanted(other), actor=builders.staff(mine))


@pytest.mark.parametrize("closed", ["organisation", "account", "product"])
def test_nothing_can_be_ordered_for_what_is_closed(closed):
    clinic = builders.organisation()
    row = clinic if closed == "organisation" else getattr(clinic, closed)
    row.is_active = False
    row.save()

    with pytest.raises(OrganisationNotFound):
        builders.order(chosen=clinic)


def test_without_any_address_the_order_is_refused_and_nothing_stays():
    with pytest.raises(AddressMissing):
        builders.order(address=None, recipient=builders.patient_wanted(address=None))

    assert Patient.objects.count() == 0


def test_the_patients_own_address_serves_when_none_is_given():
    order = builders.order(address=None)

    assert order.address == builders.ADDRESS


def test_an_operator_names_the_account_first():
    clinic = builders.organisation()

    with pytest.raises(Forbidden):
        place_order(builders.order_wanted(clinic), actor=builders.operator())
    order = place_order(builders.order_wanted(clinic), actor=builders.operator(clinic.account))

    assert (order.door, order.account) == ("admin", clinic.account)


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.STOCK_LEAD, Role.AUDITOR])
def test_who_may_not_order_is_forbidden(role):
    actor = actor_for_user(builders.user(role), door=Door.STAFF)

    with pytest.raises(Forbidden):
        place_order(builders.order_wanted(builders.organisation()), actor=actor)


def test_supplies_go_to_a_site_out_of_the_accounts_own_catalogue():
    account = builders.account()
    item, site = builders.catalogue_item(account), builders.site(account)
    wanted = OrderWanted(
        recipient=KnownSite(site.pk),
        contents=(LineWanted(item_id=item.pk, count=3),),
        notes=("At the back door.",),
        external_ids=("so-1",),
    )

    order = place_order(wanted, actor=builders.integrator(account))

    assert (order.site, order.study, order.organisation) == (site, None, None)
    assert order.address == site.address
    assert [note.text for note in order.notes.all()] == ["At the back door."]


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [((), LinesMissing), ((LineWanted(item_id=0, count=1),), ItemNotFound)],
)
def test_supplies_outside_the_catalogue_are_refused(lines, refusal):
    account = builders.account()
    wanted = OrderWanted(recipient=KnownSite(builders.site(account).pk), contents=lines)

    with pytest.raises(refusal):
        place_order(wanted, actor=builders.integrator(account))


def test_a_count_below_one_is_refused_beside_its_line():
    account = builders.account()
    item, site = builders.catalogue_item(account), builders.site(account)
    wanted = OrderWanted(
        recipient=KnownSite(site.pk), contents=(LineWanted(item_id=item.pk, count=0),)
    )

    with pytest.raises(CountTooSmall) as refused:
        place_order(wanted, actor=builders.integrator(account))

    assert refused.value.field == "lines.0.count"


def test_a_withdrawn_item_cannot_be_ordered():
    account = builders.account()
    item, site = builders.catalogue_item(account), builders.site(account)
    item.orderable = False
    item.save()
    wanted = OrderWanted(
        recipient=KnownSite(site.pk), contents=(LineWanted(item_id=item.pk, count=1),)
    )

    with pytest.raises(ItemNotOrderable):
        place_order(wanted, actor=builders.integrator(account))


def test_supplies_are_ordered_by_those_who_may_see_them_afterwards():
    clinic = builders.organisation()
    item, site = builders.catalogue_item(clinic.account), builders.site(clinic.account)
    wanted = OrderWanted(
        recipient=KnownSite(site.pk), contents=(LineWanted(item_id=item.pk, count=1),)
    )

    with pytest.raises(Forbidden):
        place_order(wanted, actor=builders.staff(clinic))


def test_a_kit_that_was_archived_serves_no_study():
    clinic = builders.organisation()
    Kit.objects.update(is_archived=True)

    with pytest.raises(NoKitServes):
        builders.order(chosen=clinic)


def test_another_accounts_site_is_not_found():
    account = builders.account()
    item, theirs = builders.catalogue_item(account), builders.site(builders.account())
    wanted = OrderWanted(
        recipient=KnownSite(theirs.pk), contents=(LineWanted(item_id=item.pk, count=1),)
    )

    with pytest.raises(SiteNotFound):
        place_order(wanted, actor=builders.integrator(account))


def test_supplies_are_no_study_orders():
    account = builders.account()
    item, site = builders.catalogue_item(account), builders.site(account)
    wanted = OrderWanted(
        recipient=KnownSite(site.pk), contents=(LineWanted(item_id=item.pk, count=1),)
    )
    place_order(wanted, actor=builders.integrator(account))
    study_order = builders.order(chosen=builders.organisation(account))

    assert list(Order.objects.study_orders()) == [study_order]


def test_events_hold_ids_and_never_the_patient():
    order = builders.order(
        recipient=builders.patient_wanted(date_of_birth=date(1951, 2, 3), email="secret@x.example")
    )

    facts = order.events.get().facts

    assert facts == {"study": order.study_id}
