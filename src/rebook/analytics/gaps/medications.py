"""Which medications are taken, and since when: ``core.gaps.chart_as_of`` over all patients."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from rebook.core.gaps.chart_as_of import RENEWAL_DAYS

# Stand in for "nobody knows when it began" and "it has not ended", so that days can be compared.
LONG_AGO, FOR_GOOD = ibis.date(1, 1, 1), ibis.date(9999, 12, 31)


def medication_columns(
    table: ir.Table, names: Mapping[str, tuple[str, str]], *, as_of: ir.DateValue
) -> ir.Table:
    """Per patient and medication of ``names`` two columns: whether it is taken, and when that began."""
    rows = table.filter(table.started_on.isnull() | (table.started_on <= as_of), table.kind.isin(list(names)))
    rows = rows.select(
        "patient_id",
        "kind",
        on=rows.started_on.coalesce(LONG_AGO),
        until=rows.ended_on.coalesce(FOR_GOOD),
    )
    runs = _runs(rows, as_of)
    columns: dict[str, ir.Value] = {}
    for kind, (taking, begun) in names.items():
        fits = runs.kind == kind
        columns[taking] = runs.is_taken.any(where=fits)
        columns[begun] = runs.begun_on.max(where=fits & runs.is_taken).nullif(LONG_AGO)
    return runs.group_by("patient_id").aggregate(**columns)


def _runs(rows: ir.Table, as_of: ir.DateValue) -> ir.Table:
    """Per patient and kind: whether it is taken, and the start of the run the newest record belongs to."""
    before = ibis.window(
        group_by=[rows.patient_id, rows.kind], order_by=[rows.on, rows.until], preceding=(None, 1)
    )
    rows = rows.mutate(covered_until=rows.until.max().over(before))
    apart = rows.on.delta(rows.covered_until, unit="day") > RENEWAL_DAYS
    rows = rows.mutate(begins=rows.covered_until.isnull() | apart)
    return rows.group_by(["patient_id", "kind"]).aggregate(
        is_taken=(rows.until > as_of).any(), begun_on=rows.on.max(where=rows.begins)
    )
