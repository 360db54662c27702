"""The pages of a test account: they say what it is, and have the sandbox's buttons."""

import pytest

from orders.statuses import Status
from organisations.models import Organisation
from organisations.roles import Role
from tests import builders
from tests.admin.conftest import SignIn, sign_in  # noqa: F401
from tests.staff.desk import Desk, desk, page_of, text_of

BANNER = "This is a test account."
BUTTONS = "Play the next step"


@pytest.fixture
def trial(db: None) -> Organisation:
    return builders.organisation(builders.account(is_test=True))


@pytest.mark.parametrize(
    "page", ["/", "/orders/", "/orders/new/", "/patients/", "/team/", "/developers/", "/account/"]
)
def test_every_page_of_a_test_account_says_so_and_no_page_of_another(
    trial: Organisation, clinic: Organisation, page: str
) -> None:
    for organisation, says_so in ((trial, True), (clinic, False)):
        shown = desk(organisation, Role.CLINIC_MANAGER).client.get(page, follow=True)

        assert shown.status_code == 200
        assert (BANNER in text_of(shown)) is says_so


def test_the_buttons_are_on_the_order_of_a_test_account_only(
    trial: Organisation, clinic: Organisation
) -> None:
    for organisation, offered in ((trial, True), (clinic, False)):
        order = builders.order(chosen=organisation)

        assert (BUTTONS in text_of(desk(organisation).get(page_of(order)))) is offered


def test_who_may_not_simulate_has_no_buttons(trial: Organisation) -> None:
    order = builders.order(chosen=trial)

    assert BUTTONS not in text_of(desk(trial, Role.CLINICIAN).get(page_of(order)))


def test_a_step_is_told_in_plain_words_on_the_page_it_was_asked_on(trial: Organisation) -> None:
    order, staff = builders.order(chosen=trial), desk(trial)

    answer = staff.post(f"/sandbox/orders/{order.public_id}/", {"until": "next"})

    assert answer["Location"] == page_of(order)
    assert "The order was sent for fulfilment." in text_of(staff.get(page_of(order)))
    order.refresh_from_db()
    assert order.status == Status.AWAITING_SHIPMENT


def test_played_to_its_end_all_is_told(trial: Organisation) -> None:
    order, staff = builders.order(chosen=trial), desk(trial)

    staff.post(f"/sandbox/orders/{order.public_id}/", {"until": "finished"})

    said = text_of(staff.get(page_of(order)))
    for words in ("The parcel was shipped.", "The patient activated the study.", "on its way home"):
        assert words in said


def test_a_study_is_played_from_its_own_button(trial: Organisation) -> None:
    order, staff = builders.order(chosen=trial), desk(trial)
    assert order.study is not None

    answer = staff.client.post(
        f"/sandbox/studies/{order.study.public_id}/",
        {"until": "next"},
        headers={"Referer": f"http://testserver{page_of(order)}"},
    )

    assert answer["Location"] == page_of(order)
    order.study.refresh_from_db()
    assert order.study.status == "activated"


@pytest.mark.parametrize("sent", [{}, {"until": "x"}, {"until": "\x00"}, {"until": "next" * 900}])
def test_whatever_is_sent_is_one_step_at_most(trial: Organisation, sent: dict[str, str]) -> None:
    order, staff = builders.order(chosen=trial), desk(trial)

    assert staff.post(f"/sandbox/orders/{order.public_id}/", sent).status_code in (302, 400)
    order.refresh_from_db()
    assert order.status in (Status.ORDER_PLACED, Status.AWAITING_SHIPMENT)


def test_nobody_is_led_to_another_site(trial: Organisation) -> None:
    order, staff = builders.order(chosen=trial), desk(trial)

    answer = staff.client.post(
        f"/sandbox/orders/{order.public_id}/", headers={"Referer": "https://evil.example/x"}
    )

    assert answer["Location"] == page_of(order)


def test_what_cannot_be_played_is_said_there(trial: Organisation) -> None:
    order, staff = builders.order(Status.VOIDED, chosen=trial), desk(trial)

    staff.post(f"/sandbox/orders/{order.public_id}/", {"until": "next"})

    assert "Nothing more can be played here: the order was cancelled." in text_of(
        staff.get(page_of(order))
    )


def test_the_admin_says_so_where_its_rows_are_shown(
    trial: Organisation, clinic: Organisation
) -> None:
    administrator = Desk(builders.user(Role.ADMINISTRATOR))
    for organisation, says_so in ((trial, True), (clinic, False)):
        order = builders.order(chosen=organisation)
        assert order.study is not None
        for page in (
            f"/admin/organisations/account/{organisation.account_id}/change/",
            f"/admin/orders/order/{order.pk}/change/",
            f"/admin/orders/order/{order.pk}/step/hold/",
            f"/admin/studies/study/{order.study_id}/change/",
            f"/admin/patients/patient/{order.patient_id}/change/",
        ):
            shown = administrator.get(page)

            assert shown.status_code == 200, page
            assert (BANNER in shown.content.decode()) is says_so, page
    listed = administrator.get("/admin/orders/order/").content.decode()
    assert f"{trial.account.name} (test)" in listed
    assert f"{clinic.account.name} (test)" not in listed
