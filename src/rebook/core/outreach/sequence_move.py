"""What moving a running case to another version of its plan would do to it, said before it is done.

A case has done its plan up to a day; it goes on with the first step of the new plan after that day. So no
contact comes twice, and what the new plan has earlier is skipped.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from rebook.core.outreach.sequence import Sequence, Step, next_step_at
from rebook.core.outreach.sequence_days import days_of
from rebook.core.outreach.sequence_effort import NEVER_SILENT_CLASS

# same: the step that was next anyway. changed: another step comes next. skips: some of the new plan's steps
# never come. ends: no step is left. gains: it had no step left and gets one. over: none before or after.
MoveKind = Literal["same", "changed", "skips", "ends", "gains", "over"]
MOVE_KINDS: tuple[MoveKind, ...] = ("same", "changed", "skips", "gains", "ends", "over")


@dataclass(frozen=True, slots=True)
class Move:
    """Where a case goes on: ``position`` in the new plan (its length: nowhere); steps it never gets.

    ``keeps_date``: the next step is the one it would have been, on the day it would have come.
    """

    position: int
    kind: MoveKind
    skipped: tuple[int, ...] = ()
    keeps_date: bool = False


@dataclass(frozen=True, slots=True)
class MoveEffect:
    """Cases by what happens to them; ``told``: of class 3 and higher that would end, so a clinician hears."""

    cases: int
    kinds: tuple[tuple[MoveKind, int], ...]
    told: int

    def of(self, kind: MoveKind) -> int:
        return dict(self.kinds).get(kind, 0)

    @property
    def stamp(self) -> str:
        """The same for the same effect: what was shown is what is done."""
        return ",".join((f"cases={self.cases}", *(f"{kind}={count}" for kind, count in self.kinds)))


def move_case(old: Sequence, new: Sequence, *, position: int) -> Move:
    """Where a case goes on that has done the first ``position`` steps of ``old``."""
    position = min(position, len(old.steps))
    was_over = position == len(old.steps)
    there = _goes_on_at(old, new, position)
    if there == len(new.steps):
        return Move(there, "over" if was_over else "ends", ())
    skipped = _skipped(old, new, position, there)
    if was_over:
        return Move(there, "gains", skipped)
    is_same = _contact(old, position) == _contact(new, there)
    if skipped:
        return Move(there, "skips", skipped, is_same)
    return Move(there, "same" if is_same else "changed", (), is_same)


def _goes_on_at(old: Sequence, new: Sequence, position: int) -> int:
    if position == 0:
        return 0
    if position < len(old.steps):
        wanted = _contact(old, position)
        # The same step is there: it stays the next one, whatever else changed around it.
        for index in range(len(new.steps)):
            if _contact(new, index) == wanted:
                return index
    done = days_of(old)[position - 1]
    return next((index for index, day in enumerate(days_of(new)) if day > done), len(new.steps))


def _contact(sequence: Sequence, index: int) -> tuple[int, Step]:
    """What a step is, wherever it stands: its day in the plan and all that it says but its delay."""
    step = sequence.steps[index]
    return days_of(sequence)[index], replace(step, index=0, delay_days=0)


def _skipped(old: Sequence, new: Sequence, position: int, there: int) -> tuple[int, ...]:
    """Steps of the new plan before the next one that have no like among those already gone through."""
    done = {(day, step.channel) for day, step in zip(days_of(old), old.steps[:position], strict=False)}
    days = days_of(new)
    return tuple(index for index in range(there) if (days[index], new.steps[index].channel) not in done)


def effect_of(moves: Iterable[tuple[Move, int]]) -> MoveEffect:
    """The counts of many moves, each with its case's class of risk."""
    found = list(moves)
    counted = Counter(move.kind for move, _ in found)
    told = sum(move.kind == "ends" and risk >= NEVER_SILENT_CLASS for move, risk in found)
    kinds = tuple((kind, counted[kind]) for kind in MOVE_KINDS if counted[kind])
    return MoveEffect(len(found), kinds, told)


def due_after_move(
    old: Sequence,
    new: Sequence,
    move: Move,
    *,
    position: int,
    last_step_at: datetime | None,
    opened_at: datetime,
    now: datetime,
    zone: str,
    holidays: Collection[date] = (),
) -> datetime | None:
    """When the case's next step falls due in the new plan, never before ``now``; None where it ends.

    Counted from when its last step went out, over the days that lie between the two in the new plan.
    """
    if move.position >= len(new.steps):
        return None
    done = days_of(old)[min(position, len(old.steps)) - 1] if position else 0
    delay = max(days_of(new)[move.position] - done, 0)
    steps = list(new.steps)
    steps[move.position] = replace(steps[move.position], delay_days=delay)
    due = next_step_at(
        replace(new, steps=tuple(steps)),
        step_index=move.position,
        anchor_at=last_step_at or opened_at,
        zone=zone,
        holidays=holidays,
    )
    return max(due, now) if due else None
