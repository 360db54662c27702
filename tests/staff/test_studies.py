"""The list of studies and the page of one: what they tell, and to whom."""

import re

import pytest

from foundation.models import AccessEntry
from orders.statuses import Status
from organisations.models import Organisation
from organisations.roles import Role
from organisations.sensors import EmitOn
from patients.models import Patient
from patients.wanted import PersonName
from studies.commands import cancel_in_house_study, unlock_study
from studies.models import Study
from studies.statuses import StudyStatus
from tests import builders
from tests.staff import recorded
from tests.staff.desk import Desk, desk, desk_of_one, queries_of, text_of, title_of

LIST = "/studies/"


def page_of(study: Study, page: str = "") -> str:
    return f"/studies/{study.public_id}/{page}"


def references(answer) -> list[str]:
    return re.findall(r'class="reference" data-row>([^<]+)</a>', answer.content.decode())


def found(staff: Desk, text: str) -> list[str]:
    return references(staff.client.post(LIST, {"search": text}, follow=True))


def withheld(clinic: Organisation, **terms: object) -> Study:
    return recorded.in_house(clinic, emit_on=EmitOn.REVIEWED, nights=1, **terms)


# The list


def test_studies_of_every_channel_are_listed_newest_first(clinic: Organisation, staff: Desk):
    order = builders.order(chosen=clinic, reference="ORDERED-1")
    recorded.in_house(clinic, reference="OWN-1")

    answer = staff.get(LIST)

    assert references(answer) == ["OWN-1", order.study.reference]
    assert "Waiting for the patient to start" in text_of(answer)
    assert "In-house" in text_of(answer)


def test_only_studies_that_one_may_see_are_listed(clinic: Organisation):
    recorded.in_house(clinic, reference="OWN-1")
    other = builders.organisation(clinic.account)
    recorded.in_house(other, reference="NEXT-DOOR")
    recorded.in_house(builders.organisation(), reference="ELSEWHERE")

    assert references(desk_of_one(clinic).get(LIST)) == ["OWN-1"]
    assert references(desk(clinic).get(LIST)) == ["NEXT-DOOR", "OWN-1"]


@pytest.mark.parametrize("typed", ["own-1", "OWN-1", "PAT-SEEN", "pat-s", "seen", "Ada S"])
def test_a_study_is_found_by_its_reference_and_by_its_patient(
    typed: str, clinic: Organisation, staff: Desk
):
    who = builders.patient_wanted(reference="PAT-SEEN", name=PersonName.split("Ada Seen"))
    recorded.in_house(clinic, who, reference="OWN-1")
    recorded.in_house(clinic, reference="OTHER-1")

    assert found(staff, typed) == ["OWN-1"]


def test_what_is_searched_for_stays_out_of_the_address(clinic: Organisation, staff: Desk):
    answer = staff.client.post(LIST, {"search": "Somebody"}, follow=True)

    assert "Somebody" not in answer.redirect_chain[-1][0]
    assert "No studies match" in text_of(answer)
    assert "cannot be searched for" in text_of(
        staff.client.post(LIST, {"search": "a\x00b"}, follow=True)
    )
    assert "is not yours" in text_of(staff.get(f"{LIST}?search=ABCDEFGHJK"))


def test_studies_are_narrowed_down_to_a_status(clinic: Organisation, staff: Desk):
    recorded.in_house(clinic, reference="FRESH")
    recorded.activated(recorded.in_house(clinic, reference="BEGUN"))

    assert references(staff.get(f"{LIST}?status=activated")) == ["BEGUN"]
    assert references(staff.get(f"{LIST}?status=nonsense")) == ["BEGUN", "FRESH"]


