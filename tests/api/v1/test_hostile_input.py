"""Whatever is sent, the answer is a 4xx in the dialect's own shape and nothing is done."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from orders.models import Order, Referral
from organisations.models import ApiClient, Organisation
from organisations.roles import Scope
from studies.models import Study
from tests.api import hostile
from tests.api.calls import JSON, Program, order_body, referral_body, study_body
from tests.api.calls import program as a_program
from tests.api.shapes import assert_refused
from tests.api.v1 import episodes

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(program: Program) -> Program:
    """Without a limit, or the limit would answer for what comes after it."""
    client = program.credentials.client
    client.calls_a_minute = 0
    client.save(update_fields=["calls_a_minute"])
    return program


@pytest.fixture
def asking(clinic: Organisation) -> Program:
    """The same for studies and referrals, of which one each is there."""
    program = a_program(clinic.account, Scope.STUDIES, Scope.REFERRALS)
    ApiClient.objects.update(calls_a_minute=0)
    episodes.in_house_study(clinic, "PLACED")
    episodes.referral(clinic, "PLACED")
    return program


@pytest.fixture
def placed(clinic: Organisation, program: Program) -> str:
    answer = program.post(order_body(clinic, reference="PLACED"))
    assert answer.status_code == 201
    return "PLACED"


def check(
    cases: Iterable[tuple[str, HttpResponse]], *, expect: Callable[..., None] = assert_refused
) -> int:
    """Look at every answer before failing, and tell which cases were wrong."""
    wrong, count = {}, 0
    for count, (name, answer) in enumerate(cases, 1):  # noqa: B007 - also the number of cases
        try:
            expect(answer)
        except AssertionError as error:
            wrong[name] = f"{answer.status_code} {answer.content[:300]!r} {error}"
    assert not wrong, json.dumps(wrong, indent=1)
    return count


def test_the_corpus_is_large():
    body = order_body(Organisation(name="Nobody", reference="NOBODY"))
    spoiled = sum(1 for _ in hostile.spoiled(body, hostile.VALUES | hostile.TEXTS))

    others = (hostile.BODIES, hostile.ENDINGS, hostile.QUERIES, hostile.CONTENT_TYPES)

    assert sum(map(len, others)) > 150
    assert spoiled > 400


def test_no_document_is_taken_for_a_new_order(program: Program):
    check((name, program.post(body)) for name, body in hostile.BODIES.items())

    assert not Order.objects.exists()


def test_no_document_is_taken_for_a_change(program: Program, placed: str):
    path = f"/v1/orders/{placed}"

    check((name, program.call("PUT", path, body)) for name, body in hostile.BODIES.items())


NEW: dict[str, Callable[[Organisation], dict[str, Any]]] = {
    "/v1/studies": study_body,
    "/v1/referrals": lambda clinic: referral_body(),
}
STUDY = "/v1/studies/PLACED"


def test_no_document_is_taken_for_a_study_or_a_referral(asking: Program):
    for path in NEW:
        check((name, asking.call("POST", path, body)) for name, body in hostile.BODIES.items())
    check((name, asking.call("PATCH", STUDY, body)) for name, body in hostile.BODIES.items())

    assert (Study.objects.count(), Referral.objects.count()) == (1, 1)


def test_every_value_of_a_study_and_a_referral_is_looked_at(clinic: Organisation, asking: Program):
    for path, body_for in NEW.items():
        cases = hostile.spoiled(body_for(clinic), hostile.VALUES)
        check((name, asking.call("POST", path, body)) for name, body in cases)

    assert (Study.objects.count(), Referral.objects.count()) == (1, 1)


def test_every_value_of_a_cancellation_is_looked_at(clinic: Organisation, asking: Program):
    directly = {"status": "cancelled", "nights": 1, "sensors": ["neck_sensor"]}
    cases = hostile.spoiled(study_body(clinic, **directly), hostile.VALUES)

    check((name, asking.call("PATCH", STUDY, body)) for name, body in cases)

    assert Study.objects.get().status == "created"


def test_strange_texts_of_a_study_and_a_referral_are_kept_or_refused(
    clinic: Organisation, asking: Program
):
    for path, body_for in NEW.items():
        cases = numbered(hostile.spoiled(body_for(clinic), hostile.TEXTS))
        check(
            ((name, asking.call("POST", path, body)) for name, body in cases),
            expect=placed_or_refused,
        )

    assert Study.objects.count() > len(hostile.TEXTS)
    assert Referral.objects.count() > len(hostile.TEXTS)


def test_no_strange_reference_of_a_study_or_a_referral_is_found_or_breaks(asking: Program):
    for kind in ("studies", "referrals"):
        paths = [f"/v1/{kind}/{ending}" for ending in hostile.ENDINGS if ending != "?"]
        check((path, asking.get(path)) for path in paths)
        check((path, asking.get(f"{path}/report")) for path in paths)
    cancel = {"data": {"type": "study", "attributes": {"status": "cancelled"}}}
    paths = [f"/v1/studies/{ending}" for ending in hostile.ENDINGS if ending != "?"]
    check((path, asking.call("PATCH", path, cancel)) for path in paths)


def test_every_value_of_an_order_is_looked_at(clinic: Organisation, program: Program):
    cases = hostile.spoiled(order_body(clinic), hostile.VALUES)

    check((name, program.post(body)) for name, body in cases if name != EMIT_ON_NULL)

    assert not Order.objects.exists()


EMIT_ON_NULL = "data/attributes/emitOn: null"


def test_every_value_of_a_change_is_looked_at(clinic: Organisation, program: Program, placed: str):
    cases = hostile.spoiled(order_body(clinic, reference=placed), hostile.VALUES)

    check(
        (name, program.call("PUT", f"/v1/orders/{placed}", body))
        for name, body in cases
        if name != EMIT_ON_NULL
    )


def placed_or_refused(answer: HttpResponse) -> None:
    if answer.status_code not in (201, 202):
        assert_refused(answer, 400, 404, 409)


def numbered(cases: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Each order for a patient of its own, so that none is refused because of another."""
    for number, (name, body) in enumerate(cases):
        attributes = body["data"]["attributes"]
        if not name.startswith("data/attributes/reference"):
            attributes["reference"] = f"R{number}"
        if not name.startswith("data/attributes/patient/reference"):
            attributes["patient"]["reference"] = f"P{number}"
        yield name, body


