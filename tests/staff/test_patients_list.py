"""The list of patients: what it shows, how it is searched, and to whom."""

import re

import pytest
from django.utils import timezone

from foundation.models import AccessEntry
from organisations.models import Organisation
from organisations.roles import Role
from patients.models import Patient
from patients.wanted import PersonName
from tests import builders
from tests.staff.counting import queries
from tests.staff.desk import Desk, desk, desk_of_one, text_of

SEARCHES = r"/patients/\?search=[0-9A-Z]{10}"


def named(clinic: Organisation, name: str, **members: object) -> Patient:
    return builders.patient(clinic, name=PersonName.split(name), **members)


def names(desk: Desk, address: str = "/patients/") -> list[str]:
    html = desk.get(address).content.decode()
    return re.findall(r'<th role="rowheader".*?<bdi>([^<]*)</bdi>', html, re.DOTALL)


def way(desk: Desk, rel: str, address: str = "/patients/") -> str:
    found = re.search(rf'href="([^"]*)" rel="{rel}"', desk.get(address).content.decode())
    return found[1].replace("&amp;", "&") if found else ""


def searched(desk: Desk, text: str, address: str = "/patients/") -> str:
    """The address that a search leads to."""
    return desk.post(address, {"search": text})["Location"]


def archive(patient: Patient) -> None:
    Patient.objects.filter(pk=patient.pk).update(archived_at=timezone.now())


def test_a_patient_is_shown_with_what_tells_them_from_others(clinic: Organisation, staff: Desk):
    patient = named(clinic, "Ada Known", reference="PAT-7")

    answer = staff.get("/patients/")

    for said in ("Ada Known", "29 February 1980", "PAT-7"):
        assert said in text_of(answer)
    assert f'href="/patients/{patient.public_id}/"' in answer.content.decode()


def test_the_newest_come_first_in_pages_of_25(clinic: Organisation, staff: Desk):
    for number in range(30):
        named(clinic, f"P{number} Person{number}")
    newest_first = [f"P{number} Person{number}" for number in reversed(range(30))]

    first = names(staff)
    second_url = way(staff, "next")
    second = names(staff, second_url)

    assert (first, second) == (newest_first[:25], newest_first[25:])
    assert names(staff, way(staff, "prev", second_url)) == first
    assert re.fullmatch(r"/patients/\?before=[0-9a-f-]{36}", second_url)


@pytest.mark.parametrize(
    "address", ["?before=1", "?after=%00", "?before=%ff&after='", "?show=x", "?search=NOBODY"]
)
def test_an_address_nobody_made_is_the_first_page(address, clinic: Organisation, staff: Desk):
    named(clinic, "Ada Known")

    assert names(staff, f"/patients/{address}") == ["Ada Known"]


@pytest.mark.parametrize("text", ["kno", "maria", "KNÖWN ada", "pat 7", "27 3 1975", "27/03/1975"])
def test_somebody_is_found_by_name_reference_or_birthday(
    text: str, clinic: Organisation, staff: Desk
):
    born = {"date_of_birth": timezone.datetime(1975, 3, 27).date()}
    named(clinic, "Ada Maria Known", reference="PAT 77", **born)
    named(clinic, "Bea Other", reference="PAT-8")

    address = searched(staff, text)

    assert names(staff, address) == ["Ada Maria Known"]
    assert f'value="{text}"' in staff.get(address).content.decode()


def test_what_is_searched_for_never_stands_in_an_address(clinic: Organisation, staff: Desk):
    named(clinic, "Ada Known")

    address = searched(staff, "Known")

    assert re.fullmatch(SEARCHES, address)
    assert "Known" not in address
    assert "it is too old" in text_of(desk(clinic).get(address))


def test_a_search_keeps_its_part_of_the_register_and_its_pages(clinic: Organisation, staff: Desk):
    for number in range(30):
        archive(named(clinic, f"P{number} Person"))
    named(clinic, "Used Person")

    address = searched(staff, "person", "/patients/?show=archived")
    second = way(staff, "next", address)

    assert address.endswith("&show=archived")
    assert len(names(staff, address)) == 25
    assert names(staff, second) == [f"P{number} Person" for number in reversed(range(5))]


def test_a_search_that_cannot_be_one_says_so(clinic: Organisation, staff: Desk):
    named(clinic, "Ada Known")

    answer = staff.client.post("/patients/", {"search": "a" * 201}, follow=True)

    assert "That cannot be searched for" in text_of(answer)
    assert "Ada Known" in text_of(answer)


