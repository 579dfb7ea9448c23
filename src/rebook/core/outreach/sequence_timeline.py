"""A sequence laid out on a calendar: which day each step would come if every one were taken on time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rebook.core.channel import ChannelKind
from rebook.core.outreach.sequence import CHANNEL_KINDS, Sequence, next_step_at
from rebook.core.outreach.sequence_days import Stood, step_after


@dataclass(frozen=True, slots=True)
class Placed:
    """One step on the calendar. ``day`` counts from the first day, ``lane`` is its channel's row."""

    index: int
    channel: ChannelKind
    at: datetime
    on: date
    day: int
    lane: int
    is_conditional: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """``lanes`` are the channels in use, one row each; ``last_day`` is that of the last step."""

    lanes: tuple[ChannelKind, ...]
    placed: tuple[Placed, ...]
    last_day: int

    @property
    def marks(self) -> tuple[int, ...]:
        """Days to write under the axis: at most eight, even steps, the first always."""
        step = next(size for size in (1, 2, 7, 14, 28, 56, 112, 364) if self.last_day <= 7 * size)
        return tuple(range(0, self.last_day + 1, step))


def timeline(
    sequence: Sequence, *, starts_at: datetime, zone: str, holidays: Collection[date] = ()
) -> Timeline:
    """The steps on the calendar of ``zone`` for who comes in at ``starts_at`` (aware)."""
    used = {step.channel for step in sequence.steps}
    lanes = tuple(kind for kind in CHANNEL_KINDS if kind in used)
    clock = ZoneInfo(zone)
    first = starts_at.astimezone(clock).date()
    placed: list[Placed] = []
    at = next_step_at(sequence, step_index=0, anchor_at=starts_at, zone=zone, holidays=holidays) or starts_at
    stood = Stood(0, at, 0, at)
    for step in sequence.steps:
        if step.index:
            due = step_after(sequence, stood, place=step.index - 1, now=at, zone=zone, holidays=holidays)
            at = due or at
            stood = stood.then(step.index, at)
        on = at.astimezone(clock).date()
        lane = lanes.index(step.channel)
        day = (on - first).days
        placed.append(Placed(step.index, step.channel, at, on, day, lane, not step.when.is_always))
    return Timeline(lanes, tuple(placed), max((one.day for one in placed), default=0))
