"""The nights of a study: which attempts there are, which come next, and when there is enough."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from studies.errors import AttemptNotDue, NightNotOrdered
from studies.models import NightAttempt, Study
from studies.statuses import AttemptStatus


def plan(study: Study) -> None:
    """Every night has an attempt from here on: the first is due. Done again it changes nothing."""
    missing = set(range(1, study.all_nights + 1)) - {one.night for one in study.attempts.all()}
    NightAttempt.objects.bulk_create(
        (_attempt(study, night, 1) for night in sorted(missing)), ignore_conflicts=True
    )


def attempt_at(study: Study, night: int, number: int) -> NightAttempt:
    """This attempt of the locked study, which is new if its message came before an earlier one's.

    Raises NightNotOrdered, AttemptNotDue.
    """
    if not 1 <= night <= study.all_nights:
        raise NightNotOrdered(field="night", most=study.all_nights)
    most = most_attempts(study)
    if not 1 <= number <= most:
        raise AttemptNotDue(field="attempt", most=most)
    found = study.attempts.filter(night=night, number=number).first()
    return found or NightAttempt.objects.create(
        account_id=study.account_id, study=study, night=night, number=number
    )


def repeat_if_due(study: Study, night: int) -> None:
    """After a night that was not valid the next attempt is due, as often as was settled."""
    attempts = list(study.attempts.filter(night=night))
    if is_done(attempts, study) or any(not one.has_result for one in attempts):
        return
    tried = {one.number for one in attempts}
    number = min(set(range(1, most_attempts(study) + 1)) - tried)
    _attempt(study, night, number).save(force_insert=True)


def is_done(attempts: Sequence[NightAttempt], study: Study) -> bool:
    """The night is valid, or it was tried as often as was settled."""
    if any(one.is_valid for one in attempts):
        return True
    tried = [one for one in attempts if one.has_result]
    return len(tried) >= most_attempts(study)


def has_enough(study: Study) -> bool:
    """Every night that a reviewer asked for is done; and of those that were ordered, all are, or so
    many are valid that it is enough.
    """
    by_night = _by_night(study.attempts.all())
    ordered = range(1, study.nights + 1)
    repeats = range(study.nights + 1, study.all_nights + 1)
    if not all(is_done(by_night[night], study) for night in repeats):
        return False
    valid = sum(any(one.is_valid for one in by_night[night]) for night in ordered)
    if study.enough_nights is not None and valid >= study.enough_nights:
        return True
    return all(is_done(by_night[night], study) for night in ordered)


def most_attempts(study: Study) -> int:
    return 1 + study.most_repeats


def _by_night(attempts: Iterable[NightAttempt]) -> Mapping[int, list[NightAttempt]]:
    found: dict[int, list[NightAttempt]] = defaultdict(list)
    for attempt in attempts:
        found[attempt.night].append(attempt)
    return found


def _attempt(study: Study, night: int, number: int) -> NightAttempt:
    return NightAttempt(
        account_id=study.account_id,
        study=study,
        night=night,
        number=number,
        status=AttemptStatus.PENDING,
    )
