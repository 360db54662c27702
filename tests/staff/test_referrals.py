"""Referrals that wait to be verified: the queue, the form that places the order, and rejecting."""

import re

import pytest

from foundation.addresses import Address
from foundation.models import AccessEntry
from orders.models import Order, Referral
from orders.referral_statuses import ReferralStatus
from orders.referrals import reject_referral
from organisations.models import Organisation
from organisations.roles import Role
from patients.models import Patient
from tests import builders, results
from tests.results import referral
from tests.staff.desk import (
    Desk,
    desk,
    desk_of_one,
    led_to,
    queries_of,
    text_of,
    title_of,
)

QUEUE = "/referrals/"
VERIFIED = f"{QUEUE}?status=verified"
REJECTED = f"{QUEUE}?status=rejected"
DETAILS = {
    "full_name": "Test Person",
    "date_of_birth_day": "29",
    "date_of_birth_month": "2",
    "date_of_birth_year": "1980",
    "email": "confirmed@test.example",
    "phone": "07911 123456",
    "line_1": "1 Test Street",
    "city": "London",
    "county": "",
    "postcode": "sw1a1aa",
    "asked": "on",
}


def page_of(one: Referral, page: str = "") -> str:
    return f"/referrals/{one.public_id}/{page}"


def order_page(one: Referral) -> str:
    one.refresh_from_db()
    assert one.order
    return f"/orders/{one.order.public_id}/"


def listed(who: Desk, path: str = QUEUE) -> list[str]:
    html = who.get(path).content.decode()
    return re.findall(r'class="reference" data-row>([^<]*)<', html)


def reject(one: Referral, reason: str = "Moved away.") -> None:
    reject_referral(one, reason=reason, actor=builders.staff(owner=one.account))


def test_the_queue_holds_what_waits_and_the_longest_wait_is_first(
    clinic: Organisation, staff: Desk
):
    sent = [referral(clinic) for _ in range(4)]
    results.verify(sent[1])
    reject(sent[2])

    assert listed(staff) == [sent[0].reference, sent[3].reference]
    assert listed(staff, VERIFIED) == [sent[1].reference]
    assert listed(staff, REJECTED) == [sent[2].reference]
    assert listed(staff, f"{QUEUE}?status=nonsense") == listed(staff)


def test_empty_lists_say_what_comes_there(staff: Desk):
    assert "Nothing to verify" in text_of(staff.get(QUEUE))
    assert "None yet" in text_of(staff.get(VERIFIED))


def test_the_queue_is_paged_both_ways(
    clinic: Organisation, staff: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("orders.views.referrals.PAGE_SIZE", 2)
    sent = [referral(clinic) for _ in range(5)]
    every = [one.reference for one in sent]

    assert listed(staff) == every[:2]
    assert listed(staff, f"{QUEUE}?after={sent[1].public_id}") == every[2:4]
    assert listed(staff, f"{QUEUE}?after={sent[3].public_id}") == every[4:]
    assert listed(staff, f"{QUEUE}?before={sent[4].public_id}") == every[2:4]
    assert f"?after={sent[1].public_id}" in staff.get(QUEUE).content.decode()
    for one in sent:
        reject(one)
    older = f"status=rejected&amp;before={sent[3].public_id}"
    assert listed(staff, REJECTED) == every[:2:-1]
    assert older in staff.get(REJECTED).content.decode()


def test_the_page_shows_what_was_sent(clinic: Organisation, staff: Desk):
    sent = referral(clinic)

    answer = staff.get(page_of(sent))

    text, html = text_of(answer), answer.content.decode()
    assert sent.reference in text
    assert sent.sent_by in text
    assert sent.patient.email in text
    assert f'value="{sent.patient.full_name}"' in html
    assert html.count('type="checkbox"') == 2
    assert "checked" not in html


def test_a_verified_referral_becomes_an_order_of_what_was_confirmed(
    clinic: Organisation, staff: Desk
):
    sent = referral(clinic)
    said = DETAILS | {"full_name": "Other Person", "needed": "on", "city": "Leeds"}

    answer = staff.client.post(page_of(sent), said, follow=True)

    assert led_to(answer) == order_page(sent)
    assert "The details are verified and the order is placed." in text_of(answer)
    order = Order.objects.get()
    assert sent.order == order
    assert (order.door, order.phone_needed, order.phone_asked_by) == ("referral", True, staff.user)
    assert order.address == Address(
        lines=("1 Test Street",),
        city="Leeds",
        county="Leeds",
        postcode="SW1A 1AA",
        country_code="GB",
    )
    patient = Patient.objects.get(pk=sent.patient_id)
    assert (patient.full_name, patient.email) == ("Other Person", "confirmed@test.example")
    assert patient.reference == sent.patient.reference
    assert order.study.reference == sent.reference


def test_what_staff_are_not_asked_about_the_patient_stays(clinic: Organisation, staff: Desk):
    sent = referral(clinic)
    site = builders.site(clinic.account)
    Patient.objects.filter(pk=sent.patient_id).update(sex="female", site=site)

    staff.post(page_of(sent), DETAILS)

    patient = Patient.objects.get(pk=sent.patient_id)
    assert (patient.sex, patient.site) == ("female", site)


def test_all_faults_are_told_at_once_beside_their_boxes_and_nothing_is_lost(
    clinic: Organisation, staff: Desk
):
    sent = referral(clinic)
    said = DETAILS | {
        "full_name": "",
        "email": "nonsense",
        "line_1": "",
        "city": "Typed City",
        "postcode": "XX",
    }
    del said["asked"]

    answer = staff.post(page_of(sent), said)

    assert answer.status_code == 422
    assert title_of(answer).startswith("Error: ")
    html = answer.content.decode()
    for name in ("full_name", "email", "line_1", "postcode", "asked"):
        assert f'id="id_{name}_error"' in html, name
        assert f'href="#id_{name}"' in html, name
    for typed in ("Typed City", "nonsense", "XX"):
        assert f'value="{typed}"' in html
    assert not Order.objects.exists()
    sent.refresh_from_db()
    assert sent.status == ReferralStatus.RECEIVED


def test_without_a_way_to_reach_the_patient_nothing_is_placed(clinic: Organisation, staff: Desk):
    sent = referral(clinic)

    answer = staff.post(page_of(sent), DETAILS | {"email": "", "phone": ""})

    assert "Enter an email address or a phone number" in text_of(answer)
    assert not Order.objects.exists()


@pytest.mark.parametrize("hostile", ["\x00", "x" * 5000, "\ufffd"])
@pytest.mark.parametrize("box", ["full_name", "line_1", "email", "date_of_birth_year", "phone"])
def test_hostile_answers_are_told_as_faults(
    box: str, hostile: str, clinic: Organisation, staff: Desk
):
    sent = referral(clinic)

    answer = staff.post(page_of(sent), DETAILS | {box: hostile})

    assert answer.status_code in (400, 422)
    assert not Order.objects.exists()


def test_an_archived_patient_is_refused_in_words(clinic: Organisation, staff: Desk):
    sent = referral(clinic)
    staff.post(f"/patients/{sent.patient.public_id}/archive/")

    answer = staff.post(page_of(sent), DETAILS)

    assert answer.status_code == 422
    assert "There is a problem" in text_of(answer)
    assert 'value="confirmed@test.example"' in answer.content.decode()
    assert not Order.objects.exists()


def test_the_same_form_sent_twice_shows_the_one_order(clinic: Organisation, staff: Desk):
    sent = referral(clinic)
    staff.post(page_of(sent), DETAILS)

    answer = staff.client.post(page_of(sent), DETAILS, follow=True)

    assert led_to(answer) == order_page(sent)
    assert "The details are verified and the order is placed." in text_of(answer)
    assert Order.objects.count() == 1


def test_whoever_comes_second_is_told_who_decided(clinic: Organisation, staff: Desk):
    sent = referral(clinic)
    first = desk(clinic)
    first.post(page_of(sent), DETAILS)

    answer = staff.client.post(page_of(sent), DETAILS, follow=True)
    rejecting = staff.client.post(page_of(sent, "reject/"), {"reason": "No."}, follow=True)

    for one in (answer, rejecting):
        assert led_to(one) == order_page(sent)
        words = f"This referral was verified already, by {first.user}. This is its order."
        assert words in text_of(one)
    assert Order.objects.count() == 1


def test_a_referral_is_rejected_with_a_reason(clinic: Organisation, staff: Desk):
    sent = referral(clinic)
    assert "nothing will be sent" in text_of(staff.get(page_of(sent, "reject/")))

    answer = staff.client.post(page_of(sent, "reject/"), {"reason": "Moved away."}, follow=True)

    assert led_to(answer) == page_of(sent)
    text = text_of(answer)
    assert "The referral is rejected. Nothing will be sent." in text
    assert "Why it was rejected Moved away." in text
    assert "Confirm and place the order" not in text
    again = staff.client.post(page_of(sent, "reject/"), {"reason": "Twice."}, follow=True)
    assert "The referral is rejected. Nothing will be sent." in text_of(again)
    assert "Moved away." in text_of(again)


def test_a_rejected_referral_is_not_verified_by_a_late_form(clinic: Organisation, staff: Desk):
    sent = referral(clinic)
    other = desk(clinic)
    other.post(page_of(sent, "reject/"), {"reason": "Moved away."})

    answer = staff.client.post(page_of(sent), DETAILS, follow=True)

    assert f"This referral was rejected already, by {other.user}." in text_of(answer)
    assert not Order.objects.exists()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001, "a\x00"])
