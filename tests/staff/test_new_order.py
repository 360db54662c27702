"""Placing an order by the pages: from the search for the patient to the confirmation."""

import pytest

from foundation.actors import Door
from foundation.models import AccessEntry
from orders.models import Order, OrderDraft
from organisations.models import Organisation
from organisations.roles import Role
from organisations.sensors import EmitOn, Sensor
from patients.models import Patient, Sex
from studies.models import Study
from tests import builders
from tests.staff.desk import (
    ADDRESS,
    PATIENT,
    SMARTPHONE,
    STUDY,
    Desk,
    desk,
    draft_of,
    led_to,
    text_of,
    title_of,
)


def test_an_order_for_a_new_patient_is_placed_by_the_pages(clinic: Organisation, staff: Desk):
    draft = staff.open_draft()

    pages = [
        staff.post(draft + "patient/new/", PATIENT),
        staff.post(draft + "address/", ADDRESS),
        staff.post(draft + "study/", STUDY),
        staff.post(draft + "smartphone/", SMARTPHONE),
        staff.post(draft + "check/"),
    ]

    ways = [page["Location"].removeprefix(draft) for page in pages]
    assert ways == ["address/", "study/", "smartphone/", "check/", "placed/"]
    order = Order.objects.get()
    assert (order.door, order.placed_by_user) == (Door.STAFF, staff.user)
    assert order.organisation == clinic
    assert order.address.as_lines() == ["1 Test Street", "London", "SW1A 1AA"]


def test_the_patient_is_registered_as_typed(staff: Desk):
    patient = staff.place().patient

    assert patient.full_name == "Test Person"
    assert (patient.reference, patient.sex) == ("PAT-NEW", Sex.FEMALE)
    assert patient.date_of_birth.isoformat() == "1980-03-27"
    assert (patient.email, patient.phone_e164) == ("person@test.example", "+447911123456")
    assert patient.address.city == "London"


def test_the_smartphone_answer_is_recorded_with_who_and_when(staff: Desk):
    builders.phone_item()

    order = staff.place(smartphone={"needed": "on"})

    assert order.phone_needed
    assert order.phone_asked_by == staff.user
    assert order.phone_asked_at is not None
    assert [line.what.name for line in order.lines.all()][-1] == "Test Phone"


@pytest.mark.parametrize(
    ("answer", "settled"),
    [
        ("organisation", EmitOn.REVIEWED),
        ("complete", EmitOn.COMPLETE),
        ("reviewed", EmitOn.REVIEWED),
    ],
)
def test_the_result_is_sent_when_it_was_asked_to_be(answer: str, settled: EmitOn, db: None):
    clinic = builders.organisation(emit_on=EmitOn.REVIEWED)

    order = desk(clinic).place(study={"emit_on": answer, "sensors": "neck+oximeter"})

    assert order.study.emits_on == settled
    assert order.study.sensors == [Sensor.NECK, Sensor.OXIMETER]


def test_without_a_typed_reference_the_order_has_the_one_that_was_promised(staff: Desk):
    draft = staff.fill_in()
    promised = draft_of(draft).reference

    check = text_of(staff.get(draft + "check/"))
    staff.post(draft + "check/")

    assert promised in check
    assert Order.objects.get().reference == promised


def test_a_typed_reference_is_the_order_s(staff: Desk):
    assert staff.place(study={"reference": " OUR-7 "}).reference == "OUR-7"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("hw-123", "References that begin with HW- are ours. Choose another."),
        ("a/b", "A reference cannot contain a slash or control characters, or be “.” or “..”."),
    ],
)
def test_a_reference_that_cannot_be_is_refused_where_it_is_typed(
    typed: str, words: str, staff: Desk
):
    draft = staff.fill_in()

    answer = staff.post(draft + "study/", {**STUDY, "reference": typed})

    assert answer.status_code == 422
    assert text_of(answer).count(words) == 2


