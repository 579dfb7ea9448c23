"""The look ahead over whole columns: the rules of ``core.lookahead.plain``, a day at a time for everybody.

Both give the same whole numbers. Sums go through floats only where they stay below 2 ** 53, which is exact.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rebook.core.capacity import URGENT_CLASS, Capacity, Demand, plan
from rebook.core.lookahead.booking import take_times
from rebook.core.lookahead.plain import PHONE, house_on
from rebook.core.lookahead.values import (
    CHANNELS,
    LONG_AGO,
    LOST,
    MEASURES,
    MILLION,
    NEVER,
    Cases,
    Outlook,
    Scenario,
)

# Adds at places that may come several times; its own types know only one array of places.
_add_at: Any = np.add.at
Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(slots=True)
class Tables:
    """The campaigns' tables side by side; shorter sequences are filled up, never asked beyond their end."""

    channel: Ints
    first_due: Ints
    next_due: Ints
    taken: Ints
    steps: Ints
    next_open: Ints
    left_out: Ints


@dataclass(slots=True)
class State:
    """One entry per case, and the expected bookings and free times to come."""

    case: dict[str, Ints]
    weight: Ints
    waits: np.ndarray[Any, np.dtype[np.bool_]]
    waiting: list[Ints]
    coming: Ints
    free: list[list[list[int] | None]]
    cells: dict[str, Ints]
    squares: dict[str, Ints]
    planned: Ints
    taken_in: Ints
    room: Ints
    # The days of each household's last three contacts, newest first; the last row is nobody's.
    households: Ints


def look_ahead(asked: Scenario) -> Outlook:
    """What to expect of each day; arrays shaped (campaign, site, day). See ``core.lookahead.values``."""
    tables, state = _tables(asked), _begin(asked)
    for day in range(asked.days):
        _take_in(asked, tables, state, day)
        due = np.flatnonzero((state.case["due"] == day) & ~state.waits & (state.weight > 0))
        for some in _one_by_household(state, due):
            _steps(asked, tables, state, some, day)
        _book(asked, state, day)
    return Outlook(
        {name: state.cells[name] for name in MEASURES},
        {name: state.cells[name] for name in LOST},
        state.squares,
        state.planned,
        state.taken_in,
        state.room,
    )


def _tables(asked: Scenario) -> Tables:
    longest = max((one.steps for one in asked.campaigns), default=0)

    def side_by_side(name: str) -> Ints:
        parts = [np.asarray(getattr(one, name), dtype=np.int64) for one in asked.campaigns]
        shape = max((part.shape[1:] for part in parts), default=())
        whole = np.zeros((len(parts), max(longest, 1), *shape), dtype=np.int64)
        for place, part in enumerate(parts):
            if len(part):
                whole[place, : len(part)] = part
        return whole

    return Tables(
        channel=side_by_side("channel"),
        first_due=np.asarray([one.first_due for one in asked.campaigns], dtype=np.int64),
        next_due=side_by_side("next_due"),
        taken=side_by_side("taken"),
        steps=np.asarray([one.steps for one in asked.campaigns], dtype=np.int64),
        next_open=np.asarray(asked.next_open, dtype=np.int64),
        left_out=np.asarray([one.holdout_percent for one in asked.campaigns], dtype=np.int64),
    )


def _begin(asked: Scenario) -> State:
    names = Cases.__dataclass_fields__
    case = {name: np.array(getattr(asked.cases, name), dtype=np.int64) for name in names}
    case["due"] = np.maximum(case["due"], 0)
    waits = case.pop("is_waiting").astype(bool)
    shape = (len(asked.campaigns), len(asked.sites), asked.days)
    return State(
        case=case,
        weight=np.full(len(asked.cases), MILLION, dtype=np.int64),
        waits=waits,
        waiting=[
            np.flatnonzero(waits & (case["campaign"] == place)) for place in range(len(asked.campaigns))
        ],
        coming=np.zeros((*shape[:2], len(asked.kinds), asked.days + len(asked.lag)), dtype=np.int64),
        free=[
            [None if kind is None else [count * MILLION for count in kind] for kind in site]
            for site in asked.free
        ],
        cells={name: np.zeros(shape, dtype=np.int64) for name in (*MEASURES, *LOST)},
        squares={name: np.zeros(shape, dtype=np.int64) for name in CHANNELS},
        planned=np.zeros(shape, dtype=np.int64),
        taken_in=np.zeros((shape[0], asked.days), dtype=np.int64),
        room=np.full((len(asked.kinds), asked.days), -1, dtype=np.int64),
        households=np.asarray([*asked.households, [LONG_AGO] * 3], dtype=np.int64),
    )


