"""Stage enrol: cases opened within capacity, best rank first; the holdout drawn once (R-F50)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from rebook.core.doctor import stops_of
from rebook.core.gaps.combine import Combined
from rebook.core.outreach.campaign_plan import read_plan
from rebook.core.outreach.holdout import Arm, Candidate, assign, draw_order
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.core.outreach.sequence import from_json, next_step_at
from rebook.core.outreach.values import Decision
from rebook.core.reasons import Reason
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import doctor as read_doctor
from rebook.records.read import enrolment as read
from rebook.records.read.campaigns import CampaignView
from rebook.records.read.enrolment import EnrolmentRow
from rebook.records.write import attempts as write_attempts
from rebook.records.write import outreach as write
from rebook.records.write.attempts import JudgedContact
from rebook.records.write.outreach import NewCase

from .capacity import capacity_today
from .combining import combined
from .enrol_days import against_today, called
from .experiment_arms import Arms
from .sequences_running import days_off
from .subject import House

CONTACT: Arm = "contact"
# A refusal at enrolment is written down once in this time, not every day.
TOLD_EVERY = timedelta(days=30)
# Refusals written per campaign and run; the summary counts all of them.
TOLD_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class EnrolSummary:
    """Cases opened per arm, patients left out by reason, and campaigns whose day was full.

    Among the reasons some count campaigns and not patients: ``records_unsafe`` those that may not begin on
    these records; ``not_begun``, ``is_over``, ``out_of_season``, ``not_its_weekday`` and ``budget_spent``
    those that take nobody in on this day.
    """

    opened: int = 0
    holdout: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    campaigns: int = 0


def enrol(*, organisation_id: int, as_of: date, now: datetime) -> EnrolSummary:
    """Open today's cases for every running campaign. A second run on the same day opens no more.

    The day is ``as_of`` on the practice's clock. Every patient of the segment is accounted for: opened, left
    out with a reason, or waiting for another day.
    """
    house = House(organisation_id=organisation_id)
    totals: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    examined = read_doctor.newest_examination(organisation_id=organisation_id)
    unsafe = examined.unsafe_definitions if examined else ()
    is_stopped = examined is not None and bool(stops_of(examined.findings))
    running = read_campaigns.campaigns(organisation_id=organisation_id, states=["active"])
    stopped = {
        (stop.scope, stop.key) for stop in read_campaigns.stops_in_force(organisation_id=organisation_id)
    }
    for campaign in running:
        if ("organisation", "") in stopped or ("campaign", str(campaign.id)) in stopped:
            continue
        if is_stopped and not read.has_cases(organisation_id=organisation_id, campaign_id=campaign.id):
            # Its first patients: what keeps it from being launched keeps it from beginning.
            left_out["records_unsafe"] += 1
            continue
        plan = read_plan(campaign.plan)
        if not_today := against_today(house.organisation, campaign, plan, today=as_of):
            left_out[not_today.rule] += 1
            continue
        with transaction.atomic(durable=True):
            write.lock_enrolment(organisation_id=organisation_id)
            _enrol_campaign(house, campaign, totals, left_out, unsafe=unsafe, as_of=as_of, now=now)
    return EnrolSummary(
        opened=totals["contact"] + totals["holdout"],
        holdout=totals["holdout"],
        left_out=dict(left_out.most_common()),
        waiting=totals["waiting"],
        campaigns=len(running),
    )


def _enrol_campaign(
    house: House,
    campaign: CampaignView,
    totals: Counter[str],
    left_out: Counter[str],
    *,
    unsafe: Sequence[str],
    as_of: date,
    now: datetime,
) -> None:
    sequence = from_json(campaign.sequence)
    gentle = from_json(campaign.plan["gentle"]) if campaign.plan.get("gentle") else sequence
    rows = _candidates(house, campaign, sequence, unsafe=unsafe, as_of=as_of, now=now)
    barred = [row for row in rows if row.reason]
    free = [row for row in rows if not row.reason]
    room = campaign.daily_limit - _opened_today(house, campaign, as_of=as_of)
    chosen = capacity_today(house, campaign, as_of, now).choose(free, most=max(room, 0))
    left_out.update(row.reason for row in barred)
    totals["waiting"] += len(free) - len(chosen)
    drawn = [row for row in chosen if not row.entry]
    # Who was contacted before stays among the contacted.
    arms = {row.patient_id: CONTACT for row in chosen if row.entry}
    arms |= _draw(house.organisation.id, campaign, drawn, as_of=as_of, now=now)
    together = combined(
        organisation_id=house.organisation.id, pack_keys=house.organisation.pack_keys, rows=chosen
    )
    # Under test the first step falls due at the first time of any of its arms.
    tested = Arms(organisation_id=house.organisation.id, cases=[]).earliest(campaign.id, sequence, position=0)
    cases = []
    for row in chosen:
        arm = arms[row.patient_id]
        zone = row.time_zone or house.zone_of(row.home_location_id or row.location_id)
        off = days_off(house, row.home_location_id or row.location_id, now=now)
        steps = gentle if row.entry else tested
        first = next_step_at(steps, step_index=0, anchor_at=now, zone=zone, holidays=off)
        along = together.get(row.gap_id, Combined())
        starts = first if arm == "contact" else None
        cases.append(
            NewCase(row.patient_id, row.gap_id, arm, starts, along.also, along.visit_type, row.entry)
        )
        totals[arm] += 1
    write.open_cases(organisation_id=house.organisation.id, campaign_id=campaign.id, cases=cases, now=now)
    _tell(house.organisation.id, barred, now=now)


def _candidates(
    house: House,
    campaign: CampaignView,
    sequence: ContactPlan,
    *,
    unsafe: Sequence[str],
    as_of: date,
    now: datetime,
) -> list[EnrolmentRow]:
    """Who may come in today or is left out: first those whose won-back visit fell through, then the rest."""
    plan = read_plan(campaign.plan)
    one: dict[str, Any] = {
        "organisation_id": house.organisation.id,
        "campaign_id": campaign.id,
        "purpose": campaign.purpose,
        "barring": sorted(house.policy(frozenset(), now=now).barring_exclusions),
        "now": now,
        "unsafe": unsafe,
    }
    again = read.coming_again(**one, reentry=plan.reentry)
    rows = read.candidates(
        **one,
        segment=campaign.segment,
        rest=timedelta(days=sequence.rest_days if campaign.rest_days is None else campaign.rest_days),
        today=as_of,
        programme=campaign.programme,
        zone=house.organisation.time_zone if plan.trigger and plan.trigger.field == "last_visit" else "",
    )
    known = {row.patient_id for row in again}
    fresh = called(plan.trigger, [row for row in rows if row.patient_id not in known], today=as_of)
    return [*again, *fresh]


def _opened_today(house: House, campaign: CampaignView, *, as_of: date) -> int:
    """Cases opened on the practice's calendar day."""
    zone = ZoneInfo(house.organisation.time_zone)
    midnight = datetime.combine(as_of, time(), tzinfo=zone)
    next_midnight = datetime.combine(as_of + timedelta(days=1), time(), tzinfo=zone)
    return read.opened_between(
        organisation_id=house.organisation.id,
        campaign_id=campaign.id,
        since=midnight,
        until=next_midnight,
    )


