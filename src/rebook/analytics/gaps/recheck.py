"""When an answer can change by itself: the days found in the expressions, so that no rule can be forgotten.

Time enters a plan only through ``AS_OF``. As long as every comparison of it with a date comes out the same,
every answer stays the same, whatever the rules are. A comparison changes on one day, which can be read off
the date it compares with; the earliest of them all is the first day on which a patient has to be judged
again. Where ``AS_OF`` is used in any other way, that is the next day: earlier than needed does no harm.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from .wide import AS_OF

_DAY = AS_OF.op()
_MIRRORED = {
    ops.Less: ops.Greater,
    ops.LessEqual: ops.GreaterEqual,
    ops.Greater: ops.Less,
    ops.GreaterEqual: ops.LessEqual,
    ops.Equals: ops.Equals,
    ops.NotEquals: ops.NotEquals,
}
# Comparison of the day with a date to how many days after that date it comes out differently.
_AFTER = {
    ops.Less: (0,),
    ops.LessEqual: (1,),
    ops.Greater: (1,),
    ops.GreaterEqual: (0,),
    ops.Equals: (0, 1),
    ops.NotEquals: (0, 1),
}
# Month arithmetic is not reversible to the day: this many days early is early enough.
_SLACK = 4
# Days ahead that a season is followed.
LOOK_AHEAD = 29

# A day on which something may change, as an expression over one relation; None: the next day.
Switch: TypeAlias = ir.DateValue | None


def recheck_days(people: ir.Table, rows: ir.Table, findings: Sequence[ir.Table]) -> list[ir.Table]:
    """Tables of ``patient_id`` and ``recheck_on``, later than ``AS_OF``; a patient's earliest counts.

    ``rows`` is what the table ``people`` is made of, and ``findings`` read it.
    """
    switches: dict[ops.Relation, list[Switch]] = defaultdict(list)
    for relation, found in _switches(rows.op()):
        here = found if found is None else _in_people(found, rows, people)
        switches[relation if here is found else people.op()].append(here)
    for one in findings:
        for relation, found in _switches(one.op()):
            switches[relation].append(found)
    return [_earliest(relation, found, people) for relation, found in switches.items()]


def _earliest(relation: ops.Relation, found: Iterable[Switch], people: ir.Table) -> ir.Table:
    table = relation.to_expr() if "patient_id" in relation.schema else people
    unique = {None if one is None else one.op(): one for one in found}
    tomorrow = _plus(AS_OF, days=1)
    days = [_coming(one, tomorrow) for one in unique.values()]
    if table is people and relation is not people.op():
        days = [tomorrow]
    rows = table.select("patient_id", recheck_on=ibis.least(*days) if len(days) > 1 else days[0])
    return rows.filter(rows.recheck_on.notnull())


def _coming(day: Switch, tomorrow: ir.DateValue) -> ir.DateValue:
    return tomorrow if day is None else ibis.ifelse(day >= tomorrow, day, ibis.null("date"))


def _in_people(day: ir.DateValue, rows: ir.Table, people: ir.Table) -> ir.DateValue:
    """The same day from a column that reaches the table ``people``, which is cheap to read; else as it is."""
    if any(isinstance(one.rel, ops.UnboundTable) for one in _fields(day)):
        return day
    (bound,) = rows.bind(day)
    if any(one.rel != rows.op() for one in _fields(bound)):
        return day
    moved: dict[ops.Node, ops.Node] = {one: ops.Field(people.op(), one.name) for one in _fields(bound)}
    answer: ir.DateValue = bound.op().replace(moved, filter=ops.Value).to_expr()
    return answer


def _fields(value: ir.Value) -> list[ops.Field]:
    return list(value.op().find(ops.Field, filter=ops.Value))


def _switches(root: ops.Relation) -> list[tuple[ops.Relation, Switch]]:
    found: list[tuple[ops.Relation, Switch]] = []
    for relation in root.find(ops.Relation):
        seen: set[ops.Value] = set()
        parents = [one for one in relation.__children__ if isinstance(one, ops.Relation)]
        for value in relation.__children__:
            if isinstance(value, ops.Value):
                for day, where in _of_value(value, seen):
                    at = where if len(where) == 1 else parents[:1]
                    found.append((*(at or [relation]), day if len(where) < 2 else None))
    return found


def _of_value(value: ops.Value, seen: set[ops.Value]) -> list[tuple[Switch, list[ops.Relation]]]:
    """Days on which ``value`` may change, each with the relations it looks at."""
    if value in seen or isinstance(value, ops.Field) or not _looks_at_day(value):
        return []
    seen.add(value)
    days = _of_comparison(value)
    if days is not None:
        return [(day, list(day.op().relations)) for day in days]
    if value.dtype.is_boolean() and not value.find(ops.Field, filter=ops.Value):
        return [(_of_calendar(value), [])]
    if value == _DAY:
        return [(None, [])]
    inner = [one for one in value.__children__ if isinstance(one, ops.Value)]
    return [switch for one in inner for switch in _of_value(one, seen)]


def _of_calendar(value: ops.Value) -> ir.DateValue:
    """The next day on which a test of nothing but the day (a season) comes out differently, or a month on."""
    now = value.to_expr()
    days = [(_plus(AS_OF, days=ahead), ahead) for ahead in range(1, LOOK_AHEAD)]
    then = [(value.replace({_DAY: day.op()}, filter=ops.Value).to_expr(), day) for day, _ in days]
    return ibis.cases(*((one != now, day) for one, day in then), else_=_plus(AS_OF, days=LOOK_AHEAD))


def _of_comparison(value: ops.Value) -> list[ir.DateValue] | None:
    """The days on which a comparison of the day with a date comes out differently; None for anything else."""
    if isinstance(value, ops.Between):
        low = _days(ops.GreaterEqual, value.arg, value.lower_bound)
        high = _days(ops.LessEqual, value.arg, value.upper_bound)
        return None if low is None or high is None else low + high
    if type(value) not in _AFTER:
        return None
    return _days(type(value), value.left, value.right)


def _days(kind: type[ops.Value], left: ops.Value, right: ops.Value) -> list[ir.DateValue] | None:
    if _looks_at_day(right):
        kind, left, right = _MIRRORED[kind], right, left
    if not _looks_at_day(left):
        return []
    shift = _shift(left)
    if shift is None or _looks_at_day(right) or not right.dtype.is_date():
        return None
    months, days = shift
    date: ir.DateValue = right.to_expr()
    if not months:
        return [_plus(date, days=after - days) for after in _AFTER[kind]]
    early = _plus((date - ibis.interval(months=months)).cast("date"), days=-days - _SLACK)
    # Between the first day on which it may change and the last: every day anew.
    last = _plus(early, days=2 * _SLACK + 1)
    tomorrow = _plus(AS_OF, days=1)
    return [ibis.ifelse(last >= tomorrow, ibis.greatest(early, tomorrow), ibis.null("date"))]


def _shift(value: ops.Value) -> tuple[int, int] | None:
    """(months, days) that ``value`` lies after the day; None when it is not the day moved by a fixed time."""
    if value == _DAY:
        return 0, 0
    if isinstance(value, ops.Cast) and value.to.is_date():
        return _shift(value.arg)
    if isinstance(value, ops.DateAdd | ops.DateSub) and isinstance(value.right, ops.Literal):
        inner, unit = _shift(value.left), value.right.dtype.unit.value
        step = {"Y": (12, 0), "Q": (3, 0), "M": (1, 0), "W": (0, 7), "D": (0, 1)}.get(unit)
        if inner is None or step is None:
            return None
        sign = 1 if isinstance(value, ops.DateAdd) else -1
        count = sign * int(value.right.value)
        return inner[0] + count * step[0], inner[1] + count * step[1]
    return None


def _looks_at_day(value: ops.Value) -> bool:
    return any(one == _DAY for one in value.find(type(_DAY), filter=ops.Value))


def _plus(day: ir.DateValue, *, days: int) -> ir.DateValue:
    return (day + ibis.interval(days=days)).cast("date") if days else day
