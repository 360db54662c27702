"""Who may be the same person, so that people look."""

from datetime import date

import pytest
from django.utils import timezone

from patients.models import Patient
from patients.wanted import PersonName
from tests import builders

pytestmark = pytest.mark.django_db

BORN = date(1975, 5, 5)


@pytest.fixture
def clinic():
    return builders.organisation()


def twins(*patients, actor):
    return Patient.objects.visible_to(actor).twins_of(patients)


def of(clinic, full="Test Person", first=None, last=None, **members):
    name = PersonName(full=full, first=first, last=last) if last else PersonName.split(full)
    return builders.patient(clinic, name=name, **members)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            {"full": "Ada Known", "date_of_birth": BORN},
            {"full": "A. KNÖWN", "date_of_birth": BORN},
        ),
        (
            {"full": "Ana de la Cruz", "first": "Ana", "last": "de la Cruz", "date_of_birth": BORN},
            {"full": "Ana Cruz", "date_of_birth": BORN},
        ),
        (
            {"full": "Ada Known", "reference": "NHS 12 34", "date_of_birth": None},
            {"full": "Bea Other", "reference": "nhs1234", "date_of_birth": BORN},
        ),
    ],
)
def test_two_may_be_one_person_and_each_points_at_the_other(one, other, clinic):
    first, second = of(clinic, **one), of(clinic, **other)
    of(clinic, "Cleo Third", date_of_birth=BORN)

    actor = builders.staff(clinic)

    assert twins(first, second, actor=actor) == {first.pk: second, second.pk: first}
    for mine, theirs in ((first, second), (second, first)):
        alike = Patient.objects.resembling(mine.reference, mine.last_name, mine.date_of_birth)
        assert set(alike) == {mine, theirs}


@pytest.mark.parametrize(
    "other",
    [
        {"full": "Ada Known", "date_of_birth": date(1975, 5, 6)},
        {"full": "Ada Knowing", "date_of_birth": BORN},
        {"full": "Ada Known", "date_of_birth": None},
        {"full": "Ada Other", "reference": "PAT-10", "date_of_birth": None},
    ],
)
def test_others_are_not_taken_for_each_other(other, clinic):
    one = of(clinic, "Ada Known", reference="PAT-1", date_of_birth=BORN)
    of(clinic, **other)

    assert twins(one, actor=builders.staff(clinic)) == {}


def test_two_without_a_date_of_birth_and_a_reference_are_not_alike(clinic):
    one, _ = (of(clinic, reference=None, date_of_birth=None) for _ in range(2))

    assert twins(one, actor=builders.staff(clinic)) == {}
    assert not Patient.objects.resembling(None, "Person", None).exists()


def test_nobody_is_alike_whom_one_does_not_see_or_who_is_archived(clinic):
    one = of(clinic)
    of(builders.organisation(clinic.account))
    of(builders.organisation())
    archived = of(clinic)
    Patient.objects.filter(pk=archived.pk).update(archived_at=timezone.now())

    assert twins(one, archived, actor=builders.staff(clinic)) == {}


def test_it_takes_two_queries_however_many_there_are(clinic, django_assert_num_queries):
    many = [of(clinic) for _ in range(12)]
    actor = builders.staff(clinic)

    with django_assert_num_queries(2):
        assert len(twins(*many, actor=actor)) == 12
