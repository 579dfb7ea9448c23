"""Who comes first: risk, how long overdue for its interval, intent, expected gain; money only breaks ties.

R-C4. In order:

1. risk class, the gravest first;
2. overdue, in quarters of the interval: a 3-month visit 3 months late comes before a yearly one 6 months
   late; a visit never recorded here counts one interval at most. Quarters rather than days, so that what a
   patient asked for is not outweighed by a week;
3. intent: asked to be called or said yes, then opened links twice or more (R-C129);
4. expected gain of a contact, in whole returns per hundred, where it was learned (``core.expected_gain``);
5. overdue to the thousandth of the interval;
6. money collected in a lifetime, which decides nothing but ties;
7. the lower id, so that the order is always the same.

Language, payer and whatever predicts a no-show are not arguments of anything here (R-F64).
"""

from dataclasses import dataclass
from datetime import date

from rebook.core.expected_gain import Gain
from rebook.core.reasons import Reason

# Where an event has no interval of its own (cancelled, missed), a month stands in.
DEFAULT_INTERVAL_DAYS = 30
# Beyond four intervals nobody is more overdue.
MOST_OVERDUE = 4_000
# A first visit that was never recorded here may have been had elsewhere: it counts one interval at most.
MOST_OVERDUE_FIRST = 1_000
# Signals older than this say nothing any more.
SIGNAL_DAYS = 30
ENOUGH_LINKS = 2

CLASS_WORDS = (
    "elective",
    "routine prevention",
    "chronic follow-up or treatment course",
    "monitoring where delay can harm",
    "time-critical, owned by a clinician",
)


@dataclass(frozen=True, slots=True)
class Intent:
    """What a patient did of late that says "I want to come"."""

    said_yes: bool = False
    asked_for_call: bool = False
    links_opened: int = 0

    @property
    def points(self) -> int:
        return 2 * (self.said_yes or self.asked_for_call) + (self.links_opened >= ENOUGH_LINKS)


@dataclass(frozen=True, slots=True)
class Ranked:
    """What the order looks at for one open gap."""

    gap_id: int
    risk_class: int
    overdue_on: date
    interval_days: int | None
    value_cents: int
    intent: Intent = Intent()
    # Never recorded here: there is no last one to count from.
    is_first: bool = False
    # Of the stratum; empty where nothing was ever learned or stated, and then it counts nothing.
    gain: Gain | None = None


def overdue_thousandths(gap: Ranked, *, as_of: date) -> int:
    """Days overdue in thousandths of the interval, from 0 to the most that counts."""
    most = MOST_OVERDUE_FIRST if gap.is_first else MOST_OVERDUE
    return min(_days_overdue(gap, as_of) * 1000 // (gap.interval_days or DEFAULT_INTERVAL_DAYS), most)


def rank_key(gap: Ranked, *, as_of: date) -> tuple[int, int, int, int, int, int, int]:
    """Sorts gaps, the first to be looked after first."""
    overdue = overdue_thousandths(gap, as_of=as_of)
    return (
        -gap.risk_class,
        -(overdue // 250),
        -gap.intent.points,
        -(gap.gain.points if gap.gain else 0),
        -overdue,
        -gap.value_cents,
        gap.gap_id,
    )


def rank_reasons(gap: Ranked, *, as_of: date) -> tuple[Reason, ...]:
    """Why a gap stands where it stands, in plain words."""
    reasons = [Reason("risk_class", f"class {gap.risk_class}: {CLASS_WORDS[gap.risk_class]}")]
    days = _days_overdue(gap, as_of)
    interval = gap.interval_days or DEFAULT_INTERVAL_DAYS
    if days:
        reasons.append(Reason("overdue", f"overdue for {days} days; the interval is {interval} days"))
    else:
        reasons.append(
            Reason("overdue", "due, not yet overdue" if as_of < gap.overdue_on else "overdue since today")
        )
    if gap.is_first:
        reasons.append(Reason("first", "never recorded here, perhaps had elsewhere"))
    if gap.intent.asked_for_call:
        reasons.append(Reason("intent", "asked to be called"))
    if gap.intent.said_yes:
        reasons.append(Reason("intent", "said yes and has no appointment"))
    if gap.intent.links_opened >= ENOUGH_LINKS:
        reasons.append(Reason("intent", f"opened {gap.intent.links_opened} links"))
    if gap.gain:
        reasons.append(Reason("expected_gain", gap.gain.words))
    return tuple(reasons)


def _days_overdue(gap: Ranked, as_of: date) -> int:
    return max((as_of - gap.overdue_on).days, 0)
