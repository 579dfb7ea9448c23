"""By which way patients come back: channels within segments, where they leave on the way (Q-548, Q-559)."""

from collections.abc import Iterable
from dataclasses import dataclass

# A share of fewer is not shown: it would be noise with a percent sign.
FEWEST = 20
# What a segment may be here.
SEGMENTS = ("kind", "tier", "location", "language", "age")


@dataclass(frozen=True, slots=True)
class ChannelCell:
    """Cases of one segment first contacted by one channel, and how far they got."""

    segment: str
    channel: str
    attempted: int
    reached: int
    responded: int
    booked: int
    succeeded: int

    @property
    def share(self) -> float | None:
        """Won back of those tried; None where they are too few."""
        return self.succeeded / self.attempted if self.attempted >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a way, in contacts. ``left``: how many got to the one before and not to this."""

    key: str
    count: int
    left: int


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a booking by one channel, from first to last step."""

    key: str
    channel: str
    stages: tuple[Stage, ...]

    @property
    def loses_most_at(self) -> str:
        """The step before which most leave; "" when nobody does."""
        worst = max(self.stages[1:], key=lambda one: one.left, default=None)
        return worst.key if worst and worst.left else ""


def segment_order(cells: Iterable[ChannelCell]) -> tuple[ChannelCell, ...]:
    """Segments with most tried first, their channels likewise."""
    found = list(cells)
    size: dict[str, int] = {}
    for one in found:
        size[one.segment] = size.get(one.segment, 0) + one.attempted
    return tuple(
        sorted(found, key=lambda one: (-size[one.segment], one.segment, -one.attempted, one.channel))
    )


def way(key: str, channel: str, counts: Iterable[tuple[str, int]]) -> Way:
    """A way from the counts of its steps, each among those of the step before."""
    stages: list[Stage] = []
    for step, count in counts:
        before = stages[-1].count if stages else count
        stages.append(Stage(step, count, max(before - count, 0)))
    return Way(key, channel, tuple(stages))
