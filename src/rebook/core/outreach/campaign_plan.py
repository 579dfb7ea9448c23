"""What a campaign means by success, whom it takes in again, and its plan as frozen at launch.

Success is data (Q-545): which kind of reason is settled by what. It is frozen with the launch, so that a
changed opinion never changes what an old campaign brought.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rebook.core.gaps import KINDS, TIERS
from rebook.core.gaps.tiers import programme_of

from .campaign_calendar import (
    BadCalendar,
    EnrolmentCalendar,
    Trigger,
    calendar_json,
    read_calendar,
    read_trigger,
)

Success = Literal["visit", "rebooked_and_kept", "visit_and_follow_up"]
SUCCESSES: tuple[Success, ...] = ("visit", "rebooked_and_kept", "visit_and_follow_up")

# after a missed appointment, rescheduling and showing up. Q-547: after lapsed care, following
# through: the visit is kept and the one after it is booked or kept too. Else a satisfying visit.
USUAL_SUCCESS: Mapping[str, Success] = {
    "no_show_not_rebooked": "rebooked_and_kept",
    "cancelled_not_rebooked": "rebooked_and_kept",
    "inactive": "visit_and_follow_up",
    "later_than_usual": "visit_and_follow_up",
}
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
    success: Mapping[str, Success] = field(default_factory=lambda: dict(USUAL_SUCCESS))
    reentry: Reentry = Reentry()

    def success_of(self, gap_kind: str) -> Success:
        """What counts as success for a kind of gap; one with an id after a colon is read without it."""
        return self.success.get(gap_kind.partition(":")[0], "visit")


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
        "success": dict(plan.success),
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
        trigger = read_trigger(value.get("trigger") or {})
    except BadCalendar as error:
        raise BadPlan(str(error)) from None
    success = value.get("success")
    return CampaignPlan(
        calendar=calendar,
        trigger=trigger,
        success=dict(USUAL_SUCCESS) if success is None else _success(success),
        reentry=_reentry(value.get("reentry") or {}),
    )


def _success(value: Mapping[str, Any]) -> dict[str, Success]:
    for kind, what in value.items():
        if kind not in KINDS:
            raise BadPlan(f"success is set for '{kind}', which is no kind of reason")
        if what not in SUCCESSES:
            raise BadPlan(f"success of {kind} is one of {', '.join(SUCCESSES)}")
    return dict(value)


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
