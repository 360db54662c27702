"""Somebody at the staff pages, and the answers they usually give."""

import re
from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.models import Order, OrderDraft
from organisations.models import Organisation, User
from organisations.roles import Role
from tests import builders

PATIENT = {
    "full_name": "Test Person",
    "date_of_birth_day": "27",
    "date_of_birth_month": "March",
    "date_of_birth_year": "1980",
    "reference": "PAT-NEW",
    "email": "person@test.example",
    "phone": "07911 123456",
    "sex": "female",
}
ADDRESS = {
    "line_1": "1 Test Street",
    "line_2": "",
    "line_3": "",
    "city": "London",
    "county": "",
    "postcode": "sw1a1aa",
}
STUDY = {"nights": "2", "sensors": "neck", "emit_on": "organisation", "reference": ""}
SMARTPHONE = {"asked": "on"}
LATER = {"later": "yes"}


def _without_place(answer: HttpResponse) -> HttpResponse:
    """Where in a page the keyboard goes on is for tests/browser/test_keyboard.py to try."""
    if "Location" in answer:
        answer["Location"] = answer["Location"].removesuffix("#step")
    return answer


class Desk:
    """A signed-in browser without a screen."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.client = Client()
        self.client.force_login(user)

    def get(self, path: str) -> HttpResponse:
        return _without_place(self.client.get(path))

    def post(self, path: str, data: dict[str, Any] | None = None) -> HttpResponse:
        return _without_place(self.client.post(path, data or {}))

    def open_draft(self) -> str:
        """The address under which the new draft's pages are."""
        answer = self.get("/orders/new/")
        assert answer.status_code == 302, answer.content
        return answer["Location"].partition("#")[0].removesuffix("patient/")

    def fill_in(self, **other: Any) -> str:
        """A draft with every answer given; `other` replaces the answers of a step."""
        draft = self.open_draft()
        for page, usual in (
            ("patient/new/", PATIENT),
            ("address/", ADDRESS),
            ("study/", STUDY),
            ("smartphone/", SMARTPHONE),
        ):
            name = page.split("/", 1)[0]
            answer = self.post(draft + page, {**usual, **other.get(name, {})})
            assert answer.status_code == 302, text_of(answer)
        return draft

    def place(self, **other: Any) -> Order:
        """An order by the pages, from the first to the last."""
        draft = self.fill_in(**other)
        answer = self.post(draft + "check/")
        assert answer["Location"] == draft + "placed/", text_of(answer)
        return Order.objects.get(pk=draft_of(draft).order_id)


def desk(clinic: Organisation, role: Role = Role.CLINIC_STAFF) -> Desk:
    """Somebody of the clinic's account, for all its organisations."""
    return Desk(builders.user(role, owner=clinic.account))


def desk_of_one(clinic: Organisation, role: Role = Role.CLINIC_STAFF) -> Desk:
    """Somebody who works for this organisation only."""
    return Desk(builders.user(role, clinic))


def draft_of(address: str) -> OrderDraft:
    return OrderDraft.objects.get(public_id=UUID(address.rstrip("/").rsplit("/", 1)[-1]))


def page_of(order: Order, page: str = "") -> str:
    return f"/orders/{order.public_id}/{page}"


def text_of(answer: HttpResponse) -> str:
    """What a reader sees of the page's main part, in one line."""
    html = answer.content.decode()
    _, _, main = html.partition('<main id="main"')
    words = re.sub(r"<[^>]*>", " ", main.partition(">")[2].partition("</main>")[0])
    return re.sub(r"\s+", " ", words).strip()


def hidden_of(answer: HttpResponse, name: str) -> str:
    """What the page sends along unseen."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found, name
    return found[1]


def shown(answer: HttpResponse) -> list[str]:
    """What can be copied from the page of a secret."""
    assert answer.status_code == 200, text_of(answer)
    return re.findall(r'<code id="part-\d">([^<]+)</code>', answer.content.decode())


def led_to(answer: HttpResponse) -> str:
    """Where the last redirect led that was followed."""
    return str(answer.redirect_chain[-1][0]).removesuffix("#step")


def queries_of(somebody: Desk, path: str) -> int:
    """How many the page takes, once the session has been used."""
    somebody.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert somebody.get(path).status_code == 200
    return len(queries)


def title_of(answer: HttpResponse) -> str:
    return answer.content.decode().partition("<title>")[2].partition("</title>")[0]
