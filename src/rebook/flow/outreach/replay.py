"""What would happen to this patient if…: the real planning, guard and closing under a clock that is imagined.

Nothing is written. The patient's facts are read once; steps are drafted by ``drafting``, judged by the
guard, and their effects are kept in memory (``replay_state``). A test runs the same stories through the
planner and the dispatcher and finds the same lines.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from rebook.core.channel import Channel
from rebook.core.outcome import decide_outcome
from rebook.core.outreach.replay import ImaginedAttempt, Replay, ReplayLine
from rebook.core.outreach.replay_script import ScriptedEvent
from rebook.core.outreach.sequence import Sequence, next_step_at
from rebook.core.outreach.sequence_days import Contact, stood_of
from rebook.core.outreach.wishes import wish_for
from rebook.core.reasons import Reason
from rebook.flow.common.channels import practice_channels
from rebook.records.read.replay import replayed_campaign, replayed_patient

from .claiming import in_wished_part, state_of
from .drafting import Draft, contact_of_draft, draft_of, moved_on, passed_of, put_off, take_a_way
from .replay_events import close, happen, spoil
from .replay_portal import leave_unread, unread_at
from .replay_state import Imagined, imagine
from .replay_tests import waits_for_test
from .sequences_running import days_off, not_stopped
from .subject import House

DAYS = 180
DAY = timedelta(days=1)
# A step has its own channel, fallbacks and perhaps a preferred one.
MOST_WAYS = 6
# More turns than this would mean that a story does not end.
MOST_TURNS = 20_000


class UnableToReplay(Exception):
    """There is no such patient; other input is needed."""

    permanent = True
    is_for_people = True


def replay(
    *,
    organisation_id: int,
    patient_id: int,
    sequence: Sequence,
    events: Iterable[ScriptedEvent] = (),
    starts_at: datetime,
    days: int = DAYS,
    channels: Mapping[str, Channel] | None = None,
    texts_are_signed: bool = False,
) -> Replay:
    """The story of a case that opens at ``starts_at`` (aware) and is followed for ``days``. Writes nothing.

    ``texts_are_signed``: as if every text were signed off, to try a plan before its texts are.

    Messages arrive unless ``events`` say otherwise; nobody reads or answers them by itself. Raises
    ``UnableToReplay`` for a patient that the practice does not have.
    """
    person = replayed_patient(organisation_id=organisation_id, patient_id=patient_id)
    if person is None:
        raise UnableToReplay(f"there is no patient {patient_id}")
    house = House(organisation_id=organisation_id)
    served = channels if channels is not None else practice_channels(organisation_id=organisation_id)
    usable = not_stopped(served, organisation_id=organisation_id)
    campaign = replayed_campaign(
        organisation_id=organisation_id, patient_id=patient_id, sequence_key=sequence.key
    )
    story = imagine(house, sequence, person, usable, starts_at=starts_at, campaign=campaign)
    story.texts_are_signed = texts_are_signed
    story.next_step_at = next_step_at(
        # Under test the first step falls due at the first time of any of its arms.
        story.arms.earliest(story.case.campaign_id, sequence, position=0),
        step_index=0,
        anchor_at=starts_at,
        zone=story.zone,
        holidays=days_off(house, person.home_location_id or person.location_id, now=starts_at),
        wish=wish_for(sequence.steps[0], wish=person.preferred_day_part, risk_class=story.case.risk_class),
    )
    _run(story, deque(events), until=starts_at + timedelta(days=days))
    return Replay(tuple(story.lines), story.outcome, days, person.gap_id is not None)


def _run(story: Imagined, events: deque[ScriptedEvent], *, until: datetime) -> None:
    """Turn by turn to the next instant at which something is due: events, closing, planning, sending."""
    now, tick = story.opened_at, story.opened_at + DAY
    for _ in range(MOST_TURNS):
        due = [
            tick,
            *(at for at in (_plans_at(story, now), _sends_at(story, now), unread_at(story, now)) if at),
        ]
        due += [events[0].at] if events else []
        now = max(min(due), now)
        if now > until or (story.outcome and not events):
            return
        while events and events[0].at <= now:
            happen(story, events.popleft(), now=now)
        if now >= tick:
            _close_if_over(story, now)
            tick += DAY
        if (at := unread_at(story, now)) is not None and at <= now:
            leave_unread(story, now)
        if (at := _plans_at(story, now)) is not None and at <= now:
            _plan(story, now)
        if (at := _sends_at(story, now)) is not None and at <= now:
            _send(story, now)
    raise RuntimeError("a replay did not come to its end")


def _plans_at(story: Imagined, now: datetime) -> datetime | None:
    """When the planner would take the case up; None while it would not."""
    if story.outcome or story.pause_reason or story.has_booked or story.waiting or not story.next_step_at:
        return None
    return max(story.next_step_at, now)


def _sends_at(story: Imagined, now: datetime) -> datetime | None:
    waiting = story.waiting
    if waiting is None or story.pause_reason or waiting.channel not in story.channels:
        return None
    return max(waiting.due_at, now)


def _close_if_over(story: Imagined, now: datetime) -> None:
    if story.outcome:
        return
    verdict = decide_outcome(story.case_facts(), now=now)
    if verdict.outcome:
        close(story, verdict.outcome, verdict.detail, now)


def _plan(story: Imagined, now: datetime) -> None:
    """Draft the step that is due, by each way in turn until one stands."""
    case = story.case
    tried = story.tried.setdefault(case.step_index, set())
    until = waits_for_test(story, tried, now)
    if until is not None:
        story.next_step_at = until
        return
    draft = draft_of(story.house, case, story.arms.plan_of(case, story.plan), tried, now=now)
    draft.details = story.details
    draft.stood = stood_of(
        Contact(one.step_index, one.due_at) for one in story.attempts if one.waits or one.state == "sent"
    )
    if draft.waits_until is not None:
        story.lines.append(
            ReplayLine(now, "deferred", case.position, reasons=draft.wishes, due_at=draft.waits_until)
        )
        story.next_step_at = draft.waits_until
        return
    for _ in range(MOST_WAYS):
        if draft.stands_at is not None or draft.passed:
            break
        if not take_a_way(story.house, draft, story.reachable, story.channels, story.arms, now):
            break
        _judge(story, draft, now)
    passed = passed_of(draft)
    if passed is not None:
        story.tell("passed_over", now, step=case.position, reasons=tuple(passed.reasons))
    moved = moved_on(story.house, draft, now=now)
    story.case = case._replace(step_index=moved.step_index, position=case.position + 1)
    story.next_step_at = moved.next_step_at


def _judge(story: Imagined, draft: Draft, now: datetime) -> None:
    contact = contact_of_draft(draft, story.channels, now=now)
    decision = story.judge(contact, now=now)
    state, due_at = state_of(decision, due_at=now, expires_at=contact.expires_at, now=now)
    if state == "deferred":
        due_at = put_off(draft, due_at, expires_at=contact.expires_at)
    attempt = ImaginedAttempt(
        id=-len(story.attempts) - 1,
        step_index=draft.case.step_index,
        place=draft.case.position,
        channel=contact.channel,
        decision=decision,
        state=state,
        due_at=due_at,
        expires_at=contact.expires_at,
        wishes="; ".join(one.detail for one in draft.wishes),
    )
    story.attempts.append(attempt)
    story.contacts[attempt.id] = contact
    story.tell(state, now, attempt=attempt, reasons=decision.reasons)  # type: ignore[arg-type]
    if attempt.waits:
        draft.stands_at = due_at
    else:
        draft.refused = decision.reasons


def _send(story: Imagined, now: datetime) -> None:
    """Ask the guard again at the instant of sending, as the dispatcher does, and send."""
    attempt = story.waiting
    assert attempt is not None
    planned = story.contacts[attempt.id]
    asked = replace(
        planned,
        contemplated=replace(planned.contemplated, attempt_id=attempt.id),
        due_at=attempt.due_at,
        message_problems=(),
    )
    decision = story.judge(asked, now=now)
    state, due_at = state_of(decision, due_at=attempt.due_at, expires_at=attempt.expires_at, now=now)
    if state == "deferred":
        due_at = in_wished_part(
            due_at,
            channel=attempt.channel,
            wish=story.case.preferred_day_part,
            zone=story.zone,
            expires_at=attempt.expires_at,
        )
    if state != "planned":
        attempt.state, attempt.due_at = state, due_at
        story.tell(state, now, attempt=attempt, reasons=decision.reasons)  # type: ignore[arg-type]
        if state != "deferred":
            _reopen(story, attempt, now)
        return
    is_manual = story.channels[attempt.channel].capabilities.is_manual
    if story.next_bounces and not is_manual:
        _bounce(story, attempt, now)
        return
    attempt.state, attempt.sent_at = "sent", now
    story.remember(attempt, now=now)
    story.tell("sent", now, attempt=attempt, says=attempt.wishes)
    # What lies unread in a portal has reached nobody (R-D61).
    if story.messages_arrive and not is_manual and attempt.channel != "portal":
        story.reached_at = story.reached_at or now
        story.case = story.case._replace(was_delivered=True)


def _bounce(story: Imagined, attempt: ImaginedAttempt, now: datetime) -> None:
    story.next_bounces = False
    attempt.state = "failed"
    value = story.contacts[attempt.id].contemplated.to_value
    spoil(story, value)
    reason = Reason("bounced", "the number or address reaches nobody")
    story.tell("failed", now, attempt=attempt, reasons=(reason,))
    story.tell("task", now, says="data_quality for front_desk")
    _reopen(story, attempt, now)


def _reopen(story: Imagined, attempt: ImaginedAttempt, now: datetime) -> None:
    """Back to the step whose attempt came to nothing, so that its other channels are tried."""
    case = story.case
    if case.step_index != attempt.step_index + 1:
        return
    stands = any(
        one.step_index == attempt.step_index and one.state not in ("refused", "failed", "expired")
        for one in story.attempts
    )
    if not stands:
        story.case = case._replace(step_index=case.step_index - 1, position=case.position - 1)
        story.next_step_at = now
