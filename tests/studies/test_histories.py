"""Line 4: whatever the recording side and the reviewer do, in whatever order, a study stays true to
its rules (contracts/v1.md section 5).
"""

from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from foundation.errors import Refusal
from organisations.sensors import EmitOn
from studies.models import NightAttempt, Study
from studies.nights import has_enough, most_attempts
from studies.reviewing import amend_review, ask_for_repeat, results_of, sign_review
from studies.statuses import HAS_RESULT, NEXT, StudyStatus
from tests import builders, studying
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db

NIGHTS = st.integers(1, 4)
ATTEMPTS = st.integers(1, 3)


class Histories(RuleBasedStateMachine):
    """Messages late, repeated and out of order, reviews and repeats in between."""

    study: Study

    @initialize(
        nights=st.integers(1, 3),
        repeats=st.integers(0, 2),
        enough=st.none() | st.integers(1, 3),
        emits_on=st.sampled_from(EmitOn),
    )
    def open(self, nights, repeats, enough, emits_on):
        chosen = builders.organisation(most_repeats=repeats, enough_nights=enough, emit_on=emits_on)
        self.study = studying.in_house(chosen, nights=nights)
        self.clinician = studying.clinician(chosen)
        self.was = StudyStatus.CREATED
        self.results: dict[int, str] = {}

    @rule(days=st.integers(-2, 5))
    def activate(self, days):
        studying.activate(self.study, happened_at=studying.EVENING + timedelta(days=days))

    @rule(night=NIGHTS, attempt=ATTEMPTS)
    def start(self, night, attempt):
        self._perhaps(lambda: studying.start(self.study, night, attempt))

    @rule(night=NIGHTS, attempt=ATTEMPTS, is_valid=st.booleans())
    def complete(self, night, attempt, is_valid):
        self._perhaps(lambda: studying.complete(self.study, night, attempt, is_valid=is_valid))

    @precondition(lambda self: self._here() is StudyStatus.RESULT_READY)
    @rule()
    def sign(self):
        sign_review(self.study, conclusion="Seen.", **self._seen())

    @precondition(lambda self: self._here() is StudyStatus.RESULT_READY)
    @rule()
    def repeat(self):
        ask_for_repeat(self.study, reason="Once more.", **self._seen())

    @precondition(lambda self: self._here() is StudyStatus.FINISHED)
    @rule()
    def amend(self):
        amend_review(self.study, conclusion="Seen.", reason="Anew.", **self._seen())

    @invariant()
    def steps_are_legal(self):
        here = self._here()
        assert here is self.was or self._reachable(here)
        self.was = here

    @invariant()
    def results_never_change(self):
        for attempt in self._attempts():
            kept = self.results.get(attempt.pk)
            assert kept in (None, attempt.status)
            if attempt.has_result:
                self.results[attempt.pk] = attempt.status

    @invariant()
    def attempts_are_numbered_within_what_was_settled(self):
        self._here()
        for attempt in self._attempts():
            assert 1 <= attempt.night <= self.study.all_nights
            assert 1 <= attempt.number <= most_attempts(self.study)

    @invariant()
    def an_open_night_always_has_an_attempt_to_make(self):
        by_night = defaultdict(list)
        for attempt in self._attempts():
            by_night[attempt.night].append(attempt)
        for attempts in by_night.values():
            results = [one for one in attempts if one.has_result]
            done = any(one.is_valid for one in results) or len(results) == most_attempts(self.study)
            assert done or any(not one.has_result for one in attempts)

    @invariant()
    def with_enough_results_it_is_ready_or_finished(self):
        ended = {StudyStatus.RESULT_READY, StudyStatus.FINISHED}
        assert (self._here() in ended) == (bool(self._attempts()) and has_enough(self.study))

    @invariant()
    def finished_is_told_only_with_results_and_under_reviewed_only_after_a_review(self):
        self._here()
        told = self._events().filter(kinds=["finished"]).exists()
        assert told == (self.study.finished_at is not None)
        if told and self.study.is_withheld:
            assert self.study.reviews.exists()

    @invariant()
    def no_event_lets_out_what_was_not_released_when_it_was_written(self):
        if not self.study.is_withheld:
            return
        first = self.study.reviews.first()
        for event in self._events().filter(kinds=["attempt_completed"]):
            if first is None:
                assert not any(shown for *_, shown in event.facts["nights"])

    @invariant()
    def results_without_a_review_wait_in_the_inbox(self):
        here = self._here()
        unreviewed = self.study.attempts.filter(status__in=HAS_RESULT, released_at=None)
        if here is StudyStatus.FINISHED and unreviewed.exists():
            assert self.study.awaits_review_since is not None
        if here is StudyStatus.RESULT_READY:
            assert self.study.awaits_review_since is not None

    @invariant()
    def places_in_the_stream_have_no_gaps(self):
        places = list(self._events().order_by("sequence").values_list("sequence", flat=True))
        assert places == list(range(1, len(places) + 1))

    def _perhaps(self, act):
        """What cannot be is refused, and then nothing was done."""
        before = list(self._attempts()), self.study.events.count()
        try:
            act()
        except Refusal:
            assert (list(self._attempts()), self.study.events.count()) == before

    def _events(self):
        mine = {"account": self.study.account_id, "channel": self.study.channel}
        return WebhookEvent.objects.filter(**mine)

    def _seen(self):
        return {"actor": self.clinician, "seen": results_of(self.study)}

    def _here(self) -> StudyStatus:
        self.study.refresh_from_db()
        return StudyStatus(self.study.status)

    def _attempts(self) -> list[NightAttempt]:
        return list(self.study.attempts.all())

    def _reachable(self, here: StudyStatus) -> bool:
        """One message may be the first and enough at once."""
        onward = NEXT[self.was]
        return here in onward or any(here in NEXT[step] for step in onward)


def test_random_histories_stay_true_to_the_rules():
    _run(Phase.generate, Phase.shrink)


def test_a_rule_that_is_broken_is_found(monkeypatch):
    """The control: a study that never has enough."""
    monkeypatch.setattr("studies.nights.has_enough", lambda study: False)

    with pytest.raises(AssertionError):
        _run(Phase.generate)


def _run(*phases: Phase) -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )
