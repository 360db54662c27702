"""Two people decide at the same moment: one does, and the other is told who did."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import models

from orders import referrals
from orders.models import Order, Referral
from organisations.models import Organisation
from organisations.roles import Role
from studies import lifecycle
from studies.models import Study
from tests import results
from tests.api.threads import at_once
from tests.staff.desk import Desk, desk, text_of
from tests.staff.test_referrals import DETAILS
from tests.staff.test_referrals import page_of as referral_page
from tests.staff.test_reviews import page_of as review_page
from tests.staff.test_reviews import signing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def study(clinic: Organisation) -> Study:
    return results.study_to_review(clinic)


@pytest.fixture
def sent(clinic: Organisation) -> Referral:
    return results.referral(clinic)


def test_of_two_who_sign_at_once_one_is_told_who_signed(clinic: Organisation, study: Study):
    answers = both_sign(clinic, study)

    assert sorted(one.status_code for one in answers) == [302, 422]
    late = next(one for one in answers if one.status_code == 422)
    review = study.reviews.get()
    assert f"Review signed by {review.signed_by}" in text_of(late)


def test_control_without_the_lock_the_database_has_to_refuse_the_second_signature(
    clinic: Organisation, study: Study, monkeypatch: pytest.MonkeyPatch
):
    with unlocked(monkeypatch, lifecycle, "locked_study", Study):
        answers = both_sign(clinic, study)

    assert 500 in [one.status_code for one in answers]


def test_of_two_who_verify_at_once_one_is_led_to_the_order_of_the_other(
    clinic: Organisation, sent: Referral
):
    answers = both_verify(clinic, sent)

    order = Order.objects.get()
    assert [one.get("Location") for one in answers] == [f"/orders/{order.public_id}/"] * 2


def test_control_without_the_lock_the_second_is_told_something_else(
    clinic: Organisation, sent: Referral, monkeypatch: pytest.MonkeyPatch
):
    with unlocked(monkeypatch, referrals, "_undecided", Referral):
        answers = both_verify(clinic, sent)

    assert {one.status_code for one in answers} != {302}


def both_sign(clinic: Organisation, study: Study) -> list[Any]:
    said = [signing(study, **{"sign-conclusion": words}) for words in ("Mild.", "Moderate.")]
    people = two(clinic, Role.CLINICIAN)
    return at_once(2, lambda number: people[number].post(review_page(study), said[number]))


def both_verify(clinic: Organisation, sent: Referral) -> list[Any]:
    people = two(clinic, Role.CLINIC_STAFF)
    return at_once(2, lambda number: people[number].post(referral_page(sent), DETAILS))


def two(clinic: Organisation, role: Role) -> list[Desk]:
    people = [desk(clinic, role) for _ in range(2)]
    for one in people:
        one.client.raise_request_exception = False
        one.get("/")
    return people


@contextmanager
def unlocked(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, model: type[models.Model]
) -> Iterator[None]:
    """The row is read as it is, and both have read it before either goes on."""
    both_have_read = Barrier(2)

    def read(row: Any, *, actor: Any) -> Any:
        found = model._default_manager.get(pk=row.pk)
        with suppress(BrokenBarrierError):
            both_have_read.wait(timeout=10)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(module, name, read)
        yield
