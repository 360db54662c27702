"""Patients of API v3: contracts/v3.md section 3.2, without leaving a programme."""

from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.http import HttpResponse
from pytest_django import Settings

from foundation.actors import Actor, Door
from foundation.models import AccessEntry
from organisations.models import Account, Organisation
from patients import commands
from patients.commands import archive_patient, register_patient
from patients.models import Patient
from patients.wanted import PersonName
from tests import builders
from tests.api.threads import at_once
from tests.api.v1.test_statements import counted
from tests.api.v3.calls import ADDRESS, Program, assert_refused, patient_body

WHOLE = {
    "externalIdentifier": "PAT-1",
    "firstName": "Ada",
    "lastName": "Sample",
    "dateOfBirth": "1980-02-29",
    "email": "ada@test.example",
    "phoneNumber": "+1 215-555-0123",
    "address": {**ADDRESS, "lineTwo": "Floor 2", "lineThree": "Room 3", "note": "Ring twice"},
    "sex": "female",
}
# What nobody sent, and every patient has.
ALWAYS = {"archived": False, "enrolled": True, "sex": "unknown"}
REQUIRED = ("firstName", "lastName", "address")


@pytest.fixture
def ada(program: Program) -> dict[str, Any]:
    made: dict[str, Any] = program.post("/patient", WHOLE).json()
    return made


def without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: told for name, told in document.items() if name not in names}


def whom_it_lists(program: Program, query: str) -> list[str]:
    """First names, in the order of the list."""
    answer = program.get(f"/patient?{query}")
    assert answer.status_code == 200, answer.content
    return [one["firstName"] for one in answer.json()["content"]]


def shown_to(program: Program) -> list[tuple[int, int | None]]:
    """Which patients, and for which orders, the access log says that this key was shown."""
    entries = AccessEntry.objects.filter(key_id=program.key.pk).order_by("pk")
    return [(one.patient_id, one.order_id) for one in entries]


# What is made and told.


def test_a_patient_is_made_and_told_as_they_were_sent(program: Program, account: Account) -> None:
    answer = program.post("/patient", WHOLE)

    assert answer.status_code == 200
    patient = Patient.objects.get()
    assert answer.json() == {**ALWAYS, "id": patient.pk, **WHOLE}
    assert (patient.account, patient.full_name) == (account, "Ada Sample")
    assert (patient.phone_e164, patient.country_code) == ("+12155550123", "US")


def test_nothing_is_told_of_what_is_not_known(program: Program) -> None:
    made = program.post("/patient", patient_body(email=None, phoneNumber="", site=None)).json()

    assert made == {**ALWAYS, "id": made["id"], **patient_body()}


def test_a_create_answers_201_where_the_setting_says_so(
    program: Program, settings: Settings
) -> None:
    settings.V3_CREATED_STATUS = 201

    assert program.post("/patient", patient_body()).status_code == 201


def test_what_a_program_cannot_say_is_ignored(program: Program) -> None:
    body = patient_body(id=5, archived=True, enrolled=False, unknown={"a": [1]})

    made = program.post("/patient", body).json()

    assert made["id"] != 5
    assert (made["archived"], made["enrolled"]) == (False, True)


@pytest.mark.parametrize(
    "sent", ["1980-02-29T00:00:00Z", "1980-02-29T23:59:59.123+05:30", "1980-02-29"]
)
def test_of_a_timestamp_the_date_of_birth_is_its_date(program: Program, sent: str) -> None:
    made = program.post("/patient", patient_body(dateOfBirth=sent)).json()

    assert made["dateOfBirth"] == "1980-02-29"


@pytest.mark.parametrize("sent", ["female", "FEMALE", "Female", "FE_MALE"])
def test_sex_may_be_spelt_in_any_way(program: Program, sent: str) -> None:
    assert program.post("/patient", patient_body(sex=sent)).json()["sex"] == "female"


def test_an_address_of_many_lines_is_told_in_three(program: Program, clinic: Organisation) -> None:
    address = builders.Address(
        lines=("1", "2", "3", "4", "5"), city="York", county="York", postcode="YO1"
    )
    patient = builders.patient(clinic, address=address)

    told = program.get(f"/patient/{patient.pk}").json()["address"]

    assert told == {
        "lineOne": "1",
        "lineTwo": "2",
        "lineThree": "3, 4, 5",
        "city": "York",
        "state": "York",
        "zipCode": "YO1",
    }


def test_a_patient_without_an_address_has_none(program: Program, clinic: Organisation) -> None:
    patient = builders.patient(clinic, address=None, date_of_birth=None, reference=None, email="")

    told = program.get(f"/patient/{patient.pk}").json()

    assert set(told) == {"id", "firstName", "lastName", "phoneNumber", *ALWAYS}


def test_a_request_with_the_same_key_makes_one_patient(program: Program) -> None:
    first = program.post("/patient", WHOLE, Idempotency_Key="one")
    again = program.post("/patient", WHOLE, Idempotency_Key="one")

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert shown_to(program) == [(Patient.objects.get().pk, None)] * 2


# What is refused.

WRONG: dict[str, tuple[dict[str, Any], set[str]]] = {
    "no names": ({"firstName": None, "lastName": None}, {"firstName", "lastName"}),
    "blank name": ({"firstName": "  "}, {"firstName"}),
    "long name": ({"lastName": "a" * 256}, {"lastName"}),
    "no address": ({"address": None}, {"address"}),
    "no country": ({"address": without(ADDRESS, "country")}, {"address.country"}),
    "nothing of an address": (
        {"address": {}},
        {f"address.{name}" for name in ("lineOne", "city", "state", "zipCode", "country")},
    ),
    "long line": ({"address": {**ADDRESS, "lineThree": "a" * 256}}, {"address.lineThree"}),
    "no e-mail address": ({"email": "ada"}, {"email"}),
    "other order of a date": ({"dateOfBirth": "01-01-2000"}, {"dateOfBirth"}),
    "no date": ({"dateOfBirth": "2021-02-29T00:00:00Z"}, {"dateOfBirth"}),
    "date to come": ({"dateOfBirth": "2999-01-01"}, {"dateOfBirth"}),
    "unknown sex": ({"sex": "x"}, {"sex"}),
    "long identifier": ({"externalIdentifier": "a" * 129}, {"externalIdentifier"}),
    "long telephone number": ({"phoneNumber": "1" * 65}, {"phoneNumber"}),
    "site by name": ({"site": {"name": "North"}}, {"site.id"}),
    "site as a number": ({"site": 1}, {"site"}),
    "id as text": ({"site": {"id": "1"}}, {"site.id"}),
    "several": (
        {"sex": "x", "address": {**ADDRESS, "zipCode": " "}},
        {"sex", "address.zipCode"},
    ),
}


