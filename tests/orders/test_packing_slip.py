"""The slip that lies in the parcel: what is in it, for whom, and the code, which nothing else that
leaves us has on it.
"""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foundation.models import AccessEntry
from inventory.models import Item
from orders.models import Order
from orders.packing_slip import slip_of
from orders.statuses import Status
from orders.summary import summary_of, with_summary
from orders.wanted import LineWanted, OrderWanted
from organisations.roles import OPERATOR_ROLES, Role
from patients.wanted import PersonName
from tests import builders
from tests.api import calls as v1
from tests.api.v3 import calls as v3
from tests.printed import Printed, read

pytestmark = pytest.mark.django_db

PACKS = {Role.OPERATOR, Role.STOCK_LEAD, Role.ADMINISTRATOR}


def path_of(order: Order) -> str:
    return f"/admin/orders/order/{order.pk}/packing-slip/"


def printed(order: Order) -> Printed:
    whole = with_summary(Order.objects.select_related("study")).get(pk=order.pk)
    return read(slip_of(whole))


def client_of(role: Role) -> Client:
    client = Client()
    client.force_login(builders.user(role))
    return client


def test_the_slip_tells_what_is_sent_to_whom_with_the_code_as_text_and_picture():
    order = builders.order(
        recipient=builders.patient_wanted(name=PersonName.split("Ada Seen")), reference="OUR-1"
    )

    page = printed(order)

    assert page.pages == 1
    for said in (
        "Packing slip",
        "OUR-1",
        order.organisation.name,
        "Ada Seen",
        "1 Test Street",
        "SW1A 1AA",
        "1 × Test Kit",
        order.study.shown_code,
        "scan the picture or type in this code",
        "Then enter your date of birth",
    ):
        assert said in page.words
    assert page.codes[order.study.shown_code] == page.codes["OUR-1"] == "QRCode"


def test_of_the_patient_it_tells_no_more_than_the_parcel_does():
    order = builders.order()

    words = printed(order).words

    for kept in (
        "1980",
        "1 Test Street 1980",
        order.patient.reference,
        order.patient.email,
        "07911",
    ):
        assert kept not in words


def test_a_parcel_without_a_test_has_no_code_on_its_slip():
    order = builders.supplies_order(builders.account())

    page = printed(order)

    assert str(order.site) in page.words
    assert "activation code" not in page.words
    assert set(page.codes) == {order.reference, Item.objects.get().sku}


def test_a_code_that_opens_nothing_any_more_is_not_printed():
    order = builders.order(Status.VOIDED)

    assert order.study.shown_code not in printed(order).words


def test_every_line_is_on_it_however_many_there_are():
    owner = builders.account()
    items = [builders.catalogue_item(owner) for _ in range(40)]
    wanted = OrderWanted(
        recipient=builders.patient_wanted(),
        contents=tuple(LineWanted(item_id=item.pk, count=2) for item in items),
    )
    order = builders.place_order(wanted, actor=builders.integrator(owner))

    page = printed(order)

    assert page.pages > 1
    assert all(item.sku in page.words for item in items)


@pytest.mark.parametrize("name", ["Łukasz Żółć", "Ζωή Παπαδοπούλου", "#sys.inputs $x$ *a*", "敏"])
def test_any_name_can_be_printed(name: str):
    order = builders.order(recipient=builders.patient_wanted(name=PersonName.split(name)))

    assert printed(order).pages == 1


@pytest.mark.parametrize("role", sorted(OPERATOR_ROLES))
def test_only_who_packs_gets_the_slip(role: Role):
    order = builders.order()
    client = client_of(role)

    answer = client.get(path_of(order))

    assert answer.status_code == (200 if role in PACKS else 403)
    page = client.get(f"/admin/orders/order/{order.pk}/change/")
    if page.status_code == 200:
        assert (path_of(order) in page.content.decode()) == (role in PACKS)
    assert client.post(path_of(order)).status_code in (405, 403)


def test_who_looked_at_it_is_in_the_access_log():
    order = builders.order()

    client_of(Role.OPERATOR).get(path_of(order))

    entry = AccessEntry.objects.get(what="packing slip")
    assert (entry.patient_id, entry.order_id) == (order.patient_id, order.pk)


def test_it_takes_the_same_number_of_queries_however_long_it_is():
    short, client = builders.order(), client_of(Role.OPERATOR)
    client.get(path_of(short))
    with CaptureQueriesContext(connection) as few:
        client.get(path_of(short))
    long = builders.order(study={"phone_needed": True}) if builders.phone_item() else short
    with CaptureQueriesContext(connection) as more:
        client.get(path_of(long))

    assert len(few) == len(more) <= 12


def test_no_other_paper_and_no_program_s_answer_has_the_code():
    clinic = builders.organisation()
    program, key = v1.program(clinic.account), v3.program(clinic.account)
    made = program.post(v1.order_body(clinic, reference="OUR-1"))
    order = Order.objects.get()
    code = order.study.activation_code
    answers = [
        made,
        program.get("/v1/orders/OUR-1"),
        program.get("/v1/orders"),
        key.get("/order"),
        key.get(f"/order/{order.pk}"),
        key.get("/patient"),
        key.get(f"/patient/{order.patient_id}"),
    ]

    summary = key.get(f"/order/summary/{order.pk}")

    for answer in answers:
        assert answer.status_code in (200, 201), answer.content
        assert code not in answer.content.decode().replace("-", "")
    for page in (
        read(summary.content),
        read(summary_of(with_summary(Order.objects.all()).get(pk=order.pk))),
    ):
        assert code not in page.words.replace("-", "")
        assert not any(code in said.replace("-", "") for said in page.codes)
