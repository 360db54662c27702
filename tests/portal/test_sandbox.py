"""Playing what belongs to a test account: by the same commands as in real life."""

from datetime import date

import pytest

from foundation.actors import Actor
from foundation.errors import Forbidden
from foundation.ids import public_id
from orders import fulfilment
from orders.errors import OrderNotFound
from orders.lifecycle import advance
from orders.models import Order
from orders.statuses import Status
from organisations.models import Account, Clinician, Organisation
from organisations.roles import Role
from organisations.sensors import EmitOn, Sensor
from portal.sandbox.errors import NotATestAccount, NothingToPlay
from portal.sandbox.playing import Until, play
from studies.activation import activate_study
from studies.commands import create_in_house_study
from studies.errors import DateOfBirthWrong
from studies.models import AttemptReport, NightAttempt, Review, Study
from studies.recording import check_report
from studies.statuses import StudyStatus
from studies.wanted import Activation, InHouseWanted
from tests import builders
from tests.api.gateway.calls import happened, told
from tests.printed import read as printed
from tests.webhooks.receiver import receiving
from tests.webhooks.working import work

STEPS = [
    "The order was sent for fulfilment.",
    "The parcel was shipped.",
    "The parcel was delivered.",
    "The patient activated the study.",
    "The recording of night 1 began.",
    "The recording of night 1 was processed, and is valid.",
    "The recording of night 2 began.",
    "The recording of night 2 was processed, and is valid.",
    "The kit is on its way home.",
]


@pytest.fixture
def clinic(db: None) -> Organisation:
    return builders.organisation(builders.account(is_test=True))


@pytest.fixture
def staff(clinic: Organisation) -> Actor:
    return builders.staff(owner=clinic.account)


@pytest.fixture
def order(clinic: Organisation) -> Order:
    return builders.order(chosen=clinic)


def in_house(clinic: Organisation, **members: object) -> Study:
    wanted = InHouseWanted(terms=builders.terms(clinic), patient=builders.patient_wanted(**members))
    return create_in_house_study(wanted, actor=builders.staff(owner=clinic.account))


def test_an_order_is_played_step_by_step(order: Order, staff: Actor) -> None:
    played = [play(order, until=Until.NEXT, actor=staff) for _ in STEPS]

    assert played == [[words] for words in STEPS]
    with pytest.raises(NothingToPlay):
        play(order, until=Until.NEXT, actor=staff)


def test_an_order_is_played_to_its_end(order: Order, staff: Actor) -> None:
    assert play(order, until=Until.FINISHED, actor=staff) == STEPS

    order.refresh_from_db()
    assert order.status == Status.RETURN_ISSUED
    assert order.study is not None
    assert order.study.status == StudyStatus.RESULT_READY
    assert told(order.study) == [
        "study_activated",
        "attempt_started",
        "attempt_completed",
        "attempt_started",
        "attempt_completed",
        "finished",
    ]


def test_the_timeline_says_that_it_was_played_and_by_whom(order: Order, staff: Actor) -> None:
    play(order, until=Until.FINISHED, actor=staff)

    assert order.study is not None
    played = order.events.exclude(name="order_placed")
    actors = {one.actor for one in [*played, *order.study.events.all()]}
    assert actors == {f"Sandbox, for {staff.label}"}
    assert {one.actor_user_id for one in order.study.events.all()} == {staff.user_id}


def test_an_in_house_study_is_played_without_a_parcel(clinic: Organisation, staff: Actor) -> None:
    study = in_house(clinic)

    assert play(study, until=Until.FINISHED, actor=staff) == STEPS[3:-1]
    study.refresh_from_db()
    assert study.status == StudyStatus.RESULT_READY


def test_a_supplies_order_ends_with_its_delivery(clinic: Organisation, staff: Actor) -> None:
    order = builders.supplies_order(clinic.account)

    assert play(order, until=Until.FINISHED, actor=staff) == STEPS[:3]


def test_a_report_is_a_pdf_that_says_what_it_is(order: Order, staff: Actor) -> None:
    play(order, until=Until.FINISHED, actor=staff)

    reports = [bytes(one.content) for one in AttemptReport.objects.all()]
    assert len(reports) == 2
    for report in reports:
        check_report(report)
        text = printed(report).text
        assert "Nobody was recorded" in text
        assert str(order.recipient) not in text


@pytest.mark.parametrize(
    ("sensors", "measured"),
    [((Sensor.NECK,), {"ahi3", "ahi4"}), (tuple(Sensor), {"ahi3", "ahi4", "odi3", "odi4"})],
)
def test_only_what_the_sensors_give_is_made_up(
    clinic: Organisation, staff: Actor, sensors: tuple[str, ...], measured: set[str]
) -> None:
    order = builders.order(chosen=clinic, study={"sensors": sensors, "nights": 1})

    play(order, until=Until.FINISHED, actor=staff)

    assert set(NightAttempt.objects.get().indexes) == measured


def test_under_reviewed_whoever_plays_signs_the_review(clinic: Organisation, staff: Actor) -> None:
    order = builders.order(chosen=clinic, study={"emit_on": EmitOn.REVIEWED})

    words = play(order, until=Until.FINISHED, actor=staff)

    assert "The results were reviewed and released." in words
    review = Review.objects.get()
    assert (review.signed_by, review.signed_by_user_id) == (
        f"Sandbox, for {staff.label}",
        staff.user_id,
    )
    assert order.study is not None
    assert told(order.study)[-1] == "finished"


