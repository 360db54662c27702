"""Orders that are placed by API v3: contracts/v3.md sections 3.1, 8 and 13, and the client's own
page for `POST /api/v3/order`.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from foundation.models import AccessEntry
from inventory.models import AccountCatalogue, Item, Kit, KitItem, Stock
from orders.commands import place_order
from orders.models import Order, Reservation
from organisations.models import Account, Organisation
from patients.commands import archive_patient
from patients.models import Patient
from tests import builders
from tests.api.threads import at_once
from tests.api.v1.test_statements import counted
from tests.api.v3.calls import Program, assert_refused, patient_body
from tests.api.v3.calls import program as a_program

EXAMPLES = Path(__file__).parent / "examples"
NOTHING = (
    "Order must contain at least one of: orderItems, orderKits, returnItems, returnDevices, or"
    " returnPackedKits"
)
NO_RECIPIENT = "patient or site required"
NOT_ORDERABLE = "Order contains Items that are marked as non-orderable. Order cannot be placed."


def example(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_text())


@pytest.fixture
def item(account: Account) -> Item:
    return builders.catalogue_item(account)


@pytest.fixture
def patient(clinic: Organisation) -> Patient:
    return builders.patient(clinic)


def a_kit(owner: Account, **columns: Any) -> Kit:
    made = Kit.objects.create(name=f"Kit {Kit.objects.count()}", **columns)
    KitItem.objects.create(kit=made, item=builders.catalogue_item(owner), count=2)
    AccountCatalogue.objects.create(account=owner, kit=made)
    return made


def of_item(item: Item, count: int = 1) -> dict[str, Any]:
    return {"item": {"id": item.pk}, "count": count}


def of_kit(kit: Kit, count: int = 1) -> dict[str, Any]:
    return {"kit": {"id": kit.pk}, "count": count}


def body(patient: Patient, *items: Item, **members: Any) -> dict[str, Any]:
    return {"patient": {"id": patient.pk}, "orderItems": [of_item(one) for one in items], **members}


def created(program: Program, sent: Any, **headers: str) -> dict[str, Any]:
    answer = program.post("/order", sent, **headers)
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def nothing_was_done() -> None:
    assert not Order.objects.exists()
    assert not Reservation.objects.exists()
    assert not Stock.objects.exclude(reserved=0).exists()


# What is asked for is placed.


def test_the_call_of_the_source_page_works_but_for_its_ids(
    program: Program, account: Account, patient: Patient
) -> None:
    sent = example("source-page-order")
    items = [builders.catalogue_item(account) for _ in range(4)]
    kits = [a_kit(account) for _ in range(4)]
    sent["patient"]["id"] = patient.pk
    for line, item in zip(sent["orderItems"], items, strict=True):
        line["item"]["id"] = item.pk
    for line, kit in zip(sent["orderKits"], kits, strict=True):
        line["kit"]["id"] = kit.pk

    told = created(program, sent)

    assert set(example("source-page-answer-members")) - set(told) == {"site"}
    assert told["externalOrderIds"] == sent["externalOrderIds"]
    assert told["patient"]["id"] == patient.pk
    assert told["currentStatus"] == "orderPlaced"
    assert [(one["item"]["id"], one["count"]) for one in told["orderItems"]] == [
        (item.pk, 10) for item in items
    ]
    assert [(one["kit"]["id"], one["count"]) for one in told["orderKits"]] == [
        (kit.pk, 10) for kit in kits
    ]
    assert [event["name"] for event in told["orderEvents"]] == ["orderPlaced"]
    assert (told["trackingNumbers"], told["devices"], told["packedKits"]) == ([], [], [])
    assert program.get(f"/order/{told['id']}").json() == told


def test_an_inline_patient_needs_no_country_and_no_reference(program: Program, item: Item) -> None:
    sent = example("new-patient-order")
    sent["orderItems"][0]["item"]["id"] = item.pk

    told = created(program, sent)

    assert told["patient"]["address"]["country"] == "USA"
    assert told["patient"]["sex"] == "female"
    assert Patient.objects.get().pk == told["patient"]["id"]


def test_an_order_for_a_site_goes_to_its_address(
    program: Program, account: Account, item: Item
) -> None:
    site = builders.site(account)
    sent = example("site-order")
    sent["site"] = {"id": site.pk, "name": "Ignored", "address": "ignored"}
    sent["orderItems"][0]["item"]["id"] = item.pk

    told = created(program, sent)

    assert told["site"]["name"] == site.name
    assert "patient" not in told
    assert Order.objects.get().address == site.address


def test_an_external_identifier_that_is_known_is_the_same_patient(
    program: Program, clinic: Organisation, item: Item
) -> None:
    known = builders.patient(clinic, reference="P-7")
    inline = patient_body(externalIdentifier="P-7", email="other@example.org")

    told = created(program, {"patient": inline, "orderItems": [of_item(item)]})

    assert told["patient"]["id"] == known.pk
    assert told["patient"]["firstName"] == known.first_name
    assert Patient.objects.count() == 1


def test_the_same_email_address_is_not_the_same_patient(
    program: Program, patient: Patient, item: Item
) -> None:
    inline = patient_body(email=patient.email)

    told = created(program, {"patient": inline, "orderItems": [of_item(item)]})

    assert told["patient"]["id"] != patient.pk


def test_a_known_external_identifier_with_another_date_of_birth_is_refused(
    program: Program, clinic: Organisation, item: Item
) -> None:
    builders.patient(clinic, reference="P-7")
    inline = patient_body(externalIdentifier="P-7", dateOfBirth="1999-01-01")

    answer = program.post("/order", {"patient": inline, "orderItems": [of_item(item)]})

    told = assert_refused(answer, 400, "patient_mismatch")
    assert told["errors"][0]["field"] == "patient.dateOfBirth"
    nothing_was_done()


def test_beside_an_id_everything_of_a_patient_is_ignored(
    program: Program, patient: Patient, item: Item
) -> None:
    sent = body(patient, item)
    sent["patient"] |= {"firstName": 7, "address": "nowhere", "email": None}

    told = created(program, sent)

    assert told["patient"]["firstName"] == patient.first_name


def test_what_only_we_set_may_be_sent_and_is_ignored(
    program: Program, patient: Patient, item: Item
) -> None:
    sent = body(
        patient, item, id=5, currentStatus="shipped", orderEvents=7, trackingNumbers="x", devices={}
    )

    told = created(program, sent)

    assert told["currentStatus"] == "orderPlaced"
    assert told["trackingNumbers"] == []


def test_a_count_that_is_left_out_is_one(program: Program, patient: Patient, item: Item) -> None:
    sent = body(patient, orderItems=[{"item": {"id": item.pk}}])

    assert created(program, sent)["orderItems"][0]["count"] == 1


def test_notes_are_kept_with_their_lines(program: Program, patient: Patient, item: Item) -> None:
    sent = body(patient, item, orderNotes=[{"note": "Ring twice.\nMind the dog."}, {"note": "Hi"}])

    told = created(program, sent)

    assert [note["note"] for note in told["orderNotes"]] == ["Ring twice.\nMind the dog.", "Hi"]
    assert all("createdBy" not in note for note in told["orderNotes"])


@pytest.mark.parametrize("sent", ["overnight", "OVERNIGHT", "Over_Night"])
def test_a_shipping_option_is_read_in_whatever_case(
    program: Program, patient: Patient, item: Item, sent: str
) -> None:
    assert created(program, body(patient, item, shippingOption=sent))["shippingOption"] == (
        "overnight"
    )


def test_null_is_the_same_as_leaving_out(program: Program, patient: Patient, item: Item) -> None:
    sent = body(patient, item, site=None, orderKits=None, shippingOption=None, emailLabel=None)

    assert created(program, sent)["shippingOption"] == "standard"


def test_the_status_of_a_create_can_be_set(
    program: Program, patient: Patient, item: Item, settings
) -> None:
    settings.V3_CREATED_STATUS = 201

    assert program.post("/order", body(patient, item)).status_code == 201


def test_a_repeated_request_places_one_order_and_shows_the_patient_again(
    program: Program, patient: Patient, item: Item
) -> None:
    sent = body(patient, item)
    first = created(program, sent, Idempotency_Key="one")
    seen = AccessEntry.objects.filter(patient_id=patient.pk).count()

    again = program.post("/order", sent, Idempotency_Key="one")

    assert again.json() == first
    assert again["Idempotent-Replayed"] == "true"
    assert Order.objects.count() == 1
    assert AccessEntry.objects.filter(patient_id=patient.pk).count() == seen + 1


def test_external_ids_are_not_a_key(program: Program, patient: Patient, item: Item) -> None:
    sent = body(patient, item, externalOrderIds=["so-1"])

    assert created(program, sent)["id"] != created(program, sent)["id"]
    assert program.get("/order?externalOrderId=so-1").json()["total"] == 2


def test_an_order_costs_at_most_18_statements_however_many_lines(
    program: Program, account: Account, patient: Patient
) -> None:
    costs = set()
    for lines in (1, 30):
        items = [builders.catalogue_item(account) for _ in range(lines)]
        kits = [a_kit(account) for _ in range(lines)]
        sent = body(patient, *items, orderKits=[of_kit(kit) for kit in kits])
        with counted() as statements:
            created(program, sent, Idempotency_Key=f"key {lines}")
        costs.add(len(of_the_command(statements)))

    assert len(costs) == 1
    assert costs.pop() <= 18


def of_the_command(statements: list[str]) -> list[str]:
    """Between the one that signs the history and the last that writes; then the answer is read."""
    first = next(place for place, one in enumerate(statements) if "pghistory" in one)
    last = max(
        place
        for place, one in enumerate(statements)
        if one.lstrip().startswith(("INSERT", "UPDATE", "WITH", "SELECT procrastinate"))
        and not any(sign in one for sign in ("storedanswer", "apicall", "accessentry"))
    )
    return statements[first : last + 1]


# What is wrong is told in the documented words, and nothing is done.


def test_neither_patient_nor_site_is_refused(program: Program, item: Item) -> None:
    assert_refused(program.post("/order", {"orderItems": [of_item(item)]}), 400, NO_RECIPIENT)


def test_both_patient_and_site_are_refused(
    program: Program, account: Account, patient: Patient, item: Item
) -> None:
    sent = body(patient, item, site={"id": builders.site(account).pk})

    assert_refused(program.post("/order", sent), 400, NO_RECIPIENT)
    nothing_was_done()


def test_a_site_without_its_id_is_refused(program: Program, account: Account, item: Item) -> None:
    builders.site(account, name="North")
    sent = {"site": {"name": "North"}, "orderItems": [of_item(item)]}

    assert_refused(program.post("/order", sent), 400, NO_RECIPIENT)


@pytest.mark.parametrize("empty", [{}, {"orderItems": []}, {"orderKits": [], "orderItems": None}])
def test_an_order_of_nothing_is_refused(program: Program, patient: Patient, empty: Any) -> None:
    sent = {"patient": {"id": patient.pk}, **empty}

    assert_refused(program.post("/order", sent), 400, NOTHING)
    nothing_was_done()


def test_an_item_that_is_not_orderable_is_refused_in_the_long_words(
    program: Program, patient: Patient, item: Item
) -> None:
    Item.objects.update(orderable=False)

    told = assert_refused(program.post("/order", body(patient, item)), 400, NOT_ORDERABLE)

    assert told["errors"][0]["field"] == "orderItems.0.item.id"
    nothing_was_done()


def test_a_kit_with_an_item_that_is_not_orderable_is_refused(
    program: Program, account: Account, patient: Patient
) -> None:
    kit = a_kit(account)
    Item.objects.filter(pk__in=kit.kit_items.values("item")).update(orderable=False)

    answer = program.post("/order", body(patient, orderKits=[of_kit(kit)]))

    assert_refused(answer, 400, "item_not_orderable")


def test_an_archived_kit_is_refused(program: Program, account: Account, patient: Patient) -> None:
    kit = a_kit(account, is_archived=True)

    answer = program.post("/order", body(patient, orderKits=[of_kit(kit)]))

    assert_refused(answer, 400, "kit_archived")


def test_two_loaner_kits_are_refused(program: Program, account: Account, patient: Patient) -> None:
    kits = [a_kit(account, is_loaner=True) for _ in range(2)]

    answer = program.post("/order", body(patient, orderKits=[of_kit(kit) for kit in kits]))

    assert_refused(answer, 400, "max_one_loaner_kit")
    nothing_was_done()


def test_two_of_a_loaner_kit_are_refused(
    program: Program, account: Account, patient: Patient
) -> None:
    kit = a_kit(account, is_loaner=True)

    answer = program.post("/order", body(patient, orderKits=[of_kit(kit, 2)]))

    told = assert_refused(answer, 400, "qty_over_one_loaner_kit")
    assert told["errors"][0]["field"] == "orderKits.0.count"


def test_a_loaner_kit_with_something_to_come_back_is_refused(
    program: Program, account: Account, patient: Patient, item: Item
) -> None:
    kit = a_kit(account, is_loaner=True)
    sent = body(
        patient,
        orderKits=[of_kit(kit)],
        returnItems=[{"id": item.pk, "count": 1}],
        emailLabel=True,
    )

    assert_refused(program.post("/order", sent), 400, "no_returns_with_loaner_kit")


def test_a_loaner_kit_to_a_site_is_refused(program: Program, account: Account) -> None:
    kit = a_kit(account, is_loaner=True)
    sent = {"site": {"id": builders.site(account).pk}, "orderKits": [of_kit(kit)]}

    assert_refused(program.post("/order", sent), 400, "no_loaner_kit_to_site")


def test_one_loaner_kit_beside_other_kits_is_fine(
    program: Program, account: Account, patient: Patient
) -> None:
    loaner, other = a_kit(account, is_loaner=True), a_kit(account)

    told = created(program, body(patient, orderKits=[of_kit(loaner), of_kit(other, 3)]))

    assert "loaner" not in told["orderKits"][0]["kit"]


def test_what_no_centre_has_is_refused(program: Program, patient: Patient, item: Item) -> None:
    Stock.objects.filter(item=item).update(new=1)

    answer = program.post("/order", body(patient, orderItems=[of_item(item, 2)]))

    assert_refused(answer, 400, "insufficient_inventory")
    nothing_was_done()


def test_a_new_patient_of_a_refused_order_is_not_registered(program: Program, item: Item) -> None:
    Stock.objects.update(new=0)

    answer = program.post("/order", {"patient": patient_body(), "orderItems": [of_item(item)]})

    assert_refused(answer, 400, "insufficient_inventory")
    assert not Patient.objects.exists()


def test_an_archived_patient_is_refused(
    program: Program, clinic: Organisation, patient: Patient, item: Item
) -> None:
    archive_patient(patient, actor=builders.staff(owner=clinic.account))

    told = assert_refused(program.post("/order", body(patient, item)), 400, "patient_archived")

    assert told["errors"][0]["field"] == "patient.id"


def test_all_faults_are_told_at_once_the_documented_first(
    program: Program, account: Account, item: Item
) -> None:
    kit = a_kit(account, is_loaner=True)
    Item.objects.filter(pk=item.pk).update(orderable=False)
    sent = {
        "site": {"id": 999999},
        "orderKits": [of_kit(kit, 2)],
        "orderItems": [of_item(item)],
        "returnItems": [{"item": {"id": item.pk}}],
    }

    told = assert_refused(program.post("/order", sent), 400, "site_not_found")

    assert [error.get("field") for error in told["errors"]][:2] == ["site.id", "orderKits.0.count"]
    assert len(told["errors"]) >= 5


# Ids of somebody else are ids of nothing.


def test_ids_of_another_account_are_not_found(
    program: Program, clinic: Organisation, patient: Patient, item: Item
) -> None:
    theirs = builders.account()
    other = builders.patient(builders.organisation(theirs))
    site = builders.site(theirs)
    foreign = builders.catalogue_item(theirs)
    for sent, word in (
        ({"patient": {"id": other.pk}, "orderItems": [of_item(item)]}, "patient_not_found"),
        ({"patient": {"id": 0}, "orderItems": [of_item(item)]}, "patient_not_found"),
        ({"site": {"id": site.pk}, "orderItems": [of_item(item)]}, "site_not_found"),
        (body(patient, foreign), "item_not_found"),
        (body(patient, orderKits=[of_kit(a_kit(theirs))]), "kit_not_found"),
        (
            {
                "patient": patient_body(site={"id": site.pk}),
                "orderItems": [of_item(item)],
            },
            "site_not_found",
        ),
    ):
        assert_refused(program.post("/order", sent), 400, word)
    nothing_was_done()


# Two at once.


@pytest.mark.django_db(transaction=True)
def test_of_two_orders_for_the_last_one_one_wins() -> None:
    clinic = builders.organisation()
    programs = [a_program(clinic.account) for _ in range(2)]
    item = builders.catalogue_item(clinic.account)
    Stock.objects.update(new=1, used=0)
    patients = [builders.patient(clinic) for _ in range(2)]

    answers = at_once(
        2, lambda number: programs[number].post("/order", body(patients[number], item))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 400]
    assert Order.objects.count() == 1
    assert Stock.objects.get(item=item).reserved == 1


# The same order at the other doors.


def test_what_v3_places_is_not_a_study_order_of_v1(
    program: Program, clinic: Organisation, patient: Patient, item: Item
) -> None:
    created(program, body(patient, item))

    assert not Order.objects.study_orders().exists()


def test_a_study_order_short_of_stock_waits_and_is_told_so(
    program: Program, clinic: Organisation
) -> None:
    Stock.objects.update(new=0)
    order = place_order(builders.order_wanted(clinic), actor=builders.integrator(clinic.account))

    told = program.get(f"/order/{order.pk}").json()

    assert told["currentStatus"] == "pendingInventory"
    assert [event["name"] for event in told["orderEvents"]] == ["orderPlaced", "pendingInventory"]


def test_a_void_gives_the_stock_back(program: Program, patient: Patient, item: Item) -> None:
    told = created(program, body(patient, item))

    assert program.delete(f"/order/{told['id']}").status_code == 204

    assert program.get(f"/order/{told['id']}").json()["currentStatus"] == "voided"
    assert not Reservation.objects.exists()
    assert not Stock.objects.exclude(reserved=0).exists()
