"""The clinician's inbox, and the page on which a study is reviewed."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from foundation.models import AccessEntry
from organisations.models import Organisation
from organisations.roles import Role
from organisations.sensors import EmitOn
from studies.models import Review, Study
from studies.reviewing import ask_for_repeat, sign_review
from studies.statuses import StudyStatus
from tests import builders, results
from tests.results import PDF, study_to_review, told
from tests.staff.desk import (
    Desk,
    desk,
    desk_of_one,
    hidden_of,
    led_to,
    queries_of,
    text_of,
    title_of,
)

INBOX = "/reviews/"


@pytest.fixture
def clinician(clinic: Organisation) -> Desk:
    return desk(clinic, Role.CLINICIAN)


def page_of(study: Study, page: str = "") -> str:
    return f"/reviews/{study.public_id}/{page}"


def listed(who: Desk, path: str = INBOX) -> list[str]:
    """The references on the page, from the top."""
    html = who.get(path).content.decode()
    return re.findall(r'class="reference" data-row>([^<]*)<', html)


def signing(study: Study, **other: str) -> dict[str, str]:
    said = {"act": "sign", "sign-conclusion": "Mild.", "sign-seen": "1"}
    return said | other


def sign(study: Study, clinic: Organisation) -> Review:
    actor = builders.actor_for_user(
        builders.user(Role.CLINICIAN, owner=clinic.account), door=builders.Door.STAFF
    )
    seen = study.attempts.exclude(completed_at=None).count()
    return sign_review(study, conclusion="Mild.", seen=seen, actor=actor)


def test_studies_await_review_in_the_order_in_which_they_came(
    clinic: Organisation, clinician: Desk
):
    studies = [study_to_review(clinic, emit_on=mode) for mode in (*EmitOn, EmitOn.REVIEWED)]
    builders.order(chosen=clinic)

    assert listed(clinician) == [one.reference for one in studies]
    assert "Review, which sends the result" in text_of(clinician.get(INBOX))
    assert "Review; the result was sent" in text_of(clinician.get(INBOX))


def test_an_empty_inbox_says_so(clinician: Desk):
    assert "Nothing to review" in text_of(clinician.get(INBOX))


def test_only_studies_that_one_sees_are_listed(clinic: Organisation):
    mine = study_to_review(clinic)
    study_to_review(builders.organisation(clinic.account))
    study_to_review(builders.organisation())

    assert listed(desk_of_one(clinic, Role.CLINICIAN)) == [mine.reference]
    assert len(listed(desk(clinic, Role.CLINICIAN))) == 2


def test_the_inbox_is_paged_both_ways_even_where_two_came_at_once(
    clinic: Organisation, clinician: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("orders.views.reviews.PAGE_SIZE", 2)
    studies = [study_to_review(clinic) for _ in range(5)]
    Study.objects.update(awaits_review_since=timezone.now())
    every = [one.reference for one in studies]

    third = f"{INBOX}?after={studies[3].public_id}"
    second = f"{INBOX}?after={studies[1].public_id}"
    assert [listed(clinician), listed(clinician, second), listed(clinician, third)] == [
        every[:2],
        every[2:4],
        every[4:],
    ]
    assert listed(clinician, f"{INBOX}?before={studies[2].public_id}") == every[:2]
    assert listed(clinician, f"{INBOX}?before={studies[4].public_id}") == every[2:4]
    assert f"?after={studies[1].public_id}" in clinician.get(INBOX).content.decode()
    assert f"?before={studies[2].public_id}" in clinician.get(second).content.decode()
    assert "Longer wait" not in text_of(clinician.get(INBOX))
    assert "Shorter wait" not in text_of(clinician.get(third))


@pytest.mark.parametrize("place", ["x", "0", "00000000-0000-0000-0000-000000000000"])
def test_a_place_that_is_none_shows_the_first_page(
    place: str, clinic: Organisation, clinician: Desk
):
    study = study_to_review(clinic)

    assert listed(clinician, f"{INBOX}?after={place}&before={place}") == [study.reference]


def test_a_place_that_was_reviewed_meanwhile_shows_the_first_page(
    clinic: Organisation, clinician: Desk
):
    gone, waiting = study_to_review(clinic), study_to_review(clinic)
    sign(gone, clinic)

    assert listed(clinician, f"{INBOX}?after={gone.public_id}") == [waiting.reference]


def test_the_page_shows_every_night_and_attempt_with_what_was_measured(
    clinic: Organisation, clinician: Desk
):
    study = results.study_of_many_nights(clinic)

    answer = clinician.get(page_of(study))

    text, html = text_of(answer), answer.content.decode()
    assert "Results ready for review" in text
    for words in ("12.50", "8.25", "31.20", "16.40", "Not valid", "Moderate", "Severe", "Mild"):
        assert (words in text) == (words != "Moderate"), words
    assert "2, attempt 2" in text
    assert html.count("<tr role") == 5
    assert html.count('<path class="') == (4 + 2 + 2 + 4) + 4  # the marks, and what they mean
    assert html.count("hollow") == 2
    assert "style=" not in html


def test_severity_is_by_the_index_that_was_settled(clinic: Organisation, clinician: Desk):
    Organisation.objects.filter(pk=clinic.pk).update(severity_by="ahi4")
    indexes = results.Indexes(ahi3=Decimal("61.37"), ahi4=Decimal("4.9"))
    study = study_to_review(clinic, indexes=indexes)

    text = text_of(clinician.get(page_of(study)))

    assert "Normal" in text
    assert "Severe " not in text


def test_the_page_says_who_it_is_about_and_who_ordered(clinic: Organisation, clinician: Desk):
    study = study_to_review(clinic)
    born = study.patient.date_of_birth

    text = text_of(clinician.get(page_of(study)))

    assert study.patient.full_name in text
    assert study.patient.reference in text
    assert f"Age {study.patient.age_on(timezone.localdate())}" in text
    assert str(born.year) in text
    assert re.search(r"Ordered by .*user\d+@test.example", text) or "Ordered by Test" in text


def test_a_referral_names_who_referred_and_who_verified(clinic: Organisation, clinician: Desk):
    sent = results.referral(clinic)
    order = results.verify(sent).order
    study = results.record(order.study, told(order.study))

    text = text_of(clinician.get(page_of(study)))

    assert f"Referred by {sent.sent_by}" in text
    assert "Verified by" in text


def test_a_study_without_a_valid_night_says_so(clinic: Organisation, clinician: Desk):
    Organisation.objects.filter(pk=clinic.pk).update(most_repeats=0)
    study = study_to_review(clinic, is_valid=False, indexes=results.Indexes(), report=None)

    text = text_of(clinician.get(page_of(study)))

    assert "No night is valid" in text
    assert "No index was measured." in text


def test_a_study_that_has_not_begun_has_nothing_to_sign(clinic: Organisation, clinician: Desk):
    study = builders.order(chosen=clinic).study

    text = text_of(clinician.get(page_of(study)))

    assert "The patient has not started yet." in text
    assert "Sign the review" not in text


def test_signing_releases_the_result_and_opens_the_next_study(
    clinic: Organisation, clinician: Desk
):
    first, second = study_to_review(clinic), study_to_review(clinic)

    answer = clinician.client.post(page_of(first), signing(first), follow=True)

    assert led_to(answer) == page_of(second)
    assert "The review is signed." in text_of(answer)
    first.refresh_from_db()
    assert (first.status, first.awaits_review_since) == (StudyStatus.FINISHED, None)
    review = first.reviews.get()
    assert (review.conclusion, review.signed_by_user) == ("Mild.", clinician.user)
    assert first.attempts.get().is_released


def test_after_the_last_in_turn_the_first_is_opened_and_after_all_the_inbox(
    clinic: Organisation, clinician: Desk
):
    first, last = study_to_review(clinic), study_to_review(clinic)

    assert clinician.post(page_of(last), signing(last))["Location"] == page_of(first)
    assert clinician.post(page_of(first), signing(first))["Location"] == INBOX


def test_links_lead_to_the_studies_before_and_after(clinic: Organisation, clinician: Desk):
    before, here, after = (study_to_review(clinic) for _ in range(3))
    study_to_review(builders.organisation())

    html = clinician.get(page_of(here)).content.decode()

    assert f'href="{page_of(before)}" rel="prev" data-keys="k"' in html
    assert f'href="{page_of(after)}" rel="next" data-keys="j"' in html
    assert 'rel="prev"' not in clinician.get(page_of(before)).content.decode()
    assert 'rel="next"' not in clinician.get(page_of(after)).content.decode()


@pytest.mark.parametrize("conclusion", ["", "   ", "x" * 10_001, "a\x00b"])
def test_without_a_conclusion_nothing_is_signed(
    conclusion: str, clinic: Organisation, clinician: Desk
):
    study = study_to_review(clinic)

    answer = clinician.post(page_of(study), signing(study, **{"sign-conclusion": conclusion}))

    assert answer.status_code == 422
    assert title_of(answer).startswith("Error: ")
    assert "There is a problem" in text_of(answer)
    assert not study.reviews.exists()


def test_new_results_that_came_meanwhile_are_shown_before_anything_is_signed(
    clinic: Organisation, clinician: Desk
):
    study = study_to_review(clinic)
    opened = hidden_of(clinician.get(page_of(study)), "sign-seen")
    results.record(study, told(study, 1, 2))
    said = signing(study, **{"sign-seen": opened, "sign-conclusion": "Written for long."})

    answer = clinician.post(page_of(study), said)

    assert answer.status_code == 422
    text = text_of(answer)
    assert "New results came while you had this page open." in text
    assert "Written for long." in text
    assert not study.reviews.exists()
    again = said | {"sign-seen": hidden_of(answer, "sign-seen")}
    assert clinician.post(page_of(study), again).status_code == 302
    assert study.reviews.get().conclusion == "Written for long."


def test_an_empty_form_tells_of_new_results_too(clinic: Organisation, clinician: Desk):
    study = study_to_review(clinic)
    results.record(study, told(study, 1, 2))

    text = text_of(clinician.post(page_of(study), signing(study, **{"sign-conclusion": ""})))

    assert "Write your conclusion" in text
    assert "New results came while you had this page open." in text


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 5000, "1.5", "\x00"])
def test_a_number_of_results_that_is_none_is_not_the_number_of_results(
    seen: str, clinic: Organisation, clinician: Desk
):
    study = study_to_review(clinic)

    answer = clinician.post(page_of(study), signing(study, **{"sign-seen": seen}))

    assert answer.status_code in (400, 422)
    assert not study.reviews.exists()


def test_whoever_was_overtaken_learns_by_whom_and_keeps_what_they_wrote(
    clinic: Organisation, clinician: Desk
):
    study = study_to_review(clinic)
    review = sign(study, clinic)

    answer = clinician.post(page_of(study), signing(study, **{"sign-conclusion": "My own words."}))

    assert answer.status_code == 422
    text = text_of(answer)
    assert "Somebody was faster" in text
    assert f"Review signed by {review.signed_by}" in text
    assert "My own words." in text
    assert study.reviews.count() == 1


def test_the_same_review_sent_twice_is_one(clinic: Organisation, clinician: Desk):
    study = study_to_review(clinic)
    clinician.post(page_of(study), signing(study))

    assert clinician.post(page_of(study), signing(study))["Location"] == INBOX
    assert study.reviews.count() == 1


def test_a_repeat_night_is_asked_for_with_a_reason(clinic: Organisation, clinician: Desk):
    study = study_to_review(clinic)
    said = {"act": "repeat", "repeat-reason": "Too short.", "repeat-seen": "1"}

    assert clinician.post(page_of(study), said)["Location"] == INBOX
    assert clinician.post(page_of(study), said)["Location"] == INBOX  # pressed twice

    study.refresh_from_db()
    assert (study.status, study.repeat_nights) == (StudyStatus.IN_PROGRESS, 1)
    assert "1, and 1 more that a reviewer asked for" in text_of(clinician.get(page_of(study)))


def test_a_repeat_night_without_a_reason_is_refused_beside_its_box(
    clinic: Organisation, clinician: Desk
):
    study = study_to_review(clinic)

    answer = clinician.post(page_of(study), {"act": "repeat", "repeat-seen": "1"})

    assert answer.status_code == 422
    assert "Say why another night is needed" in text_of(answer)
    assert re.search(r"<details open>\s*<summary>Ask for another", answer.content.decode())


def test_a_signature_on_a_study_that_is_recorded_again_is_refused(
    clinic: Organisation, clinician: Desk
):
    study = study_to_review(clinic)
    other = builders.user(Role.CLINICIAN, owner=clinic.account)
    actor = builders.actor_for_user(other, door=builders.Door.STAFF)
    ask_for_repeat(study, reason="Too short.", seen=1, actor=actor)

    text = text_of(clinician.post(page_of(study), signing(study)))

    assert f"Another night asked for by {other}" in text
    assert "Mild." in text


def amending(**other: str) -> dict[str, str]:
    said = {"conclusion": "Moderate.", "reason": "A slip.", "seen": "1", "version": "1"}
    return {"act": "amend"} | {f"amend-{name}": text for name, text in (said | other).items()}


def test_an_amendment_is_a_new_version_with_its_reason_and_all_stay(
    clinic: Organisation, clinician: Desk
):
    study = study_to_review(clinic)
    sign(study, clinic)
    assert "Mild." in clinician.get(page_of(study)).content.decode()

    answer = clinician.client.post(page_of(study), amending(), follow=True)

    text = text_of(answer)
    assert "The review is amended." in text
    for words in ("Version 2", "Moderate.", "Amended because: A slip.", "Version 1", "Mild."):
        assert words in text
    assert text.index("Version 2") < text.index("Version 1")
    clinician.post(page_of(study), amending())  # pressed twice
    assert study.reviews.count() == 2


def test_an_amendment_says_why(clinic: Organisation, clinician: Desk):
    study = study_to_review(clinic)
    sign(study, clinic)

    answer = clinician.post(page_of(study), amending(reason=""))

    assert answer.status_code == 422
    assert "Say why the review is amended" in text_of(answer)
    assert "Moderate." in text_of(answer)
    assert study.reviews.count() == 1


def test_an_amendment_of_an_older_version_is_shown_the_newer_one_first(
    clinic: Organisation, clinician: Desk
):
    study = study_to_review(clinic)
    sign(study, clinic)
    desk(clinic, Role.CLINICIAN).post(page_of(study), amending(conclusion="Severe."))

    answer = clinician.post(page_of(study), amending())

    assert answer.status_code == 422
    assert "Somebody amended this review while you had this page open." in text_of(answer)
    assert "Severe." in text_of(answer)
    again = amending(version=hidden_of(answer, "amend-version"))
    assert clinician.post(page_of(study), again).status_code == 302
    assert [one.conclusion for one in study.reviews.all()] == ["Mild.", "Severe.", "Moderate."]


def test_new_results_after_the_review_are_in_the_inbox_and_go_out_with_an_amendment(
    clinic: Organisation, clinician: Desk
):
    study = study_to_review(clinic)
    sign(study, clinic)
    results.record(study, told(study, 1, 2))

    assert listed(clinician) == [study.reference]
    assert "A second look: new results" in text_of(clinician.get(INBOX))
    assert "There are new results since the review" in text_of(clinician.get(page_of(study)))
    assert clinician.post(page_of(study), amending(seen="2")).status_code == 302
    assert listed(clinician) == []
    assert not study.attempts.filter(released_at=None, completed_at__isnull=False).exists()


@pytest.mark.parametrize("act", ["", "nothing", "amend"])
def test_what_cannot_be_done_now_changes_nothing(act: str, clinic: Organisation, clinician: Desk):
    study = study_to_review(clinic)

    answer = clinician.post(page_of(study), amending() | {"act": act})

    assert answer.status_code == 422
    assert not study.reviews.exists()


def test_the_report_is_shown_on_the_page_and_nowhere_else(clinic: Organisation, clinician: Desk):
    study = study_to_review(clinic)
    address = page_of(study, "nights/1/attempts/1/report/")
    page = clinician.get(page_of(study))
    assert f'src="{address}"' in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"

    answer = clinician.get(address)

    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "object-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src" not in clinician.get(INBOX)["Content-Security-Policy"]


def test_the_name_of_a_report_tells_nothing_of_the_patient(clinic: Organisation, clinician: Desk):
    order = {"reference": "Test Person 1980"}
    study = study_to_review(clinic, order=order)

    answer = clinician.get(page_of(study, "nights/1/attempts/1/report/"))

    name = f"report-{study.public_id}-night-1-attempt-1.pdf"
    assert answer["Content-Disposition"] == f'inline; filename="{name}"'
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("place", ["1/attempts/2", "2/attempts/1", "0/attempts/0"])
def test_a_report_that_is_not_there_is_not_found(place: str, clinic: Organisation, clinician: Desk):
    study = study_to_review(clinic)

    assert clinician.get(page_of(study, f"nights/{place}/report/")).status_code == 404
    huge = page_of(study, f"nights/{'9' * 30}/attempts/{'9' * 5000}/report/")
    assert clinician.get(huge).status_code == 404


def test_a_night_without_a_report_offers_none(clinic: Organisation, clinician: Desk):
    study = study_to_review(clinic, report=None)

    assert "<iframe" not in clinician.get(page_of(study)).content.decode()
    report = clinician.get(page_of(study, "nights/1/attempts/1/report/"))
    assert report.status_code == 404


@pytest.mark.parametrize("role", [Role.CLINIC_STAFF, Role.CLINIC_MANAGER])
def test_who_may_not_review_sees_no_unreleased_result_and_signs_nothing(
    role: Role, clinic: Organisation
):
    study = study_to_review(clinic)
    somebody = desk(clinic, role)

    for path in (INBOX, page_of(study), page_of(study, "nights/1/attempts/1/report/")):
        assert somebody.get(path).status_code == 403
    assert somebody.post(page_of(study), signing(study)).status_code == 403
    assert "/reviews/" not in somebody.get("/").content.decode()
    assert not study.reviews.exists()


def test_others_studies_are_not_there(clinic: Organisation):
    study = study_to_review(clinic)
    for who in (
        desk_of_one(builders.organisation(clinic.account), Role.CLINICIAN),
        desk(builders.organisation(), Role.CLINICIAN),
    ):
        for path in (page_of(study), page_of(study, "nights/1/attempts/1/report/")):
            assert who.get(path).status_code == 404
        assert who.post(page_of(study), signing(study)).status_code == 404
    assert not study.reviews.exists()


def test_whoever_looks_is_on_record_with_the_order(clinic: Organisation, clinician: Desk):
    study = study_to_review(clinic)

    for path in (INBOX, page_of(study), page_of(study, "nights/1/attempts/1/report/")):
        clinician.get(path)

    told_of = AccessEntry.objects.filter(patient_id=study.patient_id, user_id=clinician.user.pk)
    assert list(told_of.order_by("pk").values_list("what", flat=True)) == [
        "review list",
        "review page",
        "report of a night",
    ]
    assert told_of.exclude(order_id=None).count() == 2


def test_home_counts_what_waits_for_the_clinician(clinic: Organisation, clinician: Desk):
    assert "Results to review" not in text_of(clinician.get("/"))
    for _ in range(2):
        study_to_review(clinic)
    study_to_review(builders.organisation())

    assert "2 Results to review" in text_of(clinician.get("/"))


def test_the_pages_take_the_same_number_of_queries_however_much_there_is(
    clinic: Organisation, clinician: Desk
):
    study = results.study_of_many_nights(clinic)
    inbox, page = queries_of(clinician, INBOX), queries_of(clinician, page_of(study))
    for _ in range(3):
        results.study_of_many_nights(clinic)
    results.record(study, *(told(study, night, 3) for night in (1, 2, 3)))

    assert queries_of(clinician, INBOX) == inbox <= 9
    assert queries_of(clinician, page_of(study)) == page <= 16


def test_the_wait_is_told(clinic: Organisation, clinician: Desk):
    study_to_review(clinic)
    Study.objects.update(awaits_review_since=timezone.now() - timedelta(days=3))

    assert "3 days ago" in text_of(clinician.get(INBOX))