def test_the_confirmation_shows_the_reference_and_what_comes_next(staff: Desk):
    draft = staff.fill_in()

    answer = staff.client.post(draft + "check/", follow=True)

    text = text_of(answer)
    assert title_of(answer) == "Order placed – Homeward"
    assert Order.objects.get().reference in text
    assert "What happens next" in text
    assert "Test Person" in text


def test_pressing_twice_refreshing_and_going_back_make_one_order(staff: Desk):
    draft = staff.fill_in()

    ways = [staff.post(draft + "check/")["Location"] for _ in range(3)]
    back = [staff.get(draft + page)["Location"] for page in ("check/", "patient/", "study/", "")]

    assert set(ways + back) == {draft + "placed/"}
    assert Order.objects.count() == Study.objects.count() == Patient.objects.count() == 1
    refreshed = [text_of(staff.get(draft + "placed/")) for _ in range(2)]
    assert refreshed[0] == refreshed[1]


def test_a_placed_draft_keeps_nothing_of_the_patient(staff: Desk):
    draft = staff.fill_in()
    staff.post(draft + "check/")

    staff.post(draft + "patient/new/", PATIENT)

    assert draft_of(draft).answers == {}


def test_nothing_is_ordered_before_the_button(staff: Desk):
    draft = staff.fill_in()

    staff.get(draft + "check/")

    assert not Order.objects.exists()
    assert not Patient.objects.exists()


def test_every_answer_is_shown_before_the_order_with_a_way_to_change_it(staff: Desk):
    draft = staff.fill_in(smartphone={"needed": "on"})

    answer = staff.get(draft + "check/")

    text = text_of(answer)
    for said in ("Test Person", "27 March 1980", "PAT-NEW", "07911 123456", "SW1A 1AA", "Female"):
        assert said in text
    html = answer.content.decode()
    for page in ("patient/new/#id_full_name", "address/", "study/#id_nights", "smartphone/"):
        assert f'href="{draft}{page}' in html
    assert "Change<span" in html


def test_a_changed_answer_leads_back_to_the_check(staff: Desk):
    draft = staff.fill_in()

    answer = staff.post(draft + "study/", {**STUDY, "nights": "3"})

    assert answer["Location"] == draft + "check/"
    staff.post(draft + "check/")
    assert Order.objects.get().study.nights == 3


def test_a_step_that_was_not_reached_leads_to_the_first_that_is_missing(staff: Desk):
    draft = staff.open_draft()
    for page in ("address/", "study/", "smartphone/", "check/", "placed/", ""):
        answer = staff.client.get(draft + page, follow=True)
        assert led_to(answer) == draft + "patient/", page

    staff.post(draft + "patient/new/", PATIENT)

    assert staff.get(draft + "smartphone/")["Location"] == draft + "address/"
    assert staff.post(draft + "check/")["Location"] == draft + "address/"
    assert staff.post(draft + "study/", STUDY)["Location"] == draft + "address/"


def test_only_what_product_and_account_allow_is_offered(db: None):
    account = builders.account(sensors=[Sensor.NECK])
    clinic = builders.organisation(account, product=builders.product(most_nights=3))
    somebody = desk(clinic)
    draft = somebody.open_draft()
    somebody.post(draft + "patient/new/", PATIENT)
    somebody.post(draft + "address/", ADDRESS)

    page = text_of(somebody.get(draft + "study/"))
    refused = somebody.post(draft + "study/", {**STUDY, "sensors": "neck+oximeter", "nights": "4"})

    assert "3 nights" in page
    assert "4 nights" not in page
    assert "oximeter" not in page.lower()
    assert refused.status_code == 422
    assert "Select the sensors from the list" in text_of(refused)
    assert "Select the number of nights from the list" in text_of(refused)


def test_many_nights_are_typed_within_bounds(staff: Desk):
    draft = staff.fill_in()

    for nights in ("0", "31", "two", "", "1.5", "9" * 5000):
        answer = staff.post(draft + "study/", {**STUDY, "nights": nights})

        assert answer.status_code == 422
        assert "Enter how many nights, from 1 to 30" in text_of(answer)


