"""What was settled for single patients (R-C2): the newest word of each kind that counts on the day.

Hardly anybody has one. ``Preferred`` names the (kind, definition key) pairs that occur at all, so that a rule
about which nothing was settled costs nothing; None stands for "any of them may".
"""

from collections.abc import Collection

import ibis
import ibis.expr.types as ir

Preferred = frozenset[tuple[str, str]] | None


def may_occur(preferred: Preferred, kinds: Collection[str], key: str) -> bool:
    return preferred is None or any((kind, key) in preferred for kind in kinds)


def about_everything(table: ir.Table, preferred: Preferred, *, as_of: ir.DateValue) -> ir.Table | None:
    """Per patient ``snoozed_all`` and ``barred_all``: for every reason; None when nobody has either."""
    if not may_occur(preferred, ("snooze", "no_recall"), ""):
        return None
    rows = _in_force(table, "", as_of)
    return rows.group_by("patient_id").aggregate(
        snoozed_all=(rows.kind == "snooze").any(), barred_all=(rows.kind == "no_recall").any()
    )


def about_rule(table: ir.Table, key: str, *, as_of: ir.DateValue) -> ir.Table:
    """Per patient what was settled about the rule ``key``.

    ``own_months, own_days`` (the interval), ``next_on`` and ``next_made_on``, ``snoozed``, ``barred``.
    """
    rows = _in_force(table, key, as_of)
    newest_first = ibis.window(
        group_by=[rows.patient_id, rows.kind], order_by=[rows.made_on.desc(), rows.preference_id.desc()]
    )
    rows = rows.mutate(place=ibis.row_number().over(newest_first))
    rows = rows.filter(rows.place == 0)
    interval, following = rows.kind == "interval", rows.kind == "next_date"
    return rows.group_by("patient_id").aggregate(
        own_months=rows.interval_months.max(where=interval),
        own_days=rows.interval_days.max(where=interval),
        next_on=rows.due_on.max(where=following),
        next_made_on=rows.made_on.max(where=following & rows.due_on.notnull()),
        snoozed=(rows.kind == "snooze").any(),
        barred=(rows.kind == "no_recall").any(),
    )


def with_settled(
    people: ir.Table, table: ir.Table, key: str, *, preferred: Preferred, as_of: ir.DateValue
) -> ir.Table:
    """``people`` with the columns of ``about_rule`` where anything was settled about the rule at all."""
    if not may_occur(preferred, ("interval", "next_date", "snooze", "no_recall"), key):
        return people
    settled = about_rule(table, key, as_of=as_of).rename(settled_for="patient_id")
    joined = people.left_join(settled, people.patient_id == settled.settled_for).drop("settled_for")
    return joined.mutate(snoozed=joined.snoozed.fill_null(False), barred=joined.barred.fill_null(False))


def quietened(found: ir.Table, people: ir.Table) -> ir.Table:
    """Findings of events, those of patients who are left alone for now as "snoozed"."""
    if "snoozed_all" not in people.columns:
        return found
    quiet = people.filter(people.snoozed_all).select(left_alone="patient_id")
    joined = found.left_join(quiet, found.patient_id == quiet.left_alone)
    is_quiet = joined.left_alone.notnull() & (joined.verdict == "open") & (joined.outreach != "staff")
    return joined.mutate(verdict=ibis.ifelse(is_quiet, "snoozed", joined.verdict)).drop("left_alone")


def _in_force(table: ir.Table, key: str, as_of: ir.DateValue) -> ir.Table:
    return table.filter(
        table.definition_key == key,
        table.made_on <= as_of,
        table.ended_on.isnull() | (table.ended_on > as_of),
        table.valid_until.isnull() | (table.valid_until >= as_of),
    )
