"""A campaign goes over to another version of its plan: what that would do, said first and then done."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.core.outreach.sequence import Sequence, as_json, from_json
from rebook.core.outreach.sequence_move import Move, MoveEffect, due_after_move, effect_of, move_case
from rebook.core.outreach.sequence_words import step_sentence
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import sequences as read
from rebook.records.read.campaigns import CampaignView
from rebook.records.read.sequences import StandingCase
from rebook.records.write import sequences as write
from rebook.records.write.sequences import CaseMove

from .sequences import UnableToSave, own_sequence, sequences_in_use
from .sequences_running import days_off
from .subject import House


@dataclass(frozen=True, slots=True)
class MoveLine:
    """Cases that stand at the same place: what would have come next, what comes next, what never comes."""

    cases: int
    kind: str
    before: str
    after: str
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MovePreview:
    """The stated effect of a move; ``waiting`` of the cases are with a person and go on when let go."""

    campaign_id: int
    name: str
    key: str
    effect: MoveEffect
    waiting: int
    lines: tuple[MoveLine, ...]
    is_the_same: bool


def preview_move(*, organisation_id: int, campaign_id: int, key: str) -> MovePreview:
    """What would happen to the open cases if the campaign went over to ``key`` now. Writes nothing.

    Raises ``UnableToSave`` when there is no such running campaign or sequence.
    """
    campaign, new = both(organisation_id, campaign_id, key)
    old = from_json(campaign.sequence)
    cases = read.standing_cases(organisation_id=organisation_id, campaign_id=campaign_id)
    moves = [(move_case(old, new, position=one.position), one) for one in cases]
    counted = Counter((min(one.position, len(old.steps)), move) for move, one in moves)
    return MovePreview(
        campaign_id=campaign_id,
        name=campaign.name,
        key=key,
        effect=effect_of((move, one.risk_class) for move, one in moves),
        waiting=sum(one.is_paused for one in cases),
        lines=tuple(
            _line(old, new, position, move, count)
            for (position, move), count in sorted(counted.items(), key=lambda item: item[0][0])
        ),
        is_the_same=as_json(old) == as_json(new),
    )


def _line(old: Sequence, new: Sequence, position: int, move: Move, count: int) -> MoveLine:
    return MoveLine(
        cases=count,
        kind=move.kind,
        before=_said(old, position),
        after=_said(new, move.position),
        skipped=tuple(step_sentence(new.steps[index]) for index in move.skipped),
    )


def _said(sequence: Sequence, position: int) -> str:
    return step_sentence(sequence.steps[position]) if position < len(sequence.steps) else ""


def change_plan(
    *,
    organisation_id: int,
    campaign_id: int,
    key: str,
    moves_open_cases: bool,
    expected: str | None = None,
    now: datetime,
    actor: str,
) -> MoveEffect:
    """Give a running campaign the newest version of ``key``; its open cases move too, or stay where they are.

    ``expected``: the ``stamp`` of the effect that was shown; when the cases have gone on since, nothing is
    done and ``UnableToSave`` asks to look again. The audit trail keeps the counts.
    """
    house = House(organisation_id=organisation_id)
    with transaction.atomic(durable=True):
        campaign, new = both(organisation_id, campaign_id, key, for_update=True)
        old = from_json(campaign.sequence)
        cases = read.standing_cases(organisation_id=organisation_id, campaign_id=campaign_id, for_update=True)
        found = [(move_case(old, new, position=one.position), one) for one in cases]
        effect = effect_of((move, one.risk_class) for move, one in found)
        if moves_open_cases and expected is not None and expected != effect.stamp:
            raise UnableToSave("the cases have gone on since this page was made: look at the effect again")
        write.exchange_plan(
            organisation_id=organisation_id,
            campaign_id=campaign_id,
            key=key,
            content=as_json(new),
            actor=actor,
            now=now,
        )
        if moves_open_cases:
            rows = [moved(house, old, new, move, one, now=now) for move, one in found]
            write.move_to_present(organisation_id=organisation_id, moves=rows)
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="campaign.plan_changed",
            subject_kind="campaign",
            subject_id=campaign_id,
            detail={"sequence": key, "cases": effect.cases, "moved": moves_open_cases, **dict(effect.kinds)},
        )
    return effect


def both(
    organisation_id: int, campaign_id: int, key: str, *, for_update: bool = False
) -> tuple[CampaignView, Sequence]:
    """A campaign under way and the newest version of a sequence. Raises ``UnableToSave``."""
    campaign = read_campaigns.campaign(
        organisation_id=organisation_id, campaign_id=campaign_id, for_update=for_update
    )
    if campaign is None or campaign.state not in ("active", "paused"):
        raise UnableToSave("only a campaign that is under way changes its plan")
    new = own_sequence(organisation_id=organisation_id, key=key) or sequences_in_use(
        organisation_id=organisation_id
    ).get(key)
    if new is None:
        raise UnableToSave(f"there is no published sequence '{key}'")
    return campaign, new


def moved(
    house: House, old: Sequence, new: Sequence, move: Move, case: StandingCase, *, now: datetime
) -> CaseMove:
    """Where a case stands after its move, and when its next step falls due."""
    # The step index only grows; what shifts is the place in the plan that it stands for.
    shift = move.position - (case.position - case.step_shift)
    due = case.next_step_at
    if not move.keeps_date or due is None:
        site = case.home_location_id or case.location_id
        due = due_after_move(
            old,
            new,
            move,
            position=case.position,
            last_step_at=case.last_step_at,
            opened_at=case.opened_at,
            now=now,
            zone=case.time_zone or house.zone_of(site),
            holidays=days_off(house, site, now=now),
        )
    return CaseMove(case.id, shift, due)
