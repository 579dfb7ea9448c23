"""Schedules small enough to read: fictional antigens, one rule at a time."""

from dataclasses import replace
from datetime import date

from rebook.core.immunisation.assess import assess
from rebook.core.immunisation.patient import GivenDose, Observation, Person
from rebook.core.immunisation.periods import read_period
from rebook.core.immunisation.schedule import (
    AgeRule,
    Antigen,
    Association,
    Conflict,
    CountLogic,
    Indication,
    InForce,
    IntervalRule,
    Schedule,
    Series,
    SeriesDose,
    SeriesKind,
    SkipCondition,
    SkipContext,
    SkipKind,
    SkipRule,
    SkipSet,
    VaccineGroup,
    VaccineRule,
    observations_in,
)

BORN = date(2020, 1, 1)
ALPHA, ALPHA_OLD, BETA, BOTH = "501", "502", "503", "504"
VACCINES = {
    ALPHA: (Association("Alpha"),),
    ALPHA_OLD: (Association("Alpha"),),
    BETA: (Association("Beta"),),
    BOTH: (Association("Alpha"), Association("Beta")),
}


def day(words):
    return date.fromisoformat(words) if isinstance(words, str) else words


def periods(**words):
    return {name: read_period(text) if isinstance(text, str) else text for name, text in words.items()}


def age(absolute="", least="", early="", late="", most="", since=None, until=None):
    return AgeRule(
        **periods(
            absolute_minimum=absolute,
            minimum=least,
            earliest_recommended=early,
            latest_recommended=late,
            maximum=most,
        ),
        in_force=InForce(day(since), day(until)),
    )


def gap(absolute="", least="", early="", late="", **source):
    """An interval, from the previous dose unless ``source`` names another reference."""
    source = source or {"from_previous": True}
    return IntervalRule(
        **periods(
            absolute_minimum=absolute, minimum=least, earliest_recommended=early, latest_recommended=late
        ),
        **source,
    )


def vaccine(cvx=ALPHA, begin="", end="", **more):
    return VaccineRule(cvx, **periods(begin_age=begin, end_age=end), **more)


def target(number=1, *, ages=(), gaps=(), allowed_gaps=(), codes=(ALPHA,), **more):
    """A target dose that any of ``codes`` satisfies."""
    return SeriesDose(
        number=number,
        ages=tuple(ages),
        intervals=tuple(gaps),
        allowable_intervals=tuple(allowed_gaps),
        preferable=more.pop("preferable", tuple(vaccine(code) for code in codes)),
        **more,
    )


def count(at_most, *, logic=CountLogic.GREATER, valid=False, codes=(), **ages):
    return SkipCondition(
        SkipKind.COUNT,
        count=at_most,
        logic=logic,
        valid_only=valid,
        vaccines=frozenset(codes),
        **periods(**ages),
    )


def aged(begin="", end=""):
    return SkipCondition(SkipKind.AGE, **periods(begin_age=begin, end_age=end))


def skip(*conditions, context=SkipContext.BOTH, needs_all=True, words="not needed"):
    """One set with these conditions."""
    return SkipRule(context, (SkipSet(tuple(conditions), needs_all, words),))


def series(*targets, name="Standard Alpha", antigen="Alpha", kind=SeriesKind.STANDARD, **more):
    more.setdefault("is_default", kind is SeriesKind.STANDARD)
    return Series(
        name=name, antigen=antigen, vaccine_group=more.pop("of", antigen), kind=kind, doses=targets, **more
    )


def risk(*targets, observation="901", begin="", end="", **more):
    indication = Indication(observation, "at risk", **periods(begin_age=begin, end_age=end))
    more = {"name": "Risk Alpha", "group": "2", "indications": (indication,)} | more
    return series(*targets, kind=SeriesKind.RISK, is_default=False, **more)


def conflict(previous, current, ends="28 days", ends_if_valid="24 days"):
    return Conflict(previous, current, *(read_period(one) for one in ("1 day", ends_if_valid, ends)))


def schedule(*found, groups=None, conflicts=(), antigens=None, version="1.0"):
    """One antigen for each name in ``found``; a group of its own for each unless ``groups`` are given."""
    names = sorted({one.antigen for one in found})
    made = {name: Antigen(name, tuple(s for s in found if s.antigen == name)) for name in names}
    made = {name: replace(one, **(antigens or {}).get(name, {})) for name, one in made.items()}
    return Schedule(
        antigens=made,
        groups=tuple(groups or (VaccineGroup(name, (name,)) for name in names)),
        vaccines={
            code: tuple(link for link in links if link.antigen in made) for code, links in VACCINES.items()
        },
        vaccine_names={ALPHA: "Alpha vaccine", BETA: "Beta vaccine"},
        conflicts={c.current: tuple(d for d in conflicts if d.current == c.current) for c in conflicts},
        observations={"901": "At risk", "902": "Exposed", "903": "Never looked at"},
        version=version,
        used_observations=observations_in(made.values()),
    )


def given(*doses):
    """``("2020-03-01", ALPHA)`` or only the day."""
    rows = [(one, ALPHA) if isinstance(one, str) else one for one in doses]
    return tuple(GivenDose(day(row[0]), *row[1:], key=str(n)) for n, row in enumerate(rows, start=1))


def person(*doses, born=BORN, sex="Female", observed=(), country=""):
    observations = tuple(
        Observation(one) if isinstance(one, str) else Observation(one[0], day(one[1])) for one in observed
    )
    return Person(day(born), sex, country, doses=given(*doses), observations=observations)


def ask(plan, who, as_of, group="Alpha"):
    """The headline for ``group``."""
    return assess(plan, who, as_of=day(as_of)).headline(group)


def statuses(answer):
    """What became of each dose: "Valid", or the reason it does not count."""
    return [one.reason.value or one.status.value for one in answer.doses]
