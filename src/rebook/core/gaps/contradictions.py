"""What makes a gap definition impossible: each contradiction with the field it is in."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from .schedule import read_age, read_day_of_year

if TYPE_CHECKING:
    from .definition import GapDefinition

MAX_RISK_CLASS = 4
LIFETIME_MONTHS, LIFETIME_DAYS = 1200, 36_525
# What phases may count from, and what each needs beside it.
ANCHORS = {"condition": "conditions", "medication": "medications", "procedure": "anchor_procedures"}


class DefinitionInvalid(ValueError):
    """A definition that cannot mean anything; ``field`` says where. Trying again does not help."""

    permanent = True

    def __init__(self, field_name: str, reason: str) -> None:
        self.field = field_name
        self.reason = reason
        super().__init__(f"{field_name}: {reason}")


def contradictions(definition: "GapDefinition") -> Iterator[tuple[str, str]]:
    """(field, reason) of everything in ``definition`` that contradicts itself."""
    yield from _basics(definition)
    yield from _lengths(definition)
    yield from _anchors(definition)
    yield from _ages(definition)
    yield from _phases(definition)
    yield from _opening(definition)
    yield from _last(definition)
    if definition.key in definition.supersedes:
        yield "supersedes", "a rule cannot supersede itself"


def _basics(one: "GapDefinition") -> Iterator[tuple[str, str]]:
    low, high = one.min_age, one.max_age
    tests = [
        (not one.key, "key", "is empty"),
        (not one.label.get("en"), "label", "needs at least English (en)"),
        (not one.source, "source", "is missing: every rule says where it comes from"),
        (not 0 <= one.risk_class <= MAX_RISK_CLASS, "risk_class", "must be 0 to 4"),
        (one.minutes <= 0, "minutes", "must be more than 0"),
        (not one.last, "last", "names no visit type or procedure to count from"),
        (low is not None and low < 0, "min_age", "cannot be negative"),
        (low is not None and high is not None and low > high, "max_age", "is below min_age"),
    ]
    yield from ((name, reason) for wrong, name, reason in tests if wrong)
    for word in set(one.conditions) & set(one.none_of_conditions):
        yield "none_of_conditions", f"'{word}' is wanted in conditions"
    for word in set(one.medications) & set(one.none_of_medications):
        yield "none_of_medications", f"'{word}' is wanted in medications"


def _lengths(one: "GapDefinition") -> Iterator[tuple[str, str]]:
    has_length = bool(one.interval_months or one.interval_days)
    if one.interval_months < 0 or one.interval_days < 0:
        yield "interval_months", "cannot be negative"
    if not (has_length or one.at_ages or one.phases or one.once):
        yield "interval_months", "the interval is zero: give interval_months or interval_days"
    if has_length and (one.at_ages or one.phases):
        yield "interval_months", "cannot stand beside at_ages or phases: they say when it is due"
    if one.interval_months > LIFETIME_MONTHS or one.interval_days > LIFETIME_DAYS:
        yield "interval_months", "is longer than a lifetime"
    for name in ("grace_days", "lead_days", "early_days", "lapses_after_days", "max_delay_days"):
        if getattr(one, name) < 0:
            yield name, "cannot be negative"
        elif getattr(one, name) > LIFETIME_DAYS:
            yield name, "is longer than a lifetime"


def _anchors(one: "GapDefinition") -> Iterator[tuple[str, str]]:
    if one.first_due == "age" and one.first_due_age is None:
        yield "first_due_age", 'is missing, and first_due is "age"'
    if one.first_due_age is not None and one.first_due_age < 0:
        yield "first_due_age", "cannot be negative"
    needed = ANCHORS.get(one.first_due, "")
    if needed and not getattr(one, needed):
        yield "first_due", f'is "{one.first_due}", but {needed} is empty'
    if one.anchor_procedures and one.first_due != "procedure":
        yield "anchor_procedures", 'needs first_due = "procedure"'
    if one.once and one.first_due == "never" and not one.at_ages:
        yield "once", 'would never be due: say first_due = "age", "condition", "medication" or "procedure"'


def _ages(one: "GapDefinition") -> Iterator[tuple[str, str]]:
    ages = [(text, read_age(text)) for text in one.at_ages]
    for text, age in ages:
        if age is None:
            yield "at_ages", f"'{text}' is not an age: write 3d, 6w, 4m or 3y"
    known = [age for _, age in ages if age is not None]
    for before, after in pairwise(known):
        if after.nominal_days <= before.nominal_days:
            yield "at_ages", f"'{after.text}' does not come after '{before.text}'"
    if one.at_ages and (one.first_due != "never" or one.phases or one.once):
        yield "at_ages", "says itself when the first is due: first_due, phases and once do not go with it"
    if one.early_days and not one.at_ages:
        yield "early_days", "needs at_ages"


def _phases(one: "GapDefinition") -> Iterator[tuple[str, str]]:
    if not one.phases:
        return
    if one.first_due not in ANCHORS:
        yield "phase", 'counts from an anchor: first_due must be "condition", "medication" or "procedure"'
    ends = [phase.until_months for phase in one.phases]
    if ends[-1] is not None:
        yield "phase", "the last one lasts for good: it has no until_months"
    if any(end is None for end in ends[:-1]):
        yield "phase", "only the last one may leave until_months out"
    known = [end for end in ends if end is not None]
    if any(end <= 0 for end in known) or any(after <= before for before, after in pairwise(known)):
        yield "phase", "until_months must be above 0 and rise from phase to phase"
    for phase in one.phases:
        if phase.interval_months < 0 or phase.interval_days < 0:
            yield "phase", "an interval cannot be negative"
        elif not (phase.interval_months or phase.interval_days):
            yield "phase", "the interval is zero: give interval_months or interval_days"


def _opening(one: "GapDefinition") -> Iterator[tuple[str, str]]:
    if one.season:
        days = [read_day_of_year(text) for text in one.season]
        if len(days) != 2 or None in days:
            yield "season", 'wants two days of the year, like ["09-01", "03-31"]'
        elif days[0] == days[1]:
            yield "season", "is empty: it ends on the day it begins"
    if one.lead_days and one.grace_days:
        yield "lead_days", "opens before due, so there is no grace_days"
    if one.lapses_after_days and one.lapses_after_days <= one.grace_days:
        yield "lapses_after_days", "would lapse before the grace is over"
    if one.outreach not in ("yes", "at_visit", "staff"):
        yield "outreach", 'must be "yes", "at_visit" or "staff"'


def _last(one: "GapDefinition") -> Iterator[tuple[str, str]]:
    for group in one.last:
        if not (group.visit_types or group.procedures):
            yield "last", "names neither visit_types nor procedures"
        if group.interval_months < 0 or group.interval_days < 0:
            yield "last", "an interval cannot be negative"
        if (group.interval_months or group.interval_days) and (one.at_ages or one.phases or one.once):
            yield "last", "an interval of its own does not go with at_ages, phases or once"
