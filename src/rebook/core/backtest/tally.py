"""From cells to the figures that people compare. Pure sums; every share comes with its denominator."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rebook.core.expected_gain import Gain, learn

from .cells import ContactCell, ListedCell, MissedCell, VisitCell
from .question import Assumptions, Question, Setting

# Days after listing at which the share who came back by themselves is told.
HORIZONS = (7, 14, 30, 60, 90, 120, 180, 270, 365)
# With fewer listings watched long enough the share who come back anyway is assumed, not measured.
ENOUGH = 100
WORKING_DAYS = 5
WRITTEN = ("sms", "email")
CALLED = ("phone",)


@dataclass(frozen=True, slots=True)
class Chances:
    """Chance of coming back within ``within_days`` with and without contact, 0 to 1, and where it is from."""

    with_contact: float
    without_contact: float
    within_days: int
    source: str


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was counted, for ``tally``. ``excluded``: setting to verdict to patients, on the last day."""

    listed: Sequence[ListedCell]
    missed: Sequence[MissedCell] = ()
    contacts: Sequence[ContactCell] = ()
    visits: Sequence[VisitCell] = ()
    patients: Mapping[str, int] | None = None
    excluded: Mapping[str, Mapping[str, int]] | None = None
    slots_per_week: float | None = None
    # What the records cannot say, in rows (``caveats.OF_ROWS``); and contacts that were known.
    blind: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """The result as plain JSON: ``weeks`` are the first days of the weeks, ``settings`` one entry each."""

    weeks: tuple[str, ...]
    settings: tuple[dict[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        return {"weeks": list(self.weeks), "settings": list(self.settings)}


def tally(question: Question, figures: Figures, *, records_end_on: date, gain: Gain | None = None) -> Tally:
    """One entry per setting of ``question``. ``records_end_on``: the last day of which the records know.

    ``gain``: what contact is believed to add (``core.expected_gain``); None is its stated prior.
    """
    believed = gain or learn(arms={}, natural={}, basis="nothing yet", strata=()).overall
    count = (question.to_on - question.from_on).days // 7 + 1
    weeks = tuple((question.from_on + timedelta(days=7 * one)).isoformat() for one in range(count))
    parts = [_setting(one, question, figures, count, records_end_on, believed) for one in question.settings]
    return Tally(weeks, tuple(parts))


def _setting(
    setting: Setting,
    question: Question,
    figures: Figures,
    weeks: int,
    records_end_on: date,
    gain: Gain,
) -> dict[str, Any]:
    mine = [one for one in figures.listed if one.setting == setting.name]
    listings = sum(one.count for one in mine)
    backlog = sum(one.count for one in mine if one.first_on == question.from_on)
    new = _new_by_week(mine, question, weeks)
    curve = comeback(mine, records_end_on)
    chance = chances_of(mine, records_end_on, question.assumptions, gain)
    extra = listings * max(chance.with_contact - chance.without_contact, 0)
    return {
        "name": setting.name,
        "changes": setting.in_words,
        "patients": (figures.patients or {}).get(setting.name, 0),
        "listings": listings,
        "backlog": backlog,
        "new": listings - backlog,
        "came_alone": _sum(mine, how="alone"),
        "came_after_contact": _sum(mine, how="after_contact"),
        "never_back": sum(one.count for one in mine if one.back_after_days is None),
        "comeback": curve,
        "missed": _missed(setting.name, figures.missed),
        "by_reason": _by_reason(mine),
        "backlog_work": _backlog_work(setting.name, figures, question.assumptions),
        "workload": _workload(setting, figures, new, backlog, chance, question.assumptions),
        "gain": {
            "with_contact": round(chance.with_contact, 4),
            "without_contact": round(chance.without_contact, 4),
            "within_days": chance.within_days,
            "source": chance.source,
            "extra_visits": round(extra, 1),
        },
        "excluded": dict(sorted((figures.excluded or {}).get(setting.name, {}).items())),
    }


def comeback(cells: Iterable[ListedCell], records_end_on: date) -> list[dict[str, Any]]:
    """Of the listings watched for at least so many days: how many came back by themselves within them.

    Whoever came after a contact leaves the count: nothing can be said of what they would have done.
    """
    known = [one for one in cells if one.how != "after_contact"]
    lines = []
    for days in HORIZONS:
        watched = [one for one in known if (records_end_on - one.first_on).days >= days]
        of = sum(one.count for one in watched)
        back = sum(
            one.count for one in watched if one.back_after_days is not None and one.back_after_days <= days
        )
        lines.append({"days": days, "back": back, "of": of, "share": back / of if of else None})
    return lines


def chances_of(
    cells: Sequence[ListedCell], records_end_on: date, assumptions: Assumptions, gain: Gain
) -> Chances:
    """Without contact as measured here, when enough were watched; what contact adds, as believed."""
    within = assumptions.within_days
    watched = [
        one for one in cells if one.how != "after_contact" and (records_end_on - one.first_on).days >= within
    ]
    of = sum(one.count for one in watched)
    back = sum(
        one.count for one in watched if one.back_after_days is not None and one.back_after_days <= within
    )
    if assumptions.uplift_percent is None:
        adds, says = gain.mean, gain.words
    else:
        adds, says = (
            assumptions.uplift_percent / 100,
            f"contact adds {assumptions.uplift_percent} in a hundred",
        )
        says += ", as assumed for this run"
    without = back / of if of >= ENOUGH else gain.without
    here = f"{back} of {of} came back by themselves within {within} days here"
    if of < ENOUGH:
        here += f", too few to tell: {round(100 * without)} in a hundred are taken to"
    return Chances(min(max(without + adds, 0.0), 1.0), without, within, f"{here}; {says}")


def _sum(cells: Iterable[ListedCell], *, how: str) -> int:
    return sum(one.count for one in cells if one.how == how)


def _new_by_week(cells: Iterable[ListedCell], question: Question, weeks: int) -> list[int]:
    """Listings that were not there on the first day, by the week in which they came up."""
    new = [0] * weeks
    for one in cells:
        if one.first_on > question.from_on:
            new[(one.first_on - question.from_on).days // 7] += one.count
    return new


def _missed(setting: str, cells: Iterable[MissedCell]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for one in cells:
        if one.setting == setting:
            counted["due"] += one.count
            counted[f"{one.listed}_{one.then}"] += one.count
    return {
        "due": counted["due"],
        "never_listed_came": counted["never_came"],
        "never_listed_still_due": counted["never_still_due"],
        "never_listed_otherwise": counted["never_otherwise"],
        "listed_late": sum(counted[f"late_{then}"] for then in ("came", "still_due", "otherwise")),
    }


def _by_reason(cells: Iterable[ListedCell]) -> list[dict[str, Any]]:
    grouped: dict[str, list[ListedCell]] = defaultdict(list)
    for one in cells:
        grouped[one.reason].append(one)
    return [
        {
            "reason": reason,
            "listings": sum(one.count for one in rows),
            "came_alone": _sum(rows, how="alone"),
            "came_after_contact": _sum(rows, how="after_contact"),
            "never_back": sum(one.count for one in rows if one.back_after_days is None),
        }
        for reason, rows in sorted(grouped.items())
    ]


def _workload(
    setting: Setting,
    figures: Figures,
    new: list[int],
    backlog: int,
    chance: Chances,
    assumptions: Assumptions,
) -> list[dict[str, Any]]:
    """By week: listings that came up, contacts with these, minutes, visits needed beside visits kept.

    Who was listed on the first day already is in ``backlog_work``. With a daily limit the rest waits, the
    backlog first; contacts are told as if nobody had to.
    """
    contacts: dict[int, Counter[str]] = defaultdict(Counter)
    for one in figures.contacts:
        if one.setting == setting.name and not one.is_backlog:
            contacts[one.week][one.channel] += one.count
    visits = {one.week: one.count for one in figures.visits}
    waiting, lines = backlog, []
    for week, coming in enumerate(new):
        room = setting.daily_limit * WORKING_DAYS if setting.daily_limit else waiting + coming
        begun = min(waiting + coming, room)
        waiting += coming - begun
        lines.append(
            {
                "listed": coming,
                "waiting": waiting,
                "contacts": dict(sorted(contacts[week].items())),
                "minutes": _minutes(contacts[week], assumptions),
                "visits_needed": round(begun * chance.with_contact, 1),
                "visits_kept": visits.get(week, 0),
                "slots": figures.slots_per_week,
            }
        )
    return lines


def _backlog_work(setting: str, figures: Figures, assumptions: Assumptions) -> dict[str, Any]:
    """Contacts with those who were listed on the first day already, over all weeks."""
    contacts: Counter[str] = Counter()
    for one in figures.contacts:
        if one.setting == setting and one.is_backlog:
            contacts[one.channel] += one.count
    return {"contacts": dict(sorted(contacts.items())), "minutes": _minutes(contacts, assumptions)}


def _minutes(contacts: Mapping[str, int], assumptions: Assumptions) -> int:
    calls = sum(contacts.get(one, 0) for one in CALLED)
    written = sum(contacts.get(one, 0) for one in WRITTEN)
    replies = written * assumptions.replies_percent / 100
    return round(calls * assumptions.minutes_per_call + replies * assumptions.minutes_per_reply)