def test_strange_texts_are_kept_or_refused(clinic: Organisation, program: Program):
    cases = numbered(hostile.spoiled(order_body(clinic), hostile.TEXTS))

    check(((name, program.post(body)) for name, body in cases), expect=placed_or_refused)

    assert Order.objects.count() > len(hostile.TEXTS)


def test_a_strange_name_is_kept_as_it_was_given(clinic: Organisation, program: Program):
    for number, text in enumerate(hostile.TEXTS.values()):
        body = order_body(clinic, reference=f"R{number}")
        body["data"]["attributes"]["patient"] |= {"name": text, "reference": f"P{number}"}

        answer = program.post(body)

        assert answer.status_code == 201, (text, answer.content)
        kept = Order.objects.get(reference=f"R{number}").patient
        assert kept.full_name == " ".join(text.split())


def test_no_strange_reference_is_found_or_breaks(program: Program, placed: str):
    paths = [f"/v1/orders/{ending}" for ending in hostile.ENDINGS if ending != "?"]
    body = {"data": {"type": "order", "attributes": {"status": "cancelled"}}}

    check((path, program.call("GET", path)) for path in paths)
    check((path, program.call("PUT", path, body)) for path in paths)


def test_every_address_below_v1_is_in_the_dialect(program: Program):
    paths = [f"/v1/{ending}" for ending in hostile.ENDINGS]

    check((path, program.call("GET", path)) for path in paths)
    check((path, program.call("POST", path, {})) for path in paths)


def test_every_parameter_of_a_list_is_looked_at(program: Program, placed: str):
    check((query, program.get(f"/v1/orders?{query}")) for query in hostile.QUERIES)


@pytest.mark.parametrize(
    "query", ["%00=%00", "a[b]=c", "%ff=1", "page=1", "page[size", "&&&", "filter[x]=y"]
)
def test_unknown_parameters_are_ignored(program: Program, query: str):
    assert program.get(f"/v1/orders?{query}").status_code == 200


def test_too_many_parameters_are_refused(program: Program):
    query = urlencode({f"a{number}": "1" for number in range(2000)})

    assert_refused(program.get(f"/v1/orders?{query}"), 400)


def test_only_json_is_taken(clinic: Organisation, program: Program):
    def unsupported(answer: HttpResponse) -> None:
        assert_refused(answer, 415)

    body = order_body(clinic)
    check(
        ((kind, program.post(body, content_type=kind)) for kind in hostile.CONTENT_TYPES),
        expect=unsupported,
    )


def test_only_a_token_is_let_in(clinic: Organisation):
    def unauthenticated(answer: HttpResponse) -> None:
        assert_refused(answer, 401)
        assert answer["WWW-Authenticate"] == 'Bearer error="invalid_token"'

    body = json.dumps(order_body(clinic))
    check(
        (
            (
                sent,
                Client().post(
                    "/v1/orders", body, content_type=JSON, headers={"Authorization": sent}
                ),
            )
            for sent in hostile.AUTHORIZATIONS
        ),
        expect=unauthenticated,
    )


def test_only_printable_idempotency_keys_are_taken(clinic: Organisation, program: Program):
    def malformed(answer: HttpResponse) -> None:
        assert_refused(answer, 400)
        assert answer.json()["errors"][0]["code"] == "idempotency_key_invalid"

    body = order_body(clinic)
    check(
        ((key, program.post(body, Idempotency_Key=key)) for key in hostile.IDEMPOTENCY_KEYS),
        expect=malformed,
    )


@pytest.mark.parametrize("name", ["X-Request-Id", "Accept", "Accept-Language", "Cookie", "Host"])
@pytest.mark.parametrize("value", ["\x00", "é" * 100, "a" * 5000, "<b>", "', '", "\x1b[31m"])
def test_other_headers_break_nothing(program: Program, name: str, value: str):
    answer = program.get("/v1/orders", **{name: value})

    if name == "Host":
        assert_refused(answer, 400)
    else:
        assert answer.status_code == 200
        assert value not in answer["X-Request-Id"]
