"""From populations to a gap: who is in the denominator and has not got what the measure asks."""

from datetime import UTC, datetime

import pytest

from rebook.core.criteria import (
    Coded,
    Counted,
    Criteria,
    Event,
    EventSet,
    GroupResult,
    HasCode,
    History,
    Measure,
    ValueSetMissing,
    day_span,
    evaluate,
    has_gap,
)
from rebook.core.criteria.history import Reading
from rebook.core.criteria.populations import MeasureResult

PERIOD = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, 59, 999000, tzinfo=UTC))


def measure(*, is_inverse=False, basis="patient"):
    """Visits make the population, procedures meet it, reports exclude, tasks except."""
    kinds = ("visit", "procedure", "report", "task")
    sets = {kind: EventSet(kind, kind=kind) for kind in kinds}
    if basis == "event":
        sets |= {kind: EventSet(kind, among=("visit",)) for kind in kinds[1:]}
        sets["procedure"] = EventSet("procedure", among=("visit",), test=HasCode("code", ("http://met",)))
        sets["report"] = sets["task"] = EventSet("report", among=("visit",), minus=("visit",))
    group = {
        "initial_population": Counted("visit"),
        "denominator_exclusion": Counted("report"),
        "denominator_exception": Counted("task"),
        "numerator": Counted("procedure"),
    }
    return Measure("M", "1", "", "", Criteria(sets=sets), (group,), basis, is_inverse)


def judged(*kinds, **more):
    events = tuple(Event(number, kind, span=day_span(PERIOD[0].date())) for number, kind in enumerate(kinds))
    one = measure(**more)
    found = evaluate(measure=one, history=History(None, "", events), value_sets={}, period=PERIOD)
    return has_gap(measure=one, result=found)


@pytest.mark.parametrize(
    ("kinds", "gap", "inverse"),
    [
        ((), False, False),
        (("visit",), True, False),
        (("visit", "procedure"), False, True),
        (("visit", "report"), False, False),
        (("visit", "report", "procedure"), False, False),
        (("visit", "task"), False, False),
        # Met is met, whatever excuse there was.
        (("visit", "task", "procedure"), False, True),
        (("procedure",), False, False),
    ],
)
def test_a_gap(kinds, gap, inverse):
    """In the denominator, not excluded, not excepted, not met; of an inverse measure: met."""
    assert judged(*kinds) is gap
    assert judged(*kinds, is_inverse=True) is inverse


def test_a_gap_in_any_group():
    """A measure of several rates is open while one of them is."""
    met = GroupResult({"denominator": 1, "denominator_exclusion": 0, "numerator": 1})
    open_ = GroupResult({"denominator": 1, "denominator_exclusion": 0, "numerator": 0})
    assert has_gap(measure=measure(), result=MeasureResult((met, open_)))
    assert not has_gap(measure=measure(), result=MeasureResult((met, met)))


def test_events_are_counted_one_by_one():
    """Two visits, one of them met: one is missing."""
    one = measure(basis="event")
    visits = (
        Event(1, "visit", codes=(Coded("code", "s", "met"),)),
        Event(2, "visit", readings=(Reading("", "", 1.0, "1"),)),
    )
    sets = {"http://met": frozenset({("s", "met")})}
    (group,) = evaluate(measure=one, history=History(None, "", visits), value_sets=sets, period=PERIOD).groups
    assert group.counts == {
        "initial_population": 2,
        "denominator": 2,
        "denominator_exclusion": 0,
        "denominator_exception": 0,
        "numerator": 1,
        "numerator_exclusion": None,
    }
    assert group.missing() == 1
    assert group.missing(is_inverse=True) == 1


def test_a_value_set_that_was_not_given_is_no_empty_one():
    """It is named instead."""
    visit = Event(1, "visit", codes=(Coded("code", "s", "met"),))
    with pytest.raises(ValueSetMissing, match="http://met"):
        evaluate(
            measure=measure(basis="event"), history=History(None, "", (visit,)), value_sets={}, period=PERIOD
        )


def test_the_steps_name_what_was_looked_for():
    """Every set that was looked into, how many were found among how many, and when."""
    events = tuple(Event(n, "visit", span=day_span(PERIOD[0].date(), PERIOD[0].date())) for n in range(7))
    found = evaluate(
        measure=measure(), history=History(None, "", events), value_sets={}, period=PERIOD, is_traced=True
    )
    steps = {one.rule: one for one in found.steps}
    assert steps["visit"].passed
    assert steps["visit"].detail.startswith("7 of 7 (visit): 2026-01-01")
    assert steps["visit"].detail.endswith("and 2 more")
    assert steps["procedure"].passed is False
    assert steps["procedure"].as_json()["detail"] == "0 of 0 (procedure)"
