"""What success is, for each kind of reason to come back: the one definition that every figure counts by.

A campaign may narrow it (ask for more, or for it sooner) and never widen it; what it counts by is frozen with
its launch and named with every figure. Both arms are judged by the same event from the same day, the one they
were taken in on, whether they were contacted or not (R-F51).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rebook.core.gaps.finding import KINDS
from rebook.core.words import PENDING_KINDS

What = Literal["visit", "rebooked_and_kept", "visit_and_closed", "visit_and_follow_up", "item_done"]
WHATS: tuple[What, ...] = (
    "visit",
    "rebooked_and_kept",
    "visit_and_closed",
    "visit_and_follow_up",
    "item_done",
)
# What each one asks for beside itself: who meets the first meets these too.
NARROWS: Mapping[What, frozenset[What]] = {
    "visit": frozenset(),
    "rebooked_and_kept": frozenset({"visit"}),
    "visit_and_closed": frozenset({"visit"}),
    "visit_and_follow_up": frozenset({"visit", "visit_and_closed"}),
    "item_done": frozenset(),
}
# R-F41: a visit counts within 120 days.
USUAL_DAYS = 120
LEAST_DAYS = 7
VERSION = 2
# Version 1: no window but that of the case being open, and follow-through without the reason being closed.
FIRST_WHATS = ("visit", "rebooked_and_kept", "visit_and_follow_up")


@dataclass(frozen=True, slots=True)
class SuccessRule:
    """One definition. ``within_days`` counts from being taken in; None only in version 1.

    ``key`` names it in the ledger and in every report: "rebooked_and_kept:120:2".
    """

    what: What
    within_days: int | None = USUAL_DAYS
    version: int = VERSION

    @property
    def key(self) -> str:
        return f"{self.what}:{self.within_days or '-'}:{self.version}"


# What version 1 meant by a kind that it said nothing about.
FIRST_VISIT = SuccessRule("visit", None, 1)

_WHAT_OF: Mapping[str, What] = {
    # rescheduled, and showed up.
    "no_show_not_rebooked": "rebooked_and_kept",
    "cancelled_not_rebooked": "rebooked_and_kept",
    # follow-through: the visit is kept and the reason to come back is settled by it.
    "inactive": "visit_and_closed",
    "later_than_usual": "visit_and_closed",
    "treatment_plan_dropped": "visit_and_closed",
    # Begun, and finished by a visit.
    "referral_in_not_scheduled": "visit",
    "high_intent": "visit",
    "waiting_list_match": "visit",
    "treatment_unscheduled": "visit",
}
# success by kind of reason. What else was begun is finished when its source or a visit says so.
USUAL: Mapping[str, SuccessRule] = {
    kind: SuccessRule(_WHAT_OF.get(kind, "item_done" if kind in PENDING_KINDS else "visit")) for kind in KINDS
}
SAYS: Mapping[What, str] = {
    "visit": "a kept visit of the kind due",
    "rebooked_and_kept": "booked anew, and kept",
    "visit_and_closed": "a kept visit that settled the reason to come back",
    "visit_and_follow_up": "a kept visit that settled the reason, and the next one booked",
    "item_done": "what was begun is finished",
}
_FIRST_SAYS: Mapping[str, str] = {
    "visit": "a kept visit of the kind due",
    "rebooked_and_kept": "booked again, and a visit of the kind due kept",
    "visit_and_follow_up": "a kept visit of the kind due, and another one booked or kept after it",
}


def kind_of(gap_kind: str) -> str:
    """The kind of a gap without the id of the event that made it ("no_show_not_rebooked:81")."""
    return gap_kind.partition(":")[0]


def usual_success(gap_kind: str) -> SuccessRule:
    """What is success for a kind of gap unless its campaign asks for more; unknown kinds want a visit."""
    return USUAL.get(kind_of(gap_kind), SuccessRule("visit"))


def say(rule: SuccessRule) -> str:
    """The definition in words, as every page and report names it."""
    if rule.within_days is None:
        return f"{_FIRST_SAYS[rule.what]}, while the case was followed (as counted until version {VERSION})"
    return f"{SAYS[rule.what]} within {rule.within_days} days of being taken in"


def choices(gap_kind: str) -> tuple[What, ...]:
    """What a campaign may choose for a kind of gap: the usual one and those that ask for more."""
    usual = usual_success(gap_kind).what
    return tuple(one for one in WHATS if one == usual or usual in NARROWS[one])


class BadSuccess(ValueError):
    """A definition of success that cannot be; the message says for which kind of reason and why."""

    permanent = True


def success_json(rules: Mapping[str, SuccessRule]) -> dict[str, Any]:
    """As plain JSON; version 1 stays the plain words that it was written with."""
    return {
        kind: rule.what if rule.version == 1 else {"what": rule.what, "within_days": rule.within_days}
        for kind, rule in rules.items()
    }


def read_success(value: Mapping[str, Any]) -> dict[str, SuccessRule]:
    """The rules by kind from JSON, every kind written out; plain words are a plan of version 1, read as is.

    Raises ``BadSuccess`` for what is no kind, no definition, or wider than what is usual.
    """
    for kind in value:
        if kind not in KINDS:
            raise BadSuccess(f"success is set for '{kind}', which is no kind of reason")
    if all(isinstance(one, str) for one in value.values()):
        return {kind: _first(kind, what) for kind, what in value.items()}
    return {kind: _rule(kind, value[kind]) if kind in value else USUAL[kind] for kind in KINDS}


def _first(kind: str, what: str) -> SuccessRule:
    for known in FIRST_WHATS:
        if what == known:
            return SuccessRule(known, None, 1)  # type: ignore[arg-type]
    raise BadSuccess(f"success of {kind} is one of {', '.join(FIRST_WHATS)}")


def _rule(kind: str, value: Any) -> SuccessRule:
    if not isinstance(value, Mapping) or set(value) - {"what", "within_days"}:
        raise BadSuccess(f"success of {kind} has 'what' and 'within_days'")
    usual = USUAL[kind]
    what, days = value.get("what", usual.what), value.get("within_days", usual.within_days)
    if what not in choices(kind):
        raise BadSuccess(f"success of {kind} is one of {', '.join(choices(kind))}")
    if not isinstance(days, int) or not LEAST_DAYS <= days <= USUAL_DAYS:
        raise BadSuccess(f"success of {kind}: within_days lies between {LEAST_DAYS} and {USUAL_DAYS}")
    return SuccessRule(what, days)
