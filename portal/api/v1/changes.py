"""What a PUT or a PATCH comes to (contracts/v1.md sections 2.2 and 2.4): the change that is asked
for, after everything that cannot change was found to be as it is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from foundation.addresses import Address
from foundation.phones import Phone
from orders.errors import CannotChange, NothingToChange
from orders.models import Order
from orders.wanted import OrderChange
from patients.wanted import PersonName
from portal.api.errors import Path, Problem, Refused, domain_problem, edge_problem
from portal.api.v1.serializers import Sent, address_of
from studies.models import Study

CHANGEABLE: Final[tuple[Path, ...]] = (
    ("status",),
    ("shippingAddress",),
    ("patient", "email"),
    ("patient", "mobileTelephone"),
)

NOT_ITS_ID: Final = "This is not the id of what is at this address."
# How it is kept, and how what was sent is tidied before it is compared.
Fixed = Mapping[Path, tuple[Callable[[Any], Any], Callable[[Any], Any]]]


def as_it_is(value: Any) -> Any:
    return value


# What the patient's register keeps and other doors may have brought up to date since.
OF_THE_PATIENT: Final[Mapping[Path, str]] = {
    ("patient", "reference"): "reference",
    ("patient", "dob"): "date_of_birth",
    ("patient", "name"): "full_name",
}

FIXED: Final[Fixed] = {
    ("reference",): (lambda order: order.reference, as_it_is),
    ("emitOn",): (lambda order: order.study.emits_on, as_it_is),
    ("study", "nights"): (lambda order: order.study.nights, as_it_is),
    ("study", "sensors"): (lambda order: set(order.study.sensors), set),
    ("study", "requiresPhone"): (lambda order: order.phone_needed, as_it_is),
    ("patient", "reference"): (lambda order: order.patient.reference, as_it_is),
    ("patient", "dob"): (lambda order: order.patient.date_of_birth, as_it_is),
    ("patient", "name"): (
        lambda order: order.patient.full_name,
        lambda name: PersonName.split(name).full,
    ),
    ("organisation", "name"): (lambda order: order.organisation.name, as_it_is),
    ("organisation", "reference"): (lambda order: order.organisation.reference, as_it_is),
}


def require_any(sent: Sent, *paths: Path, within: Path) -> None:
    """Some of what the paths lead to was sent, else NothingToChange."""
    if all(_at(path, sent.attributes) is None for path in paths):
        raise Refused(domain_problem(NothingToChange(), path=within))


def change_wanted(sent: Sent, order: Order, *, within: Path) -> OrderChange:
    """The change, or Refused with all that cannot be; `within` leads to the attributes.

    What is sent as it is already counts as not sent.
    """
    require_the_same(sent, order, FIXED, within=within)
    require_any(sent, *CHANGEABLE, within=within)
    patient = sent.attributes.get("patient", {})
    return OrderChange(
        cancel="status" in sent.attributes,
        address=_address(sent, order),
        email=patient.get("email"),
        phone=_phone(patient.get("mobileTelephone"), order),
    )


def require_the_same(sent: Sent, kept: Order | Study, fixed: Fixed, *, within: Path) -> None:
    """What was sent is about this one and has nothing else of what is fixed, or Refused."""
    problems = [*_other_resource(sent, kept), *_differences(sent, kept, fixed, within=within)]
    if problems:
        raise Refused(*problems)


def _other_resource(sent: Sent, kept: Order | Study) -> Iterator[Problem]:
    if sent.id is not None and sent.id not in (kept.reference, str(kept.public_id)):
        yield edge_problem("invalid_document", NOT_ITS_ID, path=("data", "id"))


def _differences(
    sent: Sent, kept: Order | Study, fixed: Fixed, *, within: Path
) -> Iterator[Problem]:
    for path, (stored, tidied) in fixed.items():
        value = _at(path, sent.attributes)
        if value is None or tidied(value) == stored(kept):
            continue
        if not _once_was(path, tidied(value), kept):
            yield domain_problem(CannotChange(), path=(*within, *path))


def _once_was(path: Path, value: Any, kept: Order | Study) -> bool:
    """Whether this was so of the patient before: who repeats it asks for no change."""
    field = OF_THE_PATIENT.get(path)
    if field is None or kept.patient is None:
        return False
    versions = kept.patient.history  # type: ignore[attr-defined]  # which keep_history makes
    return bool(versions.filter(**{field: value}).exists())


def _address(sent: Sent, order: Order) -> Address | None:
    """It keeps what v1 does not speak of: the note, and the country's name if it is the same."""
    if "shippingAddress" not in sent.attributes:
        return None
    address = address_of(sent.attributes["shippingAddress"], country=order.country_code)
    if address.country_code == order.country_code:
        address = replace(address, country=order.country)
    return replace(address, note=order.address_note)


def _phone(text: str | None, order: Order) -> Phone | None:
    return None if text is None else Phone.read(text, region=order.country_code)


def _at(path: Path, attributes: Any) -> Any:
    for step in path:
        attributes = attributes.get(step) if isinstance(attributes, dict) else None
    return attributes
