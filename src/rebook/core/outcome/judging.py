"""Whether a case was a success by its definition, and when: one pure answer for both arms."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from .ending import KEPT_STATUSES, LOST_STATUSES, CaseAppointment, CaseVisit, satisfies
from .success import SuccessRule

# Why a gap ended when what it asked for was done, or is on its way to be (``records.write.gap_sql``).
DONE = frozenset({"satisfied_by_visit", "done_at_source"})
SETTLED = DONE | {"appointment_booked"}
# A visit is that of an appointment when it began so near to it.
SAME_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SuccessFacts:
    """One case of either arm and all that happened since it was taken in.

    ``gap_closed_at``: the beginning of the day its gap was closed on, on the practice's clock. The last three
    are what version 1 counted by.
    """

    case_id: int
    rule: SuccessRule
    opened_at: datetime
    satisfying: frozenset[str] = frozenset()
    gap_closed_at: datetime | None = None
    gap_close_reason: str = ""
    appointments: tuple[CaseAppointment, ...] = ()
    visits: tuple[CaseVisit, ...] = ()
    visit_kept_at: datetime | None = None
    booked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Success:
    """``met_at``: when the last deed was done that the definition asks for."""

    met_at: datetime
    appointment_id: int | None = None


def judge_success(facts: SuccessFacts, *, now: datetime) -> Success | None:
    """The first time the case met its definition, inside its window and not after ``now``; None: not so far.

    The window begins with being taken in, for contacted and left-out alike. A visit booked before counts as
    much as one booked after: what contact changed is seen in the difference of the arms, not in one case.
    """
    if facts.rule.version == 1:
        return _as_first_counted(facts, now=now)
    days = facts.rule.within_days or 0
    until = min(facts.opened_at + timedelta(days=days), now)
    found = {
        "visit": _kept,
        "rebooked_and_kept": _rebooked,
        "visit_and_closed": _closed,
        "visit_and_follow_up": _followed_up,
        "item_done": _done,
    }[facts.rule.what](facts, until)
    return min(found, key=lambda one: (one.met_at, one.appointment_id or 0), default=None)


def _kept(facts: SuccessFacts, until: datetime) -> Iterator[Success]:
    """Kept visits of the kind due; sources without visits say it by the appointment's status."""
    for visit in facts.visits:
        if facts.opened_at < visit.started_at <= until and satisfies(visit.visit_type, facts.satisfying):
            yield Success(visit.started_at)
    for one in _kept_appointments(facts, until):
        yield Success(one.starts_at, one.id)


def _kept_appointments(facts: SuccessFacts, until: datetime) -> Iterator[CaseAppointment]:
    for one in facts.appointments:
        is_kept = one.status in KEPT_STATUSES and facts.opened_at < one.starts_at <= until
        if is_kept and satisfies(one.visit_type, facts.satisfying):
            yield one


def _rebooked(facts: SuccessFacts, until: datetime) -> Iterator[Success]:
    """Appointments made since, and kept. One of which nobody knows when it was made lies after being taken
    in, and a gap of this kind is open only while nothing is booked: so it was made after."""
    kept = {one.id: one.starts_at for one in _kept_appointments(facts, until)}
    visits = [one.met_at for one in _kept(facts, until)]
    for one in facts.appointments:
        is_new = one.made_at is None or one.made_at >= facts.opened_at
        if not is_new or not satisfies(one.visit_type, facts.satisfying):
            continue
        if one.id in kept:
            yield Success(kept[one.id], one.id)
        elif one.status not in LOST_STATUSES | {"entered-in-error"}:
            came = (at for at in visits if abs(at - one.starts_at) < SAME_DAY)
            yield from (Success(at, one.id) for at in came)


def _closed(facts: SuccessFacts, until: datetime) -> Iterator[Success]:
    if facts.gap_close_reason in SETTLED:
        yield from _kept(facts, until)


def _followed_up(facts: SuccessFacts, until: datetime) -> Iterator[Success]:
    """Settled by a visit, and another one made by the end of the window, for a later day, and standing."""
    for first in _closed(facts, until):
        after = first.met_at + SAME_DAY
        for one in facts.appointments:
            made_at = max(one.made_at or first.met_at, first.met_at)
            stands = one.status not in LOST_STATUSES | {"entered-in-error"}
            if stands and one.starts_at > after and made_at <= until:
                yield Success(made_at, first.appointment_id)
        for visit in facts.visits:
            if after < visit.started_at <= until:
                yield Success(visit.started_at, first.appointment_id)


def _done(facts: SuccessFacts, until: datetime) -> Iterator[Success]:
    """Finished at its source or by a visit; one that a booking closed is done once the visit is kept."""
    if facts.gap_close_reason in DONE and facts.gap_closed_at is not None and facts.gap_closed_at <= until:
        yield Success(max(facts.gap_closed_at, facts.opened_at))
    elif facts.gap_close_reason == "appointment_booked":
        yield from _kept(facts, until)


def _as_first_counted(facts: SuccessFacts, *, now: datetime) -> Success | None:
    """By what the case itself recorded while it was open, as the figures of version 1 were."""
    kept_at, what = facts.visit_kept_at, facts.rule.what
    if kept_at is None or (what == "rebooked_and_kept" and facts.booked_at is None):
        return None
    if what == "visit_and_follow_up" and not _another_after(facts, kept_at, now):
        return None
    return Success(kept_at)


def _another_after(facts: SuccessFacts, kept_at: datetime, now: datetime) -> bool:
    after = kept_at + SAME_DAY
    lost = LOST_STATUSES | {"entered-in-error"}
    return any(one.starts_at > after and one.status not in lost for one in facts.appointments) or any(
        after < visit.started_at <= now for visit in facts.visits
    )
