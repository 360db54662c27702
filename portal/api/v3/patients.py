"""Patients of API v3 (contracts/v3.md section 3.2). Who is shown here is in the access log."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpResponse
from rest_framework.request import Request

from foundation.access import record_shown
from foundation.ids import public_id
from foundation.phones import Phone
from foundation.text import has_unprintable, search_key
from orders.returns import let_patient_go
from patients.commands import describe_patient, register_patient
from patients.models import NAME_LENGTH, REFERENCE_LENGTH, Patient, PatientQuerySet, Sex
from patients.wanted import PatientWanted, PersonName
from portal.api.errors import Problem, Refused, edge_problem
from portal.api.fields import PHONE_LENGTH, Text, YesOrNo
from portal.api.members import Members
from portal.api.v3 import format as wire
from portal.api.v3 import query
from portal.api.v3.documents import patient_document
from portal.api.v3.format import words_of
from portal.api.v3.values import (
    AddressMembers,
    Day,
    EmailOrNothing,
    Named,
    Spelling,
    TextOrNothing,
    address_of,
    read,
)
from portal.api.v3.views import NOT_THERE, V3Endpoint

SEXES: Final = words_of(Sex)
SORTS: Final[Mapping[str, str]] = {
    "firstName": "first_name_key",
    "lastName": "last_name_key",
    "patientId": "pk",
}


class PatientMembers(Members):
    """Section 4.7. `id`, `archived` and `enrolled` may be sent and are ignored."""

    externalIdentifier = TextOrNothing(most=REFERENCE_LENGTH)
    firstName = Text(most=NAME_LENGTH)
    lastName = Text(most=NAME_LENGTH)
    dateOfBirth = Day(required=False, allow_null=True)
    email = EmailOrNothing()
    phoneNumber = TextOrNothing(most=PHONE_LENGTH)
    address = AddressMembers()
    site = Named(required=False, allow_null=True)
    sex = Spelling(SEXES, required=False, allow_null=True)


class DisenrollMembers(Members):
    archive = YesOrNo(required=False)
    createReturns = YesOrNo(required=False)


class EmailMembers(Members):
    email = Text(most=254)


class PatientEndpoint(V3Endpoint):
    fields = {
        "patient.reference": ("externalIdentifier",),
        "patient.site": ("site", "id"),
        "patient.date_of_birth": ("dateOfBirth",),
    }

    @property
    def patients(self) -> PatientQuerySet:
        return Patient.objects.visible_to(self.caller.actor).select_related("site")

    def shown(self, patients: Iterable[int]) -> None:
        """Leave in the access log whom this answer shows, by id."""
        rows = [(self.caller.actor.one_account, patient, None) for patient in patients]
        record_shown(rows, what="API v3", actor=self.caller.actor)

    def one(self, patient: Patient | None) -> HttpResponse:
        """This one, or the refusal that there is none."""
        if patient is None:
            raise Refused(edge_problem(NOT_THERE))
        self.shown([patient.pk])
        return wire.answer(patient_document(patient))


class Patients(PatientEndpoint):
    """`/api/v3/patient`"""

    def get(self, request: Request) -> HttpResponse:
        document, patients = self.page(self._asked, load=self._load, write=patient_document)
        self.shown(one.pk for one in patients)
        return wire.answer(document)

    def post(self, request: Request) -> HttpResponse:
        answer = self.answer_once(self._create)
        # Shown again, too, when a repeated request is answered with what is stored.
        self.shown([json.loads(answer.content)["id"]])
        return answer

    def _create(self) -> HttpResponse:
        sent = read(self.read(), PatientMembers)
        wanted = patient_wanted(sent, country=self.caller.country)
        patient = register_patient(
            wanted, organisation=None, public_id=public_id(), actor=self.caller.actor
        )
        return self.created(patient_document(patient))

    def _asked(self, problems: list[Problem]) -> QuerySet[Patient]:
        asked = self.plain_request.GET
        rows = self.patients.filter(patient_filter(asked, problems))
        name = query.text(asked, "name", problems)
        if name:
            whole = Concat("first_name_key", Value(" "), "last_name_key")
            rows = rows.alias(whole_name=whole).filter(whole_name__contains=search_key(name))
        return query.sorted_as_asked(rows, asked, problems, among=SORTS)

    def _load(self, numbers: Sequence[int]) -> Iterable[Patient]:
        return self.patients.filter(pk__in=numbers)


class OnePatient(PatientEndpoint):
    """`/api/v3/patient/{patientId}`"""

    def get(self, request: Request, patient_id: int) -> HttpResponse:
        return self.one(self.find(self.patients, patient_id))

    def put(self, request: Request, patient_id: int) -> HttpResponse:
        sent = read(self.read(), PatientMembers)
        wanted = patient_wanted(sent, country=self.caller.country)
        return self._describe(patient_id, lambda now: wanted)

    def patch(self, request: Request, patient_id: int) -> HttpResponse:
        sent = read(self.read(), PatientMembers, is_partial=True)
        country = self.caller.country
        return self._describe(patient_id, lambda now: changed(now, sent, country=country))

    def _describe(
        self, number: int, describe: Callable[[PatientWanted], PatientWanted]
    ) -> HttpResponse:
        patient = self.find(self.patients, number)
        return self.one(describe_patient(patient, describe, actor=self.caller.actor))


class DisenrolledPatient(PatientEndpoint):
    """`/api/v3/patient/disenroll/{patientId}`"""

    def post(self, request: Request, patient_id: int) -> HttpResponse:
        sent = read(self.read(), DisenrollMembers)
        let_patient_go(
            self.find(self.patients, patient_id),
            archive=sent.get("archive", False),
            create_returns=sent.get("createReturns", False),
            actor=self.caller.actor,
        )
        return wire.nothing(status=201)


class PatientByIdentifier(PatientEndpoint):
    """`/api/v3/patient/identifier/{identifier}`"""

    def get(self, request: Request, identifier: str) -> HttpResponse:
        known = not has_unprintable(identifier)
        patients = self.patients.filter(reference=identifier.strip())
        return self.one(patients.first() if known else None)


class PatientByEmail(PatientEndpoint):
    """`/api/v3/patient/find-by-email`"""

    def post(self, request: Request) -> HttpResponse:
        email = read(self.read(), EmailMembers)["email"]
        return self.one(self.patients.filter(email__iexact=email).order_by("pk").first())


def patient_filter(asked: Any, problems: list[Problem]) -> Q:
    """Section 3.2; whole values without regard to case (section 12, row 16)."""
    having = {
        "pk__in": query.ids(asked, "id", problems),
        "site__in": query.ids(asked, "siteId", problems),
        "reference__in": query.identifiers(asked, "externalIdentifier", problems),
        "email__iexact": query.text(asked, "email", problems),
        "date_of_birth__gte": query.date(asked, "dateOfBirthMin", problems),
        "date_of_birth__lte": query.date(asked, "dateOfBirthMax", problems),
        "postcode__iexact": query.text(asked, "postalCode", problems),
    }
    found = Q(**{name: given for name, given in having.items() if given})
    is_archived = query.yes_or_no(asked, "archived", problems)
    if is_archived is not None:
        found &= Q(archived_at__isnull=not is_archived)
    is_enrolled = query.yes_or_no(asked, "enrolled", problems)
    if is_enrolled is not None:
        found &= Q(enrolled=is_enrolled)
    country = query.text(asked, "country", problems)
    if country:
        found &= Q(country__iexact=country) | Q(country_code__iexact=country)
    return found


def patient_wanted(sent: Mapping[str, Any], *, country: str) -> PatientWanted:
    """All of it; `country` is the account's, for numbers of an address without a known one."""
    address = address_of(sent["address"])
    return PatientWanted(
        name=_name(sent["firstName"], sent["lastName"]),
        date_of_birth=sent.get("dateOfBirth"),
        reference=sent.get("externalIdentifier") or None,
        email=sent.get("email") or "",
        phone=Phone.read(sent.get("phoneNumber") or "", region=address.country_code or country),
        sex=_sex(sent.get("sex")),
        address=address,
        site_id=_site(sent.get("site")),
    )


