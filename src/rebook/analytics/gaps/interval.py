"""Interval rules over all patients: what ``core.gaps.interval`` says of one, as expressions."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from rebook.core.gaps import GapDefinition, GapSettings, Qualifying
from rebook.core.gaps.definition import SIGNED_FROM_CLASS

from .wide import AS_OF, Vocabulary, any_of, later, latest

NO_DAY = ibis.null("date")


@dataclass(frozen=True, slots=True)
class Due:
    due_on: ir.DateValue
    anchor_on: ir.DateValue
    interval_days: ir.IntegerValue
    follow_up_id: ir.IntegerValue


def interval_findings(
    people: ir.Table,
    definition: GapDefinition,
    *,
    number: int,
    words: Vocabulary,
    settings: GapSettings,
    is_brief: bool,
) -> ir.Table:
    """One rule's verdict for every row of ``people`` (see ``wide``); ``number``: its place in the list.

    ``is_brief`` leaves out at once whoever the rule is not for.
    """
    refusal = _refusal(people, definition, words, settings)
    coming = sorted(definition.booked_types)
    if is_brief:
        people = people.filter(people.standing.isnull(), refusal.isnull())
    due = _due(people, definition, number, words)
    rows = people.select(
        "patient_id",
        "tier",
        "standing",
        "value_cents",
        location_id=people.home_location_id,
        due_on=due.due_on,
        anchor_on=due.anchor_on,
        overdue_on=later(due.due_on, days=definition.grace_days),
        interval_days=due.interval_days,
        follow_up_id=due.follow_up_id,
        refusal=ibis.null("string") if is_brief else refusal,
        is_booked=any_of([people.coming_blank, *(people[words.coming(one)] for one in coming)]),
    )
    opens_on = rows.due_on if definition.risk_class >= SIGNED_FROM_CLASS else rows.overdue_on
    if is_brief:
        rows = rows.filter(opens_on <= AS_OF)
        return _answers(rows, definition, ibis.ifelse(rows.is_booked, "booked", "open"))
    verdict = ibis.cases(
        (rows.standing.notnull(), rows.standing),
        (rows.refusal.notnull(), rows.refusal),
        (rows.due_on.isnull(), "nothing_to_count_from"),
        (opens_on > AS_OF, "not_due"),
        (rows.is_booked, "booked"),
        else_="open",
    )
    return _answers(rows, definition, verdict)


def _answers(rows: ir.Table, definition: GapDefinition, verdict: ir.StringValue) -> ir.Table:
    return rows.select(
        "patient_id",
        definition_key=ibis.literal(definition.key),
        kind=ibis.literal(definition.kind),
        verdict=verdict,
        tier=rows.tier,
        risk_class=ibis.literal(definition.risk_class, "int16"),
        visit_type=ibis.literal(definition.visit_type),
        is_sensitive=ibis.literal(bool(definition.sensitivity)),
        anchor_on=rows.anchor_on,
        due_on=rows.due_on,
        overdue_on=rows.overdue_on,
        interval_days=rows.interval_days,
        location_id=rows.location_id,
        follow_up_id=rows.follow_up_id,
        appointment_id=ibis.null("int64"),
        value_cents=rows.value_cents,
        outreach=ibis.literal(definition.outreach),
    )


def _refusal(
    people: ir.Table, definition: GapDefinition, words: Vocabulary, settings: GapSettings
) -> ir.StringValue:
    branches: list[tuple[ir.BooleanValue, str]] = []
    signed = settings.is_signed(definition.key, definition.content_hash, definition.signed_off_by)
    if definition.risk_class >= SIGNED_FROM_CLASS and not signed:
        return ibis.literal("unsigned")
    if definition.sexes:
        unknown = people.sex.isin(["unknown", "other"])
        fits = people.sex.isin(definition.sexes)
        branches += [(unknown & ~fits, "unknown"), (~fits, "not_eligible")]
    branches += _age(people, definition)
    if definition.conditions:
        running = any_of([people[words.running(one)] for one in definition.conditions])
        branches.append((~running, "not_eligible"))
    branches += [(people[words.running(one)], "not_eligible") for one in definition.none_of_conditions]
    branches += [(people.exclusions.contains(f"|{one}|"), "excluded") for one in definition.exclusion_words]
    branches += [(people[words.done(one)].notnull(), "excluded") for one in definition.exclusion_procedures]
    branches += [(people[words.ever(one)], "excluded") for one in definition.exclusion_conditions]
    return ibis.cases(*branches, else_=ibis.null("string")) if branches else ibis.null("string")


def _age(people: ir.Table, definition: GapDefinition) -> list[tuple[ir.BooleanValue, str]]:
    low, high = definition.min_age, definition.max_age
    if low is None and high is None:
        return []
    day = AS_OF
    branches: list[tuple[ir.BooleanValue, str]] = [(people.birth_on.isnull(), "unknown")]
    if low is not None:
        branches.append((day < later(people.birth_on, months=12 * low), "not_eligible"))
    if high is not None:
        branches.append((day >= later(people.birth_on, months=12 * (high + 1)), "not_eligible"))
    return branches


def _group(people: ir.Table, group: Qualifying, words: Vocabulary) -> tuple[ir.DateValue, ir.DateValue]:
    """(last qualifying day, day the next is due) of one group."""
    days = [people[words.last(one)] for one in group.visit_types]
    days += [people[words.done(one)] for one in group.procedures]
    on = latest(days)
    return on, later(on, group.interval_months, group.interval_days)


def _due(people: ir.Table, definition: GapDefinition, number: int, words: Vocabulary) -> Due:
    groups = [_group(people, one, words) for one in definition.qualifying]
    anchor_on, due_on = groups[0]
    for on, due in groups[1:]:
        wins = due_on.isnull() | (due > due_on) | ((due == due_on) & (on > anchor_on))
        wins = (wins & due.notnull()).fill_null(False)
        anchor_on, due_on = ibis.ifelse(wins, on, anchor_on), ibis.ifelse(wins, due, due_on)
    last = latest([on for on, _ in groups])
    first_due, first_days = _first_due(people, definition, words)
    never = due_on.isnull()
    days = ibis.ifelse(never, first_days, due_on.delta(anchor_on, unit="day"))
    due_on = due_on.coalesce(first_due)
    if not definition.return_types:
        return Due(due_on, anchor_on, days.cast("int64"), ibis.null("int64"))
    told = people[f"return_{number}"]
    recommended_on, return_on = told["recommended_on"], told["due_on"]
    beats = recommended_on.notnull() & (last.isnull() | (recommended_on >= last).fill_null(False))
    return Due(
        due_on=ibis.ifelse(beats, return_on, due_on),
        anchor_on=ibis.ifelse(beats, recommended_on, anchor_on),
        interval_days=ibis.ifelse(
            beats, ibis.greatest(return_on.delta(recommended_on, unit="day"), 1), days
        ).cast("int64"),
        follow_up_id=ibis.ifelse(beats, told["id"], ibis.null("int64")),
    )


def _first_due(
    people: ir.Table, definition: GapDefinition, words: Vocabulary
) -> tuple[ir.DateValue, ir.IntegerValue]:
    """(day the first one is due, days of the interval after it); NULL where nothing is to count from."""
    if definition.first_due == "age" and definition.first_due_age is not None:
        of_age = later(people.birth_on, months=12 * definition.first_due_age)
        due_on = ibis.ifelse(people.birth_on.isnull(), NO_DAY, latest([of_age, people.first_attended_on]))
    elif definition.first_due == "condition":
        onsets = [people[words.onset(one)] for one in definition.conditions]
        start = ibis.least(*onsets) if len(onsets) > 1 else onsets[0]
        begun = latest([start, people.first_attended_on])
        due_on = later(begun, definition.interval_months, definition.interval_days)
    else:
        return NO_DAY, ibis.null("int64")
    after = later(due_on, definition.interval_months, definition.interval_days)
    return due_on, after.delta(due_on, unit="day")
