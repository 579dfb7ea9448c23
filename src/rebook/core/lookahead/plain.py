"""The look ahead said plainly: one case after the other, day by day. Slow, and the measure of the fast one.

``analytics.lookahead`` does the same with whole columns; both give the same whole numbers.
"""

from dataclasses import dataclass, field
from typing import Any

from rebook.core.capacity import URGENT_CLASS, Capacity, Demand, House, Measured, Room, plan
from rebook.core.lookahead.booking import spread, take_times
from rebook.core.lookahead.values import (
    CHANNELS,
    LONG_AGO,
    LOST,
    MEASURES,
    MILLION,
    NEVER,
    Outlook,
    Scenario,
)

PHONE = CHANNELS.index("phone")


@dataclass(slots=True)
class Case:
    """One case on its way. ``weight``: millionths of a patient still to be contacted."""

    campaign: int
    site: int
    kind: int
    risk_class: int
    step: int
    due: int
    reach: int
    preferred: int
    is_waiting: bool
    sent: list[int]
    tries: int
    calls: int
    from_day: int
    household: int
    weight: int = MILLION


@dataclass(slots=True)
class Run:
    """The state of one look ahead."""

    asked: Scenario
    cases: list[Case]
    free: list[list[list[int] | None]]
    counts: dict[str, Any]
    lost: dict[str, Any]
    squares: dict[str, Any]
    planned: Any
    taken_in: list[list[int]]
    room: list[list[int]]
    # The days of each household's last three contacts, newest first.
    households: list[list[int]]
    # Expected bookings to come: (campaign, site, kind) -> by day.
    coming: dict[tuple[int, int, int], list[int]] = field(default_factory=dict)


def look_ahead(asked: Scenario) -> Outlook:
    """What to expect of each day."""
    run = _begin(asked)
    for day in range(asked.days):
        _take_in(run, day)
        for case in run.cases:
            if not case.is_waiting and case.weight > 0 and case.due == day:
                _step(run, case, day)
        _book(run, day)
    return Outlook(run.counts, run.lost, run.squares, run.planned, run.taken_in, run.room)


def _begin(asked: Scenario) -> Run:
    of = asked.cases

    def cells() -> list[list[list[int]]]:
        return [[[0] * asked.days for _ in asked.sites] for _ in asked.campaigns]

    cases = [
        Case(
            of.campaign[n], of.site[n], of.kind[n], of.risk_class[n], of.step[n], max(of.due[n], 0),
            of.reach[n], of.preferred[n], bool(of.is_waiting[n]), [of.sent_1[n], of.sent_2[n], of.sent_3[n]],
            of.tries[n], of.calls[n], of.from_day[n], of.household[n],
        )
        for n in range(len(of))
    ]  # fmt: skip
    free = [
        [None if kind is None else [count * MILLION for count in kind] for kind in site]
        for site in asked.free
    ]
    return Run(
        asked, cases, free,
        {name: cells() for name in MEASURES}, {name: cells() for name in LOST},
        {name: cells() for name in CHANNELS}, cells(),
        [[0] * asked.days for _ in asked.campaigns], [[-1] * asked.days for _ in asked.kinds],
        [list(one) for one in asked.households],
    )  # fmt: skip


