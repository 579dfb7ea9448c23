"""Every running case of a campaign goes over to one version of its plan, some at a time.

Each part is one transaction: broken off anywhere, the cases that are left go on by the plan they were on,
and the same command again moves them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from rebook.accounts import audit
from rebook.core.outreach.sequence import Sequence, as_json, from_json
from rebook.core.outreach.sequence_move import Move, MoveEffect, effect_of, move_case
from rebook.records.read import sequences as read
from rebook.records.read.sequences import StandingCase
from rebook.records.write import sequences as write

from .sequences import UnableToSave
from .sequences_moving import both, moved
from .subject import House

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class MoveAll:
    """What a move would do or did. ``left_behind``: cases among them from plans of before the present one."""

    campaign_id: int
    name: str
    key: str
    effect: MoveEffect
    left_behind: int
    waiting: int
    # Whether the campaign itself runs by this version already.
    is_on_it: bool


def preview_all(*, organisation_id: int, campaign_id: int, key: str) -> MoveAll:
    """The stated effect; writes nothing. Raises ``UnableToSave`` for no such running campaign or sequence."""
    campaign, new = both(organisation_id, campaign_id, key)
    present = from_json(campaign.sequence)
    is_on_it = as_json(present) == as_json(new)
    of: dict[str, Any] = {"organisation_id": organisation_id, "campaign_id": campaign_id}
    plans = _plans(**of)
    behind = read.left_behind(**of)
    found = [(move_case(plans[one.number], new, position=one.case.position), one.case) for one in behind]
    if not is_on_it:
        standing = read.standing_cases(**of)
        found += [(move_case(present, new, position=one.position), one) for one in standing]
    return MoveAll(
        campaign_id=campaign_id,
        name=campaign.name,
        key=key,
        effect=effect_of((move, one.risk_class) for move, one in found),
        left_behind=len(behind),
        waiting=sum(one.is_paused for _, one in found),
        is_on_it=is_on_it,
    )


def move_all(
    *,
    organisation_id: int,
    campaign_id: int,
    key: str,
    expected: str | None = None,
    now: datetime,
    actor: str,
    at_once: int = AT_ONCE,
    on_part: Callable[[int], None] = lambda _: None,
) -> MoveAll:
    """Exchange the campaign's plan where it runs by another, then move its open cases part by part.

    ``expected``: the ``stamp`` of the effect that was shown; when the cases have gone on since, nothing is
    done. ``on_part`` hears how many are moved. A second run changes nothing. Raises ``UnableToSave``.
    """
    told = preview_all(organisation_id=organisation_id, campaign_id=campaign_id, key=key)
    if expected is not None and expected != told.effect.stamp:
        raise UnableToSave(f"the cases have gone on: the effect is now {told.effect.stamp}; look at it again")
    if not told.is_on_it:
        _exchange(organisation_id, campaign_id, key, now=now, actor=actor)
    house = House(organisation_id=organisation_id)
    done: list[tuple[Move, StandingCase]] = []
    while part := _move_part(house, campaign_id, key, at_once=at_once, now=now, actor=actor):
        done += part
        on_part(len(done))
    effect = effect_of((move, one.risk_class) for move, one in done)
    return MoveAll(campaign_id, told.name, key, effect, told.left_behind, told.waiting, told.is_on_it)


def _plans(*, organisation_id: int, campaign_id: int) -> Mapping[int, Sequence]:
    found = read.former_plans(organisation_id=organisation_id, campaign_id=campaign_id)
    return {number: from_json(content) for number, content in found.items()}


def _exchange(organisation_id: int, campaign_id: int, key: str, *, now: datetime, actor: str) -> None:
    """New patients come in by the new plan from here on; open cases are left on the one before."""
    with transaction.atomic(durable=True):
        _, new = both(organisation_id, campaign_id, key, for_update=True)
        write.exchange_plan(
            organisation_id=organisation_id,
            campaign_id=campaign_id,
            key=key,
            content=as_json(new),
            actor=actor,
            now=now,
        )
        _note(organisation_id, campaign_id, key, cases=0, now=now, actor=actor)


def _move_part(
    house: House, campaign_id: int, key: str, *, at_once: int, now: datetime, actor: str
) -> list[tuple[Move, StandingCase]]:
    organisation_id = house.organisation.id
    of: dict[str, Any] = {"organisation_id": organisation_id, "campaign_id": campaign_id}
    with transaction.atomic(durable=True):
        # The campaign's row is locked: nobody exchanges its plan while cases are moved onto it.
        campaign, _ = both(organisation_id, campaign_id, key, for_update=True)
        new = from_json(campaign.sequence)
        plans = _plans(**of)
        cases = read.left_behind(**of, limit=at_once, for_update=True)
        found = [(plans[one.number], one.case) for one in cases]
        moves = [(old, move_case(old, new, position=case.position), case) for old, case in found]
        write.move_to_present(
            organisation_id=organisation_id,
            moves=[moved(house, old, new, move, case, now=now) for old, move, case in moves],
        )
        if moves:
            _note(organisation_id, campaign_id, key, cases=len(moves), now=now, actor=actor)
    return [(move, case) for _, move, case in moves]


def _note(organisation_id: int, campaign_id: int, key: str, *, cases: int, now: datetime, actor: str) -> None:
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action="campaign.plan_changed",
        subject_kind="campaign",
        subject_id=campaign_id,
        detail={"sequence": key, "cases": cases, "moved": cases > 0},
    )
