""" "Add order": the account first, then one page with the staff pages' own questions."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from foundation.models import AccessEntry
from orders.forms import SmartphoneForm
from orders.models import Order, OrderDraft
from organisations.models import Organisation
from organisations.roles import Role
from patients.models import Patient
from patients.wanted import PersonName
from tests import builders
from tests.admin.conftest import SignIn

ADD = "/admin/orders/order/add/"


@pytest.fixture
def chosen(db: None) -> Organisation:
    return builders.organisation()


def opened(client: Client, chosen: Organisation) -> str:
    """The page of a new order for the organisation's account."""
    return str(client.post(ADD, {"account": chosen.account_id})["Location"])


def answers(chosen: Organisation, **others: Any) -> dict[str, Any]:
    return {
        "who-find": "",
        "patient-full_name": "Test Whitlock",
        "patient-date_of_birth_day": "27",
        "patient-date_of_birth_month": "mar",
        "patient-date_of_birth_year": "1980",
        "patient-reference": "PAT-W77",
        "patient-email": "whitlock@test.example",
        "patient-phone": "07911 123456",
        "patient-sex": "unknown",
        "address-line_1": "7 Test Lane",
        "address-line_2": "",
        "address-line_3": "",
        "address-city": "Leeds",
        "address-county": "",
        "address-postcode": "ls14dy",
        "study-organisation": chosen.pk,
        "study-nights": "2",
        "study-sensors": "neck",
        "study-emit_on": "organisation",
        "study-reference": "",
        "smartphone-asked": "on",
        "place": "1",
        **others,
    }


def without(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in names}


def known(chosen: Organisation, **members: Any) -> Patient:
    wanted = builders.patient_wanted(
        **{"name": PersonName.split("Test Whitlock"), "reference": "PAT-W77", **members}
    )
    patient = builders.order(chosen=chosen, recipient=wanted).patient
    assert patient
    return patient


def words_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_account_comes_first(operator: Client, chosen: Organisation) -> None:
    answer = operator.post(ADD, {"account": chosen.account_id})

    draft = OrderDraft.objects.get()
    assert draft.account_id == chosen.account_id
    assert answer["Location"] == f"{ADD}{draft.public_id}/"


def test_no_account_is_refused_beside_its_box(operator: Client, chosen: Organisation) -> None:
    answer = operator.post(ADD, {"account": ""})

    assert answer.status_code == 422
    assert answer.context["form"].errors["account"] == ["Select the account"]


def test_only_accounts_that_can_order_are_offered(operator: Client, chosen: Organisation) -> None:
    builders.account(name="Test Account without an organisation")
    closed = builders.organisation()
    closed.account.is_active = False
    closed.account.save()

    offered = operator.get(ADD).context["form"].fields["account"].queryset

    assert list(offered) == [chosen.account]


def test_everything_answered_makes_an_order(operator: Client, chosen: Organisation) -> None:
    answer = operator.post(opened(operator, chosen), answers(chosen), follow=True)

    order = Order.objects.get()
    assert answer.redirect_chain == [(f"/admin/orders/order/{order.pk}/change/", 302)]
    assert f"Order {order.reference} is placed." in words_of(answer)
    assert order.patient
    assert order.study
    assert order.address
    assert order.phone_asked_by
    assert order.patient.full_name == "Test Whitlock"
    assert order.address.as_lines() == ["7 Test Lane", "Leeds", "LS1 4DY"]
    assert (order.door, order.study.nights, order.phone_needed) == ("admin", 2, False)
    assert (order.placed_by, order.phone_asked_by.full_name) == ("Test Operator", "Test Operator")


def test_the_smartphone_boxes_are_real_ones_with_the_words_of_the_staff_pages(
    operator: Client, chosen: Organisation
) -> None:
    text = words_of(operator.get(opened(operator, chosen)))

    for name, field in SmartphoneForm.base_fields.items():
        box = f'<input type="checkbox" name="smartphone-{name}"'
        assert box in text
        assert str(field.label) in text
    assert "We review how often phones are requested" in text
    assert "switch" not in text.split("smartphone-asked")[1].split("smartphone-needed")[0]


def test_a_smartphone_that_is_needed_is_packed(operator: Client, chosen: Organisation) -> None:
    phone = builders.phone_item()

    operator.post(opened(operator, chosen), answers(chosen, **{"smartphone-needed": "on"}))

    order = Order.objects.get()
    assert order.phone_needed
    assert order.lines.filter(item=phone).exists()


