"""What a result asks of us: the attempt's new state, and its effects on numbers, consent, tasks and stops."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rebook.accounts import audit
from rebook.core.channel import Channel, SendResult
from rebook.records.read.campaigns import CaseOwner, case_owners
from rebook.records.write import outreach as write
from rebook.records.write import results
from rebook.records.write.attempts import DueAttempt
from rebook.records.write.results import Event, NewTask, Outcome

from .sending import Sent

# Waits between tries after a passing failure (R-D42); then the step goes to another channel.
BACK_OFF = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
# While a channel is stopped for its set-up, its attempts wait.
CONFIG_WAIT = timedelta(hours=1)
WORKDAY = timedelta(hours=24)
# Claims that nobody sent: the lease ended, or a stop came first. No try of the channel's was used up.
GIVEN_BACK = frozenset({"lease_ended", "stopped"})


@dataclass(slots=True)
class Effects:
    """What a batch of results leads to, gathered so that each kind is written once."""

    outcomes: list[Outcome] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    touched: list[DueAttempt] = field(default_factory=list)
    reopened: list[int] = field(default_factory=list)
    spoiled: dict[int, str] = field(default_factory=dict)
    landlines: list[int] = field(default_factory=list)
    opted_out: list[tuple[DueAttempt, str]] = field(default_factory=list)
    config: dict[str, str] = field(default_factory=dict)
    tasks: list[NewTask] = field(default_factory=list)


def record(
    *,
    organisation_id: int,
    sent: Sequence[Sent],
    channels: Mapping[str, Channel],
    worker: str,
    now: datetime,
) -> Counter[str]:
    """Write results in the caller's transaction; counts by state of those that were still open."""
    effects = Effects()
    owners = _owners(organisation_id, sent, channels)
    for one in sent:
        _weigh(effects, one.attempt, one.result, channels=channels, owners=owners, now=now)
    written = results.record_outcomes(
        organisation_id=organisation_id, outcomes=effects.outcomes, worker=worker, now=now
    )
    _apply(organisation_id, effects, written, now=now)
    return Counter(one.state for one in effects.outcomes if one.attempt_id in written)


def _owners(
    organisation_id: int, sent: Sequence[Sent], channels: Mapping[str, Channel]
) -> Mapping[int, CaseOwner]:
    """Who looks after the cases whose calls have to be made."""
    cases = [
        one.attempt.case_id
        for one in sent
        if one.attempt.case_id and channels[one.attempt.channel].capabilities.is_manual
    ]
    return case_owners(organisation_id=organisation_id, case_ids=cases) if cases else {}


def _weigh(
    effects: Effects,
    attempt: DueAttempt,
    result: SendResult,
    *,
    channels: Mapping[str, Channel],
    owners: Mapping[int, CaseOwner],
    now: datetime,
) -> None:
    if result.state == "failed":
        _failed(effects, attempt, result, now=now)
        return
    effects.outcomes.append(
        Outcome(attempt.id, result.state, result.provider_message_id, result.code, None, False)
    )
    effects.events.append(Event(attempt.id, result.state, result.code))
    effects.touched.append(attempt)
    capabilities = channels[attempt.channel].capabilities
    if capabilities.is_manual:
        effects.tasks.append(_call(attempt, owners.get(attempt.case_id or 0)))
    elif result.state == "unknown" and not capabilities.can_look_up:
        effects.tasks.append(settle_task(attempt.patient_id, attempt.case_id, attempt.id))


def _call(attempt: DueAttempt, owner: CaseOwner | None) -> NewTask:
    risk = owner.risk_class if owner else 0
    # A step may name who calls: what keeps a patient away decides who can do something about it.
    named = owner.role_of(attempt.step_index) if owner else ""
    return NewTask(
        kind="call",
        patient_id=attempt.patient_id,
        case_id=attempt.case_id,
        attempt_id=attempt.id,
        owner_id=owner.user_id if owner and not named else None,
        owner_role=named or ("clinician" if risk >= 4 else "coordinator" if risk == 3 else "front_desk"),
        urgency=1 if risk >= 3 else 2 if risk == 2 else 3,
        due_in=WORKDAY if risk < 3 else timedelta(hours=4),
    )


def settle_task(patient_id: int, case_id: int | None, attempt_id: int) -> NewTask:
    """Nobody knows whether the message went out: a person finds out before anything else is sent."""
    return NewTask(
        "settle_unknown", patient_id, case_id, attempt_id, None, "front_desk", urgency=2, due_in=WORKDAY
    )