def _one_by_household(state: State, due: Ints) -> list[Ints]:
    """The due in rounds: of each household one at a time, since a contact of one holds the next back."""
    if not len(due):
        return []
    household = state.case["household"][due]
    order = np.argsort(household, kind="stable")
    sorted_by = household[order]
    starts = np.flatnonzero(np.r_[True, sorted_by[1:] != sorted_by[:-1]])
    nth = np.arange(len(due)) - np.repeat(starts, np.diff(np.r_[starts, len(due)]))
    turn = np.empty(len(due), dtype=np.int64)
    turn[order] = nth
    turn[household < 0] = 0
    return [due[turn == number] for number in range(int(turn.max()) + 1)]


def _take_in(asked: Scenario, tables: Tables, state: State, day: int) -> None:
    free: list[int | None] = []
    for kind in range(len(asked.kinds)):
        columns = [site[kind] for site in state.free]
        known = [one[day : day + asked.policy.window_days] for one in columns if one is not None]
        count = sum(map(sum, known)) // MILLION if known else None
        free.append(count)
        if count is not None:
            state.room[kind, day] = count
    under_way = ~state.waits & (state.case["due"] != NEVER)
    invited = np.bincount(
        state.case["kind"][under_way], weights=state.weight[under_way], minlength=len(asked.kinds)
    )
    today = [place for place, one in enumerate(asked.campaigns) if one.takes_in[day]]
    ready = {
        place: state.waiting[place][state.case["from_day"][state.waiting[place]] <= day] for place in today
    }
    demands = [one for place in today for one in _demands(asked, state, ready[place], place)]
    house = house_on(asked, free=free, invited=[int(one) for one in invited], day=day)
    found = plan(house, demands, asked.policy, campaigns=[one.id for one in asked.campaigns])
    for place in today:
        campaign = asked.campaigns[place]
        waiting = state.waiting[place]
        chosen = _chosen(asked, state, ready[place], found[campaign.id], most=campaign.daily_limit)
        if len(chosen):
            _open(tables, state, chosen, place, day)
            state.waiting[place] = waiting[state.waits[waiting]]