def changed(now: PatientWanted, sent: Mapping[str, Any], *, country: str) -> PatientWanted:
    """What is not sent stays as it is, and null empties it."""
    told = {name: read(sent[member]) for member, (name, read) in TOLD.items() if member in sent}
    if "firstName" in sent or "lastName" in sent:
        first, last = sent.get("firstName", now.name.first), sent.get("lastName", now.name.last)
        told["name"] = _name(first, last)
    if "phoneNumber" in sent:
        address = told.get("address", now.address)
        region = (address.country_code if address else "") or country
        told["phone"] = Phone.read(sent["phoneNumber"] or "", region=region)
    return replace(now, **told)


def _name(first: str, last: str) -> PersonName:
    return PersonName(full=f"{first} {last}".strip(), first=first, last=last)


def _sex(sent: str | None) -> Sex:
    return Sex(sent or Sex.UNKNOWN)


def _site(sent: Mapping[str, Any] | None) -> int | None:
    return sent["id"] if sent else None


# What each member tells of a patient, in our words.
TOLD: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {
    "dateOfBirth": ("date_of_birth", lambda sent: sent),
    "externalIdentifier": ("reference", lambda sent: sent or None),
    "email": ("email", lambda sent: sent or ""),
    "address": ("address", address_of),
    "sex": ("sex", _sex),
    "site": ("site_id", _site),
}