def _failed(effects: Effects, attempt: DueAttempt, result: SendResult, *, now: datetime) -> None:
    effects.events.append(Event(attempt.id, "failed", result.code))
    if result.failure == "config":
        # Not the patient's fault and not the text's: it waits until the channel is mended.
        effects.config[attempt.channel] = result.code
        effects.outcomes.append(_back(attempt, result, now + CONFIG_WAIT, adds_a_try=False))
        return
    is_given_back = result.code in GIVEN_BACK
    if result.failure in ("transient", "none") and (is_given_back or attempt.tries < len(BACK_OFF)):
        wait = BACK_OFF[min(attempt.tries, len(BACK_OFF) - 1)]
        if result.retry_after_s is not None:
            wait = (
                timedelta(seconds=result.retry_after_s)
                if is_given_back
                else max(wait, timedelta(seconds=result.retry_after_s))
            )
        if now + wait < attempt.expires_at:
            effects.outcomes.append(_back(attempt, result, now + wait, adds_a_try=not is_given_back))
            return
    effects.outcomes.append(Outcome(attempt.id, "failed", "", result.code, None, True))
    effects.reopened.append(attempt.id)
    _blame(effects, attempt, result)


def _back(attempt: DueAttempt, result: SendResult, due_at: datetime, *, adds_a_try: bool) -> Outcome:
    return Outcome(attempt.id, "deferred", "", result.code, due_at, adds_a_try)


def _blame(effects: Effects, attempt: DueAttempt, result: SendResult) -> None:
    """Mark what the vendor says is at fault (R-D21)."""
    point = attempt.contact_point_id
    if result.failure == "permanent_number" and point:
        effects.spoiled[point] = result.code
        effects.tasks.append(_mend(attempt))
    elif result.failure == "permanent_channel" and point and attempt.channel == "sms":
        effects.landlines.append(point)
    elif result.failure == "opt_out":
        effects.opted_out.append((attempt, result.code))
    elif result.failure == "content":
        effects.tasks.append(_mend(attempt))


def _mend(attempt: DueAttempt) -> NewTask:
    return NewTask(
        "data_quality",
        attempt.patient_id,
        attempt.case_id,
        attempt.id,
        None,
        "front_desk",
        urgency=4,
        due_in=timedelta(days=3),
    )


def _apply(organisation_id: int, effects: Effects, written: set[int], *, now: datetime) -> None:
    org = organisation_id
    results.add_events(organisation_id=org, events=effects.events, source="worker", at=now)
    results.touch_cases(
        organisation_id=org,
        case_ids=[one.case_id for one in effects.touched if one.case_id and one.id in written],
        now=now,
    )
    results.reopen_steps(
        organisation_id=org, attempt_ids=[one for one in effects.reopened if one in written], now=now
    )
    results.add_tasks(organisation_id=org, tasks=effects.tasks, now=now)
    for code in set(effects.spoiled.values()):
        points = [point for point, its in effects.spoiled.items() if its == code]
        results.spoil_contact_points(organisation_id=org, contact_point_ids=points, reason=code, now=now)
    if effects.landlines:
        results.mark_landlines(organisation_id=org, contact_point_ids=effects.landlines)
    for attempt, code in effects.opted_out:
        opt_out_by_provider(
            organisation_id=org,
            patient_id=attempt.patient_id,
            value=attempt.to_value,
            channel=attempt.channel,
            code=code,
            now=now,
        )
    for channel, code in effects.config.items():
        _stop_channel(org, channel, code, now=now)


def opt_out_by_provider(
    *, organisation_id: int, patient_id: int, value: str, channel: str, code: str, now: datetime
) -> None:
    """The vendor holds an opt-out that we did not have: it binds the number from now on (R-D22)."""
    write.revoke_number(
        organisation_id=organisation_id,
        value=value,
        channel=channel,
        wording=f"provider code {code}",
        now=now,
    )
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor="system",
        action="consent.revoked",
        subject_kind="patient",
        subject_id=patient_id,
        detail={"channel": channel, "origin": "provider", "code": code},
    )


def _stop_channel(organisation_id: int, channel: str, code: str, *, now: datetime) -> None:
    """The channel's own set-up is broken: stop it before every message fails the same way."""
    reason = f"set-up fault {code}"
    if not write.add_stop(
        organisation_id=organisation_id, scope="channel", key=channel, reason=reason, actor="system", now=now
    ):
        return
    results.add_tasks(
        organisation_id=organisation_id,
        tasks=[NewTask("data_quality", None, None, None, None, "manager", 1, timedelta(hours=4), reason)],
        now=now,
    )
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor="system",
        action="stop.started",
        subject_kind="channel",
        subject_id=channel,
        detail={"code": code},
    )
