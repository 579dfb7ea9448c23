"""Stage plan: due steps become attempts that the guard has seen, before anything is sent (promise 1)."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from rebook.core.channel import Channel
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.core.outreach.sequence import next_step_at, template_for
from rebook.core.outreach.sequence_when import unmet
from rebook.core.outreach.values import Decision
from rebook.core.reasons import Reason
from rebook.flow.common.channels import practice_channels
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read.guard_subjects import Contemplated
from rebook.records.write import attempts as write_attempts
from rebook.records.write import outreach as write
from rebook.records.write import planning
from rebook.records.write.attempts import NewAttempt
from rebook.records.write.outreach import CaseStep
from rebook.records.write.planning import DueCase, Passed

from .choosing import Way, choose_way, contacts_of, local_day
from .claiming import state_of
from .experiments import Arms
from .library import library_of
from .postal import with_postal
from .sequences_running import NO_WAY, days_off, frozen_plans, so_far_of
from .subject import House, PlannedContact, judge
from .wording import Words, write_message

PLANNED_AT_ONCE = 250
# A contact that could not go out for so long is no longer worth making.
WORTH_MAKING = timedelta(days=7)
# R-B14: what ends messages must work for 60 days.
LINK_LIVES = timedelta(days=60)
# A step has its own channel, fallbacks and perhaps a preferred one.
MOST_WAYS = 6


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """Attempts written by state, steps passed over, and the guard's first reasons."""

    planned: int = 0
    deferred: int = 0
    refused: int = 0
    passed_over: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """One case being planned: the step, the ways tried, and how far it got."""

    case: DueCase
    plan: ContactPlan
    zone: str
    tried: set[str]
    # The attempt that stands; None until one does.
    stands_at: datetime | None = None
    # Why the step is passed over: its condition does not hold; or what the guard said of the last way.
    passed: tuple[Reason, ...] = ()
    refused: tuple[Reason, ...] = ()
    way: Way | None = None
    words: Words | None = None


def plan_attempts(
    *, organisation_id: int, now: datetime, channels: Mapping[str, Channel] | None = None
) -> PlanSummary:
    """Plan the step of every case that is due at ``now``; ``channels`` replaces the practice's own.

    A step that the guard refuses goes on to its next channel, and to the next step when there is none; one
    that it defers waits. A second run at the same instant plans nothing more.
    """
    adapters = channels if channels is not None else practice_channels(organisation_id=organisation_id)
    stopped = {
        stop.key
        for stop in read_campaigns.stops_in_force(organisation_id=organisation_id)
        if stop.scope == "channel"
    }
    open_adapters = {kind: one for kind, one in adapters.items() if not stopped & {kind, one.key}}
    house = House(organisation_id=organisation_id)
    plans = frozen_plans(organisation_id=organisation_id)
    totals: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    while _plan_batch(house, plans, open_adapters, totals, reasons, now=now):
        pass
    return PlanSummary(
        planned=totals["planned"],
        deferred=totals["deferred"],
        refused=totals["refused"] + totals["expired"],
        passed_over=totals["passed_over"],
        reasons=dict(reasons.most_common()),
    )


def _plan_batch(
    house: House,
    plans: Mapping[tuple[int, int], ContactPlan],
    channels: Mapping[str, Channel],
    totals: Counter[str],
    reasons: Counter[str],
    *,
    now: datetime,
) -> bool:
    """Plan one batch in one transaction; False when nothing was due."""
    org = house.organisation.id
    with transaction.atomic(durable=True):
        cases = planning.lock_due_cases(organisation_id=org, now=now, limit=PLANNED_AT_ONCE)
        if not cases:
            return False
        tried = planning.channels_tried(organisation_id=org, cases=cases)
        arms = Arms(organisation_id=org, cases=cases)
        people = {one.patient_id for one in cases} | {one.responsible_patient_id or 0 for one in cases}
        reachable = with_postal(
            planning.reachable_by(organisation_id=org, patient_ids=sorted(people)),
            organisation_id=org,
            country=house.country,
            patient_ids=people,
            channels=channels,
        )
        drafts = [
            _draft(house, one, plans[one.campaign_id, one.sequence_version], tried.get(one.id, set()))
            for one in cases
        ]
        for _ in range(MOST_WAYS):
            going = [
                one
                for one in drafts
                if one.stands_at is None
                and not one.passed
                and _take_a_way(house, one, reachable, channels, arms, now)
            ]
            if not going:
                break
            _write(house, going, channels, totals, reasons, now=now)
        arms.keep(now=now)
        passed = [passed for one in drafts if (passed := _passed(one)) is not None]
        totals["passed_over"] += len(passed)
        planning.add_passed_steps(organisation_id=org, passed=passed, now=now)
        write.move_cases(organisation_id=org, steps=[_moved(house, one, now=now) for one in drafts])
    return True


def _draft(house: House, case: DueCase, plan: ContactPlan, tried: set[str]) -> Draft:
    """A case with its step; one whose condition does not hold now is passed over (R-C146).

    A step of which something was tried already has begun: its condition is not asked again.
    """
    zone = case.time_zone or house.zone_of(case.home_location_id or case.location_id)
    draft = Draft(case=case, plan=plan, zone=zone, tried=tried)
    if case.position < len(plan.steps) and not tried:
        reason = unmet(plan.steps[case.position].when, so_far_of(case))
        draft.passed = (reason,) if reason else ()
    return draft


def _passed(draft: Draft) -> Passed | None:
    """What to keep of a step that was not taken; None where an attempt stands or the plan is at its end."""
    if draft.stands_at is not None or draft.case.position >= len(draft.plan.steps):
        return None
    return Passed(draft.case.id, draft.case.step_index, draft.passed or draft.refused or (NO_WAY,))