def _demands(asked: Scenario, state: State, ready: Ints, place: int) -> list[Demand]:
    campaign = asked.campaigns[place]
    best = ready[: campaign.daily_limit]
    keys = state.case["kind"][best] * 16 + state.case["risk_class"][best]
    found, counts = np.unique(keys, return_counts=True)
    return [
        Demand(campaign.id, asked.kinds[int(key) // 16], int(key) % 16, int(count), campaign.minutes_each)
        for key, count in zip(found, counts, strict=True)
    ]


def _chosen(asked: Scenario, state: State, waiting: Ints, capacity: Capacity, *, most: int) -> Ints:
    """``Capacity.choose`` for columns: the first of each short kind, then the first in all."""
    if capacity.left is None and not capacity.by_type:
        return waiting[:most]
    kind = state.case["kind"][waiting]
    plain = state.case["risk_class"][waiting] < URGENT_CLASS
    fits = np.ones(len(waiting), dtype=bool)
    for number, key in enumerate(asked.kinds):
        if key in capacity.by_type:
            mine = plain & (kind == number)
            fits &= ~mine | (np.cumsum(mine) <= capacity.by_type[key])
    if capacity.left is not None:
        mine = plain & fits
        fits &= ~plain | (np.cumsum(mine) <= capacity.left)
    return waiting[fits][:most]


def _open(tables: Tables, state: State, chosen: Ints, place: int, day: int) -> None:
    case = state.case
    state.waits[chosen] = False
    for name in ("step", "tries", "calls"):
        case[name][chosen] = 0
    site = case["site"][chosen]
    case["due"][chosen] = tables.first_due[place, site, day] if tables.steps[place] else NEVER
    left_out = np.where(case["risk_class"][chosen] < URGENT_CLASS, tables.left_out[place], 0)
    state.weight[chosen] = MILLION * (100 - left_out) // 100
    _add_at(state.cells["enrolled"], (place, site, day), MILLION)
    state.taken_in[place, day] += len(chosen)


def _add(cells: Ints, campaign: Ints, site: Ints, day: int, amounts: Ints) -> None:
    many, sites = cells.shape[:2]
    sums = np.bincount(campaign * sites + site, weights=amounts, minlength=many * sites)
    cells[:, :, day] += sums.astype(np.int64).reshape(many, sites)


def _steps(asked: Scenario, tables: Tables, state: State, due: Ints, day: int) -> None:
    """The steps that are due today: put off, passed over, or sent."""
    case = state.case
    campaign, site, step = case["campaign"][due], case["site"][due], case["step"][due]
    channel = tables.channel[campaign, step, case["reach"][due], case["preferred"][due] + 1]
    exhausted = case["tries"][due] >= asked.limits.per_case
    taken = tables.taken[campaign, step, case["risk_class"][due]]
    likely = 2 * taken >= MILLION
    may_go = (channel >= 0) & ~exhausted
    later = np.full(len(due), day, dtype=np.int64)
    later[may_go] = _not_before(asked, tables, state, due[may_go], channel[may_go], likely[may_go], day)
    waits = later != day
    case["due"][due[waits]] = later[waits]
    keep = ~waits
    due, campaign, site, step, channel = (one[keep] for one in (due, campaign, site, step, channel))
    taken, likely = taken[keep], likely[keep]
    blocked = (channel < 0) | exhausted[keep]
    blocked |= (channel == PHONE) & (case["calls"][due] >= asked.limits.calls_per_case)
    weight = state.weight[due]
    meant = weight * taken // MILLION
    _add(state.planned, campaign, site, day, weight)
    _add(state.cells["passed_over"], campaign, site, day, weight - meant)
    _add(state.cells["unreachable"], campaign[blocked], site[blocked], day, meant[blocked])
    goes = ~blocked
    _send(asked, state, due[goes], channel[goes], meant[goes], day)
    counts = goes & likely
    _remember(state, due[counts], channel[counts], day)
    case["due"][due] = tables.next_due[campaign, step, site, day]
    case["step"][due] = step + 1
    case["due"][due[step + 1 >= tables.steps[campaign]]] = NEVER


def _not_before(
    asked: Scenario, tables: Tables, state: State, due: Ints, channel: Ints, likely: Flags, day: int
) -> Ints:
    limits, case = asked.limits, state.case
    urgent = case["risk_class"][due] >= URGENT_CLASS
    apart = np.where(urgent, limits.apart_urgent, limits.apart)
    together = state.households[case["household"][due]]
    capped = np.maximum(np.maximum(day, case["sent_1"][due] + apart), together[:, 0] + 1)
    if 1 <= limits.per_week <= 3:
        capped = np.maximum(capped, case[f"sent_{limits.per_week}"][due] + 7)
        capped = np.maximum(capped, together[:, limits.per_week - 1] + 7)
    earliest = np.where(likely, capped, day)
    last = tables.next_open.shape[2] - 1
    opens = tables.next_open[case["site"][due], channel, np.minimum(earliest, last)]
    return np.where(earliest <= last, opens, NEVER)


def _send(asked: Scenario, state: State, due: Ints, channel: Ints, meant: Ints, day: int) -> None:
    case = state.case
    campaign, site = case["campaign"][due], case["site"][due]
    share = {
        name: np.asarray([getattr(one, name) for one in asked.shares], dtype=np.int64)[channel]
        for name in ("refused", "replies", "books", "stops")
    }
    refused = meant * share["refused"] // MILLION
    sent = meant - refused
    books, stops = sent * share["books"] // MILLION, sent * share["stops"] // MILLION
    _add(state.cells["refused"], campaign, site, day, refused)
    _add(state.cells["replies"], campaign, site, day, sent * share["replies"] // MILLION)
    for number, name in enumerate(CHANNELS):
        by = channel == number
        if by.any():
            _add(state.cells[name], campaign[by], site[by], day, sent[by])
            _add(state.squares[name], campaign[by], site[by], day, sent[by] * sent[by] // MILLION)
    parts = books[:, None] * np.asarray(asked.lag, dtype=np.int64)[None, :] // MILLION
    parts[:, 0] += books - parts.sum(axis=1)
    for after in range(len(asked.lag)):
        _add_at(state.coming, (campaign, site, case["kind"][due], day + after), parts[:, after])
    state.weight[due] -= books + stops


def _remember(state: State, due: Ints, channel: Ints, day: int) -> None:
    """Contacts that count for the caps."""
    case = state.case
    case["sent_3"][due], case["sent_2"][due] = case["sent_2"][due], case["sent_1"][due]
    case["sent_1"][due] = day
    case["tries"][due] += 1
    case["calls"][due] += channel == PHONE
    shared = case["household"][due]
    shared = shared[shared >= 0]
    state.households[shared, 1:] = state.households[shared, :2]
    state.households[shared, 0] = day


def _book(asked: Scenario, state: State, day: int) -> None:
    for place, site, kind in np.argwhere(state.coming[:, :, :, day]):
        amount = int(state.coming[place, site, kind, day])
        free = state.free[site][kind]
        if free is None:
            state.cells["bookings"][place, site, day] += amount
            continue
        used, left = take_times(free, amount=amount, from_day=day + 1)
        state.cells["bookings"][place, site, day] += amount - left
        state.cells["no_room"][place, site, day] += left
        for on, part in used:
            if on < asked.days:
                state.cells["visits"][place, site, on] += part
