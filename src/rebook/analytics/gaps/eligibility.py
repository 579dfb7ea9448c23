"""Whom a rule is for, over all patients: ``core.gaps.eligibility`` as one expression.

Its value is the verdict of the first test that fails, NULL where the rule applies.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from rebook.core.gaps import GapDefinition, GapSettings
from rebook.core.gaps.codes import not_loaded

from .days import any_of, later
from .expressions import holds
from .wide import AS_OF, Vocabulary

Branches = list[tuple[ir.BooleanValue, str]]


def refusal(
    people: ir.Table, definition: GapDefinition, words: Vocabulary, settings: GapSettings
) -> ir.StringValue:
    """Why ``definition`` does not apply to each row of ``people``."""
    if not settings.runs(definition):
        return ibis.literal("unsigned")
    if definition.blocks_unsigned and not_loaded(definition.expressions, settings.value_sets):
        return ibis.literal("unknown")
    branches = [
        *_sex(people, definition),
        *_age(people, definition),
        *_charted(people, words, definition),
    ]
    if definition.eligible_when is not None:
        wanted = holds(people, definition.eligible_when, words.leaves)
        # Not "IS NULL": Ibis writes NOT (x) IS NULL, which SQL reads the other way round.
        branches += [(~wanted.fill_null(True), "not_eligible"), (~wanted.fill_null(False), "unknown")]
    branches += _excluded(people, words, definition)
    if definition.excluded_when is not None:
        barred = holds(people, definition.excluded_when, words.leaves)
        branches += [(barred.fill_null(False), "excluded"), (barred.fill_null(True), "unknown")]
    return ibis.cases(*branches, else_=ibis.null("string")) if branches else ibis.null("string")


def superseding(
    definition: GapDefinition,
    people: ir.Table,
    definitions: Sequence[GapDefinition],
    words: Vocabulary,
    settings: GapSettings,
) -> ir.BooleanValue | None:
    """Whether a rule that supersedes ``definition`` applies to each row of ``people``; None: none could."""
    above = [one for one in definitions if definition.key in one.supersedes and settings.runs(one)]
    if not above:
        return None
    return any_of([refusal(people, one, words, settings).isnull() for one in above])


def _sex(people: ir.Table, definition: GapDefinition) -> Branches:
    if not definition.sexes:
        return []
    unknown = people.sex.isin(["unknown", "other"])
    fits = people.sex.isin(definition.sexes)
    return [(unknown & ~fits, "unknown"), (~fits, "not_eligible")]


def _age(people: ir.Table, definition: GapDefinition) -> Branches:
    low, high = definition.min_age, definition.max_age
    if low is None and high is None:
        return []
    branches: Branches = [(people.birth_on.isnull(), "unknown")]
    if low is not None:
        branches.append((later(people.birth_on, months=12 * low) > AS_OF, "not_eligible"))
    if high is not None:
        branches.append((later(people.birth_on, months=12 * (high + 1)) <= AS_OF, "not_eligible"))
    return branches


def _charted(people: ir.Table, words: Vocabulary, definition: GapDefinition) -> Branches:
    branches: Branches = []
    for name, wanted, barred in (
        (words.running, definition.conditions, definition.none_of_conditions),
        (words.taking, definition.medications, definition.none_of_medications),
    ):
        if wanted:
            branches.append((~any_of([people[name(one)] for one in wanted]), "not_eligible"))
        branches += [(people[name(one)], "not_eligible") for one in barred]
    return branches


def _excluded(people: ir.Table, words: Vocabulary, definition: GapDefinition) -> Branches:
    return [
        *((people.exclusions.contains(f"|{one}|"), "excluded") for one in definition.exclusion_words),
        *((people[words.done(one)].notnull(), "excluded") for one in definition.exclusion_procedures),
        *((people[words.ever(one)], "excluded") for one in definition.exclusion_conditions),
    ]