@pytest.mark.parametrize(("members", "where"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_each_fault_says_where_it_is(
    program: Program,
    clinic: Organisation,
    method: str,
    members: dict[str, Any],
    where: set[str],
) -> None:
    patient = builders.patient(clinic)
    path = "/patient" if method == "POST" else f"/patient/{patient.pk}"

    document = assert_refused(program.call(method, path, patient_body(**members)), 400)

    assert document["message"] == "validation_failed"
    assert {error["field"] for error in document["errors"]} == where
    assert Patient.objects.get().full_name == "Test Person"
    assert shown_to(program) == []


def test_whom_an_identifier_belongs_to_is_asked_within_the_account(
    program: Program, stranger: Program
) -> None:
    program.post("/patient", WHOLE)

    assert stranger.post("/patient", WHOLE).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_an_identifier_of_another_patient_is_refused(
    program: Program, ada: dict[str, Any], method: str
) -> None:
    other = program.post("/patient", patient_body()).json()["id"]
    before = shown_to(program)
    path = "/patient" if method == "POST" else f"/patient/{other}"

    document = assert_refused(program.call(method, path, WHOLE), 400, "patient_reference_taken")

    assert [error["field"] for error in document["errors"]] == ["externalIdentifier"]
    assert Patient.objects.count() == 2
    assert shown_to(program) == before


def test_their_own_identifier_is_no_other_patient_s(program: Program, ada: dict[str, Any]) -> None:
    assert program.put(f"/patient/{ada['id']}", WHOLE).status_code == 200


@pytest.mark.parametrize("whose", ["nobody", "another account", "closed"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_site_that_is_not_there_is_refused(
    program: Program, account: Account, clinic: Organisation, method: str, whose: str
) -> None:
    ours = builders.site(account, is_active=whose != "closed")
    theirs = builders.site(builders.account())
    number = {"nobody": 2**53 - 1, "another account": theirs.pk, "closed": ours.pk}[whose]
    patient = builders.patient(clinic)
    path = "/patient" if method == "POST" else f"/patient/{patient.pk}"

    document = assert_refused(
        program.call(method, path, patient_body(site={"id": number})), 400, "site_not_found"
    )

    assert [error["field"] for error in document["errors"]] == ["site.id"]
    assert Patient.objects.get().site_id is None


# What is changed.


def test_put_takes_away_what_is_left_out(program: Program, account: Account) -> None:
    site = builders.site(account)
    made = program.post("/patient", {**WHOLE, "site": {"id": site.pk}}).json()

    answer = program.put(f"/patient/{made['id']}", patient_body(firstName="Eve"))

    assert answer.status_code == 200
    assert answer.json() == {**ALWAYS, "id": made["id"], **patient_body(firstName="Eve")}
    assert program.get(f"/patient/{made['id']}").json() == answer.json()


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_who_is_archived_or_has_left_stays_so(
    program: Program, ada: dict[str, Any], method: str
) -> None:
    patient = archive_patient(Patient.objects.get(), actor=builders.operator())
    patient.enrolled = False
    patient.save()

    body = patient_body(archived=False, enrolled=True)
    told = program.call(method, f"/patient/{patient.pk}", body).json()

    assert (told["archived"], told["enrolled"]) == (True, False)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"email": "eve@test.example"},
        {"externalIdentifier": "PAT-2"},
        {"firstName": "Eve"},
        {"lastName": "Other"},
        {"dateOfBirth": "1990-01-01"},
        {"phoneNumber": "111-222-3333"},
        {"sex": "other"},
        {"address": {**ADDRESS, "city": "Leeds"}},
    ],
    ids=lambda sent: " ".join(sent) or "nothing",
)
def test_patch_keeps_what_is_left_out(
    program: Program, ada: dict[str, Any], sent: dict[str, Any]
) -> None:
    answer = program.patch(f"/patient/{ada['id']}", sent)

    assert (answer.status_code, answer.json()) == (200, {**ada, **sent})
    assert program.get(f"/patient/{ada['id']}").json() == {**ada, **sent}


def test_patch_changes_the_whole_name_with_a_part_of_it(
    program: Program, ada: dict[str, Any]
) -> None:
    program.patch(f"/patient/{ada['id']}", {"lastName": "Other"})

    assert Patient.objects.get().full_name == "Ada Other"
    assert whom_it_lists(program, "name=other") == ["Ada"]


@pytest.mark.parametrize("name", ["email", "externalIdentifier", "dateOfBirth", "phoneNumber"])
def test_null_in_a_patch_takes_it_away(program: Program, ada: dict[str, Any], name: str) -> None:
    answer = program.patch(f"/patient/{ada['id']}", {name: None})

    assert (answer.status_code, answer.json()) == (200, without(ada, name))


def test_null_for_sex_is_not_known(program: Program, ada: dict[str, Any]) -> None:
    assert program.patch(f"/patient/{ada['id']}", {"sex": None}).json()["sex"] == "unknown"


@pytest.mark.parametrize("name", REQUIRED)
def test_what_everybody_has_cannot_be_taken_away(
    program: Program, ada: dict[str, Any], name: str
) -> None:
    document = assert_refused(program.patch(f"/patient/{ada['id']}", {name: None}), 400)

    assert [error["field"] for error in document["errors"]] == [name]


def test_a_new_number_is_read_in_the_address_s_country(
    program: Program, ada: dict[str, Any]
) -> None:
    path = f"/patient/{ada['id']}"

    program.patch(path, {"phoneNumber": "(215) 555-0123"})
    american = Patient.objects.get().phone_e164
    program.patch(
        path, {"phoneNumber": "07911 123456", "address": {**ADDRESS, "country": "England"}}
    )

    assert american == "+12155550123"
    assert Patient.objects.get().phone_e164 == "+447911123456"


def test_a_site_is_put_beside_a_patient_and_taken_away(
    program: Program, account: Account, ada: dict[str, Any]
) -> None:
    site = builders.site(account)
    path = f"/patient/{ada['id']}"

    told = program.patch(path, {"site": {"id": site.pk, "name": "Other"}}).json()["site"]
    kept = program.patch(path, {"sex": "male"}).json()["site"]
    gone = program.patch(path, {"site": None}).json()

    assert told == kept == program.get(f"/site/{site.pk}").json()
    assert told["name"] == "Test Site"
    assert "site" not in gone


def test_a_site_that_was_closed_since_may_stay(program: Program, account: Account) -> None:
    site = builders.site(account)
    body = patient_body(site={"id": site.pk})
    made = program.post("/patient", body).json()
    site.is_active = False
    site.save()

    assert program.put(f"/patient/{made['id']}", body).status_code == 200


def patch_both_names_at_once(program: Program, number: int) -> list[HttpResponse]:
    sent = ({"firstName": "New"}, {"lastName": "Other"})

    def patch(which: int) -> HttpResponse:
        mine = Program(program.key, program.whole)
        return mine.patch(f"/patient/{number}", sent[which])

    return at_once(2, patch)


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_lose_nothing(clinic: Organisation, program: Program) -> None:
    for _ in range(5):
        patient = builders.patient(clinic)

        answers = patch_both_names_at_once(program, patient.pk)

        assert [answer.status_code for answer in answers] == [200, 200]
        patient.refresh_from_db()
        assert patient.full_name == f"{patient.first_name} {patient.last_name}" == "New Other"


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_of_them_is_lost(
    clinic: Organisation, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_read = Barrier(2)

    def read(patient: Patient, actor: Actor) -> Patient:
        both_have_read.wait(timeout=30)
        return patient

    monkeypatch.setattr(commands, "_found", read)
    patient = builders.patient(clinic)

    patch_both_names_at_once(program, patient.pk)

    patient.refresh_from_db()
    assert patient.full_name != "New Other"


# Who is found.


@pytest.fixture
def four(program: Program, clinic: Organisation, account: Account) -> dict[str, Patient]:
    """Told apart by everything that a list can be asked for."""
    cy = {"reference": "C-3", "date_of_birth": date(1970, 1, 1), "email": "cy@test.example"}
    wanted: tuple[dict[str, Any], ...] = (
        {"reference": "A-1", "date_of_birth": date(1990, 1, 1), "email": "Ann@Test.Example"},
        {
            "reference": "B-2",
            "date_of_birth": date(1980, 1, 1),
            "site_id": builders.site(account).pk,
        },
        cy,
        {"reference": None, "date_of_birth": None},
    )
    names = (("Ann", "Zoë"), ("Bob", "Young"), ("Cy", "Young"), ("Dé", "Adams"))
    addresses = (
        builders.ADDRESS,
        builders.Address(
            lines=("1",), city="York", county="PA", postcode="17401", country="USA",
            country_code="US",
        ),
    )  # fmt: skip
    made = {}
    for number, (first, last) in enumerate(names):
        person = PersonName(full=f"{first} {last}", first=first, last=last)
        address = addresses[number % 2]
        made[first] = register_patient(
            builders.patient_wanted(name=person, address=address, **wanted[number]),
            organisation=None,
            public_id=builders.public_id(),
            actor=builders.manager(owner=account),
        )
    archive_patient(made["Cy"], actor=builders.operator())
    made["Dé"].enrolled = False
    made["Dé"].save()
    builders.patient()
    return made


FOUND = {
    "": "Ann Bob Cy Dé",
    "unknown=1": "Ann Bob Cy Dé",
    "sort=patientId": "Ann Bob Cy Dé",
    "sort=patientId&sortDescending=true": "Dé Cy Bob Ann",
    "sortDescending=true": "Dé Cy Bob Ann",
    "sort=firstName&sortDescending=true": "Dé Cy Bob Ann",
    "sort=lastName": "Dé Bob Cy Ann",
    "sort=LAST_NAME&sortDescending=TRUE": "Ann Bob Cy Dé",
    "externalIdentifier=A-1": "Ann",
    "externalIdentifier=a-1": "",
    "externalIdentifier=A-1&externalIdentifier=B-2": "Ann Bob",
    "externalIdentifier=B-2,C-3,": "Bob Cy",
    "email=ann@test.example": "Ann",
    "email=ann@test": "",
    "name=zoe": "Ann",
    "name=OUNG": "Bob Cy",
    "name=bob%20%20young": "Bob",
    "name=b%20y": "Bob",
    "name=%25": "",
    "name=_": "",
    "archived=true": "Cy",
    "archived=false": "Ann Bob Dé",
    "enrolled=true": "Ann Bob Cy",
    "enrolled=False": "Dé",
    "dateOfBirthMin=1980-01-01": "Ann Bob",
    "dateOfBirthMax=1980-01-01": "Bob Cy",
    "dateOfBirthMin=1980-01-01&dateOfBirthMax=1980-01-01": "Bob",
    "postalCode=sw1a%201aa": "Ann Cy",
    "postalCode=sw1a": "",
    "country=usa": "Bob Dé",
    "country=us": "Bob Dé",
    "country=GB": "Ann Cy",
    "name=young&archived=false": "Bob",
    "id=0": "",
    "id=9223372036854775807": "",
    "siteId=0": "",
}


@pytest.mark.parametrize(("query", "found"), FOUND.items(), ids=FOUND)
def test_patients_are_found_as_asked(
    program: Program, four: dict[str, Patient], query: str, found: str
) -> None:
    assert whom_it_lists(program, query) == found.split()


def test_patients_are_found_by_ids_and_sites(program: Program, four: dict[str, Patient]) -> None:
    ann, bob = four["Ann"].pk, four["Bob"].pk
    theirs = Patient.objects.exclude(pk__in=[one.pk for one in four.values()]).get().pk

    assert whom_it_lists(program, f"id={bob}&id={ann}") == ["Ann", "Bob"]
    assert whom_it_lists(program, f"id={bob},{theirs}") == ["Bob"]
    assert whom_it_lists(program, f"siteId={four['Bob'].site_id}") == ["Bob"]


def test_equals_come_by_id(program: Program, four: dict[str, Patient]) -> None:
    page = program.get("/patient?sort=lastName&sortDescending=true&size=2").json()

    assert [one["firstName"] for one in page["content"]] == ["Ann", "Bob"]
    assert page["total"] == 4


WRONG_QUERIES = {
    "id": ("x", "-1", "1.0", "9223372036854775808", "9" * 400, "1,x", "%00"),
    "siteId": ("x", "9223372036854775808"),
    "externalIdentifier": ("%00", "a" * 256, "%ff%00"),
    "email": ("%00", "a" * 256, "a&email=b"),
    "name": ("%00", "a" * 256, "a%0a1"),
    "archived": ("1", "yes", "truefalse"),
    "enrolled": ("0", "%00"),
    "dateOfBirthMin": ("1980-02-30", "1980", "now", "1980-01-01T00:00:00Z", "0000-01-01"),
    "dateOfBirthMax": ("1980-13-01", "10000-01-01"),
    "postalCode": ("%00", "1&postalCode=2"),
    "country": ("%00", "%1b"),
    "sort": ("email", "pk", "-patientId", "%00"),
    "sortDescending": ("down", "2"),
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, sent in WRONG_QUERIES.items() for value in sent]
)
def test_what_cannot_be_asked_for_is_refused(program: Program, name: str, value: str) -> None:
    document = assert_refused(program.get(f"/patient?{name}={value}"), 400, "validation_failed")

    assert {error["field"] for error in document["errors"]} == {name}


def test_at_most_250_values_are_looked_for(program: Program) -> None:
    many = ",".join(map(str, range(251)))

    assert_refused(program.get(f"/patient?id={many}"), 400)
    assert_refused(program.get("/patient?" + "&".join(["externalIdentifier=a"] * 251)), 400)


@pytest.mark.parametrize("identifier", ["PAT-1", "a/b", "a b", "ä%", "PAT-1 "])
def test_a_patient_is_found_by_their_identifier(program: Program, identifier: str) -> None:
    made = program.post("/patient", {**WHOLE, "externalIdentifier": identifier}).json()
    path = identifier.replace("%", "%25").replace(" ", "%20").replace("/", "%2F")

    assert program.get(f"/patient/identifier/{path}").json() == made


@pytest.mark.parametrize("identifier", ["pat-1", "PAT", "%00", "%20", "a" * 3000])
def test_an_identifier_that_nobody_has_is_404(
    program: Program, ada: dict[str, Any], identifier: str
) -> None:
    answer = program.get(f"/patient/identifier/{identifier}")

    assert_refused(answer, 404, "resource_not_found")


def test_a_patient_is_found_by_their_email(program: Program, ada: dict[str, Any]) -> None:
    program.post("/patient", patient_body(email="ada@test.example"))

    answer = program.post("/patient/find-by-email", {"email": " ADA@test.example "})

    assert (answer.status_code, answer.json()) == (200, ada)


@pytest.mark.parametrize("email", ["nobody@test.example", "ada@test", "x", "%"])
def test_an_email_that_nobody_has_is_404(program: Program, ada: dict[str, Any], email: str) -> None:
    answer = program.post("/patient/find-by-email", {"email": email})

    assert_refused(answer, 404, "resource_not_found")


@pytest.mark.parametrize("body", [{}, {"email": None}, {"email": ""}, {"email": 1}])
def test_to_be_found_an_email_must_be_sent(program: Program, body: dict[str, Any]) -> None:
    document = assert_refused(program.post("/patient/find-by-email", body), 400)

    assert [error["field"] for error in document["errors"]] == ["email"]


# Who is not there.


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
def test_another_account_s_patient_is_not_there(
    stranger: Program, ada: dict[str, Any], method: str
) -> None:
    body = None if method == "GET" else patient_body()

    theirs = stranger.call(method, f"/patient/{ada['id']}", body)
    nothing = stranger.call(method, f"/patient/{ada['id'] + 1000}", body)

    assert_refused(theirs, 404, "resource_not_found")
    assert theirs.content == nothing.content
    assert Patient.objects.get().first_name == "Ada"
    assert shown_to(stranger) == []


def test_another_account_s_patient_is_not_found(stranger: Program, ada: dict[str, Any]) -> None:
    assert stranger.get("/patient").json()["total"] == 0
    assert_refused(stranger.get("/patient/identifier/PAT-1"), 404)
    assert_refused(stranger.post("/patient/find-by-email", {"email": WHOLE["email"]}), 404)
    assert shown_to(stranger) == []


@pytest.mark.parametrize("number", ["9223372036854775807", "9223372036854775808", "9" * 5000])
def test_an_id_that_is_too_large_is_not_there(program: Program, number: str) -> None:
    assert_refused(program.get(f"/patient/{number}"), 404)
    assert_refused(program.put(f"/patient/{number}", patient_body()), 404)


def test_there_is_no_leaving_by_delete(program: Program, ada: dict[str, Any]) -> None:
    assert_refused(program.delete(f"/patient/{ada['id']}"), 405, "method_not_allowed")


# Who was shown is on record, and what it costs.


def test_each_patient_who_is_shown_is_on_record(program: Program, ada: dict[str, Any]) -> None:
    number, path = ada["id"], f"/patient/{ada['id']}"

    program.get(path)
    program.put(path, WHOLE)
    program.patch(path, {})
    program.get("/patient/identifier/PAT-1")
    program.post("/patient/find-by-email", {"email": WHOLE["email"]})
    program.get("/patient")

    assert shown_to(program) == [(number, None)] * 7
    entry = AccessEntry.objects.latest("pk")
    assert (entry.door, entry.actor, entry.what) == (Door.V3, program.key.name, "API v3")
    assert (entry.user_id, entry.client_id, entry.ip_address) == (None, None, "127.0.0.1")
    assert entry.account_id == program.key.account_id
    assert entry.request_id


def test_of_a_list_only_the_page_is_on_record(program: Program, four: dict[str, Patient]) -> None:
    program.get("/patient?size=2&page=2")

    assert shown_to(program) == [(four["Cy"].pk, None), (four["Dé"].pk, None)]


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_costs_the_same_however_long_it_is(
    program: Program, clinic: Organisation, account: Account, rows: int
) -> None:
    for _ in range(rows):
        builders.patient(clinic, site_id=builders.site(account).pk)
    program.get("/patient")

    with counted() as statements:
        found = program.get("/patient?size=250").json()

    assert len(found["content"]) == rows
    # The key, the limit, how many, which, who they are, the access log, and the log of calls.
    assert len(statements) == 7


def test_reading_one_patient_costs_one_statement(program: Program, ada: dict[str, Any]) -> None:
    with counted() as statements:
        program.get(f"/patient/{ada['id']}")

    assert len(statements) == 1 + 4