def house_on(asked: Scenario, *, free: list[int | None], invited: list[int], day: int) -> House:
    """Capacity's view of one day: whole free times of the window and whole patients invited, by kind.

    Replies and work that wait now bind the first day only: nobody knows what will wait later.
    """
    rooms = {
        kind: Room(kind, free[n], invited[n] // MILLION, Measured(asked.booking_rate[n], "prior", ""))
        for n, kind in enumerate(asked.kinds)
    }
    now = {"replies": asked.replies, "minutes_owed": asked.minutes_owed} if day == 0 else {}
    return House(rooms=rooms, general=asked.general, minutes=asked.minutes, **now)  # type: ignore[arg-type]


def _take_in(run: Run, day: int) -> None:
    asked = run.asked
    free: list[int | None] = []
    for kind in range(len(asked.kinds)):
        columns = [site[kind] for site in run.free]
        known = [one[day : day + asked.policy.window_days] for one in columns if one is not None]
        free.append(sum(map(sum, known)) // MILLION if known else None)
    invited = [0] * len(asked.kinds)
    for case in run.cases:
        if not case.is_waiting and case.due != NEVER:
            invited[case.kind] += case.weight
    waiting: list[list[Case]] = [[] for _ in asked.campaigns]
    for case in run.cases:
        if case.is_waiting and case.from_day <= day and asked.campaigns[case.campaign].takes_in[day]:
            waiting[case.campaign].append(case)
    demands = [one for place in range(len(asked.campaigns)) for one in _demands(run, place, waiting[place])]
    house = house_on(asked, free=free, invited=invited, day=day)
    found = plan(house, demands, asked.policy, campaigns=[one.id for one in asked.campaigns])
    for place, campaign in enumerate(asked.campaigns):
        for case in _chosen(run, waiting[place], found[campaign.id], most=campaign.daily_limit):
            _open(run, case, day)
    for kind, count in enumerate(free):
        if count is not None:
            run.room[kind][day] = count


def _demands(run: Run, place: int, waiting: list[Case]) -> list[Demand]:
    campaign = run.asked.campaigns[place]
    counts: dict[tuple[int, int], int] = {}
    for case in waiting[: campaign.daily_limit]:
        key = (case.kind, case.risk_class)
        counts[key] = counts.get(key, 0) + 1
    return [
        Demand(campaign.id, run.asked.kinds[kind], grade, count, campaign.minutes_each)
        for (kind, grade), count in sorted(counts.items())
    ]


def _chosen(run: Run, waiting: list[Case], capacity: Capacity, *, most: int) -> list[Case]:
    chosen: list[Case] = []
    left, of_type = capacity.left, dict(capacity.by_type)
    for case in waiting:
        if len(chosen) >= most:
            break
        if case.risk_class < URGENT_CLASS:
            kind = run.asked.kinds[case.kind]
            if left == 0 or of_type.get(kind) == 0:
                continue
            if kind in of_type:
                of_type[kind] -= 1
            left = None if left is None else left - 1
        chosen.append(case)
    return chosen


def _open(run: Run, case: Case, day: int) -> None:
    campaign = run.asked.campaigns[case.campaign]
    case.is_waiting = False
    case.step, case.tries, case.calls = 0, 0, 0
    case.due = campaign.first_due[case.site][day] if campaign.steps else NEVER
    left_out = campaign.holdout_percent if case.risk_class < URGENT_CLASS else 0
    case.weight = MILLION * (100 - left_out) // 100
    run.counts["enrolled"][case.campaign][case.site][day] += MILLION
    run.taken_in[case.campaign][day] += 1


def _step(run: Run, case: Case, day: int) -> None:
    """The step that is due: passed over, put off, or sent."""
    asked, campaign = run.asked, run.asked.campaigns[case.campaign]
    here = (case.campaign, case.site)
    channel = campaign.channel[case.step][case.reach][case.preferred + 1]
    exhausted = case.tries >= asked.limits.per_case
    taken = campaign.taken[case.step][case.risk_class]
    if channel >= 0 and not exhausted:
        later = _not_before(run, case, channel, day, is_likely=2 * taken >= MILLION)
        if later != day:
            case.due = later
            return
    meant = case.weight * taken // MILLION
    run.planned[here[0]][here[1]][day] += case.weight
    run.lost["passed_over"][here[0]][here[1]][day] += case.weight - meant
    too_many_calls = channel == PHONE and case.calls >= asked.limits.calls_per_case
    if channel < 0 or exhausted or too_many_calls:
        run.lost["unreachable"][here[0]][here[1]][day] += meant
    else:
        _send(run, case, channel, meant, day, is_likely=2 * taken >= MILLION)
    case.due = campaign.next_due[case.step][case.site][day]
    case.step += 1
    if case.step >= campaign.steps:
        case.due = NEVER


def _not_before(run: Run, case: Case, channel: int, day: int, *, is_likely: bool) -> int:
    """The first day from ``day`` on on which caps and hours allow the contact.

    A step that few cases take neither waits for the caps nor counts for them: it stands for those few only.
    """
    limits = run.asked.limits
    apart = limits.apart_urgent if case.risk_class >= URGENT_CLASS else limits.apart
    third = limits.per_week - 1
    counts_weeks = 0 <= third <= 2
    free = [case.sent[0] + apart, case.sent[third] + 7 if counts_weeks else LONG_AGO]
    if case.household >= 0:
        together = run.households[case.household]
        free += [together[0] + 1, together[third] + 7 if counts_weeks else LONG_AGO]
    earliest = max(day, *free) if is_likely else day
    opening = run.asked.next_open[case.site][channel]
    return opening[earliest] if earliest < len(opening) else NEVER


def _send(run: Run, case: Case, channel: int, meant: int, day: int, *, is_likely: bool) -> None:
    share, where = run.asked.shares[channel], (case.campaign, case.site)
    refused = meant * share.refused // MILLION
    sent = meant - refused
    books, stops = sent * share.books // MILLION, sent * share.stops // MILLION
    name = CHANNELS[channel]
    run.lost["refused"][where[0]][where[1]][day] += refused
    run.counts[name][where[0]][where[1]][day] += sent
    run.squares[name][where[0]][where[1]][day] += sent * sent // MILLION
    run.counts["replies"][where[0]][where[1]][day] += sent * share.replies // MILLION
    coming = run.coming.setdefault((*where, case.kind), [0] * (run.asked.days + len(run.asked.lag)))
    for after, part in enumerate(spread(books, run.asked.lag)):
        coming[day + after] += part
    case.weight -= books + stops
    if is_likely:
        case.sent = [day, *case.sent[:2]]
        if case.household >= 0:
            run.households[case.household] = [day, *run.households[case.household][:2]]
        case.tries += 1
        case.calls += channel == PHONE


def _book(run: Run, day: int) -> None:
    """Bookings of the day take the earliest free times of their kind at their site, from tomorrow on."""
    for (place, site, kind), coming in sorted(run.coming.items()):
        amount = coming[day]
        free = run.free[site][kind]
        if free is None:
            run.counts["bookings"][place][site][day] += amount
            continue
        used, left = take_times(free, amount=amount, from_day=day + 1)
        run.counts["bookings"][place][site][day] += amount - left
        run.lost["no_room"][place][site][day] += left
        for on, part in used:
            if on < run.asked.days:
                run.counts["visits"][place][site][on] += part
