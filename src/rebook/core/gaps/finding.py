"""What judging a chart says: one finding per rule and per event looked at, open or not, with its steps."""

from dataclasses import dataclass
from datetime import date

from rebook.core.words import PENDING_KINDS

from .tiers import programme_of

KINDS = (
    "interval",
    "follow_up_not_booked",
    "cancelled_not_rebooked",
    "no_show_not_rebooked",
    *PENDING_KINDS,
    "later_than_usual",
    "inactive",
)

# open: a gap. booked: it would be one, but a coming appointment closes it. The rest say why there is none.
VERDICTS = (
    "open",
    "booked",
    "not_due",
    "seen_since",
    "covered",
    "replaced",
    "too_old",
    "not_eligible",
    "unknown",
    "excluded",
    "unsigned",
    "nothing_to_count_from",
    "deceased",
    "merged",
    "left_practice",
    # Of something begun: its source says that it is finished; it is waited for no longer.
    "done",
    "lapsed",
    # Another rule takes its place; past the last age of its schedule; not on these days of the year.
    "superseded",
    "aged_out",
    "off_season",
    # Settled for this patient: left alone for now, or for good.
    "snoozed",
    "no_recall",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tested: the rule, whether it passed (None: only noted), and the dates in words."""

    rule: str
    passed: bool | None
    detail: str

    def as_json(self) -> dict[str, str | bool | None]:
        return {"rule": self.rule, "passed": self.passed, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class GapFinding:
    """A rule's answer for one patient. Dates are empty where the rule never came to them.

    ``definition_key`` is the definition's, or "<kind>:<id of the event>", or "inactive".
    """

    patient_id: int
    definition_key: str
    kind: str
    verdict: str
    tier: str
    risk_class: int
    visit_type: str = ""
    is_sensitive: bool = False
    anchor_on: date | None = None
    due_on: date | None = None
    overdue_on: date | None = None
    interval_days: int | None = None
    location_id: int | None = None
    # What drove it, for the reader of the trace.
    follow_up_id: int | None = None
    appointment_id: int | None = None
    # "yes", "at_visit" or "staff": what the gap may lead to.
    outreach: str = "yes"
    steps: tuple[Step, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.verdict == "open"

    @property
    def programme(self) -> str:
        """R-C144: "recall" or "reactivation", two programmes with reports of their own."""
        return programme_of(self.tier)
