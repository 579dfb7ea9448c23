"""When a rule is next due, over all patients: what ``core.gaps.due`` says of one, as expressions."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from rebook.core.gaps import GapDefinition, Qualifying
from rebook.core.gaps.schedule import age_spacing

from .days import NO_DAY, later, later_by, latest
from .wide import Vocabulary

Pair = tuple[ir.DateValue, ir.DateValue]


@dataclass(frozen=True, slots=True)
class Due:
    """``never`` says why nothing is due where ``due_on`` is NULL."""

    due_on: ir.DateValue
    anchor_on: ir.DateValue
    interval_days: ir.IntegerValue
    follow_up_id: ir.IntegerValue
    never: ir.StringValue


def due_of(people: ir.Table, definition: GapDefinition, number: int, words: Vocabulary) -> Due:
    """``people``: rows of ``wide``, perhaps with the columns of ``settled.about_rule``."""
    groups = [_group(people, definition, one, words) for one in definition.qualifying]
    last_on = latest([on for on, _ in groups])
    counted = _counted(people, definition, groups)
    if definition.at_ages:
        due = _by_age(people, definition, last_on, counted)
    else:
        due = _by_interval(people, definition, words, last_on, counted)
    return _told(people, definition, number, last_on, due)


def _has_own(people: ir.Table) -> bool:
    return "own_months" in people.columns


def _group(people: ir.Table, definition: GapDefinition, group: Qualifying, words: Vocabulary) -> Pair:
    """(last qualifying day, day the next is due) of one group."""
    days = [people[words.last(one)] for one in group.visit_types]
    days += [people[words.done(one)] for one in group.procedures]
    on = latest(days)
    if definition.phases:
        due_on = _in_phase(definition, on, start_of(people, definition, words))
    else:
        due_on = later(on, group.interval_months, group.interval_days)
    return on, _or_own(people, on, due_on)


def _or_own(people: ir.Table, on: ir.DateValue, due_on: ir.DateValue) -> ir.DateValue:
    """``due_on``, or ``on`` and the interval that was set for the patient."""
    if not _has_own(people):
        return due_on
    own = later_by(on, people.own_months, people.own_days)
    return ibis.ifelse(people.own_months.notnull(), own, due_on)


def _in_phase(definition: GapDefinition, on: ir.DateValue, start: ir.DateValue) -> ir.DateValue:
    early = definition.phases[:-1]
    branches = [
        (on < later(start, phase.until_months or 0), later(on, phase.interval_months, phase.interval_days))
        for phase in early
    ]
    last = definition.phases[-1]
    final = later(on, last.interval_months, last.interval_days)
    return ibis.cases(*branches, else_=final) if branches else final


def _counted(people: ir.Table, definition: GapDefinition, groups: Sequence[Pair]) -> Due:
    anchor_on, due_on = groups[0]
    for on, due in groups[1:]:
        wins = due_on.isnull() | (due > due_on) | ((due == due_on) & (on > anchor_on))
        wins = (wins & due.notnull()).fill_null(False)
        anchor_on, due_on = ibis.ifelse(wins, on, anchor_on), ibis.ifelse(wins, due, due_on)
    days = due_on.delta(anchor_on, unit="day")
    return Due(due_on, anchor_on, days, _none("int64"), ibis.literal("nothing_to_count_from"))


def start_of(people: ir.Table, definition: GapDefinition, words: Vocabulary) -> ir.DateValue:
    """The anchor: when the condition or the medication began, or the latest procedure to follow."""
    if definition.first_due == "procedure":
        return latest([people[words.done(one)] for one in definition.anchor_procedures])
    if definition.first_due == "condition":
        days = [people[words.onset(one)] for one in definition.conditions]
    else:
        days = [people[words.begun(one)] for one in definition.medications]
    return ibis.least(*days) if len(days) > 1 else days[0]


def _by_interval(
    people: ir.Table, definition: GapDefinition, words: Vocabulary, last_on: ir.DateValue, counted: Due
) -> Due:
    kind = definition.first_due
    if kind == "never":
        return counted
    start = None if kind == "age" else start_of(people, definition, words)
    first_on, spacing = _first_due(people, definition, start)
    if definition.once:
        if start is None:
            is_done = last_on.notnull()
        elif kind == "procedure":
            is_done = (last_on >= start).fill_null(False)
        else:
            is_done = (last_on.notnull() & (start.isnull() | (last_on >= start))).fill_null(False)
        due_on = ibis.ifelse(is_done, NO_DAY, first_on)
        never = ibis.ifelse(is_done, "done", counted.never)
        return Due(due_on, NO_DAY, spacing, counted.follow_up_id, never)
    starts_anew = due_is_unknown = counted.due_on.isnull()
    if kind == "procedure" and start is not None:
        starts_anew = due_is_unknown | (start > last_on).fill_null(False)
    return Due(
        ibis.ifelse(starts_anew, first_on, counted.due_on),
        ibis.ifelse(starts_anew, NO_DAY, counted.anchor_on),
        ibis.ifelse(starts_anew, spacing, counted.interval_days),
        counted.follow_up_id,
        counted.never,
    )


def _first_due(
    people: ir.Table, definition: GapDefinition, start: ir.DateValue | None
) -> tuple[ir.DateValue, ir.IntegerValue]:
    """(day the first one is due, days of the interval after it); NULL where nothing is to count from."""
    if start is None:
        of_age = later(people.birth_on, months=12 * (definition.first_due_age or 0))
        since = people.first_contact_on
        is_unknown = people.birth_on.isnull() | since.isnull()
        due_on = ibis.ifelse(is_unknown, NO_DAY, latest([of_age, since]))
        after = _or_own(people, due_on, later(due_on, definition.interval_months, definition.interval_days))
        return due_on, after.delta(due_on, unit="day")
    begun = start
    if definition.first_due != "procedure":
        since = people.first_contact_on
        begun = ibis.ifelse(since.isnull(), NO_DAY, latest([start, since]))
    return _interval_after(people, definition, begun, start)


def _interval_after(
    people: ir.Table, definition: GapDefinition, begun: ir.DateValue, start: ir.DateValue
) -> tuple[ir.DateValue, ir.IntegerValue]:
    """The day an interval after ``begun``, and how many days the same interval after that takes."""
    if not definition.phases:
        months, days = definition.interval_months, definition.interval_days
        due_on = _or_own(people, begun, later(begun, months, days))
        return due_on, _or_own(people, due_on, later(due_on, months, days)).delta(due_on, unit="day")
    early = definition.phases[:-1]
    tests = [begun < later(start, phase.until_months or 0) for phase in early]
    due_on = _or_own(people, begun, _in_phase(definition, begun, start))
    lengths = [later(due_on, phase.interval_months, phase.interval_days) for phase in definition.phases]
    after = ibis.cases(*zip(tests, lengths, strict=False), else_=lengths[-1]) if tests else lengths[-1]
    return due_on, _or_own(people, due_on, after).delta(due_on, unit="day")


def _by_age(people: ir.Table, definition: GapDefinition, last_on: ir.DateValue, counted: Due) -> Due:
    ages = definition.ages
    days = [later(people.birth_on, one.months, one.days) for one in ages]
    spacing = [age_spacing(ages, at) for at in range(len(ages))]
    since, covered = people.first_contact_on, later(last_on, days=definition.early_days)
    never_seen = last_on.isnull()
    too_late = since.isnull() | (since > days[-1])
    first_on = ibis.ifelse(too_late, NO_DAY, ibis.greatest(days[0], since))
    unseen = [(people.birth_on.isnull(), NO_DAY), (never_seen, first_on)]
    due_on = ibis.cases(*unseen, *((day > covered, day) for day in days), else_=NO_DAY)
    apart = ibis.cases(
        (never_seen, spacing[0]), *((day > covered, n) for day, n in zip(days, spacing, strict=True)), else_=1
    )
    never = ibis.cases(
        (people.birth_on.isnull(), "unknown"),
        (never_seen & since.isnull(), "nothing_to_count_from"),
        else_="aged_out",
    )
    by_age = Due(due_on, last_on, apart, counted.follow_up_id, never)
    if not _has_own(people):
        return by_age
    own = people.own_months.notnull() & last_on.notnull()
    return Due(
        ibis.ifelse(own, counted.due_on, due_on),
        last_on,
        ibis.ifelse(own, counted.interval_days, apart),
        counted.follow_up_id,
        never,
    )


def _told(people: ir.Table, definition: GapDefinition, number: int, last_on: ir.DateValue, due: Due) -> Due:
    """What somebody said of the next one since the last beats the rule (R-C2): the later statement of two."""
    said_on = last_on
    if definition.return_types:
        told = people[f"return_{number}"]
        recommended_on, return_on = told["recommended_on"], told["due_on"]
        beats = recommended_on.notnull() & (last_on.isnull() | (recommended_on >= last_on).fill_null(False))
        due = _beaten(due, beats, return_on, recommended_on, told["id"])
        said_on = latest([last_on, ibis.ifelse(beats, recommended_on, NO_DAY)])
    if "next_on" in people.columns:
        made_on = people.next_made_on
        beats = made_on.notnull() & (said_on.isnull() | (made_on >= said_on).fill_null(False))
        due = _beaten(due, beats, people.next_on, made_on, _none("int64"))
    return due


def _beaten(
    due: Due, beats: ir.BooleanValue, due_on: ir.DateValue, said_on: ir.DateValue, told: ir.IntegerValue
) -> Due:
    days = ibis.greatest(due_on.delta(said_on, unit="day"), 1)
    return Due(
        ibis.ifelse(beats, due_on, due.due_on),
        ibis.ifelse(beats, said_on, due.anchor_on),
        ibis.ifelse(beats, days, due.interval_days).cast("int64"),
        ibis.ifelse(beats, told, due.follow_up_id),
        due.never,
    )


def _none(kind: str) -> ir.Value:
    return ibis.null(kind)
