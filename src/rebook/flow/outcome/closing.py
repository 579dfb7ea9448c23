"""Stage close: appointments and visits matched to cases; every case ends in exactly one outcome."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from rebook.accounts import read as accounts
from rebook.core.outcome import CaseVerdict, decide_outcome
from rebook.packs.gaps import gap_definitions
from rebook.records.read import outcomes as read
from rebook.records.write import outcomes as write

from .succeeding import judge_successes

# A pass that was missed for so long is made up for.
LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CloseSummary:
    """Cases looked at, credits and outcomes written, and how cases ended by word."""

    looked_at: int
    changed: int
    outcomes: dict[str, int] = field(default_factory=dict)
    # Judgements of success written, of open and ended cases.
    judged: int = 0


def close_cases(*, organisation_id: int, as_of: date, now: datetime) -> CloseSummary:
    """Judge every open case at ``now``, and whether cases were a success. A second run changes nothing."""
    satisfying = _satisfying(organisation_id)
    with transaction.atomic(durable=True):
        cases = read.open_cases(organisation_id=organisation_id, now=now, satisfying=satisfying)
        verdicts = [decide_outcome(case, now=now) for case in cases]
        news = [one for one in verdicts if _is_news(one)]
        changed = write.apply_verdicts(organisation_id=organisation_id, verdicts=news, now=now)
        # Also those that a reply or a person ended since: a grave reason never ends silently (R-C6).
        untold = read.ended_untold(organisation_id=organisation_id, since=now - LOOKED_BACK, now=now)
        write.open_unable_to_reach(organisation_id=organisation_id, case_ids=untold, now=now)
    outcomes = Counter(one.outcome for one in news if one.outcome)
    judged = judge_successes(organisation_id=organisation_id, satisfying=satisfying, now=now)
    return CloseSummary(looked_at=len(cases), changed=changed, outcomes=dict(outcomes), judged=judged)


def _is_news(verdict: CaseVerdict) -> bool:
    return bool(verdict.outcome or verdict.appointment_id or verdict.visit_kept_at)


def _satisfying(organisation_id: int) -> dict[str, frozenset[str]]:
    packs = accounts.organisation(organisation_id=organisation_id).pack_keys
    return {one.key: one.booked_types for one in gap_definitions(tuple(packs))}
