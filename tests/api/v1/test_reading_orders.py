"""GET /v1/orders and /v1/orders/{reference}, our extensions: contracts/v1.md, House decisions."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from orders.commands import place_order
from orders.models import Order
from orders.statuses import CALLED_OFF, Status
from orders.wanted import KnownSite, LineWanted, OrderWanted
from organisations.models import Organisation
from tests import builders
from tests.api.calls import Program, faults
from tests.api.shapes import assert_refused

pytestmark = pytest.mark.django_db


def listed(program: Program, **parameters: Any) -> dict[str, Any]:
    answer = program.get(f"/v1/orders?{urlencode(parameters)}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def references(document: dict[str, Any]) -> list[str]:
    return [one["attributes"]["reference"] for one in document["data"]]


def placed(clinic: Organisation, *names: str) -> list[Order]:
    actor = builders.integrator(clinic.account)
    return [
        place_order(builders.order_wanted(clinic, reference=name), actor=actor) for name in names
    ]


EVERY_STATUS = [status for status in Status if status in builders.PATHS]


@pytest.mark.parametrize("status", EVERY_STATUS)
def test_each_status_is_shown_in_the_words_of_v1(
    clinic: Organisation, program: Program, status: Status
):
    order = builders.order(status, chosen=clinic, reference="A")

    document = program.get("/v1/orders/A").json()

    shown = document["data"]["attributes"]["status"]
    if status in CALLED_OFF:
        assert shown == "cancelled"
    else:
        assert shown == ("sent_for_fulfilment" if order.sent_for_fulfilment_at else "created")
    assert references(listed(program, **{"filter[status]": shown})) == ["A"]
    for other in {"created", "sent_for_fulfilment", "cancelled"} - {shown}:
        assert references(listed(program, **{"filter[status]": other})) == []


def test_times_are_in_utc_and_shown_once_they_are_true(clinic: Organisation, program: Program):
    builders.order(Status.AWAITING_SHIPMENT, chosen=clinic, reference="A")

    attributes = program.get("/v1/orders/A").json()["data"]["attributes"]

    assert set(attributes) == {"reference", "status", "createdAt", "sentForFulfilmentAt"}
    for name in ("createdAt", "sentForFulfilmentAt"):
        moment = datetime.strptime(attributes[name], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        assert abs(datetime.now(UTC) - moment) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("a b", "a%20b"),
        ("50%", "50%25"),
        ("%41", "%2541"),
        ("é ☂ 参照", "%C3%A9%20%E2%98%82%20%E5%8F%82%E7%85%A7"),
        ("a.b..c", "a.b..c"),
        ("a+b&c=d", "a+b&c=d"),
        ("a?b#c", "a%3Fb%23c"),
        ("~!*'();:@,", "~!*'();:@,"),
    ],
)
def test_a_reference_is_found_however_it_is_written(
    clinic: Organisation, program: Program, reference: str, path: str
):
    placed(clinic, reference)

    document = program.get(f"/v1/orders/{path}").json()

    assert document["data"]["attributes"]["reference"] == reference
    assert program.get(document["data"]["links"]["self"]).json() == document


def test_case_matters(clinic: Organisation, program: Program):
    placed(clinic, "Abc")

    assert_refused(program.get("/v1/orders/ABC"), 404)


def test_another_account_s_orders_do_not_exist(clinic: Organisation, stranger: Program):
    placed(clinic, "A")

    answer = stranger.get("/v1/orders/A")

    assert faults(answer) == {("resource_not_found", None)}
    assert listed(stranger) == {"data": [], "links": {}}


def test_orders_of_supplies_are_never_shown(clinic: Organisation, program: Program):
    owner = clinic.account
    item = builders.catalogue_item(owner)
    order = place_order(
        OrderWanted(
            recipient=KnownSite(builders.site(owner).pk),
            contents=(LineWanted(item_id=item.pk, count=1),),
        ),
        actor=builders.operator(owner),
    )

    assert_refused(program.get(f"/v1/orders/{order.reference}"), 404)
    assert listed(program)["data"] == []


def test_the_newest_come_first_on_pages_of_50(clinic: Organisation, program: Program):
    names = [f"R{number}" for number in range(51)]
    placed(clinic, *names)

    document = listed(program)

    assert references(document) == names[:0:-1]
    assert references(program.get(document["links"]["next"]).json()) == ["R0"]


def pages(program: Program, **parameters: Any) -> Iterator[dict[str, Any]]:
    document = listed(program, **parameters)
    yield document
    while "next" in document["links"]:
        document = program.get(document["links"]["next"]).json()
        yield document


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 100])
def test_pages_together_show_each_order_once(clinic: Organisation, program: Program, size: int):
    names = [f"R{number}" for number in range(6)]
    placed(clinic, *names)

    found = list(pages(program, **{"page[size]": size}))

    assert [name for page in found for name in references(page)] == names[::-1]
    assert all(len(page["data"]) == size for page in found[:-1])
    assert len(found) == -(-6 // size)


def test_the_next_page_keeps_the_filters_and_forgets_what_it_does_not_know(
    clinic: Organisation, program: Program
):
    placed(clinic, "A", "B")
    builders.order(Status.VOIDED, chosen=clinic, reference="C")

    found = list(pages(program, **{"filter[status]": "created", "page[size]": 1, "x": "y"}))

    assert [references(page) for page in found] == [["B"], ["A"]]
    assert "x=" not in found[0]["links"]["next"]


def test_an_order_placed_meanwhile_does_not_move_the_pages(clinic: Organisation, program: Program):
    placed(clinic, "A", "B")
    first = listed(program, **{"page[size]": 1})
    placed(clinic, "C")

    assert references(program.get(first["links"]["next"]).json()) == ["A"]


def test_a_place_in_another_account_s_list_is_no_place(clinic: Organisation, stranger: Program):
    (order,) = placed(clinic, "A")

    answer = stranger.get(f"/v1/orders?page[after]={order.public_id}")

    assert_refused(answer, 400)
    assert faults(answer) == {("validation_failed", "page[after]")}


def test_the_time_of_creation_is_a_limit_from_inclusive_to_exclusive(
    clinic: Organisation, program: Program
):
    placed(clinic, "A", "B", "C")
    times = {
        one["attributes"]["reference"]: one["attributes"]["createdAt"]
        for one in listed(program)["data"]
    }

    assert references(listed(program, **{"filter[created_from]": times["B"]})) == ["C", "B"]
    assert references(listed(program, **{"filter[created_to]": times["B"]})) == ["A"]
    both = {"filter[created_from]": times["B"], "filter[created_to]": times["C"]}
    assert references(listed(program, **both)) == ["B"]


def test_a_date_is_its_midnight_in_utc(clinic: Organisation, program: Program):
    placed(clinic, "A")
    today = datetime.now(UTC).date()

    assert references(listed(program, **{"filter[created_from]": today.isoformat()})) == ["A"]
    assert references(listed(program, **{"filter[created_to]": today.isoformat()})) == []


@pytest.mark.parametrize(
    "moment",
    [
        "2020-01-01T00:00:00Z",
        "2020-01-01t00:00:00z",
        "2020-01-01T00:00:00.5Z",
        "2020-01-01T00:00:00+05:30",
        "2020-01-01T00:00:00-11:00",
    ],
)
def test_timestamps_may_have_fractions_and_offsets(program: Program, moment: str):
    # Not encoded: then the plus arrives as a space.
    assert program.get(f"/v1/orders?filter[created_from]={moment}").status_code == 200


def test_all_wrong_parameters_are_told_at_once(program: Program):
    answer = program.get("/v1/orders?page[size]=0&filter[status]=x&filter[created_to]=x")

    assert_refused(answer, 400)
    assert faults(answer) == {
        ("validation_failed", "page[size]"),
        ("validation_failed", "filter[status]"),
        ("validation_failed", "filter[created_to]"),
    }


def test_head_answers_like_get_without_a_body(clinic: Organisation, program: Program):
    placed(clinic, "A")

    answer = program.call("HEAD", "/v1/orders/A")

    assert (answer.status_code, answer.content) == (200, b"")
