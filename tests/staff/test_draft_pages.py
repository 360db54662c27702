"""An order that is not finished: put aside, gone on with, opened twice, overtaken by events."""

from uuid import uuid4

from orders.models import Order, OrderDraft
from organisations.models import Organisation
from organisations.roles import Role
from tests import builders
from tests.staff.desk import (
    ADDRESS,
    LATER,
    PATIENT,
    SMARTPHONE,
    STUDY,
    Desk,
    desk,
    desk_of_one,
    draft_of,
    led_to,
    text_of,
    title_of,
)


def test_what_was_typed_is_kept_for_later_right_or_wrong(staff: Desk):
    draft = staff.open_draft()
    typed = {**PATIENT, "full_name": "Half Done", "date_of_birth_day": "", "email": "half@"}

    answer = staff.client.post(draft + "patient/new/", {**typed, **LATER}, follow=True)
    html = staff.client.get(draft, follow=True).content.decode()

    assert "Your draft is saved for 7 days" in text_of(answer)
    assert "is not complete yet" in text_of(answer)
    for kept in ("Half Done", "half@", "March", "07911 123456"):
        assert f'value="{kept}"' in html
    assert "There is a problem" not in html


def test_every_step_can_be_put_aside(staff: Desk):
    draft = staff.fill_in()
    for page, typed in (
        ("patient/", {"name": "Half"}),
        ("patient/new/", PATIENT),
        ("address/", ADDRESS),
        ("study/", STUDY),
        ("smartphone/", SMARTPHONE),
        ("check/", {}),
    ):
        answer = staff.post(draft + page, {**typed, **LATER})

        assert answer["Location"] == "/orders/", page
    assert not Order.objects.exists()


def test_a_right_answer_put_aside_counts_as_answered(staff: Desk):
    draft = staff.open_draft()
    staff.post(draft + "patient/new/", PATIENT)

    staff.post(draft + "address/", {**ADDRESS, **LATER})

    assert staff.get(draft)["Location"] == draft + "study/"


def test_a_wrong_answer_put_aside_is_asked_again(staff: Desk):
    draft = staff.fill_in()

    staff.post(draft + "address/", {**ADDRESS, "postcode": "nowhere", **LATER})

    assert staff.get(draft)["Location"] == draft + "address/"
    assert 'value="nowhere"' in staff.get(draft + "address/").content.decode()


def test_a_new_patient_put_aside_is_compared_before_the_next_step(
    clinic: Organisation, staff: Desk
):
    wanted = builders.patient_wanted(reference="PAT-KNOWN")
    builders.order(chosen=clinic, recipient=wanted)
    draft = staff.open_draft()

    staff.post(draft + "patient/new/", {**PATIENT, "reference": "PAT-KNOWN", **LATER})

    assert staff.get(draft)["Location"] == draft + "patient/new/"


def test_one_s_drafts_stand_above_one_s_orders(clinic: Organisation, staff: Desk):
    known = builders.order(chosen=clinic).patient
    first, second = staff.open_draft(), staff.open_draft()
    staff.open_draft()
    staff.post(first + "patient/new/", {**PATIENT, "full_name": "New Somebody"})
    staff.post(second + "patient/", {"patient": known.pk})

    text = text_of(staff.get("/orders/"))

    assert "New Somebody" in text
    assert known.full_name in text
    assert text.count("Go on") == 2
    assert "Not finished yet" not in text_of(desk(clinic).get("/orders/"))


def test_a_draft_that_became_an_order_is_no_draft_any_more(staff: Desk):
    staff.place()

    assert "Not finished yet" not in text_of(staff.get("/orders/"))


def test_a_draft_is_deleted_when_one_says_so(staff: Desk):
    draft = staff.fill_in()

    asked = staff.get(draft + "delete/")
    assert OrderDraft.objects.exists()
    answer = staff.post(draft + "delete/")

    assert "Delete the draft?" in text_of(asked)
    assert answer["Location"] == "/orders/"
    assert not OrderDraft.objects.exists()
    assert staff.get(draft + "check/").status_code == 404