def test_a_rejection_says_why(reason: str, clinic: Organisation, staff: Desk):
    sent = referral(clinic)

    answer = staff.post(page_of(sent, "reject/"), {"reason": reason})

    assert answer.status_code == 422
    sent.refresh_from_db()
    assert sent.status == ReferralStatus.RECEIVED


def test_a_verified_referral_leads_to_its_order(clinic: Organisation, staff: Desk):
    sent = results.verify(referral(clinic))

    html = staff.get(page_of(sent)).content.decode()

    assert f'href="{order_page(sent)}">See the order' in html
    assert "<form" not in html.partition("<main")[2].partition("</main>")[0]
    assert staff.get(page_of(sent, "reject/"))["Location"] == order_page(sent)


def test_a_clinician_verifies_nothing(clinic: Organisation):
    sent = referral(clinic)
    clinician = desk(clinic, Role.CLINICIAN)

    for path in (QUEUE, page_of(sent), page_of(sent, "reject/")):
        assert clinician.get(path).status_code == 403
    assert clinician.post(page_of(sent), DETAILS).status_code == 403
    assert "/referrals/" not in clinician.get("/").content.decode()
    assert not Order.objects.exists()


def test_others_referrals_are_not_there(clinic: Organisation):
    sent = referral(clinic)
    for who in (
        desk_of_one(builders.organisation(clinic.account)),
        desk(builders.organisation()),
    ):
        assert listed(who) == []
        for path in (page_of(sent), page_of(sent, "reject/")):
            assert who.get(path).status_code == 404
            assert who.post(path, DETAILS | {"reason": "Taken."}).status_code == 404
    sent.refresh_from_db()
    assert sent.status == ReferralStatus.RECEIVED


def test_whoever_looks_is_on_record(clinic: Organisation, staff: Desk):
    sent = referral(clinic)

    for path in (QUEUE, page_of(sent), page_of(sent, "reject/")):
        staff.get(path)

    seen = AccessEntry.objects.filter(patient_id=sent.patient_id, user_id=staff.user.pk)
    assert list(seen.order_by("pk").values_list("what", flat=True)) == [
        "referral list",
        "referral page",
        "reject a referral",
    ]


def test_home_counts_what_waits_to_be_verified(clinic: Organisation, staff: Desk):
    assert "Referrals to verify" not in text_of(staff.get("/"))
    done, _ = referral(clinic), referral(clinic)
    results.verify(done)

    assert "1 Referrals to verify" in text_of(staff.get("/"))


def test_the_pages_take_the_same_number_of_queries_however_many_there_are(
    clinic: Organisation, staff: Desk
):
    sent = referral(clinic)
    results.verify(referral(clinic))
    before = [queries_of(staff, path) for path in (QUEUE, VERIFIED, page_of(sent))]
    for _ in range(3):
        referral(clinic)
        results.verify(referral(clinic))

    now = [queries_of(staff, path) for path in (QUEUE, VERIFIED, page_of(sent))]
    assert now == before
    assert max(now) <= 9