def test_a_program_has_the_clinician_sign_and_without_one_the_results_wait(
    clinic: Organisation,
) -> None:
    study = builders.order(chosen=clinic, study={"emit_on": EmitOn.REVIEWED}).study
    assert study is not None
    program = builders.gateway_actor()

    words = play(study, until=Until.FINISHED, actor=program)

    assert "wait for a clinician" in words[-1]
    assert not Review.objects.exists()
    clinician = builders.user(Role.CLINICIAN, owner=clinic.account)
    Clinician.objects.filter(pk=clinic.clinician_id).update(user=clinician)
    assert play(study, until=Until.NEXT, actor=program) == [
        "The results were reviewed and released."
    ]
    assert Review.objects.get().signed_by_user == clinician


@pytest.mark.parametrize(
    "here",
    [
        Status.ON_HOLD,
        Status.PENDING_ADDITIONAL_INFORMATION,
        Status.RECONFIRM_ADDRESS,
        Status.AVAILABLE_FOR_PICKUP,
        Status.UNSUCCESSFUL_DELIVERY,
        Status.RETURN_ISSUED,
    ],
)
def test_an_order_is_played_from_wherever_it_is(
    clinic: Organisation, staff: Actor, here: Status
) -> None:
    order = builders.order(here, chosen=clinic)

    play(order, until=Until.FINISHED, actor=staff)

    order.refresh_from_db()
    assert order.study is not None
    assert (order.status, order.study.status) == (Status.RETURN_ISSUED, StudyStatus.RESULT_READY)


@pytest.mark.parametrize("here", [Status.VOIDED, Status.UNABLE_TO_FULFILL])
def test_what_was_cancelled_is_not_played(clinic: Organisation, staff: Actor, here: Status) -> None:
    order = builders.order(here, chosen=clinic)

    with pytest.raises(NothingToPlay):
        play(order, until=Until.FINISHED, actor=staff)


def test_an_order_that_waits_for_stock_waits_on(order: Order, staff: Actor) -> None:
    advance(order, Status.PENDING_INVENTORY, actor=builders.operator())

    with pytest.raises(NothingToPlay) as refused:
        play(order, until=Until.NEXT, actor=staff)

    assert "waits for stock" in refused.value.words


def test_a_locked_study_is_not_played(clinic: Organisation, staff: Actor) -> None:
    study = in_house(clinic)
    for _ in range(5):
        wrong = Activation(
            code=study.activation_code, date_of_birth=date(1999, 1, 1), message=public_id()
        )
        with pytest.raises(DateOfBirthWrong):
            activate_study(wrong, actor=builders.gateway_actor())

    with pytest.raises(NothingToPlay) as refused:
        play(study, until=Until.NEXT, actor=staff)

    assert "locked" in refused.value.words


def test_a_later_refusal_ends_the_play_and_is_told(clinic: Organisation, staff: Actor) -> None:
    study = builders.order(chosen=clinic).study
    assert study is not None
    study.patient.date_of_birth = None
    study.patient.save()
    order = Order.objects.get(study=study)

    words = play(order, until=Until.FINISHED, actor=staff)

    assert words[:3] == STEPS[:3]
    assert "nobody has said when the patient was born" in words[-1]


# Never on a live account


def test_a_live_account_is_never_played(staff: Actor) -> None:
    live = builders.organisation()
    order = builders.order(chosen=live)
    study = in_house(live)
    before = list(order.events.values())

    for what in (order, study):
        for actor in (builders.staff(owner=live.account), builders.gateway_actor()):
            with pytest.raises(NotATestAccount):
                play(what, until=Until.NEXT, actor=actor)

    assert list(order.events.values()) == before
    assert [name for name, _ in happened(study)] == ["created"]


def test_another_account_s_order_is_not_played(order: Order) -> None:
    stranger = builders.staff(owner=builders.organisation(builders.account(is_test=True)).account)

    with pytest.raises(Forbidden):
        play(order, until=Until.NEXT, actor=stranger)


def test_an_order_of_another_organisation_is_not_there(clinic: Organisation, order: Order) -> None:
    colleague = builders.staff(builders.organisation(clinic.account))

    with pytest.raises(OrderNotFound):
        play(order, until=Until.NEXT, actor=colleague)


def test_who_may_not_simulate_plays_nothing(clinic: Organisation, order: Order) -> None:
    clinician = builders.member(Role.CLINICIAN, clinic.account)

    with pytest.raises(Forbidden):
        play(order, until=Until.NEXT, actor=clinician)


def test_an_account_that_is_not_a_test_any_more_is_live(order: Order, staff: Actor) -> None:
    Account.objects.filter(pk=order.account_id).update(is_test=False)

    with pytest.raises(NotATestAccount):
        play(order, until=Until.NEXT, actor=staff)


# With real notifications


@pytest.mark.django_db(transaction=True)
def test_what_is_played_is_really_sent(clinic: Organisation, order: Order, staff: Actor) -> None:
    with receiving() as receiver:
        _, secret = builders.endpoint(clinic.account, receiver.address)
        play(order, until=Until.FINISHED, actor=staff)
        work()

    events = [one.verified_by(secret)["data"]["attributes"]["event"] for one in receiver.posted]
    assert events[:3] == ["SENT_FOR_FULFILMENT", "SHIPPED", "DELIVERED"]


def test_playing_it_to_its_end_leaves_the_order_as_life_does(
    clinic: Organisation, order: Order, staff: Actor
) -> None:
    """The same rows as when the operator has done it by hand."""
    other = builders.order(chosen=clinic)
    operator = builders.operator()
    released = fulfilment.release_order(other, actor=operator)
    fulfilment.ship_order(released, tracking=builders.PARCEL, actor=operator)

    for _ in range(2):
        play(order, until=Until.NEXT, actor=staff)

    names = [
        list(one.events.order_by("pk").values_list("name", flat=True)) for one in (order, other)
    ]
    assert names[0] == names[1]
