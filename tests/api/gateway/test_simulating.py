"""`POST /gateway/v1/simulate`: test accounts are played by programs; live ones are not."""

from typing import Any

import pytest

from organisations.models import Organisation
from organisations.roles import Scope
from studies.commands import create_in_house_study
from studies.models import Study
from studies.wanted import InHouseWanted
from tests import builders
from tests.api.gateway.calls import Gateway, all_there_is, assert_refused, told
from tests.api.gateway.calls import gateway as a_gateway


@pytest.fixture
def gateway(db: None) -> Gateway:
    return a_gateway(Scope.SIMULATE)


@pytest.fixture
def trial(db: None) -> Organisation:
    return builders.organisation(builders.account(is_test=True))


@pytest.fixture
def body(trial: Organisation) -> dict[str, Any]:
    """The next step of an order."""
    order = builders.order(chosen=trial, reference="ORD-1")
    return {"account": order.account_id, "order": "ORD-1"}


def test_a_step_of_an_order_is_played_and_told(gateway: Gateway, body: dict[str, Any]) -> None:
    answer = gateway.post("/simulate", body)

    assert answer.status_code == 200, answer.content
    study = answer.json().pop("study")
    assert (study["status"], study["attempts"]) == ("created", [])
    assert {name: answer.json()[name] for name in ("happened", "order")} == {
        "happened": ["The order was sent for fulfilment."],
        "order": {"reference": "ORD-1", "status": "awaiting_shipment"},
    }


def test_an_order_is_played_to_its_end(gateway: Gateway, body: dict[str, Any]) -> None:
    answer = gateway.post("/simulate", {**body, "until": "finished"}).json()

    assert (answer["order"]["status"], answer["study"]["status"]) == (
        "return_issued",
        "result_ready",
    )
    assert told(Study.objects.get())[-1] == "finished"
    assert_refused(gateway.post("/simulate", body), 400, "nothing_to_play")


def test_an_in_house_study_is_played(gateway: Gateway, trial: Organisation) -> None:
    wanted = InHouseWanted(
        terms=builders.terms(trial), patient=builders.patient_wanted(), reference="STUDY-1"
    )
    create_in_house_study(wanted, actor=builders.staff(owner=trial.account))

    answer = gateway.post("/simulate", {"account": trial.account_id, "study": "STUDY-1"})

    assert answer.status_code == 200, answer.content
    assert answer.json()["order"] is None
    assert answer.json()["study"]["status"] == "activated"


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"study": "S-1"}, None),
        ({"order": None}, "order"),
        ({"order": ""}, "order"),
        ({"account": "1"}, "account"),
        ({"account": 10**15 * 10000}, None),
        ({"account": True}, "account"),
        ({"until": "never"}, "until"),
        ({"until": None}, "until"),
    ],
)
def test_what_is_not_valid_is_refused(
    gateway: Gateway, body: dict[str, Any], members: dict[str, Any], field: str | None
) -> None:
    before = all_there_is()

    answer = gateway.post("/simulate", {**body, **members})

    assert_refused(answer, 400)
    if field:
        assert answer.json()["errors"][0]["field"] == field
    assert all_there_is() == before


def test_neither_an_order_nor_a_study_is_refused(gateway: Gateway, body: dict[str, Any]) -> None:
    assert_refused(gateway.post("/simulate", {"account": body["account"]}), 400)


def test_what_is_not_there_is_not_found(gateway: Gateway, body: dict[str, Any]) -> None:
    other = builders.account(is_test=True)

    for account, reference in ((body["account"], "ORD-2"), (other.pk, "ORD-1")):
        answer = gateway.post("/simulate", {"account": account, "order": reference})
        assert_refused(answer, 404, "resource_not_found", "order")
    answer = gateway.post("/simulate", {"account": other.pk, "study": "ORD-1"})
    assert_refused(answer, 404, "resource_not_found", "study")


def test_a_live_account_is_refused_as_one_that_is_not_there(gateway: Gateway) -> None:
    order = builders.order(reference="LIVE-1")
    before = all_there_is()

    live = gateway.post("/simulate", {"account": order.account_id, "order": "LIVE-1"})
    nothing = gateway.post("/simulate", {"account": 10**9, "order": "LIVE-1"})

    assert_refused(live, 403, "not_a_test_account", "account")
    assert nothing.json()["errors"] == live.json()["errors"]
    assert all_there_is() == before
