from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from foundation.errors import Refusal
from orders.drafts import (
    delete_draft,
    find_draft,
    forget_old_drafts,
    keep_answers,
    open_draft,
    place_draft,
)
from orders.models import Order, OrderDraft
from tests import builders


@pytest.mark.django_db
def test_a_draft_remembers_sections_one_by_one():
    actor = builders.staff(owner=builders.account())
    draft = open_draft(actor=actor)

    keep_answers(draft, actor=actor, patient={"name": "Test"})
    keep_answers(draft, actor=actor, address={"city": "London"})

    draft.refresh_from_db()
    assert draft.answers == {"patient": {"name": "Test"}, "address": {"city": "London"}}


@pytest.mark.django_db
def test_a_draft_becomes_one_order_with_the_reference_it_drew():
    clinic = builders.organisation()
    actor = builders.staff(owner=clinic.account)
    draft = open_draft(actor=actor)

    first = place_draft(draft, builders.order_wanted(clinic), actor=actor)
    second = place_draft(draft, builders.order_wanted(clinic), actor=actor)

    assert first == second
    assert first.reference == draft.reference
    assert Order.objects.count() == 1


@pytest.mark.django_db
def test_a_typed_reference_wins_over_the_drawn_one():
    clinic = builders.organisation()
    actor = builders.staff(owner=clinic.account)

    order = place_draft(
        open_draft(actor=actor), builders.order_wanted(clinic, reference="OUR-7"), actor=actor
    )

    assert order.reference == "OUR-7"


@pytest.mark.django_db
def test_a_placed_draft_forgets_the_answers_and_takes_no_more():
    clinic = builders.organisation()
    actor = builders.staff(owner=clinic.account)
    draft = open_draft(actor=actor)
    keep_answers(draft, actor=actor, patient={"name": "Test"})
    place_draft(draft, builders.order_wanted(clinic), actor=actor)

    keep_answers(draft, actor=actor, patient={"name": "Late"})

    draft.refresh_from_db()
    assert draft.answers == {}


@pytest.mark.django_db
def test_a_draft_is_found_only_by_whom_it_belongs_to():
    clinic = builders.organisation()
    mine = builders.staff(owner=clinic.account)
    draft = open_draft(actor=mine)

    assert find_draft(draft.public_id, actor=mine) == draft
    assert find_draft(draft.public_id, actor=builders.staff(owner=clinic.account)) is None


@pytest.mark.django_db
def test_nobody_else_changes_or_deletes_a_draft():
    clinic = builders.organisation()
    draft = open_draft(actor=builders.staff(owner=clinic.account))
    colleague = builders.staff(owner=clinic.account)

    with pytest.raises(OrderDraft.DoesNotExist):
        keep_answers(draft, actor=colleague, patient={"name": "Other"})
    delete_draft(draft, actor=colleague)

    draft.refresh_from_db()
    assert draft.answers == {}


@pytest.mark.django_db
def test_a_refused_draft_keeps_its_answers():
    clinic = builders.organisation()
    actor = builders.staff(owner=clinic.account)
    draft = open_draft(actor=actor)
    keep_answers(draft, actor=actor, patient={"name": "Test"})

    with pytest.raises(Refusal):
        place_draft(draft, builders.order_wanted(clinic, study={"nights": 99}), actor=actor)

    draft.refresh_from_db()
    assert draft.answers == {"patient": {"name": "Test"}}


@pytest.mark.django_db
def test_drafts_untouched_for_seven_days_are_forgotten():
    actor = builders.staff(owner=builders.account())
    with time_machine.travel(timezone.now() - timedelta(days=7, minutes=1)):
        open_draft(actor=actor)
    kept = open_draft(actor=actor)

    assert forget_old_drafts() == 1
    assert list(OrderDraft.objects.all()) == [kept]


@pytest.mark.django_db(transaction=True)
def test_many_presses_at_once_make_one_order():
    clinic = builders.organisation()
    actor = builders.staff(owner=clinic.account)
    draft = open_draft(actor=actor)
    placed: list[int] = []
    together = Barrier(8)

    def press() -> None:
        try:
            together.wait(timeout=10)
            placed.append(place_draft(draft, builders.order_wanted(clinic), actor=actor).pk)
        finally:
            connection.close()

    threads = [Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len(placed) == 8
    assert len(set(placed)) == 1
    assert Order.objects.count() == 1