def test_the_list_goes_on_over_pages(clinic: Organisation, staff: Desk):
    patient = builders.patient(clinic)
    for number in range(27):
        recorded.in_house(clinic, patient, reference=f"OWN-{number:02}")

    first = staff.get(LIST)
    older = re.search(r'href="([^"]+)" rel="next"', first.content.decode())
    assert older
    second = staff.get(older[1])
    newer = re.search(r'href="([^"]+)" rel="prev"', second.content.decode())

    assert len(references(first)) == 25
    assert references(second) == ["OWN-01", "OWN-00"]
    assert newer
    assert references(staff.get(newer[1])) == references(first)


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(
    clinic: Organisation, staff: Desk
):
    recorded.in_house(clinic)
    before = queries_of(staff, LIST)
    for _ in range(3):
        recorded.in_house(clinic)
        builders.order(chosen=clinic)

    assert queries_of(staff, LIST) == before <= 9


# The page


def test_everything_about_an_in_house_study_is_told(clinic: Organisation, staff: Desk):
    who = builders.patient_wanted(name=PersonName.split("Ada Seen"))
    study = recorded.in_house(clinic, who, reference="OWN-1")

    answer = staff.get(page_of(study))

    for said in (
        "OWN-1",
        "Ada Seen",
        "29 February 1980",
        who.reference,
        clinic.name,
        "In-house",
        "Nights 2",
        "Neck sensor",
        "When the result is complete",
        "Result was sent Not yet",
        study.shown_code,
        "Nothing is recorded yet",
        "Study created",
        "Test Clinic staff, Staff pages",
    ):
        assert said in text_of(answer)
    assert "Parcel" not in text_of(answer)
    assert title_of(answer) == "Study OWN-1 – Homeward"


def test_the_code_is_shown_as_a_picture_too(clinic: Organisation, staff: Desk):
    html = staff.get(page_of(recorded.in_house(clinic))).content.decode()

    assert 'role="img" aria-label="QR code of the activation code"><svg' in html


@pytest.mark.parametrize("status", StudyStatus)
def test_every_status_is_told_in_plain_words(
    status: StudyStatus, clinic: Organisation, staff: Desk
):
    assert status.label in text_of(staff.get(LIST))  # among what the list is narrowed down to
    assert status.value not in text_of(staff.get(LIST))


def test_a_study_that_came_by_an_order_tells_both_tracks_and_leads_to_it(
    clinic: Organisation, staff: Desk
):
    order = builders.order(Status.RETURN_ISSUED, chosen=clinic)
    study = recorded.activated(order.study)

    answer = staff.get(page_of(study))

    text = text_of(answer)
    assert re.search(r"Parcel\W+Return on its way|Parcel", text)
    for said in ("Shipped", "Delivered", "On its way back", "Activated by the patient"):
        assert said in text
    assert f'href="/orders/{order.public_id}/"' in answer.content.decode()


def test_nights_tell_their_results_once_they_are_complete(clinic: Organisation, staff: Desk):
    study = recorded.in_house(clinic, nights=2)
    recorded.recorded(study, 1, is_valid=False)
    recorded.recorded(study, 1, 2, ahi3="17.30", odi4="2.5")

    text = text_of(staff.get(page_of(study)))

    assert "Night 1, attempt 1 Not valid" in text
    assert "Night 1, attempt 2 Valid Moderate AHI3 17.3 · ODI4 2.5" in text
    assert "Night 2, attempt 1 Due" in text
    assert text.count("Report (PDF)") == 2


@pytest.mark.parametrize("role", [Role.CLINIC_STAFF, Role.CLINIC_MANAGER, Role.CLINICIAN])
def test_what_waits_for_a_review_is_not_told(role: Role, clinic: Organisation):
    study = withheld(clinic)
    recorded.recorded(study)

    text = text_of(desk(clinic, role).get(page_of(study)))

    assert "The result waits for a review" in text
    for result in ("17.3", "Moderate", "Report (PDF)"):
        assert result not in text


def test_a_review_releases_results_and_is_shown_with_all_its_versions(
    clinic: Organisation, staff: Desk
):
    study = withheld(clinic)
    recorded.recorded(study)
    recorded.reviewed(study, "Moderate apnoea.")

    text = text_of(staff.get(page_of(study)))

    for said in (
        "Moderate AHI3 17.3",
        "Report (PDF)",
        "Moderate apnoea.",
        "Version 1",
        "signed by",
    ):
        assert said in text
    assert "Result was sent Not yet" not in text


