"""The pages of a team: who is in it, what each may do, and a sign-in that is switched off."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.actors import Door
from orders.drafts import keep_answers, open_draft
from organisations.actors import actor_for_user
from organisations.models import Invitation, Membership, Organisation, User
from organisations.roles import Role
from organisations.team import deactivate_member
from tests import builders
from tests.staff.desk import Desk, desk, desk_of_one, text_of, title_of
from tests.staff.test_hostile import ANSWERS, BAD, sent

EVERYWHERE = {"roles": ["clinic_staff"], "reach": "all"}


@pytest.fixture
def manager(clinic: Organisation) -> Desk:
    """The only one of the account."""
    return desk(clinic, Role.CLINIC_MANAGER)


@pytest.fixture
def colleague(clinic: Organisation) -> Membership:
    return builders.user(Role.CLINIC_STAFF, owner=clinic.account).membership


def page_of(member: Membership, page: str = "") -> str:
    return f"/team/{member.public_id}/{page}"


def fresh(member: Membership) -> Membership:
    return Membership.objects.select_related("user").get(pk=member.pk)


def test_the_list_shows_who_is_here_and_what_they_do(clinic: Organisation, manager: Desk):
    restricted = builders.user(Role.CLINICIAN, clinic)
    builders.user(Role.CLINICIAN, owner=builders.account())

    text = text_of(manager.get("/team/"))

    assert restricted.email in text
    assert f"Clinician {clinic.name}" in text
    assert "Clinic manager All organisations" in text
    assert "(you)" in text
    assert text.count("@test.example") == 2


def test_who_is_switched_off_comes_last(clinic: Organisation, manager: Desk, colleague: Membership):
    User.objects.filter(pk=colleague.user_id).update(full_name="Aaron First")
    deactivate_member(colleague, actor=builders.manager(owner=clinic.account))

    text = text_of(manager.get("/team/"))

    assert text.index(manager.user.email) < text.index("Aaron First")
    assert "Switched off" in text


def test_alone_one_is_asked_to_invite_somebody(manager: Desk):
    answer = manager.get("/team/")

    assert "You are the only one here" in text_of(answer)
    assert answer.content.decode().count('href="/team/invite/"') == 1


def test_many_people_come_in_pages(clinic: Organisation, manager: Desk):
    for _ in range(60):
        builders.user(Role.CLINIC_STAFF, owner=clinic.account)

    found = [
        re.findall(r"user\d+@", text_of(manager.get(f"/team/{page}")))
        for page in ("", "?page=2", "?page=3")
    ]

    assert [len(page) for page in found] == [50, 11, 0]
    assert len(set(found[0] + found[1])) == 61
    assert 'rel="next"' in manager.get("/team/").content.decode()
    assert 'rel="prev"' in manager.get("/team/?page=2").content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999", "%00", "１", ""])
def test_a_page_nobody_named_is_the_first(page: str, manager: Desk, colleague: Membership):
    assert colleague.user.email in text_of(manager.get(f"/team/?page={page}"))


def test_a_list_takes_the_same_number_of_queries_however_long_it_is(
    clinic: Organisation, manager: Desk
):
    def add() -> None:
        builders.user(Role.CLINIC_STAFF, clinic)
        only = {"organisation_ids": frozenset({clinic.pk})}
        builders.invitation(clinic.account, **only)

    def asked() -> int:
        with CaptureQueriesContext(connection) as context:
            manager.get("/team/")
        return len(context)

    add()
    manager.get("/team/")  # the first page of a session notes that it is in use
    before = asked()

    for _ in range(9):
        add()

    assert asked() == before <= 14


def test_last_seen_is_noted_from_the_pages_and_only_now_and_then(clinic: Organisation):
    start = timezone.now()
    somebody = desk(clinic)
    User.objects.filter(pk=somebody.user.pk).update(last_login=start - timedelta(hours=1))

    def noted(minutes: int) -> bool:
        """Whether it was written down that they opened a page then."""
        at = start + timedelta(minutes=minutes)
        with time_machine.travel(at, tick=False), CaptureQueriesContext(connection) as asked:
            somebody.get("/orders/")
        written = any('UPDATE "organisations_user"' in one["sql"] for one in asked)
        assert written == (User.objects.get(pk=somebody.user.pk).last_seen_at == at)
        return written

    assert [noted(minutes) for minutes in (0, 1, 3, 9, 11)] == [True, False, False, True, False]


def test_being_seen_is_no_history(clinic: Organisation):
    somebody = desk(clinic)
    User.objects.filter(pk=somebody.user.pk).update(last_login=None)
    before = somebody.user.history.count()

    somebody.get("/orders/")

    assert User.objects.get(pk=somebody.user.pk).last_seen_at
    assert somebody.user.history.count() == before


def test_the_operators_people_are_seen_in_the_admin(db: None):
    operator = Desk(builders.user(Role.OPERATOR))
    User.objects.filter(pk=operator.user.pk).update(last_login=None)

    operator.get("/admin/")

    assert User.objects.get(pk=operator.user.pk).last_seen_at


def test_who_never_signed_in_was_never_seen(manager: Desk, colleague: Membership):
    assert "Last seen Never" in text_of(manager.get(page_of(colleague)))


def test_roles_and_organisations_are_changed(
    clinic: Organisation, manager: Desk, colleague: Membership
):
    given = {"roles": ["clinician"], "reach": "listed", "organisations": [clinic.pk]}

    answer = manager.post(page_of(colleague), given)

    assert answer["Location"] == page_of(colleague)
    assert fresh(colleague).roles == ["clinician"]
    assert [one.organisation for one in colleague.organisations.all()] == [clinic]
    assert "is saved" in text_of(manager.get(page_of(colleague)))


def test_the_form_shows_what_they_have(clinic: Organisation, manager: Desk):
    restricted = builders.user(Role.CLINICIAN, clinic).membership

    html = manager.get(page_of(restricted)).content.decode()

    for value in ("clinician", "listed", str(clinic.pk)):
        assert re.search(rf'value="{value}"[^>]* checked', html), value
    assert html.count(" checked") == 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"roles": []}, "Select at least one role"),
        ({"reach": ""}, "Select for which organisations"),
        ({"reach": "listed"}, "Choose at least one organisation, or all of them."),
        ({"roles": ["administrator"]}, "Select roles from the list"),
        ({"reach": "listed", "organisations": ["0"]}, "Select the organisations from the list"),
    ],
)
def test_an_answer_that_will_not_do_is_told_beside_its_question(
    given: dict[str, object], words: str, manager: Desk, colleague: Membership
):
    answer = manager.post(page_of(colleague), {**EVERYWHERE, "roles": ["clinician"], **given})

    assert answer.status_code == 422
    assert text_of(answer).count(words) == 2
    assert title_of(answer).startswith("Error: ")
    assert fresh(colleague).roles == ["clinic_staff"]


def test_organisations_of_other_accounts_are_not_offered(manager: Desk, colleague: Membership):
    foreign = builders.organisation()

    answer = manager.post(
        page_of(colleague), {**EVERYWHERE, "reach": "listed", "organisations": [foreign.pk]}
    )

    assert answer.status_code == 422
    assert foreign.name not in text_of(answer)
    assert not colleague.organisations.exists()


def test_the_last_manager_is_told_to_make_somebody_else_one_first(manager: Desk):
    own = manager.user.membership

    demoted = manager.post(page_of(own), EVERYWHERE)
    switched_off = manager.post(page_of(own, "deactivate/"))

    for answer in (demoted, switched_off):
        assert answer.status_code == 422
        assert "Make somebody else a manager first" in text_of(answer)
    assert fresh(own).user.is_active
    assert fresh(own).roles == ["clinic_manager"]


def test_who_gives_up_managing_is_led_away_from_the_team(clinic: Organisation, manager: Desk):
    builders.manager(owner=clinic.account)

    answer = manager.post(page_of(manager.user.membership), EVERYWHERE)

    assert answer["Location"] == "/"
    assert manager.get("/team/").status_code == 403


def test_a_person_who_is_switched_off_is_out_at_the_next_click(
    manager: Desk, colleague: Membership
):
    theirs = Desk(colleague.user)
    assert theirs.get("/orders/").status_code == 200

    answer = manager.post(page_of(colleague, "deactivate/"))

    assert answer["Location"] == "/team/"
    for path in ("/orders/", "/orders/new/", "/accounts/password/change/"):
        assert theirs.get(path)["Location"] == f"/accounts/login/?next={path}"
    assert theirs.post("/team/invite/")["Location"].startswith("/accounts/login/")


def test_switched_on_again_they_must_sign_in_and_find_their_drafts(
    manager: Desk, colleague: Membership
):
    theirs = Desk(colleague.user)
    they = actor_for_user(colleague.user, door=Door.STAFF)
    draft = open_draft(actor=they)
    keep_answers(draft, actor=they, study={"nights": "2"})
    manager.post(page_of(colleague, "deactivate/"))

    answer = manager.post(page_of(colleague, "reactivate/"))

    assert answer["Location"] == "/team/"
    assert theirs.get("/orders/")["Location"].startswith("/accounts/login/")
    again = Client()
    again.post("/accounts/login/", {"login": colleague.user.email, "password": builders.PASSWORD})
    assert str(draft.public_id) in again.get("/orders/").content.decode()


def test_who_is_switched_off_cannot_sign_in(manager: Desk, colleague: Membership):
    manager.post(page_of(colleague, "deactivate/"))

    answer = Client().post(
        "/accounts/login/", {"login": colleague.user.email, "password": builders.PASSWORD}
    )

    assert "_auth_user_id" not in answer.client.session


def test_every_session_of_theirs_ends_and_nobody_elses(manager: Desk, colleague: Membership):
    theirs = [Desk(colleague.user) for _ in range(3)]

    manager.post(page_of(colleague, "deactivate/"))
    manager.post(page_of(colleague, "reactivate/"))

    assert {one.get("/orders/").status_code for one in theirs} == {302}
    assert manager.get("/team/").status_code == 200


def test_people_of_other_accounts_are_not_found(manager: Desk):
    foreign = builders.user(Role.CLINIC_STAFF).membership

    for path in ("", "deactivate/", "reactivate/"):
        for member_id in (foreign.public_id, uuid4()):
            assert manager.get(f"/team/{member_id}/{path}").status_code == 404
            assert manager.post(f"/team/{member_id}/{path}", EVERYWHERE).status_code == 404
    assert fresh(foreign).user.is_active


def test_ids_in_addresses_are_public_ones(clinic: Organisation, manager: Desk):
    builders.invitation(clinic.account)

    links = re.findall(r'(?:href|action)="(/team/[^"]+)"', manager.get("/team/").content.decode())

    assert links
    assert not [link for link in links if re.search(r"/\d+/", link)]


def test_a_manager_of_some_organisations_only_looks_at_the_others(clinic: Organisation):
    some = desk_of_one(clinic, Role.CLINIC_MANAGER)
    of_all = builders.user(Role.CLINIC_STAFF, owner=clinic.account).membership
    of_these = builders.user(Role.CLINIC_STAFF, clinic).membership

    theirs = some.get(page_of(of_all))
    own = some.get(page_of(of_these))

    assert "organisations that you do not work for" in text_of(theirs)
    assert '<form method="post" novalidate' not in theirs.content.decode()
    assert some.post(page_of(of_all), EVERYWHERE).status_code == 422
    assert some.post(page_of(of_all, "deactivate/")).status_code == 422
    assert fresh(of_all).user.is_active
    assert 'value="all"' not in own.content.decode()


def test_what_the_list_says_of_a_second_factor(manager: Desk, colleague: Membership):
    if not apps.is_installed("allauth.mfa"):
        assert "Second step" not in text_of(manager.get("/team/"))
        return
    kept = apps.get_model("mfa", "Authenticator").objects
    kept.create(user=manager.user, type="totp", data={})
    kept.create(user=colleague.user, type="recovery_codes", data={})

    text = text_of(manager.get("/team/"))

    assert text.count("Second step: on") == 1
    assert text.count("Second step: not set up") == 1


INVITED = {**EVERYWHERE, "email": "New.Colleague@test.example"}


def test_a_colleague_is_invited(manager: Desk):
    answer = manager.post("/team/invite/", INVITED)

    text = text_of(manager.get("/team/"))
    assert answer["Location"] == "/team/"
    assert "The invitation is on its way to new.colleague@test.example." in text
    assert "Invited by Test Clinic manager" in text
    assert Invitation.objects.get().email == "new.colleague@test.example"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": ""}, "Enter the email address of your colleague"),
        ({"email": "nobody"}, "Enter an email address in the right form"),
        ({"email": "a" * 250 + "@test.example"}, "must be 254 characters or fewer"),
        ({"roles": []}, "Select at least one role"),
    ],
)
def test_an_invitation_that_lacks_something_is_not_sent(
    given: dict[str, object], words: str, manager: Desk
):
    answer = manager.post("/team/invite/", {**INVITED, **given})

    assert answer.status_code == 422
    assert text_of(answer).count(words) == 2
    assert not Invitation.objects.exists()


def test_a_member_is_not_invited_and_the_page_leads_to_them(manager: Desk, colleague: Membership):
    answer = manager.post("/team/invite/", {**INVITED, "email": colleague.user.email})

    assert "This person is already in your team." in text_of(answer)
    assert f'href="{page_of(colleague)}"' in answer.content.decode()


def test_a_former_member_is_offered_to_be_switched_on(manager: Desk, colleague: Membership):
    manager.post(page_of(colleague, "deactivate/"))

    answer = manager.post("/team/invite/", {**INVITED, "email": colleague.user.email})

    assert "Switch their sign-in on again instead." in text_of(answer)
    assert f'href="{page_of(colleague)}"' in answer.content.decode()


def test_an_address_of_another_clinic_tells_nothing(manager: Desk):
    elsewhere = builders.user(Role.CLINIC_STAFF)

    answer = manager.post("/team/invite/", {**INVITED, "email": elsewhere.email})

    assert answer.status_code == 422
    assert text_of(answer).count("This address cannot be invited.") == 2
    assert elsewhere.full_name not in answer.content.decode().partition("<main")[2]
    assert elsewhere.membership.account.name not in answer.content.decode()


def test_an_open_invitation_is_sent_again_or_withdrawn(clinic: Organisation, manager: Desk):
    with time_machine.travel(timezone.now() - timedelta(days=8), tick=False):
        made = builders.invitation(clinic.account)
    assert "Expired" in text_of(manager.get("/team/"))

    manager.post(f"/team/invited/{made.public_id}/send/")
    sent = text_of(manager.get("/team/"))
    again = manager.client.post(f"/team/invited/{made.public_id}/send/", follow=True)
    asked = text_of(manager.get(f"/team/invited/{made.public_id}/withdraw/"))
    manager.post(f"/team/invited/{made.public_id}/withdraw/")
    withdrawn = text_of(manager.get("/team/"))

    assert f"The invitation is on its way to {made.email} again." in sent
    assert "Expired" not in sent
    assert "It was sent a moment ago." in text_of(again)
    assert f"Withdraw the invitation to {made.email} ?" in asked
    assert f"The invitation to {made.email} is withdrawn." in withdrawn
    assert withdrawn.count(made.email) == 1


def test_what_is_over_is_said_to_be_over(clinic: Organisation, manager: Desk):
    made = builders.invitation(clinic.account)
    manager.post(f"/team/invited/{made.public_id}/withdraw/")

    for page in ("send/", "withdraw/"):
        manager.post(f"/team/invited/{made.public_id}/{page}")
        assert "This invitation is not open any more." in text_of(manager.get("/team/"))


def test_invitations_of_other_accounts_are_neither_shown_nor_ended(manager: Desk):
    foreign = builders.invitation(builders.account())

    assert foreign.email not in text_of(manager.get("/team/"))
    for page in ("send/", "withdraw/"):
        manager.post(f"/team/invited/{foreign.public_id}/{page}")
    assert Invitation.objects.open().filter(pk=foreign.pk, sent_at=foreign.sent_at).exists()


def test_a_manager_of_some_organisations_only_looks_at_invitations_to_others(clinic: Organisation):
    some = desk_of_one(clinic, Role.CLINIC_MANAGER)
    made = builders.invitation(clinic.account)
    own = builders.invitation(clinic.account, organisation_ids=frozenset({clinic.pk}))

    page = some.get("/team/").content.decode()
    told = [
        text_of(some.client.post(f"/team/invited/{made.public_id}/{name}", follow=True))
        for name in ("send/", "withdraw/")
    ]

    assert made.email in page
    assert f"/team/invited/{made.public_id}/" not in page
    assert f"/team/invited/{own.public_id}/withdraw/" in page
    assert all("only to the organisations that you work for yourself" in text for text in told)
    assert Invitation.objects.open().filter(pk=made.pk).exists()


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{ 7*7 }}", "مريض"])
def test_a_name_is_shown_as_it_is(name: str, manager: Desk, colleague: Membership):
    User.objects.filter(pk=colleague.user_id).update(full_name=name)

    for path in ("/team/", page_of(colleague), page_of(colleague, "deactivate/")):
        html = manager.get(path).content.decode()
        assert "<script>alert" not in html
        assert ">49<" not in html


@pytest.mark.parametrize("kind", BAD)
def test_no_answer_to_any_question_is_a_fault(kind: str, manager: Desk, colleague: Membership):
    for path in ("/team/invite/", page_of(colleague)):
        answers = {**INVITED, "roles": "clinic_staff", "organisations": ""}
        for name in answers:
            answer = sent(manager, path, {**answers, name: BAD[kind]})

            assert answer.status_code in ANSWERS, (path, name)


@pytest.mark.parametrize(
    "path",
    [
        "/team/1/",
        "/team/%00/",
        "/team/'/deactivate/",
        "/team/00000000-0000-0000-0000-000000000000/",
        "/team/FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF/",
        "/team/invited/1/withdraw/",
        "/team/" + "a" * 5000,
    ],
)
def test_an_address_nobody_made_is_not_found(path: str, manager: Desk):
    assert manager.get(path).status_code in {301, 404}
    assert manager.post(path).status_code in {301, 404}
