"""A sequence drawn on a day axis: one row per channel, one numbered dot per step."""

from dataclasses import dataclass

from rebook.core.outreach.sequence import Sequence
from rebook.core.outreach.sequence_timeline import Timeline
from rebook.web.words import words

LEFT, TOP, WIDTH, ROW = 110, 14, 720, 40
RADIUS = 11
# Dots that would lie on one another stand beside one another.
APART = 2 * RADIUS + 3


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    number: int
    is_conditional: bool
    has_fallback: bool
    title: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where everything of the picture stands, in its own units."""

    width: int
    height: int
    left: int
    right: int
    radius: int
    lanes: tuple[tuple[str, float], ...]
    marks: tuple[tuple[str, float], ...]
    dots: tuple[Dot, ...]


def drawing(sequence: Sequence, laid: Timeline) -> Drawing:
    """The picture of a sequence laid out by ``core.outreach.sequence_timeline``."""
    right = WIDTH - 30
    span = max(laid.last_day, 1)

    def x_of(day: int) -> float:
        return round(LEFT + 24 + (right - LEFT - 48) * day / span, 1)

    dots: list[Dot] = []
    edge: dict[int, float] = {}
    for one in laid.placed:
        step = sequence.steps[one.index]
        x = max(x_of(one.day), edge.get(one.lane, 0.0))
        edge[one.lane] = x + APART
        title = f"Step {one.index + 1}: {words(one.channel, 'channel').lower()}, day {one.day}"
        dots.append(
            Dot(
                x,
                TOP + ROW * (one.lane + 0.5),
                one.index + 1,
                one.is_conditional,
                bool(step.fallbacks),
                title,
            )
        )
    furthest = max((dot.x for dot in dots), default=0.0)
    lanes = tuple(
        (words(lane, "channel"), TOP + ROW * (place + 0.5)) for place, lane in enumerate(laid.lanes)
    )
    return Drawing(
        width=max(WIDTH, int(furthest) + 40),
        height=TOP + ROW * len(laid.lanes) + 34,
        left=LEFT,
        right=right,
        radius=RADIUS,
        lanes=lanes,
        marks=tuple((f"day {day}" if day else "day 0", x_of(day)) for day in laid.marks),
        dots=tuple(dots),
    )