def test_a_study_without_a_valid_night_says_so(clinic: Organisation, staff: Desk):
    study = recorded.in_house(clinic, nights=1)
    for attempt in (1, 2, 3):
        recorded.recorded(study, 1, attempt, is_valid=False)

    assert "No valid night" in text_of(staff.get(page_of(study)))


def test_what_happened_is_told_in_its_own_order(clinic: Organisation, staff: Desk):
    study = recorded.in_house(clinic, nights=1)
    recorded.recorded(study)
    recorded.activated(study, at=study.created_at)  # told late

    html = staff.get(page_of(study)).content.decode()
    timeline = html.partition('<ol class="timeline">')[2].partition("</ol>")[0]

    told = re.findall(r"<strong>([^<]+)</strong>", timeline)
    assert told.index("Recording completed: night 1, attempt 1") < told.index(
        "Activated by the patient"
    )


def test_somebody_of_whom_no_birth_is_known_cannot_start(clinic: Organisation, staff: Desk):
    study = recorded.in_house(clinic, builders.patient(clinic, date_of_birth=None))

    answer = staff.get(page_of(study))

    assert "The patient cannot start yet" in text_of(answer)
    assert f'href="/patients/{study.patient.public_id}/edit/"' in answer.content.decode()


def test_the_page_takes_the_same_number_of_queries_however_much_happened(
    clinic: Organisation, staff: Desk
):
    study = recorded.in_house(clinic)
    before = queries_of(staff, page_of(study))
    recorded.activated(study)
    recorded.reviewed(recorded.finished(study))

    assert queries_of(staff, page_of(study)) == before <= 12


def test_whoever_looks_is_in_the_access_log(clinic: Organisation, staff: Desk):
    study = recorded.in_house(clinic)
    recorded.recorded(study)

    for path in (LIST, page_of(study), page_of(study, "hand-over/")):
        staff.get(path)
    staff.get(page_of(study, "nights/1/1/report/"))

    entries = AccessEntry.objects.filter(user_id=staff.user.pk, patient_id=study.patient_id)
    assert set(entries.values_list("what", flat=True)) == {
        "study list",
        "study page",
        "study hand-over",
        "study report",
    }


# The report


def test_a_report_is_a_pdf_that_is_named_after_nobody(clinic: Organisation, staff: Desk):
    study = recorded.in_house(clinic)
    recorded.recorded(study)

    answer = staff.get(page_of(study, "nights/1/1/report/"))

    assert answer.content == recorded.REPORT
    assert answer["Content-Type"] == "application/pdf"
    name = f"study-{study.pk}-night-1-attempt-1.pdf"
    assert answer["Content-Disposition"] == f'inline; filename="{name}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_a_report_is_there_for_staff_after_the_review(clinic: Organisation, staff: Desk):
    study = withheld(clinic)
    recorded.recorded(study)
    path = page_of(study, "nights/1/1/report/")

    assert staff.get(path).status_code == 404
    assert desk(clinic, Role.CLINICIAN).get(path).status_code == 200
    recorded.reviewed(study)
    assert staff.get(path).status_code == 200


@pytest.mark.parametrize("place", ["1/2", "2/1", "0/0", f"{'9' * 30}/1", f"1/{'9' * 30}"])
def test_there_is_no_report_of_what_was_not_recorded(place: str, clinic: Organisation, staff: Desk):
    study = recorded.in_house(clinic)
    recorded.recorded(study)

    assert staff.get(page_of(study, f"nights/{place}/report/")).status_code == 404


# Handing over


def test_the_page_to_hand_over_names_the_patient_and_nothing_else_of_them(
    clinic: Organisation, staff: Desk
):
    who = builders.patient_wanted(name=PersonName.split("Ada Seen"), reference="PAT-SEEN")
    study = recorded.in_house(clinic, who, reference="OWN-1")

    answer = staff.get(page_of(study, "hand-over/"))

    for said in ("Ada Seen", "OWN-1", study.shown_code, "Enter your date of birth"):
        assert said in text_of(answer)
    for kept in ("1980", "PAT-SEEN", who.email, "07911", "Test Street"):
        assert kept not in answer.content.decode()
    assert "<svg" in answer.content.decode()
    assert title_of(answer) == "Activation code, to print – Homeward"


