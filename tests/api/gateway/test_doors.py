"""Who may do what at every address of the gateway: method × path × who × status, in one table. A
new address without a row fails.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from organisations.integrations import switch_off
from organisations.roles import SCOPES_OF_CLIENTS, Role, Scope
from portal.api.gateway.views import GatewayEndpoint
from portal.models import ApiCall
from studies.models import Study
from tests import builders
from tests.api.calls import program as a_program_of_v1
from tests.api.gateway.calls import RESULT, Gateway, activation, all_there_is, assert_refused
from tests.api.gateway.calls import gateway as a_gateway
from tests.api.test_doors import METHODS, is_behind, routes
from tests.api.v3.calls import HEADER
from tests.api.v3.calls import program as a_program_of_v3

PREFIX = "gateway/v1/"
LARGE = b'{"a": "' + b"x" * 70_000 + b'"}'
START = {"nightNumber": 1, "attemptNumber": 1, "startedAt": "2025-03-03T22:05:00Z"}


def without(gateway: Gateway, whole: str = "") -> Gateway:
    """The same caller with something else in the place of the key."""
    return Gateway(gateway.key, whole, gateway.client)


def nobody(study: Study) -> Gateway:
    return without(a_gateway())


def staff(study: Study) -> Gateway:
    """Signed in at the staff pages of the study's clinic: a session is no key."""
    caller = nobody(study)
    caller.client.force_login(builders.user(Role.CLINIC_MANAGER, owner=study.account))
    return caller


def administrator(study: Study) -> Gateway:
    caller = nobody(study)
    caller.client.force_login(builders.user(Role.ADMINISTRATOR))
    return caller


def client_of_v1(study: Study) -> Gateway:
    return without(a_gateway(), a_program_of_v1(study.account, *SCOPES_OF_CLIENTS).token)


def key_of_v3(study: Study) -> Gateway:
    return without(a_gateway(), a_program_of_v3(study.account, *SCOPES_OF_CLIENTS).whole)


def another_secret(study: Study) -> Gateway:
    caller = a_gateway()
    return without(caller, f"{caller.key.prefix}.{'x' * 43}")


def switched_off(study: Study) -> Gateway:
    caller = a_gateway()
    switch_off(caller.key, actor=builders.administrator())
    return caller


def expired(study: Study) -> Gateway:
    caller = a_gateway()
    caller.key.expires_at = timezone.now() - timedelta(seconds=1)
    caller.key.save()
    return caller


def recording(study: Study) -> Gateway:
    return a_gateway(Scope.RECORDINGS)


def simulating(study: Study) -> Gateway:
    return a_gateway(Scope.SIMULATE)


def a_play(study: Study) -> Any:
    study.account.is_test = True
    study.account.save()
    return {"account": study.account_id, "order": study.reference}


Caller = Callable[[Study], Gateway]
LET_IN: tuple[Caller, ...] = (recording, simulating)
SHUT_OUT: tuple[Caller, ...] = (
    nobody,
    staff,
    administrator,
    client_of_v1,
    key_of_v3,
    another_secret,
    switched_off,
    expired,
)
FOR_RECORDING = {recording: 200, simulating: 403}

# (method, route): (body, what each is answered that is let in)
Row = tuple[Callable[[Study], Any] | None, dict[Caller, int]]
DOORS: dict[tuple[str, str], Row] = {
    ("POST", "activations"): (activation, FOR_RECORDING),
    ("GET", "studies/<uuid:study>"): (None, FOR_RECORDING),
    ("POST", "studies/<uuid:study>/attempts/started"): (lambda study: START, FOR_RECORDING),
    ("POST", "studies/<uuid:study>/attempts/completed"): (lambda study: RESULT, FOR_RECORDING),
    ("POST", "simulate"): (a_play, {recording: 403, simulating: 200}),
}


def path_of(route: str, study: Study) -> str:
    return "/" + route.replace("<uuid:study>", str(study.public_id))


