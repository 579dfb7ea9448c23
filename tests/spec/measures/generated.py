"""Histories out of the words that a measure knows, at times that matter to it."""

from datetime import UTC, date, datetime, timedelta

from bundles import PERIOD, stand_ins
from hypothesis import strategies as st

from rebook.core.criteria import (
    MAX,
    MIN,
    Coded,
    Event,
    FlagIs,
    HasCode,
    History,
    Measured,
    Reading,
    Related,
    Span,
    WordIs,
    walk_tests,
)

EDGES = [
    PERIOD[0],
    PERIOD[1],
    *(
        datetime(year, month, 1, tzinfo=UTC)
        for year in (2017, 2022, 2024, 2025, 2026)
        for month in (1, 3, 10)
    ),
]


def moments():
    """Near an edge, exact or known to the day, or far off."""
    near = st.builds(
        lambda edge, hours: edge + timedelta(hours=hours),
        st.sampled_from(EDGES),
        st.integers(-72, 24 * 90),
    )
    exact = near.map(lambda one: (one, one))
    by_day = near.map(
        lambda one: (
            one.replace(hour=0, minute=0, second=0, microsecond=0),
            one.replace(hour=23, minute=59, second=59, microsecond=999000),
        )
    )
    return exact | by_day


@st.composite
def spans(draw):
    start = draw(moments())
    last = draw(st.sampled_from(["point", "later", "open", "unknown", "no begin"]))
    if last == "point":
        return Span(*start, *start)
    if last == "open":
        return Span(*start, MAX, MAX)
    if last == "unknown":
        return Span(*start, start[0], MAX)
    length = draw(st.integers(0, 24 * 40))
    end = tuple(one + timedelta(hours=length) for one in start)
    return Span(MIN, end[1], *end) if last == "no begin" else Span(*start, *end)


class Vocabulary:
    """What a measure's sets look for."""

    def __init__(self, loaded):
        names = {canonical: next(iter(codes)) for canonical, codes in stand_ins(loaded).items()}
        self.kinds: dict[str, dict[str, set]] = {}
        sets = loaded.measure.criteria.sets
        for wanted in sets.values():
            for kind in self._kinds(wanted, sets):
                known = self.kinds.setdefault(kind, {})
                for test in walk_tests(wanted.test):
                    self._learn(known, test, names)

    def _kinds(self, wanted, sets):
        if wanted.kind:
            return {wanted.kind}
        return {kind for name in wanted.among for kind in self._kinds(sets[name], sets)}

    @staticmethod
    def _learn(known, test, names):
        if isinstance(test, HasCode):
            codes = {*test.codes, *(names[one] for one in test.value_sets), ("urn:other", "other")}
            known.setdefault(f"code:{test.role}", set()).update(codes)
        elif isinstance(test, WordIs):
            known.setdefault(test.field, set()).update({*test.words, "entered-in-error"})
        elif isinstance(test, FlagIs):
            known.setdefault(test.field, set()).add(test.value)
        elif isinstance(test, Measured):
            near = [one for one in (test.at_least, test.above, test.at_most, test.below) if one is not None]
            numbers = {number + step for number in near for step in (-1, 0, 1)} or {5.0}
            readings = known.setdefault("readings", set())
            readings.update((test.component or ("", ""), number, test.unit or "1") for number in numbers)
        elif isinstance(test, Related) and test.refers:
            known.setdefault("refers", set()).add(test.refers)


@st.composite
def events(draw, vocabulary, number):
    kind = draw(st.sampled_from(sorted(vocabulary.kinds)))
    known = vocabulary.kinds[kind]

    def one(name, default=""):
        return draw(st.sampled_from(sorted(known[name]))) if known.get(name) else default

    roles = [name for name in sorted(known) if name.startswith("code:")]
    codes = [Coded(name.partition(":")[2], *one(name)) for name in roles if draw(st.integers(0, 9))]
    readings = {reading[0]: reading for reading in _some(draw, known.get("readings", ()))}
    refers = [(role, f"r{draw(st.integers(0, 8))}") for role in sorted(known.get("refers", ()))]
    return Event(
        id=number,
        kind=kind,
        span=draw(st.none() | spans()) if draw(st.integers(0, 9)) == 0 else draw(spans()),
        recorded=draw(moments().map(lambda pair: Span(*pair, *pair))),
        status=one("status"),
        intent=one("intent"),
        is_not_done=one("is_not_done", False),
        has_value=one("has_value", False),
        source_id=f"r{number}",
        codes=tuple(codes),
        readings=tuple(Reading(*code, amount, unit) for code, amount, unit in readings.values()),
        references=tuple(refers),
    )


def _some(draw, known):
    return draw(st.lists(st.sampled_from(sorted(known)), max_size=3)) if known else ()


@st.composite
def histories(draw, vocabulary, ages):
    count = draw(st.integers(0, 9))
    birth_on = draw(st.none() | st.sampled_from(ages)) if draw(st.integers(0, 9)) == 0 else None
    return History(
        birth_on or draw(st.sampled_from(ages)),
        draw(st.sampled_from(["248152002", "248153007", ""])),
        tuple(draw(events(vocabulary, number)) for number in range(count)),
    )


AGES = [
    date(2024, 6, 15),
    date(2024, 2, 29),
    date(2015, 6, 15),
    date(2008, 1, 1),
    date(1985, 12, 31),
    date(1960, 2, 29),
    date(1944, 7, 1),
]
