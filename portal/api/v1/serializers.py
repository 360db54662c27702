"""What a request of API v1 may hold: what the documents of all resources have in common, those of
orders (contracts/v1.md sections 2.1 and 2.2), and their way into the domain's words. In-house
studies are in `study_requests`, referrals in `referral_requests`, single values in `fields`.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from rest_framework.exceptions import ErrorDetail

from foundation.addresses import LINE_LENGTH, Address
from foundation.dates import OLDEST_AGE
from foundation.phones import Phone
from orders.wanted import OrderWanted, StudyWanted
from organisations.models.accounts import MOST_NIGHTS
from organisations.sensors import EmitOn
from patients.models import REFERENCE_LENGTH
from patients.wanted import PatientWanted, PersonName
from portal.api.errors import Path, Problem, Refused, edge_problem
from portal.api.fields import (
    Country,
    DateOfBirth,
    Email,
    Number,
    Telephone,
    Text,
    Word,
    YesOrNo,
)
from portal.api.members import Members, faults_in
from portal.api.v1.arrays import Lines, Sensors
from portal.api.v1.fields import REFERENCE_CODES, Reference
from portal.api.v1.format import ORDER, OrderStatus, attributes_path
from studies.wanted import OrganisationNamed, TermsWanted

NAME_LENGTH: Final = 200
# Longer than any name or reference that an organisation can have: then it is not found.
LOOKUP_LENGTH: Final = 1000
FIXED: Final = "Cannot be changed; it may be repeated as it is."
YOURS: Final = (
    "Yours; unique in your account and taken for ever. It is trimmed, and its case matters. "
    "References that begin with HW- are ours."
)


class ShippingAddress(Members):
    lines = Lines(help_text="1 to 6 lines that are not empty; empty ones are left out.")
    city = Text(most=LINE_LENGTH, help_text="City or town.")
    county = Text(
        most=LINE_LENGTH, help_text="In a city without a county, like London, the city again."
    )
    postcode = Text(most=LINE_LENGTH)
    country = Country(
        most=2,
        required=False,
        help_text="ISO 3166-1 alpha-2; left out, your account's. An extension of ours.",
    )


class StudyTerms(Members):
    nights = Number(
        least=1,
        most=MOST_NIGHTS,
        required=False,
        help_text="Left out, the organisation's default. Its product may allow fewer.",
    )
    sensors = Sensors(
        required=False,
        help_text="Left out, the organisation's default. The object of booleans is an extension.",
    )


class Study(StudyTerms):
    requiresPhone = YesOrNo(
        required=False,
        help_text="Whether the patient must be lent a phone: only for those who, when asked, have "
        "neither an Android nor an iOS smartphone. Left out, false. How often it is set is "
        "monitored.",
    )


class Patient(Members):
    reference = Text(
        most=REFERENCE_LENGTH,
        help_text="The patient in your system; it should differ from the reference above.",
    )
    dob = DateOfBirth(help_text=f"In the past, within the last {OLDEST_AGE} years.")
    name = Text(most=NAME_LENGTH, help_text="The full name.")
    email = Email(help_text="Only its form is looked at.")
    mobileTelephone = Telephone(help_text="Digits, spaces and + ( ) -; kept as given.")


class PatientChange(Patient):
    """Any of its members may be missing."""

    def get_fields(self) -> dict[str, Any]:
        return all_optional(super().get_fields())


class Organisation(Members):
    name = Text(most=LOOKUP_LENGTH, help_text="It must belong together with the reference.")
    reference = Text(most=LOOKUP_LENGTH)


class SameOrganisation(Organisation):
    """Any of its members may be missing."""

    def get_fields(self) -> dict[str, Any]:
        return all_optional(super().get_fields())


def all_optional(fields: dict[str, Any]) -> dict[str, Any]:
    for field in fields.values():
        field.required = False
    return fields


class OrderAttributes(Members):
    """Section 2.1."""

    reference = Reference(help_text=YOURS)
    emitOn = Word(
        EmitOn.values,
        required=False,
        allow_null=True,
        help_text="When the finished study is announced; left out or null, the organisation's "
        "setting.",
    )
    shippingAddress = ShippingAddress()
    study = Study(required=False)
    patient = Patient()
    organisation = Organisation()


class ChangeAttributes(Members):
    """Section 2.2: what can be changed, and what may only be repeated as it is."""

    status = Word([OrderStatus.CANCELLED.value], any_case=True, required=False)
    reference = Text(most=LOOKUP_LENGTH, required=False, help_text=FIXED)
    emitOn = Word(EmitOn.values, required=False, allow_null=True, help_text=FIXED)
    shippingAddress = ShippingAddress(
        required=False, help_text="Complete; until the order is sent for fulfilment."
    )
    study = Study(required=False, help_text=FIXED)
    patient = PatientChange(
        required=False,
        help_text="email and mobileTelephone can be changed at any time, the rest cannot.",
    )
    organisation = SameOrganisation(required=False, help_text=FIXED)


class Cancellation(Members):
    """Cancelling wins; whatever else was sent is ignored."""

    status = Word([OrderStatus.CANCELLED.value], any_case=True)


class Resource(Members):
    """What stands beside the attributes; of which type, each resource says."""

    id = Text(most=LOOKUP_LENGTH, required=False, help_text="The server gives it.")


class OrderResource(Resource):
    type = Word([ORDER, f"{ORDER}s"], any_case=True)


class Document(Members):
    """The envelope around any attributes."""

    def __init__(self, resource: Resource, attributes: Members, **options: Any) -> None:
        super().__init__(**options)
        resource.fields["attributes"] = attributes
        self.fields["data"] = resource


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What was sent, valid in itself; `id` is that of the resource, if one was given."""

    attributes: dict[str, Any]
    id: str | None