@pytest.mark.parametrize("who", [*LET_IN, *SHUT_OUT], ids=lambda who: who.__name__)
@pytest.mark.parametrize("door", DOORS, ids=" ".join)
def test_each_door_opens_for_whom_it_should(
    study: Study, door: tuple[str, str], who: Caller
) -> None:
    (method, route), (body, expected) = door, DOORS[door]

    answer = who(study).call(method, path_of(route, study), body and body(study))

    assert answer.status_code == expected.get(who, 401), answer.content
    if answer.status_code != 200:
        assert_refused(answer, answer.status_code)
        assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("who", SHUT_OUT, ids=lambda who: who.__name__)
def test_who_is_shut_out_changes_nothing(study: Study, who: Caller) -> None:
    caller, before = who(study), all_there_is()

    for (method, route), (body, _) in DOORS.items():
        caller.call(method, path_of(route, study), body and body(study))

    assert all_there_is() == before


def test_a_key_of_the_gateway_opens_no_other_dialect(gateway: Gateway) -> None:
    client, bearer = Client(), {"Authorization": f"Bearer {gateway.whole}"}

    assert client.get("/v1/orders", headers=bearer).status_code == 401
    assert client.get("/api/v3/order", headers={HEADER: gateway.whole}).status_code == 401
    assert client.get("/api/v3/order", headers=bearer).status_code == 401


def test_what_is_done_by_a_key_is_in_the_log_of_calls_without_the_study(
    gateway: Gateway, study: Study
) -> None:
    gateway.get(f"/studies/{study.public_id}")

    call = ApiCall.objects.get(key_id=gateway.key.pk)
    assert call.path == "/gateway/v1/studies/{study}"


@pytest.mark.parametrize("who", [nobody, recording], ids=lambda who: who.__name__)
@pytest.mark.parametrize("method", METHODS)
def test_every_other_method_is_refused_to_everybody(study: Study, method: str, who: Caller) -> None:
    caller = who(study)
    for route in {route for _, route in DOORS}:
        if (method, route) in DOORS or (method == "HEAD" and ("GET", route) in DOORS):
            continue

        answer = caller.call(method, path_of(route, study))

        assert answer.status_code == 405, (method, route)
        assert answer["Allow"]


def found() -> Iterator[tuple[str, Any]]:
    """Every address of the gateway, and what answers there."""
    for route, pattern in routes(get_resolver()):
        if is_behind(GatewayEndpoint, pattern):
            yield route.removeprefix(PREFIX), pattern.callback.view_class  # type: ignore[attr-defined]


def test_every_address_of_the_gateway_has_its_rows() -> None:
    assert {route for route, _ in found()} == {route for _, route in DOORS}
    for route, view in found():
        offered = {method for method in METHODS if hasattr(view, method.lower())}
        offered -= {"HEAD", "OPTIONS"}
        assert offered == {method for method, of in DOORS if of == route}, route


# Which of several faults is told: contracts/v1.md, House decisions, Check order.


def exhausted(gateway: Gateway) -> Gateway:
    gateway.key.calls_a_minute, gateway.key.burst = 1, 1
    gateway.key.save()
    gateway.get("/studies/0192f4a0-11aa-7bcd-8e01-0d1f2c7a8b90")
    return gateway


def refused(gateway: Gateway, path: str = "/activations", **how: Any) -> int:
    return gateway.post(path, LARGE, **{"content_type": "text/plain", **how}).status_code


def test_the_faults_are_told_in_the_same_order_as_by_the_other_dialects(study: Study) -> None:
    shut, open_ = nobody(study), a_gateway()

    assert refused(shut, "/nothing") == 404
    assert shut.call("DELETE", "/activations", LARGE).status_code == 405
    assert refused(shut) == 401
    assert refused(exhausted(a_gateway(Scope.SIMULATE))) == 403
    assert refused(exhausted(a_gateway())) == 429
    assert refused(open_) == 415
    assert refused(open_, content_type="application/json") == 413
    assert open_.post("/activations", b'{"a": 1, "a": 2}').json()["errors"][0]["code"] == (
        "invalid_json"
    )


def test_what_is_malformed_costs_no_try_with_a_code(gateway: Gateway, study: Study) -> None:
    for _ in range(20):
        gateway.activate(study, dateOfBirth="never")

    assert gateway.activate(study).status_code == 200