def test_the_code_of_a_cancelled_study_is_nowhere(clinic: Organisation, staff: Desk):
    study = recorded.in_house(clinic)
    cancel_in_house_study(study, actor=builders.staff(owner=clinic.account))

    assert study.shown_code not in staff.get(page_of(study)).content.decode()
    assert staff.get(page_of(study, "hand-over/"))["Location"] == page_of(study)


# Unlocking and cancelling


def test_a_locked_study_is_unlocked_with_a_reason(clinic: Organisation, staff: Desk):
    study = recorded.locked(recorded.in_house(clinic))
    assert "This study is locked" in text_of(staff.get(page_of(study)))
    assert "Locked" in text_of(staff.get(LIST))

    empty = staff.post(page_of(study, "unlock/"))
    done = staff.post(page_of(study, "unlock/"), {"reason": "Asked by telephone."})

    assert (empty.status_code, done["Location"]) == (422, page_of(study))
    assert "Say why you unlock the study" in text_of(empty)
    text = text_of(staff.get(page_of(study)))
    assert "This study is locked" not in text
    assert "Unlocked" in text
    assert "Asked by telephone." in text
    recorded.activated(study)


def test_a_study_that_is_not_locked_is_not_unlocked(clinic: Organisation, staff: Desk):
    study = recorded.locked(recorded.in_house(clinic))
    unlock_study(study, reason="Test.", actor=builders.staff(owner=clinic.account))

    answer = staff.client.post(page_of(study, "unlock/"), {"reason": "Again."}, follow=True)

    assert "This study is not locked." in answer.content.decode()
    assert study.events.filter(name="unlocked").count() == 1


def test_a_clinician_sees_that_it_is_locked_and_cannot_unlock_it(clinic: Organisation):
    study = recorded.locked(recorded.in_house(clinic))
    clinician = desk(clinic, Role.CLINICIAN)

    assert "Your colleagues who order tests can unlock it." in text_of(
        clinician.get(page_of(study))
    )
    assert clinician.get(page_of(study, "unlock/")).status_code == 403


def test_an_in_house_study_is_cancelled_with_a_reason(clinic: Organisation, staff: Desk):
    study = recorded.in_house(clinic)

    assert staff.post(page_of(study, "cancel/")).status_code == 422
    staff.post(page_of(study, "cancel/"), {"reason": "Moved away."})

    study.refresh_from_db()
    assert study.status == StudyStatus.CANCELLED
    assert "Moved away." in text_of(staff.get(page_of(study)))
    again = staff.client.post(page_of(study, "cancel/"), {"reason": "Again."}, follow=True)
    assert "cancelled already" in again.content.decode()


def test_a_finished_study_names_the_rule_that_keeps_it(clinic: Organisation, staff: Desk):
    study = recorded.finished(recorded.in_house(clinic, nights=1))

    assert "can no longer be cancelled" in text_of(staff.get(page_of(study, "cancel/")))
    assert "Cancel the study" not in text_of(staff.get(page_of(study)))


def test_the_study_of_an_order_is_cancelled_with_its_order_only(clinic: Organisation, staff: Desk):
    study = builders.order(chosen=clinic).study

    assert "Cancel the study" not in text_of(staff.get(page_of(study)))
    assert staff.get(page_of(study, "cancel/")).status_code == 404


def test_a_study_of_others_is_not_there(clinic: Organisation, staff: Desk):
    elsewhere = recorded.in_house(builders.organisation())
    next_door = recorded.in_house(builders.organisation(clinic.account))
    recorded.recorded(elsewhere)

    for page in ("", "hand-over/", "unlock/", "cancel/", "nights/1/1/report/"):
        assert staff.get(page_of(elsewhere, page)).status_code == 404
        assert desk_of_one(clinic).get(page_of(next_door, page)).status_code == 404
    assert Patient.objects.count() == 2