def _draw(
    organisation_id: int,
    campaign: CampaignView,
    chosen: Sequence[EnrolmentRow],
    *,
    as_of: date,
    now: datetime,
) -> Mapping[int, Arm]:
    """The arm of everybody chosen; new draws are kept for the cycle: one kind of gap, one year."""
    by_kind: dict[str, list[Candidate]] = defaultdict(list)
    for row in chosen:
        by_kind[row.kind].append(
            Candidate(row.patient_id, row.household_key, row.location_id, row.kind, row.risk_class)
        )
    arms: dict[int, Arm] = {}
    for kind, candidates in by_kind.items():
        cycle = f"{kind}:{as_of.year}"
        salt = f"{organisation_id}:{cycle}"
        assigned, drawn = read.drawn(organisation_id=organisation_id, cycle=cycle)
        found = assign(
            sorted(candidates, key=lambda one: draw_order(one, salt=salt)),
            percent=campaign.holdout_percent,
            salt=salt,
            assigned=assigned,  # type: ignore[arg-type]
            drawn=drawn,
        )
        write.keep_assignments(organisation_id=organisation_id, cycle=cycle, assignments=found, now=now)
        arms |= {one.patient_id: one.arm for one in found}
    return arms


def _tell(organisation_id: int, barred: Sequence[EnrolmentRow], *, now: datetime) -> None:
    """Write down who is left out and why, best rank first, once a month each (promise 2)."""
    rows = barred[:TOLD_AT_ONCE]
    known = read.told_lately(
        organisation_id=organisation_id,
        patient_ids=[row.patient_id for row in rows],
        since=now - TOLD_EVERY,
    )
    write_attempts.add_decisions(
        organisation_id=organisation_id,
        decisions=[
            JudgedContact(
                row.patient_id,
                None,
                None,
                "",
                Decision("refuse", (Reason(row.reason, "not taken into the campaign"),)),
            )
            for row in rows
            if (row.patient_id, row.reason) not in known
        ],
        now=now,
    )
