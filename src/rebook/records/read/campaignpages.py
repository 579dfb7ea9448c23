"""Campaigns as their pages show them: what will happen, to whom, what did, and what is stuck."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncDate

from rebook.records.models import Attempt, Campaign, Case, GuardDecision
from rebook.records.read.goals import WON_AT, won_by_campaign
from rebook.records.read.worklist import GapLine, full_name, gap_line

# The funnel of one campaign: each stage a question to the cases that were contacted.
STAGES: dict[str, Q] = {
    "cases": Q(),
    "open": Q(closed_at__isnull=True),
    "paused": Q(closed_at__isnull=True, paused_at__isnull=False),
    "attempted": Q(first_attempt_at__isnull=False),
    "reached": Q(reached_at__isnull=False),
    "responded": Q(responded_at__isnull=False),
    "booked": Q(booked_at__isnull=False),
    "kept": Q(visit_kept_at__isnull=False, booked_at__isnull=False),
    # Asked of rows annotated with ``WON_AT``.
    "won": Q(won_at__isnull=False),
}


@dataclass(frozen=True, slots=True)
class CampaignLine:
    id: int
    name: str
    state: str
    owner_name: str
    daily_limit: int
    holdout_percent: int
    launched_at: datetime | None
    open: int
    attempted: int
    booked: int
    kept: int
    # By the campaign's own definition of success: what its goal counts.
    won: int = 0
    owner_id: int | None = None
    goal_visits: int | None = None
    goal_on: date | None = None
    budget_cents: int | None = None
    # As ``core.outreach.campaign_plan.read_plan`` reads it.
    plan: dict[str, Any] = field(default_factory=dict)
    paused_at: datetime | None = None
    last_opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """How many cases of a campaign got how far. ``holdout`` are compared with, never contacted."""

    counts: dict[str, int]
    holdout: int
    outcomes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class CampaignFile:
    id: int
    name: str
    state: str
    owner_id: int | None
    owner_name: str
    purpose: str
    segment: dict[str, Any]
    sequence_key: str
    sequence: dict[str, Any]
    daily_limit: int
    holdout_percent: int
    created_at: datetime
    launched_at: datetime | None
    paused_at: datetime | None
    backup_id: int | None = None
    backup_name: str = ""
    programme: str = ""
    goal_visits: int | None = None
    goal_on: date | None = None
    budget_cents: int | None = None
    rest_days: int | None = None
    plan: dict[str, Any] = field(default_factory=dict)
    cloned_from_id: int | None = None
    cloned_from_name: str = ""
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseLine:
    id: int
    patient_id: int
    patient_name: str
    gap: GapLine
    arm: str
    opened_at: datetime
    step_index: int
    next_step_at: datetime | None
    paused_at: datetime | None
    pause_reason: str
    booked_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class CasePage:
    lines: tuple[CaseLine, ...]
    total: int


def campaign_lines(*, organisation_id: int) -> tuple[CampaignLine, ...]:
    """Every campaign, running ones first."""
    contact = Q(cases__arm="contact")
    rows = Campaign.objects.filter(organisation_id=organisation_id).select_related("owner")
    rows = rows.annotate(
        open=Count("cases", filter=contact & Q(cases__closed_at__isnull=True)),
        attempted=Count("cases", filter=contact & Q(cases__first_attempt_at__isnull=False)),
        booked=Count("cases", filter=contact & Q(cases__booked_at__isnull=False)),
        kept=Count(
            "cases", filter=contact & Q(cases__visit_kept_at__isnull=False, cases__booked_at__isnull=False)
        ),
        last_opened_at=Max("cases__opened_at"),
    )
    won = won_by_campaign(organisation_id=organisation_id)
    order = {"active": 0, "paused": 1, "draft": 2, "archived": 3}
    lines = [
        CampaignLine(
            id=row.pk,
            name=row.name,
            state=row.state,
            owner_name=(row.owner.name or row.owner.email) if row.owner else "",
            daily_limit=row.daily_limit,
            holdout_percent=row.holdout_percent,
            launched_at=row.launched_at,
            open=row.open,
            attempted=row.attempted,
            booked=row.booked,
            kept=row.kept,
            won=won.get(row.pk, 0),
            owner_id=row.owner_id,
            goal_visits=row.goal_visits,
            goal_on=row.goal_on,
            budget_cents=row.budget_cents,
            plan=row.plan,
            paused_at=row.paused_at,
            last_opened_at=row.last_opened_at,
        )
        for row in rows.order_by("name")
    ]
    return tuple(sorted(lines, key=lambda line: order[line.state]))


def campaign_file(*, organisation_id: int, campaign_id: int) -> CampaignFile | None:
    """One campaign of the organisation, or None."""
    rows = Campaign.objects.select_related("owner", "backup", "cloned_from")
    row = rows.filter(organisation_id=organisation_id, pk=campaign_id).first()
    if row is None:
        return None
    return CampaignFile(
        id=row.pk,
        name=row.name,
        state=row.state,
        owner_id=row.owner_id,
        owner_name=(row.owner.name or row.owner.email) if row.owner else "",
        purpose=row.purpose,
        segment=row.segment,
        sequence_key=row.sequence_key,
        sequence=row.sequence,
        daily_limit=row.daily_limit,
        holdout_percent=row.holdout_percent,
        created_at=row.created_at,
        launched_at=row.launched_at,
        paused_at=row.paused_at,
        backup_id=row.backup_id,
        backup_name=(row.backup.name or row.backup.email) if row.backup else "",
        programme=row.programme,
        goal_visits=row.goal_visits,
        goal_on=row.goal_on,
        budget_cents=row.budget_cents,
        rest_days=row.rest_days,
        plan=row.plan,
        cloned_from_id=row.cloned_from_id,
        cloned_from_name=row.cloned_from.name if row.cloned_from else "",
        archived_at=row.archived_at,
    )


def reached(*, organisation_id: int, campaign_id: int) -> Reached:
    """How far the cases of a campaign got, and how they ended."""
    rows = Case.objects.filter(organisation_id=organisation_id, campaign_id=campaign_id)
    contact = Q(arm="contact")
    counts = rows.annotate(won_at=WON_AT).aggregate(
        **{f"n_{name}": Count("pk", filter=contact & stage) for name, stage in STAGES.items()},
        holdout=Count("pk", filter=Q(arm="holdout")),
    )
    ended = rows.filter(contact, closed_at__isnull=False).values("outcome").annotate(n=Count("pk"))
    outcomes = tuple((row["outcome"], row["n"]) for row in ended.order_by("-n", "outcome"))
    return Reached({name: counts[f"n_{name}"] for name in STAGES}, counts["holdout"], outcomes)


def coming(
    *, organisation_id: int, campaign_id: int, now: datetime, days: int = 7
) -> tuple[tuple[date, int], ...]:
    """[(day, contacts due)] of the coming days; what is overdue counts for the first."""
    rows = Case.objects.filter(
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        arm="contact",
        closed_at__isnull=True,
        paused_at__isnull=True,
        next_step_at__lt=now + timedelta(days=days),
    )
    found = rows.annotate(on=TruncDate("next_step_at")).values("on").annotate(n=Count("pk")).order_by("on")
    by_day: dict[date, int] = {}
    for row in found:
        on = max(row["on"], now.date())
        by_day[on] = by_day.get(on, 0) + row["n"]
    return tuple(sorted(by_day.items()))


def attempt_states(*, organisation_id: int, campaign_id: int) -> tuple[tuple[str, str, int], ...]:
    """[(channel, state, attempts)] of a campaign."""
    rows = Attempt.objects.filter(organisation_id=organisation_id, case__campaign_id=campaign_id)
    counted = rows.values("channel", "state").annotate(n=Count("pk")).order_by("channel", "state")
    return tuple((row["channel"], row["state"], row["n"]) for row in counted)


def not_contacted(*, organisation_id: int, campaign_id: int) -> tuple[tuple[str, str, int], ...]:
    """[(verdict, rule, cases)]: for each open case without any contact, the guard's last first reason."""
    rows = _latest_no(organisation_id, campaign_id)
    counts: dict[tuple[str, str], int] = {}
    for verdict, reasons in rows.values_list("verdict", "reasons"):
        rule = str(reasons[0].get("rule", "")) if reasons else ""
        counts[verdict, rule] = counts.get((verdict, rule), 0) + 1
    return tuple(
        (verdict, rule, count)
        for (verdict, rule), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def _latest_no(organisation_id: int, campaign_id: int) -> QuerySet[GuardDecision]:
    latest = (
        GuardDecision.objects.filter(
            organisation_id=organisation_id,
            case__campaign_id=campaign_id,
            case__arm="contact",
            case__first_attempt_at__isnull=True,
        )
        .order_by("case_id", "-decided_at", "-pk")
        .distinct("case_id")
    )
    return GuardDecision.objects.filter(pk__in=latest.values("pk")).exclude(verdict="allow")


def case_lines(
    *,
    organisation_id: int,
    campaign_id: int | None = None,
    stage: str = "",
    outcome: str = "",
    rule: str = "",
    arm: str = "contact",
    limit: int = 100,
) -> CasePage:
    """The cases behind a number: of a stage of the funnel, an outcome, or a reason not to contact."""
    rows = Case.objects.filter(organisation_id=organisation_id, arm=arm).annotate(won_at=WON_AT)
    if campaign_id:
        rows = rows.filter(campaign_id=campaign_id)
    if stage:
        rows = rows.filter(STAGES.get(stage, Q(pk=None)))
    if outcome:
        rows = rows.filter(outcome=outcome)
    if rule and campaign_id:
        held = _latest_no(organisation_id, campaign_id).filter(reasons__0__rule=rule)
        rows = rows.filter(pk__in=held.values("case_id"))
    found = rows.select_related("patient", "gap").order_by("-opened_at", "pk")[:limit]
    return CasePage(tuple(case_line(row) for row in found), rows.count())


def case_line(row: Any) -> CaseLine:
    """The value of a case row with its patient and gap."""
    return CaseLine(
        id=row.pk,
        patient_id=row.patient_id,
        patient_name=full_name(row.patient),
        gap=gap_line(row.gap),
        arm=row.arm,
        opened_at=row.opened_at,
        step_index=row.step_index,
        next_step_at=row.next_step_at,
        paused_at=row.paused_at,
        pause_reason=row.pause_reason,
        booked_at=row.booked_at,
        outcome=row.outcome,
    )
