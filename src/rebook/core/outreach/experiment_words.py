"""A test in plain language: what its arms are called, and how it stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from rebook.core.outreach.experiment import MAIN, TestPlan
from rebook.core.outreach.experiment_pace import HALF_A_YEAR
from rebook.core.outreach.sequence_words import CHANNEL_WORDS, PART_WORDS

_DID = {"booked": "booked", "responded": "answered"}


def arm_words(plan: TestPlan) -> dict[str, str]:
    """What people call each arm: "Main text", "Wording B", "In the morning", "After 3 days"."""
    return {name: _arm(plan, name) for name in plan.arms}


def _arm(plan: TestPlan, name: str) -> str:
    if not plan.is_of_step:
        return "Main text" if name == MAIN else f"Wording {name.upper()}"
    if name == MAIN:
        return "As it is now"
    if plan.element == "day_part":
        said = PART_WORDS.get(name, name)
    elif plan.element == "delay":
        said = "on the same day" if name == "0" else f"after {name} day{'s' if name != '1' else ''}"
    else:
        said = f"{CHANNEL_WORDS.get(name, name)} first"
    return said[:1].upper() + said[1:]


_VARIED = {
    "day_part": "the time of day of step {}",
    "delay": "how long step {} waits",
    "channel": "the way of step {}",
}


def tries(plan: TestPlan, variant: str, *, place: int, campaign: str) -> str:
    """What a patient tries in a test of a step: "tries B: after 6 days, because of the test of ..."."""
    letter, said = "ABCDEFGH"[plan.arms.index(variant)], _arm(plan, variant)
    what = _VARIED[plan.element].format(place + 1)
    said = f"tries {letter}: {said[:1].lower()}{said[1:]}"
    return f"{said}, because of the test of {what} in \u201c{campaign}\u201d"


def tries_none(plan: TestPlan, *, place: int, campaign: str) -> str:
    """The same for who is not in the test."""
    what = _VARIED[plan.element].format(place + 1)
    return f"goes by the plan as it is: not in the test of {what} in \u201c{campaign}\u201d"


def points(share: float) -> str:
    """A share of one as points of a hundred: "5", "7.5"."""
    return f"{100 * share:.1f}".removesuffix(".0")


def can_show(plan: TestPlan, weeks: int | None, *, within: float | None = None) -> str:
    """What a test can show, and when: follows "this test".

    ``within``: the smallest difference that half a year would show, where this one takes longer.
    """
    if weeks is None:
        return f"can show {points(plan.effect)} points or more, but nobody comes by what is tested"
    if weeks > HALF_A_YEAR:
        needs = f"would take about {weeks} weeks to show {points(plan.effect)} points or more"
        return f"{needs}; half a year shows {points(within)} points or more" if within else needs
    return (
        f"can show {points(plan.effect)} points or more after about {weeks} week{'s' if weeks != 1 else ''}"
    )


def standing(plan: TestPlan, state: str, looks: Sequence[Mapping[str, Any]], weeks: int | None) -> str:
    """How a test stands, in a sentence or two. ``looks`` as kept, ``weeks`` to go until the last look."""
    if not looks:
        if state == "running":
            return f"Nothing to see yet; this test {can_show(plan, weeks)}."
        return "Ended before its first look: it says nothing."
    last = looks[-1]
    if last["verdict"] == "go_on":
        more = (
            f"this test {can_show(plan, weeks)}"
            if state == "running"
            else "it was ended before its last look"
        )
        return f"No difference shown yet; {more}."
    if last["verdict"] == "no_difference":
        return (
            f"No difference was shown. One of {points(plan.effect)} points would have been found in four of "
            "five such tests; smaller ones may be there."
        )
    return _found(plan, last)


def _found(plan: TestPlan, look: Mapping[str, Any]) -> str:
    names = arm_words(plan)
    one = next(c for c in look["comparisons"] if c["variant"] == look["variant"])
    shares = {c["variant"]: c["successes"] / c["patients"] for c in look["counts"]}
    word = "More patients" if look["verdict"] == "better" else "Fewer patients"
    low, high = sorted((abs(one["low"]), abs(one["high"])))
    return (
        f"{word} {_DID[plan.metric]} with \u201c{names[look['variant']]}\u201d: "
        f"{points(shares[look['variant']])} in a hundred against {points(shares[MAIN])} with "
        f"\u201c{names[MAIN]}\u201d. The difference lies between {points(low)} and {points(high)} points."
    )