def test_without_the_question_there_is_no_order_and_nothing_typed_is_lost(
    operator: Client, chosen: Organisation
) -> None:
    given = without(answers(chosen), "smartphone-asked")

    answer = operator.post(opened(operator, chosen), given)

    text = words_of(answer)
    assert answer.status_code == 422
    assert text.count("Ask the patient whether they have a smartphone, then tick the box") == 2
    for typed in ("Test Whitlock", "PAT-W77", "7 Test Lane", "07911 123456", 'value="mar"'):
        assert typed in text
    assert not Order.objects.exists()


def test_everything_that_is_wrong_is_told_at_once(operator: Client, chosen: Organisation) -> None:
    answer = operator.post(opened(operator, chosen), {"place": "1"})

    text = words_of(answer)
    assert answer.status_code == 422
    assert "There is a problem" in text
    for words in (
        "Enter the patient’s full name",
        "Enter the patient’s date of birth",
        "Enter the first line of the address",
        "Enter the postcode",
        "Ask the patient whether they have a smartphone",
    ):
        assert text.count(words) == 2


@pytest.mark.parametrize(
    ("answer", "part", "field", "words"),
    [
        ({"study-reference": "HW-MINE"}, "study", "reference", "begin with HW-"),
        ({"study-nights": "99"}, "study", "nights", "nights"),
        ({"study-sensors": "oximeter"}, "study", "sensors", "sensors"),
        ({"patient-date_of_birth_year": "2190"}, "patient", "date_of_birth", "in the past"),
        ({"patient-email": "at home"}, "patient", "email", "email address"),
        ({"address-postcode": "nowhere"}, "address", "postcode", "postcode"),
    ],
)
def test_a_wrong_answer_is_refused_beside_its_box(
    answer: dict[str, str],
    part: str,
    field: str,
    words: str,
    operator: Client,
    chosen: Organisation,
) -> None:
    came = operator.post(opened(operator, chosen), answers(chosen, **answer))

    form = getattr(came.context["entry"], part)
    assert came.status_code == 422
    assert words in str(form.errors[field])


def test_what_the_domain_refuses_is_shown_beside_its_box(
    operator: Client, chosen: Organisation
) -> None:
    builders.order(chosen=chosen, reference="TAKEN-1")

    answer = operator.post(
        opened(operator, chosen), answers(chosen, **{"study-reference": "TAKEN-1"})
    )

    assert answer.status_code == 422
    assert answer.context["entry"].study.errors["reference"] == [
        "This reference is taken in your account. Choose another."
    ]


def test_pressing_the_button_twice_makes_one_order(operator: Client, chosen: Organisation) -> None:
    page = opened(operator, chosen)

    first, second = (operator.post(page, answers(chosen)) for _ in range(2))

    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_pressing_the_button_twice_at_once_makes_one_order() -> None:
    chosen = builders.organisation()
    client = Client()
    client.force_login(builders.user(Role.OPERATOR))
    page, together, places = opened(client, chosen), threading.Barrier(2), set()

    def press() -> None:
        together.wait()
        places.add(client.post(page, answers(chosen))["Location"])
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(places) == 1
    assert Order.objects.count() == 1


def test_a_page_whose_order_was_placed_leads_to_it(operator: Client, chosen: Organisation) -> None:
    page = opened(operator, chosen)
    placed = operator.post(page, answers(chosen))

    assert operator.get(page)["Location"] == placed["Location"]


def test_a_draft_is_nobody_elses(operator: Client, chosen: Organisation, sign_in: SignIn) -> None:
    page = opened(operator, chosen)

    assert sign_in(Role.ADMINISTRATOR).get(page).status_code == 404


def test_finding_a_patient_keeps_what_was_typed_and_finds_fault_with_nothing(
    operator: Client, chosen: Organisation
) -> None:
    patient = known(chosen)

    answer = operator.post(
        opened(operator, chosen),
        {
            "who-find": "whit",
            "address-line_1": "7 Kept Street",
            "smartphone-needed": "on",
            "find": "1",
        },
    )

    text = words_of(answer)
    assert answer.status_code == 200
    assert "There is a problem" not in text
    assert "7 Kept Street" in text
    assert [one.pk for one in answer.context["entry"].who.people] == [patient.pk]
    assert AccessEntry.objects.filter(patient_id=patient.pk, what="patient search").count() == 1


def test_a_patient_of_another_account_is_not_found(operator: Client, chosen: Organisation) -> None:
    stranger = known(builders.organisation())
    page = opened(operator, chosen)

    found = operator.post(page, {"who-find": "whit", "find": "1"})
    forced = operator.post(page, answers(chosen, **{"who-known": stranger.pk}))

    assert found.context["entry"].who.people == []
    assert (forced.status_code, Order.objects.count()) == (422, 1)


