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
    # What it looks at, by the names of ``GuardSubject``; for pages that explain.
    looks_at: tuple[str, ...] = ()


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


def within_months(since: datetime | None, months: int, now: datetime) -> bool:
    """Whether ``since`` lies at most so many calendar months back; the last day counts. None never does."""
    if since is None or months <= 0:
        return False
    if since > now:
        return True
    years, month = divmod(since.month - 1 + months, 12)
    year, month = since.year + years, month + 1
    try:
        ends = since.replace(year=year, month=month)
    except ValueError:
        # The 31st of a month that has fewer days.
        ends = since.replace(year=year, month=month, day=28)
    return now <= ends