def _take_a_way(
    house: House,
    draft: Draft,
    reachable: Mapping[int, Sequence[planning.ReachableBy]],
    channels: Mapping[str, Channel],
    arms: Arms,
    now: datetime,
) -> bool:
    """Choose the next way for a draft and write its words; False when none is left."""
    case = draft.case
    if case.position >= len(draft.plan.steps):
        return False
    step = draft.plan.steps[case.position]
    template_key = template_for(step, gap_kind=case.gap_kind)
    majority = house.policy(frozenset(), now=now).age_of_majority
    way = choose_way(
        case,
        step,
        template_key=template_key,
        contacts=contacts_of(case, reachable, majority=majority, today=local_day(now, draft.zone)),
        channels=channels,
        tried=draft.tried,
        default_language=house.organisation.default_language,
        library=library_of(house.organisation),
    )
    if way is None:
        return False
    draft.way = way
    draft.tried.add(way.channel)
    channel = channels.get(way.channel)
    draft.words = write_message(
        organisation=house.organisation,
        template_key=template_key,
        channel=way.channel,
        channel_is_open=channel.capabilities.is_open if channel else True,
        language=way.language,
        first_name=case.given_name,
        visit_on=case.gap_anchor_on if case.gap_kind in BROKEN_OFF else None,
        variant=arms.variant(case, template_key=template_key, channel=way.channel, language=way.language),
        site=house.locations.get(case.home_location_id or case.location_id or 0),
    )
    return True


# Kinds of gap whose anchor is the day of the visit that did not take place.
BROKEN_OFF = frozenset({"cancelled_not_rebooked", "no_show_not_rebooked"})


def _write(
    house: House,
    drafts: Sequence[Draft],
    channels: Mapping[str, Channel],
    totals: Counter[str],
    reasons: Counter[str],
    *,
    now: datetime,
) -> None:
    """Ask the guard about these ways and write the attempts with its decisions."""
    contacts = [_contact(one, channels, now=now) for one in drafts]
    decisions = judge(house, contacts, now=now)
    attempts = []
    for draft, contact, decision in zip(drafts, contacts, decisions, strict=True):
        state, due_at = state_of(decision, due_at=now, expires_at=contact.expires_at, now=now)
        if state in ("planned", "deferred"):
            draft.stands_at = due_at
        else:
            draft.refused = decision.reasons
        totals[state] += 1
        if state != "planned":
            reasons.update(reason.rule for reason in decision.reasons[:1])
        attempts.append(_attempt(draft, contact, state, due_at, decision))
    write_attempts.add_attempts(
        organisation_id=house.organisation.id,
        attempts=attempts,
        link_expires_at=now + LINK_LIVES,
        now=now,
    )


def _contact(draft: Draft, channels: Mapping[str, Channel], *, now: datetime) -> PlannedContact:
    assert draft.way
    assert draft.words
    case, way, words = draft.case, draft.way, draft.words
    channel = channels.get(way.channel)
    return PlannedContact(
        contemplated=Contemplated(
            patient_id=case.patient_id,
            case_id=case.id,
            # An address stands on the patient: no row of its own.
            contact_point_id=(way.contact.id or None) if way.contact else None,
            to_value=way.contact.value if way.contact else "",
        ),
        origin="campaign",
        purpose=case.purpose,  # type: ignore[arg-type]
        channel=way.channel,
        channel_key=channel.key if channel else "",
        channel_is_open=channel.capabilities.is_open if channel else True,
        channel_is_manual=bool(channel and channel.capabilities.is_manual),
        due_at=now,
        expires_at=now + WORTH_MAKING,
        template_key=words.template.key if words.template else "",
        template_hash=words.template.content_hash if words.template else "",
        template_is_generic=bool(words.template and words.template.is_generic),
        language=words.language,
        message_problems=words.message.problems,
    )


def _attempt(
    draft: Draft, contact: PlannedContact, state: str, due_at: datetime, decision: Decision
) -> NewAttempt:
    assert draft.words
    case, words = draft.case, draft.words
    goes_on = state in ("planned", "deferred")
    return NewAttempt(
        patient_id=case.patient_id,
        case_id=case.id,
        origin="campaign",
        step_index=case.step_index,
        channel=contact.channel,
        reference=f"c{case.id}-s{case.step_index}-{contact.channel}-{secrets.token_hex(4)}",
        purpose=contact.purpose,
        contact_point_id=contact.contemplated.contact_point_id,
        to_value=contact.contemplated.to_value,
        template_key=contact.template_key,
        template_hash=contact.template_hash,
        language=words.language,
        subject=words.message.subject[:200],
        body=words.message.body,
        body_html=words.message.body_html,
        unsubscribe_url=words.unsubscribe_url,
        segments=words.message.segments,
        state=state,
        due_at=due_at,
        expires_at=contact.expires_at,
        decision=decision,
        # A text that never goes out needs no page behind it.
        link_hash=words.link_hash if goes_on else "",
    )


def _moved(house: House, draft: Draft, *, now: datetime) -> CaseStep:
    """Where the case goes from here: the next step, counted from when this one goes out or was passed."""
    case = draft.case
    at = next_step_at(
        draft.plan,
        step_index=case.position + 1,
        anchor_at=draft.stands_at or now,
        zone=draft.zone,
        holidays=days_off(house, case.home_location_id or case.location_id, now=now),
    )
    return CaseStep(case.id, case.step_index + 1, at)