def read_order(document: Any) -> Sent:
    """An order to be placed, or Refused with every fault."""
    return read(document, OrderAttributes, within=OrderResource)


def read_change(document: Any) -> Sent:
    """A change to an order, or Refused with every fault."""
    attributes = Cancellation if _cancels(document) else ChangeAttributes
    return read(document, attributes, within=OrderResource)


def order_wanted(attributes: dict[str, Any], *, country: str) -> OrderWanted:
    """`country` is the account's: where an address lies that does not say so."""
    address = address_of(attributes["shippingAddress"], country=country)
    study = attributes.get("study", {})
    return OrderWanted(
        reference=attributes["reference"],
        recipient=replace(
            patient_wanted(attributes["patient"], country=address.country_code), address=address
        ),
        address=address,
        contents=StudyWanted(
            terms=TermsWanted(
                organisation=OrganisationNamed(**attributes["organisation"]),
                nights=study.get("nights"),
                sensors=study.get("sensors"),
                emit_on=emit_on_of(attributes),
            ),
            phone_needed=study.get("requiresPhone", False),
        ),
    )


def address_of(sent: dict[str, Any], *, country: str) -> Address:
    return Address(
        lines=sent["lines"],
        city=sent["city"],
        county=sent["county"],
        postcode=sent["postcode"],
        country=sent.get("country", ""),
        country_code=sent.get("country", country),
    )


def emit_on_of(attributes: dict[str, Any]) -> EmitOn | None:
    """Null is the same as leaving it out: the organisation's own setting."""
    word = attributes.get("emitOn")
    return EmitOn(word) if word else None


def patient_wanted(sent: dict[str, Any], *, country: str) -> PatientWanted:
    """`country` is where a telephone number belongs that does not say so."""
    return PatientWanted(
        name=PersonName.split(sent["name"]),
        reference=sent["reference"],
        date_of_birth=sent["dob"],
        email=sent["email"],
        phone=Phone.read(sent["mobileTelephone"], region=country),
    )


def _cancels(document: Any) -> bool:
    found = document
    for step in (*attributes_path(document), "status"):
        found = found.get(step) if isinstance(found, dict) else None
    return isinstance(found, str) and found.casefold() == OrderStatus.CANCELLED


def read(document: Any, attributes: type[Members], *, within: type[Resource]) -> Sent:
    """Such attributes, within such a resource or by themselves, or Refused with every fault."""
    path = attributes_path(document)
    _check_top_level(document, within=path)
    if path:
        serializer: Members = Document(within(), attributes(), data=document)
    else:
        serializer = attributes(data=document)
    if not serializer.is_valid():
        faults = faults_in(serializer.errors)
        raise Refused(*(_problem(where, detail, within=path) for where, detail in faults))
    valid = serializer.validated_data
    if not path:
        return Sent(attributes=valid, id=None)
    return Sent(attributes=valid["data"]["attributes"], id=valid["data"].get("id"))


def _check_top_level(document: Any, *, within: Path) -> None:
    if not isinstance(document, dict):
        words = "The body must be an object."
        raise Refused(edge_problem("invalid_document", words, reason="invalid", path=()))
    if within and "errors" in document:
        words = "A document has data or errors, not both."
        raise Refused(edge_problem("invalid_document", words, reason="errors", path=("errors",)))


def _problem(path: Path, detail: ErrorDetail, *, within: Path) -> Problem:
    """`within` leads to the attributes: what is wrong outside of them is the document itself."""
    if detail.code in REFERENCE_CODES:
        return Problem(status=400, code=str(detail.code), message=str(detail), path=path)
    words = str(detail)
    if detail.code == "required":  # it is told at its parent, so it must be named
        words = f"The member {path[-1]} is required."
    code = "validation_failed" if len(path) > len(within) else "invalid_document"
    return edge_problem(code, words, reason=str(detail.code), path=path)
