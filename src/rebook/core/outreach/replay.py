"""What a replay tells: line by line what would be planned, put off, refused and sent, and how it ends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rebook.core.outreach.values import Decision
from rebook.core.reasons import Reason

LineKind = Literal[
    "event", "planned", "deferred", "refused", "expired", "sent", "failed", "passed_over", "paused",
    "goes_on", "booked", "closed", "task", "test", "unread",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReplayLine:
    """One thing that would happen. ``step`` is the place in the plan, None for what is no step's."""

    at: datetime
    kind: LineKind
    step: int | None = None
    channel: str = ""
    reasons: tuple[Reason, ...] = ()
    says: str = ""
    # When a planned or deferred attempt would go out.
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """The whole story. ``outcome`` is empty when the case is still open after ``days``."""

    lines: tuple[ReplayLine, ...]
    outcome: str
    days: int
    # False when the patient has no reason to come back now, and one of class 1 was imagined.
    has_reason: bool = True

    @property
    def sent(self) -> tuple[ReplayLine, ...]:
        return tuple(line for line in self.lines if line.kind == "sent")


@dataclass(slots=True)
class ImaginedAttempt:
    """An attempt that nobody wrote. ``state`` as in the ledger."""

    id: int
    step_index: int
    place: int
    channel: str
    decision: Decision
    state: str
    due_at: datetime
    expires_at: datetime
    # What of it is as the patient asked.
    wishes: str = ""
    sent_at: datetime | None = None
    was_read: bool = False
    # Nobody read it for a week, and the case went on without it.
    is_given_up: bool = False

    @property
    def waits(self) -> bool:
        return self.state in ("planned", "deferred")