def test_each_patient_is_a_row_for_the_keys(clinic: Organisation, staff: Desk):
    for name in ("Ada Known", "Bea Known"):
        named(clinic, name)

    html = staff.get("/patients/").content.decode()

    assert re.findall(r"data-row><bdi>([^<]*)<", html) == ["Bea Known", "Ada Known"]


def test_the_archived_are_apart(clinic: Organisation, staff: Desk):
    named(clinic, "Ada Used")
    archive(named(clinic, "Bea Archived"))

    assert names(staff) == ["Ada Used"]
    assert names(staff, "/patients/?show=archived") == ["Bea Archived"]
    assert names(staff, "/patients/?show=all") == ["Bea Archived", "Ada Used"]


def test_a_list_without_anybody_says_what_to_do(clinic: Organisation, staff: Desk):
    empty = staff.get("/patients/")
    archived = staff.get("/patients/?show=archived")
    clinician = desk(clinic, Role.CLINICIAN).get("/patients/")

    assert "No patients yet" in text_of(empty)
    assert "Register a new patient" in text_of(empty)
    assert "No archived patients" in text_of(archived)
    assert "No patients yet" in text_of(clinician)
    assert "Register" not in text_of(clinician)


def test_nobody_found_leads_to_registering_them(clinic: Organisation, staff: Desk):
    address = searched(staff, "Ada Missing")

    answer = staff.get(address)
    word = address.partition("search=")[2]
    form = staff.get(f"/patients/new/?search={word}").content.decode()

    assert "Nobody found" in text_of(answer)
    assert f'href="/patients/new/?search={word}"' in answer.content.decode()
    assert "Search archived patients as well" in text_of(answer)
    assert 'name="full_name" value="Ada Missing"' in form


def test_who_may_be_twice_in_the_register_is_pointed_out(clinic: Organisation, staff: Desk):
    first, second = named(clinic, "Ada Known"), named(clinic, "A Known")
    named(clinic, "Bea Other")

    answer = staff.get("/patients/")

    assert text_of(answer).count("May be the same person as") == 2
    compare = f"/patients/{first.public_id}/compare/{second.public_id}/"
    assert f'href="{compare}"' in answer.content.decode()


def test_everybody_named_is_in_the_access_log_once(clinic: Organisation, staff: Desk):
    seen = [named(clinic, "Ada Known"), named(clinic, "Bea Other")]
    archive(named(clinic, "Cleo Archived"))

    staff.get("/patients/")

    entries = AccessEntry.objects.filter(what="patient list", user_id=staff.user.pk)
    assert sorted(entry.patient_id for entry in entries) == sorted(one.pk for one in seen)


def test_somebody_named_only_beside_another_is_in_the_access_log(clinic: Organisation, staff: Desk):
    named(clinic, "Ada Known", reference="PAT-1")
    twin = named(clinic, "Bea Known", reference="OTHER-1")

    staff.get(searched(staff, "PAT-1"))

    assert AccessEntry.objects.filter(what="patient list", patient_id=twin.pk).exists()


def test_an_organisation_s_people_see_its_patients_only(clinic: Organisation, staff: Desk):
    named(clinic, "Ada Mine")
    named(builders.organisation(clinic.account), "Bea Hidden")
    named(builders.organisation(), "Cleo Foreign")
    mine = desk_of_one(clinic)

    assert names(mine) == ["Ada Mine"]
    assert names(mine, searched(mine, "hidden")) == []
    assert names(staff) == ["Bea Hidden", "Ada Mine"]


def test_organisations_are_shown_where_there_are_several(clinic: Organisation, staff: Desk):
    named(clinic, "Ada Mine")
    before = text_of(staff.get("/patients/"))

    second = builders.organisation(clinic.account)
    after = text_of(staff.get("/patients/"))

    assert ("Known to" in before, clinic.name in before) == (False, False)
    assert ("Known to" in after, clinic.name in after, second.name in after) == (True, True, False)


def test_a_page_takes_the_same_number_of_queries_however_full_it_is(clinic: Organisation):
    second = builders.organisation(clinic.account)
    people = [
        desk(clinic),
        desk_of_one(clinic),
        Desk(builders.user(Role.CLINIC_STAFF, clinic, second)),
    ]
    named(clinic, "Ada Known")
    pages = [(who, path) for who in people for path in ("/patients/", searched(who, "known"))]
    few = [queries(who, path) for who, path in pages]

    for number in range(30):
        named(clinic, f"Ada{number} Known")
    many = [queries(who, path) for who, path in pages]

    # Beside the rows: who they may be twice with, and their names.
    assert [now - before for now, before in zip(many, few, strict=True)] == [1] * len(pages)
    assert max(many) <= 13
