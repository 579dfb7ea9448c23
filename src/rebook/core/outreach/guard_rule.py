"""What a rule of the guard is: a key, a judge, and the sentence that explains it to people."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rebook.core.outreach.values import GuardPolicy, GuardSubject, Origin
from rebook.core.reasons import Reason

# Recall and marketing are our idea; operations and information answer something that already runs.
RECALL_PURPOSES = frozenset({"treatment_recall", "marketing"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule spoke. Without ``until`` it refuses; with it, asking again at that instant is worth while."""

    reason: Reason
    until: datetime | None = None


Judge = Callable[[GuardSubject, GuardPolicy, datetime], Finding | None]


@dataclass(frozen=True, slots=True)
class GuardRule:
    """One line of the guard. ``not_for`` are the origins it does not bind, and ``says`` gives the reason."""

    key: str
    judge: Judge
    says: str
    source: str
    not_for: frozenset[Origin] = frozenset()


def refuse(rule: str, detail: str = "") -> Finding:
    return Finding(Reason(rule, detail))


def wait(rule: str, detail: str, *, until: datetime) -> Finding:
    return Finding(Reason(rule, detail), until)


def is_live_session(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> bool:
    """The patient wrote within the last minutes and this answers them (R-A38); a future stamp does not."""
    wrote_at = subject.patient_last_wrote_at
    if subject.origin != "reply" or wrote_at is None:
        return False
    return 0 <= (now - wrote_at).total_seconds() <= policy.reply_session_minutes * 60