def test_a_placed_draft_cannot_be_deleted(staff: Desk):
    draft = staff.fill_in()
    staff.post(draft + "check/")

    answer = staff.post(draft + "delete/")

    assert answer["Location"] == draft + "placed/"
    assert Order.objects.count() == 1


def test_answers_changed_in_another_window_are_shown_before_the_order(staff: Desk):
    draft = staff.fill_in()
    html = staff.get(draft + "check/").content.decode()
    seen = html.partition('name="seen" value="')[2].partition('"')[0]
    staff.post(draft + "address/", {**ADDRESS, "line_1": "2 Other Street"})

    answer = staff.post(draft + "check/", {"seen": seen})

    assert answer.status_code == 422
    assert "Your answers have changed" in text_of(answer)
    assert "2 Other Street" in text_of(answer)
    assert not Order.objects.exists()
    fresh = answer.content.decode().partition('name="seen" value="')[2].partition('"')[0]
    assert staff.post(draft + "check/", {"seen": fresh})["Location"] == draft + "placed/"


def test_an_organisation_that_closed_is_asked_for_again(clinic: Organisation):
    other = builders.organisation(clinic.account)
    somebody = desk(clinic)
    draft = somebody.open_draft()
    for page, typed in (
        ("patient/new/", PATIENT),
        ("address/", ADDRESS),
        ("organisation/", {"organisation": other.pk}),
        ("study/", STUDY),
        ("smartphone/", SMARTPHONE),
    ):
        somebody.post(draft + page, typed)
    Organisation.objects.filter(pk=other.pk).update(is_active=False)

    answer = somebody.client.post(draft + "check/", follow=True)

    assert led_to(answer) == draft + "organisation/"
    assert "takes no orders now" in text_of(answer)
    assert clinic.name in text_of(answer)
    somebody.post(draft + "organisation/", {"organisation": clinic.pk})
    somebody.post(draft + "check/")
    assert Order.objects.get().organisation == clinic


def test_the_only_organisation_that_closed_leaves_a_clear_word(clinic: Organisation, staff: Desk):
    draft = staff.fill_in()
    Organisation.objects.filter(pk=clinic.pk).update(is_active=False)

    answer = staff.client.get(draft + "check/", follow=True)

    assert "takes no orders now" in text_of(answer)
    assert "There is no organisation that you can order for now" in text_of(answer)
    assert staff.post(draft + "organisation/", {"organisation": clinic.pk}).status_code == 422


def test_a_closed_organisation_is_not_quietly_replaced_by_the_other(clinic: Organisation):
    somebody = desk(clinic)
    draft = somebody.fill_in()
    builders.organisation(clinic.account, product=clinic.product)
    Organisation.objects.filter(pk=clinic.pk).update(is_active=False)

    answer = somebody.post(draft + "check/")

    assert answer["Location"] == draft + "organisation/"
    assert not Order.objects.exists()


def test_an_answer_no_longer_offered_says_so_where_it_was_given(clinic: Organisation, staff: Desk):
    draft = staff.fill_in(study={"nights": "10"})
    type(clinic.product).objects.update(most_nights=7)

    answer = staff.client.get(draft + "check/", follow=True)

    assert led_to(answer) == draft + "study/"
    assert "Enter how many nights, from 1 to 7" in text_of(answer)


def test_what_the_domain_refuses_is_told_with_the_way_to_mend_it(clinic: Organisation, staff: Desk):
    builders.order(chosen=clinic, reference="TAKEN")
    draft = staff.fill_in(study={"reference": "TAKEN"})
    words = "This reference is taken in your account. Choose another."

    refused = staff.post(draft + "check/")
    there = staff.get(draft + "study/")

    assert refused.status_code == 422
    assert title_of(refused).startswith("Error: ")
    assert words in text_of(refused)
    assert f'href="{draft}study/#id_reference"' in refused.content.decode()
    assert text_of(there).count(words) == 2
    assert title_of(there).startswith("Error: ")
    assert 'value="TAKEN"' in there.content.decode()


