"""A campaign's plan: when it takes in, what it counts as success, whom it takes in again; frozen at launch.

What success is stands in ``core.outcome.success`` (Q-545). It is frozen with the launch, so that a changed
opinion never changes what an old campaign brought.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rebook.core.gaps import TIERS
from rebook.core.gaps.tiers import programme_of
from rebook.core.outcome.success import (
    FIRST_VISIT,
    USUAL,
    BadSuccess,
    SuccessRule,
    kind_of,
    read_success,
    success_json,
)

from .campaign_calendar import (
    BadCalendar,
    EnrolmentCalendar,
    Trigger,
    calendar_json,
    read_calendar,
    read_trigger,
)

MOST_ENTRIES = 3


@dataclass(frozen=True, slots=True)
class Reentry:
    """Taking a patient in again after the won-back visit fell through (field note 3.16).

    ``limit`` times at most, ``wait_days`` after it fell through, with the steps of ``sequence_key``: fewer
    and calmer ones. ``limit`` 0: never. ``within_days``: later than that it is an ordinary new case.
    """

    limit: int = 1
    wait_days: int = 3
    within_days: int = 60
    # Empty: the campaign's own steps, first and last only.
    sequence_key: str = ""


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """The parts of a campaign that are rules and not columns."""

    calendar: EnrolmentCalendar = field(default_factory=EnrolmentCalendar)
    trigger: Trigger | None = None
    success: Mapping[str, SuccessRule] = field(default_factory=lambda: dict(USUAL))
    reentry: Reentry = Reentry()

    def success_of(self, gap_kind: str) -> SuccessRule:
        """What counts as success for a kind of gap; one with an id after a colon is read without it.

        Only plans of version 1 leave kinds out: they meant a visit.
        """
        return self.success.get(kind_of(gap_kind), FIRST_VISIT)


def tiers_of(programme: str) -> tuple[str, ...]:
    """The tiers of a programme (R-C144), every one for both: "reactivation" is who has gone dormant."""
    return tuple(tier for tier in TIERS if programme in ("", programme_of(tier)))


class BadPlan(ValueError):
    """A campaign's plan cannot be what this says; the message names the field."""

    permanent = True


def plan_json(plan: CampaignPlan) -> dict[str, Any]:
    """As plain JSON, with every rule written out: what is frozen must not follow a changed default."""
    return {
        "calendar": calendar_json(plan.calendar),
        "trigger": {"field": plan.trigger.field, "offset_days": plan.trigger.offset_days}
        if plan.trigger
        else {},
        "success": success_json(plan.success),
        "reentry": {
            "limit": plan.reentry.limit,
            "wait_days": plan.reentry.wait_days,
            "within_days": plan.reentry.within_days,
            "sequence_key": plan.reentry.sequence_key,
        },
    }


def read_plan(value: Mapping[str, Any]) -> CampaignPlan:
    """A plan from JSON; what is left out is as usual. Raises ``BadPlan``."""
    unknown = sorted(set(value) - {"calendar", "trigger", "success", "reentry", "gentle"})
    if unknown:
        raise BadPlan(f"a plan knows no '{unknown[0]}'")
    try:
        calendar = read_calendar(value.get("calendar") or {})
        trigger = read_trigger(value.get("trigger"))
        success = value.get("success")
        rules = dict(USUAL) if success is None else read_success(success)
    except (BadCalendar, BadSuccess) as error:
        raise BadPlan(str(error)) from None
    return CampaignPlan(
        calendar=calendar,
        trigger=trigger,
        success=rules,
        reentry=_reentry(value.get("reentry") or {}),
    )


_REENTRY_LIMITS = {"limit": MOST_ENTRIES, "wait_days": 60, "within_days": 365}


def _reentry(value: Mapping[str, Any]) -> Reentry:
    unknown = sorted(set(value) - {*_REENTRY_LIMITS, "sequence_key"})
    if unknown:
        raise BadPlan(f"taking in again knows no '{unknown[0]}'")
    usual, numbers = Reentry(), {}
    for name, most in _REENTRY_LIMITS.items():
        number = value.get(name, getattr(usual, name))
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= most:
            raise BadPlan(f"taking in again: {name} lies between 0 and {most}")
        numbers[name] = number
    return Reentry(**numbers, sequence_key=str(value.get("sequence_key", "")))
