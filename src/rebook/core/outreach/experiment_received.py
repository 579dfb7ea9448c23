"""What a patient really got, beside what they were drawn for: the guard, a wish or a late hour may differ."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from rebook.core.outreach.experiment import Element
from rebook.core.outreach.experiment_steps import StepArms, part_of_day

Got = Literal["as_drawn", "otherwise", "nothing"]
# Below this share of those who got something, an arm differs too little from the others to be compared.
MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class FirstContact:
    """The first contact by what is tested of one who was drawn: ``sent_at`` None where none went out (yet).

    ``due_at``: when the arm's step was due; ``zone``: where the patient is.
    """

    variant: str
    sent_at: datetime | None
    channel: str = ""
    template_hash: str = ""
    zone: str = "UTC"
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """Of one arm: who got what was drawn, who something else, who nothing (yet)."""

    variant: str
    as_drawn: int = 0
    otherwise: int = 0
    nothing: int = 0

    @property
    def is_thin(self) -> bool:
        """Whether too few of those who got anything got what was drawn."""
        got = self.as_drawn + self.otherwise
        return got > 0 and self.as_drawn < MOSTLY * got


def got_of_text(one: FirstContact, hashes: Mapping[str, Collection[str]]) -> Got:
    """``hashes``: the texts of each arm as they were stated."""
    if one.sent_at is None:
        return "nothing"
    return "as_drawn" if one.template_hash in hashes.get(one.variant, ()) else "otherwise"


def got_of_step(one: FirstContact, arms: StepArms, element: Element) -> Got:
    """Whether the step went out by the arm's channel, in its part of the day, or on its day."""
    step = arms.steps.get(one.variant)
    if one.sent_at is None or step is None:
        return "nothing"
    if element == "channel":
        fits = one.channel == step.channel
    elif element == "day_part":
        fits = step.day_part in ("any", part_of_day(one.sent_at, one.zone))
    else:
        clock = ZoneInfo(one.zone)
        due = (one.due_at or one.sent_at).astimezone(clock).date()
        fits = one.sent_at.astimezone(clock).date() == due
    return "as_drawn" if fits else "otherwise"


def received_by_arm(arms: Sequence[str], got: Iterable[tuple[str, Got]]) -> tuple[Received, ...]:
    """Counts for each arm from (arm, what they got) of everybody drawn."""
    counts: dict[str, dict[Got, int]] = {name: {} for name in arms}
    for name, what in got:
        if name in counts:
            counts[name][what] = counts[name].get(what, 0) + 1
    return tuple(
        Received(name, found.get("as_drawn", 0), found.get("otherwise", 0), found.get("nothing", 0))
        for name, found in counts.items()
    )