def test_the_organisation_s_defaults_are_chosen_already(staff: Desk):
    draft = staff.open_draft()
    staff.post(draft + "patient/new/", PATIENT)
    staff.post(draft + "address/", ADDRESS)

    html = staff.get(draft + "study/").content.decode()

    assert 'name="nights" value="2"' in html
    assert '<input type="radio" name="sensors" value="neck"' in html
    assert html.count(" checked>") == 2


def test_who_may_order_for_several_organisations_is_asked_for_which(clinic: Organisation):
    other = builders.organisation(clinic.account, product=clinic.product)
    somebody = desk(clinic)
    draft = somebody.open_draft()
    somebody.post(draft + "patient/new/", PATIENT)

    asked = somebody.post(draft + "address/", ADDRESS)
    chosen = somebody.post(draft + "organisation/", {"organisation": other.pk})
    somebody.post(draft + "study/", {**STUDY, "sensors": "neck"})
    somebody.post(draft + "smartphone/", SMARTPHONE)
    somebody.post(draft + "check/")

    assert asked["Location"] == draft + "organisation/"
    assert chosen["Location"] == draft + "study/"
    assert Order.objects.get().organisation == other


def test_only_open_and_visible_organisations_can_be_chosen(clinic: Organisation):
    closed = builders.organisation(clinic.account, is_active=False)
    hidden = builders.organisation(clinic.account)
    second = builders.organisation(clinic.account)
    foreign = builders.organisation()
    somebody = Desk(builders.user(Role.CLINIC_STAFF, clinic, second, closed))
    draft = somebody.open_draft()
    somebody.post(draft + "patient/new/", PATIENT)
    somebody.post(draft + "address/", ADDRESS)

    page = text_of(somebody.get(draft + "organisation/"))

    assert clinic.name in page
    assert second.name in page
    for other in (closed, hidden, foreign):
        assert other.name not in page
        answer = somebody.post(draft + "organisation/", {"organisation": other.pk})
        assert answer.status_code == 422
        assert "Select the organisation" in text_of(answer) or "from the list" in text_of(answer)


def test_who_has_no_organisation_to_order_for_is_told_at_once(db: None):
    clinic = builders.organisation(is_active=False)

    answer = desk(clinic).get("/orders/new/")

    assert answer.status_code == 200
    assert "You cannot order yet" in text_of(answer)
    assert not OrderDraft.objects.exists()


def test_a_product_without_a_kit_says_so_instead_of_asking(db: None):
    clinic = builders.organisation(builders.account(sensors=[]))
    somebody = desk(clinic)
    draft = somebody.open_draft()
    somebody.post(draft + "patient/new/", PATIENT)
    somebody.post(draft + "address/", ADDRESS)

    assert "no kit is set up for it" in text_of(somebody.get(draft + "study/"))
    assert somebody.post(draft + "study/", STUDY).status_code == 422


def test_no_page_of_the_way_carries_a_patient_in_its_address(staff: Desk):
    draft = staff.fill_in()

    found = staff.post(draft + "patient/", {"name": "Person"})

    assert found.status_code == 200
    assert "Person" not in found.wsgi_request.get_full_path()


def test_pages_about_patients_are_kept_by_no_browser(staff: Desk):
    draft = staff.fill_in()

    for page in ("patient/", "check/", "study/"):
        assert "no-store" in staff.get(draft + page)["Cache-Control"]


def test_whoever_was_shown_is_in_the_access_log(clinic: Organisation, staff: Desk):
    known = builders.order(chosen=clinic).patient
    draft = staff.open_draft()

    staff.post(draft + "patient/", {"name": "Test"})

    entry = AccessEntry.objects.get(what="patient search")
    assert (entry.patient_id, entry.user_id, entry.door) == (known.pk, staff.user.pk, Door.STAFF)
    assert entry.request_id
