"""Nobody forgotten: where every overdue patient stands, and an alarm for those nobody looks after."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from rebook.accounts import read as accounts
from rebook.core.attention import STATES, Attention, AttentionFacts, attention
from rebook.core.outreach.campaign_plan import read_plan
from rebook.flow.common.standing_alarm import keep_alarm
from rebook.packs.exclusions import barring_words
from rebook.records.read import attention as read
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import doctor as read_doctor
from rebook.records.read.attention import Foremost
from rebook.records.read.campaigns import CampaignView
from rebook.records.read.patientfile import PatientLine

ALARM = "nobody_looks_after"
LISTED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class AttentionLine:
    """Patients in one state for one reason."""

    state: str
    rule: str
    detail: str
    patients: int


@dataclass(frozen=True, slots=True)
class AttentionReport:
    """Every overdue patient in exactly one line; ``overdue`` is their sum."""

    overdue: int
    by_state: dict[str, int]
    lines: tuple[AttentionLine, ...]

    @property
    def nobody(self) -> int:
        return self.by_state["nobody"]


@dataclass(frozen=True, slots=True)
class AttentionSummary:
    """Of the daily look: patients by state, and whether the alarm was raised or taken back."""

    overdue: int = 0
    nobody: int = 0
    by_state: dict[str, int] = field(default_factory=dict)
    alarm: str = ""


class _Practice:
    """What the question depends on, read once."""

    def __init__(self, *, organisation_id: int, today: date, now: datetime) -> None:
        self.organisation_id, self.today, self.now = organisation_id, today, now
        settings = accounts.organisation(organisation_id=organisation_id).settings
        own = (settings.get("guard") or {}).get("barring_exclusions") or ()
        self.barring = sorted(barring_words() | set(own))
        examined = read_doctor.newest_examination(organisation_id=organisation_id)
        self.unsafe: Sequence[str] = examined.unsafe_definitions if examined else ()

    @cached_property
    def campaigns(self) -> list[CampaignView]:
        """Those that will take an overdue patient in sooner or later: not one that is over, nor one that only
        looks at a date (a birthday, a day before the due date)."""
        found = read_campaigns.campaigns(organisation_id=self.organisation_id, states=["active", "paused"])
        return [one for one in found if self._takes_overdue(one)]

    def _takes_overdue(self, campaign: CampaignView) -> bool:
        plan = read_plan(campaign.plan)
        ends_on = plan.calendar.ends_on
        return plan.trigger is None and (ends_on is None or ends_on >= self.today)

    @property
    def asked(self) -> dict[str, object]:
        return {
            "organisation_id": self.organisation_id,
            "campaigns": self.campaigns,
            "barring": self.barring,
            "unsafe": self.unsafe,
            "today": self.today,
            "now": self.now,
        }

    def counted(self) -> list[tuple[AttentionFacts, int]]:
        return read.counted(**self.asked)  # type: ignore[arg-type]

    def foremost(self, most: int) -> list[Foremost]:
        return read.foremost(**self.asked, most=most)  # type: ignore[arg-type]


def attention_report(*, organisation_id: int, today: date, now: datetime) -> AttentionReport:
    """Where every overdue patient stands at ``now``. Reads only; one query whatever the population."""
    found = _Practice(organisation_id=organisation_id, today=today, now=now).counted()
    counts: Counter[Attention] = Counter()
    for facts, patients in found:
        counts[attention(facts)] += patients
    by_state: dict[str, int] = dict.fromkeys(STATES, 0)
    for one, patients in counts.items():
        by_state[one.state] += patients
    lines = [
        AttentionLine(one.state, one.reason.rule, one.reason.detail, patients)
        for one, patients in counts.items()
    ]
    lines.sort(key=lambda line: (STATES.index(line.state), -line.patients, line.rule))
    return AttentionReport(sum(by_state.values()), by_state, tuple(lines))


def patients_in_state(
    *,
    organisation_id: int,
    state: str,
    rule: str = "",
    today: date,
    now: datetime,
    limit: int = LISTED_AT_ONCE,
    offset: int = 0,
) -> tuple[PatientLine, ...]:
    """The patients behind a line, best rank first. ``rule`` "" takes every reason of the state."""
    practice = _Practice(organisation_id=organisation_id, today=today, now=now)
    found = [
        one
        for one in practice.foremost(offset + limit)
        if (stands := attention(one.facts)).state == state and rule in ("", stands.reason.rule)
    ]
    found.sort(key=lambda one: (one.rank is None, one.rank, one.patient_id))
    return read.lines(found[offset : offset + limit])


def look_for_forgotten(*, organisation_id: int, as_of: date, now: datetime) -> AttentionSummary:
    """The daily look: raise one alarm while anybody is forgotten, and take it back when nobody is."""
    report = attention_report(organisation_id=organisation_id, today=as_of, now=now)
    alarm = keep_alarm(organisation_id=organisation_id, key=ALARM, is_on=bool(report.nobody), now=now)
    return AttentionSummary(report.overdue, report.nobody, dict(report.by_state), alarm)
