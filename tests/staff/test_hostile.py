"""Whatever is typed, sent or put into an address: never a fault of ours, and shown harmlessly."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.utils.html import escape

from orders.models import Order
from orders.statuses import Status
from organisations.models import Organisation
from patients.models import Patient
from patients.wanted import PersonName
from tests import builders
from tests.staff.desk import ADDRESS, PATIENT, SMARTPHONE, STUDY, Desk, page_of, text_of
from tests.staff.texts import HARMLESS, HOSTILE

BAD: Final = {
    **HOSTILE,
    "10,000 characters": "a" * 10_000,
    "one character that becomes eighteen": "\ufdfa" * 250,
    "emoji": "👩🏽‍⚕️🛌" * 20,
    "right to left": "مريض\u202e تجريبي",
    "markup": "<script>alert(1)</script>'\"><img src=x onerror=alert(1)>",
    "template": "{{ 7*7 }}{% debug %}%s%n{0}",
    "digits without end": "9" * 5000,
    "number past every column": str(2**63),
    "minus": "-1",
    "other digits": "٣",
    "line breaks": "a\r\nb\u2028c",
    "nothing but spaces": " \t\u00a0\u3000",
}
# Each page that takes answers, with answers that are right.
DRAFT_PAGES: Final[dict[str, dict[str, str]]] = {
    "patient/": {"name": "", "reference": "", "patient": ""}
    | dict.fromkeys(("date_of_birth_day", "date_of_birth_month", "date_of_birth_year"), ""),
    "patient/new/": PATIENT,
    "patient/same/": {"patient": "", "other": ""},
    "address/": ADDRESS,
    "organisation/": {"organisation": ""},
    "study/": STUDY,
    "smartphone/": {**SMARTPHONE, "needed": ""},
    "check/": {"seen": ""},
}
ORDER_PAGES: Final[dict[str, dict[str, str]]] = {
    "contact/": {"email": "a@test.example", "phone": "07911 123456"},
    "address/": ADDRESS,
    "confirm-address/": ADDRESS,
    "cancel/": {"reason": "Because."},
    "note/": {"text": "Note."},
}
ANSWERS: Final = {200, 302, 422}


@pytest.fixture
def pages(clinic: Organisation, staff: Desk) -> dict[str, dict[str, str]]:
    """By address: of a complete draft, and of an order whose address is asked for."""
    second = builders.organisation(clinic.account, product=clinic.product)
    order = builders.order(Status.RECONFIRM_ADDRESS, chosen=clinic)
    draft = staff.open_draft()
    chosen = {"organisation": str(second.pk)}
    for page, answers in (DRAFT_PAGES | {"organisation/": chosen}).items():
        if page != "check/":
            staff.post(draft + page, answers)
    return {draft + page: answers for page, answers in DRAFT_PAGES.items()} | {
        page_of(order, page): answers for page, answers in ORDER_PAGES.items()
    }


@pytest.mark.parametrize("kind", BAD)
def test_no_answer_to_any_question_is_a_fault(kind: str, pages, staff: Desk):
    for path, answers in pages.items():
        for name in answers:
            answer = sent(staff, path, {**answers, name: BAD[kind]})

            assert answer.status_code in ANSWERS, (path, name)


@pytest.mark.parametrize("kind", BAD)
def test_bad_answers_to_all_questions_are_put_aside_and_shown_again(kind: str, staff: Desk):
    draft = staff.fill_in()
    for page in ("patient/", "patient/new/", "address/", "study/", "smartphone/"):
        bad = dict.fromkeys(DRAFT_PAGES[page], BAD[kind]) | {"later": "yes"}

        assert post(staff, draft + page, bad).status_code in ANSWERS
        assert staff.client.get(draft, follow=True).status_code == 200
        assert staff.get(draft + "patient/new/").status_code == 200
    assert staff.get("/orders/").status_code == 200


URLENCODED: Final = "application/x-www-form-urlencoded"
BODIES: Final = {
    "nothing": b"",
    "bytes that are no text": b"full_name=%ff%fe&email=\xff\xfe&line_1=%c0%af&name=%ed%a0%80",
    "the same name twice": b"full_name=a&full_name=b&nights=1&nights=2&patient=1&patient=2",
    "names nobody asked for": b"status=voided&account=1&door=v1&id=1&__proto__=1&phone_asked_by=1",
    "a hundred thousand characters": b"text=" + b"a" * 100_000,
    "NUL in a name": b"full_name%00=a&%00=b",
    "a form that is none": b"<xml/>",
    "semicolons": b"full_name=a;email=b;nights=1",
}
CONTENT_TYPES: Final = (f"{URLENCODED}; charset=bogus", "application/json", "text/plain", "é", "")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        *((body, URLENCODED) for body in BODIES.values()),
        *((b'{"full_name": "a"}', content_type) for content_type in CONTENT_TYPES),
    ],
)
def test_no_body_is_a_fault(body: bytes, content_type: str, pages, staff: Desk):
    for path in pages:
        answer = sent(staff, path, body, content_type)

        assert answer.status_code in ANSWERS, path


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"a=1&" * 1_001, "application/x-www-form-urlencoded"),
        (b"text=" + b"a" * 3_000_000, "application/x-www-form-urlencoded"),
        (b"--x\r\nno headers", "multipart/form-data; boundary=x"),
        (b"--x", "multipart/form-data"),
    ],
)
def test_a_body_out_of_bounds_is_refused(body, content_type, pages, staff: Desk):
    for path in pages:
        answer = sent(staff, path, body, content_type)

        assert answer.status_code in {400, 413, *ANSWERS}


@pytest.mark.parametrize(
    "path",
    [
        "/orders/1/",
        "/orders/%00/",
        "/orders/%ff/",
        "/orders/'/",
        "/orders/../admin",
        "/orders/00000000-0000-0000-0000-000000000000/",
        "/orders/00000000-0000-0000-0000-000000000000/cancel/",
        "/orders/FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF/",
        "/orders/new/1/check/",
        "/orders/new/00000000-0000-0000-0000-000000000000/check/",
        "/orders/new/%E2%80%AE/",
        "/orders/" + "a" * 5000,
    ],
)
def test_an_address_nobody_made_is_not_found(path: str, staff: Desk):
    assert staff.get(path).status_code in {301, 404}
    assert staff.post(path).status_code in {301, 404, 405}


def test_a_form_without_its_token_is_refused_with_a_way_on(clinic: Organisation, staff: Desk):
    order = builders.order(chosen=clinic)
    staff.client.handler.enforce_csrf_checks = True

    answer = staff.post(page_of(order, "cancel/"), {"reason": "Because."})

    assert answer.status_code == 403
    assert "This form has expired" in text_of(answer)


@pytest.mark.parametrize("kind", HARMLESS)
def test_a_name_is_shown_as_it_is_and_does_nothing(kind: str, clinic: Organisation, staff: Desk):
    name = HARMLESS[kind]

    for path, html in everywhere(name, clinic, staff):
        assert escape(name) in html, path
        assert "<script>alert" not in html, path
        assert "<img" not in html, path


def everywhere(name: str, clinic: Organisation, staff: Desk) -> Iterator[tuple[str, str]]:
    """Every page on which somebody of this name is shown."""
    typed = {**PATIENT, "full_name": name, "reference": name[:100]}
    draft = staff.fill_in(
        patient=typed, address={"line_1": name, "city": name}, study={"reference": tidy(name)}
    )
    yield "check", html_of(staff, draft + "check/")
    yield "new patient", html_of(staff, draft + "patient/new/")
    yield "drafts", html_of(staff, "/orders/")
    staff.post(draft + "check/")
    order = Order.objects.get()
    yield "placed", html_of(staff, draft + "placed/")
    yield "list", html_of(staff, "/orders/")
    staff.post(page_of(order, "note/"), {"text": name})
    for page in ("", *ORDER_PAGES):
        if page != "confirm-address/":
            yield page, html_of(staff, page_of(order, page))
    staff.post(page_of(order, "cancel/"), {"reason": name})
    yield "cancelled", html_of(staff, page_of(order))
    again = staff.open_draft()
    yield "found", staff.post(again + "patient/", {"reference": name[:100]}).content.decode()
    staff.post(again + "patient/new/", typed)
    yield "same", html_of(staff, again + "patient/same/")


def html_of(staff: Desk, path: str) -> str:
    answer = staff.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def tidy(name: str) -> str:
    """A reference cannot hold a slash."""
    return name.replace("/", "|")


def test_names_of_patients_keep_their_direction_to_themselves(clinic: Organisation, staff: Desk):
    name = "مريض تجريبي"
    order = builders.order(
        chosen=clinic, recipient=builders.patient_wanted(name=PersonName.split(name))
    )

    for path in ("/orders/", page_of(order)):
        assert f"<bdi>{name}</bdi>" in html_of(staff, path)


def test_a_name_that_grows_when_it_is_made_comparable_is_kept(staff: Desk):
    name = "\ufdfa" * 250

    staff.place(patient={"full_name": name})

    assert Patient.objects.get().full_name == name


def sent(
    staff: Desk, path: str, body: dict[str, str] | bytes, content_type: str = URLENCODED
) -> HttpResponse:
    """The answer, in a world that is afterwards as it was before."""
    with transaction.atomic():
        answer = post(staff, path, body, content_type)
        transaction.set_rollback(True)
    return answer


def post(
    staff: Desk, path: str, body: dict[str, str] | bytes, content_type: str = URLENCODED
) -> HttpResponse:
    """Byte by byte: the client's own way refuses what is no text."""
    if isinstance(body, dict):
        body = urlencode(body, errors="surrogatepass").encode()
    return staff.client.generic("POST", path, body, content_type=content_type)