def test_a_mended_answer_is_forgiven(clinic: Organisation, staff: Desk):
    builders.order(chosen=clinic, reference="TAKEN")
    draft = staff.fill_in(study={"reference": "TAKEN"})
    staff.post(draft + "check/")

    mended = staff.post(draft + "study/", {**STUDY, "reference": "FREE"})

    assert mended["Location"] == draft + "check/"
    assert "already has an order" not in text_of(staff.get(draft + "study/"))
    assert staff.post(draft + "check/")["Location"] == draft + "placed/"


def test_another_date_of_birth_for_a_known_reference_is_told_beside_it(
    clinic: Organisation, staff: Desk
):
    draft = staff.fill_in()
    late = builders.patient_wanted(reference=PATIENT["reference"])
    builders.order(chosen=clinic, recipient=late)

    refused = staff.post(draft + "check/")

    assert refused.status_code == 422
    assert "known with another date of birth" in text_of(refused)
    assert "known with another date of birth" in text_of(staff.get(draft + "patient/new/"))
    assert Order.objects.count() == 1


def test_a_draft_of_somebody_else_is_not_there(clinic: Organisation, staff: Desk):
    draft = staff.fill_in()
    pages = ("", "patient/", "patient/new/", "patient/same/", "address/", "organisation/")
    pages += ("study/", "smartphone/", "check/", "placed/", "delete/")

    for stranger in (
        desk(clinic),
        desk(builders.organisation()),
        desk(clinic, Role.CLINIC_MANAGER),
    ):
        for page in pages:
            assert stranger.get(draft + page).status_code == 404, page
            assert stranger.post(draft + page).status_code in {404, 405}, page
    assert draft_of(draft).answers["patient"]
    assert not Order.objects.exists()


def test_a_draft_nobody_opened_is_not_there(staff: Desk):
    assert staff.get(f"/orders/new/{uuid4()}/check/").status_code == 404


def test_a_draft_begun_for_another_account_stays_behind(staff: Desk):
    draft = staff.fill_in()
    other = builders.organisation()
    membership = staff.user.membership
    membership.account = other.account
    membership.save()

    assert staff.get(draft + "check/").status_code == 404
    assert staff.post(draft + "check/").status_code == 404


def test_who_moved_to_another_organisation_loses_sight_of_the_confirmation(clinic: Organisation):
    somebody = desk_of_one(clinic)
    draft = somebody.fill_in()
    somebody.post(draft + "check/")
    before = somebody.get(draft + "placed/")
    listed = somebody.user.membership.organisations.get()
    listed.organisation = builders.organisation(clinic.account)
    listed.save()

    assert before.status_code == 200
    assert somebody.get(draft + "placed/").status_code == 404


def test_after_the_session_has_ended_one_comes_back_to_the_same_step(staff: Desk):
    draft = staff.fill_in()
    staff.client.logout()

    sent_away = staff.post(draft + "address/", ADDRESS)
    staff.client.force_login(staff.user)

    assert sent_away["Location"] == f"/accounts/login/?next={draft}address/"
    assert staff.get(draft + "address/").status_code == 200


def test_another_person_typed_in_is_asked_about_anew(staff: Desk):
    draft = staff.fill_in()
    somebody_else = {
        **PATIENT,
        "full_name": "Totally Different",
        "date_of_birth_year": "1999",
        "reference": "FP-2",
    }

    staff.post(draft + "patient/new/", somebody_else)

    assert staff.get(draft)["Location"] == draft + "address/"


def test_a_name_spelt_better_keeps_the_other_answers(staff: Desk):
    draft = staff.fill_in()

    staff.post(draft + "patient/new/", {**PATIENT, "full_name": "Test Persón"})

    assert staff.get(draft)["Location"] == draft + "check/"


def test_every_draft_can_be_found_again_however_many_there_are(staff: Desk):
    drafts = [staff.fill_in(patient={"full_name": f"Test Number{n}"}) for n in range(12)]

    html = staff.get("/orders/").content.decode()

    assert "9 more" in html
    assert all(f'href="{draft}"' in html for draft in drafts)


def test_a_question_is_not_put_into_the_middle_of_a_sentence(clinic: Organisation, staff: Desk):
    order = builders.order(chosen=clinic)

    answer = staff.post(f"/orders/{order.public_id}/cancel/", {"reason": "x" * 3000})

    assert "Answer must be 2000 characters or fewer" in text_of(answer)
