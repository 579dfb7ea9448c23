"""Stage plan: due steps become attempts that the guard has seen, before anything is sent (promise 1)."""

import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from rebook.core.channel import Channel
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.core.outreach.sequence_days import stood_of
from rebook.core.outreach.values import Decision
from rebook.flow.common.channels import practice_channels
from rebook.records.write import attempts as write_attempts
from rebook.records.write import outreach as write
from rebook.records.write import planning
from rebook.records.write.attempts import NewAttempt

from .claiming import state_of
from .details import details_of
from .drafting import Draft, contact_of_draft, draft_of, moved_on, passed_of, put_off, take_a_way
from .experiment_arms import Arms
from .postal import with_postal
from .sequences_running import frozen_plans, not_stopped
from .subject import House, PlannedContact, judge

PLANNED_AT_ONCE = 250
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


def plan_attempts(
    *, organisation_id: int, now: datetime, channels: Mapping[str, Channel] | None = None
) -> PlanSummary:
    """Plan the step of every case that is due at ``now``; ``channels`` replaces the practice's own.

    A step that the guard refuses goes on to its next channel, and to the next step when there is none; one
    that it defers waits. A second run at the same instant plans nothing more.
    """
    adapters = channels if channels is not None else practice_channels(organisation_id=organisation_id)
    open_adapters = not_stopped(adapters, organisation_id=organisation_id)
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
        # Whose arm of a test has another time waits for it.
        cases = arms.due_now(house, cases, plans, tried, reachable, channels, now=now)
        drafts = [
            draft_of(
                house,
                one,
                arms.plan_of(one, plans[one.campaign_id, one.sequence_version]),
                tried.get(one.id, set()),
                now=now,
            )
            for one in cases
        ]
        _know(house, drafts, people)
        for _ in range(MOST_WAYS):
            going = [
                one
                for one in drafts
                if one.stands_at is None
                and not one.passed
                and one.waits_until is None
                and take_a_way(house, one, reachable, channels, arms, now)
            ]
            if not going:
                break
            _write(house, going, channels, totals, reasons, now=now)
        arms.keep(now=now)
        passed = [passed for one in drafts if (passed := passed_of(one)) is not None]
        totals["passed_over"] += len(passed)
        planning.add_passed_steps(organisation_id=org, passed=passed, now=now)
        write.move_cases(organisation_id=org, steps=[moved_on(house, one, now=now) for one in drafts])
    return True


def _know(house: House, drafts: Sequence[Draft], people: Collection[int]) -> None:
    """Give each draft the fields of its patient, and what of its case went out before."""
    details = details_of(house.organisation, patient_ids=people)
    stood = planning.contacts_stood(
        organisation_id=house.organisation.id, case_ids=[one.case.id for one in drafts]
    )
    for draft in drafts:
        draft.details = details.get(draft.case.patient_id, {})
        shift = draft.case.position - draft.case.step_index
        draft.stood = stood_of(stood.get(draft.case.id, ()), shift=shift)


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
    contacts = [contact_of_draft(one, channels, now=now) for one in drafts]
    decisions = judge(house, contacts, now=now)
    attempts = []
    for draft, contact, decision in zip(drafts, contacts, decisions, strict=True):
        state, due_at = state_of(decision, due_at=now, expires_at=contact.expires_at, now=now)
        if state == "deferred":
            due_at = put_off(draft, due_at, expires_at=contact.expires_at)
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