def test_a_known_patient_needs_no_description_and_no_address(
    operator: Client, chosen: Organisation
) -> None:
    patient = known(chosen)
    given = {
        name: value
        for name, value in answers(chosen, **{"who-known": patient.pk}).items()
        if not name.startswith(("patient-", "address-"))
    }

    operator.post(opened(operator, chosen), given)

    order = Order.objects.latest("pk")
    assert order.patient_id == patient.pk
    assert order.address == patient.address
    assert Patient.objects.count() == 1


def test_for_a_known_patient_another_address_is_this_orders_only(
    operator: Client, chosen: Organisation
) -> None:
    patient = known(chosen)

    operator.post(opened(operator, chosen), answers(chosen, **{"who-known": patient.pk}))

    before = patient.address
    patient.refresh_from_db()
    order = Order.objects.latest("pk")
    assert order.address_lines == ["7 Test Lane"]
    assert patient.address == before


def test_an_archived_patient_is_refused_beside_the_choice(
    operator: Client, chosen: Organisation
) -> None:
    patient = known(chosen)
    Patient.objects.filter(pk=patient.pk).update(enrolled=False)

    answer = operator.post(opened(operator, chosen), answers(chosen, **{"who-known": patient.pk}))

    assert answer.status_code == 422
    assert "no longer enrolled" in str(answer.context["entry"].who.errors["known"])


def test_somebody_alike_is_shown_before_a_second_is_made(
    operator: Client, chosen: Organisation
) -> None:
    patient = known(chosen, reference="ANOTHER-1")
    born = patient.date_of_birth
    assert born
    page = opened(operator, chosen)
    given = answers(
        chosen,
        **{
            "patient-full_name": "T Whitlock",
            "patient-date_of_birth_day": str(born.day),
            "patient-date_of_birth_month": str(born.month),
            "patient-date_of_birth_year": str(born.year),
        },
    )

    warned = operator.post(page, given)
    again = operator.post(page, given)
    confirmed = operator.post(page, {**given, "who-known": "another"})

    assert [warned.status_code, again.status_code, confirmed.status_code] == [422, 422, 302]
    assert "We may know this patient already" in words_of(warned)
    assert str(patient.pk) in dict(warned.context["entry"].who.fields["known"].choices)
    assert Patient.objects.count() == 2


def test_a_known_reference_is_that_patients(operator: Client, chosen: Organisation) -> None:
    known(chosen)
    page = opened(operator, chosen)

    answer = operator.post(page, answers(chosen, **{"who-known": "another"}))

    assert answer.status_code == 422
    assert "Another patient of this account has this reference." in words_of(answer)
    assert Patient.objects.count() == 1


@pytest.mark.parametrize("role", [Role.STOCK_LEAD, Role.AUDITOR, Role.ACCOUNT_MANAGER])
def test_who_may_not_place_orders_is_forbidden(
    role: Role, sign_in: SignIn, chosen: Organisation
) -> None:
    client = sign_in(role)

    answer = client.post(ADD, {"account": chosen.account_id})

    assert answer.status_code == 403
    assert not OrderDraft.objects.exists()


@pytest.mark.parametrize(
    "odd",
    [
        {"who-known": "9" * 40},
        {"who-known": "<b>"},
        {"who-find": "a\x00b", "find": "1"},
        {"who-find": "\u0301", "find": "1"},
        {"patient-full_name": "a\x00b"},
        {"patient-full_name": "x" * 10_000},
        {"study-organisation": "9" * 40},
        {"study-sensors": "neck+neck+liver"},
        {"address-line_1": "\u202e" * 300},
        {"study-reference": "a/b"},
        {"study-nights": "1e3"},
    ],
)
def test_odd_answers_are_refused_in_words(
    odd: dict[str, str], operator: Client, chosen: Organisation
) -> None:
    builders.organisation(chosen.account)  # so that there is a choice

    answer = operator.post(opened(operator, chosen), answers(chosen, **odd))

    assert answer.status_code == (200 if "find" in odd else 422)
    assert not Order.objects.exists()


def test_many_patients_take_no_more_queries_than_one(
    operator: Client, chosen: Organisation, django_assert_max_num_queries: object
) -> None:
    for number in range(8):
        known(chosen, reference=f"PAT-{number}", name=PersonName.split(f"Test Whit{number}"))
    page = opened(operator, chosen)

    with django_assert_max_num_queries(14):  # type: ignore[operator]
        operator.post(page, {"who-find": "whit", "find": "1"})
