"""Orders at every point of their life, made and moved by the commands that everybody uses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from foundation.actors import Actor
from foundation.addresses import Address
from foundation.ids import public_id
from foundation.phones import Phone
from orders import fulfilment
from orders.commands import add_note, cancel_order, place_order
from orders.fulfilment import Tracking
from orders.models import Order
from orders.wanted import OrderWanted, StudyWanted
from organisations.sensors import EmitOn, Sensor
from patients.commands import register_patient
from patients.wanted import PatientWanted, PersonName
from studies.wanted import OrganisationNamed, TermsWanted

Step = Callable[..., Order]

PARCEL = Tracking("Demo Post", "DEMO000000001GB")
PARCEL_HOME = Tracking("Demo Post", "DEMO000000002GB")

release: Step = fulfilment.release_order
ship: Step = partial(fulfilment.ship_order, tracking=PARCEL)
deliver: Step = fulfilment.deliver_order
make_ready: Step = fulfilment.make_ready_for_pickup
fail: Step = partial(fulfilment.fail_delivery, reason="Nobody was at home.")
start_return: Step = partial(fulfilment.start_return, tracking=PARCEL_HOME)


@dataclass(frozen=True)
class Story:
    """A patient, what was ordered for them, and what happened since."""

    patient: str
    born: date
    steps: tuple[Step, ...] = ()
    organisation: tuple[str, str] = ("Sleep Clinic A", "ORG-A")
    sensors: tuple[str, ...] = (Sensor.NECK,)
    phone_needed: bool = False
    by_program: bool = False
    emit_on: EmitOn | None = None


CLINIC_B = ("Sleep Clinic B", "ORG-B")
BOTH = (Sensor.NECK, Sensor.OXIMETER)

STORIES = (
    Story("Alma Demo", date(1951, 3, 14), (release, ship, deliver, start_return), sensors=BOTH),
    Story("Bruno Sample", date(1962, 7, 1), (release, ship, deliver), by_program=True),
    Story("Chidi Example", date(1974, 11, 30), (release, ship, make_ready), CLINIC_B),
    Story("Dorota Łęcka-Demo", date(1980, 2, 29), (release, ship, fail), sensors=BOTH),
    Story("Emre Sample", date(1988, 5, 9), (release, ship), by_program=True),
    Story("Fatima Example", date(1993, 9, 17), (release,), CLINIC_B, phone_needed=True),
    Story(
        "Giorgos Demo",
        date(1969, 1, 25),
        (partial(fulfilment.hold_order, reason="The clinic asked us to wait for a week."),),
    ),
    Story(
        "Hannah Sample",
        date(1957, 12, 3),
        (partial(fulfilment.ask_for_information, reason="Which entrance of the building?"),),
        sensors=BOTH,
        phone_needed=True,
    ),
    Story(
        "Imani Example",
        date(1999, 6, 21),
        (partial(fulfilment.ask_to_confirm_address, reason="The postcode has no such street."),),
    ),
    Story(
        "Jakub Demo",
        date(1947, 8, 12),
        (partial(fulfilment.give_up_order, reason="We do not ship to this island."),),
        by_program=True,
    ),
    Story(
        "Keiko Sample",
        date(1983, 4, 5),
        (partial(fulfilment.void_order, reason="Ordered twice by mistake."),),
    ),
    Story("Liam Example", date(1990, 10, 10), by_program=True, emit_on=EmitOn.REVIEWED),
    Story("Maria Demo", date(1978, 1, 2), organisation=CLINIC_B),
    Story("Noor Sample", date(2001, 3, 3), sensors=BOTH, phone_needed=True),
)


def tell_stories(*, staff: Actor, program: Actor, operator: Actor) -> list[Order]:
    """Place one order for each story and take its steps; the last is cancelled by the clinic."""
    orders = [
        _tell(story, number, staff, program, operator) for number, story in enumerate(STORIES)
    ]
    add_note(orders[0], "The patient asked for the morning delivery.", actor=staff)
    last = _tell(Story("Olga Example", date(1966, 6, 6)), len(STORIES), staff, program, operator)
    orders.append(cancel_order(last, reason="The patient changed their mind.", actor=staff))
    _register_twice(orders[0], actor=staff)
    return orders


def _register_twice(order: Order, *, actor: Actor) -> None:
    """The same person once more, as it happens when nobody searches first."""
    assert order.patient is not None
    again = PatientWanted(
        name=PersonName.split(order.patient.full_name.replace(" ", " M. ", 1)),
        reference=None,
        date_of_birth=order.patient.date_of_birth,
        email="",
        phone=Phone.read("07911 123456", region="GB"),
        address=None,
    )
    register_patient(again, organisation=order.organisation, public_id=public_id(), actor=actor)


def _tell(story: Story, number: int, staff: Actor, program: Actor, operator: Actor) -> Order:
    orderer = program if story.by_program else staff
    order = place_order(wanted_in(story, number), actor=orderer)
    for step in story.steps:
        order = step(order, actor=operator)
    return order


def wanted_in(story: Story, number: int) -> OrderWanted:
    name, reference = story.organisation
    return OrderWanted(
        reference=f"DEMO-{number + 1:03}" if story.by_program else None,
        recipient=PatientWanted(
            name=PersonName.split(story.patient),
            reference=f"DEMO-PAT-{number + 1:03}",
            date_of_birth=story.born,
            email=f"patient{number + 1}@demo.example",
            phone=Phone.read("07911 123456", region="GB"),
            address=address_of(number),
        ),
        address=address_of(number),
        contents=StudyWanted(
            terms=TermsWanted(
                organisation=OrganisationNamed(name, reference),
                nights=2,
                sensors=story.sensors,
                emit_on=story.emit_on,
            ),
            phone_needed=story.phone_needed,
            phone_asked=not story.by_program,
        ),
    )


def address_of(number: int) -> Address:
    return Address(
        lines=(f"{number + 1} Demo Street",),
        city="Exampleton",
        county="Exampleshire",
        postcode="EX1 1EX",
        country="United Kingdom",
        country_code="GB",
    )
