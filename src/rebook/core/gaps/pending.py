"""Rules for what was begun and waits to be finished, as data (R-C120, R-C125-C133, R-C63, R-C92, R-C100).

One rule per kind and priority: from which day on it is a gap, what closes it, how grave it is, and whether
the patient may be written to or a task for staff is all. ``packs.operational`` reads them from a file;
``operational_pending`` judges one patient by them, ``analytics.gaps.operational_pending`` everybody.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Literal

from rebook.core.chart import PendingRecord
from rebook.core.words import GAP_OUTREACH, PENDING_KINDS, PENDING_PRIORITIES

from .contradictions import MAX_RISK_CLASS, DefinitionInvalid
from .dates import add_days
from .definition import SIGNED_FROM_CLASS

# What the days count from: the day it was opened; the day it was due; the later of both, the due day itself
# being enough; the last visit since it was opened; the day a free time was found.
CountFrom = Literal["opened", "due", "later", "last_visit", "match"]
COUNT_FROM = ("opened", "due", "later", "last_visit", "match")
# "state": only its source may say that it is finished. "visit": any visit after the day it counts from;
# "visit_of_type": one of its own kind. "booking", "booking_of_type": likewise a coming appointment.
CLOSED_BY = ("state", "visit", "visit_of_type", "booking", "booking_of_type")
MOST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class PendingRule:
    """``priorities`` empty means every one. Days are calendar days unless ``business_days``.

    ``adds_to_class`` >= 0: the class is that of the visit it leads to, plus this; ``risk_class`` where no
    rule knows the visit. ``lead_days`` opens that long before it is due instead of after. ``units_at_most``
    opens at once when no more units are left (the item's own threshold goes first). ``weekly_at_least``:
    only for plans of so many visits a week.
    """

    kind: str
    label: Mapping[str, str]
    source: str
    owner_role: str
    priorities: tuple[str, ...] = ()
    weekly_at_least: int = 0
    count_from: CountFrom = "opened"
    opens_after_days: int = 0
    business_days: bool = False
    lead_days: int = 0
    units_at_most: int | None = None
    risk_class: int = 2
    adds_to_class: int = -1
    outreach: str = "yes"
    first_channel: str = "sms"
    closed_by: tuple[str, ...] = ("state",)
    # A coming appointment counts only when it is no more than so many days ahead; 0 means any.
    booking_within_days: int = 0
    lapses_after_days: int = 365
    medications: tuple[str, ...] = ()
    signed_off_by: str = ""

    def __post_init__(self) -> None:
        for name, allowed in (
            ("kind", PENDING_KINDS),
            ("outreach", GAP_OUTREACH),
            ("count_from", COUNT_FROM),
        ):
            if getattr(self, name) not in allowed:
                raise DefinitionInvalid(name, f"must be one of {', '.join(allowed)}")
        for name, words in (("priorities", PENDING_PRIORITIES), ("closed_by", CLOSED_BY)):
            for word in getattr(self, name):
                if word not in words:
                    raise DefinitionInvalid(name, f"'{word}' is none of {', '.join(words)}")
        for name in ("opens_after_days", "lead_days", "lapses_after_days", "booking_within_days"):
            if not 0 <= getattr(self, name) <= MOST_DAYS:
                raise DefinitionInvalid(name, f"must be 0 to {MOST_DAYS}")
        if not 0 <= self.risk_class <= MAX_RISK_CLASS:
            raise DefinitionInvalid("risk_class", f"must be 0 to {MAX_RISK_CLASS}")
        if not -1 <= self.adds_to_class <= MAX_RISK_CLASS:
            raise DefinitionInvalid("adds_to_class", f"must be 0 to {MAX_RISK_CLASS}")
        if self.lead_days and (self.count_from != "due" or self.opens_after_days):
            raise DefinitionInvalid("lead_days", 'wants count_from = "due" and no opens_after_days')
        if self.count_from == "last_visit" and {"visit", "visit_of_type"} & set(self.closed_by):
            raise DefinitionInvalid("closed_by", "a visit is what it counts from and cannot close it")
        if not self.source:
            raise DefinitionInvalid("source", "is missing")

    def __hash__(self) -> int:
        # ``label`` is a mapping and has no hash; equality still looks at everything.
        return hash((self.kind, self.priorities, self.weekly_at_least, self.medications, self.source))

    @property
    def key(self) -> str:
        """What a clinician's signature names: "pending.test_not_done.urgent"."""
        parts = ["pending", self.kind, *self.priorities]
        if self.weekly_at_least:
            parts.append(f"weekly_{self.weekly_at_least}")
        return ".".join([*parts, *(["named"] if self.medications else [])])

    @property
    def content_hash(self) -> str:
        """SHA-256 of everything but the signature: what a clinician signs."""
        content = asdict(self) | {"label": dict(sorted(self.label.items()))}
        del content["signed_off_by"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def words(self, language: str = "en") -> str:
        """The label in ``language``, in English where it is missing."""
        return self.label.get(language) or self.label.get("en") or self.kind

    def outreach_when(self, signed: Collection[tuple[str, str]]) -> str:
        """Grave and not signed by a clinician: staff see it, nobody is written to."""
        is_signed = bool(self.signed_off_by) or (self.key, self.content_hash) in signed
        return "staff" if self.risk_class >= SIGNED_FROM_CLASS and not is_signed else self.outreach

    def fits(self, *, kind: str, priority: str, visits_per_week: int | None) -> bool:
        """Is this the rule for such an item; the first that fits counts."""
        return (
            kind == self.kind
            and not self.medications
            and (not self.priorities or priority in self.priorities)
            and (visits_per_week or 0) >= self.weekly_at_least
        )


def rule_for(rules: Sequence[PendingRule], item: PendingRecord) -> PendingRule | None:
    """The first rule for ``item``."""
    for one in rules:
        if one.fits(kind=item.kind, priority=item.priority, visits_per_week=item.visits_per_week):
            return one
    return None


def add_business_days(day: date, days: int) -> date:
    """So many weekdays after ``day``, never before it; after a weekend they count from the Friday before.

    Public holidays are not taken out: what waits is then seen a day early, never late.
    """
    weekday = day.weekday()
    within = min(weekday, 4)
    more = days + 2 * ((within + days) // 5) - (weekday - within)
    return add_days(day, max(more, 0))


def after(rule: PendingRule, base: date) -> date:
    """The day on which ``rule`` opens what counts from ``base``."""
    if rule.lead_days:
        return base - timedelta(days=min(rule.lead_days, (base - date.min).days))
    if rule.business_days:
        return add_business_days(base, rule.opens_after_days)
    return add_days(base, rule.opens_after_days)
