"""Whatever is typed, sent or put into an address of the patients' pages: never a fault of ours, and
shown harmlessly.
"""

from typing import Final

import pytest
from django.utils.html import escape

from organisations.models import Organisation
from patients.models import Patient
from patients.wanted import PersonName
from tests import builders
from tests.staff.desk import ADDRESS, PATIENT, Desk
from tests.staff.test_hostile import (
    ANSWERS,
    BAD,
    BODIES,
    CONTENT_TYPES,
    URLENCODED,
    html_of,
    post,
    sent,
)
from tests.staff.texts import HARMLESS

BORN: Final = {
    "date_of_birth_day": "29",
    "date_of_birth_month": "2",
    "date_of_birth_year": "1980",
}
# What the pages of a new order are not asked with as well.
OURS: Final = ("full_name", "reference", "public_id", "compared", "change", "seen", "search")


@pytest.fixture
def patient(clinic: Organisation) -> Patient:
    return builders.patient(clinic)


def pages(patient: Patient) -> dict[str, dict[str, str]]:
    """Each page that takes answers, with answers that are right."""
    record, page = {**PATIENT, **ADDRESS}, f"/patients/{patient.public_id}/"
    return {
        "/patients/": {"search": "Test"},
        "/patients/new/": {**record, "public_id": "", "compared": "", "change": ""},
        f"{page}edit/": {**record, "seen": "1"},
        f"{page}archive/": {"sure": "yes"},
        f"{page}restore/": {"sure": "yes"},
        f"{page}order/": {"sure": "yes"},
    }


@pytest.mark.parametrize("kind", BAD)
def test_no_answer_to_any_question_is_a_fault(kind: str, patient: Patient, staff: Desk):
    for path, answers in pages(patient).items():
        for name in set(answers) & set(OURS):
            answer = sent(staff, path, {**answers, name: BAD[kind]})

            assert answer.status_code in ANSWERS, (path, name)
        assert sent(staff, path, dict.fromkeys(answers, BAD[kind])).status_code in ANSWERS, path


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        *((body, URLENCODED) for body in BODIES.values()),
        *((b'{"full_name": "a"}', content_type) for content_type in CONTENT_TYPES),
    ],
)
def test_no_body_is_a_fault(body: bytes, content_type: str, patient: Patient, staff: Desk):
    for path in pages(patient):
        assert sent(staff, path, body, content_type).status_code in ANSWERS, path


@pytest.mark.parametrize("kind", BAD)
def test_no_search_is_a_fault(kind: str, patient: Patient, staff: Desk):
    """Of whatever a session may keep, however it came there."""
    answer = post(staff, "/patients/?show=all", {"search": BAD[kind]})

    assert staff.get(answer["Location"]).status_code == 200
    assert BAD[kind] not in answer["Location"]


@pytest.mark.parametrize(
    "path",
    [
        "/patients/1/",
        "/patients/%00/",
        "/patients/'/edit/",
        "/patients/00000000-0000-0000-0000-000000000000/",
        "/patients/00000000-0000-0000-0000-000000000000/archive/",
        "/patients/" + "a" * 5000,
    ],
)
def test_an_address_nobody_made_is_not_found(path: str, staff: Desk):
    assert staff.get(path).status_code in {301, 404}
    assert staff.post(path).status_code in {301, 404, 405}


@pytest.mark.parametrize("kind", HARMLESS)
def test_a_name_is_shown_as_it_is_and_does_nothing(kind: str, clinic: Organisation, staff: Desk):
    name = HARMLESS[kind]
    one, other = (
        builders.patient(clinic, name=PersonName.split(name), reference=f"{number}{name}"[:100])
        for number in range(2)
    )
    page = f"/patients/{one.public_id}/"
    shown = [html_of(staff, "/patients/"), html_of(staff, f"{page}compare/{other.public_id}/")]
    shown += [html_of(staff, page + rest) for rest in ("", "edit/", "archive/")]
    typed = {**PATIENT, **BORN, "full_name": name, "reference": "PAT-OTHER"}
    shown.append(staff.post("/patients/new/", typed).content.decode())

    for html in shown:
        assert escape(PersonName.split(name).full) in html
        assert "<script>alert" not in html
        assert "<img" not in html
