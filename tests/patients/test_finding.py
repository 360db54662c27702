"""Finding patients: what a text means, in which order they come, and by which index."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone

from foundation.dates import read_date
from patients import finding
from patients.finding import Kept, Selection
from patients.models import Patient, PatientOrganisation
from patients.wanted import PersonName
from portal.roles import as_owner
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic():
    return builders.organisation()


@pytest.mark.parametrize(
    "text",
    [
        "juan",
        "pérez",
        "PEREZ",
        "garcia",
        "tellez",
        "gar per",
        "juan garcia",
        "Garcia-Tellez",
        "NHS 12",
        "nhs12",
        "NHS 123 4",
        "27 3 1980",
        "27/03/1980",
        "27. March 1980",
        "1980-03-27",
    ],
)
def test_a_patient_is_meant_by_words_of_the_name_the_reference_or_the_birthday(text, clinic):
    meant = builders.patient(
        clinic,
        name=PersonName.split("Juan Pérez García-Téllez"),
        reference="NHS 1234",
        date_of_birth=date(1980, 3, 27),
    )
    builders.patient(clinic)

    assert list(Patient.objects.meant_by(text)) == [meant]


@pytest.mark.parametrize("text", ["uan", "juan other", "2345", "28 3 1980", "'", "\\", "a' | 'b:*"])
def test_others_are_not(text, clinic):
    builders.patient(
        clinic,
        name=PersonName.split("Juan Pérez"),
        reference="NHS 1234",
        date_of_birth=date(1980, 3, 27),
    )

    assert list(Patient.objects.meant_by(text)) == []


@pytest.mark.parametrize("name", ["-", "- -", "\u0301"])
def test_a_name_without_words_can_be_kept(name, clinic):
    patient = builders.patient(clinic, name=PersonName(full=name, first="", last=name))

    assert list(Patient.objects.all()) == [patient]
    assert list(Patient.objects.named_like(name)) == []


# A word of these grows beyond what a query takes: "㌖" is six letters when it is made comparable.
GROWING = ["ﷺ" * 255, "㌖" * 255, "𝔄㌖" * 127]


@pytest.mark.parametrize("name", ["'", "\\", "O'Brien \\ :* & |", *GROWING])
def test_every_name_can_be_kept_and_found(name, clinic):
    patient = builders.patient(clinic, name=PersonName(full=name, first="", last=name))

    assert list(Patient.objects.named_like(name)) == [patient]


@pytest.mark.parametrize("text", ["㌖" * 200, "a " * 20000, "a" * 3000])
def test_a_text_longer_than_any_name_is_no_fault(text, clinic):
    builders.patient(clinic)

    assert list(Patient.objects.meant_by(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "27",
        "27 3",
        "27 3 80",
        "31 2 1980",
        "0 1 1980",
        "27 3 1980 1",
        "1980-3",
        "a b c",
        "٣ ٣ ٣",
    ],
)
def test_what_is_no_whole_date_is_none(text):
    assert read_date(text) is None


def test_the_newest_come_first_page_by_page(clinic):
    made = [builders.patient(clinic) for _ in range(5)]
    some = Selection(Kept.IN_USE, actor=builders.staff(owner=clinic.account))

    first = some.page(size=2)
    second = some.page(size=2, before=first.older)
    back = some.page(size=2, after=second.newer)

    assert [*first.rows, *second.rows] == made[:0:-1]
    assert list(back.rows) == list(first.rows)


def test_somebody_known_to_two_organisations_is_listed_once(clinic):
    second = builders.organisation(clinic.account)
    made = [builders.patient(clinic) for _ in range(4)]
    for one in made[::2]:
        PatientOrganisation.objects.create(account=clinic.account, patient=one, organisation=second)
    some = Selection(Kept.IN_USE, actor=builders.staff(clinic, second))

    first = some.page(size=3)
    second_page = some.page(size=3, before=first.older)
    back = some.page(size=3, after=second_page.newer)

    assert [*first.rows, *second_page.rows] == made[::-1]
    assert list(back.rows) == list(first.rows)


def test_a_member_of_one_organisation_finds_its_patients_only(clinic):
    mine = builders.patient(clinic)
    builders.patient(builders.organisation(clinic.account))
    builders.patient()
    actor = builders.staff(clinic)

    for text in ("", "test"):
        assert list(Selection(Kept.ALL, text, actor=actor).page(size=9).rows) == [mine]


def test_the_archived_are_apart(clinic):
    used, archived = builders.patient(clinic), builders.patient(clinic)
    Patient.objects.filter(pk=archived.pk).update(archived_at=timezone.now())

    for actor in (builders.staff(clinic), builders.staff(owner=clinic.account)):
        for text in ("", "test"):
            found = {
                kept: list(Selection(kept, text, actor=actor).page(size=9).rows) for kept in Kept
            }
            assert found == {
                Kept.IN_USE: [used],
                Kept.ARCHIVED: [archived],
                Kept.ALL: [archived, used],
            }


def test_of_very_many_found_the_newest_come_first_as_well(clinic, monkeypatch):
    monkeypatch.setattr(finding, "SORTED_AT_MOST", 2)
    made = [builders.patient(clinic) for _ in range(4)]
    some = Selection(Kept.IN_USE, "test", actor=builders.staff(clinic))

    assert list(some.page(size=3).rows) == made[:0:-1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("found", "index"),
    [
        (lambda mine: Patient.objects.named_like("ada"), "patients_by_words_of_name"),
        (lambda mine: mine.resembling("A 1", "", None), "patients_by_spelling"),
        (lambda mine: mine.resembling(None, "b", date(1980, 1, 1)), "patients_by_birth"),
    ],
)
def test_there_is_an_index_for_it(found, index, clinic):
    # Among few, all indexes are equally good.
    Patient.objects.bulk_create(
        Patient(account=clinic.account, reference=f"P{number}", full_name="Test Person")
        for number in range(1000)
    )
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE patients_patient")
    mine = Patient.objects.filter(account=clinic.account)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert index in found(mine).order_by().explain()
